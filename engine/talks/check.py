"""What was expected beside what came out: pairs, in order, each matching or not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from engine.core.effects import Notify, ReportProblem, SendMessage
from engine.core.template import shown
from engine.talks.file import MEDIA, REST, USER, Line
from engine.talks.match import as_written, text_matches, value_matches
from engine.talks.stage import Person, Stage, Told

SAID = ("bot", "notified", "problem")
_NO_LANGUAGE = re.compile(r"https?://\S+|/\w+|@\w+")


class Pair(Struct, frozen=True):
    """`line` None: nobody expected it. `told` None and `right` false: it did not come. `why` says what differs."""

    line: Line | None
    told: Told | None
    right: bool
    why: str = ""


def compare(stage: Stage, lines: Sequence[Line], told: Sequence[Told], who: str) -> list[Pair]:
    """The lines between two actions, in the order of what came out and, where it did not come, of the file.
    `who` acted last, so it is this person that the bot speaks to unless a line says otherwise."""
    placed: list[tuple[float, Pair]] = []
    for kind in SAID:  # what is said and what is notified need not stand in one order
        expected = [line for line in lines if line.kind == kind]
        came = [place for place, one in enumerate(told) if one.kind == kind]
        place = -1.0
        for pair in _aligned(expected, [told[one] for one in came], lambda line, one: fits(line, one, who)):
            place = came.pop(0) if pair.told is not None else place + 0.01
            placed.append((place, pair))
    pairs = [pair for _, pair in sorted(placed, key=lambda one: one[0])]
    states = [(line, state(stage, line, who)) for line in lines if line.kind not in SAID]
    return pairs + [Pair(line, None, not why, why) for line, why in states]


def _aligned(expected: Sequence[Line], told: Sequence[Told], fit: Callable[[Line, Told], bool]) -> list[Pair]:
    """The cheapest way to pair them: a mismatch of one kind costs less than one line missing and another extra."""
    rows, columns = len(expected), len(told)
    if rows == columns and all(line.value != REST and fit(line, one) for line, one in zip(expected, told, strict=True)):
        return [Pair(line, one, True) for line, one in zip(expected, told, strict=True)]
    cost = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows, -1, -1):
        for column in range(columns, -1, -1):
            if row < rows or column < columns:
                cost[row][column] = min(way[0] for way in _ways(expected, told, fit, cost, row, column))
    pairs: list[Pair] = []
    row = column = 0
    while row < rows or column < columns:
        _, row, column, pair = min(_ways(expected, told, fit, cost, row, column), key=lambda way: way[0])
        pairs += [pair] if pair else []
    return pairs


def _ways(
    expected: Sequence[Line],
    told: Sequence[Told],
    fit: Callable[[Line, Told], bool],
    cost: list[list[float]],
    row: int,
    column: int,
) -> list[tuple[float, int, int, Pair | None]]:
    line = expected[row] if row < len(expected) else None
    one = told[column] if column < len(told) else None
    ways: list[tuple[float, int, int, Pair | None]] = []
    if line is not None and one is not None and line.value != REST:
        right = fit(line, one)
        if right or line.kind == one.kind:
            ways.append(
                (cost[row + 1][column + 1] + (0 if right else 1.5), row + 1, column + 1, Pair(line, one, right))
            )
    if line is not None:
        rest = line.kind == "bot" and line.value == REST
        ways.append((cost[row + 1][column] + (0 if rest else 1), row + 1, column, Pair(line, None, rest)))
        if rest and one is not None and one.kind == "bot":
            ways.append((cost[row][column + 1], row, column + 1, Pair(None, one, True)))
    if one is not None:
        ways.append((cost[row][column + 1] + 1, row, column + 1, Pair(None, one, False)))
    return ways


# one thing beside one line --------------------------------------------------------------------------------------


def fits(line: Line, told: Told, who: str) -> bool:
    effect = told.effect
    if line.kind != told.kind:
        return False
    if isinstance(effect, Notify):
        parts = [
            (line.value, effect.to),
            (line.more.get("subject"), effect.subject),
            (line.more.get("text"), effect.text),
        ]
        return all(wanted is None or text_matches(str(wanted), found) for wanted, found in parts)
    if isinstance(effect, ReportProblem):
        return text_matches(str(line.value or ""), effect.message)
    return told.who == (line.more.get("to") or who) and _message_fits(line, effect)


def _message_fits(line: Line, message: SendMessage) -> bool:
    if not text_matches(str(line.value or ""), as_written(message.text)):
        return False
    if "language" in line.more and language_of(message.text) != line.more["language"]:
        return False
    if "buttons" in line.more and not buttons_match(line.more["buttons"], message.buttons):
        return False
    wanted = {kind: line.more[kind] for kind in MEDIA if kind in line.more}
    if not wanted:
        return True
    kind, source = media_of(message)
    return all(one == kind and text_matches(str(name or ""), source) for one, name in wanted.items())


def language_of(text: str) -> str:
    """`ru` or `en`, by which letters are more; addresses and commands are in no language."""
    words = _NO_LANGUAGE.sub(" ", text)
    russian = sum("а" <= letter <= "я" or letter == "ё" for letter in words.casefold())
    return "ru" if russian * 2 > sum(letter.isalpha() for letter in words) else "en"


def buttons_match(expected: Any, buttons: Sequence[Any]) -> bool:
    """A list of labels, or of `{label: address}`."""
    wanted = expected if isinstance(expected, list) else [expected] if expected else []
    if len(wanted) != len(buttons):
        return False
    for one, button in zip(wanted, buttons, strict=True):
        label, url = next(iter(one.items())) if isinstance(one, dict) else (one, None)
        if not text_matches(str(label), button.label) or (url is not None and not text_matches(str(url), button.url)):
            return False
    return True


def media_of(message: SendMessage) -> tuple[str, str]:
    if message.media is None:
        return "", ""
    return message.media.kind, message.media.source or str((message.media.file or {}).get("id", ""))


# states ---------------------------------------------------------------------------------------------------------


def state(stage: Stage, line: Line, who: str) -> str:
    """What differs, in words; empty when all is as expected."""
    name = str(line.more.get("of") or who or next(iter(stage.people), USER))
    person = stage.people.get(name)
    if person is None:
        return f"nobody is called {name}"
    found = found_for(stage, line, person)
    if line.kind == "records":
        return _records(line.value, found)
    if line.kind == "buttons":
        right = isinstance(found, list) and value_matches(
            line.value if isinstance(line.value, list) else [line.value], found
        )
    else:
        right = value_matches(line.value, found)
    return "" if right else in_words(found)


def found_for(stage: Stage, line: Line, person: Person) -> Any:
    """What a line of this kind looks at."""
    if line.kind == "records":
        wanted = line.value if isinstance(line.value, dict) else {}
        return {name: [row for owner, row in stage.shelf.rows(name) if owner == person.sender.id] for name in wanted}
    if line.kind == "variables":
        variables = stage.variables(person.name)
        return {name: variables.get(name) for name in line.value} if isinstance(line.value, dict) else variables
    if line.kind == "stands":
        return stage.stands(person.name)
    if line.kind == "notice":
        return person.notice
    shows = person.shows()
    return [button.label for button in shows.buttons] if shows else []


def _records(expected: Any, found: dict[str, list[dict[str, Any]]]) -> str:
    wrong = []
    for name, wanted in (expected if isinstance(expected, dict) else {}).items():
        rows = found.get(name, [])
        if isinstance(wanted, int):
            right = len(rows) == wanted
        else:
            right = value_matches(wanted if isinstance(wanted, list) else [wanted], rows)
        if not right:
            wrong.append(f"{name}: " + (in_words(rows) if rows else "no record"))
    return "; ".join(wrong)


def in_words(value: Any) -> str:
    """Data as an author writes it, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {in_words(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(in_words, value)) + "]"
    return "null" if value is None else shown(value)
