"""--record: a real endpoint is asked once, its replies serve every later run; a changed prompt asks anew."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from engine.cli.main import main
from tests.openai_api import OpenAIStandIn

SAID = "".join(f"    - user: {text}\n    - bot: ...\n" for text in ("/coffee", "Чай", "1"))
TALK = f"talks:\n  Раз:\n{SAID}    - notified: manager\n"


@pytest.fixture
def talks(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = root / "tests/dialogues"
    folder.mkdir(parents=True)
    (folder / "coffee.yaml").write_text(TALK, encoding="utf-8")
    for name in ("LLM_BASE_URL", "LLM_API_KEY", "LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)
    return folder


async def test_recorded_once(
    root: Path, talks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first run asks, the next needs no endpoint; another prompt text is another request."""
    test = ["--root", str(root), "test"]
    assert await asyncio.to_thread(main, test) == 1
    async with OpenAIStandIn() as server:
        monkeypatch.setenv("LLM_BASE_URL", server.base_url)
        monkeypatch.setenv("LLM_MODEL", "small")
        assert await asyncio.to_thread(main, [*test, "--record"]) == 0
    monkeypatch.delenv("LLM_BASE_URL")
    [kept] = json.loads((talks / "cassette.json").read_text(encoding="utf-8")).values()
    assert kept["prompt"] == "wish"
    assert kept["reply"]
    assert await asyncio.to_thread(main, test) == 0
    prompt = root / "prompts/wish.md.j2"
    prompt.write_text(prompt.read_text(encoding="utf-8").replace("Пожелание", "Тост"), encoding="utf-8")
    capsys.readouterr()
    assert await asyncio.to_thread(main, test) == 1
    said = capsys.readouterr().out
    assert "`dialogue test --record` (cassette.json holds a reply to other words of this prompt)" in said


def test_no_endpoint(root: Path, talks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to record from: the talk fails, and says why."""
    assert main(["--root", str(root), "test", "--record"]) == 1
    assert "the real model gave no reply: off; set LLM_BASE_URL" in capsys.readouterr().out
    assert not (talks / "cassette.json").exists()
