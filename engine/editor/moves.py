"""Rename a scenario or a prompt: its file, its name, and every place that names it.

Law: as in `rename`, all or nothing. People who are in the middle of a scenario go on by its `was:`; what the model has
answered to a prompt stays, whatever that is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from engine.core.builtin import BUILTIN
from engine.core.finding import Span
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.editor.bots import Bot
from engine.editor.cursor import Cursor
from engine.editor.define import reference_at
from engine.editor.positions import Lines, unquoted
from engine.editor.rename import Edit, Refused, first_part
from engine.editor.survey import survey
from engine.editor.words import use_at, uses
from engine.project.load import Loaded
from engine.project.prompts import name_of
from engine.project.scenario import ScenarioFile
from engine.project.yaml import read

BY_NAME = frozenset(("fallback", *BUILTIN))  # scenarios that mean something by their name
SCENARIO, PROMPT = re.compile(r"[a-z][a-z0-9_]*"), re.compile(r"\w+(?:/\w+)*")
TALKS = "tests/dialogues"  # where talk tests name prompts


class Named(Struct, frozen=True):
    """A scenario or a prompt under the cursor, and where its name stands there. `file` is its own."""

    kind: str
    name: str
    span: Span
    file: str


class Move(Struct, frozen=True):
    """`edits` are for the files as they are called before the file is."""

    edits: list[Edit]
    file: str
    to: str


def named_at(cursor: Cursor) -> Named | None:
    """In a scenario's head, behind `run:` and `prompt:`, in `{% extends %}` and `{% include %}`."""
    file, loaded, lines = cursor.file, cursor.bot.loaded(), cursor.lines
    made = loaded.files.get(file)
    own = made.node.get("scenario") if made is not None and made.node is not None else None
    if isinstance(own, Scalar) and cursor.on(own.span):
        return Named("scenario", own.text, unquoted(own.span, lines), file)
    reference = reference_at(cursor)
    if reference is not None and reference.kind in ("scenario", "prompt"):
        there = file_of(loaded, reference.kind, reference.name)
        return Named(reference.kind, reference.name, unquoted(reference.span, lines), there) if there else None
    use = use_at(cursor)
    if use is not None and use.kind == "template" and loaded.prompts is not None and use.name in loaded.prompts.files:
        shown = name_of(use.name) or use.name
        span = Span(file, use.span.line, use.span.column, use.span.line, use.span.column + len(shown))
        return Named("prompt", shown, span, loaded.prompts.files[use.name])
    return None


def file_of(loaded: Loaded, kind: str, name: str) -> str:
    """Empty when there is no such scenario or prompt, or when there are two."""
    if kind == "scenario":
        found = [made.file for made in loaded.files.values() if made.id == name]
    else:
        templates = loaded.prompts.files.items() if loaded.prompts is not None else ()
        found = [file for template, file in templates if name_of(template) == name]
    return found[0] if len(found) == 1 else ""


def named_by(bot: Bot, file: str) -> Named | None:
    """The scenario or prompt of a file; None for one that is none, or that is called otherwise inside."""
    loaded = bot.loaded()
    kind = "scenario" if file.startswith("scenarios/") else "prompt"
    made = loaded.files.get(file)
    name = made.id if made is not None else name_of(file.removeprefix("prompts/"))
    return Named(kind, name, Span(file), file) if name and file_of(loaded, kind, name) == file else None


def move(bot: Bot, named: Named, new: str, able: bool = True) -> Move:
    """What to change, and how the file is called then. `able`: the editor can rename files. Raises Refused."""
    if not able:
        there = f"Rename {named.file} yourself, and what names it."
        raise Refused(f"This editor lets no language server rename files. {there}")
    loaded = bot.loaded()
    new = new.removesuffix(".yaml") if named.kind == "scenario" else name_of(new) or new
    pattern = SCENARIO if named.kind == "scenario" else PROMPT
    if not pattern.fullmatch(new):
        small = "small Latin letters, digits and `_`" if named.kind == "scenario" else "letters, digits and `_`"
        raise Refused(f"The name of a {named.kind} is made of {small}.")
    path = PurePosixPath(named.file)
    if named.kind == "scenario":
        to = path.with_name(f"{new}.yaml").as_posix()
        taken = any(made.id == new for made in loaded.files.values())
    else:
        ending = named.file.removeprefix(f"prompts/{named.name}")
        to = f"prompts/{new}{ending}"
        taken = bool(file_of(loaded, "prompt", new))
    if taken or to in loaded.sources:
        raise Refused(f"There is a {named.kind} called `{new}`.")
    edits = _scenario(bot, loaded, named, new) if named.kind == "scenario" else _prompt(bot, loaded, named, new)
    return Move(list(dict.fromkeys(edits)), named.file, to)


# scenarios ------------------------------------------------------------------------------------------------------------


def _scenario(bot: Bot, loaded: Loaded, named: Named, new: str) -> list[Edit]:
    special = BY_NAME & {named.name, new}
    if special:
        raise Refused(f"`{min(special)}` means something by its name: write another scenario instead.")
    made = loaded.files[named.file]
    if made.node is None:
        raise Refused("There are mistakes in this file; mend them first, so that no place is missed.")
    lines = Lines(bot.text(named.file))
    own = made.node.get("scenario")
    edits = [Edit(unquoted(own.span, lines), new)] if isinstance(own, Scalar) else []
    edits += _was(made, lines, named.name, new)
    for file in loaded.files:
        edits += _runs(bot, loaded, file, named.name, new)
    return edits


def _runs(bot: Bot, loaded: Loaded, file: str, old: str, new: str) -> Iterator[Edit]:
    """`run: old`; and where nothing else names that step, what is called by its name: `goto: old`, `old.weight`."""
    there, lines = survey(loaded, file), Lines(bot.text(file))
    unnamed = any(step.verb == "run" and not step.named and step.name == old for step in there.steps)
    for one in there.references:
        if one.kind == "scenario" and one.name == old:
            yield Edit(unquoted(one.span, lines), new)
        elif one.kind == "step" and unnamed and one.name.split(".")[0] == old:
            yield Edit(first_part(one.span, lines, old), new)


def _was(made: ScenarioFile, lines: Lines, old: str, new: str) -> list[Edit]:
    """The old name is noted; a former name that comes back is one no more."""
    node = made.node.get("was") if made.node is not None else None
    items = node.items if isinstance(node, Sequence) else [node] if isinstance(node, Scalar) and node.text else []
    before = [one.text for one in items if isinstance(one, Scalar)]
    names = [*(name for name in before if name != new), old]
    written = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
    if node is not None:
        return [Edit(node.span, written)]
    own = made.node.get("scenario") if made.node is not None else None
    line = own.span.end_line if isinstance(own, Scalar) else 1
    end = len(lines.line(line)) + 1
    return [Edit(Span(made.file, line, end, line, end), f"\nwas: {written}")]


# prompts --------------------------------------------------------------------------------------------------------------


def _prompt(bot: Bot, loaded: Loaded, named: Named, new: str) -> list[Edit]:
    template = named.file.removeprefix("prompts/")
    edits: list[Edit] = []
    for file in loaded.files:
        lines = Lines(bot.text(file))
        edits += [
            Edit(unquoted(one.span, lines), new)
            for one in survey(loaded, file).references
            if one.kind == "prompt" and one.name == named.name
        ]
    for path in loaded.prompts.files.values() if loaded.prompts is not None else ():
        edits += [
            Edit(use.span, new + template.removeprefix(named.name))
            for use in uses(loaded, path)
            if use.kind == "template" and use.name == template
        ]
    return edits + list(_in_talks(bot, named.name, new))


def _in_talks(bot: Bot, old: str, new: str) -> Iterator[Edit]:
    """`- model: old` and `models: {old: …}` of talk tests."""
    for path in sorted((bot.root / TALKS).rglob("*.yaml")):
        text = path.read_bytes()
        file = path.relative_to(bot.root).as_posix()
        lines = Lines(text.decode("utf-8", "replace"))
        node, _ = read(text, file)
        for one in _names(node):
            if one.text == old:
                yield Edit(unquoted(one.span, lines), new)


def _names(node: Node | None) -> Iterator[Scalar]:
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _names(item)
    elif isinstance(node, Mapping):
        for key, (_, value) in node.entries.items():
            if key == "model" and isinstance(value, Scalar):
                yield value
            elif key == "models" and isinstance(value, Mapping):
                yield from (value.key(name) for name in value.entries)
            else:
                yield from _names(value)
