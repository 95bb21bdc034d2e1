"""The shell around the commands: finding them, the root, exit codes, output that never fails."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import engine.cli
from engine.cli.arguments import Parser
from engine.cli.main import commands, main

ROOT = Path(__file__).parents[2]
HEAVY = ("telegram", "openai", "prompt_toolkit", "PIL", "dateparser", "phonenumbers", "jsonschema", "babel", "rich")

# Commands as a newcomer would write them: a file each.
COMMANDS = {
    "where": "sys.stdout.write(f'{args.root}\\n'); return 0",
    "findings": "return 1",
    "crashing": "raise KeyError('123456789:AAFakeFakeFakeFakeFakeFakeFakeFake_-')",
    "tired": "raise KeyboardInterrupt",
    "misused": "from engine.cli.main import WrongUse; raise WrongUse('one of --a and --b')",
    "loud": "sys.stdout.write('да\\n' * 1_000); return 0",
    "endless": "while True: sys.stdout.write('да\\n')",
    "new": "sys.stdout.write(f'makes {args.root.name}\\n'); return 0",
    "writes": "open('/proc/none/x', 'w')",
    "remembers": "from engine.memory.sqlite import SqliteMemory; SqliteMemory('/proc/none/x')",
    "settings_of": "from engine.settings import Settings; Settings.load(args.root, environ={'SMTP_PORT': 'x'})",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of commands beside the engine's own."""
    folder = tmp_path / "commands"
    folder.mkdir()
    for name, body in COMMANDS.items():
        text = (
            f'import sys\nAREA = "run"\nHELP = "does {name}"\nEXAMPLES = ()\n\n'
            f"def add_arguments(parser):\n    pass\n\ndef run(args):\n    {body}\n"
        )
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(engine.cli, "__path__", [str(folder), str(ROOT / "engine/cli")])
    monkeypatch.chdir(tmp_path)
    for name in ("DIALOGUE_ROOT", "DIALOGUE_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    for name in COMMANDS:
        sys.modules.pop(f"engine.cli.{name}", None)


def test_overview_lists_each_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--help tells every command with its one line; without a command it is shown as wrong use."""
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "does where" in shown
    assert all(f"\n  {name} " in shown for name in commands())
    assert "main" not in commands()
    assert main([]) == 2
    assert "usage: dialogue" in capsys.readouterr().err
    assert main(["help"]) == 0


def test_overview_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """No line of the list of commands is broken by the terminal."""
    monkeypatch.setenv("COLUMNS", "60")
    main(["--help"])
    listed = capsys.readouterr().out.split("\n\n", 2)[2].split("To begin")[0]
    assert max(map(len, listed.splitlines())) < 60


@pytest.mark.parametrize("arguments", [["-h", "new", "bot"], ["help", "new", "bot"], ["new", "bot", "--help"]])
def test_help_of_a_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever the word for help stands, the command's own help comes."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage: dialogue new bot ")


@pytest.mark.parametrize("name", commands())
def test_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command's help ends with command lines, all of which it takes."""
    command = import_module(f"engine.cli.{name}")
    parser = Parser()
    parser.add_argument("--root")
    command.add_arguments(parser)
    with pytest.raises(SystemExit):
        main([name, "--help"])
    shown = capsys.readouterr().out.partition("\nexamples:\n")[2]
    assert command.EXAMPLES
    for line, _ in command.EXAMPLES:
        assert f"  {line}" in shown
        parser.parse_args(shlex.split(line.rpartition(f"dialogue {name}")[2]))


def test_examples_of_an_inner_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that are its own."""
    with pytest.raises(SystemExit):
        main(["new", "bot", "--help"])
    shown = capsys.readouterr().out
    assert "\n  dialogue new bot my_bot " in shown
    assert "dialogue new scenario" not in shown


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("--hepl", "dialogue: there is no option --hepl; did you mean --help?"),
        ("lint --formt json", "dialogue lint: there is no option --formt; did you mean --format?"),
        ("lint --format jsn", "--format takes text, json, github or sarif, not 'jsn'; did you mean json?"),
        ("new bott x", "dialogue new: what comes next is bot or scenario, not 'bott'; did you mean bot?"),
        ("new scenario x --lik lead", "dialogue new scenario: there is no option --lik; did you mean --like?"),
        ("new bot my bot", "dialogue new bot: 'bot' is one word too many (what has spaces needs quotes: \"my bot\")"),
        ("init", "dialogue: there is no command 'init'; did you mean new?"),
        ("дште", "dialogue: there is no command 'дште'; did you mean lint?"),
        ("outcomes", "the collections with their counts"),
    ],
)
def test_what_was_mistyped(typed: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong use is told in one sentence, with the word that was meant; what is missing, with what there is."""
    try:
        code = main(typed.split())
    except SystemExit as ended:
        code = ended.code  # type: ignore[assignment] # a number: argparse gives no other
    assert code == 2
    assert told in capsys.readouterr().err


def test_version(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--version names what is installed."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("dialogue 0.")


@pytest.mark.parametrize(
    ("arguments", "variable", "expected"),
    [
        (["where"], "", "."),
        (["where"], "a", "a"),
        (["--root", "b", "where"], "a", "b"),
        (["--root=b", "where"], "", "b"),
        (["where", "--root", "c"], "a", "c"),
        (["--root", "b", "where", "--root=c"], "a", "c"),
    ],
)
def test_root(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    variable: str,
    expected: str,
) -> None:
    """--root is taken before and after the command; DIALOGUE_ROOT stands in for it, else it is here."""
    for name in "abc":
        Path(name).mkdir()
    monkeypatch.setenv("DIALOGUE_ROOT", variable)
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"{Path(expected).resolve()}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["wher"], 2, "did you mean where?"),
        (["zzzzzz"], 2, "see --help"),
        (["--root", "nowhere", "where"], 2, "there is no folder"),
        (["findings"], 1, ""),
        (["misused"], 2, "one of --a and --b"),
        (["settings_of"], 2, "SMTP_PORT: 'x' is no whole number"),
        (["writes"], 1, "/proc/none/x: No such file or directory"),
        (["remembers"], 1, "/proc/none/x cannot be opened"),
        (["tired"], 130, ""),
        (["crashing"], 3, "KeyError"),
    ],
)
def test_exit_codes(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    """Each end has its code and, where something is wrong, one short message without a traceback or a secret."""
    assert main(arguments) == code
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told
    assert "FakeFake" not in told
    assert bool(told) is bool(words)


def test_new_makes_its_root(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`new` is the one command whose folder need not be there."""
    assert main(["new", "--root", "fresh"]) == 0
    assert capsys.readouterr().out == "makes fresh\n"


def test_the_traceback_of_a_crash(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DIALOGUE_DEBUG=1 shows where it crashed, secrets taken out."""
    monkeypatch.setenv("DIALOGUE_DEBUG", "1")
    assert main(["crashing"]) == 3
    told = capsys.readouterr().err
    assert "Traceback" in told
    assert "FakeFake" not in told


@pytest.mark.parametrize("arguments", [["--rot", "x", "where"], ["where", "--wat"], ["run", "--no-wat"]])
def test_unknown_options(folder: Path, arguments: list[str]) -> None:
    """An unknown or shortened option is wrong use."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def program(folder: Path, *arguments: str) -> list[str]:
    code = (
        "import sys, engine.cli; engine.cli.__path__.insert(0, sys.argv.pop(1));"
        "from engine.cli.main import main; sys.exit(main())"
    )
    return [sys.executable, "-c", code, str(folder), *arguments]


def test_a_pipe_gets_utf8_whatever_the_locale(folder: Path) -> None:
    """Cyrillic comes out of a pipe under LANG=C and Windows code pages alike."""
    bare = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(program(folder, "loud"), capture_output=True, env=bare, timeout=30, check=True)
    assert done.stdout.decode("utf-8").split() == ["да"] * 1_000


def test_a_closed_pipe_is_quiet(folder: Path) -> None:
    """`dialogue … | head` ends without a word, as other tools do."""
    with subprocess.Popen(program(folder, "endless"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(10) == 141


def test_commands_start_light() -> None:
    """Finding a command and reading its options loads none of the heavy libraries."""
    code = (
        "import argparse, importlib, sys\n"
        "from engine.cli.main import commands\n"
        "for name in commands():\n"
        "    importlib.import_module(f'engine.cli.{name}').add_arguments(argparse.ArgumentParser())\n"
        f"    loaded = [heavy for heavy in {HEAVY} if heavy in sys.modules]\n"
        "    assert not loaded, (name, loaded)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=30, check=True)


def test_a_terminal_whose_folder_is_gone_hears_that(tmp_path: Path) -> None:
    """As after a clone that was deleted and made anew: it is wrong use and no crash."""
    here = tmp_path / "here"
    here.mkdir()
    command = f"cd '{here}' && rmdir '{here}' && exec '{sys.executable}' -m engine.cli.main lint"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "dialogue: the folder that this terminal stands in is gone: go to another one with cd\n"
