"""Which files are as we left them, also beyond a restart: what another hand changed meanwhile is kept, not lost.

Law: a ledger that is lost, torn, or older than a file (a crash in between) costs a copy too many or too few, nothing
else; so it is written without ceremony, and never stands in the way of an output.
"""

from __future__ import annotations

import contextlib
import json
import logging
from pathlib import Path

from engine.outputs import atomic

log = logging.getLogger(__name__)
EDITED = 5  # versions of a file by another's hand that are kept


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

    @staticmethod
    def keep(path: Path, content: bytes, export: str) -> None:
        """Another's version of a file, which is about to be written over: kept beside it, as the last few are. Raises
        OSError."""
        aside = atomic.aside(path, "edited")
        atomic.replace(aside, [content])
        log.warning(
            "%s was changed by another hand, which does not count; that version is kept as %s. For a copy to work in: "
            "dialogue outcomes export %s",
            path, aside.name, export,
        )  # fmt: skip
        kept = sorted(path.parent.glob(f"{path.name}.edited-*"), key=lambda one: one.stat().st_mtime_ns)
        for old in kept[:-EDITED]:
            old.unlink(missing_ok=True)

    def _prints(self) -> dict[str, object]:
        try:
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
