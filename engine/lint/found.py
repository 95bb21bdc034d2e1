"""What a `find` gives, and why there may be nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.lint.shapes import MAYBE_NONE, Shape

if TYPE_CHECKING:
    from engine.lint.known import Known

NOT_FOUND = "there may be no such record"
LIKELY = "the record may not be found"  # and it most likely is


def of_find(world: Known, step: Any) -> Shape:
    """One record, or a list of them."""
    record = world.record(step.in_, step.everyone)
    if step.first:
        return record.maybe(LIKELY if _is_saved_above(world, step) else NOT_FOUND)
    return Shape("list", item=record, what=f"a list of records of `{step.in_}`").marked(MAYBE_NONE)


def _is_saved_above(world: Known, step: Any) -> bool:
    """Whether a step above saves such a record, or runs a scenario that does."""
    scenario = world.scenarios.get(step.scenario)
    above = scenario.steps[: step.index] if scenario is not None else ()
    ran = (world.facts.get(one.run) for one in above if one.verb == "run")  # type: ignore[attr-defined] # a `run`
    saving = (one for one in above if one.verb == "save")
    return any(one.save == step.in_ for one in saving) or any(step.in_ in facts.saved for facts in ran if facts)  # type: ignore[attr-defined] # a `save`
