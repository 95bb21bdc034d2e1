"""Line breaks behind tags, as an author sees them.

Jinja's `trim_blocks` takes away every line break behind a tag, so that `{% if d %}By {{ d }}{% endif %}` and the next
line run together; without it every tag on a line of its own leaves an empty line. Law: a line that holds nothing but
tags leaves no line; a line that is wholly inside one `{% if %}…{% endif %}` is there when its text is; every other line
break stays. A `-` or `+` of the author's own at a tag's end is obeyed.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL)
_RAW = re.compile(r"\{%[-+]?\s*raw\b")
_ONE_IF = re.compile(r"[ \t]*\{%-?\s*if\b(?:(?!\{%|%\}).)*%\}(?:(?!\{%).)*")
_ENDIF = re.compile(r"\{%\s*endif\s*%\}")


def marked(source: str) -> str:
    """The same template for an environment with `trim_blocks`: line breaks that stay have a `+` before them."""
    if ("%}\n" not in source and "#}\n" not in source) or _RAW.search(source):
        return source
    parts, done, line, alone = [], 0, 0, True
    for tag in _TAG.finditer(source):
        start, end = tag.span()
        if "\n" in source[done:start]:
            line = source.rfind("\n", 0, start) + 1
            alone = True
        alone = alone and not tag[0].startswith("{{") and not source[max(done, line) : start].strip()
        parts.append(source[done:start])
        done = end
        if alone or tag[0].startswith("{{") or tag[0][-3] in "-+" or source[end : end + 1] != "\n":
            parts.append(tag[0])
        elif _ENDIF.fullmatch(tag[0]) and end + 1 < len(source) and _ONE_IF.fullmatch(source, line, start):
            parts += ["\n", _with_plus(tag[0]) if source[end + 1] == "\n" else tag[0]]
            done = end + 1
            line, alone = end + 1, True
        else:
            parts.append(_with_plus(tag[0]))
    return "".join([*parts, source[done:]])


def _with_plus(tag: str) -> str:
    return f"{tag[:-2]}+{tag[-2:]}"
