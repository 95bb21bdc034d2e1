"""«Ой, не 34, а 35» when the talk is over already: the person gets a word and a way, and only who means it does."""

from __future__ import annotations

import pytest

from engine.core.session import Session
from tests.driver import Driver, build

REGISTER = """
title: Анкета
steps:
  - ask: age
    question: Возраст?
    answer: integer
  - say: Готово
"""


def registered(**more: str) -> Driver:
    driver = Driver(build({"reg": REGISTER.lstrip("\n"), **more}))
    driver.say("/reg")
    assert driver.say("34") == ["Готово"]
    driver.session = Session.load(driver.session.dump())
    return driver


def labels(driver: Driver) -> list[str]:
    return [one.label for one in driver.buttons()]


@pytest.mark.parametrize(
    "said",
    ["ой, не 34 а 35", "не 34, а 35", "я ошиблась, мне 35", "ошибся", "опечатка)", "возраст не тот", "ой, не я, а он"],
)
def test_it_is_offered_to_go_through_the_talk_again(said: str) -> None:
    driver = registered()
    assert driver.say(said) == ["Разговор «Анкета» уже окончен, ответы записаны. Пройдём его заново, чтобы исправить?"]
    assert labels(driver) == ["Начать заново", "Нет, всё верно"]
    assert driver.say("да") == ["Возраст?"]


@pytest.mark.parametrize("said", ["ой, а сколько это стоит?", "не могу понять, а что дальше?", "нет", "привет"])
def test_what_is_about_something_else_is_not_taken_for_it(said: str) -> None:
    driver = registered()
    driver.say(said)
    assert not labels(driver)


def test_a_no_leaves_all_as_it_is() -> None:
    driver = registered()
    driver.say("ошибся")
    assert driver.press("Нет, всё верно") == ["Хорошо, оставим это."]


def test_nothing_is_offered_when_there_is_nothing_to_correct() -> None:
    """No talk yet, one that was cancelled, one of yesterday, one whose file is gone, or a bot that answers itself."""
    driver = Driver(build({"reg": REGISTER.lstrip("\n")}))
    driver.say("ошибся")
    assert not labels(driver)
    driver = registered()
    driver.say("/reg")
    driver.say("/cancel")
    driver.say("ошибся")
    assert not labels(driver)
    driver = registered()
    driver.at += 86_400
    driver.say("ошибся")
    assert not labels(driver)
    driver = registered(other="steps:\n  - say: нет\n")
    driver.project = build({"other": "steps:\n  - say: нет\n"})
    driver.say("ошибся")
    assert not labels(driver)
    driver = registered(fallback="steps:\n  - ask: more\n    question: Расскажи подробнее\n")
    assert driver.say("ошибся") == ["Расскажи подробнее"]
