"""What a step is called: the key of its entry in a conversation's journal, and what a `goto` names."""

from __future__ import annotations

from engine.core.field import Builder
from engine.core.fields import NAME, NAMED
from engine.core.node import Mapping, Scalar
from engine.core.session import digest
from engine.core.step import Step


def name_step(step: Step, verb: str, node: Mapping, builder: Builder, counts: dict[str, int]) -> None:
    """Named by its answer, or by `name`; else a name is made up that an edit nearby does not change.
    `counts`: how often each made-up name has been given in this file."""
    explicit = node.get("name")
    value = node.get(verb)
    own = step.named_by_verb()
    if explicit is not None:
        if own and isinstance(value, Scalar) and NAME.match(value.text):
            builder.report(
                "two-names", node.key("name"), f"A step `{verb}` is named by what it remembers.", "Take `name` out."
            )
        elif not own and (made := NAMED.build(explicit, builder)) is not None:
            step.name, step.named = made, True
        return
    if own and isinstance(value, Scalar):
        step.name, step.named = value.text, True
        return
    written = node.get("as")
    if verb == "run" and isinstance(written or value, Scalar):
        step.name = (written or value).text  # type: ignore[union-attr] # tested to be a scalar in the line above
        step.named = written is not None
    elif verb == "save" and isinstance(value, Scalar):
        step.name = value.text
    elif verb == "say":
        step.name = "~say"
    elif isinstance(value, Scalar):
        step.name = f"~{verb}-{digest(value.text, size=3)}"
    else:
        step.name = f"~{verb}-{digest(sorted(value) if isinstance(value, Mapping) else '', size=3)}"
    if not step.named and verb != "save":
        count = counts[step.name] = counts.get(step.name, 0) + 1
        step.name = step.name if count == 1 else f"{step.name}~{count}"
