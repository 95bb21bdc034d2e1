"""`dialogue translate`: what an author and a translator type, and what they are told."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.project.load import Loaded, Loader
from engine.talks.file import read_talks
from engine.talks.player import Bot, play
from tests.docs.pages import ROOT
from tests.driver import sources

TALK = """
- ask: name
  question: {ru: "Как тебя зовут?", en: "What is your name?"}   # first
- say:
    en: "Hello, {{ name }}!"
    # the source
    ru: "Привет, {{ name }}!"
- say:
    ru: |
      Вот и всё.
    en: |-
      That is all.

      Bye.
- ask: why
  question: Почему?
  choices: {a: {en: "So", ru: "Так"}, b: Не так}
- say: "{{ why }}"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in sources({"talk": TALK}, **{"catalog/bot.yaml": "languages: [ru, en]\n"}).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(["translate", *words]) == code
    captured = capsys.readouterr()
    return captured.out + captured.err


def read(root: Path) -> dict[str, dict[str, str]]:
    """What people read, in each language, by the names of the texts."""
    loaded: Loaded = Loader(root).load()
    assert loaded.errors == []
    return {
        place.name: {language: one.source.rstrip("\n") for language, one in sorted(place.texts[0].languages.items())}
        for made in loaded.files.values()
        for place in made.places()
    }


def test_extract(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The template stands in translations/ or where it is wanted, readable by everybody."""
    assert told(capsys, "extract") == "translations/messages.pot: 6 texts\n"
    assert stat.S_IMODE((folder / "translations/messages.pot").stat().st_mode) & 0o044
    assert told(capsys, "extract", "-o", "out/all.pot") == "out/all.pot: 6 texts\n"
    assert (folder / "out/all.pot").read_bytes() == (folder / "translations/messages.pot").read_bytes()


def test_update_and_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands inline is not asked for; what is missing fails the check until it is there."""
    assert told(capsys, "update") == "translations/en.po: 2 texts, 2 missing, 2 new\n"
    assert told(capsys, "update") == "translations/en.po: 2 texts, 2 missing; unchanged\n"
    assert told(capsys, "check", code=1).count("[missing-translation]") == 2
    path = folder / "translations/en.po"
    path.write_text(path.read_text("utf-8").replace('msgstr ""\n', 'msgstr "Why?"\n')[len('msgid ""\n') :], "utf-8")
    path.write_text('msgid ""\n' + path.read_text("utf-8").replace('msgstr "Why?"\n"', 'msgstr ""\n"', 1), "utf-8")
    assert told(capsys, "check") == "No mistakes found.\n"
    assert read(folder)["talk/why.question"] == {"en": "Why?", "ru": "Почему?"}


def test_taking_inline_texts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The texts of one language move; people read the same, and nothing else of the scenario changes."""
    before = read(folder)
    assert "4 taken from the scenarios" in told(capsys, "update", "en", "--take-inline")
    assert read(folder) == before
    left = (folder / "scenarios/talk.yaml").read_text("utf-8").partition("steps:\n")[2]
    assert (
        left
        == """
- ask: name
  question: {ru: "Как тебя зовут?"}   # first
- say:
    # the source
    ru: "Привет, {{ name }}!"
- say:
    ru: |
      Вот и всё.
- ask: why
  question: Почему?
  choices: {a: {ru: "Так"}, b: Не так}
- say: "{{ why }}"
"""
    )
    assert "unchanged" in told(capsys, "update")


def test_the_shipped_bot_with_its_english_in_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All English of the shipped bot moved into translations/en.po: lint is content and every talk goes as before."""
    for name in ("scenarios", "prompts", "catalog", "media", "tests/dialogues"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name)
    before = read(tmp_path)
    told(capsys, "update", "en", "--take-inline", "--root", str(tmp_path))
    assert ", en:" not in (tmp_path / "scenarios/feedback.yaml").read_text("utf-8")
    assert read(tmp_path) == before
    assert main(["lint", "--root", str(tmp_path)]) == 0
    assert main(["translate", "check", "--root", str(tmp_path)]) == 0
    bot, findings = Bot.load(tmp_path)
    assert bot is not None, findings
    talks = [
        (talk.title, play(bot, talk).right)
        for path in sorted((tmp_path / "tests/dialogues").glob("*.yaml"))
        for talk in read_talks(path, path.name).talks
    ]
    assert len(talks) > 50
    assert [title for title, right in talks if not right] == []


WRONG = {
    "no language": (["update", "../x"], 2, "'../x' is no language"),
    "a broken file": (["update"], 1, "translations/en.po:1:1: error[translation-syntax]"),
    "a broken scenario": (["update", "fr"], 1, "Nothing was written"),
}


@pytest.mark.parametrize("case", WRONG)
def test_nothing_is_written_when_something_is_wrong(
    case: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that cannot be read is never written over, nor is one whose texts would seem to be gone."""
    words, code, message = WRONG[case]
    (folder / "translations").mkdir()
    (folder / "translations/en.po").write_text("hello\n", "utf-8")
    if case == "a broken scenario":
        (folder / "scenarios/talk.yaml").write_text("format: 1\n", "utf-8")
    assert message in told(capsys, *words, code=code)
    assert [path.name for path in (folder / "translations").iterdir()] == ["en.po"]
    assert (folder / "translations/en.po").read_text("utf-8") == "hello\n"


def test_a_language_that_nobody_reads(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new language is begun, and the author is told what is still to do; a bot of one language names one."""
    assert "add de to `languages`" in told(capsys, "update", "de")
    assert "[unknown-language]" in told(capsys, "check", code=1)
    (folder / "catalog/bot.yaml").write_text("languages: [ru]\n", "utf-8")
    (folder / "scenarios/talk.yaml").write_bytes(sources("- say: Да\n")["scenarios/talk.yaml"])
    (folder / "translations/de.po").unlink()
    assert "name another" in told(capsys, "update", code=2)
