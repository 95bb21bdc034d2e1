"""Whatever stands in a file, wherever the cursor is: an answer, never an exception."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.editor.bots import Bot, findings
from engine.editor.complete import Completion
from engine.editor.cursor import Cursor
from engine.editor.define import definitions
from engine.editor.hover import told
from engine.editor.positions import Lines
from engine.editor.rename import Refused, rename

ROOT = Path(__file__).parents[2]
BOT = Bot(ROOT)
FILES = sorted(file for file in BOT.loaded().sources if file.startswith(("scenarios/", "prompts/")))
BITS = [
    "",
    "\n",
    " ",
    "{{ ",
    "}}",
    "{% if",
    "- ",
    ": ",
    "'",
    '"',
    "[",
    "{",
    "#",
    "|",
    "\t",
    "💡",
    "goal.",
    "x",
    "&a ",
    "*a",
]


@settings(max_examples=40)
@given(st.sampled_from(FILES), st.floats(0, 1), st.integers(0, 25), st.sampled_from(BITS), st.integers(-20, 20))
def test_a_piece_is_lost(file: str, where: float, length: int, bit: str, move: int) -> None:
    """A piece of a shipped file is cut out or typed over; everything is asked for near that place."""
    BOT.unsaved.clear()
    text = BOT.text(file)
    start = int(where * len(text))
    BOT.unsaved[file] = (text[:start] + bit + text[start + length :]).encode()
    lines = Lines(BOT.text(file))
    at = min(max(start + move, 0), len(lines.joined))
    line = lines.joined.count("\n", 0, at) + 1
    column = at - lines.joined.rfind("\n", 0, at)
    cursor = Cursor(BOT, file, lines, line, column)
    Completion(cursor, True).items()
    told(cursor)
    definitions(cursor)
    findings(BOT.loaded())
    BOT.findings_of_open()
    with suppress(Refused):
        rename(cursor, "brand_new_name")
