"""One person's house of talks: what starts, what is parked, and what is offered again when another is over."""

from __future__ import annotations

from typing import Any

from engine.core.effects import SendMessage
from engine.core.ground import Ground
from engine.core.offers import Offers
from engine.core.rewalk import Before, entry_of
from engine.core.session import Conversation
from engine.core.stake import at_stake
from engine.core.talk import Talk
from engine.core.walk import Walk


class House:
    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.session = ground.session
        self.talk: Talk | None = None
        self.offers = Offers(ground)
        self.away: list[Conversation] = []  # their scenarios are gone: out of sight, until these are back
        self._call_by_todays_names()
        self._lay_away_what_is_gone()

    @property
    def walk(self) -> Walk | None:
        """The walk of this turn, for the report of what went wrong in it."""
        return self.talk.walk if self.talk else None

    def tell(self, word: str, **values: Any) -> None:
        self.ground.effects.append(SendMessage(self.ground.word(word, **values)))

    # conversations ----------------------------------------------------------------------------------------------

    def open(self, conversation: Conversation) -> Talk:
        self.talk = Talk(self.ground, conversation)
        return self.talk

    def start(self, scenario_id: str, start: dict[str, Any]) -> None:
        """A trigger fired. An unfinished conversation of the same scenario is offered; another one is parked."""
        session = self.session
        session.offer = None
        unfinished = [one for one in [session.active, *session.parked] if one and one.scenario == scenario_id]
        kept = next((one for one in unfinished if at_stake(self.ground, one)), None)
        if kept is not None:
            self.offers.again(kept, start)
            return
        self.begin(scenario_id, start)

    def begin(self, scenario_id: str, start: dict[str, Any]) -> None:
        session = self.session
        session.parked = [one for one in session.parked if one.scenario != scenario_id]
        if session.active is not None and session.active.scenario != scenario_id:
            self.park()
        session.active = None
        scenario = self.ground.project.scenarios[scenario_id]
        self.talk = talk = Talk.new(self.ground, scenario, start)
        talk.begin(scenario)
        self.settle(talk)

    def park(self) -> None:
        """Leave the active conversation for another; it is offered again when that is over."""
        conversation, self.session.active = self.session.active, None
        if conversation is None or not at_stake(self.ground, conversation):
            return
        conversation.offered = False
        self.session.parked.append(conversation)
        del self.session.parked[: -self.ground.project.bounds.parked]
        self.ground.walked("parked", conversation)

    def unpark(self, conversation: Conversation) -> None:
        """Go on with a parked conversation: its question is asked again, nothing else is repeated."""
        self.session.parked = [one for one in self.session.parked if one.id != conversation.id]
        if self.session.active is not None and self.session.active.id != conversation.id:
            self.park()
        conversation.shown, conversation.offered = None, False
        self.ground.walked("resumed", conversation)
        talk = self.open(conversation)
        talk.again()
        self.settle(talk)

    def reopen(self, talk: Talk, before: Before) -> None:
        """Ask an answered question again; its answer stays until another comes. After an edit keys may be gone."""
        if not entry_of(talk.conversation, before) or talk.reopen(before) is None:
            self.tell("cannot_reopen")
        self.session.active = talk.conversation

    def settle(self, talk: Talk) -> None:
        """After a walk: the conversation stands somewhere, or it is over and what waits is offered."""
        session = self.session
        if talk.walk is None or not talk.walk.ended:
            session.active = talk.conversation
            return
        session.active, over = None, talk.conversation
        if over.scenario != "fallback" and any("a" in entry for entry in over.journal.values()):
            start = {name: value for name, value in over.start.items() if name != "inputs"}
            session.last = {"scenario": over.scenario, "start": start, "at": self.ground.at}
        self.ground.walked("ended", over)
        self.offer_parked()

    def offer_parked(self) -> None:
        """Once each; what was passed over is offered again when its scenario is started."""
        waiting = [one for one in self.session.parked if not one.offered]
        if self.session.active is None and waiting and self.session.offer is None:
            waiting[-1].offered = True
            self.offers.resume(waiting[-1])

    def _call_by_todays_names(self) -> None:
        """A scenario was renamed: its conversations are the new name's, and are walked again from their journals."""
        project, session = self.ground.project, self.session
        for one in [session.active, *session.parked] if project.moved else ():
            if one is not None and one.scenario not in project.scenarios:
                one.scenario = project.moved.get(one.scenario, one.scenario)
        offered = (session.offer or {}).get("scenario", "")
        if offered in project.moved and offered not in project.scenarios:
            session.offer = {**(session.offer or {}), "scenario": project.moved[offered]}

    def _lay_away_what_is_gone(self) -> None:
        """A conversation whose scenario has been deleted cannot go on as long as the file is not there: files are moved
        about, and come back."""
        known = self.ground.project.scenarios
        session = self.session
        if session.parked:
            self.away = [one for one in session.parked if one.scenario not in known]
            session.parked = [one for one in session.parked if one.scenario in known]
        if session.active is not None and session.active.scenario not in known:
            if at_stake(self.ground, session.active):
                session.active.offered = False
                self.away.append(session.active)
            session.active = None
            self.tell("scenario_gone")

    def put_back(self) -> None:
        """At the end of the turn."""
        if self.away:
            self.session.parked = [*self.away, *self.session.parked][-self.ground.project.bounds.parked :]
