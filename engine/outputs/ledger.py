"""Which files are as we left them, also beyond a restart: what another hand changed meanwhile is kept, not lost.

Law: a ledger that is lost, torn, or older than a file (a crash in between) costs a copy too many or too few, nothing
else; so it is written without ceremony, and never stands in the way of an output.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from engine.outputs import atomic


class Ledger:
    """A small file beside the outputs: each file's fingerprint when it was last written. Read and written under the
    lock of its output."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ours(self, path: Path) -> bool:
        """Nobody has written into the file since we did; or there is none, or we know nothing of it."""
        now = atomic.fingerprint(path)
        left = self._prints().get(path.name)
        return now is None or left is None or list(now) == left

    def wrote(self, path: Path) -> None:
        """Raises nothing: a full disk has already been told by the output itself."""
        prints = self._prints()
        now = atomic.fingerprint(path)
        if now is None or prints.get(path.name) == list(now):
            return
        prints[path.name] = list(now)
        with contextlib.suppress(OSError):
            self._path.write_bytes(json.dumps(prints).encode())

    def _prints(self) -> dict[str, object]:
        try:
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
