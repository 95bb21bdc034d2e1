"""What ships is clean, what no short example can show is told too, and nothing that is broken makes lint fall."""

from __future__ import annotations

import gc
import os
import random
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.mutants import measure
from engine.core.finding import Finding
from engine.lint.gate import Gate
from engine.lint.parallel import Heap, lint_sources
from engine.lint.run import lint
from engine.project.load import Loader
from tests.lint.golden import FOLDER, NOWHERE, files, found

ROOT = Path(__file__).parents[2]
LOADER = Loader(ROOT)
SOURCES, _ = LOADER.files.read()
SCENARIOS = sorted(file for file in SOURCES if file.startswith(("scenarios/", "prompts/")))
HEAD = b"format: 1\nscenario: a\nstarts_on: [/a]\nsteps:\n"


def codes(findings: list[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def test_what_ships_is_clean() -> None:
    """No finding at all in the scenarios, prompts, catalogs and media that ship."""
    assert lint(Loader(ROOT).load()) == []


def test_a_long_text_is_told() -> None:
    """A text over 4,096 characters, or a caption over 1,024, is sent in parts: an info."""
    assert codes(found({"scenarios/a.yaml": HEAD + b"  - say: " + b"x" * 5000})) == {"long-text"}
    with_photo = b"  - say: " + b"x" * 2000 + b"\n    photo: https://example.com/a.jpg\n"
    assert codes(found({"scenarios/a.yaml": HEAD + with_photo})) == {"long-text"}
    assert found({"scenarios/a.yaml": HEAD + b"  - say: " + b"x" * 2000}) == []


def test_a_setting_that_does_not_fit_is_told() -> None:
    """A variable of the environment that is no number where a number is declared."""
    bot = b"settings: {HOURS: {type: number, default: 12}}\n"
    files = {"scenarios/a.yaml": HEAD + b'  - say: "{{ settings.HOURS }}"\n', "catalog/bot.yaml": bot}
    assert codes(lint(Loader(Path("/nowhere"), {"HOURS": "many"}).build(files))) == {"bad-setting"}
    assert lint(Loader(Path("/nowhere"), {"HOURS": "6"}).build(files)) == []


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """A link that leads out of the folder, and a file that is too big."""
    (tmp_path / "outside.yaml").write_text("format: 1\n", "utf-8")
    root = tmp_path / "bot"
    (root / "scenarios").mkdir(parents=True)
    (root / "scenarios/a.yaml").symlink_to(tmp_path / "outside.yaml")
    assert "unreadable" in codes(lint(Loader(root).load()))
    assert "file-too-big" in codes(found({"scenarios/a.yaml": b"a: " + b"x" * 1_100_000}))


def test_a_reload_is_kept_by_errors_only() -> None:
    """Warnings and infos do not keep new files from going live."""
    warns = Loader(Path("/nowhere")).build({"scenarios/a.yaml": HEAD + b"  - end\n  - say: Hello\n"})
    assert codes(lint(warns)) == {"unreachable-step"}
    gate = Gate(Loader(Path("/nowhere")).build({"scenarios/a.yaml": HEAD + b"  - say: Hello\n"}))
    assert gate.errors(warns) == []
    wrong = Loader(Path("/nowhere")).build({"scenarios/a.yaml": HEAD + b'  - say: "{{ nmae }}"\n'})
    assert codes(gate.errors(wrong)) == {"unknown-name"}


def test_a_running_bot_can_be_linted_again() -> None:
    """The engine drops a text's syntax tree once it is compiled; lint reads such texts anew and finds the same."""
    loaded = Loader(Path("/nowhere")).build(
        {"scenarios/a.yaml": HEAD + b'  - say: "{{ person.name }}"\n  - if: person.knwon\n    then: [{say: Hello}]\n'}
    )
    before = lint(loaded)
    assert loaded.draft is not None
    for step in loaded.draft.scenarios["a"].steps:
        for template in step.templates:
            for part in getattr(template, "languages", {"": template}).values():
                if part.jinja is not None:
                    part.jinja.code()
    assert lint(loaded) == before
    assert codes(before) == {"unknown-attribute"}


def test_many_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work may be shared; what is found is the same, in the same order."""
    sources = dict(SOURCES)
    for number, file in enumerate(SCENARIOS):
        broken = SOURCES[file].replace(b"ask: ", b"aks: ", 1) if number % 3 == 0 else SOURCES[file][: -40 * number - 1]
        sources[file] = broken + b"\n# sk-aaaabbbbccccddddeeeeffff\n"
    alone = lint(Loader(ROOT).build(sources))
    monkeypatch.setattr("engine.lint.parallel.MANY", 2)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 1, 2})
    assert lint_sources(Loader(ROOT), sources, []) == alone
    assert len(alone) > 10


def test_a_process_that_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its share is looked at by the one that is left."""
    monkeypatch.setattr("engine.lint.parallel.MANY", 2)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 1, 2})
    monkeypatch.setattr("engine.lint.parallel.Heap.take", killed(Heap.take))
    file = "scenarios/check_in.yaml"
    sources = SOURCES | {file: SOURCES[file].replace(b"ask: ", b"aks: ", 1)}
    alone = lint(Loader(ROOT).build(sources))
    assert lint_sources(Loader(ROOT), sources, []) == alone
    assert alone


def test_a_process_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left open when the machine's bound is met; the findings are the same."""
    monkeypatch.setattr("engine.lint.parallel.MANY", 2)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 1, 2})
    alone = lint_sources(Loader(ROOT), SOURCES, [])
    bounds = resource.getrlimit(resource.RLIMIT_NOFILE)
    gc.collect()  # what earlier tests left open must not be closed in between
    before = opened()
    free = [number for number in range(bounds[0]) if number not in before]
    for more in (3, 4, 5):  # there is no line to it, or no process; with one more, what stays is Python's own
        resource.setrlimit(resource.RLIMIT_NOFILE, (free[more], bounds[1]))
        try:
            found = lint_sources(Loader(ROOT), SOURCES, [])
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, bounds)
        assert (found, opened()) == (alone, before), more


def opened() -> set[int]:
    """What this process has open."""
    return {number for number in range(1024) if (Path("/proc/self/fd") / str(number)).is_symlink()}


def killed(take: Callable[..., Iterator[str]]) -> Callable[..., Iterator[str]]:
    def taking(heap: Heap, process: int, share: list[str]) -> Iterator[str]:
        if process == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        yield from take(heap, process, share)

    return taking


def test_cases_are_told_the_same_by_many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case of several scenarios, one to each process: what they see of each other is all that they need."""
    monkeypatch.setattr("engine.lint.parallel.MANY", 2)
    several = 0
    for case in sorted(FOLDER.glob("*.yaml")):
        sources = files(case)
        scenarios = [file for file in sources if file.startswith("scenarios/")]
        if len(scenarios) > 1:
            processes = set(range(len(scenarios)))
            monkeypatch.setattr("os.sched_getaffinity", lambda process, processes=processes: processes)
            assert lint_sources(Loader(NOWHERE), sources, []) == lint(Loader(NOWHERE).build(sources)), case.name
            several += 1
    assert several > 10


def test_cases_are_told_the_same_one_scenario_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many scenarios a check sees at once, the findings are the same."""
    cases = {case.name: files(case) for case in sorted(FOLDER.glob("*.yaml"))}
    whole = {name: lint(Loader(NOWHERE).build(sources)) for name, sources in cases.items()}
    monkeypatch.setattr("engine.lint.world.AT_ONCE", 1)
    assert {name: lint(Loader(NOWHERE).build(sources)) for name, sources in cases.items()} == whole


def test_a_file_asked_for_alone_is_told_the_same() -> None:
    """Every case, file by file: what the whole bot's lint says of it, no word more or less."""
    several = 0
    for case in sorted(FOLDER.glob("*.yaml")):
        loaded = Loader(NOWHERE).build(files(case))
        whole = lint(loaded)
        scenarios = [file for file in loaded.sources if file.startswith("scenarios/")]
        several += len(scenarios) > 1
        for asked in scenarios:
            alone = [one for one in lint(loaded, asked.__eq__) if one.span.file == asked]
            assert alone == [one for one in whole if one.span.file == asked], (case.name, asked)
    assert several > 10


def test_mutants_are_told() -> None:
    """Of a sample of broken scenarios and prompts at least 95 % are told, and of those with one place 90 % exactly
    there. The figures for all: `python -m benchmarks.mutants`."""
    figures = measure(sample=60)
    assert figures.all["broken"] > 20
    assert figures.share("broken") >= 95
    assert figures.exact / figures.placed >= 0.9


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(file for file in SOURCES if file.startswith(("scenarios/", "prompts/", "catalog/")))),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 30), st.binary(max_size=6)), min_size=1, max_size=4),
)
def test_nothing_makes_lint_fall(file: str, cuts: list[tuple[int, int, bytes]]) -> None:
    """Whatever is cut out of a file and put into it, bytes that are no text included: findings, and no crash."""
    content = SOURCES[file]
    for at, length, instead in cuts:
        place = at % (len(content) + 1)
        content = content[:place] + instead + content[place + length :]
    for finding in lint(LOADER.build({**SOURCES, file: content})):
        assert finding.span.line >= 1
        assert finding.span.column >= 1


def test_no_mixture_of_words_makes_lint_fall() -> None:
    """Steps, expressions and values thrown together at random."""
    words = [
        "ask",
        "say",
        "if",
        "{{",
        "}}",
        "name",
        "question",
        "choices",
        "- ",
        ": ",
        "\n  ",
        "\n    ",
        "[",
        "]",
        "{",
        "}",
    ]
    words += [
        "'",
        '"',
        "llm",
        "set",
        "each",
        "in",
        "do",
        "goto",
        "run",
        "find",
        "save",
        "where",
        "{% for x in y %}",
        "|",
        "x.y",
    ]
    rng = random.Random(3)
    for _ in range(60):
        text = "".join(rng.choice(words) for _ in range(rng.randint(3, 25)))
        lint(
            LOADER.build({**SOURCES, "scenarios/faq.yaml": HEAD.replace(b" a\n", b" faq\n") + b"  - " + text.encode()})
        )
