"""Every field of every verb, of a scenario's head, of a prompt's settings, and every limit of every answer type, with
nothing, null, an empty text, list and map, something of another kind, negative, huge, twice the same: what lint says.

A verb's shortest form stands in its case table. `python -m tests.lint.golden` writes `fields.out`; read the difference.
`silent` is what is let be: each such line is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.answers.registry import TYPES
from engine.project.prompts import FRONT
from engine.project.scenario import FIELDS
from engine.steps import KINDS
from tests.lint.golden import found
from tests.steps.cases import shortest

TABLE = Path(__file__).parent / "fields.out"
VALUES = ("", "null", "''", "' '", "[]", "{}", "[x]", "{x: y}", "-1", "0", "1.5", "1" + "0" * 20, "nope", "true")
VALUES += ("[[]]", "[null]", "[x, x]")
LIMITS = ("", "''", "[]", "{}", "[x]", "-1", "0", "1.5", "1" + "0" * 20, "nope", "true")
STEPS: dict[str, dict[str, str]] = {verb: shortest(verb) for verb in KINDS}
HEAD = {"format": "1", "scenario": "talk", "starts_on": "[/talk]", "steps": "[say: 'Hi']"}
AROUND = {
    "scenarios/other.yaml": "format: 1\nscenario: other\nsteps:\n  - say: Hi\n",
    "prompts/p.md.j2": "{% block user %}Hi{% endblock %}\n",
    "catalog/outcomes.yaml": "things:\n  fields: {a: any}\n",
}
FIRST = "  - ask: q\n    question: Q?\n    choices: {a: A, b: B}\n"
BESIDE = {"unused-prompt", "never-read", "no-fallback", "unused-collection", "never-started", "unreachable-step"}
ALIKE = {"video", "video_note", "document", "voice"}  # as `photo`


def table() -> str:
    """The whole of it: under each field its values by the codes that they give."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    for verb, kind in KINDS.items():
        for field in [name for name in kind.FIELDS if name not in ALIKE]:
            yield from _row(f"{verb}.{field}", [(value, _step(STEPS[verb] | {field: value})) for value in VALUES])
    for field in FIELDS:
        yield from _row(
            f"head: {field}", [(value, {"scenarios/talk.yaml": _map(HEAD | {field: value})}) for value in VALUES]
        )
    for field in FRONT:
        yield from _row(f"prompt: {field}", [(value, _prompt(field, value)) for value in VALUES])
    for name, kind in sorted(TYPES.items()):
        for limit in sorted(kind.limits):
            base = STEPS["ask"] | {"answer": name} | ({"choices": "[a, b, c]"} if "choice" in name else {})
            yield from _row(f"{name}: {limit}", [(value, _step(base | {limit: value})) for value in LIMITS])


def _row(name: str, cases: list[tuple[str, dict[str, str]]]) -> Iterator[str]:
    yield name
    rows: dict[str, list[str]] = {}
    for value, files in cases:
        findings = found({file: text.encode() for file, text in (AROUND | files).items()})
        codes = sorted(one.code for one in findings if one.code not in BESIDE)
        rows.setdefault(" + ".join(codes) or "silent", []).append(value or "(nothing)")
    for codes, values in sorted(rows.items()):
        yield f"    {codes}:  {'  '.join(values)}"


def _map(entries: dict[str, str]) -> str:
    return "".join(f"{key}: {value}".rstrip() + "\n" for key, value in entries.items())


def _step(entries: dict[str, str]) -> dict[str, str]:
    step = "    ".join(_map(entries).splitlines(keepends=True))
    return {"scenarios/talk.yaml": _map(HEAD | {"steps": ""}) + FIRST + f"  - {step}  - say: Bye\n"}


def _prompt(field: str, value: str) -> dict[str, str]:
    front = f"---\n{_map({field: value})}---\n"
    return _step(STEPS["llm"]) | {"prompts/p.md.j2": front + AROUND["prompts/p.md.j2"]}
