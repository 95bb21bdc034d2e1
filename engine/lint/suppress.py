"""`# lint: ignore[code] reason`: what an author lets pass, on its line or on the line above; in a file of translations,
in the whole entry that the comment stands above.

Law: a suppression names its codes and its reason; one that lets nothing pass is a finding itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct, field

from engine.core.finding import Finding, Span
from engine.project.places import lines_of
from engine.project.suggest import did_you_mean

_COMMENT = re.compile(r"(?:#|\{#)\s*lint:\s*ignore\s*(?:\[(?P<codes>[^\]]*)\])?\s*(?P<reason>[^#}]*)")
_QUOTED = re.compile(r"""(?<![^\s\[{,:])(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*')""")  # what is in it is no comment


class _Suppression(Struct):
    span: Span
    line: int  # the last line that it speaks of
    codes: set[str]
    used: set[str] = field(default_factory=set)


def unsuppressed(findings: list[Finding], sources: dict[str, bytes]) -> list[Finding]:
    """The findings without those that a comment lets pass; and what is wrong with the comments."""
    marked = [file for file, content in sources.items() if b"lint:" in content and b"ignore" in content]
    if not marked:
        return findings
    wrong: list[Finding] = []
    found = {file: _read(file, sources[file], wrong) for file in marked}
    left = [finding for finding in findings if not _passes(finding, found.get(finding.span.file, ()))]
    wrong += [_unused(one, code) for each in found.values() for one in each for code in sorted(one.codes - one.used)]
    return sorted(left + wrong, key=lambda finding: (*finding.order, finding.message))


def known() -> dict[str, object]:
    """Every code. Read late: most bots suppress nothing."""
    from engine.lint.explain import rules

    return dict(rules())


def _read(file: str, content: bytes, wrong: list[Finding]) -> list[_Suppression]:
    found, yaml = [], file.endswith((".yaml", ".yml"))
    lines = lines_of(content.decode("utf-8", "replace").removeprefix("\ufeff"))
    for number, line in enumerate(lines, 1):
        if "lint:" not in line:
            continue
        bare = _QUOTED.sub(lambda found: "_" * len(found[0]), line) if yaml else line
        comment = _COMMENT.search(bare)
        if comment is None:
            continue
        span = Span(file, number, comment.start() + 1, number, len(line.rstrip()) + 1)
        codes = {code.strip() for code in (comment["codes"] or "").split(",")} - {""}
        if not codes:
            message = "This comment lets nothing pass: it names no code."
            wrong.append(Finding(span, "bad-suppression", "warning", message, "Write `# lint: ignore[code] why`."))
            continue
        for code in sorted(codes - known().keys()):
            help = did_you_mean(code, known()) or "`dialogue rules` lists them."
            wrong.append(Finding(span, "bad-suppression", "warning", f"There is no code `{code}`.", help))
        codes &= known().keys()
        if not comment["reason"].strip(" -:—}"):
            message = "This comment does not say why the finding may pass."
            wrong.append(Finding(span, "bad-suppression", "warning", message, "Write the reason behind the bracket."))
        last = number if line[: comment.start()].strip() else number + 1
        if file.endswith(".po"):
            last = next((number + more for more, one in enumerate(lines[number:]) if not one.strip()), len(lines))
        found.append(_Suppression(span, last, codes))
    return found


def _passes(finding: Finding, suppressions: Iterable[_Suppression]) -> bool:
    for one in suppressions:
        if finding.code in one.codes and one.span.line <= finding.span.line <= one.line:
            one.used.add(finding.code)
            return True
    return False


def _unused(one: _Suppression, code: str) -> Finding:
    message = f"There is no `{code}` here that this comment would let pass."
    return Finding(one.span, "unused-suppression", "warning", message, "Delete the comment, or move it to its line.")
