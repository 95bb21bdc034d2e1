"""Answers to the engine's own small questions (`engine.core.offers`): typed, pressed, or declined by /cancel."""

from __future__ import annotations

from typing import Any

from engine.core.answer import Choice
from engine.core.builtin import Builtin
from engine.core.effects import CloseQuestion, SendMessage
from engine.core.house import House
from engine.core.keyboard import chosen
from engine.core.markdown import escape
from engine.core.meaning import meant
from engine.core.rewalk import Before, entry_of


class Offered:
    def __init__(self, house: House, builtin: Builtin) -> None:
        self.house, self.builtin = house, builtin
        self.ground = house.ground

    def answered(self, text: str) -> bool:
        """A typed label, its number or its value; anything else is no answer to the offer."""
        offer = self.ground.session.offer or {}
        said = text.strip().strip(".!").casefold()
        for place, (value, label) in enumerate(offer.get("choices", ()), 1):
            if said and said in (label.casefold(), value.casefold(), str(place)):
                self._take(value)
                return True
        value = self._in_words(offer, text)
        if value:
            self._take(value)
        elif offer.get("kind") == "forget":  # whatever else is said, it is no yes
            self._take("keep")
            self.builtin.ask_again()
            return bool(text)
        return bool(value)

    def _in_words(self, offer: dict[str, Any], text: str) -> str:
        """«да, продолжим», «заново», «не надо». To a deletion every part must say yes; else the plain word decides: of
        «нет, заново» it is the second."""
        ground, values = self.ground, [value for value, _ in offer.get("choices", ())]
        kind = offer.get("kind")
        if kind == "amend":
            return meant(ground, text, {"amend": ["yes_words", "fix_words"], "leave": ["no_words"]})
        if kind == "reopen":
            only = {values[0]: ["yes_words", "fix_words"]} if len(values) == 2 else {}
            return meant(ground, text, {**only, "leave": ["no_words"]})
        if kind not in ("resume", "again", "redo", "forget"):
            return ""
        yes, no = ("forget", "keep") if kind == "forget" else (values[0], values[1])
        plain = {value: [f"{value}_words"] for value in values}
        usual = {yes: [f"{yes}_words", "yes_words"], no: [f"{no}_words", "no_words"]}
        either = {"yes_words": ["yes_words"], "no_words": ["no_words"]}
        found = meant(ground, text, usual)
        if not found and kind == "again":
            rest = ", ".join(part for part in text.split(",") if not meant(ground, part, either))
            found = meant(ground, rest, plain)
        return found

    def declined(self) -> bool:
        """`/cancel`: no to an offer; false when none stands, or a conversation that goes on is meant."""
        offer, active = self.ground.session.offer, self.ground.session.active
        kind = offer["kind"] if offer is not None else ""
        if offer is None or (active is not None and kind != "forget"):
            return False
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
        if offer["kind"] == "amend":
            self._amend(offer, value == "amend")
            return
        if offer["kind"] == "reopen":
            self._reopen(offer, value)
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

    def _amend(self, offer: dict[str, Any], agreed: bool) -> None:
        """Correct the answer, as an edited message does; then the question that stood is asked again."""
        active = self.ground.session.active
        if active is None or active.id != offer["conversation"]:
            self.house.tell("scenario_gone")
            return
        place = len(self.ground.effects)
        if agreed:
            active.shown = None
            talk = self.house.open(active)
            before = Before(offer["key"], over=offer.get("over", ""))
            known = entry_of(talk.conversation, before)  # the files may have been edited since
            if known and talk.correct(before, offer["raw"], [(known.get("t", ""), "")]) is not None:
                self.ground.effects.insert(place, SendMessage(self.ground.word("corrected")))
                self.house.settle(talk)
                return
            self.house.tell("correction_wrong")
        self.builtin.ask_again()

    def _reopen(self, offer: dict[str, Any], key: str) -> None:
        """Ask an answered question again; its answer stays until another comes."""
        active = self.ground.session.active
        if active is None or active.id != offer["conversation"]:
            self.house.tell("scenario_gone")
        elif key == "leave":
            self.builtin.ask_again()
        else:
            self.house.reopen(self.house.open(active), Before(key, over=offer.get("over", "")))
