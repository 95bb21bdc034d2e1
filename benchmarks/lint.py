"""How long lint takes: 1,000 files cold, one file from the shell, an unchanged tree; beside yamllint and
check-jsonschema, when those are installed.

    python -m benchmarks.lint [--files N] [--runs N] [--peers]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "engine.cli.main"]
GOALS = {"cold": 1.5, "one": 0.25, "unchanged": 0.3}  # seconds


def tree(folder: Path, count: int) -> float:
    """Copies of the shipped scenarios under new names; the mean number of their lines."""
    sources = sorted((ROOT / "scenarios").glob("*.yaml"))
    names = [path.stem for path in sources]
    (folder / "scenarios").mkdir(parents=True)
    lines = 0
    for number in range(count):
        source, copy = sources[number % len(sources)], number // len(sources)
        content = source.read_text("utf-8")
        content = re.sub(r"(?m)^scenario: .*", f"scenario: {source.stem}_{copy}", content)
        content = re.sub(r"(?m)^starts_on: .*", f"starts_on: [/c{number}]", content)

        def callee(found: re.Match[str], copy: int = copy) -> str:
            there = copy * len(names) + names.index(found[1]) < count
            return f"run: {found[1]}_{copy if there else 0}"

        content = re.sub(r"\brun: (\w+)", callee, content)
        (folder / "scenarios" / f"{source.stem}_{copy}.yaml").write_text(content, "utf-8")
        lines += content.count("\n")
    shutil.copytree(ROOT / "prompts", folder / "prompts")
    shutil.copytree(ROOT / "catalog", folder / "catalog")
    return lines / count


def seconds(command: list[str], runs: int, folder: Path) -> float:
    """The best of some runs: the machine may be busy."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        best = min(best, time.perf_counter() - start)
        if done.returncode not in (0, 1):
            raise SystemExit(done.stderr.decode())
    return best


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", action="store_true", help="also yamllint and check-jsonschema, once each")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        mean = tree(folder, args.files)
        print(f"{args.files} files of {mean:.0f} lines, {os.cpu_count()} processors, best of {args.runs}")
        rows = {
            "cold": ("all files, cold", seconds([*COMMAND, "lint", "--no-cache"], args.runs, folder)),
            "unchanged": ("the unchanged tree", 0.0),
            "one": ("one small file", 0.0),
        }
        seconds([*COMMAND, "lint"], 1, folder)
        rows["unchanged"] = (rows["unchanged"][0], seconds([*COMMAND, "lint"], args.runs, folder))
        shutil.copy(ROOT / "scenarios/fallback.yaml", folder / "fallback.yaml")
        rows["one"] = (rows["one"][0], seconds([*COMMAND, "lint", "--no-cache", "fallback.yaml"], args.runs, folder))
        for key, (what, took) in rows.items():
            print(f"{what:<20} {took:6.2f} s   goal {GOALS[key]} s   {'reached' if took <= GOALS[key] else 'MISSED'}")
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
            print(f"{name:<20} is not installed")
        else:
            print(f"{name:<20} {seconds([found, *command[1:]], 1, folder):6.2f} s")


if __name__ == "__main__":
    main()
