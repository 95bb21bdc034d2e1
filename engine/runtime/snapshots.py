"""Old versions of scenarios, for people who finish on the one that they began (`mid_flow_edits: finish_old`, or because
the file was deleted: nobody is thrown out).

Law: what today's file says decides; a talk begun after the edit is never led by an old version. Sources are kept in
memory by content hash, so that it holds through restarts, and as long as somebody finishes on them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from engine.core.project import Project, Scenario
from engine.core.session import Conversation, Session
from engine.core.talk import STUCK
from engine.memory.errors import MemoryFailed
from engine.memory.port import Memory, Snapshot
from engine.project.versions import callees_of, reached

if TYPE_CHECKING:
    from engine.project.load import Loaded, Loader

log = logging.getLogger(__name__)
FINISH_OLD = "finish_old"
TIDY = 600.0  # s
Key = tuple[str, str]  # scenario, version


class Old(Struct, frozen=True):
    """A version that is live no more, and the project that it was part of."""

    snapshot: Snapshot
    project: Project

    @property
    def scenario(self) -> Scenario:
        return self.project.scenarios[self.snapshot.scenario]


class Kept:
    """`loader` reads what was kept by an earlier run."""

    def __init__(self, memory: Memory, loader: Loader) -> None:
        self._memory = memory
        self._loader = loader
        self._live: dict[Key, Snapshot] = {}
        self._old: dict[Key, Old] = {}
        self._laid: dict[
            tuple[Any, ...], Project
        ] = {}  # projects with old scenarios laid over, by what they are made of

    def __len__(self) -> int:
        return len(self._old)

    # what is kept -----------------------------------------------------------------------------------------------

    async def start(self, loaded: Loaded) -> None:
        """Before the first turn of a run: what the last one kept, and what became old while no bot ran."""
        for snapshot in self._memory.snapshots():
            self._live[(snapshot.scenario, snapshot.version)] = snapshot
        retired = await self.swap(loaded, None)
        for snapshot in retired:
            project = await asyncio.to_thread(self._read, snapshot)
            if project is not None:
                self._old[(snapshot.scenario, snapshot.version)] = Old(snapshot, project)

    async def swap(self, loaded: Loaded, before: Loaded | None) -> list[Snapshot]:
        """`loaded` is about to take the place of `before`: keep what people may finish on. Returns what is not live any
        more and has no project yet. A memory that fails is told in the log: then it holds until the next start."""
        project = loaded.project
        assert project is not None  # noqa: S101 only a whole project goes live
        today = {(one.id, one.version): one for one in project.scenarios.values()}
        sources: dict[str, bytes] = {}
        fresh = [*self._now_live(today, loaded, sources), *self._now_old(today, before, sources)]
        self._live.update({(one.scenario, one.version): one for one in fresh})
        missing = self._retire(before, today)
        self._laid.clear()
        if fresh:
            try:
                await self._memory.keep(fresh, sources)
            except MemoryFailed as error:
                log.error("Old versions of scenarios could not be kept for a restart: %s", error)
        return missing

    def _now_live(self, today: Mapping[Key, Scenario], loaded: Loaded, sources: dict[str, bytes]) -> Iterator[Snapshot]:
        """What may be finished on one day: every live version that says so."""
        for key, scenario in today.items():
            known = self._live.get(key) or (self._old[key].snapshot if key in self._old else None)
            if scenario.mid_flow_edits == FINISH_OLD and (known is None or known.retired):
                born = known.born if known else time.time()
                yield Snapshot(*key, born, 0.0, _files(scenario, loaded, sources))
                self._old.pop(key, None)

    def _now_old(
        self, today: Mapping[Key, Scenario], before: Loaded | None, sources: dict[str, bytes]
    ) -> Iterator[Snapshot]:
        """What was live until now; also a version that did not say so, when the one after it does or there is none."""
        now = time.time()
        for key, known in self._live.items():
            if key not in today and not known.retired:
                yield replace(known, retired=now)
        if before is None or before.project is None:
            return
        says = {name for (name, _), scenario in today.items() if scenario.mid_flow_edits == FINISH_OLD}
        names = {name for name, _ in today}
        for one in before.project.scenarios.values():
            key = (one.id, one.version)
            stays = one.id in says or one.id not in names
            if stays and key not in today and key not in self._live:
                yield Snapshot(*key, 0.0, now, _files(one, before, sources))

    def _retire(self, before: Loaded | None, today: Mapping[Key, Scenario]) -> list[Snapshot]:
        """Move what is not live from one drawer into the other; what has no project yet is returned."""
        missing = []
        for key in [key for key in self._live if key not in today]:
            snapshot = self._live.pop(key)
            project = before.project if before is not None else None
            if project is not None and key[0] in project.scenarios and project.scenarios[key[0]].version == key[1]:
                self._old[key] = Old(snapshot, project)
            elif key not in self._old:
                missing.append(snapshot)
        return missing

    def _read(self, snapshot: Snapshot) -> Project | None:
        """A version kept by an earlier run; None when it cannot be read any more."""
        loaded = rebuilt(self._memory, self._loader, snapshot.files)
        project = loaded.project if loaded is not None else None
        scenario = project.scenarios.get(snapshot.scenario) if project is not None else None
        if scenario is None or scenario.version != snapshot.version:
            log.warning(
                "An old version of %s cannot be read any more; its people follow the new one", snapshot.scenario
            )
            return None
        return project

    async def tidy(self, project: Callable[[], Project]) -> None:
        """Now and then drop what nobody finishes on, until cancelled."""
        while True:
            await self.prune(project())
            await asyncio.sleep(TIDY)

    async def prune(self, project: Project) -> None:
        """Drop what nobody finishes on."""
        if not self._old:
            return
        used: set[Key] = set()
        names = [f'"{scenario}"'.encode() for scenario in {key[0] for key in self._old}]
        looked = set(self._old)
        after = 0
        while True:
            after, rows = self._memory.sessions(after)
            for _, body in rows:
                if any(name in body for name in names):
                    session = Session.load(body)
                    used |= {key for one in talks(session) if (key := self.of(one, project)) is not None}
            await asyncio.sleep(0)
            if not after:
                break
        over = {key for key in looked - used if key in self._old}  # it may have become live again meanwhile
        for key in over:
            self._old.pop(key, None)
        self._laid.clear()
        if over:
            try:
                await self._memory.let_go(sorted(over))
            except MemoryFailed as error:
                log.error("Old versions of scenarios could not be dropped: %s", error)

    # who finishes on what ---------------------------------------------------------------------------------------

    def of(self, conversation: Conversation, project: Project) -> Key | None:
        """The old version that this conversation goes on with, beside today's project."""
        name = conversation.scenario
        today = project.scenarios.get(name if name in project.scenarios else project.moved.get(name, name))
        if today is not None and (today.version == conversation.version or today.mid_flow_edits != FINISH_OLD):
            return None
        for key, old in self._old.items():
            if key[0] != conversation.scenario or conversation.started > old.snapshot.retired:
                continue
            mine = key[1] == conversation.version
            mine = mine or (conversation.version == STUCK and conversation.started >= old.snapshot.born)
            if mine:
                return key
        return None

    def needs(self, project: Project) -> bool:
        """Whether somebody finishes on a version that this was part of."""
        return any(old.project is project for old in self._old.values())

    def project_for(self, session: Session, project: Project) -> Project:
        """Today's project, with the old versions laid over that this person's talks go on with. Where two talks of a
        person would need two versions of one scenario, the active one has its way."""
        if not self._old:
            return project
        used: dict[str, Scenario] = {}
        sources: dict[Key, Old] = {}
        for one in talks(session):
            key = self.of(one, project)
            needs = closure(one.scenario, self._old[key].project if key is not None else project)
            if any(used.get(name, scenario) is not scenario for name, scenario in needs.items()):
                continue
            used.update(needs)
            if key is not None:
                sources[key] = self._old[key]
        if not sources:
            return project
        name = (project.version, *sorted(sources))
        if name not in self._laid:
            self._laid[name] = laid_over(project, sources.values(), used)
        return self._laid[name]


def source_hash(content: bytes) -> str:
    """Under which the memory keeps a file's content."""
    return blake2b(content, digest_size=16).hexdigest()


def rebuilt(memory: Memory, loader: Loader, files: Mapping[str, str]) -> Loaded | None:
    """What was read from these files (file -> hash of its content) once; None when the memory has not all of them."""
    sources = {file: content for file, hashed in files.items() if (content := memory.source(hashed)) is not None}
    return loader.another().build(sources) if len(sources) == len(files) else None


def talks(session: Session) -> list[Conversation]:
    """The active one first, then the one that was parked last."""
    return [one for one in [session.active, *reversed(session.parked)] if one is not None]


def closure(scenario: str, project: Project) -> dict[str, Scenario]:
    """A scenario and all that it can run."""
    if scenario not in project.scenarios:
        return {}
    return reached(scenario, project.scenarios, _Callees(project.scenarios))


class _Callees(dict[str, list[str]]):
    """The callees of each scenario, looked up when they are asked for."""

    def __init__(self, scenarios: Mapping[str, Scenario]) -> None:
        super().__init__()
        self._scenarios = scenarios

    def __missing__(self, name: str) -> list[str]:
        return callees_of(self._scenarios[name])


def laid_over(project: Project, olds: Iterable[Old], scenarios: Mapping[str, Scenario]) -> Project:
    """`scenarios` in place of today's, with the prompts that they name; of catalog, collections and models also what
    they may still read and is gone today. A prompt that today's scenarios name too is the old one for this person."""
    merged = project
    for old in olds:
        was = old.project
        named = {
            reference.name
            for scenario in closure(old.snapshot.scenario, was).values()
            for step in scenario.steps
            for reference in step.references
            if reference.kind == "prompt" and reference.name in was.prompts
        }
        merged = replace(
            merged,
            prompts={**merged.prompts, **{name: was.prompts[name] for name in named}},
            collections={**was.collections, **merged.collections},
            models={**was.models, **merged.models},
            catalog={language: {**was.catalog.get(language, {}), **rows} for language, rows in merged.catalog.items()},
            settings={**was.settings, **merged.settings},
            renames=merged.renames or was.renames,
        )
    return replace(merged, scenarios={**project.scenarios, **scenarios})


def _files(scenario: Scenario, loaded: Loaded, sources: dict[str, bytes]) -> dict[str, str]:
    """The files that a scenario needs to be read again later; their contents are put into `sources`."""
    assert loaded.project is not None  # noqa: S101 only a whole project goes live
    mine = {one.file for one in closure(scenario.id, loaded.project).values()}
    files = {}
    for file, content in loaded.sources.items():
        if file in mine or not file.startswith("scenarios/"):
            hashed = source_hash(content)
            files[file], sources[hashed] = hashed, content
    return files
