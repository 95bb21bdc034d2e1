"""llm: ask the language model with a prompt from `prompts/`, and remember its reply."""

from __future__ import annotations

from typing import Any

from engine.core.basis import stands
from engine.core.effects import AskModel
from engine.core.field import Builder, Field, FieldType
from engine.core.fields import BLOCK, NAMED, VALUE, MapType, RefType
from engine.core.node import Mapping, Node, Sequence
from engine.core.project import Project, Prompt
from engine.core.scope import Scope
from engine.core.session import PEOPLE, Entry
from engine.core.step import WAIT, Step, Waiting, Way, first_of
from engine.core.template import Value
from engine.core.values import jsonable
from engine.core.walk import Walk

WAYS = ("goto", "end", "run", "say")  # a map that begins so is a step, not a reply


class IfFailsType(FieldType, frozen=True):
    """A reply to use instead, or steps to take."""

    word = "a reply to use instead, or steps to take"

    def build(self, node: Node, builder: Builder) -> Any:
        if isinstance(node, Sequence) or (isinstance(node, Mapping) and next(iter(node), "") in WAYS):
            return BLOCK.build(node, builder)
        return VALUE.build(node, builder)


class Llm(Step):
    verb = "llm"
    remembers = "llm"
    doc = (
        "Ask the language model. The prompt stands in `prompts/<name>.md.j2` and sees the scenario's variables; what "
        "it `returns` is checked before it is used. When the model cannot be reached, or answers nonsense twice, "
        "`if_fails` is the reply, or says which steps to take."
    )
    example = """
- ask: report
  question: Как прошёл день?
- llm: feedback
  prompt: check_in_feedback
  with: {checkins: []}
  if_fails:
    praise: Записал!
    advice: Мозг коуча сейчас перезагружается, вернусь к совету позже.
- say: "{{ feedback.praise }} {{ feedback.advice }}"
"""
    FIELDS = {
        "llm": Field(NAMED, "What the reply is remembered as.", required=True),
        "prompt": Field(RefType("prompt"), "The prompt's file name without its ending.", required=True),
        "with": Field(MapType(VALUE, variables=True), "More names for the prompt."),
        "if_fails": Field(IfFailsType(), "The reply to use, or the steps to take, when the model fails."),
    }

    llm: str
    prompt: str
    with_: dict[str, Value] | None
    if_fails: Value | tuple[Step, ...] | None

    def writes(self) -> frozenset[str]:
        return frozenset({self.llm})

    def settle(self, project: Project) -> None:
        """What the reply is made from: the names that the prompt reads, less those that `with` gives."""
        prompt = project.prompts.get(self.prompt)
        given = self.with_ or {}
        names = set(prompt.reads if prompt else ()) - given.keys()
        for value in given.values():
            names |= value.reads
        self.reads = tuple(sorted(names))

    def fits(self, entry: Entry) -> bool:
        return "r" in entry

    def blocks(self) -> Any:
        if isinstance(self.if_fails, tuple):
            yield "fails", self.if_fails

    def outcomes(self) -> list[tuple[str, str]]:
        return [("model_failed", "*")] if self.if_fails is not None else []

    def ways(self) -> list[Way]:
        found = [Way("", self.next)]
        if isinstance(self.if_fails, tuple):
            found.append(Way("fails", first_of(self.if_fails, self.next)))
        return found

    def enter(self, walk: Walk) -> Step | Waiting | None:
        key = walk.visit(self)
        values = walk.basis(self)
        entry = walk.entry(self, key)
        if entry is not None and stands(entry["h"], values):
            walk.passed(key)
            return self.follow(walk, key, entry)
        conversation = walk.conversation
        pending = conversation.pending
        place = (key, conversation.round, "model")
        asked = pending is not None and (pending.key, pending.round, pending.kind) == place
        if asked and pending is not None and stands(pending.state.get("h"), values):
            return WAIT  # it is thinking of this very question already
        request = walk.request_id(key, values)
        question = self.question(walk, request)
        walk.wait_for("model", key, request)
        walk.standing.state["h"] = values
        walk.effects.append(question)
        walk.ground.walked("asked_model", conversation, self, self.prompt)
        return WAIT

    def question(self, walk: Walk, request: str) -> AskModel:
        prompt: Prompt = walk.ground.project.prompts[self.prompt]
        outer = walk.scope
        names = {
            **outer.variables,
            **{name: jsonable(walk.evaluate(value)) for name, value in (self.with_ or {}).items()},
        }
        scope = Scope(names, outer.declared, outer.builtins)
        return AskModel(
            request=request,
            prompt=prompt.name,
            step=self.name,
            system=prompt.system.render(scope),
            user=prompt.user.render(scope),
            model=prompt.model or _wished(walk),
            returns=prompt.returns,
            images=_files(prompt.images, scope, ("photo",)),
            audio=_files(prompt.audio, scope, ("voice", "audio")),
            options=dict(prompt.options),
        )

    def returned(self, walk: Walk, result: Any, failure: str) -> Step | Waiting | None:
        pending = walk.standing
        entry: Entry = {"r": jsonable(result), "h": pending.state.get("h")}
        if failure:
            entry = {"r": None, "x": True, "h": entry["h"]}
        walk.keep(pending.key, entry)
        walk.ground.walked("model_failed" if failure else "model_replied", walk.conversation, self, failure)
        walk.conversation.pending = None
        return self.follow(walk, pending.key, entry)

    def follow(self, walk: Walk, key: str, entry: Entry) -> Step | Waiting | None:
        if not entry.get("x"):
            walk.assign(self.llm, entry["r"])
            return self.next
        if isinstance(self.if_fails, tuple):
            walk.assign(self.llm, None)
            return first_of(self.if_fails, self.next)
        if self.if_fails is not None and self.if_fails.clock:  # made once
            if "v" not in entry:
                entry = {**entry, "v": jsonable(walk.evaluate(self.if_fails))}
                walk.keep(key, entry)
            walk.assign(self.llm, entry["v"])
        else:
            walk.assign(self.llm, jsonable(walk.evaluate(self.if_fails)) if self.if_fails is not None else None)
        return self.next


def _files(sources: Any, scope: Scope, kinds: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    """The people's files that a prompt names; null, texts and other kinds are left out."""
    found: list[dict[str, Any]] = []
    for source in sources:
        value = source.evaluate(scope)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and one.get("kind") in kinds:
                found += [one, *one.get("album", ())]
    return tuple(found)


def _wished(walk: Walk) -> str:
    """The model that the person chose: `person.model`, where outcomes.yaml declares it as a choice of models."""
    project = walk.ground.project
    people = project.collections.get(PEOPLE)
    declared = people.fields.get("model") if people is not None else None
    wish = walk.ground.session.record.get("model")
    return str(wish) if declared is not None and wish in declared.values and wish in project.models else ""
