"""How a question is put: its choices, its limits, its buttons, the ways on from it. What is done with the answer stands
in `ask`.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from engine.core.answer import Choice, Question, Raw
from engine.core.choices import Literal, Made, plain
from engine.core.effects import RedrawQuestion, SendMessage
from engine.core.field import Builder, Field, FieldType, build_fields
from engine.core.fields import TEXT, RefType, WordType
from engine.core.keyboard import BACK, NEXT, buttons, chosen
from engine.core.media import media_of
from engine.core.node import Mapping, Node, Scalar
from engine.core.session import Pending
from engine.core.step import Step, Way
from engine.core.template import Text, Value
from engine.core.walk import Walk

LIMITS = ("min", "max", "min_length", "max_length", "min_size", "max_size", "pattern", "formats", "own")


YES, NO = ("true", "yes", "on", "да"), ("false", "no", "off", "нет")  # unquoted, they are no words for a button


class SkipType(FieldType, frozen=True):
    word = "true, or what stands on the button"

    def build(self, node: Node, builder: Builder) -> Any:
        if isinstance(node, Scalar) and node.plain and node.text.lower() in YES + NO:
            if node.text.lower() in NO and node.text not in ("no", "off") and node.text.lower() != "false":
                message = f"`{node.text}` says here that the question cannot be skipped, as `false` does."
                help = f'For a button with this word put it in quotes: "{node.text}"; else take the key out.'
                builder.report("bad-value", node, message, help, "warning")
            return node.text.lower() in YES
        return builder.text(node)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "boolean"}, TEXT.schema()]}


class AfterType(FieldType, frozen=True):
    word = "`skip`, `end`, or `{goto: a step}`"

    def build(self, node: Node, builder: Builder) -> Any:
        if isinstance(node, Mapping):
            return build_fields(
                node, {"goto": Field(RefType("step"), "The step to go on with.", required=True)}, builder, "after_tries"
            )["goto"]
        text = node.text.strip() if isinstance(node, Scalar) and not node.is_null else ""
        step = re.fullmatch(r"(?:goto:?\s+)?([^\W\d]\w*)", text)
        if step is not None and step[1][:2] not in ("sk", "en"):
            help = f"To go on at a step: `{{goto: {step[1]}}}`."
            builder.report("unknown-value", node, f"Unknown value: `{text}`.", help)
            return None
        word = WordType(("skip", "end")).build(node, builder)
        return f"!{word}" if word else None

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"enum": ["skip", "end"]}, {"type": "object", "properties": {"goto": {"type": "string"}}}]}


ASKED_FOR = frozenset({"contact", "location"})  # answers that a button of Telegram's own gives
GATHERED = frozenset({"text", "photo", "voice", "document"})  # answers that people give in several messages


class Asking(Step):
    """The part of `ask` that puts the question. Its fields are declared there."""

    ask: str
    question: Text
    answer: tuple[str, ...] | None
    choices: Literal | Made | None
    if_wrong: Text | None
    explain: Text | None
    tries: int | None
    after_tries: str | None
    skip: bool | Text | None
    default: Value | None
    columns: int
    page: int
    keyboard: str
    region: Value | None
    own: bool | None
    gather: float | None

    def outcomes(self) -> list[tuple[str, str]]:
        one = isinstance(self.choices, Literal) and "choices" not in (self.answer or ())
        options = self.choices.options if one and isinstance(self.choices, Literal) else []
        found = [("answered", option.id) for option in options]
        found += [("answered", "skip")] if self.skip else []
        found += [("wrong", "*")] if self.if_wrong is not None else []
        found += [("explained", "*")] if self.explain is not None else []
        return found + ([("gave_up", "*")] if self.tries else [])

    def ways(self) -> list[Way]:
        found = [Way("", self.next)]
        if isinstance(self.choices, Literal):
            found += [Way(option.id, self.by_name.get(option.goto)) for option in self.choices.options if option.goto]
        if self.after_tries and not self.after_tries.startswith("!"):
            found.append(Way("after tries", self.by_name.get(self.after_tries)))
        return found

    def message(self, walk: Walk, pending: Pending, text: str, with_media: bool = False) -> SendMessage:
        contact = "contact" in (self.answer or ())
        location = "location" in (self.answer or ())
        return SendMessage(
            text=text,
            conversation=walk.conversation.id,
            scenario=self.scenario,
            step=self.name,
            question=pending.question,
            buttons=self.buttons(walk, pending, self.offered(walk)),
            media=media_of(self, walk) if with_media else None,
            keyboard="reply" if self.keyboard == "reply" else "inline",
            ask_for="contact" if contact else "location" if location else "",
            ask_for_label=walk.ground.word("button_contact" if contact else "button_location")
            if contact or location
            else "",
            waiting=True,
        )

    def buttons(self, walk: Walk, pending: Pending, choices: tuple[Choice, ...]) -> Any:
        several = "choices" in (self.answer or ())
        pending.state["b"] = bool(choices or self.skip) and self.keyboard == "inline"
        if self.keyboard == "reply" or not ASKED_FOR.isdisjoint(self.answer or ()):
            pending.state["reply"] = True
        columns = self.columns or (
            5 if self.answer and "rating" in self.answer else 2 if self.answer and "yes_no" in self.answer else 1
        )
        return buttons(
            walk.ground,
            pending.question,
            choices,
            page=pending.state.get("page", 0),
            size=self.page,
            columns=columns,
            picked=pending.state.get("picked", []) if several else None,
            skip=self.skip_label(walk),
        )

    def skip_label(self, walk: Walk) -> str:
        if isinstance(self.skip, Text):
            return plain(walk.render(self.skip))
        return walk.ground.word("button_skip") if self.skip else ""

    def setting(self, walk: Walk) -> Question:
        """What today's file says of the answer, with the values of this moment."""
        ground = walk.ground
        region = str(walk.evaluate(self.region)) if self.region is not None else "RU"
        username = str(ground.session.person.get("username") or "")
        return Question(ground.moment(), ground.language, self.limits(walk), self.offered(walk), region, username)

    def limits(self, walk: Walk) -> dict[str, Any]:
        limits = dict(self._limits_as_written[0])
        for name, limit in self._limits_as_written[1]:
            limits[name] = walk.evaluate(limit)
        return limits

    @cached_property
    def _limits_as_written(self) -> tuple[dict[str, Any], list[tuple[str, Value]]]:
        """Those that never change, and those to be evaluated at each turn."""
        fixed: dict[str, Any] = {}
        reckoned = []
        for name in LIMITS:
            limit = getattr(self, name, None)
            if isinstance(limit, Value) and not limit.constant:
                reckoned.append((name, limit))
            elif limit is not None:
                fixed[name] = limit.data if isinstance(limit, Value) else limit
        return fixed, reckoned

    def offered(self, walk: Walk) -> tuple[Choice, ...]:
        if self.choices is not None:
            return self.choices.resolve(walk)
        if self.answer and "yes_no" in self.answer:
            return (Choice("yes", True, walk.ground.word("yes")), Choice("no", False, walk.ground.word("no")))
        if self.answer and "rating" in self.answer:
            limits = self.limits(walk)
            least, most = whole(limits.get("min"), 1), whole(limits.get("max"), 5)
            stars = range(least, min(most, least + 99) + 1)
            return tuple(Choice(str(star), star, str(star)) for star in stars)
        return ()

    def near(self, walk: Walk) -> Raw:
        """The answer that a yes would stand for: of «Похоже на …», when that was said last. Else None."""
        pending = walk.conversation.pending
        return pending.state.get("offer") if pending is not None else None

    def turned_page(self, walk: Walk, pending: Pending, raw: Raw, choices: tuple[Choice, ...]) -> bool:
        """Arrows and ticks change what is drawn and answer nothing yet."""
        pressed = raw.get("choice") if isinstance(raw, dict) else raw
        last = max(len(choices) - 1, 0) // self.page
        if pressed in (NEXT, "→") or pressed in (BACK, "←"):
            step = 1 if pressed in (NEXT, "→") else -1
            pending.state["page"] = min(max(pending.state.get("page", 0) + step, 0), last)
        elif "choices" in (self.answer or ()) and isinstance(raw, dict) and (choice := chosen(choices, str(pressed))):
            picked = list(pending.state.get("picked", []))
            pending.state["picked"] = (
                [one for one in picked if one != choice.id] if choice.id in picked else [*picked, choice.id]
            )
        else:
            return False
        walk.effects.append(RedrawQuestion(pending.question, self.buttons(walk, pending, choices)))
        return True


def whole(limit: Any, otherwise: int) -> int:
    """A limit as a whole number, whatever an expression made of it."""
    try:
        return otherwise if limit is None else int(float(limit))
    except (TypeError, ValueError, OverflowError):
        return otherwise


def files_of(raw: Raw) -> list[dict[str, Any]]:
    """The files of a raw answer, also of one that was kept with its type."""
    if isinstance(raw, dict) and "type" in raw:
        raw = raw.get("raw")
    return list(raw.get("files", ())) if isinstance(raw, dict) else []
