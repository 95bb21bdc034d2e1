"""A language that stands in a file of translations alone: talked, changed in the middle, chatted in the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.effects import SendMessage
from engine.lint.run import lint
from engine.project.load import Loader
from engine.talks.file import read_talks
from engine.talks.player import Bot, play
from engine.talks.report import shown_talk
from tests.docs.test_tour import run
from tests.driver import Driver, sources

TALK = """title: Кофе
steps:
- ask: drink
  question: Что налить?
  choices: {latte: Латте, tea: {label: Чай}}
- ask: cups
  question: Сколько чашек?
  answer: integer
  max: 5
  if_wrong: Число до 5.
- set:
    wish: {ru: Приятного}
- run: bye
  with: {who: {ru: дорогой друг}}
- say: "{{ cups | plural('чашка', 'чашки', 'чашек') }}, {{ wish }}!"
"""
BYE = """inputs: {who: {ru: друг}}
steps:
- say: "Пока, {{ who }}!"
"""
FRENCH = {
    "talk/title": ("Кофе", "Café"),
    "talk/drink.question": ("Что налить?", "Que voulez-vous ?"),
    "talk/drink.choices.latte": ("Латте", "Un latte"),
    "talk/drink.choices.tea.label": ("Чай", "Un thé"),
    "talk/cups.question": ("Сколько чашек?", "Combien de tasses ?"),
    "talk/cups.if_wrong": ("Число до 5.", "Jusqu'à 5."),
    "talk/set#1.set.wish": ("Приятного", "bonne dégustation"),
    "talk/run#1.with.who": ("дорогой друг", "cher ami"),
    "talk/say#1.say": (
        "{{ cups | plural('чашка', 'чашки', 'чашек') }}, {{ wish }}!",
        "{{ cups | plural('tasse', 'tasses') }}, {{ wish }} !",
    ),
    "bye/say#1.say": ("Пока, {{ who }}!", "À bientôt, {{ who }} !"),
    "bye/inputs.who": ("друг", "ami"),
}
TALKS = """
people: {user: {language: fr}}
talks:
  Un café:
    - user: /talk
    - bot: Que voulez-vous ?
      buttons: [Un latte, Un thé]
    - user: un thé
    - bot: Combien de tasses ?
    - user: "7"
    - bot: Jusqu'à 5.
    - change: translations/fr.po
      replace: bonne dégustation
      by: savourez
    - change: translations/fr.po
      replace: "cher ami"
      by: "{{ chers amis }}"
      refused: true
    - user: "2"
    - bot: À bientôt, cher ami !
    - bot: 2 tasses, savourez !
"""


def files(entries: dict[str, tuple[str, str]] = FRENCH) -> dict[str, bytes]:
    po = "\n".join(f'msgctxt "{name}"\nmsgid "{source}"\nmsgstr "{text}"\n' for name, (source, text) in entries.items())
    more = {"catalog/bot.yaml": "languages: [ru, fr]\n", "translations/fr.po": po}
    return sources({"talk": TALK, "bye": BYE}, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_a_talk_in_french(folder: Path) -> None:
    """Every text is French, values among them; a translation changed in mid-talk counts from then on."""
    path = folder / "talk.yaml"
    path.write_text(TALKS, "utf-8")
    bot, findings = Bot.load(folder)
    assert bot is not None, findings
    played = play(bot, read_talks(path, "talk.yaml").talks[0])
    assert played.right, shown_talk(played)


def test_every_text_is_translated(folder: Path) -> None:
    """The fixture names every text that there is: lint misses none."""
    assert "No mistakes found" in run(folder, "translate", "check")


@pytest.mark.parametrize("missing", sorted(set(FRENCH) - {"bye/inputs.who"}))
def test_each_one_missing_is_told(missing: str) -> None:
    """A text without its entry is a finding; with an empty one too; people read the scenario's own then."""
    for entries in (
        {name: one for name, one in FRENCH.items() if name != missing},
        {**FRENCH, missing: (FRENCH[missing][0], "")},
    ):
        loaded = Loader(Path("/nowhere")).build(files(entries))
        told = [one for one in lint(loaded) if one.span.file.startswith("translations/") or "translation" in one.code]
        assert [one.code for one in told] == ["missing-translation"]
        assert loaded.project is not None
    driver = Driver(loaded.project, language="fr")
    for said in ("/talk", "1", "7", "2"):
        driver.say(said)
    heard = "\n".join(one.text for one in driver.ever(SendMessage))
    source, text = FRENCH[missing]
    if "{" not in source and missing.endswith(("question", "if_wrong")):
        assert source in heard
        assert text not in heard


def test_the_terminal_speaks_any_language(folder: Path) -> None:
    """`--language` holds for this chat and the next ones, /language or not; one that is none is told."""
    assert run(folder, "chat", "--language", "fr", said="/talk\n").splitlines() == [
        "I now speak Français.",
        "Que voulez-vous ?",
        "1. Un latte",
        "2. Un thé",
    ]
    assert "Que voulez-vous ?" in run(folder, "chat", said="/talk\n")
    assert "Что налить?" in run(folder, "chat", "--language", "ru", said="/talk\n")
    run(folder, "chat", "--language", "xx", said="/talk\n", code=2)
