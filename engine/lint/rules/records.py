"""Records: fields that a collection does not have, required ones that are missing, values that it does not take."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from typing import Any

from msgspec.structs import replace

from engine.core.finding import Kind, Span, Topic
from engine.core.fitting import MISFIT, fitted
from engine.core.node import Mapping, Node, Scalar
from engine.core.project import Collection, CollectionField
from engine.core.records import COMPARISONS
from engine.lint.compare import never
from engine.lint.fitting import ONE_NAME, asked_by, may_fit, sorted_out, what_it_is
from engine.lint.flow import Flow
from engine.lint.missing import Missing, written_choices
from engine.lint.narrow import IS, NO
from engine.lint.rules.comparisons import sign_of
from engine.lint.rules.names import names_at
from engine.lint.scope import StepNames, shape_of
from engine.lint.shapes import COMPOSED, FORMS, FRACTION, NUMERIC, Shape, told
from engine.lint.world import World
from engine.project.borrowed import TRUTH
from engine.project.outcomes import OWN_FIELDS
from engine.project.places import span_of
from engine.project.suggest import did_you_mean, is_typo, meant_by


def check(world: World) -> None:
    for step in (*world.by_verb["save"], *world.by_verb["update"], *world.by_verb["find"]):
        flow = world.flows[step.scenario]
        if flow.reached(step):
            _step(world, flow, step)


def _no_id(part: Shape) -> bool:
    """A text that is surely no record's `id`: a day, an answer."""
    return part.kind == "text" and (not part.marks.isdisjoint(FORMS) or part.values is not None)


def _step(world: World, flow: Flow, step: Any) -> None:
    collection = world.project.collections.get(step.in_ if step.verb == "find" else getattr(step, step.verb))
    if step.verb == "update" and step.record is None and not step.where:
        world.report(
            "update-all",
            "error",
            step.span,
            "Neither `record` nor `where` says which records are meant, so all of this person's are changed.",
            "Write `record:` with what was found or saved.",
        )
    if step.verb == "update" and step.record is not None:
        shape = shape_of(names_at(world, flow.scenario, flow, step), step.record)
        if shape.parts() and all(part.kind in ("list", "boolean", *NUMERIC) or _no_id(part) for part in shape.parts()):
            subject = f"`{step.record.source.strip()}` is {told(shape)}"
            message = f"{subject}, and `record` is one record: nothing would be changed."
            help = "Write `first: true` in its `find`, or `where:` here in place of `record`."
            whole, dot, _ = step.record.source.partition(".")
            help = f"Write `record: {whole}`, which is the whole record." if dot and whole.isidentifier() else help
            kind: Kind = "list" if any(part.kind == "list" for part in shape.parts()) else ""
            topic = Topic((step.record.source.strip(),), kind=kind)
            world.report("not-a-record", "error", step.at("record"), message, help, topic=topic)
        others = {part.what for part in shape.parts()} - {f"a record of `{step.update}`"}
        if shape.parts() and others and all(one.startswith("a record of ") for one in others) and len(others) == 1:
            message = f"This is {next(iter(others))}, and the step changes `{step.update}`: nothing would be changed."
            world.report("not-a-record", "error", step.at("record"), message, "Name the collection that it is from.")
    if collection is None or not collection.declared:
        return
    names = names_at(world, flow.scenario, flow, step)
    for field in ("fields", "where"):
        node = step.node.get(field) if isinstance(step.node, Mapping) else None
        if isinstance(node, Mapping):
            _known(world, collection, node, (*collection.fields, *(OWN_FIELDS if field == "where" else ())))
            _values(world, step, collection, node, names, field)
    if step.verb == "find":
        _order(world, collection, step)
    if step.verb == "save" and collection.name != "people":
        written = step.fields or {}
        meant = meant_by(written, [*collection.fields, *OWN_FIELDS])  # a misspelt one is told as that
        missing = [name for name, one in collection.fields.items() if one.required and name not in {*written, *meant}]
        if missing:
            at = step.node.key("fields").span if isinstance(step.node, Mapping) and "fields" in step.node else step.span
            message = f"`{collection.name}` needs {', '.join(f'`{name}`' for name in missing)}."
            world.report("missing-field", "error", at, message, f"Add `{missing[0]}: …`.")


def _known(world: World, collection: Collection, node: Mapping, known: tuple[str, ...]) -> None:
    for name, (key, _) in node.entries.items():
        if name in known:
            continue
        if name in OWN_FIELDS:
            world.report(
                "own-field", "error", key.span, f"`{name}` is given by the engine and cannot be set.", "Take it out."
            )
            continue
        message = f"`{collection.name}` has no field `{name}`."
        world.report(
            "unknown-field",
            "error",
            key.span,
            message,
            did_you_mean(name, known) or "Declare it in catalog/outcomes.yaml.",
            Missing(f"a record of `{collection.name}`", name),
        )


def _order(world: World, collection: Collection, step: Any) -> None:
    name = step.order.removeprefix("-")
    if "order" in step.node and name not in collection.fields and name not in OWN_FIELDS:
        world.report(
            "unknown-field",
            "error",
            _field_of(step, name),
            f"`{collection.name}` has no field `{name}`.",
            f"For the last first write `-{name.split()[0]}`."
            if name.lower().endswith(" desc")
            else did_you_mean(name, [*collection.fields, *OWN_FIELDS]),
        )


def _field_of(step: Any, name: str) -> Span:
    """The field alone of `order: -created_at`: a mend leaves the sign."""
    node = step.node.get("order")
    at = node.text.find(name) if isinstance(node, Scalar) else -1
    return span_of(node, at, at + len(name)) if at >= 0 and len(name) else step.at("order")


def _values(world: World, step: Any, collection: Collection, node: Mapping, names: StepNames, field: str) -> None:
    values: MappingOf[str, Any] = getattr(step, field, None) or {}
    for name, value in values.items():
        declared, written = collection.fields.get(name), node.get(name)
        if field == "where" and name in ("created_at", "updated_at"):
            declared = CollectionField(name, "datetime")
        if declared is None or written is None:
            continue
        shape = shape_of(names, value)
        alone = step.verb == "update" or step.save == "people" or len(values) == 1 if field == "fields" else False
        if alone and shape.kind == "null":
            _of_nothing(world, names, name, written)
        if field == "where" and isinstance(written, Mapping):
            for word, (_, bound) in written.entries.items():
                if word in COMPARISONS and word in shape.fields and word != "contains":
                    _may_be(world, step, collection, declared, shape.fields[word], bound)
        elif field == "where":
            _may_be(world, step, collection, declared, shape.item or shape, written)
        elif not _is_label(world, step, collection, declared, written):
            # that a name is empty on one way may be seen to by `… or other`
            sure = shape.among(False, frozenset(("",))) if _read_only(written) else shape
            _fits(world, step, collection, declared, shape if sure.kind == "any" else sure, written)


def _of_nothing(world: World, names: StepNames, field: str, written: Node) -> None:
    """`if: not mark`, and then the mark is written down."""
    name = ONE_NAME.fullmatch(written.text) if isinstance(written, Scalar) else None
    if name is not None and not {name[1] + NO, f"{name[1]}{IS}none"}.isdisjoint(names.full):
        message = f"`{name[1]}` is null here, by the condition that leads here: `{field}` would be emptied."
        help = "Turn the condition round; to empty the field on purpose write `null`."
        world.report("maybe-empty", "warning", written.span, message, help)


def _can_be(
    world: World, step: Any, collection: Collection, declared: CollectionField, shape: Shape, written: Node
) -> bool:
    """A field is looked for by a value that it can have."""
    parts = shape.parts()
    if declared.type == "choice" and declared.values and parts and all(part.values is not None for part in parts):
        strange = sorted({str(value) for part in parts for value in part.values or ()} - set(declared.values))
        if strange:
            message = f"`{declared.name}` of `{collection.name}` is never `{strange[0]}`."
            help = _as_value(world, step, written) or did_you_mean(strange[0], declared.values)
            meant = any(is_typo(strange[0], value) for value in declared.values)
            at = _choice(step, written, strange[0]) if meant else None
            message = f"{message[:-1]}, and this is looked for or saved there." if at is not None else message
            topic = never(strange[0], declared.values)
            world.report("value-not-declared", "error", at or written.span, message, help, topic=topic)
            return False
    return True


def _as_value(world: World, step: Any, written: Node) -> str:
    """`status: row.status`, which lacks its braces."""
    text = written.text.strip() if isinstance(written, Scalar) and written.plain else ""
    known = re.fullmatch(r"([^\W\d]\w*)(\.\w+)+", text)
    if known is None or known[1] not in world.scenarios[step.scenario].writes | {"person"}:
        return ""
    return f'For the value write `"{{{{ {text} }}}}"`.'


def _is_label(world: World, step: Any, collection: Collection, declared: CollectionField, written: Node) -> bool:
    """`labels.size`, what stood on the button, in a field that takes the choice itself. Whether it was told."""
    name = ONE_NAME.fullmatch(written.text) if isinstance(written, Scalar) else None
    if name is None or not name[1].startswith("labels.") or declared.type != "choice":
        return False
    asked = name[1].removeprefix("labels.")
    options = getattr(getattr(step.by_name.get(asked), "choices", None), "options", ())
    texts = [text for one in options for text in one.label.languages.values()]
    shown = {re.sub(_VALUE, "…", text.source) for text in texts}
    strange = sorted(one for one in shown - set(declared.values) if one.strip("… "))
    if strange and declared.values:
        message = f"`{declared.name}` of `{collection.name}` is never `{strange[0]}`, which stands on a button."
        help = f"Save the choice itself: `{{{{ {asked} }}}}`."
        topic = never(strange[0], declared.values)
        world.report("value-not-declared", "error", written.span, message, help, topic=topic)
    return bool(strange and declared.values)


def _read_only(written: Node) -> bool:
    """Whether all that the value can be comes from elsewhere."""
    return isinstance(written, Scalar) and "''" not in written.text and '""' not in written.text


def _choice(step: Any, written: Node, value: str) -> Span | None:
    """Where the value is written, when it is a choice of the question whose answer this is."""
    name = ONE_NAME.fullmatch(written.text) if isinstance(written, Scalar) else None
    key = written_choices(step.by_name.get(name[1])).get(value) if name is not None else None
    return key.span if key is not None else None


def _may_be(
    world: World, step: Any, collection: Collection, declared: CollectionField, shape: Shape, written: Node
) -> None:
    """As `_can_be`, for what is looked for: a text that is no number is in no field of numbers."""
    parts = shape.parts()
    if sign_of(written):
        return  # which is told
    if parts and declared.type not in ("any", "contact", "file", "list") and all(one.kind == "map" for one in parts):
        message = f"`{declared.name}` of `{collection.name}` is of type {declared.type}, and this is {told(shape)}."
        name = ONE_NAME.fullmatch(written.text) if isinstance(written, Scalar) else None
        fields = [one for one in ("id", declared.name) if all(one in part.fields for part in parts)]
        help = f"Name one of its fields: `{{{{ {name[1]}.{fields[0]} }}}}`." if name and fields else ""
        world.report("value-not-declared", "error", written.span, message, help)
        return
    if not _can_be(world, step, collection, declared, shape, written) or declared.type in LOOSE:
        return
    if parts and declared.type in _LOOKED_FOR and all(COMPOSED in part.marks for part in parts):
        message = f"`{declared.name}` of `{collection.name}` is of type {declared.type}, and this is a text for people."
        name = re.search(r"\{\{\s*(.+?)\s*\|\s*(?:date|date_time|number)\b", getattr(written, "text", ""))
        help = f'Write `"{{{{ {name[1]} }}}}"`.' if name else _LOOKED_FOR[declared.type]
        world.report("value-not-declared", "error", written.span, message, help)
        return
    if parts and all(part.values and not any(_like(declared, one) for one in part.values) for part in parts):
        shown = min(str(value) for part in parts for value in part.values or ())
        message = f"`{declared.name}` of `{collection.name}` is of type {declared.type}, so it is never `{shown}`."
        help = f'Today is `"{{{{ today }}}}"`, {_DAYS[shown]}' if shown in _DAYS else _LOOKED_FOR.get(declared.type, "")
        if back := _BACK.fullmatch(shown):
            help = f'Write `"{{{{ today | plus(days=-{back[1]}) }}}}"`.'
        world.report("value-not-declared", "error", written.span, message, help)


def _like(declared: CollectionField, value: Any) -> bool:
    """A day is compared with a moment, too."""
    of_days = {"date", "datetime"}
    types = of_days if declared.type in of_days else {declared.type}
    return any(fitted(replace(declared, type=one), value) is not MISFIT for one in types)


_VALUE = r"\{\{.*?\}\}"
_BACK = re.compile(r"(?:now|today)?\s*-\s*(\d+)\s*d(?:ays?)?")
LOOSE = ("any", "list", "contact", "file", "text", "phone", "url", "email")
_DAYS = {"today": "in braces.", "yesterday": 'the day before `"{{ today | plus(days=-1) }}"`.'}
_DAYS |= {"tomorrow": 'the day after `"{{ today | plus(days=1) }}"`.', "now": 'this moment `"{{ now }}"`.'}
_LOOKED_FOR = {
    **dict.fromkeys(("number", "integer"), "Write a number."),
    "boolean": "Write true or false.",
    **dict.fromkeys(("date", "datetime"), "Write a day as `2026-11-21`, or an expression in `{{ }}`."),
    "time": "Write a time as `09:30`.",
}


def _fits(
    world: World, step: Any, collection: Collection, declared: CollectionField, shape: Shape, written: Node
) -> None:
    """What is saved is of the declared type, or can be turned into it: as `engine/core/fitting.py` does."""
    at = written.span
    if not _can_be(world, step, collection, declared, shape, written):
        return
    wrong = next((part for part in shape.parts() if not may_fit(part, declared)), None)
    if wrong is not None:
        what = f"is of type {declared.type}, and {what_it_is(shape, wrong)}."
        message = f"`{declared.name}` of `{collection.name}` {what}"
        help = f"Ask with `answer: {asked}`" if (asked := asked_by(wrong, declared)) else "Save a value of that type"
        help = "Make it whole: `| round | int`" if FRACTION in wrong.marks else help
        help = sorted_out(declared, shape, written) or f"{help}, or declare another type in catalog/outcomes.yaml."
        meant = (
            TRUTH.get(str(next(iter(wrong.values))).lower()) if wrong.values and declared.type == "boolean" else None
        )
        world.report("wrong-field-type", "warning", at, message, f"Write `{meant}`." if meant else help)
    elif declared.required and shape.empty:
        name = ONE_NAME.fullmatch(written.text) if isinstance(written, Scalar) else None
        subject = f"`{name[1]}`" if name else "this"
        message = f"`{collection.name}` needs `{declared.name}`, and {subject} may be null: {shape.empty}."
        help = "Ask first: save only `if` it is there; or give a value in its place: `| default(…)`."
        topic = Topic((name[1] if name else "",), why=shape.empty)
        world.report("maybe-empty", "warning", at, message, help, topic=topic)
