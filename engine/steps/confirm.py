"""confirm: show what was answered, line by line, and let every line be corrected."""

from __future__ import annotations

import re
from typing import Any

from engine.answers.alike import named_within
from engine.answers.choice import find
from engine.core.answer import Choice, Raw
from engine.core.choices import plain
from engine.core.effects import CloseQuestion, SendMessage
from engine.core.field import Builder, Field, FieldType
from engine.core.fields import TEXT, NameType, RefType
from engine.core.keyboard import buttons, chosen
from engine.core.markdown import escape
from engine.core.meaning import folded, with_ways_out
from engine.core.meaning import meant as heard
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.offers import LABEL
from engine.core.session import Entry, Pending
from engine.core.step import WAIT, Step, Waiting
from engine.core.template import Text, shown
from engine.core.values import cut
from engine.core.walk import Walk

YES, CHANGE = "yes", "change"


class LinesType(FieldType, frozen=True):
    """Names of asks, each with the text of its line."""

    word = "a map of answers to the texts of their lines, or a list of answers"

    def build(self, node: Node, builder: Builder) -> Any:
        if isinstance(node, Mapping):
            pairs = [(key_node, value) for key_node, value in node.entries.values()]
        elif isinstance(node, Sequence):
            for item in node.items:
                if not isinstance(item, Scalar):
                    help = "Without the dash: `name: text`." if isinstance(item, Mapping) else "For example `age`."
                    builder.report("wrong-type", item, "Expected the name of an answer here.", help)
            pairs = [(item, item) for item in node.items if isinstance(item, Scalar)]
        else:
            builder.report("wrong-type", node, f"Expected {self.word}.")
            return None
        lines = {}
        for name, value in pairs:
            RefType("step").build(name, builder)
            text = builder.text(value)
            if text is not None:
                lines[name.text] = text
        return lines

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "string"}}]}


class Confirm(Step):
    verb = "confirm"
    corrects = True
    remembers = "confirm"
    doc = (
        "Show a summary and ask whether all is right. Every line names an answer of before; «change» lets the person "
        "pick a line and answer that question again, and only what depended on it is asked or computed anew. A line "
        "without `{{ }}` is followed by its value. The variable becomes true."
    )
    example = """
- ask: age
  question: Сколько тебе лет?
  answer: integer
- confirm: all_right
  text: Проверь, пожалуйста
  lines: {age: Возраст}
- say: Записал!
"""
    FIELDS = {
        "confirm": Field(NameType("text"), "What «yes» is remembered as.", required=True),
        "text": Field(TEXT, "What stands above the lines."),
        "lines": Field(LinesType(), "The answers shown, in order: `answer: text of its line`.", required=True),
        "yes": Field(TEXT, "What stands on the button that confirms."),
        "change": Field(TEXT, "What stands on the button that corrects."),
    }

    confirm: str
    text: Text | None
    lines: dict[str, Text]
    yes: Text | None
    change: Text | None

    def writes(self) -> frozenset[str]:
        return frozenset({self.confirm})

    def own_reads(self) -> tuple[str, ...]:
        return tuple(sorted({*super().own_reads(), *(name.split(".")[-1] for name in self.lines or ())}))

    def outcomes(self) -> list[tuple[str, str]]:
        return [("answered", YES), ("answered", CHANGE)]

    def fits(self, entry: Entry) -> bool:
        return "c" in entry

    def enter(self, walk: Walk) -> Step | Waiting | None:
        key = walk.visit(self)
        entry = walk.entry(self, key)
        if entry is not None and entry["h"] == walk.basis(self) and walk.conversation.reopened != key:
            walk.passed(key)
            walk.assign(self.confirm, True)
            return self.next
        pending = walk.wait_for_input(key)
        if pending is not None:
            self.show(walk, pending)
            walk.ground.walked("asked", walk.conversation, self)
        return WAIT

    def show(self, walk: Walk, pending: Pending) -> None:
        head = [walk.remark] if walk.remark else []
        walk.remark = ""
        head.append(walk.render(self.text) if self.text is not None else walk.ground.word("confirm_text"))
        lines = "\n".join(self.line(walk, name) for name in self.lines)
        self.send(walk, pending, "\n\n".join([*head, lines]), self.answers(walk))

    def answers(self, walk: Walk) -> tuple[Choice, ...]:
        """Yes; and change, where there is a line that can be."""
        ground = walk.ground
        yes = plain(walk.render(self.yes)) if self.yes is not None else ground.word("button_confirm")
        change = plain(walk.render(self.change)) if self.change is not None else ground.word("button_change")
        first = Choice(YES, True, yes)
        return (first, Choice(CHANGE, False, change)) if self.asked(walk) else (first,)

    def line(self, walk: Walk, name: str) -> str:
        text = self.lines[name]
        rendered = walk.render(text)
        if text.of(walk.ground.language).reads:
            return rendered
        step = self.by_name.get(name)
        label = name.replace("_", " ") if rendered == name else rendered
        return f"{label}: {escape(self.value(walk, name, step))}"

    def value(self, walk: Walk, name: str, step: Step | None) -> str:
        """The answer as the person would write it: a choice by its label, «—» when there is none."""
        value = walk.scope.variables.get(name.split(".")[-1])
        if value is None:
            return "—"
        label = (walk.scope.variables.get("labels") or {}).get(name)
        if label:
            return str(label)
        entry = walk.conversation.journal.get(self.key(walk, name))
        if step is not None and entry is not None and step.fits(entry) and hasattr(step, "display"):
            return str(step.display(walk, entry)) or shown(value)
        return shown(value)

    def send(self, walk: Walk, pending: Pending, text: str, choices: tuple[Choice, ...]) -> None:
        pending.state["b"] = True
        walk.send(
            SendMessage(
                text=text,
                conversation=walk.conversation.id,
                scenario=self.scenario,
                step=self.name,
                question=pending.question,
                buttons=buttons(walk.ground, pending.question, choices, size=90),
                waiting=True,
            )
        )

    # answering --------------------------------------------------------------------------------------------------

    def asked(self, walk: Walk) -> list[str]:
        """The lines whose questions were asked on this way."""
        visited, journal = walk.conversation.visited, walk.conversation.journal
        keys = {name: self.key(walk, name) for name in self.lines}
        return [name for name, key in keys.items() if key in visited and "a" in journal.get(key, ())]

    def correctable(self, walk: Walk) -> tuple[Choice, ...]:
        """Those lines as choices."""
        lines = {name: plain(self.line(walk, name)).splitlines()[0] for name in self.asked(walk)}
        return tuple(Choice(name, name, cut(line, LABEL)) for name, line in lines.items())

    def key(self, walk: Walk, name: str) -> str:
        return f"{walk.frame.state.path}{name.replace('.', '/')}"

    def accepts(self, walk: Walk, raw: Raw) -> Entry | None:
        return self._confirmed(walk) if self._meant(walk, raw, self.answers(walk)) == YES else None

    def took(self, walk: Walk, pending: Pending, entry: Entry) -> None:
        walk.effects.append(CloseQuestion(pending.question, escape(self.answers(walk)[0].label)))
        walk.ground.walked("answered", walk.conversation, self, YES)

    def _confirmed(self, walk: Walk) -> Entry:
        return {"c": True, "h": walk.basis(self)}

    def _meant(self, walk: Walk, raw: Raw, choices: tuple[Choice, ...]) -> str:
        """Which of the choices was pressed, or typed as its label, its number, or a usual word."""
        if isinstance(raw, dict):
            found = chosen(choices, str(raw.get("choice", "")))
            return found.id if found else ""
        said = folded(str(raw))
        for choice in choices:
            if said in (folded(choice.label), folded(choice.label.split(":")[0]), choice.id.casefold()):
                return choice.id
        if choices and choices[0].id == YES:
            words = heard(walk.ground, said, {YES: ["yes_words"], CHANGE: ["change_words"]})
            if words:
                return words
        heads = [Choice(one.id, one.value, one.label.split(":")[0]) for one in choices]
        named = (find(said, listed) for listed in (choices, heads))
        return next((one.id for one in named if isinstance(one, Choice)), "")

    def names(self, walk: Walk, raw: Raw) -> bool:
        pending = walk.conversation.pending
        changing = pending is not None and pending.state.get("changing")
        return bool(self._meant(walk, raw, self.answers(walk)) or (changing and self._line(walk, raw)))

    def _line(self, walk: Walk, raw: Raw) -> str:
        return self._meant(walk, raw, self.correctable(walk)) or self._spoken_of(walk, raw)

    def _spoken_of(self, walk: Walk, raw: Raw) -> str:
        """The one line that a text speaks of: «возраст не тот», «поменяй вес»."""
        heads = [Choice(one.id, one.value, re.split("[:,]", one.label)[0]) for one in self.correctable(walk)]
        found = named_within(raw, heads, though_denied=True) if isinstance(raw, str) else []
        return found[0].id if len(found) == 1 else ""

    def receive(self, walk: Walk, raw: Raw) -> Step | Waiting | None:
        pending, changing = walk.standing, walk.standing.state.get("changing")
        if changing and (name := self._line(walk, raw)):
            return self._correct(walk, pending, name)
        answers = self.answers(walk)
        meant = self._meant(walk, raw, answers)
        if meant == YES:
            entry = self._confirmed(walk)
            walk.answered(pending, entry)
            self.took(walk, pending, entry)
            walk.conversation.pending = None
            walk.assign(self.confirm, True)
            return self.next
        lines = self.correctable(walk)
        if not meant and (name := self._spoken_of(walk, raw)):
            return self._correct(walk, pending, name)
        if meant == CHANGE and lines:
            walk.ground.walked("answered", walk.conversation, self, CHANGE)
            if len(lines) == 1:
                return self._correct(walk, pending, lines[0].id)
            pending.state["changing"] = True
            self.send(walk, pending, walk.ground.word("what_to_change"), lines)
        elif changing and lines:
            self.send(walk, pending, self.wrong(walk, pending, walk.ground.word("change_wrong")), lines)
        else:
            word = "confirm_wrong" if len(answers) > 1 else "confirm_wrong_only"
            text = walk.ground.word(word, yes=answers[0].label, change=answers[-1].label)
            self.send(walk, pending, self.wrong(walk, pending, text), answers)
        return WAIT

    def wrong(self, walk: Walk, pending: Pending, text: str) -> str:
        """What is said to an answer that does not fit; now and then with the ways out."""
        pending.state["tries"] = pending.state.get("tries", 0) + 1
        return with_ways_out(walk.ground, text, pending.state["tries"])

    def _correct(self, walk: Walk, pending: Pending, name: str) -> Waiting:
        """Open that answer again; the turn walks there once this step has returned."""
        walk.effects.append(CloseQuestion(pending.question))
        walk.correct = self.key(walk, name)
        return WAIT
