"""Writes the pairs of tests/lint/cases and fields.out anew: `python -m tests.lint.golden`, then read the difference.

`<code>.yaml` is the wrong example of the code's entry, `<code>-2.yaml` and further ones are written by hand; `.out` is
what lint prints of it.
"""

from __future__ import annotations

from pathlib import Path

from engine.core.finding import Finding
from engine.lint.explain import files_of, rules
from engine.lint.report import render
from engine.lint.run import lint
from engine.project.load import Loader

FOLDER = Path(__file__).parent / "cases"
NOWHERE = Path("/nowhere")  # examples have no media
UNWRITABLE = {
    "bad-setting",
    "file-too-big",
    "misplaced-file",
    "unreadable",
    "unused-media",
}  # no short text shows them; tests of their own do


def found(files: dict[str, bytes]) -> list[Finding]:
    """What lint finds in files that are in memory only."""
    return lint(Loader(NOWHERE).build(files))


def files(case: Path) -> dict[str, bytes]:
    """A case as files. The first one of a code is written as its entry says."""
    rule = rules().get(case.stem)
    if rule is not None:
        return rule.files(wrong=True)
    return {file: text.encode() for file, text in files_of(case.read_text("utf-8")).items()}


def outcome(case: Path) -> str:
    """What lint prints of a case."""
    sources = files(case)
    return render(found(sources), "text", lambda file: sources.get(file, b"").decode("utf-8", "replace"))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for code, rule in rules().items():
        if rule.wrong:
            (FOLDER / f"{code}.yaml").write_text(rule.wrong, "utf-8")
    for case in sorted(FOLDER.glob("*.yaml")):
        case.with_suffix(".out").write_text(outcome(case), "utf-8")
    from tests.lint.fields import TABLE, table  # which lints by this module

    TABLE.write_text(table(), "utf-8")


if __name__ == "__main__":
    main()
