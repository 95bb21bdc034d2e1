"""Formatting that is not closed, tags of HTML, and escapes that are none: people see the signs.

Law: a text with Jinja statements is let pass, for what it becomes is not known here.
"""

from __future__ import annotations

import re

from engine.channels.markdown import render
from engine.core.finding import Span
from engine.core.node import Scalar
from engine.lint.world import World
from engine.project.places import position
from engine.project.quoting import shortened

_VALUE = re.compile(r"\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_BOLD = re.compile(r"(?!(?<=\d)\*\*\d)\*\*(?:(?<!\*\*\*)(?=[^\s*])|(?<=[^\s*]\*\*)(?!\*))")  # 2**8 is a power
_JINJA = re.compile(r"\{\{.*?\}\}|\{#.*?#\}|\{%.*?%\}", re.DOTALL)
_ESCAPE = re.compile(r"(?<!\\)\\[nt]")
_PATH = re.compile(r"\b[A-Za-z]:\\")
_LINK = re.compile(r"\[[^\[\]\n]+\]\((?P<address>[^()\s]*)\)?")
_TAG = re.compile(
    r"</?(?P<tag>b|strong|i|em|u|ins|s|strike|del|code|pre|a|br|p|h[1-6]|ul|ol|li)(\s[^<>\n]*)?/?>", re.IGNORECASE
)
_MARKED = re.compile(r"\*\*|`|\]\(")
_CODE = re.compile(r"(`+).*?\1", re.DOTALL)
_INSTEAD = {
    **dict.fromkeys(("b", "strong"), "Write `**bold**`."),
    **dict.fromkeys(("i", "em"), "Write `*italic*`."),
    **dict.fromkeys(("s", "strike", "del"), "Write `~~struck~~`."),
    **dict.fromkeys(("code", "pre"), "Write it between backticks."),
    "a": "Write `[label](https://…)`.",
    **dict.fromkeys(("br", "p"), "Begin a new line."),
    "li": "Begin a line with `- `.",
}
_SIGNS = (
    (_BOLD, "These stars stand alone, so people see them."),
    (re.compile(r"`+"), "This backtick stands alone, so people see it."),
)


def check(world: World) -> None:
    for scenario, text in world.said:
        for language, plain in text.languages.items():
            source = plain.source
            if "\\" in source:
                _escape(world, text.scalars.get(language), source, scenario.file)
            if ">" in source:
                _html(world, text.scalars.get(language), source, scenario.file)
            if "**" in source or "`" in source or "](" in source:
                scalar = text.scalars.get(language)
                own = next(iter(text.languages.values())).source  # where it has signs too, see `formatting-differs`
                if scalar is not None and (scalar.span.file == scenario.file or not _MARKED.search(own)):
                    _text(world, scalar, source)


def _escape(world: World, scalar: Scalar | None, source: str, file: str) -> None:
    """`\\n` without double quotes around the text."""
    if scalar is None or scalar.span.file != file or scalar.text != source or _PATH.search(source):
        return
    found = _ESCAPE.search(_JINJA.sub(lambda inner: "x" * len(inner[0]), source))
    if found is None:
        return
    line, column = position(scalar, found.start())
    at = Span(scalar.span.file, line, column, line, column + 2)
    message = f"`{found[0]}` is shown as it stands: it is a line break or a tab in double quotes only."
    whole = '"' + source.replace('"', '\\"') + '"'
    help = f"Write {shortened(whole)}." if scalar.span.line == scalar.span.end_line else "Begin a new line here."
    world.report("escape-shown", "warning", at, message, help)


def _html(world: World, scalar: Scalar | None, source: str, file: str) -> None:
    """Texts are Markdown; a tag is shown letter for letter."""
    if scalar is None or scalar.span.file != file or scalar.text != source:
        return
    found = _TAG.search(_CODE.sub(lambda code: "x" * len(code[0]), _JINJA.sub(lambda one: "x" * len(one[0]), source)))
    if found is None:
        return
    line, column = position(scalar, found.start())
    at = Span(scalar.span.file, line, column, line, column + len(found[0]))
    message = f"`{found[0]}` is shown letter for letter: texts are Markdown, not HTML."
    world.report("html-tag", "warning", at, message, _INSTEAD.get(found["tag"].lower(), "Take it out."))


def _text(world: World, scalar: Scalar, source: str) -> None:
    if "{%" in source or scalar.text != source:
        return
    written = _VALUE.sub(lambda found: "x" * len(found[0]), source)  # of the same length: places stay
    every = [(list(pattern.finditer(written)), pattern, what) for pattern, what in _SIGNS]
    alone = [one for one in every if len(one[0]) % 2]
    if not alone and "]" not in written:
        return
    shown = render(written).text
    links = (one for one in _LINK.finditer(shown) if not _computed(one[0], written, source))
    if link := next(links, None):
        at = written.rfind(link[0])
        address = source[at + link.start("address") - link.start() : at + link.end("address") - link.start()]
        address = address if at >= 0 else link["address"]
        message = f"`{address}` is no address that a link can lead to." if address else "This link has no address."
        message = message if link[0].endswith(")") else "This link is not closed by `)`."
        _tell(world, scalar, written.rfind(link[0]), len(link[0]), message, "`[label](https://…)` is a link.")
        return
    for found, pattern, what in alone:
        if pattern.search(shown):
            help = "Write the sign at both ends, or a backslash before it."
            _tell(world, scalar, found[-1].start(), len(found[-1][0]), what, help)
            return


def _computed(link: str, written: str, source: str) -> bool:
    """Whether a value gives the beginning of the address: `[{{ row.title }}]({{ row.url }})`."""
    at = written.rfind(link)
    return at >= 0 and source.startswith("{{", at + link.index("](") + 2)


def _tell(world: World, scalar: Scalar, offset: int, length: int, message: str, help: str) -> None:
    line, column = position(scalar, max(offset, 0))
    at = Span(scalar.span.file, line, column, line, column + length) if offset >= 0 else scalar.span
    world.report("broken-markdown", "warning", at, message, help)
