"""Live editing: a change of the files becomes a whole new snapshot aside, and one reference is swapped; or nothing is.

Law (6): whatever is saved, whenever, the last good snapshot serves on until another whole one stands. A reload sends
people nothing; the author is told what is wrong, when it is mended, and what a good save means for whom.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from engine.core.finding import Finding, Span
from engine.core.project import Project
from engine.lint.gate import Gate
from engine.project.files import FOLDERS
from engine.project.load import Loaded, Loader
from engine.project.scenario import ScenarioFile
from engine.runtime.bot import Bot
from engine.runtime.garbage import settle
from engine.runtime.held_back import briefly, difference, frames, held_back
from engine.runtime.impact import impact, told
from engine.runtime.renames import likely_renames
from engine.runtime.snapshots import Kept, closure
from engine.runtime.warm import warm
from engine.runtime.watch import Watch

log = logging.getLogger(__name__)
GONE_PATIENCE = 1.0  # s that a file must be gone: editors and syncs delete it and write it anew
RESTLESS = 3  # looks at files that do not come to rest, until what is wrong in them is told all the same
GIVE_WAY = 0.0002  # s after which the building thread gives the interpreter to a turn (Python's own: 0.005)
BEFORE, AFTER = 0.1, 20.0  # s of compiling texts before and after the swap
CROWD = 50_000  # new objects, which a collection would look at for 50 ms
TAKEN_APART = 5.0  # s after the swap
NOBODY = "Nobody is in the middle of what has changed"
SETTLED = 1.0  # s after the start; then there is time to look at what runs
Made = TypeVar("Made")


class Reload:
    """`loaded` is what is live when it begins, and `wrong` what keeps the files of today back, told already.
    `went_live(loaded)` is called after each swap."""

    def __init__(
        self,
        loader: Loader,
        loaded: Loaded,
        bot: Bot,
        kept: Kept,
        went_live: Callable[[Loaded], None],
        wrong: list[Finding],
    ) -> None:
        self.loader = loader
        self.live = loaded
        self.bot = bot
        self.kept = kept
        self.went_live = went_live
        self.gate = Gate(loaded)
        self._wrong = wrong  # what keeps the files from being taken up; as told last
        self._gone: dict[str, float] = {}  # live files that are gone -> since when
        self._restless = 0
        self._telling: asyncio.Task[None] | None = None
        self._asides, self._usual = 0, sys.getswitchinterval()
        self._ending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Watch until cancelled."""
        settle()
        watch = Watch(self.loader.root, self.loader.files.seen)
        wait: float | None = SETTLED
        try:
            while True:
                rested = await watch.changed(wait)
                if rested is None and not self.gate.begun:
                    await self._look_at_live()
                    wait = None
                    continue
                try:
                    wait = await self.take(rested is not False)
                except Exception:
                    log.exception("The files could not be taken up; the version before goes on")
                    wait = None
                watch.seen = self.loader.files.seen
        finally:
            for task in (*self._ending, *([self._telling] if self._telling is not None else [])):
                task.cancel()
            watch.close()

    async def take(self, rested: bool = True) -> float | None:
        """Take the files as they are now, if they are whole. Seconds until the next look; None: when they change."""
        loaded, wrong = await self._aside(self._built)
        waiting = self._patience(loaded)
        if waiting > 0:
            return waiting
        if wrong:
            return self._refuse(loaded, wrong, rested)
        self._restless = 0
        project = loaded.project
        assert project is not None  # noqa: S101 there was nothing wrong
        before, self.live = self.live, loaded
        if project.version != self.bot.project.version:
            await self.kept.swap(loaded, before)
            self.bot.project = project
            self.went_live(loaded)
            self._tell(before, loaded)
            self._let_go(before, loaded)
        if self._wrong:
            self._wrong = []
            log.info("The files are whole again")
            self.bot.admin.tell("The files are whole again, and live.", again=True)
        return None

    # building ---------------------------------------------------------------------------------------------------

    async def _aside(self, work: Callable[[], Made]) -> Made:
        """In a thread, which gives way to turns."""
        self._asides += 1
        sys.setswitchinterval(GIVE_WAY)
        try:
            return await asyncio.to_thread(work)
        finally:
            self._asides -= 1
            if not self._asides:
                sys.setswitchinterval(self._usual)

    def _built(self) -> tuple[Loaded, list[Finding]]:
        """What is made here is no garbage: looking for some would only hold up everybody."""
        gc.disable()
        try:
            loaded = self.loader.load()
            wrong = [*self._lost_folders(), *self.gate.errors(loaded)]
            if not wrong:
                warm(loaded, self.live, BEFORE)
            return loaded, wrong
        finally:
            if gc.get_count()[0] > CROWD:
                gc.freeze()
            gc.enable()

    async def _look_at_live(self) -> None:
        """A bot may be started with mistakes that only lint finds; they are told, and hold nothing back."""
        wrong = await self._aside(self.gate.begin)
        if wrong:
            sys.stderr.write(frames(self.live, wrong) + "These files are live all the same.\n")
            sys.stderr.flush()

    def _lost_folders(self) -> list[Finding]:
        """A folder of which everything is gone was not edited: it was unmounted, moved, or lost."""
        lost = []
        for folder in FOLDERS:
            had = any(file.startswith(f"{folder}/") for file in self.live.sources)
            if had and not (self.loader.root / folder).is_dir():
                help = "Put it back; or start the bot again, if it is to go on without."
                lost.append(Finding(Span(folder), "unreadable", "error", f"The folder {folder}/ is gone.", help))
        return lost

    def _patience(self, loaded: Loaded) -> float:
        """Seconds to wait until a file that is gone counts as deleted."""
        now = time.monotonic()
        missing = self.live.sources.keys() - loaded.sources.keys()
        self._gone = {file: self._gone.get(file, now) for file in missing}
        return max((since + GONE_PATIENCE - now for since in self._gone.values()), default=0.0)

    def _let_go(self, before: Loaded, loaded: Loaded) -> None:
        """The collector does not see what was there at the start, nor many new files: it is taken apart by hand."""
        replaced = [made for file, made in before.files.items() if loaded.files.get(file) is not made]
        if replaced:
            task = asyncio.ensure_future(self._take_apart(before, replaced))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _take_apart(self, before: Loaded, replaced: list[ScenarioFile]) -> None:
        """Steps point at each other in circles, which only the collector could see. No turn is on them by now."""
        await asyncio.sleep(TAKEN_APART)
        while replaced and before.project is not None and not self.kept.needs(before.project):
            made = replaced.pop()
            for step in made.scenario.steps if made.scenario is not None else ():
                step.next = step.parent = None
                step.by_name = {}
            await asyncio.sleep(0.001)

    # a bad save -------------------------------------------------------------------------------------------------

    def _refuse(self, loaded: Loaded, wrong: list[Finding], rested: bool) -> float | None:
        self._restless = 0 if rested else self._restless + 1
        if 0 < self._restless < RESTLESS:
            return GONE_PATIENCE  # half-written, perhaps: it is told when it stays so
        if wrong != self._wrong:
            sys.stderr.write(held_back(self.live, loaded, wrong))
            sys.stderr.flush()
            if not self._wrong:
                self.bot.admin.tell(briefly(wrong), again=True)
            self._wrong = wrong
        return None

    # a good save ------------------------------------------------------------------------------------------------

    def _tell(self, before: Loaded, loaded: Loaded) -> None:
        log.info("Live: %s", difference(before.sources, loaded.sources))
        if self._telling is not None:
            self._telling.cancel()  # it speaks of a version that is no more
        self._telling = asyncio.ensure_future(self._tell_impact(before, loaded))

    async def _tell_impact(self, before: Loaded, loaded: Loaded) -> None:
        was, project = before.project, loaded.project
        assert was is not None  # noqa: S101 both were live
        assert project is not None  # noqa: S101 both were live
        other = [one.id for one in was.scenarios.values() if _version(project, one.id) != one.version]
        places = {name for one in other for name in [*closure(one, was), *closure(one, project)]}
        places |= {old for old, new in project.moved.items() if new in places}
        try:
            await self._aside(partial(warm, loaded, before, AFTER))
            if places:
                found = await impact(
                    project, self.bot.memory, places, lambda talk: self.kept.of(talk, project) is not None
                )
                lines = [*told(found), *likely_renames(was, project)] if found.all else [NOBODY]
                for line in lines:
                    log.info("%s", line)
            await self.kept.prune(project)
        except Exception:
            log.exception("What the new version means for people could not be told")


def _version(project: Project, scenario: str) -> str:
    return project.scenarios[scenario].version if scenario in project.scenarios else ""
