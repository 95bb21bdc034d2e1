"""Where the words on arrows stand: on their arrow, clear of boxes and of one another as far as there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from textwrap import wrap

from msgspec import Struct

from engine.picture.draft import Arrow
from engine.picture.layout import Place
from engine.picture.shapes import width

LINE, EDGE = 15.0, 3.0  # pixels: a line's height; the plate around the words
LONG, SHORT = 26, 16  # letters in a line; where many arrows leave one box
ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.15, 0.85)  # where on a bend it is tried
APART = (0.78, 0.72, 0.84, 0.66, 0.6, 0.5, 0.4, 0.3)  # where many leave one box: they are apart further on
TIP = 14.0  # pixels: an arrow's head, and a little of its line
SMALL = 0.92  # labels are set at 12 px, `width` reckons with 13

Point = tuple[float, float]


class Label(Struct):
    """(class, text) of each line; the plate's place once it is known."""

    lines: list[tuple[str, str]]
    place: Place
    along: tuple[float, ...] = ALONG


def label(arrow: Arrow, many: bool) -> Label | None:
    """The arrow's words, and how many went; None when it says nothing."""
    lines = [("label", line) for line in wrap(arrow.label, SHORT if many else LONG)[:3]]
    if arrow.count is not None:
        lines.append(("count", str(arrow.count)))
    if not lines:
        return None
    wide = max(width(line) for _, line in lines) * SMALL + 2 * EDGE
    return Label(lines, Place(0, 0, wide, len(lines) * LINE + 2 * EDGE), APART if many else ALONG)


def put(labels: Sequence[Label | None], paths: Sequence[Sequence[Point]], boxes: Sequence[Place]) -> None:
    """One after another, each where it covers least; the middle of the first bend is best."""
    taken = list(boxes)
    for one, path in zip(labels, paths, strict=True):
        if one is None:
            continue
        best, least = None, float("inf")
        for x, y in _spots(one, path):
            covered = sum(_common(x, y, one.place, other) for other in taken)
            if covered < least:
                best, least = (x, y), covered
            if covered == 0:
                break
        if best is not None:
            one.place.x, one.place.y = best
        taken.append(one.place)
    _off_tips(labels, paths, taken)


def _off_tips(labels: Sequence[Label | None], paths: Sequence[Sequence[Point]], taken: Sequence[Place]) -> None:
    """Each that stands on an arrow's head goes where it covers nothing at all, if there is such a place."""
    tips = [_tip(path) for path in paths if len(path) > 1]
    for one, path in zip(labels, paths, strict=True):
        if one is None or not any(_common(one.place.x, one.place.y, one.place, tip) for tip in tips):
            continue
        others = [*tips, *(other for other in taken if other is not one.place)]
        free = (spot for spot in _spots(one, path) if not any(_common(*spot, one.place, other) for other in others))
        one.place.x, one.place.y = next(free, (one.place.x, one.place.y))


def _tip(path: Sequence[Point]) -> Place:
    """Where the arrow's head stands: a label on it would hide where the arrow leads."""
    before, (x, y) = path[-2][1], path[-1]
    return (
        Place(x + TIP / 2, y, TIP, TIP)
        if before == y
        else Place(x, y - TIP / 2 if before < y else y + TIP / 2, TIP, TIP)
    )


def _spots(one: Label, path: Sequence[Point]) -> Iterator[Point]:
    """On the arrow first, then beside it."""
    for aside in (0.0, one.place.width / 3, -one.place.width / 3):
        for (x1, y1), (x2, y2) in pairwise(path):
            for t in one.along:
                yield x1 + (x2 - x1) * t * t * (3 - 2 * t) + aside, y1 + (y2 - y1) * t * (1.5 - 1.5 * t + t * t)


def _common(x: float, y: float, one: Place, other: Place) -> float:
    """The area that both cover, were `one` here; nothing when they only touch."""
    wide = (one.width + other.width) / 2 - abs(x - other.x)
    high = (one.height + other.height) / 2 - abs(y - other.y)
    return wide * high if wide > 0 and high > 0 else 0.0
