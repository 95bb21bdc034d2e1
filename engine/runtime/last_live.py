"""The files as they were live last: what a bot goes on with that is started again on files with mistakes.

Law (6): a start changes no more than a save would.
"""

from __future__ import annotations

import logging

from engine.core.finding import Finding
from engine.memory.errors import MemoryFailed
from engine.memory.port import Memory
from engine.project.load import Loaded, Loader
from engine.runtime.snapshots import rebuilt, source_hash

log = logging.getLogger(__name__)


def chosen(memory: Memory, loader: Loader, loaded: Loaded) -> tuple[Loaded, list[Finding]]:
    """What goes live at a start: the files of today, `loaded`; or those that were live last, with the mistakes of today
    that are new since then. Files that are unchanged are not judged, and nor are those of a first start."""
    files = memory.live()
    if not files or files == _hashed(loaded):
        return loaded, []
    last = rebuilt(memory, loader, files)
    if last is None or last.project is None:
        return loaded, []
    from engine.lint.gate import Gate

    wrong = Gate(last).errors(loaded)
    return (last, wrong) if wrong else (loaded, [])


async def remember(memory: Memory, loaded: Loaded) -> None:
    """These files are live."""
    files = _hashed(loaded)
    try:
        before = memory.live()
        changed = {file: hashed for file, hashed in files.items() if before.get(file) != hashed}
        if changed or files.keys() != before.keys():
            await memory.keep_live(files, {hashed: loaded.sources[file] for file, hashed in changed.items()})
    except MemoryFailed as error:
        log.error("The files that are live could not be kept for the next start: %s", error)


def _hashed(loaded: Loaded) -> dict[str, str]:
    return {file: source_hash(content) for file, content in loaded.sources.items()}
