"""`dialogue doctor` beside real servers: what is there, what is not, and what to do."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.stage import Stage, stage
from tests.openai_api import OpenAIStandIn


async def doctor(play: Stage, *arguments: str) -> tuple[int, list[str]]:
    code, said, err = await play.command("doctor", *arguments)
    assert err == ""
    assert play.telegram.token not in said
    return code, said.splitlines()


async def test_all_that_is_outside_is_there(tmp_path: Path) -> None:
    """Each part that is switched on is named; a model that the server does not list is noted, and is no trouble."""
    async with stage(tmp_path, running=False, ADMIN_CHAT_ID="5", LLM_MODEL="other") as play:
        play.telegram.person(5)
        code, lines = await doctor(play)
        assert code == 0, lines
        outside = lines[-7:-1]
        assert outside[0] == f"  ok    Telegram knows the bot: @{play.telegram.world.me['username']}"
        assert outside[1] == "  ok    the bot may write to ADMIN_CHAT_ID"
        assert outside[2].startswith("  ok    the model server ")
        assert outside[3].endswith("does not list the model gpt-4o-mini; it lists stand-in")
        assert outside[4].endswith("does not list the model other; it lists stand-in")
        assert outside[5].startswith("  ok    the mail server 127.0.0.1:")
        code, lines = await doctor(play, "--offline")
        assert code == 0
        assert not [line for line in lines if "Telegram" in line or "server" in line]


async def test_all_that_is_outside_refuses(tmp_path: Path) -> None:
    """An admin who never pressed Start, a key that is not taken, a mail server that is down: each with what to do."""
    async with stage(tmp_path, running=False, ADMIN_CHAT_ID="6", LLM_API_KEY="wrong", SMTP_PORT="1") as play:
        code, lines = await doctor(play)
        assert code == 1
        wrong = [line for line in lines if line.startswith("  WRONG ")]
        assert "ADMIN_CHAT_ID has never written to the bot" in wrong[0]
        assert "press Start" in wrong[0]
        assert wrong[1].endswith("does not take the key (HTTP 401 (invalid_api_key))")
        assert "no connection to the mail server" in wrong[2]
        assert len(wrong) == 3


async def test_a_token_that_telegram_does_not_know(tmp_path: Path) -> None:
    async with stage(tmp_path, running=False, TELEGRAM_BOT_TOKEN="1:" + "x" * 35, with_mail=False) as play:
        code, lines = await doctor(play)
        assert code == 1
        assert "  WRONG Telegram does not know this TELEGRAM_BOT_TOKEN: take the right one from @BotFather" in lines


async def test_a_webhook_of_another_program_is_named(tmp_path: Path) -> None:
    """It is no trouble of this bot, but whoever set it should know; its path may be a secret."""
    async with stage(tmp_path, running=False, with_mail=False, with_model=False) as play:
        play.telegram.world.webhook = "https://old.example.com/hook/s3cret"
        code, lines = await doctor(play)
        assert code == 0
        [note] = [line for line in lines if "a webhook to" in line]
        assert note.startswith("  note  a webhook to old.example.com is set for this bot: `dialogue run` takes it away")
        assert "s3cret" not in note


async def test_nothing_answers(tmp_path: Path) -> None:
    """The v1 that is left out of an address is found, and a server that is gone is told as that."""
    async with OpenAIStandIn() as llm:
        llm.only_v1 = True
        url = llm.base_url.removesuffix("/v1")
        more = {"TELEGRAM_API_URL": "http://127.0.0.1:1", "LLM_BASE_URL": url, "LLM_API_KEY": ""}
        async with stage(tmp_path, running=False, with_mail=False, with_model=False, **more) as play:
            code, lines = await doctor(play)
    assert code == 1
    [wrong] = [line for line in lines if line.startswith("  WRONG ")]
    assert "Telegram cannot be reached (no connection: ConnectError)" in wrong
    assert any(line.startswith("  ok    the model server ") for line in lines)
