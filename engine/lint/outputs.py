"""What a text puts in: personal data that becomes part of an address, other people's data, Markdown of people.

Law: looked at where the text is read anyway, so that it costs no second reading; only values that are surely of that
kind are told, by their marks.
"""

from __future__ import annotations

import re

from jinja2 import nodes

from engine.core.finding import NO_TOPIC, Topic
from engine.lint import nulls
from engine.lint.found import NOT_FOUND
from engine.lint.given import FILE
from engine.lint.guards import MISSING_FITS, NULL_FITS
from engine.lint.narrow import path
from engine.lint.reader import Reader
from engine.lint.shapes import FREE, OTHERS, PERSONAL, Shape, told

NAMING = ("text", "title", "name", "label", "id")
CODED = {"photo": "a photo", "voice": "a voice message"}
LAZY = ("map", "select", "selectattr", "reject", "rejectattr", "unique", "batch", "slice")
NOT_SET = "it is not set "  # as the scope explains it
_NO_OWNER = (NOT_FOUND, "the question may be skipped", "the model may fail")
_ADDRESS = re.compile(r"https?://[^\s)\"'<>]*\Z")


def output(reader: Reader, node: nodes.Output) -> None:
    """The text between values, and the values."""
    for place, child in enumerate(node.nodes):
        if isinstance(child, nodes.TemplateData):
            continue
        shape = reader.of(child)
        marks = shape.all_marks()
        if reader.kinds and _always_nothing(reader, child, shape):
            continue
        if isinstance(child, nodes.Filter) and child.name in LAZY:
            _unjoined(reader, child)
        elif isinstance(child, nodes.Name) and child.name in reader.macros:
            message, help = f"`{child.name}` is a macro.", f"Call it: `{child.name}(…)`."
            reader.report("not-called", "error", child.name, reader.source.word(child), message, help)
        elif reader.names.shown:
            _shown(reader, child, shape)
        if reader.names.shown and (shape.empty or isinstance(child, nodes.Filter)):
            _hole(reader, child, shape)
        elif reader.names.shown and isinstance(child, nodes.Concat):
            for one in child.nodes:
                if isinstance(one, (nodes.Name, nodes.Getattr)):
                    _hole(reader, one, reader.of(one, NULL_FITS))
        if marks & {PERSONAL, OTHERS}:
            before = "".join(one.data if isinstance(one, nodes.TemplateData) else "…" for one in node.nodes[:place])
            if _ADDRESS.search(before):
                _tell(reader, child, "personal-in-address", "warning", _IN_ADDRESS)
            elif OTHERS in marks and reader.names.shown:
                _tell(reader, child, "data-of-others", "warning", _OF_OTHERS)
            elif PERSONAL in marks and reader.names.subject == reader.source.text:
                _tell(reader, child, "personal-in-subject", "info", _IN_SUBJECT)


def _always_nothing(reader: Reader, node: nodes.Expr, shape: Shape) -> bool:
    """`{{ mark }}`, `{{ goals | join(', ') }}` where there is none."""
    return isinstance(node, (nodes.Name, nodes.Getattr, nodes.Filter)) and nulls.is_nothing(
        reader, node, shape, "nothing is shown"
    )


def _unjoined(reader: Reader, node: nodes.Filter) -> None:
    """`{{ goods | map(attribute='title') }}`."""
    message = f"`{node.name}` hands its items out one by one, and people read `<generator object …>` here."
    reader.report("unjoined-list", "warning", node.name, reader.source.word(node), message, "Add `| join(', ')`.")


def _shown(reader: Reader, node: nodes.Expr | None, shape: Shape) -> None:
    """Each of what may be shown in one place: `{{ dish or catalog.dishes.soup }}`."""
    if isinstance(node, nodes.CondExpr):
        for one, when in ((node.expr1, True), (node.expr2, False)):
            if isinstance(one, _LOOKED_INTO):
                with reader.when(node.test, when):
                    _part_shown(reader, one, NULL_FITS)
    elif isinstance(node, nodes.Or):
        _part_shown(reader, node.left, NULL_FITS)
        with reader.when(node.left, False):
            _part_shown(reader, node.right, NULL_FITS)
    elif isinstance(node, nodes.Filter) and node.name in ("default", "d"):
        _part_shown(reader, node.node, MISSING_FITS)
        _part_shown(reader, next(iter(node.args), None), NULL_FITS)
    elif isinstance(node, nodes.Filter) and node.name == "markdown":
        _part_shown(reader, node.node, NULL_FITS)
    elif node is not None and shape.kind in ("map", "union"):
        _whole(reader, node, shape)


_LOOKED_INTO = (nodes.Name, nodes.Getattr, nodes.Or, nodes.CondExpr)


def _part_shown(reader: Reader, node: nodes.Expr | None, guarded: int) -> None:
    if isinstance(node, _LOOKED_INTO):
        _shown(reader, node, reader.of(node, guarded))


def _whole(reader: Reader, node: nodes.Expr, shape: Shape) -> None:
    """`{{ feedback }}`, of whose fields one is meant. One by which a map is called stands for it
    (engine/core/filters.py)."""
    parts = shape.parts()
    wrong = next((part for part in parts if part.kind == "map" and part.fields and _unreadable(part)), None)
    if wrong is None or wrong.open or not (len(parts) == 1 or wrong.what == FILE.what):
        return
    name, topic = path(node), NO_TOPIC
    if not name:
        return
    if wrong.what == FILE.what:
        what = f"{'is' if len(parts) == 1 else 'may be'} {CODED[_kind(wrong)]}"
        message = f"`{name}` {what}, of which people read no more than a long code here."
        help = f"Write `{name} if {name} is string else {name}.caption`."
        help = f"Its caption is `{name}.caption`; `photo: …` sends a photo." if len(parts) == 1 else help
    else:
        read = "its `id` alone, a code" if "created_at" in wrong.fields else "them all, with braces and quotes"
        message = f"`{name}` ({told(shape)}) has several fields, and people read {read}."
        topic = Topic((name,), next(iter(wrong.fields)))
        help = f"Name the one that is meant: `{{{{ {name}.{next(iter(wrong.fields))} }}}}`."
    reader.report("whole-map", "warning", name, reader.source.place(node), message, help, topic=topic)


def _unreadable(part: Shape) -> bool:
    """Whether nothing in a map stands for it; of a file that is its name, if it has one, and no record's `id` is."""
    if part.what == FILE.what:
        return _kind(part) in CODED
    naming = NAMING[:-1] if "created_at" in part.fields else NAMING
    return part.fields.keys().isdisjoint(naming)


def _kind(file: Shape) -> str:
    return next(iter(file.fields["kind"].values or ("",)))


def _hole(reader: Reader, node: nodes.Expr, shape: Shape) -> None:
    """A text with a hole in it, on one of the ways, or when there is no such record."""
    if isinstance(node, nodes.Filter):
        inner = node.node
        if inner is None or node.name in ("default", "d") or "." not in path(inner):
            return
        node, shape = inner, reader.of(inner)
    name = path(node)
    if not name or name in reader.full:
        return
    if shape.empty.startswith(NOT_SET):
        help = f"Set it on that way too, or write what stands there then: `({name} | default('…'))`."
        message, topic = f"Nothing stands here for `{name}`: {shape.empty}.", _hole_in(name, shape)
        _tell(reader, node, "maybe-empty", "info", (message, help), topic)
    elif shape.empty in _NO_OWNER and "." in name:
        record = name.partition(".")[0]
        help = f"Ask first, `if {record}`, or write what stands there then: `({name} | default('…'))`."
        message, topic = f"Nothing stands here for `{name}`: {shape.empty}.", _hole_in(name, shape)
        _tell(reader, node, "maybe-empty", "warning", (message, help), topic)


def _hole_in(name: str, shape: Shape) -> Topic:
    return Topic((name,), kind="hole", why=shape.empty, instead="'…'")


def trusted(reader: Reader, node: nodes.Filter, shape: Shape) -> None:
    """`| markdown` on what a person wrote."""
    if FREE in shape.all_marks():
        _tell(reader, node.node, "trusted-user-text", "warning", _TRUSTED)


_IN_ADDRESS = (
    "This is personal data, and becomes part of an address: servers, browsers and histories keep addresses.",
    "Leave it out of the address, or put something in that names nobody, such as a record's id.",
)
_OF_OTHERS = (
    "This may be another person's data: `everyone: true` found it, and the outcomes file says it is personal.",
    "Find only the person's own records, show a field that is not personal, or write `only_admin: true`.",
)
_IN_SUBJECT = (
    "This is personal data; mail servers write subjects into their logs.",
    "Put it into `text`.",
)
_TRUSTED = (
    "This was written by a person, and `markdown` would take their `*`, `_` and links for the bot's own.",
    "Take `| markdown` out: it is for texts of the model.",
)


def _tell(
    reader: Reader,
    node: nodes.Node | None,
    code: str,
    severity: str,
    words: tuple[str, str],
    topic: Topic = NO_TOPIC,
) -> None:
    found = next(node.find_all(nodes.Name), None) if node is not None and not isinstance(node, nodes.Name) else node
    name = path(node) or (found.name if isinstance(found, nodes.Name) else "")
    meant = node if path(node) else found
    at = reader.source.place(meant) if meant is not None else reader.source.line(node.lineno if node is not None else 1)
    reader.report(code, severity, name, at, *words, topic=topic)
