"""The explorer: what it finds in bots made wrong on purpose, and that the shipped one is clean."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from engine.cli.main import main
from engine.core.project import Project
from engine.explore.report import Explored, explore, talk_lines
from engine.project.load import Loader
from engine.talks.coverage import Coverage

ROOT = Path(__file__).parents[2]
HEAD = "format: 1\nscenario: talk\nstarts_on: [/talk]\nsteps:\n"


def built(steps: str, **more: str) -> Project:
    files = {"scenarios/talk.yaml": (HEAD + indent(dedent(steps).strip("\n"), "  ")).encode()}
    files |= {name: dedent(text).encode() for name, text in more.items()}
    loaded = Loader(Path("/nowhere"), {}).build(files)
    assert loaded.project is not None, loaded.findings
    return loaded.project


def explored(project: Project, turns: int = 4000) -> Explored:
    coverage = Coverage()
    coverage.watch(project)
    return explore(project, coverage, turns, 3_600)


WRONG = {
    "a template that fails": (
        "- ask: age\n  question: Сколько лет?\n  answer: integer\n  max: 99\n- say: '{{ 100 / (age - 98) }}'",
        "crash: division by zero (9)",
        ["- user: /talk", "- user: 98"],
    ),
    "steps without end": (
        "- say: Раз\n- set: {a: 1}\n  name: there\n- goto: there",
        "circle: more than 500 steps in one turn (8)",
        ["- user: /talk"],
    ),
    "questions without end": (
        "- ask: drink\n  question: Чай?\n  choices: [да, нет]\n- goto: drink",
        "circle: there is no way to the end from here (5)",
        ["- user: /talk"],
    ),
    "a message that is too long": (
        "- ask: story\n  question: Расскажи\n- say: '{{ story * 3 }}'\n  name: back",
        "over-long message: a message of 11517 characters; 4096 fit (7)",
        ["- user: /talk", '- user: {repeats: "слово слово"}'],
    ),
    "a message that comes out empty": (
        "- ask: name\n  question: Имя?\n  skip: true\n- say: '{{ name }}'\n- say: Пока",
        "empty message: the text comes out empty here, so nothing is said (8)",
        ["- user: /talk", "- user: {press: Пропустить}"],
    ),
    "nothing to choose": (
        "- ask: drink\n  question: Что?\n  choices: {from: '[]'}",
        "unanswerable question: nothing that was tried answers it (5)",
        ["- user: /talk"],
    ),
    "a step nobody comes to": (
        "- ask: age\n  question: Сколько лет?\n  answer: integer\n  max: 99\n- if: age > 100\n  then:\n"
        "    - say: Ого\n- say: Да",
        "unreachable step: no walk came to this `say` (11)",
        [],
    ),
    "silence": (
        "- ask: age\n  question: Сколько лет?\n  answer: integer",
        "dead end: the bot says nothing to this (5)",
        None,
    ),
}


@pytest.mark.parametrize(("steps", "expected", "talk"), WRONG.values(), ids=WRONG)
def test_what_is_found(steps: str, expected: str, talk: list[str] | None) -> None:
    """Each kind of trouble, where it stands, with the shortest talk that shows it."""
    found = explored(built(steps)).found
    texts = [f"{one.kind}: {one.message} ({one.span.line if one.span else 0})" for one in found]
    assert texts == [expected]
    if talk is not None and "repeats" not in str(talk):
        assert (talk_lines(found[0].state) if found[0].state else []) == talk


RIGHT = {
    "several choices": (
        "- ask: tags\n  question: Что?\n  choices: {x: Икс, y: Игрек}\n  answer: choices\n- say: Да",
        [],
    ),
    "a word that a condition names": (
        "- ask: item\n  question: Что купить?\n- if: item | lower == 'всё'\n  then:\n    - say: Хватит.\n- say: Да",
        [],
    ),
    "a voice message": (
        "- ask: note\n  question: Скажи\n  answer: [voice, photo]\n"
        "- say: '{{ note.duration if note.kind == \"voice\" else note.width }}'",
        [],
    ),
    "a setting": (
        "- find: old\n  in: orders\n- if: old | length >= settings.MOST\n  then:\n    - say: Хватит.\n"
        "- save: orders\n  fields: {a: 1}\n- say: Да",
        ["no walk came to this `say` (9)"],
    ),
    "a pattern": (
        "- ask: zip\n  question: Индекс?\n  pattern: '[0-9]{5}'\n- say: Да",
        ["nothing that was tried answers it (5)", "no walk came to this `say` (8)"],
    ),
}


@pytest.mark.parametrize(("steps", "untried"), RIGHT.values(), ids=RIGHT)
def test_what_is_only_not_tried(steps: str, untried: list[str]) -> None:
    """It takes a certain text, record, setting or person: that is told, and is no mistake."""
    found = explored(built(steps, **{"catalog/bot.yaml": "settings: {most: 50}\n"})).found
    assert [f"{one.message} ({one.span.line if one.span else 0})" for one in found] == untried
    assert not any(one.wrong for one in found)


def test_one_scenario_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its unreachable steps are told too; talks are written into a folder that is not there yet."""
    (tmp_path / "scenarios").mkdir()
    steps = indent(dedent(WRONG["a step nobody comes to"][0]), "  ")
    (tmp_path / "scenarios/talk.yaml").write_text(HEAD + steps, encoding="utf-8")
    target = tmp_path / "tests/dialogues/x.yaml"
    assert main(["--root", str(tmp_path), "explore", "talk", "--write-tests", str(target)]) == 1
    assert "talk.yaml:11: unreachable step: no walk came to this `say`\n" in capsys.readouterr().out
    assert target.exists()


THREE = """\
- find: open
  in: tickets
- if: (open | length) >= 3
  then:
    - say: Уже три.
    - end
- ask: what
  question: Что?
- save: tickets
  fields: {what: '{{ what }}'}
- say: Записано.
"""


def test_written_talks_go_to_the_end(tmp_path: Path) -> None:
    """Played, they have gone every way that was found, what stands behind a question too."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/talk.yaml").write_text(HEAD + indent(THREE, "  "), encoding="utf-8")
    target = tmp_path / "tests/dialogues/x.yaml"
    assert main(["--root", str(tmp_path), "explore", "--write-tests", str(target)]) == 0
    assert main(["--root", str(tmp_path), "test", "--update"]) == 0
    assert "bot: Записано." in target.read_text(encoding="utf-8")
    assert main(["--root", str(tmp_path), "test", "--fail-under", "100"]) == 0


def test_a_long_message_is_shown_briefly() -> None:
    """In the bot's first language."""
    project = built("- ask: a\n  question: A?\n- say: '{{ a * 3 }}'", **{"catalog/bot.yaml": "languages: [en]\n"})
    [found] = explored(project).found
    assert found.state is not None
    assert talk_lines(found.state) == ["- user: /talk", '- user: {repeats: "word ", times: 768}']


def test_what_is_made_up_is_in_the_bots_language() -> None:
    """The person's wish, and what the model replies."""
    steps = "- ask: a\n  question: A?\n- llm: b\n  prompt: p\n  if_fails: ''\n- say: '{{ 1 / (b | length - 10) }}'"
    files = {"catalog/bot.yaml": "languages: [en]\n", "prompts/p.md.j2": "{% block user %}{{ a }}{% endblock %}"}
    [found] = explored(built(steps, **files)).found
    assert found.state is not None
    assert talk_lines(found.state) == [
        "- user: /talk",
        "- user: I want to move more",
        "- model: p",
        "  replies: All right!",
    ]


def test_a_crash_is_no_circle_too() -> None:
    """One mistake, one finding."""
    project = built("- ask: a\n  question: А?\n- ask: b\n  question: '{{ 1 / 0 }}'\n- say: Да")
    assert [one.kind for one in explored(project).found if one.wrong] == ["crash"]


def test_the_engine_itself_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception of a step is a crash too, in a turn and when records come back."""
    project = built("- find: old\n  in: orders\n- ask: a\n  question: А?\n- say: '{{ a }}'")
    step = project.scenarios["talk"].steps[2]
    vars(step)["enter"] = lambda walk: 1 / 0
    assert [one.message for one in explored(project).found if one.kind == "crash"] == [
        "ZeroDivisionError: division by zero"
    ]
    vars(project.scenarios["talk"].steps[1])["enter"] = lambda walk: 1 / 0
    assert "crash" in [one.kind for one in explored(project).found]


def test_limits_that_are_computed() -> None:
    """Numbers at the limits are tried where these come from an answer or from the catalog, too."""
    project = built(
        """
        - ask: low
          question: Сколько?
          answer: integer
          min: 150
          max: "{{ catalog.most.cups }}"
        - ask: high
          question: До скольких?
          answer: integer
          min: "{{ low + 50 }}"
          max: 777
        - if: low == catalog.most.cups
          then:
            - say: Много!
        - if: high == low + 50
          then:
            - say: Впритык!
        - say: Всё.
        """,
        **{"catalog/most.yaml": "cups: 333\n"},
    )
    assert [one.message for one in explored(project).found] == []


def test_records_and_replies_are_made_up() -> None:
    """Both ways of a find, each value of a reply, numbers at their limits: nothing is left unreached."""
    project = built(
        """
        - find: order
          in: orders
          where: {status: [new, paid]}
          first: true
        - if: order and order.status == 'paid' and hours_since(order.created_at) < 2
          then:
            - say: Только что!
        - ask: cups
          question: Сколько?
          answer: integer
          min: 1
          max: 5
        - llm: wish
          prompt: wish
          if_fails: [{say: Молчит}, {end: true}]
        - switch: wish.mood
          cases:
            good: [{say: Хорошо}]
            bad: [{say: Плохо}]
        - if: not wish.list and wish.ok and wish.number == 9
          then:
            - say: Пусто
          else:
            - say: Есть
        - save: orders
          fields: {cups: "{{ cups }}", status: new}
        """,
        **{
            "prompts/wish.md.j2": "---\nreturns: {mood: [good, bad], list: [text], ok: boolean,"
            " number: {type: integer, min: 0, max: 9}, note?: text}\n---\n{% block user %}Да{% endblock %}"
        },
    )
    found = explored(project)
    assert [one.message for one in found.found] == [
        "no walk came to this `say`"
    ]  # three values at once differ from the base
    assert found.whole


def test_a_bound_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When not everything could be tried, the summary says so, and no way is called shut."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/talk.yaml").write_text(
        HEAD + "  - ask: a\n    question: А?\n  - ask: b\n    question: Б?\n  - say: Да\n", encoding="utf-8"
    )
    assert main(["--root", str(tmp_path), "explore", "talk", "--turns", "5"]) == 0
    assert "stopped by its bound" in capsys.readouterr().out


BROKEN = """\
- find: old
  in: orders
  first: true
- ask: a
  question: А?
  choices: {x: Икс, y: Игрек}
- if: old
  then:
    - say: Снова
- save: orders
  fields: {a: '{{ a }}'}
- say: '{{ 1 / 0 if a == "x" else 1 }}'
"""


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is found is printed as a talk test; --write-tests fills the gaps of the talk tests."""
    (tmp_path / "scenarios").mkdir()
    scenario = tmp_path / "scenarios/talk.yaml"
    steps = indent(dedent(BROKEN), "  ")
    scenario.write_text(HEAD + steps, encoding="utf-8")
    assert main(["--root", str(tmp_path), "explore"]) == 1
    printed = capsys.readouterr().out
    assert "scenarios/talk.yaml:16: crash: division by zero\n    - user: /talk\n    - user: {press: Икс}\n" in printed
    scenario.write_text(HEAD + steps.replace("1 / 0", "0"), encoding="utf-8")
    target = tmp_path / "tests" / "found.yaml"
    target.parent.mkdir()
    assert main(["--root", str(tmp_path), "explore", "--write-tests", str(target)]) == 0
    assert "100 % of steps and ways; nothing wrong" in capsys.readouterr().out
    assert 'records:\n      orders: [{"' in target.read_text(encoding="utf-8")
    assert main(["--root", str(tmp_path), "test", "--update", "--fail-under", "100"]) == 0
    assert main(["--root", str(tmp_path), "explore", "--write-tests", str(target)]) == 2
    assert main(["--root", str(tmp_path), "explore", "--write-tests", str(tmp_path / "more.yaml")]) == 0
    assert "miss nothing" in capsys.readouterr().out


def test_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A scenario that is not there, and a bot that cannot be read."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/talk.yaml").write_text(HEAD + "  - say: Да\n", encoding="utf-8")
    assert main(["--root", str(tmp_path), "explore", "tolk"]) == 2
    (tmp_path / "scenarios/talk.yaml").write_text("format: 1\n", encoding="utf-8")
    assert main(["--root", str(tmp_path), "explore"]) == 1
    assert "missing-key" in capsys.readouterr().err


def test_the_shipped_bot_explores_clean(capsys: pytest.CaptureFixture[str]) -> None:
    """No crash, dead end, circle, over-long message, unanswerable question or unreachable step in it."""
    assert main(["--root", str(ROOT), "explore", "--seconds", "1000"]) == 0
    assert "% of steps and ways; nothing wrong\n" in capsys.readouterr().out
