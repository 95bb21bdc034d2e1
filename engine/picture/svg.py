"""A draft as an SVG picture: one file, no script, readable by day and by night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise

from engine.picture import labels, shapes
from engine.picture.draft import Arrow, Draft
from engine.picture.labels import Label
from engine.picture.layout import planned
from engine.picture.style import STYLE
from engine.picture.words import word

MARGIN = 24.0
MANY = 4  # arrows from one box whose labels would not fit beside each other
THICK = 6.0  # pixels that the way of most people is wider than one that nobody went
LEGEND = 44.0
SHRINK = 0.77
CLEAR = 30.0  # pixels between rows that labels leave free
ROOM = 36.0  # more, beneath a box with many labelled arrows
HEAD = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="11" markerHeight="11"'
    ' markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0,0 L8,4 L0,8 z"/></marker></defs>'
)


def svg(draft: Draft, links: bool = False, style: bool = True) -> str:
    """`links`: a box that runs a scenario leads to `#its name`. `style` false: the page around it has STYLE, a ground
    and a legend."""
    texts = [shapes.lines(box, draft.language) for box in draft.boxes]
    sizes = [shapes.size(box, lines) for box, lines in zip(draft.boxes, texts, strict=True)]
    leaving = Counter(arrow.source for arrow in draft.arrows if arrow.label)
    told = [labels.label(arrow, leaving[arrow.source] >= MANY) for arrow in draft.arrows]
    plan = planned(sizes, [(arrow.source, arrow.target) for arrow in draft.arrows], _room(draft, told, leaving))
    labels.put(told, plan.lines, plan.places)
    legend = list(_legend(draft)) if style and draft.live else []
    width = max(plan.width, 420 if legend else 0) + 2 * MARGIN
    height = plan.height + 2 * MARGIN + (LEGEND if legend else 0)
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}"'
        f' width="{width:.0f}" height="{height:.0f}"{_least(width, style)}'
        f' role="img" aria-label="{escape(draft.title, quote=True)}">',
        f'<style>{STYLE}</style><rect class="ground" width="100%" height="100%"/>' if style else "",
        HEAD,
        f"<title>{escape(draft.title)}</title>" if draft.title else "",
        *legend,
        f'<g transform="translate({MARGIN:.0f},{MARGIN + (LEGEND if legend else 0):.0f})">',
    ]
    most = max((arrow.count or 0 for arrow in draft.arrows), default=0)
    rows += [_curve(arrow, points, most) for arrow, points in zip(draft.arrows, plan.lines, strict=True)]
    for box, lines, place in zip(draft.boxes, texts, plan.places, strict=True):
        rows += shapes.drawn(box, lines, place, links)
    for found in told:
        rows += _words(found) if found is not None else ()
    return "\n".join(row for row in [*rows, "</g></svg>"] if row) + "\n"


def _room(draft: Draft, told: Sequence[Label | None], leaving: Mapping[int, int]) -> dict[int, float]:
    """What a box needs beneath it beyond the usual, for the words on its arrows."""
    room: dict[int, float] = {}
    for arrow, found in zip(draft.arrows, told, strict=True):
        if found is not None:
            extra = max(0.0, found.place.height - CLEAR) + (ROOM if leaving[arrow.source] >= MANY else 0)
            room[arrow.source] = max(room.get(arrow.source, 0.0), extra)
    return room


def _least(width: float, alone: bool) -> str:
    """In a page it shrinks to the window, as far as it can still be read; then it is scrolled."""
    return "" if alone else f' style="min-width:{min(width, max(300.0, SHRINK * width)):.0f}px"'


def _curve(arrow: Arrow, points: Sequence[tuple[float, float]], most: int) -> str:
    """A line that leaves and arrives upright, bent softly in between; the wider, the more people went that way."""
    x, y = points[0]
    path = [f"M{x:.1f},{y:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        bend = (y2 - y1) / 2
        path.append(f"C{x1:.1f},{y1 + bend:.1f} {x2:.1f},{y2 - bend:.1f} {x2:.1f},{y2:.1f}")
    went = ""
    if arrow.count:
        went = f' style="stroke-width:{1.4 + THICK * arrow.count / most:.1f}"'
    never = " never" if arrow.count == 0 else ""
    return f'<path class="arrow{never}" d="{" ".join(path)}" marker-end="url(#tip)"{went}/>'


def _words(found: Label) -> Iterator[str]:
    place = found.place
    left, top = place.x - place.width / 2, place.y - place.height / 2
    size = f'width="{place.width:.1f}" height="{place.height:.1f}"'
    yield f'<rect class="plate" x="{left:.1f}" y="{top:.1f}" {size} rx="3"/>'
    for number, (kind, line) in enumerate(found.lines):
        y = top + labels.EDGE + number * labels.LINE + 11.5
        yield f'<text class="{kind}" x="{place.x:.1f}" y="{y:.1f}">{escape(line)}</text>'


def _legend(draft: Draft) -> Iterator[str]:
    """What the figures mean, above the picture."""
    here, went, lost, means = (word(draft.language, name) for name in ("standing", "went", "lost", "lost means"))
    y = 26.0
    yield from shapes.people(38, y, 3)
    yield f'<text class="label left" x="58" y="{y + 4.5}">{escape(here)}</text>'
    x = 70 + shapes.width(here)
    yield f'<path class="arrow" style="stroke-width:5" d="M{x:.0f},{y} h26"/>'
    yield f'<text class="count left" x="{x + 32:.0f}" y="{y + 4.5}">12</text>'
    yield f'<text class="label left" x="{x + 52:.0f}" y="{y + 4.5}">{escape(went)}</text>'
    yield f'<text class="lost left" x="28" y="{y + 24.5}">{escape(lost)}: 5 (20 %)</text>'
    yield f'<text class="label left" x="{102 + shapes.width(lost):.0f}" y="{y + 24.5}">{escape(means)}</text>'
