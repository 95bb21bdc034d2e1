"""What lies there and nobody uses: catalog files and fields of their rows, collections, media.

Law: an info, and only where the name stands in no scenario and no prompt at all; what is read by a name that is made on
the way, or handed on whole, counts as used.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from engine.core.finding import Span, Topic
from engine.core.node import Mapping, Node, Sequence
from engine.core.session import PEOPLE
from engine.lint.world import World
from engine.project.catalog import CHECKED, SPECIAL
from engine.project.rows import misspelt
from engine.project.suggest import closest, is_typo
from engine.project.yaml import read

SHOWN_BY_ITSELF = frozenset(("id", "title", "name", "label"))  # of a row, on a button without a label of its own
MOST_MEDIA = 1_000
_NAMED = re.compile(rb"([A-Za-z_\x80-\xff][\w\x80-\xff]*)\s*(\}\})?")  # what stands behind `catalog.`


def check(world: World) -> None:
    if world.broken or not world.leads:
        return
    blob = b"\n".join(
        text for file, text in world.texts.items() if file.startswith(("scenarios/", "prompts/", "translations/"))
    )
    if b"catalog[" not in blob:
        _catalog(world, blob)
    _collections(world)
    _media(world, blob)


def _catalog(world: World, blob: bytes) -> None:
    data = next(iter(world.project.catalog.values()), {})
    named = set[tuple[bytes, bytes]]()
    for piece in blob.split(b"catalog.")[1:]:  # ten times quicker than to search with the pattern
        found = _NAMED.match(piece)
        if found is not None:
            named.add((found[1], found[2] or b""))
    read_ = {name.decode("utf-8", "replace") for name, _ in named}
    misspelt, as_json = read_ - data.keys(), b"tojson" in blob
    for name, rows in data.items():
        file = f"catalog/{name}.yaml"
        if name in {*SPECIAL, CHECKED} or file not in world.loaded.sources:
            continue
        if name not in read_ and b"catalog." + name.encode() not in blob:
            special = closest(name, [one for one in (*SPECIAL, CHECKED) if f"catalog/{one}.yaml" not in world.texts])
            if re.search(rb"(?:from|in): *\"?" + name.encode() + rb"\b", blob):
                continue  # read as if it were a variable, which is told there
            if special is not None and is_typo(name, special):
                message = f"No scenario and no prompt reads this file, and there is no catalog/{special}.yaml."
                world.report("unused-catalog", "warning", Span(file), message, f"Did you mean catalog/{special}.yaml?")
            elif not misspelt:
                message = "No scenario and no prompt reads this file."
                _tell(world, "unused-catalog", Span(file), message, f"Delete it, or read it as `catalog.{name}`.")
        elif (name.encode(), b"}}") not in named and not as_json:
            _fields(world, file, rows, blob)


def _fields(world: World, file: str, rows: Any, blob: bytes) -> None:
    listed = rows.values() if isinstance(rows, dict) else rows if isinstance(rows, list) else ()
    names = dict.fromkeys(key for row in listed if isinstance(row, dict) for key in row if isinstance(key, str))
    slips = {mine for mine, _ in misspelt([row for row in listed if isinstance(row, dict)]).values()}  # told as that
    unused = [name for name in names if name not in SHOWN_BY_ITSELF | slips and name.encode() not in blob]
    if unused:  # one that is misspelt where it is read is told there
        read_ = {one.decode("utf-8", "replace") for one in re.findall(rb"\.(\w+)", blob)} - names.keys()
        unused = [name for name in unused if not any(is_typo(one, name) for one in read_)]
    node = read(world.source(file), file)[0] if unused else None
    for name in unused:
        at = _first(node, name)
        if at is not None:
            message = f"No scenario and no prompt reads `{name}` of a row."
            world.report(
                "unused-field", "info", at, message, "Delete it from the rows, or read it.", topic=Topic(field=name)
            )


def _first(node: Node | None, name: str) -> Span | None:
    """Where a row first has this field."""
    rows: list[Node] = []
    if isinstance(node, Sequence):
        rows = node.items
    elif isinstance(node, Mapping):
        rows = [row for _, row in node.entries.values()]
    return next((row.key(name).span for row in rows if isinstance(row, Mapping) and name in row), None)


def _collections(world: World) -> None:
    named = {name for facts in world.facts.values() for name in facts.names("collection")} | {PEOPLE}
    misspelt = named - world.project.collections.keys() - {PEOPLE}
    for name, collection in world.project.collections.items():
        if collection.declared and collection.span is not None and name not in named and not misspelt:
            message = f"No scenario saves or finds anything in `{name}`."
            help = "Delete it, unless older records are still wanted."
            _tell(world, "unused-collection", collection.span, message, help)


def _media(world: World, blob: bytes) -> None:
    """Files of media/; one may also be named by a row of the catalog."""
    folder = Path(world.project.root) / "media"
    texts = blob + b"\n".join(text for file, text in world.loaded.sources.items() if file.startswith("catalog/"))
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    for path in files[:MOST_MEDIA]:
        if path.name.encode() not in texts and not path.name.startswith("."):
            at = Span(path.relative_to(folder.parent).as_posix())
            help = "Delete it, or let it go with a text: `photo: media/…`."
            _tell(world, "unused-media", at, "No scenario and no catalog file names this file.", help)


def _tell(world: World, code: str, at: Span, message: str, help: str) -> None:
    world.report(code, "info", at, message, help)
