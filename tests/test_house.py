"""The house rules of ARCHITECTURE.md that a program can hold: who may import whom, sizes and names of files."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "engine").rglob("*.py"))
PURE = ("core", "steps", "answers")
ADAPTERS = {"channels", "memory", "models", "outputs", "runtime", "cli", "project", "lint", "settings", "logs"}
CATCH_ALLS = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
MEANT = {"engine.core.frame", "engine.core.project", "engine.core.walk"}
IMPURE = {"asyncio", "random", "time", "socket", "subprocess", "threading", "httpx", "sqlite3", "telegram", "openai"}


def imports(path: Path, types: bool = False) -> Iterator[str]:
    """Full names of what a file imports, at its top or later; what is only for the type checker with `types`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree) if types else _running_code(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _running_code(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from _running_code(child)


def part(module: str) -> str:
    """`engine.core.events.Event` -> `core`; other people's modules -> ``."""
    names = module.split(".")
    return names[1] if names[0] == "engine" and len(names) > 1 else ""


def home(path: Path) -> str:
    return path.relative_to(ROOT / "engine").parts[0].removesuffix(".py")


@pytest.mark.parametrize("folder", PURE)
def test_the_pure_part_imports_no_adapter(folder: str) -> None:
    """core, steps and answers know nothing of channels, memory, models, outputs, runtime, files or settings."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / "engine" / folder).rglob("*.py")
        for module in imports(path)
        if part(module) in ADAPTERS or module.split(".")[0] in IMPURE
    ]
    assert wrong == []


def test_core_imports_no_kind() -> None:
    """core knows step kinds and answer types by their interface only: a new one is a new file, no edit elsewhere."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / "engine/core").rglob("*.py")
        for module in imports(path)
        if part(module) in ("steps", "answers")
    ]
    assert wrong == []


def test_no_import_circles() -> None:
    """The parts of the engine import one another in one direction only, late imports included."""
    uses: dict[str, set[str]] = {}
    for path in FILES:
        here = home(path)
        uses.setdefault(here, set()).update(part(module) for module in imports(path))
    for here, there in uses.items():
        there.discard("")
        there.discard(here)
    while free := [here for here, there in uses.items() if not there & uses.keys()]:
        for here in free:
            del uses[here]
    circles = {here: sorted(there & uses.keys()) for here, there in uses.items()}
    assert circles == {}


def test_no_import_circles_of_modules() -> None:
    """So do its modules, imports for the type checker included, but for those of the interface of a step kind: it is
    told the walk that enters it, which goes from step to step."""
    uses = {_module(path): set(imports(path, types=True)) for path in FILES}
    uses = {here: {there for name in names if (there := _nearest(name, uses))} - {here} for here, names in uses.items()}
    assert uses["engine.core.step"] > MEANT
    uses["engine.core.step"] -= MEANT
    list(TopologicalSorter(uses).static_order())  # raises CycleError, which names the modules of a circle


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _nearest(name: str, modules: Collection[str]) -> str:
    """The module that a full name stands in, or is."""
    return name if name in modules else module if (module := name.rpartition(".")[0]) in modules else ""


def test_files_are_short_and_named_for_what_they_are() -> None:
    """A newcomer reads any file whole, and no file is a drawer for everything."""
    long = [f"{path.relative_to(ROOT)}: {n} lines" for path in FILES if (n := _lines(path)) > 300]
    assert long == []
    assert [path.relative_to(ROOT) for path in FILES if path.stem in CATCH_ALLS] == []


def test_each_module_says_what_it_is() -> None:
    """Each module that holds code opens with a docstring."""
    silent = [path.relative_to(ROOT) for path in FILES if _lines(path) and not _docstring(path)]
    assert silent == []


def _lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def _docstring(path: Path) -> str | None:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_every_variable_stands_in_the_example() -> None:
    """.env.example names every variable that the engine reads, so that nobody has to search the code."""
    from engine.variables import READERS

    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert [name for name in READERS if f"\n{name}=" not in example] == []
