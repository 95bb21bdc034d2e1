"""Choices as buttons: tokens, pages, rows; and back from what was pressed to what was chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

from engine.core.answer import Choice
from engine.core.effects import Button
from engine.core.ground import Ground

SHORT = re.compile(r"[A-Za-z0-9_.-]{1,24}\Z")
WORDLESS = re.compile(r"\A\W+|\W+\Z")
LEADING = re.compile(r"\d{1,9}(?!\d)")
DIGIT = re.compile(r"\d")
NEXT, BACK, DONE, SKIP, AGREE = "!next", "!back", "!done", "!skip", "!yes"


@lru_cache(maxsize=4096)  # the same few stand in every question
def token(choice: str) -> str:
    """A choice's id as a button bears it: at most 24 ASCII bytes (Telegram's callback_data holds 64)."""
    return choice if SHORT.match(choice) else "~" + blake2b(choice.encode(), digest_size=6).hexdigest()


def chosen(choices: Sequence[Choice], pressed: str) -> Choice | None:
    return next((choice for choice in choices if token(choice.id) == pressed), None)


def counted(choices: Sequence[Choice]) -> bool:
    """Whether a typed number means the choice in that place. Not so where choices are numbers themselves (values or
    labels 2, 3, 5; «2 раза», «3 раза»): there it means the one that it names (`engine/answers/choice.py`)."""
    if not DIGIT.search(" ".join([f"{one.id} {one.label}" for one in choices])):  # which nearly all are: a quick way
        return True
    labels = [WORDLESS.sub("", choice.label) for choice in choices]
    leading = [found[0] if (found := LEADING.match(label)) else "" for label in labels]
    numerals = all(label.isdecimal() for label in labels) or all(str(choice.value).isdecimal() for choice in choices)
    for place, (choice, label, first) in enumerate(zip(choices, labels, leading, strict=True), 1):
        names = [choice.id, str(choice.value), label, *([first] if all(leading) else [])]
        elsewhere = [int(name) for name in names if name.isdecimal() and int(name) != place]
        if any(numerals or number <= len(choices) for number in elsewhere):
            return False
    return True


def buttons(
    ground: Ground,
    question: str,
    choices: Sequence[Choice],
    *,
    page: int = 0,
    size: int = 10,
    columns: int = 1,
    picked: Sequence[str] | None = None,
    skip: str = "",
) -> tuple[Button, ...]:
    """The choices of one page as buttons; arrows when there are more pages; a tick on what is picked, and «done»."""
    paged = len(choices) > size
    here = choices[page * size : (page + 1) * size] if paged else choices
    made = []
    number = page * size + 1 if counted(choices) else 0
    for place, choice in enumerate(here):
        label = f"✓ {choice.label}" if picked is not None and choice.id in picked else choice.label
        row = place // max(columns, 1)
        made.append(Button(label, f"{question}:{token(choice.id)}", "", choice.id, row, number and number + place))
    row = len(here)
    if paged:
        last = (len(choices) - 1) // size
        if page > 0:
            made.append(Button("←", f"{question}:{BACK}", value=BACK, row=row))
        if page < last:
            made.append(Button("→", f"{question}:{NEXT}", value=NEXT, row=row))
        row += 1
    if picked is not None:
        made.append(Button(ground.word("button_done"), f"{question}:{DONE}", value=DONE, row=row))
        row += 1
    if skip:
        made.append(Button(skip, f"{question}:{SKIP}", value=SKIP, row=row))
    return tuple(made)
