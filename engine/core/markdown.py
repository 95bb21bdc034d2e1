"""Making a value of a person or a model harmless inside an author's Markdown.

Law: `engine.channels.markdown.render(escape(s))` is exactly `s` without any entity, whatever `s` is. Pure; the
template engine calls it for every value it prints.
"""

from __future__ import annotations

import re

# Every character that can begin, end or change a piece of formatting. `#`, `-`, digits and `.` are none of them: the
# engine's Markdown has no headings and no lists, their signs are shown as they were written.
SPECIAL = r"\`*_~|[]()>"

_TABLE = {ord(character): "\\" + character for character in SPECIAL}
_FOUND = re.compile("[" + re.escape(SPECIAL) + "]")


def escape(value: str) -> str:
    """`5*3` -> `5\\*3`: the text that renders as `value` and nothing else."""
    return value.translate(_TABLE) if _FOUND.search(value) else value
