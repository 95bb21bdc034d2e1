"""What an output of outcomes must do. It runs off the turn's path, in a worker thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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

    def check(self, collection: Collection, everything: Everything) -> bool:
        """After an unclean stop: compare with memory, rebuild when it differs; true when it had to.
        Raises OSError and StartedAnew."""
