"""Lints the contents of a bot's files, with all processors when there are many of them.

Each process reads its share of the scenarios, tells the others the facts of them, and checks its share with the facts
of all. Law: the findings are those that one process alone would find.
"""

from __future__ import annotations

import os
import sys
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from engine.core.finding import Finding
from engine.lint.facts import Facts, is_broken
from engine.lint.run import Asked, checked_world, finished, lint
from engine.lint.world import World
from engine.project.load import Loaded, Loader

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MANY = 100  # scenarios: for fewer, starting another process costs more than it saves
MOST = 8  # processes


def lint_sources(
    loader: Loader, sources: dict[str, bytes], findings: list[Finding], asked: Asked | None = None
) -> list[Finding]:
    """All findings, `findings` of reading the files included."""
    processes = min(len(os.sched_getaffinity(0)), MOST) if sys.platform == "linux" else 1
    scenarios = [file for file in sources if file.startswith("scenarios/")]
    if processes < 2 or len(scenarios) < MANY:
        loaded = loader.build(sources)
        loaded.findings[:0] = findings
        return lint(loaded, asked)
    from multiprocessing import get_context  # 7 ms, which one file need not wait for

    shares = _shares(sources, scenarios, processes)
    context = get_context("fork")  # the files and the imported code are there already
    lines = []
    for share in shares[1:]:
        ours, theirs = context.Pipe()
        worker = context.Process(target=_work, args=(theirs, loader, sources, share, asked), daemon=True)
        worker.start()
        lines.append((ours, worker))
    found = _lead(lines, loader, sources, shares[0], asked)
    for _, worker in lines:
        worker.join()
    return finished([*findings, *found], sources)


def _shares(sources: dict[str, bytes], scenarios: list[str], count: int) -> list[list[str]]:
    """About as much for each; files of one name together, for they are judged beside each other."""
    named: dict[str, list[str]] = {}
    for file in scenarios:
        named.setdefault(PurePosixPath(file).stem, []).append(file)
    shares: list[list[str]] = [[] for _ in range(count)]
    sizes = [0] * count
    sizes[0] = sum(map(len, sources.values())) // 50  # this one also looks at all that is no scenario
    for files in sorted(named.values(), key=lambda one: -sum(len(sources[file]) for file in one)):
        least = sizes.index(min(sizes))
        shares[least] += files
        sizes[least] += sum(len(sources[file]) for file in files)
    return [share for share in shares if share]


def _built(loader: Loader, sources: dict[str, bytes], share: list[str]) -> Loaded:
    """The share, and all that is no scenario."""
    mine = {file: content for file, content in sources.items() if not file.startswith("scenarios/")}
    mine |= {file: sources[file] for file in sorted(share)}
    every = frozenset(PurePosixPath(file).stem for file in sources if file.startswith("scenarios/"))
    return loader.build(mine, every)


def _lead(
    lines: list[tuple[Connection[Any, Any], Any]],
    loader: Loader,
    sources: dict[str, bytes],
    share: list[str],
    asked: Asked | None,
) -> list[Finding]:
    loaded = _built(loader, sources, share)
    world = World.of(loaded)
    facts, broken = list(world.facts.values()), is_broken(loaded)
    for line, _ in lines:
        theirs, so = line.recv()
        facts += theirs
        broken = broken or so
    for line, _ in lines:
        line.send((facts, broken))
    world = World.of(loaded, facts, broken)
    world.texts = sources
    found = [*loaded.findings, *checked_world(world, asked)]
    for line, _ in lines:
        found += line.recv()
    return found


def _work(
    line: Connection[Any, Any], loader: Loader, sources: dict[str, bytes], share: list[str], asked: Asked | None
) -> None:
    loaded = _built(loader, sources, share)
    line.send((list(World.of(loaded).facts.values()), is_broken(loaded)))
    facts: tuple[list[Facts], bool] = line.recv()
    line.send([*loaded.findings, *checked_world(World.of(loaded, *facts, leads=False), asked)])
    line.close()
