"""What each code means: one sentence, why it matters, and an example that has it and one that has not.

The entries stand beside this file, one YAML file a family. Law: every code that lint can report has an entry, and its
examples are tests.
"""

from __future__ import annotations

import textwrap
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from engine.core.finding import Severity
from engine.project.values import plain
from engine.project.yaml import read

HEAD = "format: 1\nscenario: example\nstarts_on: [/example]\nsteps:\n"


class Rule(Struct, frozen=True):
    """`wrong` and `right` are steps, or several files (`=== path` above each); empty where no text can show it."""

    code: str
    severity: Severity
    what: str
    why: str
    wrong: str = ""
    right: str = ""
    written_as: str = "utf-8"  # how the wrong example is written to its file

    def files(self, wrong: bool) -> dict[str, bytes]:
        """An example as the files of a bot."""
        example = self.wrong if wrong else self.right
        files = files_of(example)
        if not any(file.startswith("scenarios/") for file in files) and self.code != "no-scenarios":
            files["scenarios/example.yaml"] = HEAD + "  - say: Hello\n"
        encoding = self.written_as if wrong else "utf-8"
        return {file: text.encode(encoding) for file, text in files.items()}

    def text(self) -> str:
        """For `dialogue rules CODE`."""
        parts = [f"{self.code} ({self.severity})", self.what, self.why]
        for title, example in (("Wrong", self.wrong), ("Right", self.right)):
            if example:
                parts.append(f"{title}:\n{textwrap.indent(shown(example), '    ')}")
        return "\n\n".join(parts) + f"\n\nTo let it pass: # lint: ignore[{self.code}] and the reason.\n"


def files_of(example: str) -> dict[str, str]:
    """Path -> text. Steps alone are put into a scenario."""
    if not example.startswith("==="):
        return {"scenarios/example.yaml": HEAD + textwrap.indent(example, "  ")} if example else {}
    files = {}
    for part in example.split("=== ")[1:]:
        path, _, text = part.partition("\n")
        files[path.strip()] = text
    return files


def shown(example: str) -> str:
    """For a reader: paths as comments; nothing that a terminal obeys."""
    lines = [f"# {line[4:]}" if line.startswith("=== ") else line for line in example.rstrip("\n").split("\n")]
    return "\n".join(
        "".join(letter if letter.isprintable() else "�" for letter in line.expandtabs(4)) for line in lines
    )


@cache
def rules() -> dict[str, Rule]:
    """Every code, in alphabetical order. Raises ValueError on a mistake in the entries, our own bug."""
    found: dict[str, Rule] = {}
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        node, wrong = read(path.read_bytes(), path.name)
        if node is None or wrong:
            raise ValueError(f"{path}: {wrong}")
        data: dict[str, dict[str, Any]] = plain(node)
        for code, row in data.items():
            if code in found:
                raise ValueError(f"{path}: `{code}` is there twice")
            found[code] = Rule(code, **{key: str(value) for key, value in row.items()})  # type: ignore[arg-type] # a test holds the severities
    return dict(sorted(found.items()))
