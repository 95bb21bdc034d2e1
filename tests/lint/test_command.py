"""`dialogue lint` and `dialogue rules` as a person or a program runs them."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.lint import cache

GOOD = "format: 1\nscenario: hello\nstarts_on: [/hello]\nsteps:\n  - say: Hello {name}\n"
WRONG = GOOD.replace("Hello {name}", '"Hello {{ person.naem }}"')
WARNS = GOOD.replace("- say", "- end\n  - say")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "bot"
    (root / "scenarios").mkdir(parents=True)
    (root / "scenarios/hello.yaml").write_text(GOOD, "utf-8")
    monkeypatch.chdir(root)
    return root


def found(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, int, str]]:
    return [(one["file"], one["line"], one["code"]) for one in json.loads(capsys.readouterr().out)["findings"]]


def test_exit_codes(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 clean (infos do not count), 1 errors or warnings, 2 wrong use."""
    file = bot / "scenarios/hello.yaml"
    assert main(["lint"]) == 0
    file.write_text(GOOD + "    photo: media/none.jpg\n", "utf-8")
    assert main(["lint"]) == 0
    for content in (WARNS, WRONG):
        file.write_text(content, "utf-8")
        assert main(["lint"]) == 1
    assert main(["lint", "nowhere.yaml"]) == 2
    assert main(["lint", "--select", "unknown-nmae"]) == 2
    assert "unknown-name" in capsys.readouterr().err
    for wrong_use in (["--diff"], ["--fix", "--watch"], ["--fix", "--stdin-filename", "scenarios/hello.yaml"]):
        assert main(["lint", *wrong_use]) == 2
    with pytest.raises(SystemExit) as wrong:
        main(["lint", "--format", "xml"])
    assert wrong.value.code == 2


def test_a_path_from_here_or_from_the_root(
    bot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `--root`, a path that is not here is looked for there."""
    monkeypatch.chdir(tmp_path)
    (bot / "scenarios/hello.yaml").write_text(WRONG, "utf-8")
    for path in ("scenarios/hello.yaml", "bot/scenarios/hello.yaml", "scenarios"):
        assert main(["--root", "bot", "lint", path, "--format", "json"]) == 1
        assert found(capsys) == [("bot/scenarios/hello.yaml", 5, "unknown-attribute")]
    assert main(["--root", "bot", "lint", "scenarios/none.yaml"]) == 2
    assert f"here or in {bot}" in capsys.readouterr().err


def test_json_is_the_contracts(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exactly the keys of the contract; the path opens from here; places in code points, the end exclusive."""
    (bot / "scenarios/hello.yaml").write_text(WRONG, "utf-8")
    assert main(["lint", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "findings": [
            {
                "file": "scenarios/hello.yaml",
                "line": 5,
                "column": 27,
                "end_line": 5,
                "end_column": 31,
                "code": "unknown-attribute",
                "severity": "error",
                "message": "`person` (the person) has no `naem`.",
            }
        ]
    }


def test_every_format_names_the_code(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """text with a frame and help, GitHub's annotations, SARIF with the rules' sentences."""
    (bot / "scenarios/hello.yaml").write_text(WRONG, "utf-8")
    main(["lint"])
    text = capsys.readouterr().out
    assert "scenarios/hello.yaml:5:27: error[unknown-attribute]" in text
    assert "^^^^\n" in text
    assert "= help: Did you mean `name`?" in text
    main(["lint", "--format", "github"])
    assert capsys.readouterr().out.startswith("::error file=scenarios/hello.yaml,line=5,endLine=5,col=27,")
    main(["lint", "--format", "sarif"])
    run = json.loads(capsys.readouterr().out)["runs"][0]
    rule = next(one for one in run["tool"]["driver"]["rules"] if one["id"] == "unknown-attribute")
    assert rule["shortDescription"]["text"].startswith("A field is read")


def test_paths_choose_what_is_shown(
    bot: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole bot is read; a file, a folder, another bot's folder or a file of it can be named."""
    (bot / "scenarios/wrong.yaml").write_text(WRONG.replace("hello", "wrong"), "utf-8")
    here = [("scenarios/wrong.yaml", 5, "unknown-attribute")]
    assert main(["lint", "scenarios/hello.yaml", "--format", "json"]) == 0
    capsys.readouterr()
    for path in ("scenarios/wrong.yaml", "scenarios", "."):
        assert main(["lint", path, "--format", "json"]) == 1
        assert [one for one in found(capsys) if one[2] != "no-fallback"] == here
    monkeypatch.chdir(bot.parent)
    for path in ("bot", "bot/scenarios/wrong.yaml"):
        assert main(["lint", path, "--format", "json"]) == 1
        assert ("bot/scenarios/wrong.yaml", 5, "unknown-attribute") in found(capsys)
    assert main(["lint", "bot", "bot/scenarios/hello.yaml", "--format", "json"]) == 1
    assert main(["lint", "cache"]) == 2
    assert main(["--root", "bot", "lint", "cache"]) == 2
    (bot / "notes.txt").write_text("x", "utf-8")
    assert main(["lint", "bot/notes.txt"]) == 2


def test_a_file_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A scenario that belongs to no bot is judged by itself: what it names elsewhere may well be there."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "hello.yaml"
    file.write_text(GOOD.replace("say: Hello {name}", "run: other"), "utf-8")
    assert main(["lint", "hello.yaml"]) == 0
    file.write_text(WRONG, "utf-8")
    capsys.readouterr()
    assert main(["lint", "hello.yaml", "--format", "json"]) == 1
    assert found(capsys) == [("hello.yaml", 5, "unknown-attribute")]


def test_codes_can_be_chosen(bot: Path) -> None:
    """--select shows only these, --ignore all but these; exit code and output agree."""
    (bot / "scenarios/hello.yaml").write_text(WRONG, "utf-8")
    assert main(["lint", "--ignore", "unknown-attribute"]) == 0
    assert main(["lint", "--select", "unknown-name,unknown-key"]) == 0
    assert main(["lint", "--select", "unknown-name", "--select", "unknown-attribute"]) == 1


def test_codes_without_a_comma(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second of `--ignore A B` would be a path; it is told how codes are joined."""
    assert main(["lint", "--ignore", "never-read", "unused-prompt"]) == 2
    assert "--ignore CODE,unused-prompt" in capsys.readouterr().err


def test_standard_input(bot: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed and not saved yet is judged in the place of its file."""

    def typed(content: str, *arguments: str) -> int:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
        return main(["lint", "--format", "json", "--stdin-filename", *arguments])

    assert typed(WRONG, "scenarios/hello.yaml") == 1
    assert found(capsys) == [("scenarios/hello.yaml", 5, "unknown-attribute")]
    assert typed(GOOD, "scenarios/hello.yaml") == 0
    assert typed(WRONG.replace("hello", "new"), "scenarios/new.yaml") == 1
    capsys.readouterr()
    assert typed(WRONG, str(bot.parent / "alone/hello.yaml")) == 1
    assert typed(WRONG, "notes.txt") == 2
    capsys.readouterr()
    monkeypatch.chdir(bot.parent)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(WRONG.encode())))
    rooted = ["--root", bot.name, "lint", "--format", "json", "--stdin-filename", "scenarios/hello.yaml"]
    assert main(rooted) == 1
    assert found(capsys) == [(f"{bot.name}/scenarios/hello.yaml", 5, "unknown-attribute")]
    monkeypatch.chdir(bot / "scenarios")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(WRONG.encode())))
    assert main(["--root", "..", "lint", "--format", "json", "--stdin-filename", "scenarios/hello.yaml"]) == 1
    assert [code for _, _, code in found(capsys)] == ["unknown-attribute"]


def test_typos_are_mended(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--fix --diff shows, --fix writes; what is not sure stays as it is."""
    file = bot / "scenarios/hello.yaml"
    broken = WRONG + "  - aks: age\n    question: {{ person.name }}, how old?\n  - say: '{{ age }} {{ what }}'\n"
    file.write_bytes(broken.replace("\n", "\r\n").encode())
    assert main(["lint", "--fix", "--diff"]) == 1
    assert "+  - ask: age" in capsys.readouterr().out
    assert file.read_bytes() == broken.replace("\n", "\r\n").encode()
    assert main(["lint", "--fix", "--diff", "--ignore", "unknown-verb"]) == 1
    assert "+  - ask: age" not in capsys.readouterr().out
    assert main(["lint", "--fix"]) == 1
    mended = file.read_bytes().decode()
    assert "  - ask: age\r\n" in mended
    assert '    question: "{{ person.name }}, how old?"\r\n' in mended
    assert "person.naem" not in mended
    assert "{{ what }}" in mended
    file.write_text(GOOD, "utf-8")
    assert main(["lint", "--fix", "--diff"]) == 0


def test_settings_that_do_not_fit(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A value of .env that catalog/bot.yaml would refuse is told on its line, and no more once it is mended."""
    (bot / "catalog").mkdir(exist_ok=True)
    (bot / "catalog/bot.yaml").write_text("settings:\n  HOURS: {type: number, default: 2}\n", "utf-8")
    (bot / ".env").write_text("# ours\n\nHOURS=abc\nOTHER=abc\n", "utf-8")
    assert main(["lint", "--format", "json"]) == 1
    assert found(capsys) == [(".env", 3, "bad-setting")]
    (bot / ".env").write_text("HOURS=5.5\n", "utf-8")
    assert main(["lint"]) == 0


def test_media_that_a_link_takes_from_elsewhere(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A link out of the bot's folder is not sent, so it is told; one within it is a file as any."""
    (bot / "scenarios/hello.yaml").write_text(GOOD + "    photo: media/a.jpg\n", "utf-8")
    (bot / "media").mkdir()
    (bot / "media/a.jpg").symlink_to("/etc/hostname")
    assert main(["lint", "--format", "json"]) == 1
    assert [code for _, _, code in found(capsys)] == ["path-leaves-root"]
    (bot / "b.jpg").write_bytes(b"x")
    (bot / "media/a.jpg").unlink()
    (bot / "media/a.jpg").symlink_to("../b.jpg")
    assert main(["lint", "--no-cache"]) == 0


def test_the_cache_never_lies(bot: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Unchanged files are not read again; a change, new media, or a broken cache is seen."""
    assert main(["lint"]) == 0
    with monkeypatch.context() as blind:
        blind.setattr("engine.lint.folder._all", lambda *args: pytest.fail("read again"))
        assert main(["lint"]) == 0
    (bot / "scenarios/hello.yaml").write_text(GOOD + "    photo: media/a.jpg\n", "utf-8")
    main(["lint", "--select", "missing-media", "--format", "json"])
    capsys.readouterr()
    (bot / "media").mkdir()
    (bot / "media/a.jpg").write_bytes(b"x")
    main(["lint", "--format", "json"])
    assert found(capsys) == []
    for kept in cache.folder().glob("*.json"):
        kept.write_text("{", "utf-8")
    assert main(["lint"]) == 0
    monkeypatch.setenv("XDG_CACHE_HOME", str(bot / "scenarios/hello.yaml"))  # where no folder can be made
    assert main(["lint"]) == 0


def test_watching(bot: Path) -> None:
    """--watch prints anew when a file has changed, until it is stopped."""
    command = [sys.executable, "-m", "engine.cli.main", "lint", "--watch", "--no-cache"]
    with subprocess.Popen(command, cwd=bot, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "No mistakes found.\n"
        (bot / "scenarios/hello.yaml").write_text(WRONG, "utf-8")
        deadline = time.monotonic() + 20
        line = ""
        while "unknown-attribute" not in line and time.monotonic() < deadline:
            line = process.stdout.readline()
        process.terminate()
    assert "unknown-attribute" in line


def test_watching_goes_on_until_ctrl_c(bot: Path) -> None:
    """A folder that is gone for a while is told, and what comes back is read; Ctrl-C ends it without a traceback."""
    command = [sys.executable, "-m", "engine.cli.main", "lint", "--watch"]
    with subprocess.Popen(command, cwd=bot, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None

        def told(word: str) -> bool:
            deadline = time.monotonic() + 20
            line = "…"
            while line and word not in line and time.monotonic() < deadline:
                line = process.stdout.readline()  # type: ignore[union-attr] # it is piped
            return word in line

        assert told("No mistakes found.")
        (bot / "scenarios").rename(bot / "elsewhere")
        assert told("no-scenarios")
        (bot / "elsewhere").rename(bot / "scenarios")
        assert told("No mistakes found.")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read() == ""


def test_watching_a_file_that_vanishes(bot: Path) -> None:
    """What was asked for and is gone is no file without mistakes; it is read again when it is back."""
    command = [sys.executable, "-m", "engine.cli.main", "lint", "--watch", "scenarios/hello.yaml"]
    with subprocess.Popen(command, cwd=bot, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "No mistakes found.\n"
        (bot / "scenarios/hello.yaml").rename(bot / "elsewhere.yaml")
        assert process.stdout.readline().startswith("scenarios/hello.yaml:1:1: error[unreadable]")
        (bot / "elsewhere.yaml").rename(bot / "scenarios/hello.yaml")
        told = [process.stdout.readline() for _ in range(4)]
        process.terminate()
    assert told[-1] == "No mistakes found.\n"


def test_watching_on_a_terminal(bot: Path) -> None:
    """The screen is cleared before each report, and the last line says how to stop."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "engine.cli.main", "lint", "--watch"]
    with subprocess.Popen(command, cwd=bot, stdout=theirs, stdin=theirs) as process:
        shown = b""
        deadline = time.monotonic() + 20
        while b"Ctrl-C" not in shown and time.monotonic() < deadline:
            shown += os.read(ours, 4096)
        process.terminate()
    os.close(ours)
    os.close(theirs)
    assert shown.startswith(b"\x1b[H\x1b[2J")
    assert shown.index(b"No mistakes found.") < shown.index(b"Watching; Ctrl-C stops.")


def test_media_that_nobody_names(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An info: the exit code is 0. One that a scenario or a catalog row names is used."""
    for name in ("cat.jpg", "dog.jpg", "old.jpg", ".hidden"):
        (bot / "media").mkdir(exist_ok=True)
        (bot / "media" / name).write_bytes(b"x")
    (bot / "catalog").mkdir()
    (bot / "catalog/pets.yaml").write_text("- {id: dog, photo: media/dog.jpg}\n", "utf-8")
    step = '    photo: media/cat.jpg\n  - say: "{{ catalog.pets[0].photo }}"\n'
    (bot / "scenarios/hello.yaml").write_text(GOOD + step, "utf-8")
    assert main(["lint", "--format", "json"]) == 0
    assert found(capsys) == [("media/old.jpg", 1, "unused-media")]


def test_files_that_are_not_read(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands in the wrong place, or has another ending, is told with the place where it belongs; once."""
    prompt, asks = "{% block user %}Hello{% endblock %}", "  - llm: reply\n    prompt: greet\n    if_fails: Hello\n"
    files = {
        "outcomes.yaml": "goals:\n  fields: {title: text}\n",
        "other.yaml": GOOD,
        "docker-compose.yml": "services: {}\n",
        "scenarios/late.txt": GOOD,
        "scenarios/README.md": "How to write\n",
        "scenarios/#hello.yaml#": GOOD,  # kept by Emacs
        "scenarios/hello.yaml": GOOD + asks + '  - say: "{{ reply }}"\n',
        "prompts/greet.md": prompt,
        "prompts/bye.txt": prompt,
    }
    for file, text in files.items():
        (bot / file).parent.mkdir(exist_ok=True)
        (bot / file).write_text(text, "utf-8")
    assert main(["lint"]) == 1
    said = capsys.readouterr().out
    moved = {
        "outcomes.yaml": "catalog/outcomes.yaml",
        "other.yaml": "scenarios/other.yaml",
        "scenarios/late.txt": "scenarios/late.yaml",
        "prompts/bye.txt": "prompts/bye.md.j2",
    }
    assert re.findall(r"^(\S+?):\d+:\d+: \w+\[misplaced-file\]", said, re.MULTILINE) == sorted(moved)
    assert set(re.findall(r"Move it to (\S+)\.$", said, re.MULTILINE)) == set(moved.values())
    assert "There is a file prompts/greet.md: call it prompts/greet.md.j2." in said
    assert "1 error and 4 warnings" in said


def test_rules_are_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """`dialogue rules`, one of them, a page of all, and a code that does not exist."""
    assert main(["rules"]) == 0
    assert "unknown-name" in capsys.readouterr().out
    assert main(["rules", "unknown-name"]) == 0
    text = capsys.readouterr().out
    assert "Wrong:" in text
    assert "lint: ignore[unknown-name]" in text
    assert main(["rules", "--markdown"]) == 0
    assert main(["rules", "unknown-nmae"]) == 2
    assert "Did you mean `unknown-name`?" in capsys.readouterr().err


def test_nothing_heavy_is_imported(bot: Path) -> None:
    """Lint starts fast: neither Telegram nor the model's client is loaded for it."""
    heavy = "telegram openai tinydb dateparser phonenumbers rich prompt_toolkit PIL babel jsonschema asyncio"
    code = (
        "import sys; from engine.cli.main import main; main(['lint', '--no-cache']); "
        f"print(sorted(set({heavy.split()!r}) & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=bot, capture_output=True, text=True, check=True)
    assert done.stdout == "No mistakes found.\n[]\n"


@pytest.mark.parametrize("name", ["anketa.txt", "anketa.yaml.txt", "Анкета.YAML"])
def test_a_scenario_under_another_name_is_one_finding(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What only that scenario uses is not called unused beside it; where it belongs is told in Latin letters."""
    put(tmp_path, "scenarios/fallback.yaml", "format: 1\nscenario: fallback\nsteps:\n  - say: Начни с /anketa.\n")
    put(tmp_path, "catalog/goods.yaml", "- id: tea\n")
    put(tmp_path, "prompts/plan.md.j2", "{% block user %}Hello{% endblock %}\n")
    put(tmp_path, f"scenarios/{name}", "format: 1\nscenario: anketa\nstarts_on: [/anketa]\nsteps:\n  - say: Да\n")
    assert main(["--root", str(tmp_path), "lint", "--no-cache"]) == 1
    shown = capsys.readouterr().out
    assert "Move it to scenarios/anketa.yaml." in shown
    assert shown.endswith("1 warning in 1 file.\n")


@pytest.mark.parametrize("name", ["goods.csv", "goods.xlsx", "goods.json"])
def test_a_table_of_another_program(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Where its rows are asked for it is told that they are written in YAML."""
    put(tmp_path, f"catalog/{name}", "id;title\n")
    steps = "  - each: row\n    in: catalog.goods\n    do: [say: '{{ row.title }}']\n"
    put(tmp_path, "scenarios/shop.yaml", f"format: 1\nscenario: shop\nstarts_on: [/shop]\nsteps:\n{steps}")
    assert main(["--root", str(tmp_path), "lint", "--no-cache"]) == 1
    assert f"catalog/{name} is not read: write its rows into catalog/goods.yaml" in capsys.readouterr().out


def put(root: Path, file: str, text: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, encoding="utf-8")
