"""How long lint takes: 1,000 files cold, one file from the shell, an unchanged tree; beside yamllint and
check-jsonschema, when those are installed.

    python -m benchmarks.lint [--files N] [--runs N] [--peers]
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "engine.cli.main"]
GOALS = {"cold": 1.5, "one": 0.25, "unchanged": 0.3}  # seconds; a cold run of 1,000 files of LINES each
LINES = 60


def tree(folder: Path, count: int) -> float:
    """Copies of the shipped scenarios under new names, no text of which is quite that of another copy (what was parsed
    is remembered); the mean number of their lines."""
    sources = sorted((ROOT / "scenarios").glob("*.yaml"))
    names = [path.stem for path in sources]
    (folder / "scenarios").mkdir(parents=True)
    lines = 0
    for number in range(count):
        source, copy = sources[number % len(sources)], number // len(sources)
        content = source.read_text("utf-8")
        content = re.sub(r"(?m)^scenario: .*", f"scenario: {source.stem}_{copy}", content)
        if copy:  # the first keeps its commands, which texts name
            content = re.sub(r"(?m)^starts_on: .*", f"starts_on: [/c{number}]", content)

        def callee(found: re.Match[str], copy: int = copy) -> str:
            there = copy * len(names) + names.index(found[1]) < count
            return f"run: {found[1]}_{copy if there else 0}"

        content = re.sub(r"\brun: (\w+)", callee, content)
        content = content.replace(" }}", " " * copy + " }}")
        (folder / "scenarios" / f"{source.stem}_{copy}.yaml").write_text(content, "utf-8")
        lines += content.count("\n")
    for name in ("prompts", "catalog", "media"):
        shutil.copytree(ROOT / name, folder / name)
    return lines / count


def measured(command: list[str], runs: int, folder: Path) -> tuple[float, float, float]:
    """Seconds: the best, the median, and the median of processor time. The machine may be busy: then only the last says
    what the work costs, and the first comes nearest to what an author waits for."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    walls, worked = [], []
    for _ in range(runs):
        start, before = time.perf_counter(), _spent()
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        walls.append(time.perf_counter() - start)
        worked.append(_spent() - before)
        if done.returncode not in (0, 1):
            raise SystemExit(done.stderr.decode())
    return min(walls), statistics.median(walls), statistics.median(worked)


def _spent() -> float:
    """Processor time of all children that have ended, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _row(what: str, figures: tuple[float, float, float], goal: float | None = None) -> None:
    best, median, worked = figures
    told = "" if goal is None else f"   goal {goal:.2f} s   {'reached' if best <= goal else 'MISSED'}"
    print(f"{what:<20} best {best:6.2f}   median {median:6.2f}   processor {worked:6.2f} s{told}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", action="store_true", help="also yamllint and check-jsonschema, once each")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        mean = tree(folder, args.files)
        load = os.getloadavg()[0]
        print(f"{args.files} files of {mean:.0f} lines, {os.cpu_count()} processors, load {load:.1f}, {args.runs} runs")
        goal = GOALS["cold"] * args.files / 1000 * mean / LINES
        _row("all files, cold", measured([*COMMAND, "lint", "--no-cache"], args.runs, folder), goal)
        measured([*COMMAND, "lint"], 1, folder)
        _row("the unchanged tree", measured([*COMMAND, "lint"], args.runs, folder), GOALS["unchanged"])
        shutil.copy(ROOT / "scenarios/fallback.yaml", folder / "fallback.yaml")
        one = [*COMMAND, "lint", "--no-cache", "fallback.yaml"]
        _row("one small file", measured(one, args.runs, folder), GOALS["one"])
        if args.peers:
            _peers(folder)


def _peers(folder: Path) -> None:
    """Tools that check the form only; neither reads Jinja, ways or names."""
    schema = str(ROOT / "engine/scenario.schema.json")
    files = sorted(str(path) for path in (folder / "scenarios").glob("*.yaml"))
    for name, command in {
        "yamllint": ["yamllint", "-d", "relaxed", "scenarios"],
        "check-jsonschema": ["check-jsonschema", "--schemafile", schema, *files],
    }.items():
        found = shutil.which(name) or shutil.which(str(Path(sys.executable).parent / name))
        if found is None:
            print(f"{name:<20} is left out: it is not installed (pip install {name})")
        else:
            _row(name, measured([found, *command[1:]], 1, folder))


if __name__ == "__main__":
    main()
