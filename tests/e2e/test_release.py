"""A bot whose folder is a link that is led to another release while it runs, as git-sync and Capistrano do."""

from __future__ import annotations

from pathlib import Path

from tests.bot_api.people import PIXEL
from tests.e2e.stage import eventually, stage
from tests.reload.stage import put

OLD = "- ask: name\n  question: Имя?\n- say: Старое, {{ name }}.\n"
NEW = OLD.replace("Старое", "Новое").replace(".\n", ".\n  photo: media/new.png\n", 1)


async def test_a_release_is_swapped_under_a_running_bot(tmp_path: Path) -> None:
    """Who is mid-way goes on in the new one, with its files; what is saved there later is live too; the data stay."""
    for number, text in enumerate((OLD, NEW)):
        put(tmp_path / f"releases/{number}", {"talk": text})
    (tmp_path / "releases/1/media").mkdir()
    (tmp_path / "releases/1/media/new.png").write_bytes(PIXEL)
    (tmp_path / "bot").symlink_to("releases/0")
    async with stage(
        tmp_path, running=False, LOG_FILE=str(tmp_path / "bot.log"), DATA_DIR=str(tmp_path / "data")
    ) as play:
        play.watch = True
        log = tmp_path / "bot.log"  # the console's file stands in the release
        await play.start()
        anna = play.telegram.person(5)
        await anna.says("/talk")
        await anna.hears(containing="Имя?")
        (tmp_path / "next").symlink_to("releases/1")
        (tmp_path / "next").replace(tmp_path / "bot")
        await eventually(lambda: log.read_text().count("Live: ") == 1)
        await anna.says("Аня")
        assert "photo" in (await anna.hears(containing="Новое, Аня.")).raw
        put(tmp_path / "bot", {"talk": NEW.replace("Новое", "Новейшее")})
        await eventually(lambda: log.read_text().count("Live: ") == 2)
        await anna.says("/talk")
        await anna.says("Аня")
        await anna.hears(containing="Новейшее, Аня.")
