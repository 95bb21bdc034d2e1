"""The engine's own small questions: go on with what was left? begin again? which language? correct that answer?"""

from __future__ import annotations

from typing import Any

from engine.core.answer import Amended, Choice, Recalled
from engine.core.effects import Button, SendMessage
from engine.core.ground import Ground
from engine.core.keyboard import buttons
from engine.core.rewalk import Before
from engine.core.session import Conversation, digest
from engine.core.values import cut

LABEL = 60  # characters: as much as a button can show


class Offers:
    """`session.offer` holds the one that stands: its kind, its id (the token of its buttons), its choices."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

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

    def amend(self, conversation: Conversation, before: Before, found: Amended) -> None:
        """«Shall I correct that answer?»"""
        word = self.ground.word
        choices = [("amend", word("button_amend")), ("leave", word("button_as_it_is"))]
        text = word("offer_amend", question=found.question, old=found.old, new=found.new)
        self._put("amend", text, choices, conversation=conversation.id, key=before.key, over=before.over, raw=found.raw)

    def reopen(self, conversation: Conversation, found: list[tuple[Before, Recalled]]) -> None:
        """«Which answer shall we correct?»"""
        word = self.ground.word
        choices = [(before.key, cut(f"{one.question} {one.old}", LABEL)) for before, one in found]
        choices.append(("leave", word("button_as_it_is")))
        over = found[0][0].over  # all of one round
        self._put("reopen", word("what_to_change"), choices, conversation=conversation.id, over=over)

    def redo(self, last: dict[str, Any]) -> None:
        """«That talk is over: once more from its beginning?»"""
        word = self.ground.word
        scenario = self.ground.project.scenarios[last["scenario"]]
        title = scenario.title.plain(self.ground.language) if scenario.title is not None else scenario.id
        choices = [("anew", word("button_anew")), ("leave", word("button_as_it_is"))]
        text = word("offer_redo", title=title)
        self._put("redo", text, choices, conversation="", start=last["start"], scenario=scenario.id)

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

    def lost(self) -> None:
        """Nobody saw the offer: it stands no more, and what it would have gone on with may be offered again."""
        session = self.ground.session
        left = (session.offer or {}).get("conversation")
        for conversation in session.parked:
            if conversation.id == left:
                conversation.offered = False
        session.offer = None

    def fix(self, question: str) -> None:
        """«You have answered that already», with a button to correct it. Changes nothing by itself."""
        button = Button(self.ground.word("button_fix"), f"{question}:!fix", value="fix")
        self.ground.effects.append(SendMessage(self.ground.word("already_answered"), buttons=(button,)))
