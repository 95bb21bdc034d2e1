"""Attributes of values: `goal.title`, `row['id']`, `table[key]`. One that no kind of value can have is reported."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import nodes

from engine.core.finding import Kind, Span, Topic
from engine.lint import keys, labels, nulls, takes
from engine.lint.guards import MISSING_FITS, NULL_FITS
from engine.lint.missing import A_MAP, Missing
from engine.lint.narrow import path
from engine.lint.reader import Reader
from engine.lint.results import EVERY_METHOD, METHODS
from engine.lint.shapes import ANY, LACKING, MAYBE_NONE, NULL, TEXT, UNSAVED, Shape, merged, told, union
from engine.project.slips import is_slip
from engine.project.suggest import did_you_mean, proposal

_OF_ITS_ITEMS = "Take one of its items: `| first`; or `first: true` in the `find`."
SINGLE = ("text", "integer", "number", "boolean")
FIELDS_TOO = ("title", "count", "index", "format")  # functions of texts, and what one calls a field


def by_dot(reader: Reader, node: nodes.Getattr, guarded: int) -> Shape:
    base = reader.of(node.node, NULL_FITS)
    shape = reader.known(node, attribute(reader, base, node.attr, node, guarded, methods=True))
    parts = base.parts() if node.attr in EVERY_METHOD else ()
    if parts and all(node.attr in METHODS.get(part.kind, ()) and node.attr not in part.fields for part in parts):
        owner = path(node.node)
        at = reader.source.word(node)
        if owner and node.attr in FIELDS_TOO and all(part.kind == "text" for part in parts):
            message = f"`{owner}` ({told(base)}) has no fields, so no `{node.attr}`: that is a function of texts."
            help = f"Write `{owner}` alone, or `{owner}.{node.attr}()` to call it."
            reader.report("not-called", "error", node.attr, at, message, help, topic=Topic((owner,)))
        else:
            forgotten(reader, node.attr, at)
        return ANY
    return shape


def by_bracket(reader: Reader, node: nodes.Getitem, guarded: int) -> Shape:
    base = reader.of(node.node, NULL_FITS)
    if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        return reader.known(node, attribute(reader, base, node.arg.value, node, guarded))
    if isinstance(node.arg, nodes.Slice):
        takes.check(reader, "[…:…]", node.node, base, takes.CUT)
        return _cut(reader, node.arg, base)
    index = reader.of(node.arg)
    if MAYBE_NONE in base.marks and index.values:
        nulls.fails_on_none(reader, node.node, f"`[{path(node.arg) or next(iter(index.values))}]`", guarded)
    if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, int):
        keys.is_there(reader, node, node.arg.value)
    parts = base.parts()
    if isinstance(node.node, nodes.Dict) and len(parts) == 1 and not parts[0].open:
        keys.every_value(reader, node, parts[0], index)
    tables = parts and all(part.kind == "map" and part.fields and not (part.open or part.what) for part in parts)
    if tables and guarded != MISSING_FITS:
        told = labels.is_key(reader, node, parts, index) or keys.typed_key(reader, node, index)
        if not told and not isinstance(node.node, nodes.Dict):
            keys.every_key(reader, node, parts, index)
        keys.null_key(reader, node, index, guarded)
    if parts and all(part.kind == "list" for part in parts):
        keys.by_word(reader, node, index)
    if len(parts) == 1 and parts[0].kind == "list":
        return (parts[0].item or ANY).maybe(base.empty)
    if len(parts) == 1 and parts[0].kind == "map" and not parts[0].open and parts[0].fields:
        rows = list(parts[0].fields.values())
        of_maps = len(rows) > 1 and all(one.kind == "map" and not one.what for one in rows)
        return (merged(rows) if of_maps else union(rows)).maybe(base.empty)
    return ANY


def _cut(reader: Reader, ends: nodes.Slice, base: Shape) -> Shape:
    """`list[-3:]` is a list, `text[:10]` a text."""
    for end in (ends.start, ends.stop, ends.step):
        if end is not None:
            reader.of(end)
    kinds = {part.kind for part in base.parts()}
    if kinds == {"text"}:
        return TEXT.maybe(base.empty)
    return base if kinds == {"list"} else ANY


def attribute(reader: Reader, base: Shape, name: str, node: nodes.Node, guarded: int, methods: bool = False) -> Shape:
    """What an attribute gives. One that no possible kind of value has is reported."""
    if base.kind == "map" and name in base.fields:
        found_one = base.fields[name].maybe(base.empty)
        if UNSAVED in found_one.marks:
            found_one = _never_saved(reader, base, found_one, name, node, guarded)
        return _in_every_row(reader, found_one, name, node, guarded) if LACKING in found_one.marks else found_one
    found, known = [], list[str]()
    for part in base.parts():
        if part.kind == "map" and name in part.fields:
            found.append(part.fields[name])
        elif part.kind == "any" or part.open or (methods and name in METHODS.get(part.kind, ())):
            found.append(ANY)
        known += part.fields
    if found:
        if base.options:
            _misspelt_in_one(reader, base, name, node)
        if any(part.kind == "list" and not (methods and name in METHODS["list"]) for part in base.parts()):
            _of_a_list(reader, name, node)
        elif guarded != MISSING_FITS and any(part.kind in SINGLE for part in base.parts()):
            _of_one_kind(reader, base, name, node, methods)
        return union(found).maybe(base.empty)
    if base.kind in ("null", "any", "function"):
        return NULL if base.kind == "null" else ANY
    _missing(reader, base, name, node, guarded, known)
    return ANY


def _in_every_row(reader: Reader, shape: Shape, name: str, node: nodes.Node, guarded: int) -> Shape:
    """A field that some rows of the catalog lack is no null there, but a failure."""
    whole, owner = path(node), path(getattr(node, "node", None))
    if guarded != MISSING_FITS and f"{whole}?" not in reader.full and whole not in reader.full:
        at = _word(reader, node)
        message = f"Not every row has `{name}`, and a text that reads it fails on one that has not."
        help = f"Write it in every row (`{name}: null` will do), or read `{whole or f'….{name}'} | default('')`."
        topic = Topic((owner,), name, "in a row")
        reader.report("unknown-attribute", "warning", f"{owner}.{name}", at, message, help, topic=topic)
    return shape._replace(marks=shape.marks - {LACKING})


def _never_saved(reader: Reader, base: Shape, shape: Shape, name: str, node: nodes.Node, guarded: int) -> Shape:
    """What was not saved is null."""
    if guarded != MISSING_FITS:
        of = told(base).removeprefix("a record of ")
        message = f"No step saves `{name}` of {of}, so it is always null."
        help, missing = f"Save it: `fields: {{{name}: …}}`.", Missing(base.what, name)
        reader.report("never-saved", "warning", name, _word(reader, node), message, help, missing)
    return shape._replace(marks=shape.marks - {UNSAVED})


def _word(reader: Reader, node: nodes.Node) -> Span:
    """The `title` of `goal.title` and of `goal['title']`."""
    return reader.source.word(node.arg if isinstance(node, nodes.Getitem) else node)


def _misspelt_in_one(reader: Reader, base: Shape, name: str, node: nodes.Node) -> None:
    """One of the maps that it can be has the field under a misspelt name."""
    for part in base.parts():
        if part.kind == "map" and not part.open and name not in part.fields:
            slip = next((one for one in part.fields if is_slip(one, name)), None)
            if slip is not None:
                owner = path(getattr(node, "node", None))
                message = f"`{owner or 'this'}` may be a map that has no `{name}`, and has `{slip}` in its place."
                help, missing = proposal(name, f" where `{slip}` is given"), Missing(A_MAP, name)
                topic = Topic((owner,), name, instead=slip)
                at, word = _word(reader, node), f"{owner}.{name}"
                reader.report("unknown-attribute", "warning", word, at, message, help, missing, topic)
                return


def _of_a_list(reader: Reader, name: str, node: nodes.Node) -> None:
    """One of the kinds of value that it can be is a list, which has no such field."""
    owner = path(getattr(node, "node", None))
    if owner and owner not in reader.full:
        at, topic = _word(reader, node), Topic((owner,), name, "items", "a list")
        message = f"`{owner}` may be a list, which has no `{name}`."
        reader.report("unknown-attribute", "warning", f"{owner}.{name}", at, message, _OF_ITS_ITEMS, topic=topic)


def _of_one_kind(reader: Reader, base: Shape, name: str, node: nodes.Node, methods: bool) -> None:
    """An answer that is a text or a photo: the text has no `caption`."""
    owner = path(getattr(node, "node", None))
    lacking = [part for part in base.parts() if part.kind in SINGLE]
    lacking = [part for part in lacking if not (methods and name in METHODS.get(part.kind, ()))]
    if owner and lacking:
        message = f"`{owner}` may be {told(lacking[0])}, which has no `{name}`, and then the text fails."
        help = f"Ask first: `{owner}.{name} if {owner} is mapping else …`."
        at, topic = _word(reader, node), Topic((owner,), name, "mixed", told(lacking[0]))
        reader.report("unknown-attribute", "warning", f"{owner}.{name}", at, message, help, topic=topic)


def _missing(reader: Reader, base: Shape, name: str, node: nodes.Node, guarded: int, known: list[str]) -> None:
    inner = getattr(node, "node", None)
    at = _word(reader, node)
    owner = path(inner)
    subject = f"`{owner}` ({told(base)})" if owner else told(base).capitalize()
    if owner == "settings":
        help = did_you_mean(name, dict.fromkeys(known)) if known else ""
        help = help or f"Declare it in catalog/bot.yaml: `settings: {{{name}: {{type: text, default: …}}}}`."
        reader.report("unknown-setting", "warning", name, at, f"No setting `{name}` is declared.", help)
        return
    if owner == "catalog":
        help, table = did_you_mean(name, dict.fromkeys(known)), reader.names.table(name)
        if table:
            help = f"{table} is not read: write its rows into catalog/{name}.yaml, each with a dash: `- id: …`."
        reader.report("unknown-catalog", "error", name, at, f"There is no file `catalog/{name}.yaml`.", help)
        return
    kind: Kind = "label" if owner == "labels" else ""
    if kind:
        message = f"No choice is remembered as `{name}` on the way here, so there is no label of it."
        help = did_you_mean(name, dict.fromkeys(known)) if known else "Labels are those of questions with choices."
    elif known:
        message, help = f"{subject} has no `{name}`.", did_you_mean(name, dict.fromkeys(known))
    else:
        message = f"{subject} has no attributes, so not `{name}` either."
        help = _other_words(owner or "…", name, base)
        if any(name in item.fields for part in base.parts() if part.item is not None for item in part.item.parts()):
            help, kind = _OF_ITS_ITEMS, "items"
    missing = _owned(base.parts(), name)
    severity = "warning" if guarded == MISSING_FITS else "error"
    topic = Topic((owner,) if owner else (), name, kind)
    reader.report("unknown-attribute", severity, f"{owner}.{name}", at, message, help, missing, topic)


def _other_words(owner: str, name: str, base: Shape) -> str:
    """What one writes here for attributes of other languages."""
    marks = base.all_marks()
    if name in ("length", "size", "count"):
        return f"How long it is, is `{owner} | length`."
    if name in ("contains", "includes", "has", "indexOf"):
        return f"Write `'…' in {owner}`."
    if name in ("lowercase", "toLowerCase", "uppercase", "toUpperCase"):
        return f"Write `{owner} | {'lower' if 'ower' in name else 'upper'}`."
    if name in ("hour", "time") and marks & {"datetime", "time"}:
        return f"The time of day is `{owner} | time`." if "datetime" in marks else f"The hour is `{owner}[:2] | int`."
    if name in ("year", "month", "day") and marks & {"date", "datetime"}:
        return f"Write `{owner}{ {'year': '[:4]', 'month': '[5:7]', 'day': '[8:10]'}[name] } | int`."
    if name == "label":
        return f"What stood on the button is `labels.{owner}`."
    return f"The value is `{owner}` itself." if name in ("value", "text", "answer") else ""


def of_item(reader: Reader, shape: Shape, word: str, at: nodes.Const, guarded: bool) -> Shape:
    parts = shape.parts()
    if parts and all(part.kind in SINGLE for part in parts) and not word.isdigit():
        message = f"No item of this list has `{word}`: each is {told(shape)}."
        reader.report("unknown-attribute", "error", word, reader.source.place(at), message, "Take it out.")
    if word.isdigit() or not parts or any(part.kind != "map" or part.open for part in parts):
        return ANY
    fields = [part.fields[word] for part in parts if word in part.fields]
    if fields:
        return union(fields)
    known = dict.fromkeys(name for part in parts for name in part.fields)
    place = reader.source.place(at)
    severity = "warning" if guarded else "error"
    message, missing = f"No item of this list has `{word}`.", _owned(parts, word)
    help, topic = did_you_mean(word, known), Topic(field=word)
    reader.report("unknown-attribute", severity, word, place, message, help, missing, topic)
    return ANY


def _owned(parts: Sequence[Shape], name: str) -> Missing | None:
    owner = (parts[0].what or (A_MAP if parts[0].kind == "map" else "")) if len(parts) == 1 else ""
    return Missing(owner, name) if owner else None


def forgotten(reader: Reader, name: str, at: Span) -> None:
    """A function where its value is meant."""
    example = f"{name}()" if name in ("random", "super", "upper", "lower", "strip") else f"{name}(…)"
    reader.report("not-called", "error", name, at, f"`{name}` is a function.", f"Call it: `{example}`.")
