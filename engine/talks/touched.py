"""Which talks an edit touches, for `dialogue test --watch`: those that went through what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from engine.talks.coverage import Point

FALLBACK = "fallback"  # whoever came there may come elsewhere once another file starts on what was said


class Walked(Struct, frozen=True):
    """Where a talk went when it was last played, and whether it passed."""

    scenarios: frozenset[str]
    prompts: frozenset[str]
    right: bool


def walked(points: Iterable[Point], right: bool) -> Walked:
    points = list(points)
    prompts = (point.detail for point in points if point.what == "asked_model" and point.detail != "*")
    return Walked(frozenset(point.scenario for point in points), frozenset(prompts), right)


def touched(root: Path, changed: Iterable[Path], before: Mapping[str, Walked]) -> Callable[[Path, str], bool]:
    """Says of a talk (its file, its name) whether it is to be played again: it is new or failed, its own file changed,
    or it went through a scenario or a prompt that did. What is shared (the catalog, a prompt that others extend, a
    scenario that nobody came to) touches all."""
    changed = {path.resolve() for path in changed}
    known = {scenario for one in before.values() for scenario in one.scenarios}
    asked = {prompt for one in before.values() for prompt in one.prompts}
    scenarios, prompts, everything = set[str](), set[str](), False
    for path in changed:
        folder, name = path.parent, path.name.split(".")[0]
        if root / "scenarios" in (folder, *folder.parents) and name in known:
            scenarios.add(name)
        elif root / "prompts" in (folder, *folder.parents) and name in asked:
            prompts.add(name)
        elif root / "tests" not in folder.parents and root / "tests" != folder:
            everything = True

    def again(file: Path, talk: str) -> bool:
        last = before.get(talk)
        if everything or last is None or not last.right or file.resolve() in changed:
            return True
        others = {FALLBACK} if scenarios else set[str]()
        return bool(last.scenarios & (scenarios | others) or last.prompts & prompts)

    return again
