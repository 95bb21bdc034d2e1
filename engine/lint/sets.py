"""What each kind of step sets, and as what: for every way out of it.

Law: a kind that this file does not know sets what it says it `writes`, of unknown kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import nodes

from engine.core.choices import Literal
from engine.core.node import Scalar
from engine.core.project import Scenario
from engine.core.session import PEOPLE
from engine.core.step import Step
from engine.core.template import Expression, Value
from engine.core.tree import names as names_in
from engine.lint import reach
from engine.lint.answered import answer, row_of
from engine.lint.atoms import among, atoms, counts
from engine.lint.found import of_find
from engine.lint.known import Known
from engine.lint.labels import of_choices
from engine.lint.narrow import facts, path, values, with_prefixes
from engine.lint.scope import StepNames, condition_of, part_of, shape_of
from engine.lint.shapes import (
    ANY,
    BOOLEAN,
    NULL,
    TEXT,
    Shape,
    union,
)
from engine.lint.state import NO_LABELS, PAST, State, Under
from engine.steps.switch import as_written

FAILED = "the model may fail"
NOT_TOLD = Shape("null", empty=FAILED)
EMPTY_LIST = "the list may be empty"


def after(world: Known, scenario: Scenario, step: Step, state: State) -> Callable[[str], State | None]:
    """What is known past the step, by the label of the way; None when that way is never taken."""
    make: Any = _KINDS.get(step.verb)
    if make is None:
        return _always(state.with_(dict.fromkeys(step.writes(), ANY)))
    return make(world, StepNames(world, scenario.writes, state), step, state)  # type: ignore[no-any-return] # every entry of _KINDS is of this type


def _always(state: State) -> Callable[[str], State | None]:
    return lambda label: state


def _ask(world: Known, names: StepNames, step: Any, state: State) -> Callable[[str], State | None]:
    answered = answer(names, step)
    changed = {step.ask: answered}
    if step.choices is not None or "yes_no" in (step.answer or ()):
        labels = state.variables.get("labels", NO_LABELS)
        unsure = labels.open or labels.kind != "map"  # a step above could not be read
        changed["labels"] = Shape("map", {**labels.fields, step.ask: of_choices(step)}, unsure, what=NO_LABELS.what)
    past = state.with_(changed)
    ways: dict[str, State | None] = {**_by_choice(step, past)}
    if step.after_tries:
        ways["after tries"] = state.with_({step.ask: shape_of(names, step.default)})
    if _leads_away(step):
        ways[""] = None
    return lambda label: ways.get(label, past)


def _by_choice(step: Any, past: State) -> Mapping[str, State]:
    """A choice with a `goto` goes that way, and no other."""
    options = step.choices.options if isinstance(step.choices, Literal) and "choices" not in (step.answer or ()) else ()
    away = {option.id: option.value for option in options if option.goto}
    if not away:
        return {}
    here = past.among({step.ask: (False, frozenset(away.values()))})
    return {"": here} | {one: past.among({step.ask: (True, frozenset((value,)))}) for one, value in away.items()}


def _leads_away(step: Any) -> bool:
    """Whether every answer there can be is a choice with a `goto` of its own."""
    only_choices = step.answer in (None, ("choice",)) and isinstance(step.choices, Literal)
    return only_choices and not step.skip and not step.tries and all(one.goto for one in step.choices.options)


def _llm(world: Known, names: StepNames, step: Any, state: State) -> Callable[[str], State | None]:
    replied = world.returned(step.prompt)
    if isinstance(step.if_fails, tuple):
        past, failed = state.with_({step.llm: replied}), state.with_({step.llm: NOT_TOLD})
        return lambda label: failed if label == "fails" else past
    if isinstance(step.if_fails, Value):
        instead = shape_of(names, step.if_fails)
        told = replied.kind == "map" and isinstance(step.if_fails.data, (dict, str, int, float))  # at `if_fails`
        alike = told or instead.kind == replied.kind == "map"
        return _always(state.with_({step.llm: replied if alike else union([replied, instead])}))
    return _always(state.with_({step.llm: replied.maybe(FAILED)}))


def _find(world: Known, names: StepNames, step: Any, state: State) -> Callable[[str], State | None]:
    return _always(state.with_({step.find: of_find(world, step)}))


def _save(world: Known, names: StepNames, step: Any, state: State) -> Callable[[str], State | None]:
    if not step.as_ and step.save != PEOPLE:
        return _always(state)
    fields = {name: shape_of(names, value) for name, value in (step.fields or {}).items()}
    if step.save == PEOPLE:
        state = _told(state, [name for name, shape in fields.items() if not shape.empty and shape.kind != "null"])
    if not step.as_:
        return _always(state)
    own = dict.fromkeys(("id", "created_at", "updated_at"), TEXT)
    return _always(state.with_({step.as_: Shape("map", {**fields, **own}, what=f"the record saved to `{step.save}`")}))


def _told(state: State, fields: Iterable[str]) -> State:
    """Where the person has told these."""
    return state.knowing(frozenset(f"person.{name}" for name in fields))


def _set(world: Known, names: StepNames, step: Any, state: State) -> Callable[[str], State | None]:
    for name, value in (step.set or {}).items():
        seen = StepNames(world, names.declared, state)
        state = having_set(seen, name, value, ANY if _bare_sum(value, state) else shape_of(seen, value))
    return _always(state)


def having_set(names: StepNames, name: str, value: Any, shape: Shape) -> State:
    """After one of a step's values: of what is so remembered, later conditions tell what it told."""
    told = {
        (one, positive)
        for positive, node, when in _flags(value.data if isinstance(value, Value) else None)
        for one in facts(node, when) | names.implied(node, when)
        if one != name
    }
    past = names.state.with_({name: shape})
    past = past.telling(name, sorted(told)) if told else past
    return (
        past._replace(under={**past.under, **more}) if shape.empty and (more := _one_way(names, name, value)) else past
    )


def _one_way(names: StepNames, name: str, value: Any) -> Under:
    """`{{ typed.age if typed else none }}`: where that condition holds, it is not null."""
    data = value.data if isinstance(value, Value) else None
    node = condition_of(data) if isinstance(data, Expression) and not data.clock else None
    if not isinstance(data, Expression) or not isinstance(node, nodes.CondExpr) or name in names_in(node.test):
        return {}
    seen, found = StepNames(names.world, names.declared, names.state), {}
    for positive, one, other in ((True, node.expr1, node.expr2), (False, node.expr2, node.expr1)):
        nothing = other is None or (isinstance(other, nodes.Const) and other.value is None)
        shape = part_of(seen, data, node.test, positive, one) if nothing and one is not None else NULL
        if shape.kind != "null" and not shape.empty:
            found[atoms(node.test, positive), name] = shape
    return found


_SUM = re.compile(r"[^\W\d]\w*(?:\.\w+)*(?:\s*[-+*/]\s*\w+(?:\.\w+)*)+")


def _bare_sum(value: Any, state: State) -> bool:
    """`count + 1` without braces, which is told there: what it becomes is no text."""
    node = value.node if isinstance(value, Value) else None
    if not isinstance(node, Scalar) or not node.plain or _SUM.fullmatch(node.text) is None:
        return False
    return all(name in state.variables for name in re.findall(r"(?<![\w.])[^\W\d]\w*", node.text))


def flags_of(names: StepNames, result: Any) -> dict[tuple[str, bool], frozenset[str]]:
    """Of what a scenario gives back, if that is a map: (a field, whether it counts as true) -> those not null then."""
    given = result.data if isinstance(result, Value) and isinstance(result.data, dict) else {}
    alone = {field: condition_of(one) for field, one in given.items() if isinstance(one, Expression)}
    holders = {node.name: field for field, node in alone.items() if isinstance(node, nodes.Name)}
    found: dict[tuple[str, bool], frozenset[str]] = {}
    for field, one in given.items() if holders else ():
        for positive, node, when in _flags(one):
            full = {holders[name] for name in facts(node, when) | names.implied(node, when) if name in holders}
            if full - {field}:
                found[field, positive] = frozenset(full - {field})
    return found


def _flags(data: Any) -> list[tuple[bool, nodes.Node, bool]]:
    """`{{ age is not none }}`: (whether it counts as true, a condition, whether that is then true)."""
    node = condition_of(data) if isinstance(data, Expression) else None
    if isinstance(node, nodes.CondExpr):
        branches = ((True, node.expr1), (False, node.expr2 or _NULL))
        constants = [(when, bool(one.value)) for when, one in branches if isinstance(one, nodes.Const)]
        return [(not true, node.test, not when) for when, true in constants]
    return [(True, node, True), (False, node, False)] if isinstance(node, _TELLING) else []


_NULL = nodes.Const(None)
_TELLING = (nodes.Compare, nodes.Test, nodes.Not, nodes.And, nodes.Or, nodes.Name, nodes.Getattr, nodes.Getitem)


def _each(world: Known, names: StepNames, step: Any, state: State) -> Callable[[str], State | None]:
    item = row_of(shape_of(names, step.in_), "value").full()  # as engine/steps/each.py
    asked = frozenset(name for inner in inside(step) if inner.verb != "set" for name in inner.writes())
    body = state.without(asked).with_({step.each: item})
    done = state.variables.get(step.each)
    past = state.with_({step.each: (done or item).maybe(EMPTY_LIST)}).knowing(frozenset((step.each + PAST,)))
    return lambda label: body if label == "each" else past


def inside(step: Step) -> list[Step]:
    found: list[Step] = []
    queue = [one for _, block in step.blocks() for one in block]
    while queue:
        one = queue.pop()
        found.append(one)
        queue += [inner for _, block in one.blocks() for inner in block]
    return found


def _if(world: Known, names: StepNames, step: Any, state: State) -> Callable[[str], State | None]:
    condition = condition_of(step.if_)
    if condition is None:
        return _always(state)

    def when(positive: bool) -> State:
        told = state.knowing(facts(condition, positive)).among(values(condition, positive))
        told = told.within(reach.told(condition, positive))
        return told if step.if_.clock else told.holding(atoms(condition, positive))

    yes, no = when(True), when(False)
    return lambda label: yes if label == "yes" else no


def _switch(world: Known, names: StepNames, step: Any, state: State) -> Callable[[str], State | None]:
    """In a case the variable has that value; where two values are written alike, either."""
    node = condition_of(step.switch)
    if isinstance(node, nodes.Filter) and node.name in ("length", "count") and path(node.node):
        some = state.knowing(with_prefixes(path(node.node)))
        none_of_no = "0" in step.cases
        return lambda label: some if (none_of_no if label == "else" else label.isdigit() and label != "0") else state
    known = state.variables.get(node.name) if isinstance(node, nodes.Name) else None
    if known is None or not isinstance(node, nodes.Name):
        return _always(state)
    name = node.name
    literals = frozenset(value for part in known.parts() for value in part.values or ())
    cases = frozenset(step.cases)
    meant = {case: next((one for one in literals if as_written(one) == case), case) for case in step.cases}
    sure = bool(literals) and not known.empty and all(part.values is not None for part in known.parts())

    def of_case(label: str) -> State | None:
        if label == "else":
            if sure and all(as_written(value) in cases for value in literals):
                return None
            left = state.holding(frozenset((among(name, frozenset(meant.values()), False),)))
            return left.among({name: (False, frozenset(value for value in literals if as_written(value) in cases))})
        told = state.holding(frozenset((among(name, frozenset((meant[label],)), True),)))
        told = told.among({name: (True, frozenset(value for value in literals if as_written(value) == label))})
        return told.knowing(frozenset({name})) if label != "null" else told

    return of_case


def _run(world: Known, names: StepNames, step: Any, state: State) -> Callable[[str], State | None]:
    callee = world.facts.get(step.run)
    if callee is not None and world.complete:
        state = _told(state, callee.saved.get(PEOPLE, ()))
    if not step.as_:
        return _always(state)
    given = ANY if callee is None else NULL if callee.result is None else callee.result
    past = state.with_({step.as_: given})
    under = {
        (frozenset((counts(f"{step.as_}.{field}", positive),)), f"{step.as_}.{name}"): given.fields[name].full()
        for (field, positive), full in (callee.flags.items() if callee is not None else ())
        for name in full
    }
    return _always(past._replace(under={**past.under, **under}) if under else past)


def _confirm(world: Known, names: StepNames, step: Any, state: State) -> Callable[[str], State | None]:
    return _always(state.with_({step.confirm: BOOLEAN}))


_KINDS: dict[str, Callable[[Known, StepNames, Any, State], Callable[[str], State | None]]] = {
    "ask": _ask,
    "llm": _llm,
    "find": _find,
    "save": _save,
    "set": _set,
    "each": _each,
    "if": _if,
    "switch": _switch,
    "run": _run,
    "confirm": _confirm,
}
