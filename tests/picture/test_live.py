"""Real figures on a picture: people go known ways through the real turn and memory, then boxes and arrows are read."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.events import ModelReplied, Sender, TextReceived
from engine.core.project import Project
from engine.core.session import Session
from engine.memory.sqlite import SqliteMemory
from engine.picture.draft import Draft, drafted, overview
from engine.picture.live import lay, lay_over
from engine.picture.mermaid import mermaid
from engine.picture.page import page
from engine.picture.svg import svg
from engine.project.load import Loader
from engine.runtime.turns import Turns

TALK = """format: 1
scenario: talk
title: Talk
starts_on: [/talk]
steps:
  - ask: age
    question: How old?
    answer: integer
  - if: age < 18
    then:
      - say: Grow up!
      - end
  - run: mood
  - each: thing
    in: "['a', 'b']"
    do:
      - say: "{{ thing }}"
  - llm: wish
    prompt: wish
    if_fails: {text: Bye}
  - ask: done
    question: Done?
    choices: {yes: Sure, no: {label: Again, goto: age}}
"""
MOOD = """format: 1
scenario: mood
title: Mood
starts_on: [/mood]
steps:
  - ask: mood
    question: Your mood?
  - say: I see
"""
NOW = 1_795_000_000.0


class Town:
    """People who talk; each line comes ten seconds after the one before."""

    def __init__(self) -> None:
        files = {
            "scenarios/talk.yaml": TALK.encode(),
            "scenarios/mood.yaml": MOOD.encode(),
            "prompts/wish.md.j2": b"---\nreturns: {text: text}\n---\n{% block user %}Wish{% endblock %}",
        }
        loaded = Loader(Path("/nowhere"), {}).build(files)
        assert loaded.project is not None, loaded.findings
        self.project: Project = loaded.project
        self.memory = SqliteMemory(clock=lambda: NOW)
        self.turns = Turns(self.memory, lambda chat, effect: None, lambda lane: True, self.memory.forget)

    def talk(self, chat: str, *lines: str, at: float = NOW - 1000) -> None:
        session = Session.load(self.memory.session(chat))
        for number, text in enumerate(lines):
            at += 10
            sender = Sender(chat, chat, "", "en")
            event = TextReceived(id=f"{chat}-{at}-{number}", at=at, sender=sender, text=text)
            done = asyncio.run(self.turns.take(self.project, chat, session, event, ()))
            session = done.session or session
            for asked in done.asked:
                reply = ModelReplied(id=f"r{at}", at=at, request=asked.request, failure="off")
                session = asyncio.run(self.turns.take(self.project, chat, session, reply, ())).session or session

    def draft(self, scenario: str) -> Draft:
        drafts = [drafted(self.project, one, "en") for one in self.project.scenarios.values()]
        lay(drafts, self.memory.trail(), self.memory.count())
        return next(one for one in drafts if one.scenario == scenario)


@pytest.fixture
def town() -> Iterator[Town]:
    made = Town()
    yield made
    made.memory.close()


def ways(draft: Draft) -> dict[str, int | None]:
    """Counts by `from -> to`."""
    name = [box.text for box in draft.boxes]
    return {f"{name[one.source]} -> {name[one.target]}": one.count for one in draft.arrows}


def test_ways(town: Town) -> None:
    """How many went which way: branches, a sub-scenario and back, a loop's rounds, a way back, the end."""
    town.talk("child", "/talk", "7")
    town.talk("anna", "/talk", "30", "fine", "Again", "31", "fine", "Sure")
    assert ways(town.draft("talk")) == {
        "/talk -> How old?": 2,
        "How old? -> age < 18?": 3,
        "age < 18? -> Grow up!": 1,
        "age < 18? -> Mood": 2,
        "Grow up! -> End": 1,
        "Mood -> For each of ['a', 'b']": 2,
        "For each of ['a', 'b'] -> ‹thing›": 4,
        "For each of ['a', 'b'] -> Model: wish": 2,
        "‹thing› -> For each of ['a', 'b']": 4,
        "Model: wish -> Done?": 2,
        "Done? -> End": 1,
        "Done? -> How old?": 1,
    }
    mood = town.draft("mood")
    assert ways(mood) == {"/mood -> Your mood?": 2, "Your mood? -> I see": 2, "I see -> End": 2}
    assert (mood.begun, mood.finished) == (2, 2)


def figures(town: Town, scenario: str, step: str) -> tuple[int, int, int, int, int, float | None]:
    found = next(box.figures for box in town.draft(scenario).boxes if box.key == step)
    assert found is not None
    return found.standing, found.silent, found.asked, found.left, found.wrong, found.seconds


def test_who_leaves_and_who_stands(town: Town) -> None:
    """Cancelled, restarted, gone to another talk, parked, silent for a day, and those who are only slow."""
    town.talk("cancels", "/talk", "30", "fine", "/cancel")
    town.talk("elsewhere", "/talk", "/mood")  # nothing was answered, so nothing is parked
    town.talk("silent", "/talk", at=NOW - 100_000)
    town.talk("slow", "/talk", "old", "x")
    town.talk("done", "/talk", "7")
    assert figures(town, "talk", "age") == (2, 1, 5, 1, 2, 10.0)
    assert figures(town, "talk", "done") == (0, 0, 1, 1, 0, None)
    assert figures(town, "mood", "mood") == (1, 0, 2, 0, 0, 10.0)


def test_parked_and_taken_up_again(town: Town) -> None:
    """Leaving for another talk counts as left, until the person comes back to it."""
    town.talk("anna", "/talk", "30", "/mood")
    assert figures(town, "mood", "mood")[2:4] == (2, 1)
    town.talk("anna", "fine", "yes", "good")
    assert figures(town, "mood", "mood")[2:4] == (2, 0)
    assert figures(town, "talk", "done")[:3] == (1, 0, 1)


def test_back_is_no_way(town: Town) -> None:
    """/back asks again; no arrow leads there, and nobody has left."""
    town.talk("anna", "/mood", "/back", "/talk", "30", "/back", "40", "fine")
    assert figures(town, "talk", "age")[2:4] == (2, 0)
    assert ways(town.draft("talk"))["/talk -> How old?"] == 1


def test_forgotten(town: Town) -> None:
    """A person who is forgotten is in no figure."""
    town.talk("anna", "/mood", "fine")
    asyncio.run(town.memory.forget("anna"))
    draft = town.draft("mood")
    assert (draft.begun, draft.finished) == (0, 0)
    assert set(ways(draft).values()) == {0}


def test_a_trail_that_begins_in_the_middle(town: Town) -> None:
    """Talks whose beginning is no longer kept are counted from where they are seen."""
    town.talk("anna", "/talk", "30", "fine", "Again")
    town.memory._database.rows("DELETE FROM trail WHERE seq <= 2")
    found = ways(town.draft("talk"))
    assert found["/talk -> How old?"] == 0
    assert found["Done? -> How old?"] == 1


def test_drawn(town: Town) -> None:
    """The figures are read on the SVG, in Mermaid and in the page's table; a step that loses people is red."""
    town.talk("child", "/talk", "7")
    town.talk("gone", "/talk", "/cancel")
    town.talk("here", "/talk")
    draft = town.draft("talk")
    picture = svg(draft)
    texts = ["".join(one.itertext()) for one in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own text
    for text in ("Asked: 3 · answer in 10 s", "Lost: 1 (33 %)", "people who went this way"):
        assert text in texts
    assert 'class="box question losing"' in picture
    assert 'class="arrow never"' in picture
    diagram = mermaid(draft)
    assert 'n1["How old?<br/>Asked: 3 · answer in 10 s<br/>Lost: 1 (33 %)<br/>👥 1"]' in diagram
    assert '-->|"yes · 1"|' in diagram
    assert "class n1 losing1" in diagram
    assert "linkStyle 0 stroke-width:7.5px" in diagram
    whole = overview(town.project, "en")
    lay_over(whole, town.memory.count())
    html = page([town.draft("talk"), town.draft("mood")], whole)
    assert '<td>How old?</td><td>3</td><td class="lost">1 (33 %)</td><td>1</td><td></td><td>10 s</td>' in html
    assert "Begun: 3 · Finished: 1 (33 %)" in html
