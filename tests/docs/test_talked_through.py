"""Every piece of a scenario in the docs can be talked through to its end, by the pure turn, whoever answers what."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from engine.core.effects import AskModel, Media, SendMessage
from engine.core.project import Project
from engine.core.session import Pending
from tests.docs.pages import Block
from tests.docs.test_examples import SECTIONS, STUBS, built, wrapped
from tests.driver import Driver

PIECES = [block for section in SECTIONS for block in section.pieces]
SAID = ("нет", "80", "16", "Anna", "+79161234567", "завтра", "10:30", "anna@mail.ru", "да")
MOST = 40  # answers; the longest example takes six
REPLY = {"praise": "Well done", "advice": "Sleep"}


def reply(asked: AskModel) -> Any:
    return REPLY if asked.returns else "Well done"


def standing(driver: Driver) -> Pending | None:
    return driver.session.active.pending if driver.session.active else None


def answer(driver: Driver, turn: int) -> None:
    """Press the last button there is, or try what people say until something fits."""
    before = standing(driver)
    buttons = [one for message in driver.ever(SendMessage)[-1:] for one in message.buttons if one.token]
    if buttons:
        driver.tap(buttons[turn % len(buttons)].token)
        return
    for said in itertools.islice(itertools.cycle(SAID), turn % len(SAID), turn % len(SAID) + len(SAID)):
        driver.say(said)
        if standing(driver) is not before and standing(driver) != before:
            return
    driver.photo()


@pytest.mark.parametrize("turn", [0, 1])
@pytest.mark.parametrize("block", PIECES, ids=lambda one: one.place)
def test_to_the_end(block: Block, turn: int) -> None:
    """It comes to its end, says something or saves something on the way, and breaks nowhere."""
    used = {name: text for name, text in STUBS.items() if Path(name).name.split(".")[0] in block.text}
    project: Project = built({"scenarios/example.yaml": wrapped(block.text), **used}, block.place, piece=True)
    driver = Driver(project, model=reply)
    driver.say("/example")
    for at in range(MOST):
        if driver.session.active is None:
            break
        answer(driver, at // 2 + turn)
    assert driver.session.active is None, f"{block.place}: it stands at {driver.standing}"
    assert driver.problems == []
    assert driver.all


def test_media_are_shown_in_the_reference() -> None:
    """The example of say sends its photo."""
    block = next(one for one in PIECES if re.search(r"photo: media/", one.text))
    driver = Driver(built({"scenarios/example.yaml": wrapped(block.text)}, block.place, piece=True))
    driver.say("/example")
    assert any(isinstance(one.media, Media) for one in driver.ever(SendMessage))
