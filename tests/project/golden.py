"""Writes the .out files of tests/project/yaml anew: `python -m tests.project.golden`, then read the difference."""

from __future__ import annotations

from pathlib import Path

from engine.core.finding import Finding
from engine.project.yaml import read

FOLDER = Path(__file__).parent / "yaml"


def told(findings: list[Finding]) -> str:
    """Findings as the .out files hold them."""
    lines = []
    for finding in findings:
        span = finding.span
        place = f"{span.line}:{span.column}-{span.end_line}:{span.end_column}"
        lines.append(f"{place} {finding.severity}[{finding.code}]\n  {finding.message}\n  {finding.help}\n")
    return "".join(lines)


def outcome(path: Path) -> str:
    """What reading a case gives."""
    node, findings = read(path.read_bytes(), path.name)
    return told(findings) + ("read\n" if node is not None else "not read\n")


if __name__ == "__main__":
    for case in sorted(FOLDER.glob("*.yaml")):
        case.with_suffix(".out").write_text(outcome(case), "utf-8")
