"""Breaks every shipped scenario and prompt in every single way of a list, and counts which breaks lint tells.

    python -m benchmarks.mutants [--sample N] [--misses] [--no-talks]

Whether a mutant is harmful is not lint's to say. «Broken» is one whose file cannot be loaded (the schema); one that
brings a talk test (tests/dialogues) to an error of the engine; and one in which the explorer (engine/explore) comes to
trouble that it does not find in the bot as it is. «Changed» is one whose talks run, and say or save something else than
they should, which often only its author can call wrong.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.core import turn
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.project import Project
from engine.explore.report import NOT_TRIED, explore
from engine.lint.run import lint
from engine.lint.spot import Source
from engine.project.front_matter import split
from engine.project.load import Loaded, Loader
from engine.project.yaml import read
from engine.talks.coverage import Coverage
from engine.talks.file import read_talks
from engine.talks.player import Bot, play

TURNS = 250  # of the explorer, a scenario
ROOT = Path(__file__).parents[1]
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
EXACT = {
    "rename key",
    "rename value",
    "retype",
    "unquote",
    "cut quote",
    "rename name",
    "rename attribute",
    "rename filter",
    "rename literal",
    "cut braces",
    "indent",
}


@dataclass(frozen=True)
class Mutant:
    file: str
    kind: str
    line: int
    what: str
    content: bytes


def mutants(file: str, content: bytes) -> Iterator[Mutant]:
    """Every mutant of one file."""
    text = content.decode()
    seen = {text}
    made = _of_scenario(file, text) if file.startswith("scenarios/") else _of_prompt(file, text)
    for kind, line, what, changed in made:
        if changed not in seen:
            seen.add(changed)
            yield Mutant(file, kind, line, what, changed.encode())


Change = tuple[str, int, str, str]


def _of_scenario(file: str, text: str) -> Iterator[Change]:
    node, _ = read(text, file)
    assert node is not None
    yield from _of_node(text, node, _Offsets(text), prose=False)
    yield from _of_lines(text)
    yield from _of_jinja(text, Source(text, file, node.span, _Offsets(text).place))
    for scalar in _conditions(node):
        start = _Offsets(text).of(scalar.span.line, scalar.span.column) + (0 if scalar.plain else 1)
        source = Source(scalar.text, file, scalar.span, lambda offset: (1, offset), bare=True)
        for word in source.words:
            yield from _typo(text, word.kind, word.before[1], start + word.offset, word.text, scalar.span.line)


def _of_prompt(file: str, text: str) -> Iterator[Change]:
    front, _ = split(text, file)
    offsets = _Offsets(text)
    if front.node is not None:
        yield from _of_node(text, front.node, offsets, prose=False)
    start = len(text) - len(front.body)
    source = Source(text, file, front.node.span if front.node else read("a", file)[0].span, offsets.place)  # type: ignore[union-attr] # `a` is a node
    yield from _of_jinja(text, source)
    for tag in ("{% endblock %}", "{% endfor %}", "{% endif %}"):
        at = text.find(tag, start)
        if at >= 0:
            yield "cut tag", offsets.place(at)[0], tag, text[:at] + text[at + len(tag) :]


class _Offsets:
    """From (line, column) to an offset in the text and back."""

    def __init__(self, text: str) -> None:
        self.starts = [0]
        for found in re.finditer("\n", text):
            self.starts.append(found.end())

    def of(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column - 1

    def place(self, offset: int) -> tuple[int, int]:
        line = next((number for number, start in enumerate(self.starts) if start > offset), len(self.starts))
        return line, offset - self.starts[line - 1] + 1


def _of_node(text: str, node: Node, offsets: _Offsets, prose: bool) -> Iterator[Change]:
    """Keys, values and items; texts for people are left as they are."""
    if isinstance(node, Mapping):
        yield from _of_mapping(text, node, offsets, prose)
    elif isinstance(node, Sequence):
        yield from _of_sequence(text, node, offsets, prose)
    elif not prose:
        yield from _of_scalar(text, node, offsets)


PROSE = {
    "question",
    "say",
    "if_wrong",
    "title",
    "description",
    "text",
    "subject",
    "label",
    "yes",
    "change",
    "ru",
    "en",
    "skip",
}


def _of_mapping(text: str, node: Mapping, offsets: _Offsets, prose: bool) -> Iterator[Change]:
    for key, (key_node, value) in node.entries.items():
        start, end = (
            offsets.of(key_node.span.line, key_node.span.column),
            offsets.of(key_node.span.end_line, key_node.span.end_column),
        )
        until = offsets.of(value.span.end_line, value.span.end_column)
        line = key_node.span.line
        yield "drop key", line, key, _without(text, start, until)
        if key not in ("ru", "en") and not prose:
            yield "rename key", line, key, text[:start] + misspelt(key) + text[end:]
        yield from _of_node(text, value, offsets, prose or key in PROSE)
    keys = list(node)
    for low, high in (("min", "max"), ("min_length", "max_length")):
        if low in keys and high in keys:
            one, two = node.entries[low][1], node.entries[high][1]
            if isinstance(one, Scalar) and isinstance(two, Scalar):
                a, b = (offsets.of(scalar.span.line, scalar.span.column) for scalar in (one, two))
                if a < b:
                    yield (
                        "swap limits",
                        one.span.line,
                        low,
                        text[:a] + two.text + text[a + len(one.text) : b] + one.text + text[b + len(two.text) :],
                    )


def _without(text: str, start: int, until: int) -> str:
    """The entry is gone, with its comma or its line."""
    after = re.match(r"\s*,\s*", text[until:])
    if after:
        return text[:start] + text[until + after.end() :]
    before = re.search(r",\s*\Z", text[:start])
    if before:
        return text[: before.start()] + text[until:]
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", until)
    if not text[line_start:start].strip() and line_end >= 0:
        return text[:line_start] + text[line_end + 1 :]
    rest = re.match(r"[ \t]*(#.*)?\n[ \t]*(?!- )", text[until:])
    return text[:start] + text[until + rest.end() :] if rest else text[:start] + text[until:]


def _of_sequence(text: str, node: Sequence, offsets: _Offsets, prose: bool) -> Iterator[Change]:
    block = [(offsets.of(item.span.line, item.span.column), item) for item in node.items]
    in_block = bool(block) and re.search(r"-\s+\Z", text[: block[0][0]]) is not None
    for start, item in block:
        until = offsets.of(item.span.end_line, item.span.end_column)
        if in_block:
            first, last = text.rfind("\n", 0, start) + 1, text.find("\n", until) + 1 or len(text)
            yield "drop item", item.span.line, "", text[:first] + text[last:]
            yield "double item", item.span.line, "", text[:last] + text[first:last] + text[last:]
            following = next((other for place, other in block if place > start), None)
            if following is not None:
                end = text.find("\n", offsets.of(following.span.end_line, following.span.end_column)) + 1 or len(text)
                yield "swap items", item.span.line, "", text[:first] + text[last:end] + text[first:last] + text[end:]
        else:
            yield "drop item", item.span.line, "", _without(text, start, until)
        yield from _of_node(text, item, offsets, prose)


def _of_scalar(text: str, node: Scalar, offsets: _Offsets) -> Iterator[Change]:
    start, end = offsets.of(node.span.line, node.span.column), offsets.of(node.span.end_line, node.span.end_column)
    if node.plain and WORD.fullmatch(node.text) and node.text not in ("true", "false", "end"):
        yield "rename value", node.span.line, node.text, text[:start] + misspelt(node.text) + text[end:]
    if node.plain and node.text and node.span.line == node.span.end_line:
        if re.fullmatch(r"[\d.]+", node.text):
            yield "retype", node.span.line, node.text, text[:start] + "many" + text[end:]
        yield "retype", node.span.line, node.text, text[:start] + "{a: 1}" + text[end:]
    if not node.plain and node.span.line == node.span.end_line and text[start] in "\"'":
        yield "unquote", node.span.line, node.text, text[:start] + text[start + 1 : end - 1] + text[end:]
        yield "cut quote", node.span.line, node.text, text[: end - 1] + text[end:]


def _conditions(node: Node) -> Iterator[Scalar]:
    """Bare expressions."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _conditions(item)
    elif isinstance(node, Mapping):
        for key, (_, value) in node.entries.items():
            bare = key in ("if", "switch", "from", "record") or (key == "in" and "each" in node)
            if bare and isinstance(value, Scalar):
                yield value
            else:
                yield from _conditions(value)


def _of_jinja(text: str, source: Source) -> Iterator[Change]:
    for word in source.words:
        yield from _typo(text, word.kind, word.before[1], word.offset, word.text, word.line)
    for found in re.finditer(r"\}\}", text):
        yield (
            "cut braces",
            text.count("\n", 0, found.start()) + 1,
            "}}",
            text[: found.start()] + "}" + text[found.end() :],
        )


JINJA = {
    "if",
    "else",
    "elif",
    "endif",
    "for",
    "in",
    "endfor",
    "not",
    "and",
    "or",
    "is",
    "none",
    "true",
    "false",
    "block",
    "endblock",
    "extends",
    "set",
    "super",
}


def _typo(text: str, kind: str, before: str, offset: int, word: str, line: int) -> Iterator[Change]:
    if kind == "name" and word not in JINJA and len(word) > 2:
        name = {"|": "rename filter", ".": "rename attribute"}.get(before, "rename name")
        yield name, line, word, text[:offset] + misspelt(word) + text[offset + len(word) :]
    elif kind == "text" and WORD.fullmatch(word):
        yield "rename literal", line, word, text[: offset + 1] + misspelt(word) + text[offset + 1 + len(word) :]


def _of_lines(text: str) -> Iterator[Change]:
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"\s+[\w-]+.*:", line) and not line.lstrip().startswith("#"):
            yield "indent", number, line.strip(), text[:start] + " " + text[start:]
        start += len(line) + 1


def misspelt(word: str) -> str:
    """Two letters change places; else one is doubled."""
    for place in range(1, len(word) - 1):
        if word[place] != word[place + 1]:
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return f"{word}{word[-1]}"


# judging --------------------------------------------------------------------------------------------------------


class Judge:
    """Plays the talk tests on a mutant, and explores it. `broken`, `changed` or `harmless`. `by` counts what told that
    a mutant is broken: the schema, the talks or the explorer."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.loader = Loader(root, {})
        self.sources, _ = self.loader.files.read()
        self.talks = {
            path.stem: read_talks(path, path.name).talks for path in sorted((root / "tests/dialogues").glob("*.yaml"))
        }
        self.uses = self._uses()
        self.errors = 0
        self.by: Counter[str] = Counter()
        self.known: dict[str, set[tuple[str, str]]] = {}  # scenario -> what the explorer tells of it as it is
        original = turn._trouble

        def counted(*args: object) -> object:
            self.errors += 1
            return original(*args)  # type: ignore[arg-type] # passed on as it came

        turn._trouble = counted  # type: ignore[assignment] # the same arguments and result

    def _uses(self) -> dict[str, set[str]]:
        """File -> the talks that walk through it: of its own scenario, and of those that run it or use the prompt."""
        loaded = self.loader.build(dict(self.sources))
        assert loaded.project is not None, loaded.errors
        used: dict[str, set[str]] = {}
        for name, scenario in loaded.project.scenarios.items():
            used.setdefault(scenario.file, set()).add(name)
            for step in scenario.steps:
                for reference in step.references:
                    if reference.kind == "scenario":
                        used.setdefault(f"scenarios/{reference.name}.yaml", set()).add(name)
                    elif reference.kind == "prompt":
                        used.setdefault(f"prompts/{reference.name}.md.j2", set()).add(name)
        used["prompts/_persona.md.j2"] = set(loaded.project.scenarios)
        return used

    def of(self, mutant: Mutant, play_talks: bool = True) -> tuple[str, list[int], int]:
        """(verdict, lines of lint's findings in this file, findings elsewhere). Infos are no findings."""
        sources = {**self.sources, mutant.file: mutant.content}
        loaded = self.loader.build(sources)
        found = [one for one in lint(loaded) if one.severity != "info"]
        lines = [one.span.line for one in found if one.span.file == mutant.file]
        verdict = self._verdict(mutant, loaded, play_talks)
        return verdict, lines, len(found) - len(lines)

    def _verdict(self, mutant: Mutant, loaded: Loaded, play_talks: bool) -> str:
        project = loaded.project
        if project is None:
            return self._broken("schema")
        names = sorted(self.uses.get(mutant.file, ())) if play_talks else []
        verdict = "harmless"
        self.errors = 0
        bot = Bot(self.root, project, loaded)
        for talk in (talk for name in names for talk in self.talks.get(name, ())):
            try:
                right = play(bot, talk).right
            except Exception:
                return self._broken("talks")
            if self.errors:
                return self._broken("talks")
            verdict = verdict if right else "changed"
        return self._broken("explorer") if any(self._trouble(project, name) for name in names) else verdict

    def _broken(self, by: str) -> str:
        self.by[by] += 1
        return "broken"

    def _trouble(self, project: Project, name: str) -> bool:
        """Whether the explorer finds in this scenario what it does not find in the bot as it is."""
        if name not in self.known:
            original = self.loader.build(dict(self.sources)).project
            assert original is not None
            self.known[name] = _explored(original, name)
        return bool(_explored(project, name) - self.known[name])


def _explored(project: Project, name: str) -> set[tuple[str, str]]:
    """(kind, message) of the trouble that the explorer comes to on a few hundred turns; what it did not come to by then
    is none."""
    if name not in project.scenarios:
        return set()
    coverage = Coverage()
    coverage.watch(project)
    found = explore(project, coverage, TURNS, 60, name).found
    return {(one.kind, one.message if one.kind == "crash" else "") for one in found if one.kind != NOT_TRIED}


@dataclass
class Figures:
    """`told[verdict]`, `all[verdict]`, and of those told by a kind with one place, on how many the line is right."""

    all: Counter[str]
    told: Counter[str]
    by: Counter[str]
    placed: int = 0
    exact: int = 0

    def share(self, verdict: str) -> float:
        return 100 * self.told[verdict] / max(self.all[verdict], 1)


def measure(sample: int | None, misses: bool = False, play_talks: bool = True) -> Figures:
    judge = Judge(ROOT)
    every = [
        one
        for file, content in sorted(judge.sources.items())
        if file.startswith(("scenarios/", "prompts/"))
        for one in mutants(file, content)
    ]
    chosen = random.Random(7).sample(every, min(sample, len(every))) if sample else every
    figures = Figures(Counter(), Counter(), judge.by)
    kinds: Counter[tuple[str, str]] = Counter()
    for mutant in chosen:
        verdict, lines, elsewhere = judge.of(mutant, play_talks)
        told = bool(lines or elsewhere)
        figures.all[verdict] += 1
        figures.told[verdict] += told
        kinds[mutant.kind, f"{verdict}{'' if told else ' untold'}"] += 1
        if verdict == "broken" and told and mutant.kind in EXACT:
            figures.placed += 1
            figures.exact += mutant.line in lines
            if misses and mutant.line not in lines:
                print(f"PLACE {mutant.file}:{mutant.line} {mutant.kind} {mutant.what!r}: {lines}")
        if misses and not told and verdict != "harmless":
            print(f"MISS  {mutant.file}:{mutant.line} {verdict}: {mutant.kind} {mutant.what!r}")
    if misses:
        for (kind, verdict), count in sorted(kinds.items()):
            print(f"{kind:<18}{verdict:<18}{count}")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int)
    parser.add_argument("--misses", action="store_true", help="print each one that lint does not tell")
    parser.add_argument("--no-talks", action="store_true", help="only those that cannot be loaded count as broken")
    args = parser.parse_args()
    start = time.perf_counter()
    figures = measure(args.sample, args.misses, not args.no_talks)
    for verdict in ("broken", "changed", "harmless"):
        every, told = figures.all[verdict], figures.told[verdict]
        print(f"{verdict:<9} {every:>5} mutants, lint tells {told:>5} ({figures.share(verdict):.1f} %)")
    print("broken as told by: " + ", ".join(f"{who} {count}" for who, count in figures.by.most_common()))
    exact = 100 * figures.exact / max(figures.placed, 1)
    print(f"of the broken ones with one place {figures.placed}, on the exact line {exact:.1f} %")
    print(f"{sum(figures.all.values())} mutants in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
