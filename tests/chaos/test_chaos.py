"""Kill -9 at random instants, faults on every wire, and nothing lost, doubled, stuck or wrong."""

from __future__ import annotations

import os
import random
from pathlib import Path

from tests.chaos.town import Town
from tests.e2e.stage import stage


async def test_ten_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """People chat through the five scenarios while the bot is killed ten times."""
    seed = int(os.environ.get("CHAOS_SEED", random.randrange(10**6)))
    async with stage(tmp_path, running=False) as play:
        town = Town(play, people=8, chance=random.Random(seed))
        wrong = await town.run(kills=10)
        print(wrong)
        assert not wrong.all(), f"CHAOS_SEED={seed}: {wrong}\n" + "\n".join(wrong.all()[:20])
        assert len(town.done) + len(wrong.waiting) >= 8  # who waits for a message of law 4's bound does so for ever
