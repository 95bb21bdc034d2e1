"""The engine's own small questions: go on with what was left? begin again? which language? correct that answer?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.core.answer import Choice, Raw
from engine.core.effects import Button, CloseQuestion, SendMessage
from engine.core.keyboard import buttons, chosen
from engine.core.markdown import escape
from engine.core.session import Conversation, digest

if TYPE_CHECKING:
    from engine.core.house import House


class Offers:
    """`session.offer` holds the one that stands: its kind, its id (the token of its buttons), its choices."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ground = house.ground

    def _put(self, kind: str, text: str, choices: list[tuple[str, str]], **more: Any) -> None:
        identity = digest(self.ground.event.id, kind, size=4)
        self.ground.session.offer = {"kind": kind, "id": identity, "choices": choices, **more}
        drawn = buttons(self.ground, identity, [Choice(value, value, label) for value, label in choices], size=90)
        self.ground.effects.append(SendMessage(text, question=identity, buttons=drawn, waiting=True))

    def title(self, conversation: Conversation) -> str:
        """Of the scenario that the person stands in: one that was run by another is what they remember."""
        scenarios = self.ground.project.scenarios
        ids = [frame.scenario for frame in reversed(conversation.frames)] + [conversation.scenario]
        titles = (scenarios[one].title for one in ids if one in scenarios)
        found = next((title for title in titles if title is not None), None)
        return found.plain(self.ground.language) if found is not None else conversation.scenario

    def resume(self, conversation: Conversation) -> None:
        """«Let us go on with …?»"""
        word = self.ground.word
        choices = [("go_on", word("button_go_on")), ("leave", word("button_leave"))]
        text = word("offer_resume", title=self.title(conversation))
        self._put("resume", text, choices, conversation=conversation.id)

    def again(self, conversation: Conversation, start: dict[str, Any]) -> None:
        """The scenario was started while one of it is unfinished: «go on, or begin again?»"""
        word = self.ground.word
        choices = [("go_on", word("button_go_on")), ("anew", word("button_anew"))]
        text = word("offer_again", title=self.title(conversation))
        self._put("again", text, choices, conversation=conversation.id, start=start, scenario=conversation.scenario)

    def language(self) -> None:
        names = [
            (code, self.ground.project.words.get(code, {}).get("language_name", code))
            for code in self.ground.project.languages
        ]
        self._put("language", self.ground.word("choose_language"), names)

    def forget(self) -> None:
        """«Shall I forget all about you?»"""
        word = self.ground.word
        choices = [("keep", word("button_keep")), ("forget", word("button_forget"))]
        self._put("forget", word("offer_forget"), choices)

    def fix(self, question: str) -> None:
        """«You have answered that already», with a button to correct it. Changes nothing by itself."""
        button = Button(self.ground.word("button_fix"), f"{question}:!fix", value="fix")
        self.ground.effects.append(SendMessage(self.ground.word("already_answered"), buttons=(button,)))

    # answers ----------------------------------------------------------------------------------------------------

    def answered(self, raw: Raw, text: str) -> bool:
        """A typed label, its number or its value; anything else is no answer to the offer."""
        offer = self.ground.session.offer or {}
        said = text.strip().strip(".!").casefold()
        for place, (value, label) in enumerate(offer.get("choices", ()), 1):
            if said and said in (label.casefold(), value.casefold(), str(place)):
                self._take(value)
                return True
        usual = {"yes_words": 0, "no_words": 1} if offer.get("kind") in ("resume", "again") else {}
        for word, place in usual.items():
            if said in {one.strip() for one in self.ground.word(word).split(",")}:
                self._take(offer["choices"][place][0])
                return True
        return False

    def declined(self) -> bool:
        """`/cancel`: no to an offer; false when none stands, or a conversation that goes on is meant."""
        offer, active = self.ground.session.offer, self.ground.session.active
        if offer is None or active is not None:
            return False
        kind = offer["kind"]
        if kind in ("resume", "forget"):
            self._take("leave" if kind == "resume" else "keep")
        else:
            self.ground.session.offer = None
            self.ground.effects.append(CloseQuestion(offer["id"]))
            self.house.tell("left")
        return True

    def pressed(self, token: str) -> None:
        offer = self.ground.session.offer or {}
        found = chosen([Choice(value, value, label) for value, label in offer.get("choices", ())], token)
        if found is not None:
            self._take(found.id)

    def _take(self, value: str) -> None:
        session = self.ground.session
        offer, session.offer = session.offer or {}, None
        label = dict(offer["choices"]).get(value, "")
        self.ground.effects.append(CloseQuestion(offer["id"], escape(label)))
        if offer["kind"] == "language":
            self.house.builtin.speak(value)
            return
        if offer["kind"] == "forget":
            self.house.builtin.forget() if value == "forget" else self.house.tell("kept")
            return
        waiting = [one for one in [session.active, *session.parked] if one and one.id == offer["conversation"]]
        if value == "go_on" and waiting:
            self.house.unpark(waiting[0])
        elif value == "go_on" or (value == "anew" and offer["scenario"] not in self.ground.project.scenarios):
            self.house.tell("scenario_gone")
        elif value == "anew":
            if session.active is not None and session.active.id == offer["conversation"]:
                session.active = None
            self.house.begin(offer["scenario"], offer["start"])
        elif value == "leave":
            session.parked = [one for one in session.parked if one.id != offer["conversation"]]
            self.house.tell("left")
            self.house.offer_parked()
