"""Editing scenarios under people who are mid-way in them (law 3): the heart of the product, as properties."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from engine.core.effects import ReportProblem, SendMessage
from engine.core.ground import split
from tests.core.edits import Edit, all_steps
from tests.core.programs import Maker, project
from tests.core.test_machine import Person, slow
from tests.driver import HOLD, Driver


def begin(draw: Any, plain: bool, *also: str, kind: type[Person] = Person) -> tuple[Edit, Person]:
    maker = Maker(draw, plain, also)
    program = maker.program()
    show(program)
    person = kind(project(program), model=lambda asked: HOLD)
    person.say("/talk")
    return Edit(program, maker), person


def show(program: dict[str, Any]) -> None:
    note("\n".join(f"{name}: {json.dumps(body, ensure_ascii=False)}" for name, body in program.items()))


def last(key: str) -> str:
    return split(key)[-1].split("#")[0]


def identity(edit: Edit, key: str) -> tuple[str, ...]:
    """A question by its first name and the items that it is asked for."""
    return (edit.root(last(key)), *(re.findall(r"\[(.*)\]", way)[0] for way in split(key) if "[" in way))


def forward(person: Person, draw: Any) -> None:
    """One answer that fits; a summary is confirmed."""
    if last(person.standing).startswith("c"):
        person.say("да")
    elif person.standing != "final":
        person.cooperate(draw(st.integers(0, 5)))


def to_the_end(person: Person, draw: Any, watch: Any = None) -> None:
    """Answer until the last question of all is asked."""
    for _ in range(150):
        if (
            person.standing == "final"
            and person.talk
            and person.talk.version == person.project.scenarios["talk"].version
        ):
            return
        mark = len(person.all)
        if person.standing == "final":
            person.say("/language ru")  # walks today's file
        elif re.match(r"more", last(person.standing)):
            person.press("Дальше") if any(one.label == "Дальше" for one in person.buttons()[-2:]) else person.say("нет")
        else:
            forward(person, draw)
        if watch:
            watch(person.all[mark:])
    raise AssertionError("the conversation cannot be finished")


@slow
@given(st.data())
def test_edit_under_a_person(data: st.DataObject) -> None:
    """Any edits at any moments: nobody gets an error, no valid answer is asked again, nothing is said twice, the talk
    can be finished; what comes of it (variables, records, way) is what today's file gives for the same answers."""
    edit, person = begin(data.draw, plain=True)
    for _ in range(data.draw(st.integers(0, 12))):
        forward(person, data.draw)
    answered: set[tuple[str, ...]] = set()

    def watch(effects: list[Any]) -> None:
        assert not [one for one in effects if isinstance(one, ReportProblem)]
        asked = person.talk and person.talk.pending
        fresh = [
            one
            for one in effects
            if isinstance(one, SendMessage) and one.waiting and asked and one.question == asked.question
        ]
        if fresh and asked and asked.kind == "input":
            assert identity(edit, asked.key) not in answered, f"{asked.key} was answered"

    for _ in range(data.draw(st.integers(1, 3))):
        for _ in range(data.draw(st.integers(1, 3))):
            edit.again()
        note("\n".join(edit.log))
        show(edit.program)
        person.project = project(edit.program)
        assert person.talk is not None
        answered = {
            identity(edit, key)
            for key, entry in person.talk.journal.items()
            if "a" in entry and edit.root(last(key)) not in edit.touched
        }
        for _ in range(data.draw(st.integers(0, 3))):
            mark = len(person.all)
            forward(person, data.draw)
            watch(person.all[mark:])
    to_the_end(person, data.draw, watch)
    said = Counter(one.text for one in person.ever(SendMessage) if re.match(r"s\d+:", one.text))
    assert not [text for text, times in said.items() if times > 1]
    compare(edit, person)


@slow
@given(st.data())
def test_any_edit_of_any_program(data: st.DataObject) -> None:
    """Loops, models, records and the clock too, and people who do anything: no error, and the cached position is that
    of a silent re-walk after every turn (the driver checks it)."""
    edit, person = begin(data.draw, plain=False)
    for _ in range(data.draw(st.integers(5, 25))):
        if data.draw(st.integers(0, 4)) == 0:
            edit.again()
            note(edit.log[-1])
            person.project = project(edit.program)
        person.act(data.draw)
        assert not person.problems


@slow
@given(st.data())
def test_corrections_are_as_if_answered_so_at_once(data: st.DataObject) -> None:
    """/back, edited messages and confirmations with corrections, in any order: the outcome is that of a talk with the
    last answers given at once."""
    edit, person = begin(data.draw, plain=True)
    for _ in range(data.draw(st.integers(3, 20))):
        act = data.draw(st.sampled_from(["good", "good", "good", "back", "edit", "change", "fix"]))
        if person.standing == "final" and act == "good":
            continue
        if act == "good":
            person.cooperate(data.draw(st.integers(0, 5)))
        elif act == "back":
            person.say("/back")
        elif act == "edit":
            message = f"m{data.draw(st.integers(1, 40))}"
            if person.talk and any(entry.get("t") == message for entry in person.talk.journal.values()):
                person.edit(message, data.draw(st.sampled_from(["5", "7", "нет", "ой", "завтра"])))
        elif act == "change" and last(person.standing).startswith("c"):
            person.say("изменить")
            person.say(str(data.draw(st.integers(1, 3))))
        elif act == "fix":
            old = [one for one in person.buttons() if one.token and not one.value.startswith("!")]
            if old:
                person.tap(data.draw(st.sampled_from(old)).token)
                if "Исправить ответ" in [one.label for one in person.buttons()[-1:]]:
                    person.press("Исправить ответ")
        assert not person.problems
    to_the_end(person, data.draw)
    not_repeated(person)
    compare(edit, person)


def not_repeated(person: Person) -> None:
    """A say speaks again only when it has something else to say."""
    last: dict[str, str] = {}
    for one in person.ever(SendMessage):
        if found := re.match(r"s\d+:", one.text):
            name = f"{found[0]} {one.step}"
            assert last.get(name) != one.text, one.text
            last[name] = one.text


def compare(edit: Edit, person: Person) -> None:
    """A new person who gives the same answers to the newest file comes out at the same place with the same records."""
    old = person.talk
    assert old is not None
    fresh = Driver(person.project)
    fresh.at = person.at
    fresh.say("/talk")
    for _ in range(300):
        if fresh.standing == "final":
            break
        replay(fresh, old.journal[fresh.standing])
    assert fresh.talk is not None
    assert list(fresh.talk.visited) == list(old.visited)
    assert variables(fresh) == variables(person)
    person.say("конец")
    fresh.say("конец")
    today = {step["fields"]["step"] for step in reachable(edit.program, "talk") if "save" in step}
    mine = [row for row in person.records("things") if row["step"] in today]
    assert sorted(map(str, mine)) == sorted(map(str, fresh.records("things")))


def reachable(program: dict[str, Any], scenario: str) -> list[dict[str, Any]]:
    """All steps of a scenario and of those that it runs. What a deleted step has saved stays saved."""
    steps = list(all_steps(program[scenario]["steps"]))
    return [*steps, *(inner for step in steps if "run" in step for inner in reachable(program, step["run"]))]


def variables(person: Driver) -> dict[str, Any]:
    """Without saved records, whose ids and times differ."""
    return {name: value for name, value in person.variables.items() if not name.startswith("kept")}


def replay(fresh: Driver, entry: dict[str, Any]) -> None:
    """Give an answer as the journal keeps it."""
    raw = entry.get("a", "да")
    if isinstance(raw, dict) and "type" in raw:
        raw = raw["raw"]
    before = (fresh.standing, fresh.talk and fresh.talk.round)
    if isinstance(raw, str):
        fresh.say(raw)
    elif "choice" in raw:
        pressed = next((one.token for one in reversed(fresh.buttons()) if one.value == raw["choice"]), "")
        fresh.tap(pressed) if pressed else fresh.say(raw["choice"])  # it was a choice once, and is a text today
    elif "choices" in raw:
        for one in raw["choices"]:
            fresh.press(one)
        fresh.press("!done")
    elif "skip" in raw:
        fresh.press("!skip")
    elif "date" in raw:
        fresh.say(raw["date"])
    else:
        fresh.files(*raw["files"])
    assert (fresh.standing, fresh.talk and fresh.talk.round) != before, f"{raw} is no answer to {before}"
