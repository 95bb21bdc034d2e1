"""`python -m tests.chaos [--kills 200] [--people 50] [--seed N]`: the long run (`make chaos`). Exit code 1 when
anything was lost, doubled, stuck or wrong."""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.town import Town
from tests.e2e.stage import stage


async def main(kills: int, people: int, seed: int) -> int:
    print(f"{kills} kills, {people} people at once, seed {seed}")
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # a killed bot breaks its requests off
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        started = time.monotonic()
        async with stage(Path(folder), running=False, LOG_LEVEL="INFO") as play:
            town = Town(play, people, random.Random(seed), letters_late=True)
            wrong = await town.run(kills, longest=5)
            seconds = time.monotonic() - started
            print(f"{town.kills} kills, {len(town.done)} people through all five scenarios, {seconds:.0f} s")
            print(wrong)
            print("\n".join(wrong.all()[:50]))
            print("\n".join(f"within law 4: {one}" for one in wrong.given_up + wrong.waiting))
            if wrong.all() or wrong.given_up:
                kept = Path(tempfile.mkdtemp(prefix="chaos-"))
                (kept / "console.txt").write_text(play.console, encoding="utf-8")
                (kept / "engine.db").write_bytes((play.data / "engine.db").read_bytes())
                print(f"console and memory are kept in {kept}")
            return 1 if wrong.all() else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.kills, given.people, given.seed)))
