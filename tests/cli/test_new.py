"""`dialogue new`: what it makes is lint-clean and passes its own talk test, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.main import main
from engine.settings import Settings
from engine.starters import LIKE


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_bot_and_every_scenario(tmp_path: Path, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A new bot with one scenario of each kind: no mistakes, every talk passes, nothing is left untried."""
    root = tmp_path / "bot"
    assert main(["new", "bot", str(root), "--language", language]) == 0
    assert {path.name for path in root.iterdir()} >= {".gitignore", ".env.example", "README.md", "scenarios", "tests"}
    for like in LIKE:
        assert main(["--root", str(root), "new", "scenario", f"my_{like}", "--like", like]) == 0
    capsys.readouterr()
    assert main(["--root", str(root), "lint", "--no-cache"]) == 0
    assert main(["--root", str(root), "test", "--fail-under", "100"]) == 0, capsys.readouterr().out
    russian = sum("а" <= letter <= "я" for letter in (root / "scenarios/my_lead.yaml").read_text(encoding="utf-8"))
    assert (russian > 100) is (language == "ru")
    assert not any("⟦" in path.read_text(encoding="utf-8") for path in root.rglob("*") if path.is_file())


def test_a_bot_without_declared_records(tmp_path: Path) -> None:
    """Where nothing is declared, nothing need be."""
    (tmp_path / "scenarios").mkdir()
    assert main(["--root", str(tmp_path), "new", "scenario", "ask_us", "--like", "lead", "--language", "ru"]) == 0
    assert not (tmp_path / "catalog").exists()
    assert main(["--root", str(tmp_path), "test"]) == 0


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is there already stays, and the command says so."""
    root = tmp_path / "bot"
    main(["new", "bot", str(root)])
    assert main(["new", "bot", str(root)]) == 2
    assert "is there already and not empty" in capsys.readouterr().err
    assert main(["--root", str(root), "new", "scenario", "start", "--like", "quiz"]) == 2
    assert "scenarios/start.yaml, tests/dialogues/start.yaml: there already" in capsys.readouterr().err
    outcomes = (root / "catalog/outcomes.yaml").read_text(encoding="utf-8")
    assert main(["--root", str(root), "new", "scenario", "people", "--like", "quiz"]) == 0
    assert (root / "catalog/outcomes.yaml").read_text(encoding="utf-8") == outcomes


def test_a_filled_in_environment(tmp_path: Path) -> None:
    """`.env.example` holds all that a variable in it needs: filled in to the last line, it is taken."""
    main(["new", "bot", str(tmp_path / "bot"), "--language", "ru"])
    text = (tmp_path / "bot/.env.example").read_text(encoding="utf-8")
    given = {
        "TELEGRAM_BOT_TOKEN": "123456789:" + "A" * 35,
        "LLM_BASE_URL": "http://localhost:1/v1",
        "ADMIN_CHAT_ID": "5",
    }
    addresses = dict.fromkeys(("SMTP_FROM", "MANAGER_EMAIL"), "a@example.com")
    blank = [line.removesuffix("=") for line in text.splitlines() if line.endswith("=")]
    filled = "".join(f"{name}={(given | addresses).get(name, 'x')}\n" for name in blank)
    (tmp_path / "bot/.env").write_text(filled, encoding="utf-8")
    settings = Settings.load(tmp_path / "bot", environ={}, cwd=tmp_path / "bot")
    assert settings.manager_email == "a@example.com"


@pytest.mark.parametrize(("like", "told"), [("lead", True), ("quiz", False)])
def test_a_formal_scenario_in_a_bot_that_says_ty(
    tmp_path: Path, like: str, told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whose scenario says «вы» is told how the bot's own sentences do; a bot that does so already is not."""
    root = tmp_path / "bot"
    main(["new", "bot", str(root), "--language", "ru"])
    main(["--root", str(root), "new", "scenario", "one", "--like", like])
    assert ("formal: true" in capsys.readouterr().out) is told
    settings = root / "catalog/bot.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "formal: true\n", encoding="utf-8")
    main(["--root", str(root), "new", "scenario", "two", "--like", like])
    assert "formal: true" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            ["scenario", "Мой чек-ин", "--like", "quiz"],
            "is no name for a scenario: small Latin letters, digits and _, such as moy_chek_in",
        ),
        (["scenario", "1", "--like", "quiz"], "such as table_booking"),
        (["scenario", "help", "--like", "quiz"], "/help works in every bot by itself"),
        (["scenario", "my", "--like", "quiz"], "is no bot's folder"),
    ],
)
def test_wrong_use(tmp_path: Path, arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is none, and a folder that is no bot's."""
    assert main(["--root", str(tmp_path), "new", *arguments]) == 2
    assert why in capsys.readouterr().err


def test_a_scenarios_name_in_russian(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who names it in Russian is told how it is written in Latin letters."""
    (tmp_path / "scenarios").mkdir()
    steps = "format: 1\nscenario: анкета\nstarts_on: [/a]\nsteps: [say: Да]\n"
    (tmp_path / "scenarios/анкета.yaml").write_text(steps, encoding="utf-8")
    assert main(["--root", str(tmp_path), "lint", "--no-cache"]) == 1
    assert "anketa" in capsys.readouterr().out
