"""Maps of the catalog that are meant as one text in several languages, of which the bot speaks one less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.core.finding import Topic
from engine.core.node import Mapping, Node, Sequence
from engine.lint.world import World
from engine.project.yaml import read

CODES = frozenset(  # of languages; not `id` and `no`, which are fields too
    re.findall("..", "rudeesfritptukbekkuzpltrzhjakoarhefisvnlcskahyazkytglvltetbgsrrohuelhien")
)


def check(world: World) -> None:
    if not world.leads:
        return
    blob = b"\n".join(text for file, text in world.texts.items() if file.startswith(("scenarios/", "prompts/")))
    for name, data in next(iter(world.project.catalog.values()), {}).items():
        strange = {code for code in _strange(data, world.project.languages) if not _is_read(code, blob)}
        source = world.loaded.sources.get(f"catalog/{name}.yaml") if strange else None
        node = read(source, f"catalog/{name}.yaml")[0] if source is not None else None
        for map_ in _maps(node):
            _tell(world, map_, strange)


def _strange(data: Any, languages: tuple[str, ...]) -> Iterator[str]:
    """Codes of languages that the bot does not speak, beside those of languages that it does."""
    if isinstance(data, dict):
        others = data.keys() - set(languages)
        if 0 < len(others) < len(data) and others <= CODES:
            yield from others
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _strange(inner, languages)


def _is_read(code: str, blob: bytes) -> bool:
    """`word.de`: the map is meant as one."""
    return re.search(rb"\.%b\b|\[['\"]%b['\"]\]" % (code.encode(), code.encode()), blob) is not None


def _maps(node: Node | None) -> Iterator[Mapping]:
    if isinstance(node, Mapping):
        yield node
    inner = [value for _, value in node.entries.values()] if isinstance(node, Mapping) else ()
    for one in node.items if isinstance(node, Sequence) else inner:
        yield from _maps(one)


def _tell(world: World, node: Mapping, strange: set[str]) -> None:
    languages = world.project.languages
    mine = [key for key in node if key in strange]
    if mine and len(mine) < len(node.entries) and all(key in strange or key in languages for key in node):
        message = f"`{mine[0]}` is none of the bot's languages, so this is no text but a map."
        help = f"Add it in catalog/bot.yaml: `languages: [{', '.join([*languages, mine[0]])}]`; or take it out."
        world.report("unknown-language", "warning", node.key(mine[0]).span, message, help, topic=Topic((mine[0],)))
