"""Loops, models and records of several talks under corrections and edits, as properties."""

from __future__ import annotations

from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from engine.core.effects import AskModel, Effect, Walked
from engine.core.events import ChoicePressed, Event
from engine.core.loops import last_round
from engine.core.project import Project
from engine.core.rewalk import answered_before, entry_of, within_reach
from tests.core.programs import project
from tests.core.test_edits import begin, forward, identity, replay, show, to_the_end, variables
from tests.core.test_machine import Person, slow
from tests.driver import Driver


class Log(Person):
    """Remembers the last answer given to each question by its key and round: a finished round keeps none."""

    def __init__(self, project: Project, **more: Any) -> None:
        super().__init__(project, **more)
        self.answers: dict[tuple[str, int], Any] = {}

    def turn(self, event: Event) -> tuple[Effect, ...]:
        stood = self.talk.pending if self.talk else None
        effects = super().turn(event)
        answered = any(isinstance(one, Walked) and one.what == "answered" for one in effects)
        if stood is not None and answered:  # an answer that ends a round is in no journal any more
            raw: Any = getattr(event, "text", "")
            if isinstance(event, ChoicePressed):
                token = f"{event.question}:{event.choice}"
                raw = {"choice": next((one.value for one in self.buttons() if one.token == token), "")}
            self.answers[stood.key, stood.round] = {"a": raw}
        self.look()
        return effects

    def look(self) -> None:
        if self.talk is not None:
            rounds = _rounds(self)
            kept = ((key, self.talk.journal.get(key, {})) for key in rounds)
            self.answers.update({(key, rounds[key]): entry for key, entry in kept if "a" in entry or "c" in entry})


class Thinker(Person):
    """Remembers what the model was asked: conversation, key, and the user's part, which shows the value it is about."""

    def __init__(self, project: Project, **more: Any) -> None:
        super().__init__(project, **more)
        self.asks: list[tuple[str, str, str]] = []

    def turn(self, event: Event) -> tuple[Effect, ...]:
        effects = super().turn(event)
        for one in effects:
            if isinstance(one, AskModel):
                assert self.talk is not None
                self.asks.append((self.talk.id, self.standing, one.user))
        return effects


def _rounds(person: Person) -> dict[str, int]:
    """Of every key on the way, the round that it is in: that of the last loop's head before it."""
    found, now = {}, 0
    assert person.talk is not None
    for key in person.talk.visited:
        checkpoint = person.talk.loops.get(key)
        now = checkpoint[0] if checkpoint is not None else now
        found[key] = now
    return found


@slow
@given(st.data())
def test_corrections_within_a_round(data: st.DataObject) -> None:
    """Loops: whatever is corrected within the round that a person is in, by /back or by editing a message, comes out
    as if it had been answered so at once; finished rounds keep what they said and saved."""
    _, person = begin(data.draw, True, "loop", kind=Log)
    assert isinstance(person, Log)
    for _ in range(data.draw(st.integers(3, 25))):
        act = data.draw(st.sampled_from(["good", "good", "good", "back", "edit"]))
        talk = person.talk
        assert talk is not None
        rounds = _rounds(person)
        before = list(answered_before(talk))
        mine = [one.key for one in before if not one.over and rounds[one.key] == talk.round]
        if act == "good" and person.standing != "final":
            person.cooperate(data.draw(st.integers(0, 5)))
        elif act == "back" and mine and mine[0] == before[0].key and not before[0].over:
            person.say("/back")
        elif act == "edit":
            messages = [one for key in mine if (one := talk.journal[key].get("t"))]
            if messages:
                text = data.draw(st.sampled_from(["5", "7", "нет", "да", "ой", "завтра"]))
                person.edit(data.draw(st.sampled_from(messages)), text)
        assert not person.problems
    to_the_end(person, data.draw)
    fresh = Driver(person.project)
    fresh.at = person.at
    fresh.say("/talk")
    for _ in range(400):
        if fresh.standing == "final":
            break
        assert fresh.talk is not None
        replay(fresh, person.answers[fresh.standing, fresh.talk.round])
    assert fresh.talk is not None
    assert person.talk is not None
    assert list(fresh.talk.visited) == list(person.talk.visited)
    assert fresh.talk.round == person.talk.round
    assert variables(fresh) == variables(person)
    person.say("конец")
    fresh.say("конец")
    assert sorted(map(str, person.records("things"))) == sorted(map(str, fresh.records("things")))


class Way(Log):
    """Remembers what was answered on the way to where the person stands, finished rounds included, in order."""

    def __init__(self, project: Project, **more: Any) -> None:
        super().__init__(project, **more)
        self.way: list[tuple[str, Any]] = []

    def turn(self, event: Event) -> tuple[Effect, ...]:
        talk = self.talk
        stood, rounds = (talk.pending, talk.rounds) if talk else (None, 0)
        effects = super().turn(event)
        answered = any(isinstance(one, Walked) and one.what == "answered" for one in effects)
        if stood is not None and self.talk is not None and answered:
            self.way += self._answered(stood.key, rounds)
        return effects

    def _answered(self, key: str, rounds: int) -> list[tuple[str, Any]]:
        """This answer, and those of before that the walk then came past: to where it stands, or to the round's end."""
        assert self.talk is not None
        keys, journal = [one for one in self.talk.visited if one != self.standing], self.talk.journal
        if self.talk.rounds > rounds:
            ended = next(loop for loop in self.talk.loops.values() if loop[0] == self.talk.round)[3]["journal"]
            keys, journal = [*(one for one in keys if one not in ended), *ended], {**journal, **ended}
        after = keys[keys.index(key) :]
        return [(one, journal[one]) for one in after if journal.get(one, {}).keys() & {*"ac"}]

    def went_back(self) -> None:
        """The way now ends before the question that stands."""
        places = [place for place, (key, _) in enumerate(self.way) if key == self.standing]
        del self.way[places[-1] :]


@slow
@given(st.data())
def test_back_undoes_what_hung_on_an_answer(data: st.DataObject) -> None:
    """/back in and behind loops leads to the question answered last, in the round before too, else to the nearest one
    before the loop; variables and way are those of a talk that has just come to that question for the first time."""
    _, person = begin(data.draw, True, "loop", kind=Way)
    assert isinstance(person, Way)
    anew = False
    for _ in range(data.draw(st.integers(5, 30))):
        assert person.talk is not None
        before = next(answered_before(person.talk), None)
        if data.draw(st.integers(0, 2)) or before is None:
            forward(person, data.draw)
            continue
        asked = [key for key, entry in person.way if "a" in entry]
        person.say("/back")
        assert person.standing == before.key
        if before.begun:
            anew = True
        else:
            assert person.standing == asked[-1]
        person.went_back()
        fresh = _along(person)
        assert fresh.standing == person.standing
        assert variables(fresh) == variables(person)
    to_the_end(person, data.draw)
    fresh = _along(person)
    assert fresh.talk is not None
    assert person.talk is not None
    assert list(fresh.talk.visited) == list(person.talk.visited)
    assert variables(fresh) == variables(person)
    person.say("конец")
    fresh.say("конец")
    if not anew:  # what finished rounds saved stays when their loop begins anew
        assert sorted(map(str, person.records("things"))) == sorted(map(str, fresh.records("things")))


def _along(person: Way) -> Driver:
    """A new person who answers the same."""
    fresh = Driver(person.project)
    fresh.at = person.at
    fresh.say("/talk")
    for _, entry in person.way:
        replay(fresh, entry)
    return fresh


@slow
@given(st.data())
def test_an_edited_message_corrects_the_round_that_has_ended(data: st.DataObject) -> None:
    """As long as the next round has no answer, it does what going back to that question, and answering anew, does
    (where /back meets no loop within that round)."""
    _, person = begin(data.draw, True, "loop", kind=Way)
    assert isinstance(person, Way)
    for _ in range(data.draw(st.integers(5, 30))):
        forward(person, data.draw)
        assert person.talk is not None
        over = [one for one in within_reach(person.talk) if one.over]
        within = last_round(person.talk, over[0].over)["loops"].keys() - {over[0].over} if over else ()
        one = data.draw(st.sampled_from(over if not within else over[:1])) if over else None
        if one is None or "t" not in entry_of(person.talk, one):
            continue
        edited, gone_back = _along(person), _along(person)
        assert edited.talk is not None
        text = data.draw(st.sampled_from(["5", "7", "нет", "завтра"]))
        heard = edited.edit(entry_of(edited.talk, one)["t"], text)
        for _ in over:
            gone_back.say("/back")
            if gone_back.standing == one.key:
                break
        assert gone_back.standing == one.key
        gone_back.say(text)
        if heard[:1] == ["Исправил."]:
            assert variables(edited) == variables(gone_back)
            assert (edited.standing, edited.records("things")) == (gone_back.standing, gone_back.records("things"))


@slow
@given(st.data())
def test_records_of_several_talks(data: st.DataObject) -> None:
    """`once_per`: when all talks are over, there are the records that the ways they ended on have saved, and no other;
    no talk takes away what another has saved too."""
    _, person = begin(data.draw, True, "once")
    wanted: set[str] = set()
    for _ in range(data.draw(st.integers(1, 3))):
        if person.talk is None:
            person.say("/talk")
        for _ in range(data.draw(st.integers(0, 10))):
            if data.draw(st.integers(0, 3)) == 0 and person.talk is not None:
                messages = [one for entry in person.talk.journal.values() if (one := entry.get("t"))]
                if messages:
                    text = data.draw(st.sampled_from(["5", "7", "нет", "да", "ой", "завтра"]))
                    person.edit(data.draw(st.sampled_from(messages)), text)
            else:
                forward(person, data.draw)
        to_the_end(person, data.draw)
        assert person.talk is not None
        on_the_way = [person.talk.journal.get(key, {}) for key in person.talk.visited]
        wanted |= {entry["s"] for entry in on_the_way if "s" in entry}
        person.say("конец")
    assert person.rows.get("things", {}).keys() == wanted


@slow
@given(st.data())
def test_the_model_is_asked_once_for_one_thing(data: st.DataObject) -> None:
    """Edits of the files, corrections, replies that come late or twice: for the same values of the same step the model
    is not asked again, whether its reply is there or on its way."""
    edit, person = begin(data.draw, True, "llm", kind=Thinker)
    assert isinstance(person, Thinker)
    for _ in range(data.draw(st.integers(5, 30))):
        act = data.draw(st.sampled_from(["good", "good", "good", "edit", "author", "again", "command"]))
        if act == "good":
            forward(person, data.draw)
        elif act == "edit" and person.talk is not None:
            messages = [one for entry in person.talk.journal.values() if (one := entry.get("t"))]
            if messages:
                person.edit(data.draw(st.sampled_from(messages)), data.draw(st.sampled_from(["5", "7", "нет", "да"])))
        elif act == "author":
            edit.again()
            note(edit.log[-1])
            show(edit.program)
            person.project = project(edit.program)
        elif act == "again":
            known = [one.request for one in person.ever(AskModel) if one.request not in person.asked]
            person.reply({"note": "again"}, data.draw(st.sampled_from([*known[-3:], "unknown"])))
        elif act == "command":
            person.say("/language ru")
        assert not person.problems
    last_asked: dict[Any, str] = {}
    for conversation, key, user in person.asks:
        thing = (conversation, *identity(edit, key))
        assert last_asked.get(thing) != user, f"{key} was asked twice about {user}"
        last_asked[thing] = user
