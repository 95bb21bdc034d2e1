"""The one door that every event comes in by: which conversation it is for, and what it means there."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from engine.core.amending import comes_late, may_go_astray, past_correcting, past_told, second_thought, wrong_ones
from engine.core.answer import Raw
from engine.core.builtin import BUILTIN, Builtin
from engine.core.courtesy import courteous, fallback_talks, only_greets
from engine.core.effects import CloseQuestion, SendMessage
from engine.core.events import ChoicePressed, ModelReplied, RecordsFound, TextReceived
from engine.core.gathering import amended, joined, with_words
from engine.core.house import House
from engine.core.meaning import command_word, meant
from engine.core.offered import Offered
from engine.core.presses import pressed
from engine.core.rewalk import Before, answer_in, entry_of
from engine.core.session import Conversation, is_of
from engine.core.talk import STUCK, Talk

START = "start"  # the button of every bot: whoever comes for the first time has pressed it
AWAY = 6 * 3600.0  # s since a conversation began: a greeting tells that the person comes back to it


class Door:
    def __init__(self, house: House) -> None:
        self.house = house
        self.ground, self.session = house.ground, house.session
        self.builtin = Builtin(house)
        self.offered = Offered(house, self.builtin)

    # what came in -----------------------------------------------------------------------------------------------

    def said(self, raw: Raw, text: str) -> None:
        """A text, a file, a contact, a place: the answer to the question last shown, or a trigger, or nothing known."""
        if self.session.offer is not None and self.offered.answered(text):
            return
        self.session.offer = None
        active = self.session.active
        if active is None:
            self._nobody_waits(raw, text)
        elif active.pending is not None and active.pending.kind == "model" and active.version != STUCK:
            self._early(text)
        elif active.shown is not None:
            self._answer(active, raw, text)
        elif not (text and self._called(text)):
            talk = self.house.open(active)
            talk.again()
            self.house.settle(talk)

    def _called(self, text: str) -> bool:
        """Where no question is seen, a text answers none; a word such as «отмена» and a trigger mean what they mean."""
        word, trigger = self.builtin.of_text(text), self._trigger(text)
        if word is not None:
            self.command(word, "", text)
        elif trigger is not None:
            self.house.start(trigger[0], start_of(text=text, match=trigger[1]))
        return word is not None or trigger is not None

    def _early(self, text: str) -> None:
        """The model thinks: only a word such as «отмена» means something yet (see `engine.core.holding`)."""
        word = self.builtin.of_text(text) if text else None
        if word is not None:
            self.command(word, "", text)
        else:
            self.house.tell("thinking")

    def _answer(self, active: Conversation, raw: Raw, text: str) -> None:
        talk = self.house.open(active)
        if text and (self._means_something_else(talk, raw, text) or self._goes_astray(talk, raw, text)):
            return
        before = active.pending
        talk.answer(talk.as_it_was() if text and self._leaves(talk, raw, text) else raw)
        pending, message = talk.conversation.pending, getattr(self.ground.event, "message", "")
        if pending is not None and before is not None and pending.question == before.question and message:
            pending.state["m"] = message  # not taken: an edit of this message is another try
            pending.state.pop("p", None)
            if parts := getattr(self.ground.event, "parts", ()):
                pending.state["p"] = [list(part) for part in parts]
        self.house.settle(talk)

    def _leaves(self, talk: Talk, raw: Raw, text: str) -> bool:
        """«Оставь», «всё верно» at a question that was opened again, and does not take it: the answer stays."""
        if not talk.current or talk.as_it_was() is None or talk.accepts(raw):
            return False
        return meant(self.ground, text, {"same": ["same_words", "yes_words", "keep_words"]}) == "same"

    def _means_something_else(self, talk: Talk, raw: Raw, text: str) -> bool:
        """A word such as «отмена» that the question itself does not offer; or a text that starts a scenario, and that
        the question does not take."""
        word = self.builtin.of_text(text)
        if word is not None:
            if talk.names(raw):
                return False
            self.command(word, "", text)
            return True
        trigger = self._trigger(text) if talk.current else None
        if trigger is None or talk.accepts(raw):
            return False
        self.house.start(trigger[0], start_of(text=text, match=trigger[1]))
        return True

    def _goes_astray(self, talk: Talk, raw: Raw, text: str) -> bool:
        """A greeting, or a second thought about an earlier answer: no answer to this question."""
        return may_go_astray(self.ground, text) and (self._greets(talk, raw, text) or self._corrects(talk, text))

    def _greets(self, talk: Talk, raw: Raw, text: str) -> bool:
        """«Здравствуйте» where it is no answer: the question is asked again. Any text may be one in a talk of today."""
        if not only_greets(self.ground, text) or talk.names(raw):
            return False
        if self.ground.at - talk.conversation.started < AWAY and talk.current and talk.accepts(raw):
            return False
        self.house.tell("greeted_again")
        self.builtin.ask_again()
        return True

    def _corrects(self, talk: Talk, text: str) -> bool:
        if not talk.current:
            return False
        found = second_thought(talk, text)
        if found is not None:
            self.house.offers.amend(talk.conversation, *found)
            return True
        if past_correcting(talk, text):
            self.house.tell("past_correcting", back=command_word(self.ground, "back"))
            self.builtin.ask_again()
            past_told(self.session.active)
            return True
        wrong = wrong_ones(talk, text)
        if len(wrong) == 1 and wrong[0][1].meant:  # as at a summary: it is asked at once
            self.house.reopen(talk, wrong[0][0])
        elif wrong:
            self.house.offers.reopen(talk.conversation, wrong)
        return bool(wrong)

    def _trigger(self, text: str) -> tuple[str, dict[str, Any]] | None:
        found = self.ground.project.triggers.of_text(text)
        return found if found is not None and self._may(found[0]) else None

    def _may(self, scenario_id: str) -> bool:
        """`only_admin`: to everybody else the scenario is not there. Who sits at the terminal is in the house."""
        if not self.ground.project.scenarios[scenario_id].only_admin:
            return True
        person = str(self.session.person.get("id", ""))
        admin = self.ground.project.settings.get("admin_chat_id")
        return person.startswith("terminal:") or (admin is not None and person == f"telegram:{admin}")

    def _nobody_waits(self, raw: Raw, text: str) -> None:
        found = self._trigger(text) if text else None
        word = self.builtin.of_text(text) if text else None
        if found is not None:
            self.house.start(found[0], start_of(text=text, match=found[1]))
        elif word is not None:
            self.command(word, "", text)
        elif text and self._comes_late(text):
            return
        elif text and (reply := courteous(self.ground, text)):
            self.house.tell(reply)
        elif "fallback" in self.ground.project.scenarios:
            caption = raw.get("caption", "") if isinstance(raw, dict) else ""
            self.house.begin("fallback", start_of(text=text or caption))
        else:
            self.house.tell("not_understood")

    def _comes_late(self, text: str) -> bool:
        """«Ой, не 34, а 35» when the talk is over: what was said in it stands, and it can be gone through once more. A
        `fallback` that does more than speak goes before, as to a greeting."""
        last = self.session.last
        if last is None or self.ground.at - last["at"] > AWAY or last["scenario"] not in self.ground.project.scenarios:
            return False
        if fallback_talks(self.ground) or not comes_late(self.ground, text):
            return False
        self.house.offers.redo(last)
        return True

    def command(self, command: str, payload: str, text: str) -> None:
        """A scenario that starts on it, else a scenario of that name in place of a built-in one, else the built-in."""
        project = self.ground.project
        scenario = project.triggers.of_command(command, payload)
        if scenario is not None and not self._may(scenario):
            scenario = None
        builtin = self.builtin.of_command(command)
        named = START if command == START else builtin
        if scenario is None and named is not None and named in project.scenarios and self._may(named):
            scenario = named
        if scenario is not None:
            self.house.start(scenario, start_of(command=command, payload=payload, text=text))
        elif builtin == "cancel" and self.offered.declined():
            return
        elif builtin is not None:
            self.builtin.run(builtin, payload)
        elif command == START:
            self.command("help", "", text)
        else:
            like = self._like(command)
            self.house.tell("unknown_command_like" if like else "unknown_command", command=command, like=like)

    def _like(self, command: str) -> str:
        """What was most likely meant by a command that starts nothing: another one, or this one with more behind it."""
        commands = self.ground.project.triggers.commands
        more = [payload for payload, id in commands.get(command, ()) if self._may(id) and not {*payload} & {*"*?["}]
        if more:
            return f"{command} {more[0]}"
        known = [one for one, found in commands.items() if one != command and any(self._may(id) for _, id in found)]
        close = get_close_matches(command, [*known, *BUILTIN], 3, 0.6)
        return next((one for one in close if sorted(one) == sorted(command)), close[0] if close else "")

    def pressed(self, event: ChoicePressed) -> None:
        """See `engine.core.presses`."""
        pressed(self.house, self.offered, event)

    def edited(self, message: str, text: str) -> None:
        """A person's own message was edited: corrects the answer that it was. When that conversation was left for
        another it is offered again; when it is over, or the message was no answer, the person hears that."""
        active = self.session.active
        for conversation in [active, *reversed(self.session.parked)]:
            if conversation is None or answer_in(conversation, message) is None:
                continue
            if conversation is active:
                self._correct(self.house.open(active), message, text)
            else:
                self.house.offers.resume(conversation)
            return
        pending = active.pending if active is not None else None
        if pending is not None and pending.kind == "input" and is_of(pending.state, message, "m"):
            self._said_anew(amended(pending.state, message, text))
        else:
            self.house.tell("edit_unused")

    def _correct(self, talk: Talk, message: str, text: str) -> None:
        # After an edit of the files it may have a new name.
        before = answer_in(talk.conversation, message) or Before("")
        entry = entry_of(talk.conversation, before)
        parts = amended(entry, message, text)
        place = len(self.ground.effects)
        if talk.correct(before, with_words(entry["a"], joined(parts)), parts) is None:
            self.house.tell("correction_wrong")
            return
        self.ground.effects.insert(place, SendMessage(self.ground.word("corrected")))
        self._drop_offered_correction()
        self.house.settle(talk)

    def _drop_offered_correction(self) -> None:
        """What was asked back about an answer of before is no question any more: that has been corrected by hand."""
        offer = self.session.offer
        if offer is not None and offer["kind"] in ("amend", "reopen"):
            self.session.offer = None
            self.ground.effects.append(CloseQuestion(offer["id"]))

    def _said_anew(self, parts: list[tuple[str, str]]) -> None:
        """What was not taken was edited: as if it had been said so at first."""
        event, text = self.ground.event, joined(parts)
        several = tuple(parts) if len(parts) > 1 else ()
        self.ground.event = TextReceived(
            id=event.id, at=event.at, sender=event.sender, text=text, message=parts[0][0], parts=several
        )
        self.said(text, text)

    def lost(self, question: str) -> None:
        """Whatever is said next answers nothing that nobody saw: the question is asked again then."""
        session = self.session
        for conversation in [session.active, *session.parked]:
            if conversation is not None and conversation.shown is not None and conversation.shown.question == question:
                conversation.shown = None
        if session.offer is not None and session.offer["id"] == question:
            self.house.offers.lost()

    # the model and the records ----------------------------------------------------------------------------------

    def model_replied(self, event: ModelReplied) -> None:
        """Found by its request id; an unknown one (late, repeated) is dropped."""
        for conversation in [self.session.active, *self.session.parked]:
            if conversation is None or conversation.pending is None or conversation.pending.request != event.request:
                continue
            talk = self.house.open(conversation)
            if conversation is not self.session.active:
                talk.store(event.reply, event.failure)
            elif talk.returned(event.reply, event.failure) is not None:
                self.house.settle(talk)
            return

    def records_found(self, event: RecordsFound) -> None:
        active = self.session.active
        if active is None or active.pending is None or active.pending.request != event.request:
            return
        talk = self.house.open(active)
        if talk.returned(list(event.records)) is not None:
            self.house.settle(talk)


def start_of(
    command: str = "", payload: str = "", text: str = "", match: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"command": command, "payload": payload, "text": text, "match": match or {}}
