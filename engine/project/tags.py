"""The tags that may stand in a text: which there are, and how one is begun."""

from __future__ import annotations

import re

CLOSED = ("if", "for", "block", "set", "with", "macro", "call", "filter", "autoescape")
TAGS = (*CLOSED, *(f"end{tag}" for tag in CLOSED), "elif", "else", "extends", "include", "import", "from", "raw")
ELSE_IF = dict.fromkeys(("elseif", "elsif", "elsefi"), "elif")
REFUSED = {  # by what Jinja says, what to do about it
    "second time": "Give it another name, or make one block of the two.",
    "loop's own name": "Call it otherwise: `{% for item in … %}`.",
    "prompt files": "A text that several scenarios say may stand in the catalog: `{{ catalog.texts.greeting }}`.",
    "call block": "Call the argument otherwise.",
}


def example(tag: str) -> str:
    """A sentence for a finding's help; empty for a tag that needs none."""
    examples = {"if": "{% if condition %}", "for": "{% for item in list %}", "set": "{% set name = value %}"}
    return f"For example `{examples[tag]}`." if tag in examples else ""


def spaced(text: str, tag: str, start: int, end: int) -> re.Match[str] | None:
    """`{ % block user % }` between these offsets: no tag, for its signs stand apart. Group 1 is what they hold."""
    return re.compile(rf"\{{[ \t]+%([ \t]*{tag}\b[^{{}}\n]*)\}}").search(text, start, end)
