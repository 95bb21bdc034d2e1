"""Kill -9 while saved files are taken in: nobody is asked twice, nothing that was said is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.e2e.stage import copy_project, eventually, outcomes, stage, talk

INSTANTS = (0.0, 0.15, 0.25, 0.4)  # seconds between the save and the kill: a save goes live about 0.25 s later


def save(root: Path, version: int) -> None:
    asks = "".join(f"  - ask: a{one}\n    question: Вопрос {one}, версия {version}\n" for one in range(5))
    saved = ", ".join(f'a{one}: "{{{{ a{one} }}}}"' for one in range(5))
    text = (
        f"format: 1\nscenario: edited\nstarts_on: [/edited]\nsteps:\n{asks}  - save: edits\n    fields: {{{saved}}}\n"
    )
    (root / "scenarios/edited.yaml").write_text(text + "  - say: Записано\n", encoding="utf-8")


async def test_kills_during_reloads_lose_no_answer(tmp_path: Path) -> None:
    """Every answer is given once, whichever version asked; the record is there once, with all of them."""
    root = copy_project(tmp_path / "bot")
    with (root / "catalog/outcomes.yaml").open("a", encoding="utf-8") as file:
        file.write("edits:\n  fields: {a0: text, a1: text, a2: text, a3: text, a4: text}\n")
    save(root, 0)
    async with stage(tmp_path, running=False, with_model=False) as play:
        play.watch = True
        await play.start()
        anna = play.telegram.person(7)
        await talk(anna, ("/edited", "Вопрос 0, версия 0"))
        for number, instant in enumerate(INSTANTS):
            save(root, number + 1)
            await asyncio.sleep(instant)
            await play.kill()
            await play.start()
            await talk(anna, (f"Ответ {number}", f"Вопрос {number + 1}, версия {number + 1}"))
        await talk(anna, ("Ответ 4", "Записано"))
        await eventually(lambda: bool(outcomes(play.data, "edits")))
        [record] = outcomes(play.data, "edits")
        assert [record[f"a{one}"] for one in range(5)] == [f"Ответ {one}" for one in range(5)]
