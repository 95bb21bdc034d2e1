"""Tables that are asked for a key, lists for a number: `catalog.prices[size]`, `catalog.goods[5]`.

Law: only what is asked for on some way, and is surely not there, is told.
"""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import nodes

from engine.core.finding import Topic
from engine.lint import nulls
from engine.lint.compare import never
from engine.lint.narrow import IN, IS, IS_NOT, path
from engine.lint.reader import Reader
from engine.lint.shapes import FREE, LACKING, Shape
from engine.project.suggest import closest, did_you_mean


def by_word(reader: Reader, node: nodes.Getitem, index: Shape) -> None:
    """`catalog.goods[id]` of a list."""
    if index.parts() and all(part.kind == "text" for part in index.parts()):
        whole, key = path(node.node) or "…", path(node.arg) or "…"
        message = f"`{whole}` is a list, whose items have numbers, and `{key}` is a text, so this fails."
        help = f"The row with that `id` is `{whole} | by_id({key})`."
        at, topic = reader.source.place(node.arg), Topic((whole,))
        reader.report("not-a-list", "error", f"{whole}[{key}]", at, message, help, topic=topic)


def is_there(reader: Reader, node: nodes.Getitem, index: int) -> None:
    """`catalog.goods[5]` of two rows."""
    whole = path(node.node)
    rows = reader.names.rows(whole) if whole else None
    if isinstance(rows, list) and index >= len(rows):
        message = f"`{whole}` has {len(rows)} rows, counted from 0, and none of them is `[{index}]`."
        help = f"The last one is `{whole} | last`."
        reader.report("unknown-attribute", "error", f"{whole}[{index}]", reader.source.place(node), message, help)


def every_value(reader: Reader, node: nodes.Getitem, table: Shape, index: Shape) -> None:
    """`{'a': 'A', 'b': 'B'}[size]` has an entry for every value that `size` can have."""
    possible = {str(value) for part in index.parts() for value in part.values or ()}
    missing = sorted(possible - table.fields.keys())
    if missing and all(part.values is not None for part in index.parts()):
        name = path(node.arg)
        at = reader.source.place(node.arg)
        message = f"There is no entry for `{missing[0]}`, which `{name}` can be."
        strange = sorted(table.fields.keys() - possible)
        help = did_you_mean(missing[0], strange) if strange else f"Add `'{missing[0]}': …`."
        topic = never(missing[0], table.fields)
        reader.report("unknown-attribute", "error", f"[{name}]", at, message, help, topic=topic)


def every_key(reader: Reader, node: nodes.Getitem, tables: Sequence[Shape], index: Shape) -> None:
    """`catalog.prices[size]`, as `every_value`; nothing where the bot asks somewhere whether it is there."""
    whole, name = path(node.node), path(node.arg)
    possible = sorted({str(value) for part in index.parts() for value in part.values or ()})
    missing = [one for one in possible if any(_lacks(table, one) for table in tables)]
    sure = name and missing and all(part.values is not None for part in index.parts())
    if not sure or (whole and reader.names.asks(f" in {whole}")):
        return
    where = f"in `{whole}`" if whole else "here"
    message = f"There is no entry for `{missing[0]}` {where}, which `{name}` can be."
    known = set().union(*(table.fields for table in tables))
    if missing[0] in known:
        message = f"Not every row has an entry for `{missing[0]}`, which `{name}` can be."
    strange = sorted(known - set(possible))
    help = did_you_mean(missing[0], strange) if closest(missing[0], strange) else f"Add `{missing[0]}: …` there."
    at, topic = reader.source.place(node.arg), never(missing[0], known)
    reader.report("unknown-attribute", "warning", f"{whole}[{name}]", at, message, help, topic=topic)


def typed_key(reader: Reader, node: nodes.Getitem, index: Shape) -> bool:
    """`catalog.exhibits[number]` of a number that was typed: whether it was told that it may not be there."""
    whole, name = path(node.node), path(node.arg)
    if not whole.startswith("catalog.") or not name:
        return False
    absent = f"{name}{IS_NOT}{IN}{whole}" in reader.kinds
    parts = index.parts()
    typed = bool(parts) and all(part.kind == "text" and FREE in part.marks and not part.values for part in parts)
    sure = f"{name}{IS}{IN}{whole}" in reader.kinds or (typed and reader.names.asks(f" in {whole}", besides_if=True))
    if not absent and (not typed or sure):
        return False
    message = f"`{name}` is what a person wrote, and `{whole}` may have no entry for it: then the text fails."
    help = f"Ask first: `if: {name} not in {whole}`, with a word and `end`."
    if absent:
        message = f"`{whole}` has no entry for `{name}` here, by the condition that leads here, so the text fails."
        help = "Turn the condition round, or move this to where there is one."
    code, place = "unknown-attribute", reader.source.place(node.arg)
    reader.report(code, "error" if absent else "warning", f"{whole}[{name}]", place, message, help)
    return True


def null_key(reader: Reader, node: nodes.Getitem, index: Shape, guarded: int) -> None:
    """`catalog.levels[person.level]`: no table has an entry for null."""
    whole = path(node.node)
    if index.empty and not (whole and reader.names.asks(f" in {whole}")):
        nulls.fails_on_null(reader, node.arg, index, f"`{whole or '…'}[…]`", guarded, "'…'")


def _lacks(table: Shape, name: str) -> bool:
    return name not in table.fields or LACKING in table.fields[name].marks
