"""Lints the contents of a bot's files, with all processors when there are many of them.

Each process reads its share of the scenarios, tells the others the facts of them, and checks its share with the facts
of all. Law: the findings are those that one process alone would find.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from engine.core.finding import Finding
from engine.lint.facts import Facts, is_broken
from engine.lint.run import Asked, checked_world, finished, lint
from engine.lint.world import World
from engine.project.load import Loaded, Loader
from engine.project.names import by_command

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MANY = 100  # scenarios: for fewer, starting another process costs more than it saves
MOST = 8  # processes
PORTIONS = 30  # for each of them


def lint_sources(
    loader: Loader, sources: dict[str, bytes], findings: list[Finding], asked: Asked | None = None
) -> list[Finding]:
    """All findings, `findings` of reading the files included."""
    processes = min(len(os.sched_getaffinity(0)), MOST) if sys.platform == "linux" else 1
    scenarios = [file for file in sources if file.startswith("scenarios/")]
    if processes >= 2 and len(scenarios) >= MANY:
        try:
            return finished([*findings, *_shared(loader, sources, scenarios, processes, asked)], sources)
        except (EOFError, OSError):  # a process was ended from outside, or could not be started
            loader = loader.another()
    loaded = loader.build(sources)
    loaded.findings[:0] = findings
    return lint(loaded, asked)


def _shared(
    loader: Loader, sources: dict[str, bytes], scenarios: list[str], processes: int, asked: Asked | None
) -> list[Finding]:
    """Raises EOFError or OSError when a process is not there any more."""
    from multiprocessing import get_context  # 7 ms, which one file need not wait for

    heap = Heap(sources, scenarios, processes)
    context = get_context("fork")  # the files and the imported code are there already
    lines: list[Connection[Any, Any]] = []
    workers = []
    try:
        for _ in range(1, processes):
            ours, theirs = context.Pipe()
            lines.append(ours)
            worker = context.Process(target=_work, args=(theirs, lines, loader, sources, heap, asked), daemon=True)
            with theirs:  # a line that nobody else holds ends with the process
                worker.start()
            workers.append(worker)
        return _lead(lines, loader, sources, heap, asked)
    finally:
        heap.close()
        for line in lines:
            line.close()
        for worker in workers:
            worker.join()


class Heap:
    """The scenarios in portions: one for each process to begin with, then those it has time for, as the processors of a
    machine are seldom equally fast. Their numbers wait in a pipe, from which each is read once."""

    def __init__(self, sources: dict[str, bytes], scenarios: list[str], processes: int) -> None:
        named: dict[str, list[str]] = {}
        for file in scenarios:
            named.setdefault(PurePosixPath(file).stem, []).append(file)
        count = processes * PORTIONS
        self._portions: list[list[str]] = [[] for _ in range(count)]
        # Files of one name together, for they are judged beside each other; the large ones first.
        for place, files in enumerate(sorted(named.values(), key=lambda one: -sum(len(sources[file]) for file in one))):
            self._portions[place % count] += files
        self._read = _filled(bytes(range(processes, count)))
        try:
            self._first = _filled(b"1")
        except OSError:
            os.close(self._read)
            raise

    def take(self, process: int, share: list[str]) -> Iterator[str]:
        """Files that no other process takes, until none is left; each is in the share from then on."""
        number: int | None = process
        while number is not None:
            share += self._portions[number]
            yield from self._portions[number]
            number = next(iter(os.read(self._read, 1)), None)

    def is_first(self) -> bool:
        """Whether no other process has asked this before."""
        return bool(os.read(self._first, 1))

    def close(self) -> None:
        """This process's ends of the pipes."""
        os.close(self._read)
        os.close(self._first)


def _filled(content: bytes) -> int:
    """The end of a pipe from which just that can be read."""
    end, other = os.pipe()
    os.write(other, content)
    os.close(other)
    return end


def _built(process: int, loader: Loader, sources: dict[str, bytes], heap: Heap) -> Loaded:
    """What this process takes of the scenarios, and all that is none."""
    share: list[str] = []
    loader.read_ahead(sources, heap.take(process, share))
    mine = {file: content for file, content in sources.items() if not file.startswith("scenarios/")}
    mine |= {file: sources[file] for file in sorted(share)}
    every = frozenset(PurePosixPath(file).stem for file in sources if file.startswith("scenarios/"))
    return loader.build(mine, every)


def _of_reading(world: World) -> list[Finding]:
    """What reading the files has found. Which scenario a command starts is known only now, by the facts of all."""
    files = {PurePosixPath(file).stem for file in world.texts if file.startswith("scenarios/")}
    triggers = {name: facts.triggers for name, facts in world.facts.items()}
    found = []
    for one in world.loaded.findings:
        name = one.topic.names[0] if one.code == "unknown-scenario" and one.topic.names else ""
        help = by_command(name, triggers) if name and name not in files else ""
        found.append(replace(one, help=help) if help else one)
    return found


def _lead(
    lines: list[Connection[Any, Any]],
    loader: Loader,
    sources: dict[str, bytes],
    heap: Heap,
    asked: Asked | None,
) -> list[Finding]:
    loaded = _built(0, loader, sources, heap)
    world = World.of(loaded)
    mine = list(world.facts.values())
    told = [line.recv() for line in lines]
    broken = is_broken(loaded) or any(so for _, so in told)
    for line in lines:
        others = [facts for other, (facts, _) in zip(lines, told, strict=True) if other is not line]
        line.send((list(chain(mine, *others)), broken))
    world = World.of(loaded, list(chain(mine, *(facts for facts, _ in told))), broken)
    world.texts = sources
    found = [*_of_reading(world), *checked_world(world, asked, heap.is_first)]
    for line in lines:
        found += line.recv()
    return found


def _work(
    line: Connection[Any, Any],
    of_leader: list[Connection[Any, Any]],
    loader: Loader,
    sources: dict[str, bytes],
    heap: Heap,
    asked: Asked | None,
) -> None:
    for other in of_leader:
        other.close()
    with suppress(BaseException):  # whatever it is, the one that leads hears that this one is gone, and meets it too
        loaded = _built(len(of_leader), loader, sources, heap)
        mine = list(World.of(loaded).facts.values())
        line.send((mine, is_broken(loaded)))
        theirs: list[Facts]
        theirs, broken = line.recv()
        world = World.of(loaded, [*mine, *theirs], broken)
        world.texts = sources
        line.send([*_of_reading(world), *checked_world(world, asked, heap.is_first)])
    line.close()
