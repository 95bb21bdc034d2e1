"""When the engine itself fails at a reload, and what it leaves behind: the bot goes on, and nothing piles up."""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path

import pytest

from engine.core.project import Scenario
from engine.project.load import Loader
from engine.runtime import reload
from tests.reload.stage import put, running
from tests.reload.test_saves import NEW, OLD, begin


async def test_a_failing_lint_keeps_nobody_from_editing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of a rule is told in the log; what can be loaded goes live."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("engine.lint.run.checked_world", broken)
    async with running(tmp_path, {"talk": OLD}) as bot:
        bot.write("talk", NEW)
        await bot.logged("Lint failed")
        await bot.live()


async def test_a_failing_loader_leaves_the_last_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of the loader is told in the log, the talk goes on, and the next save is taken up."""
    async with running(tmp_path, {"talk": OLD}) as bot:
        await begin(bot)
        with monkeypatch.context() as patch:
            patch.setattr(Loader, "load", lambda self: 1 / 0)
            bot.write("talk", NEW)
            await bot.logged("could not be taken up")
        await bot.person().says("Тверь")
        assert (await bot.person().hears()).text == "Аня из города Тверь."
        bot.write("talk", NEW + "- say: И всё.\n")
        await bot.live()


async def test_old_versions_are_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After many saves nothing holds the old versions of a scenario: they leave the process."""
    monkeypatch.setattr(reload, "TAKEN_APART", 0.0)
    async with running(tmp_path, {"solitary": OLD, "other": "- say: Да."}) as bot:
        for number in range(4):
            put(tmp_path, {"solitary": OLD + f"- say: '{number}'\n"})
            await bot.live()
            await bot.logged("Nobody is in the middle")
        async with asyncio.timeout(10):
            while len(_versions("solitary")) > 4:  # of the live one there may be the file and the whole
                await asyncio.sleep(0.05)
                gc.collect()
        assert sys.getswitchinterval() == pytest.approx(0.005)


def _versions(scenario: str) -> set[str]:
    """Of the scenarios of this name that are in the process; it must be a name of no other test."""
    return {one.version for one in gc.get_objects() if isinstance(one, Scenario) and one.id == scenario}
