"""What talk tests cost: a thousand talks of ten messages each, read from their files, played and compared.

Run: `.venv/bin/python -m benchmarks.talks [talks]`. The talks are of the shipped bot: the registration for workouts,
every message of the bot expected word for word. The aim is 10 s; processor time is printed beside it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from engine.talks import suite

ROOT = Path(__file__).resolve().parent.parent
SAID = ["/register", "Начать", "Мужской", "33", "180", "82,5", "Начинающий", "Поддержание формы", "3 раза", "В зале"]
A_FILE = 50  # talks
AIM = 10.0  # seconds for a thousand


def talks(root: Path, how_many: int) -> list[Path]:
    """Files of talks that pass: what the bot says is written into them first."""
    from engine.cli.main import main as dialogue

    folder = root / "tests" / "dialogues"
    shutil.rmtree(folder)
    folder.mkdir(parents=True)
    lines = "".join(f'    - user: "{text}"\n' for text in SAID)
    files = []
    for number in range(0, how_many, A_FILE):
        named = "".join(f"  Talk {one}:\n{lines}" for one in range(number, min(number + A_FILE, how_many)))
        files.append(folder / f"talks_{number}.yaml")
        files[-1].write_text(f"talks:\n{named}", encoding="utf-8")
    assert dialogue(["--root", str(root), "test", "--update"]) == 0
    return files


def main(arguments: Sequence[str]) -> None:
    how_many = int(next((one for one in arguments if one.isdigit()), "1000"))
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "bot"
        for folder in ("scenarios", "prompts", "catalog", "media", "tests/dialogues"):
            if (ROOT / folder).is_dir():
                shutil.copytree(ROOT / folder, root / folder)
        files = talks(root, how_many)
        began, worked = time.perf_counter(), time.process_time()
        ran = suite.run(root, files)
        took, worked = time.perf_counter() - began, time.process_time() - worked
        messages = sum(scene.action is not None for _, played in ran.played for scene in played.scenes)
    assert not ran.failed, ran.failed[0].talk.title
    print(
        f"{len(ran.played)} talks, {messages} messages: {took:.1f} s, {worked:.1f} s of processor time (aim {AIM:g} s)"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
