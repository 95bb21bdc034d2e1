"""Answers to the engine's own small questions (`engine.core.offers`): typed, pressed, or declined by /cancel."""

from __future__ import annotations

from engine.core.answer import Choice, Raw
from engine.core.builtin import Builtin
from engine.core.effects import CloseQuestion
from engine.core.house import House
from engine.core.keyboard import chosen
from engine.core.markdown import escape


class Offered:
    def __init__(self, house: House, builtin: Builtin) -> None:
        self.house, self.builtin = house, builtin
        self.ground = house.ground

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
            self.builtin.speak(value)
            return
        if offer["kind"] == "forget":
            self.builtin.forget() if value == "forget" else self.house.tell("kept")
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
