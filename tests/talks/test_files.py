"""Talk files: what is wrong in one is told with its place; `--update` mends one; coverage; pytest."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.talks.coverage import Coverage
from engine.talks.file import read_talks
from engine.talks.player import Bot, Played, play
from engine.talks.suite import run, talk_files
from engine.talks.update import CannotUpdate, item, pairs, updated

ROOT = Path(__file__).parents[2]
WRONG = {
    "no talks": ("people: {}", "1:1 A talk file has a key `talks`."),
    "talks are no map": ("talks: [a]", "1:8 `talks` is a map"),
    "an unknown key": ("talk: {}\ntalks: {}", "1:1 `talk` is no key of a talk file. Did you mean `talks`?"),
    "no lines": ("talks:\n  Раз: {}", "2:3 The talk «Раз» has no lines."),
    "a line that is a text": ("talks:\n  Раз:\n    - привет", "3:7 A line is `who: what`."),
    "nobody": ("talks:\n  Раз:\n    - usr: привет", "3:7 Nobody here is called `usr`. Did you mean `user`?"),
    "an unknown detail": (
        "talks:\n  Раз:\n    - bot: да\n      button: [a]",
        "4:7 `button` is no key of a `bot` line.",
    ),
    "an unknown action": ("talks:\n  Раз:\n    - user: {presses: да}", "3:13 A person says a text"),
    "no action": ("talks:\n  Раз:\n    - user: {}", "3:13 A person says a text"),
    "an empty burst": ("talks:\n  Раз:\n    - user: []", "3:13 A burst has messages."),
    "no action in a burst": ("talks:\n  Раз:\n    - user: [да, {presses: да}]", "3:18 A person says a text"),
    "the rest, and its buttons": (
        "talks:\n  Раз:\n    - user: да\n    - bot: ...\n      buttons: [Нет]",
        "4:7 `- bot: ...` is whatever else is said, so it has no `buttons`.",
    ),
    "two things at once": ("talks:\n  Раз:\n    - user: да\n      bot: нет", "4:7 `bot` is no key of a person's line."),
    "no time": ("talks:\n  Раз:\n    - after: потом", "3:7 `потом` is no length of time."),
    "a model without a reply": ("talks:\n  Раз:\n    - model: wish", "3:7 The model either `replies` or `fails`."),
    "a change of nothing": ("talks:\n  Раз:\n    - change: a.yaml\n      by: b", "3:7 A change needs"),
    "no YAML": ("talks: [", "1:"),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_a_talk_file(tmp_path: Path, text: str, expected: str) -> None:
    """Each mistake is told at its line and column, with what was probably meant."""
    path = tmp_path / "talk.yaml"
    path.write_text(text, encoding="utf-8")
    found = [
        f"{one.span.line}:{one.span.column} {one.message} {one.help}" for one in read_talks(path, "talk.yaml").findings
    ]
    assert found
    assert found[0].startswith(expected)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """No file and no text are findings, not crashes."""
    (tmp_path / "latin.yaml").write_bytes(b"\xff\xfe\xff")
    for name in ("none.yaml", "latin.yaml"):
        assert read_talks(tmp_path / name, name).findings[0].code == "unreadable"


BEFORE = """
# Заказ кофе
talks:
  Заказ:
    - user: /coffee
    - bot: Чего налить?   # было раньше
      buttons: [Латте]
    # чай вкуснее
    - user: {press: Чай}
    - user: 2
    - bot: Чай тоже хорош.
    - model: wish
      fails: timeout
    - records: {orders: 1}
    # конец

  Привет:
    - user: /hello
"""
AFTER = """
# Заказ кофе
talks:
  Заказ:
    - user: /coffee
    - bot: Что налить?
      buttons: [Латте, Чай]
    # чай вкуснее
    - user: {press: Чай}
    - bot: Сколько чашек?
    - user: 2
    - bot: Чай тоже хорош.
    - model: wish
      fails: timeout
    - notified: manager
      subject: Заказ
      text: "User: Чай x 2"
    - bot: Приятного! *С вас 5*3 рублей.*
      photo: media/cup.jpg
    - records: {orders: 1}
    # конец

  Привет:
    - user: /hello
    - bot: Фото, голос, место или контакт?
"""


def update(root: Path, text: str) -> str:
    path = root / "talk.yaml"
    path.write_text(text, encoding="utf-8")
    file = read_talks(path, "talk.yaml")
    bot, _ = Bot.load(root)
    assert bot is not None
    return updated(file, [play(bot, talk, to_the_end=True) for talk in file.talks])


def test_update_writes_what_the_bot_says_now(root: Path) -> None:
    """Only what differs is written anew; comments, order and matching lines stay."""
    assert update(root, BEFORE.lstrip()) == AFTER.lstrip()
    assert update(root, AFTER.lstrip()) == AFTER.lstrip()


def test_update_of_lines_in_one_line(root: Path) -> None:
    """A talk written on one line has no room for more lines: that is said, nothing is destroyed."""
    with pytest.raises(CannotUpdate, match="a line of its own"):
        update(root, "talks:\n  Раз: [{user: /coffee}]\n")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Привет!", "k: Привет!"),
        ("Да: нет", 'k: "Да: нет"'),
        ("# нет", 'k: "# нет"'),
        ("", 'k: ""'),
        ("null", 'k: "null"'),
        ("a\nb", "k: |-\n  a\n  b"),
        ("a\n\nb", "k: |-\n  a\n\n  b"),
        (" a\nb", 'k: " a\\nb"'),
        ("a\n", 'k: "a\\n"'),
        ("«да»", "k: «да»"),
        ("{{ x }}", 'k: "{{ x }}"'),
    ],
)
def test_texts_as_yaml(text: str, written: str) -> None:
    """Plain where it reads back as the same text, else quoted or a block."""
    assert "\n".join(pairs("k", text)) == written
    assert item("a, b") == '"a, b"'
    assert item("Да!") == "Да!"


def test_coverage_names_what_nobody_tried(perform: Callable[..., Played], root: Path) -> None:
    """Steps, choices, both ways of a condition, wrong answers, giving up, the model's failure."""
    coverage = Coverage()
    played = perform("talks:\n  a:\n    - user: /coffee\n    - bot: ...\n    - user: Латте\n    - bot: ...\n", coverage)
    assert played.right
    bot, _ = Bot.load(root)
    assert bot is not None
    missed = [(one.line, one.text) for one in coverage.missed(bot.project, "coffee")]
    texts = ["drink: tea", "cups: a wrong answer", "cups: after the last try"]
    lines = [6, 9, 9, 16, 16, 16, 18, 19, 19, 22, 24, 27]
    assert [line for line, _ in missed] == lines
    assert [text for _, text in missed][:3] == [f"ask {text}" for text in texts]
    assert [text for _, text in missed][3:9] == [
        "if",
        "if: yes",
        "if: no",
        "say",
        "llm wish",
        "llm wish: the model fails",
    ]
    assert coverage.share(bot.project, "coffee") == pytest.approx(3 / 15)
    assert 0 < coverage.whole(bot.project) < 0.2


def test_coverage_goes_on_after_an_edit(perform: Callable[..., Played], root: Path) -> None:
    """Steps of the edited file count as those of the file as it is; one that is new counts for nothing."""
    coverage = Coverage()
    talk = """
        talks:
          a:
            - change: scenarios/coffee.yaml
              replace: "  - if: drink == 'tea'"
              by: "  - say: Сейчас.\\n  - if: drink == 'tea'"
            - user: /coffee
            - bot: ...
            - user: Латте
            - bot: Сколько чашек?
            - user: 1
            - bot: Сейчас.
            - bot: ...
            - notified: manager
        models: {wish: {fails: "off"}}
    """
    played = perform(talk, coverage)
    assert played.right
    bot, _ = Bot.load(root)
    assert bot is not None
    assert [(one.line, one.text) for one in coverage.missed(bot.project, "coffee")] == [
        (6, "ask drink: tea"),
        (9, "ask cups: a wrong answer"),
        (9, "ask cups: after the last try"),
        (16, "if: yes"),
        (18, "say"),
    ]


def test_which_files_belong_to_which_bot(root: Path) -> None:
    """A bot's folder stands for its tests; other YAML files there are left alone; the nearest bot above is meant."""
    tests = root / "tests"
    tests.mkdir()
    (tests / "a.yaml").write_text("talks: {}\n")
    (tests / "other.yaml").write_text("cases: []\n")
    assert talk_files([root], Path("/")) == {root: [tests / "a.yaml"]}
    assert talk_files([tests / "a.yaml"], Path("/")) == {root: [tests / "a.yaml"]}
    (tests / "dialogues").mkdir()
    assert talk_files([], root) == {root: []}
    assert run(root, []).findings[0].code == "no-talks"


def test_pytest_collects_talks(root: Path) -> None:
    """Each talk is a test; a failed one shows the talk, a broken file its place."""
    (root / "test_a.yaml").write_text(
        "talks:\n  Раз:\n    - user: /hello\n    - bot: Привет\n  Два:\n    - stands: nowhere\n", encoding="utf-8"
    )
    (root / "test_b.yaml").write_text("talks: []\n")
    (root / "data.yaml").write_text("a: 1\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "engine.talks.plugin",
        "-p",
        "no:cacheprovider",
        "-q",
        str(root),
        "--continue-on-collection-errors",
        "--rootdir",
        str(root),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert "  - bot   Привет" in done.stdout
    assert "`talks` is a map" in done.stdout
    assert "1 failed, 1 passed, 1 error" in done.stdout


def test_pytest_tells_of_a_broken_bot(root: Path) -> None:
    """When the bot's own files are wrong, the talk fails with the findings."""
    (root / "scenarios/coffee.yaml").write_text("format: 1\n")
    (root / "test_a.yaml").write_text("talks:\n  Раз:\n    - stands: nowhere\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "engine.talks.plugin",
        "-p",
        "no:cacheprovider",
        "-q",
        str(root),
        "--rootdir",
        str(root),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert "scenarios/coffee.yaml:1:1" in done.stdout


def test_talks_of_the_shipped_bot_go_nearly_everywhere() -> None:
    """At least 95 % of steps, choices, conditions and failures of each shipped scenario."""
    [(root, paths)] = talk_files([ROOT], ROOT).items()
    ran = run(root, paths)
    assert ran.bot is not None
    assert [one.talk.name for one in ran.failed] == []
    low = {
        name: share for name in ran.bot.project.scenarios if (share := ran.coverage.share(ran.bot.project, name)) < 0.95
    }
    assert low == {}
