"""The boxes of a picture: their lines of text, their sizes, and how each look is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from textwrap import wrap

from engine.picture.draft import Box, Figures
from engine.picture.layout import Place
from engine.picture.words import duration, percent, word

LINE, PAD = 18.0, 12.0  # pixels: a line's height, a box's padding
WIDEST = 32  # letters in a line
SHOWN = 8  # choices in a box
LOSING = 0.2  # a step that loses this share of people is framed in red
NARROW, WIDE = frozenset("iljtfrI.,:;'!|()[] /і"), frozenset("mwMWШЩЮЖФМЫДшщюжфмыЪ@%…—👥")


def width(text: str) -> float:
    """Pixels that a text takes at 13 px, on the safe side: fonts differ from machine to machine."""
    return sum(4.6 if sign in NARROW else 11.0 if sign in WIDE else 9.2 if sign.isupper() else 7.7 for sign in text)


def lines(box: Box, language: str) -> list[tuple[str, str]]:
    """(class, text) of each line in the box."""
    if box.look == "end":
        return []
    light = "light" if box.look == "start" else ""
    found = [(light, line) for part in box.text.split("\n") for line in wrap(part, WIDEST) or [""]]
    found += [("choice", line) for choice in box.choices[:SHOWN] for line in wrap(f"▸ {choice}", WIDEST)]
    found += [("choice", "▸ …")] if len(box.choices) > SHOWN else []
    return found + (list(told(box.figures, language)) if box.figures else [])


def told(figures: Figures, language: str) -> Iterator[tuple[str, str]]:
    if figures.asked:
        median = figures.seconds
        within = f" · {word(language, 'median').lower()} {duration(language, median)}" if median is not None else ""
        yield "figure", f"{word(language, 'asked')}: {figures.asked}{within}"
    if figures.lost:
        yield "lost", f"{word(language, 'lost')}: {figures.lost} ({percent(figures.share)})"


def size(box: Box, texts: Sequence[tuple[str, str]]) -> tuple[float, float]:
    if box.look == "end":
        return 22, 22
    wide = max(60.0, max(width(text) for _, text in texts) + 2 * PAD)
    high = len(texts) * LINE + 2 * PAD - 4
    if box.look == "branch":
        return wide + 44, high + 22
    return (wide + 26, high) if box.look in ("model", "loop") else (wide, high)


def drawn(box: Box, texts: Sequence[tuple[str, str]], place: Place, links: bool) -> Iterator[str]:
    title = f"<title>{escape(box.name)}</title>" if box.name else ""
    linked = bool(links and box.target)
    yield f'<a href="#{escape(box.target)}">' if linked else '<g class="step-of">' if box.key else "<g>"
    shape, tag = _shape(box, place)
    yield f"<{shape}>{title}</{tag}>" if title else f"<{shape}/>"
    top = place.y - (len(texts) - 1) * LINE / 2 + 4.5
    for number, (kind, text) in enumerate(texts):
        mark = f' class="{kind}"' if kind else ""
        yield f'<text x="{place.x:.1f}" y="{top + number * LINE:.1f}"{mark}>{escape(text)}</text>'
    if box.figures and box.figures.standing:
        yield from people(place.x + place.width / 2 - 6, place.y - place.height / 2, box.figures.standing)
    yield "</a>" if linked else "</g>"


def people(x: float, y: float, number: int) -> Iterator[str]:
    """How many stand here: a plate whose middle is there."""
    wide = 18 + 8 * len(str(number))
    yield f'<rect class="people" x="{x - wide / 2:.1f}" y="{y - 10:.1f}" width="{wide}" height="20" rx="10"/>'
    yield f'<text class="people" x="{x:.1f}" y="{y + 4.5:.1f}">{number}</text>'


def _shape(box: Box, place: Place) -> tuple[str, str]:
    """An element without its brackets, and its name."""
    left, right = place.x - place.width / 2, place.x + place.width / 2
    top, bottom = place.y - place.height / 2, place.y + place.height / 2
    losing = " losing" if box.figures and box.figures.share >= LOSING else ""
    mark = f'class="box {box.look}{losing}"'
    if box.look == "end":
        return f'circle {mark} cx="{place.x:.1f}" cy="{place.y:.1f}" r="{place.height / 2:.1f}"', "circle"
    if box.look in ("branch", "model"):
        cut = 22.0 if box.look == "branch" else 14.0
        points = [
            (left, place.y),
            (left + cut, top),
            (right - cut, top),
            (right, place.y),
            (right - cut, bottom),
            (left + cut, bottom),
        ]
        return f'polygon {mark} points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in points) + '"', "polygon"
    corner = {"start": 20, "message": 14, "record": 4, "scenario": 2}.get(box.look, 7)
    sides = f'width="{place.width:.1f}" height="{place.height:.1f}"'
    return f'rect {mark} x="{left:.1f}" y="{top:.1f}" {sides} rx="{corner}"', "rect"
