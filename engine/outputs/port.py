"""What an output of outcomes must do. It runs off the turn's path, in a worker thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from engine.core.project import Collection
from engine.memory.port import Record

Everything = Callable[[], Iterable[Record]]


class StartedAnew(Exception):
    """The output's store was not there, or was damaged and set aside: every collection is to be checked again."""


class Output(Protocol):
    """Idempotent by record id: writing the same changes twice leaves the same file."""

    name: str

    def write(self, collection: Collection, changes: Sequence[Record], everything: Everything) -> None:
        """Bring the output up to date with `changes` (in order; withdrawn ones disappear). `everything` gives the
        collection as it now is, for a rebuild; a record that changes meanwhile may come twice, the later one holds.
        Raises OSError; it is tried again later. Raises StartedAnew."""

    def claim(self, collections: Sequence[Collection]) -> list[Path]:
        """Before a memory's first write to these: what stands there was written from another memory (or by somebody's
        hand), and this one could not give it back. Where it holds records it is set aside; the places it went to.
        Raises OSError."""

    def state(self, collections: Sequence[str]) -> str:
        """What stands there, told without reading it: another text when somebody else has written. Raises OSError."""

    def check(self, collection: Collection, everything: Everything) -> bool:
        """After an unclean stop: compare with memory, rebuild when it differs; true when it had to.
        Raises OSError and StartedAnew."""
