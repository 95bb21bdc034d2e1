"""say: tell something."""

from __future__ import annotations

import re
from functools import cached_property

from engine.core.choices import plain
from engine.core.effects import Button, SendMessage
from engine.core.field import Builder, Field, FieldType, build_fields
from engine.core.fields import PLAIN, TEXT
from engine.core.media import MEDIA_FIELDS, media_of
from engine.core.node import Mapping, Node, Sequence
from engine.core.step import Step, Waiting
from engine.core.template import Plain, Text, Value
from engine.core.walk import Walk

MEANT = re.compile(r"\{%|\bif\b|\bdefault\b|\bd\(")  # the author has thought of there being nothing to say
LINK = {
    "label": Field(TEXT, "What stands on the button.", required=True),
    "url": Field(PLAIN, "Where it leads: an http or https address.", required=True),
}


class LinksType(FieldType, frozen=True):
    """Buttons that open an address."""

    word = "a list of `{label, url}`"

    def build(self, node: Node, builder: Builder) -> tuple[tuple[Text, Plain], ...]:
        links = []
        items = node.items if isinstance(node, Sequence) else [node]
        wrong = next((item for item in items if not isinstance(item, Mapping)), None)
        if wrong is not None:
            help = "These buttons open an address. Answers to choose from are the `choices` of an `ask`."
            builder.report("wrong-type", wrong, "Expected `{label: …, url: …}` here.", help)
        for item in items:
            if not isinstance(item, Mapping):
                continue
            made = build_fields(item, LINK, builder, "a button")
            if made["label"] is not None and made["url"] is not None:
                links.append((made["label"], made["url"]))
        return tuple(links)

    def schema(self) -> dict[str, object]:
        link = {
            "type": "object",
            "required": ["label", "url"],
            "properties": {"label": TEXT.schema(), "url": {"type": "string"}},
        }
        return {"type": "array", "items": link}


class Say(Step):
    verb = "say"
    doc = (
        "Say something. The text is Markdown for you (`**bold**`, `*italic*`, `[link](https://…)`); whatever `{{ }}` "
        "puts into it is shown as it is. A photo, a video, a round video note, a document or a voice message can go "
        "with it. A file that is not there is left out and the text is said all the same. A text that comes out empty "
        "is not sent; `dialogue trace`, the log and `dialogue explore` tell of it, unless it holds an `if` or "
        "a `default`."
    )
    example = """
- say: "Привет, **{{ person.name }}**!"
- say: {ru: "Вот мой канал", en: "Here is my channel"}
  photo: media/welcome.jpg
  buttons:
    - {label: Открыть, url: "https://example.com"}
"""
    FIELDS = {
        "say": Field(TEXT, "What is said. May be empty when a file goes with it.", required=True),
        **MEDIA_FIELDS,
        "buttons": Field(LinksType(), "Buttons that open an address."),
    }

    say: Text
    photo: Value | None
    video: Value | None
    video_note: Value | None
    document: Value | None
    voice: Value | None
    buttons: tuple[tuple[Text, Plain], ...] | None

    def enter(self, walk: Walk) -> Step | Waiting | None:
        key = walk.visit(self)
        message = SendMessage(
            text=walk.render(self.say).strip("\n"),
            conversation=walk.conversation.id,
            scenario=self.scenario,
            step=self.name if self.named else "",
            media=media_of(self, walk),
            buttons=self._links(walk),
        )
        if message.text.strip() or message.media:
            walk.say(self, key, message)
            walk.ground.walked("said", walk.conversation, self)
        elif not self._silent_on_purpose:
            walk.ground.walked("said_nothing", walk.conversation, self, f"{self.span.file}:{self.span.line}")
        return self.next

    @cached_property
    def _silent_on_purpose(self) -> bool:
        return all(MEANT.search(text.source) for text in self.say.languages.values())

    def fits(self, entry: dict[str, object]) -> bool:
        return False

    def _links(self, walk: Walk) -> tuple[Button, ...]:
        made: list[Button] = []
        for label, url in self.buttons or ():
            address = walk.evaluate(url).strip()
            if address.startswith(("https://", "http://", "tg://")):
                made.append(Button(plain(walk.render(label)), url=address, row=len(made)))
        return tuple(made)
