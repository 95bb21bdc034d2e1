"""What happens to a bot's surroundings in the middle of talks: a person blocks it, its settings are edited."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.stage import eventually, stage, talk


async def test_somebody_who_blocks_the_bot_and_comes_back_goes_on_where_they_stood(tmp_path: Path) -> None:
    """What they write first answers no question that never reached them; others notice nothing."""
    async with stage(tmp_path, with_model=False) as play:
        anna, boris = play.telegram.person(5), play.telegram.person(6)
        await talk(anna, ("/new_goal", "Назови цель"))
        await anna.says("Выучить испанский")
        await anna.blocks()
        await play.telegram.confirmed()
        await talk(boris, ("/register", "Девять"))
        await anna.unblocks()
        anna.chat.messages.clear()  # the app has deleted the chat, too
        await talk(anna, ("Снова здесь", "Почему"), ("Хочу в Мадрид", "фото"))
        await anna.blocks()
        await anna.says("/cancel")
        await anna.unblocks()
        await talk(anna, ("/start", "Привет"))
        assert "Traceback" not in play.console


async def test_a_changed_env_is_told_to_count_from_the_next_start(tmp_path: Path) -> None:
    """Once, by name and without values, to log, admin, `status` and `doctor`; what the process says itself stays."""
    async with stage(tmp_path, with_model=False, ADMIN_CHAT_ID="77") as play:
        admin = play.telegram.person(77)
        await talk(admin, ("/menu", "Чем займёмся"))
        env = play.root / ".env"
        env.write_text("LLM_API_KEY=sk-very-secret-123\nWORKOUT_COOLDOWN_HOURS=5\nTELEGRAM_BOT_TOKEN=1:other\n")
        told = (await admin.hears(30, "start the bot again")).text
        assert told.endswith("to take up LLM_API_KEY, WORKOUT_COOLDOWN_HOURS")
        await eventually(lambda: told in play.console.replace("\\", ""))
        assert "very-secret" not in play.console
        code, said, _ = await play.command("doctor", "--offline")
        assert (code, "  note  .env has changed: start the bot again to take up LLM_API_KEY" in said) == (0, True)
        env.write_text("LLM_API_KEY: no\nThis is no setting\n")
        assert "mend it before" in (await admin.hears(30, "cannot be read")).text
        env.unlink()
        await admin.hears(30, "says again what the bot goes by")
        code, said, _ = await play.command("status")
        assert (code, ".env" in said) == (0, False)
