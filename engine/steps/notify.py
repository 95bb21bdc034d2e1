"""notify: tell the house."""

from __future__ import annotations

from typing import Any

from engine.core.effects import Notify as NotifyEffect
from engine.core.field import Builder, Field
from engine.core.fields import PLAIN, WordType
from engine.core.node import Node, Scalar
from engine.core.session import Entry
from engine.core.step import Step, Waiting
from engine.core.template import Plain
from engine.core.walk import Walk


class WhomType(WordType, frozen=True):
    def build(self, node: Node, builder: Builder) -> Any:
        if isinstance(node, Scalar) and "@" in node.text:
            help = "Write `manager`; the address stands in .env: `MANAGER_EMAIL=…`."
            builder.report("unknown-value", node, f"Unknown value: `{node.text}`.", help)
            return None
        return super().build(node, builder)


class Notify(Step):
    verb = "notify"
    doc = (
        "Tell the manager (an e-mail to MANAGER_EMAIL) or the admin (a message to ADMIN_CHAT_ID). It goes out once; "
        "correcting an answer afterwards does not send it again."
    )
    example = """
- ask: contact
  question: Как с тобой связаться?
  answer: contact
- notify: manager
  subject: "Новая заявка: {{ person.name }}"
  text: "Контакт: {{ contact.text }}"
- say: Передал, скоро ответим!
"""
    FIELDS = {
        "notify": Field(WhomType(("manager", "admin")), "Who is told.", required=True),
        "subject": Field(PLAIN, "The e-mail's subject."),
        "text": Field(PLAIN, "What is told; plain text.", required=True),
    }

    notify: str
    subject: Plain | None
    text: Plain

    def fits(self, entry: Entry) -> bool:
        return "n" in entry

    def enter(self, walk: Walk) -> Step | Waiting | None:
        key = walk.visit(self)
        if walk.entry(self, key) is None:
            subject = walk.evaluate(self.subject) if self.subject is not None else walk.ground.word("notify_subject")
            text = walk.evaluate(self.text).strip()  # a template's `if` at an end leaves a blank line
            walk.keep(key, {"n": True})
            effect = NotifyEffect(
                walk.record_id(key), "manager" if self.notify == "manager" else "admin", subject, text
            )
            walk.effects.append(effect)
            walk.ground.walked("notified", walk.conversation, self, self.notify)
        return self.next
