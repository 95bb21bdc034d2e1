"""Files of translations are read as gettext means them, and every character is known by its place."""

from __future__ import annotations

from io import BytesIO

from babel.messages.pofile import read_po as babels_read_po
from hypothesis import given
from hypothesis import strategies as st

from engine.project.places import lines_of, position
from engine.project.po import read_po
from engine.translate.write import Row, po

WORD = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co"]) | st.sampled_from('\n\t\\" {}#')
)
NAME = WORD.filter(lambda text: bool(text.strip()))
ROWS = st.lists(st.builds(Row, NAME, NAME, WORD, flags=st.sampled_from([(), ("fuzzy",)]), previous=WORD), max_size=5)
COMMENTED = """\
# Kept
#, fuzzy, no-wrap
#. of a program
#: scenarios/talk.yaml:5
#| msgid ""
#| "Как "
#| "дела?"
msgctxt "talk/say#1.say"
msgid "Как\\tты?"
msgstr ""
"How \\"are\\" you, "
"\\\\{{ name }}?\\n"

#~ msgctxt "talk/old.question"
#~ msgid "Кто?"
#~ msgstr "Who?"
"""


@given(ROWS)
def test_what_is_written_is_read(rows: list[Row]) -> None:
    """Whatever the texts are, they come back; Babel reads the same in the file."""
    content = po("Language: en\n", ["# by hand"], rows)
    read = read_po(content, "translations/en.po")
    assert read.findings == []
    assert read.header is not None
    assert (read.header.text.text, read.header.comments) == ("Language: en\n", ("# by hand",))
    told = [(one.name, one.source.text, one.text.text, one.fuzzy, one.previous) for one in read.entries]
    assert told == [(one.name, one.source, one.text, bool(one.flags), one.previous) for one in rows]
    babels = babels_read_po(BytesIO(content), abort_invalid=True)
    for row in rows:
        message = babels.get(row.source, row.name)
        assert message is not None
        assert message.string in {one.text for one in rows if (one.name, one.source) == (row.name, row.source)}


@given(ROWS)
def test_every_character_has_its_place(rows: list[Row]) -> None:
    """A character of a translation stands in the file where it is said to, or is an escape that begins there."""
    content = po("", (), rows).decode()
    lines = lines_of(content)
    for entry in read_po(content.encode(), "translations/en.po").entries:
        for at, character in enumerate(entry.text.text):
            line, column = position(entry.text, at)
            assert lines[line - 1][column - 1] in (character, "\\")


def test_comments_flags_and_what_was_put_aside() -> None:
    """What translators and tools write around an entry is understood."""
    entry, old = read_po(COMMENTED.encode(), "translations/en.po").entries
    assert entry.comments == ("# Kept",)
    assert entry.flags == ("fuzzy", "no-wrap")
    assert entry.previous == "Как дела?"
    assert entry.source.text == "Как\tты?"
    assert entry.text.text == 'How "are" you, \\{{ name }}?\n'
    assert (entry.name, entry.guessed, entry.obsolete) == ("talk/say#1.say", False, False)
    assert (old.name, old.text.text, old.obsolete) == ("talk/old.question", "Who?", True)


@given(
    st.binary()
    | st.lists(st.sampled_from(['msgid "a"', 'msgstr "', "msgctxt", '"x"', "#~ ", "#| ", ""])).map("\n".join)
)
def test_nothing_stops_the_reading(content: bytes | str) -> None:
    """Whatever the bytes are, there is an answer, and each finding stands within the file."""
    made = content if isinstance(content, bytes) else content.encode()
    lines = lines_of(made.decode("utf-8", "replace"))
    for finding in read_po(made, "translations/en.po").findings:
        assert 1 <= finding.span.line <= len(lines)
        assert finding.message
