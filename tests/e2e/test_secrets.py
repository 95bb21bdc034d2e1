"""No secret is printed by anybody: not where a wire fails, not by the commands that tell how the bot is."""

from __future__ import annotations

from pathlib import Path

from tests.bot_api import Fault
from tests.e2e.stage import dialogue, stage, talk

PASSWORD, KEY, URL_PASSWORD = "swordfish-mail", "sk-wrong-0987654321", "hush-in-the-address"


async def test_no_secret_is_printed_when_everything_fails(tmp_path: Path) -> None:
    """Token, model key, mail password, passwords in addresses: in no log at DEBUG, no admin message, no command."""
    async with stage(tmp_path, running=False, ADMIN_CHAT_ID="77") as play:
        host = play.llm.base_url.removeprefix("http://")
        play.settings |= {
            "LLM_BASE_URL": f"http://bot:{URL_PASSWORD}@{host}",
            "LLM_API_KEY": KEY,
            "SMTP_USER": "bot@orientir.test",
            "SMTP_PASSWORD": PASSWORD,
            "PAYMENT_TOKEN": "token-of-the-house",
        }
        await play.start()
        admin, anna = play.telegram.person(77), play.telegram.person(5)
        await admin.says("/menu")
        faults = [
            Fault.broken("sendMessage"), Fault("sendMessage", cut="before"), Fault("sendMessage", page=(504, "<html>")),
            Fault("getUpdates", cut="after"), Fault.gateway("getUpdates"), Fault.broken("setMyCommands"),
            Fault("sendMessage", page=(401, '{"ok":false,"description":"Unauthorized"}'), chat=6),
        ]  # fmt: skip
        for fault in faults:
            play.telegram.fault(fault)
        await play.telegram.person(6).says("/menu")
        await talk(anna, ("/consult", "Какую задачу"), ("Сайт", "?"), patience=20)
        await admin.hears(30, "fails")
        said = []
        for command in (("status",), ("status", "--json"), ("doctor",), ("trace",), ("lint",)):
            code, out, err = await play.command(*command)
            assert code in (0, 1), err
            said += [out, err]
        await play.stop()
        wrong = play.settings | {
            "SMTP_PORT": "x",
            "TELEGRAM_BOT_TOKEN": "not-a-token",
            "DATABASE_URL": f"pg://b:{PASSWORD}@x",
        }
        code, out, err = await dialogue(play.root, "run", **wrong)
        assert code == 2
        said += [out, err, play.console, (play.root / "bot.log").read_text(encoding="utf-8"), *admin.transcript]
        token = play.telegram.token
        secrets = (token, token.split(":")[1], KEY, PASSWORD, URL_PASSWORD, "token-of-the-house", "not-a-token")
        assert [secret for secret in secrets if secret in "\n".join(said)] == []
        assert "status=auth" in play.console  # the key was asked with, and refused
