"""The shapes of what the engine itself gives: a file, a contact, a place, how a conversation was started."""

from __future__ import annotations

from engine.lint.shapes import FREE, LIST, NUMBER, OPEN_MAP, PERSONAL, TEXT, Shape

FILE = Shape(
    "map",
    {
        **dict.fromkeys(("kind", "id", "path", "name", "mime", "caption"), TEXT),
        **dict.fromkeys(("size", "width", "height", "duration"), NUMBER),
        "album": LIST,
    },
    what="a file of a person",
)
_OURS = TEXT.marked(PERSONAL)
CONTACT = Shape(
    "map",
    {"kind": TEXT, **dict.fromkeys(("phone", "username", "email", "text", "name", "note"), _OURS)},
    what="a contact",
    marks=frozenset({PERSONAL}),
)
_DEGREES = NUMBER.marked(PERSONAL)
LOCATION = Shape("map", {"latitude": _DEGREES, "longitude": _DEGREES}, what="a place", marks=frozenset({PERSONAL}))
LABELLED = "labelled"  # a label that is no answer
LABEL = TEXT.marked(LABELLED)
START = Shape(
    "map",
    {"command": TEXT, "payload": TEXT.marked(FREE), "text": TEXT.marked(FREE), "match": OPEN_MAP},
    what="how it was started",
)
