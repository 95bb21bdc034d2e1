"""Scenarios that are called otherwise after an edit (`was`), and those whose file is away for a while."""

from __future__ import annotations

from typing import Any

import pytest

from tests.driver import Driver, build

ORDER = "steps:\n  - ask: a\n    question: a?\n  - run: size\n" + (
    "  - ask: b\n    question: b?\n  - say: '{{ a }} {{ b }}'\n"
)
SIZE = "steps:\n  - ask: n\n    question: n?\n    answer: integer\n  - ask: m\n    question: m?\n"


def in_size(**more: Any) -> Driver:
    """In the middle of a scenario that another one runs."""
    driver = Driver(build({"order": ORDER, "size": SIZE}), **more)
    assert [driver.say(text) for text in ("/order", "x", "5")] == [["a?"], ["n?"], ["m?"]]
    return driver


@pytest.mark.parametrize("was", ["order", "[first, order]"])
def test_renamed_scenario_goes_on(was: str) -> None:
    """`was` says what it was called: people answer the question that they were asked, and are asked nothing twice."""
    driver = in_size()
    driver.project = build({"purchase": f"was: {was}\n{ORDER}", "size": SIZE})
    assert [driver.say("y"), driver.say("z")] == [["b?"], ["x z"]]
    assert driver.talk is None


def test_renamed_scenario_that_another_one_runs() -> None:
    """What its step is called follows, though nobody gave that a name."""
    driver = in_size()
    driver.project = build({"order": ORDER.replace("run: size", "run: measure"), "measure": f"was: size\n{SIZE}"})
    assert driver.say("/back") == ["n?"]
    assert [driver.say("6"), driver.say("y"), driver.say("z")] == [["m?"], ["b?"], ["x z"]]


def test_renamed_scenario_that_is_parked_or_offered() -> None:
    """What was put aside is offered under its new name; so goes a question whether to begin anew."""
    driver = in_size()
    driver.say("/order")  # begin anew, or go on?
    driver.project = build({"purchase": f"was: order\n{ORDER}", "size": SIZE, "other": "  - say: o\n"})
    assert driver.press("Начать заново") == ["a?"]
    driver = in_size()
    driver.project = build({"purchase": f"was: order\n{ORDER}", "size": SIZE, "other": "  - say: o\n"})
    assert driver.say("/other")[0] == "o"
    assert driver.press("Продолжить") == ["m?"]


def test_an_old_name_that_is_in_use_again() -> None:
    """A scenario of that name is the one that is meant."""
    driver = in_size()
    driver.project = build({"purchase": "was: order\nsteps:\n  - say: no\n", "order": ORDER, "size": SIZE})
    assert [driver.say("y"), driver.say("z")] == [["b?"], ["x z"]]


def test_scenario_that_is_gone_for_a_while() -> None:
    """A file that was moved away and comes back has taken no answer with it."""
    driver = in_size()
    whole, driver.project = driver.project, build({"size": SIZE})
    assert driver.say("y")[0].startswith("Этот разговор больше не ведётся")
    driver.project = whole
    assert driver.say("/order")[0].endswith("не закончен. Продолжим или начнём заново?")
    assert driver.press("Продолжить") == ["m?"]
    assert [driver.say("y"), driver.say("z")] == [["b?"], ["x z"]]


def test_forgotten_while_the_scenario_is_gone() -> None:
    """Nothing of it is kept."""
    driver = in_size()
    whole, driver.project = driver.project, build({"size": SIZE})
    driver.say("y")
    driver.say("/forget_me")
    driver.press("Да, забыть всё")
    driver.project = whole
    assert driver.say("/order") == ["a?"]
