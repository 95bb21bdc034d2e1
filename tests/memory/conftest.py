"""A memory of each variant: the contract holds for a file and for one that is kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.memory.sqlite import SqliteMemory


@pytest.fixture(params=["file", "in memory"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteMemory]:
    made = SqliteMemory(tmp_path / "engine.db" if request.param == "file" else ":memory:")
    yield made
    made.close()
