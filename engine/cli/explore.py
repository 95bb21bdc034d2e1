"""`dialogue explore`: walks every way by itself, and shows what a person should not run into."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.core.project import Project
    from engine.explore.report import Explored, Found
    from engine.talks.coverage import Coverage

AREA = "write"
HELP = "walk every way by itself; shows crashes, dead ends, circles, questions nobody can answer"
EXAMPLES = (
    ("dialogue explore", "from every start"),
    ("dialogue explore start --write-tests tests/dialogues/found.yaml", "one scenario; keep what no talk test tries"),
)
TURNS, SECONDS = 60_000, 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", nargs="?", default="", metavar="SCENARIO", help="only from the start of this one")
    parser.add_argument("--turns", type=int, default=TURNS, help=f"stop after so many (default: {TURNS})")
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"or after so long (default: {SECONDS:g})")
    parser.add_argument(
        "--write-tests", type=Path, metavar="FILE", help="write talks for the ways that no talk test goes yet"
    )


def run(args: argparse.Namespace) -> int:
    from engine.cli.graph import project_with
    from engine.explore.report import explore
    from engine.talks.coverage import Coverage

    project = project_with(args.root, args.scenario)
    if project is None:
        return 1
    coverage = Coverage()
    coverage.watch(project)
    explored = explore(project, coverage, args.turns, args.seconds, args.scenario)
    for found in explored.found:
        _print(found)
    if args.write_tests is not None:
        _write_tests(args.write_tests, args.root, project, explored)
    print(_summary(project, coverage, explored, args.scenario))
    return 1 if any(found.wrong for found in explored.found) else 0


def _print(found: Found) -> None:
    from engine.explore.report import records_lines, talk_lines

    place = f"{found.span.file}:{found.span.line}: " if found.span else ""
    print(f"{place}{found.kind}: {found.message}")
    if found.state is not None:
        rows = [*records_lines(found.state), *talk_lines(found.state)]
        print("".join(f"    {row}\n" for row in rows))


def _summary(project: Project, coverage: Coverage, explored: Explored, only: str) -> str:
    share = coverage.share(project, only) if only else coverage.whole(project)
    bounded = "" if explored.whole else "; stopped by its bound, so not every way was tried (--turns, --seconds)"
    wrong = sum(found.wrong for found in explored.found)
    trouble = f"{wrong} found" if wrong else "nothing wrong"
    if untried := len(explored.found) - wrong:
        trouble += f", {untried} not tried (a certain text, record, setting or person may be all it takes)"
    return f"{explored.turns} turns, {100 * share:.0f} % of steps and ways; {trouble}{bounded}"


def _write_tests(path: Path, root: Path, project: Project, explored: Explored) -> None:
    """Talks for the points that the talk tests miss, one for each; `dialogue test --update` adds what the bot says."""
    from engine.cli.main import WrongUse
    from engine.explore.report import records_lines, talk_lines
    from engine.talks import suite
    from engine.talks.coverage import Point, told

    if path.exists():
        raise WrongUse(f"{path} is there already")
    [(_, files)] = suite.talk_files([root], root).items()
    tested = suite.run(root, files).coverage.seen
    talks: dict[str, str] = {}
    for point, state in explored.shown.items():
        ways = project.scenarios[point.scenario].steps[point.index].outcomes()
        gap = point if (point.what, point.detail) in ways else Point(point.scenario, point.index)
        if gap in tested:
            continue
        tested.add(gap)
        missed = told(project, gap)
        rows = [*records_lines(state), "lines:", *(f"  {row}" for row in talk_lines(state, to_the_end=True))]
        body = "".join(f"    {row}\n" for row in rows)
        talks.setdefault(body, f'  "{missed.file}:{missed.line} {missed.text}":\n{body}')
    if not talks:
        print("the talk tests miss nothing that was found")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "# Made by `dialogue explore --write-tests`; now: dialogue test --update\ntalks:\n" + "".join(talks.values()),
        encoding="utf-8",
    )
    print(f"wrote {len(talks)} talks into {path}; `dialogue test --update {path}` adds what the bot says")
