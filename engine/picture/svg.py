"""A draft as an SVG picture: one file, no script, readable on white."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from textwrap import wrap

from engine.picture.draft import Box, Draft
from engine.picture.layout import Place, planned

LETTER, LINE, PAD = 7.3, 18.0, 12.0  # pixels: the mean width of a letter, a line's height, a box's padding
WIDEST = 32  # letters in a line
MARGIN = 24.0
MANY = 4  # arrows from one box whose labels would not fit beside each other
STYLE = """
.box{stroke-width:1.5}.question{fill:#e8f1fd;stroke:#2f6fd0}.message{fill:#fff;stroke:#8a97ab}
.model{fill:#f3e9fd;stroke:#8246c8}.branch{fill:#fff6da;stroke:#b58900}.record{fill:#e7f6ec;stroke:#2c8a4b}
.scenario{fill:#fdebe3;stroke:#c8582a}.loop{fill:#fff6da;stroke:#b58900;stroke-dasharray:6 3}
.notice{fill:#e7f6ec;stroke:#2c8a4b}.step{fill:#fff;stroke:#8a97ab}.start,.end{fill:#24324a;stroke:#24324a}
text{font:13px system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:#1b2433;text-anchor:middle}
.start+text,.end+text,text.light{fill:#fff}.choice{fill:#2f6fd0}.label{font-size:12px;fill:#44506a}
.arrow{fill:none;stroke:#6b788e;stroke-width:1.4}.plate{fill:#fff;opacity:.88}
.people{fill:#c8582a}.count{fill:#fff;font-size:12px;font-weight:600}a text{text-decoration:underline}
""".replace("\n", "")
HEAD = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0,0 L8,4 L0,8 z" fill="#6b788e"/></marker></defs>'
)


def svg(draft: Draft, links: bool = False, style: bool = True) -> str:
    """`links`: a box that runs a scenario leads to `#its name`. `style` false: the page around it has STYLE."""
    texts = [_lines(box) for box in draft.boxes]
    sizes = [_size(box, lines) for box, lines in zip(draft.boxes, texts, strict=True)]
    leaving = Counter(arrow.source for arrow in draft.arrows if arrow.label)
    many = {box for box, arrows in leaving.items() if arrows >= MANY}
    plan = planned(sizes, [(arrow.source, arrow.target) for arrow in draft.arrows], many)
    width, height = plan.width + 2 * MARGIN, plan.height + 2 * MARGIN
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}"'
        f' width="{width:.0f}" height="{height:.0f}" role="img" aria-label="{escape(draft.title, quote=True)}">',
        f"<style>{STYLE}</style>" if style else "",
        HEAD,
        f"<title>{escape(draft.title)}</title>" if draft.title else "",
        f'<g transform="translate({MARGIN:.0f},{MARGIN:.0f})">',
    ]
    rows += [_curve(points) for points in plan.lines]
    for box, lines, place in zip(draft.boxes, texts, plan.places, strict=True):
        rows += _box(box, lines, place, links)
    for arrow, points in zip(draft.arrows, plan.lines, strict=True):
        rows += _label(arrow.label, points, 0.74 if arrow.source in many else 0.5)
    return "\n".join(row for row in [*rows, "</g></svg>"] if row) + "\n"


def _lines(box: Box) -> list[tuple[str, str]]:
    """(class, text) of each line in the box."""
    if box.look == "end":
        return []
    lines = [("", line) for part in box.text.split("\n") for line in wrap(part, WIDEST) or [""]]
    many = len(box.choices) > 8
    shown = box.choices[:8]
    lines += [("choice", line) for choice in shown for line in wrap(f"▸ {choice}", WIDEST)]
    return lines + ([("choice", "▸ …")] if many else [])


def _size(box: Box, lines: Sequence[tuple[str, str]]) -> tuple[float, float]:
    if box.look == "end":
        return 22, 22
    width = max(60.0, max(len(text) for _, text in lines) * LETTER + 2 * PAD)
    height = len(lines) * LINE + 2 * PAD - 4
    if box.look == "branch":
        return width + 44, height + 22
    return (width + 26, height) if box.look in ("model", "loop") else (width, height)


def _box(box: Box, lines: Sequence[tuple[str, str]], place: Place, links: bool) -> Iterator[str]:
    title = f"<title>{escape(box.name)}</title>" if box.name else ""
    linked = bool(links and box.target)
    yield f'<a href="#{escape(box.target)}">' if linked else "<g>"
    yield _shape(box, place).replace("/>", f">{title}</{_tag(box)}>", 1) if title else _shape(box, place)
    light = ' class="light"' if box.look in ("start", "end") else ""
    top = place.y - (len(lines) - 1) * LINE / 2 + 4.5
    for number, (kind, text) in enumerate(lines):
        mark = f' class="{kind}"' if kind else light
        yield f'<text x="{place.x:.1f}" y="{top + number * LINE:.1f}"{mark}>{escape(text)}</text>'
    if box.people:
        x, y = place.x + place.width / 2 - 4, place.y - place.height / 2
        wide = 16 + 8 * len(str(box.people))
        yield f'<rect class="people" x="{x - wide / 2:.1f}" y="{y - 10:.1f}" width="{wide}" height="20" rx="10"/>'
        yield f'<text class="count" x="{x:.1f}" y="{y + 4.5:.1f}">{box.people}</text>'
    yield "</a>" if linked else "</g>"


def _tag(box: Box) -> str:
    return {"branch": "polygon", "model": "polygon", "end": "circle"}.get(box.look, "rect")


def _shape(box: Box, place: Place) -> str:
    left, right = place.x - place.width / 2, place.x + place.width / 2
    top, bottom = place.y - place.height / 2, place.y + place.height / 2
    mark = f'class="box {box.look}"'
    if box.look == "end":
        return f'<circle {mark} cx="{place.x:.1f}" cy="{place.y:.1f}" r="{place.height / 2:.1f}"/>'
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
        return f'<polygon {mark} points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in points) + '"/>'
    corner = {"start": 20, "message": 14, "record": 4, "scenario": 2}.get(box.look, 7)
    size = f'width="{place.width:.1f}" height="{place.height:.1f}"'
    return f'<rect {mark} x="{left:.1f}" y="{top:.1f}" {size} rx="{corner}"/>'


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """A line that leaves and arrives upright, bent softly in between."""
    x, y = points[0]
    path = [f"M{x:.1f},{y:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        bend = (y2 - y1) / 2
        path.append(f"C{x1:.1f},{y1 + bend:.1f} {x2:.1f},{y2 - bend:.1f} {x2:.1f},{y2:.1f}")
    return f'<path class="arrow" d="{" ".join(path)}" marker-end="url(#tip)"/>'


def _label(label: str, points: Sequence[tuple[float, float]], along: float) -> Iterator[str]:
    """On the arrow's first bend, so far along, on a plate of its own."""
    if not label:
        return
    (x1, y1), (x2, y2) = points[0], points[1]
    there = along * along * (3 - 2 * along)  # where the bend is by then
    x, y = x1 + (x2 - x1) * there, y1 + (y2 - y1) * (along + there) / 2
    lines = wrap(label, 26 if along == 0.5 else 16)[:3]
    width = max(map(len, lines)) * 6.6 + 8
    left, top = x - width / 2, y - len(lines) * 7.5
    yield f'<rect class="plate" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{len(lines) * 15:.1f}"/>'
    for number, line in enumerate(lines):
        yield f'<text class="label" x="{x:.1f}" y="{top + number * 15 + 11.5:.1f}">{escape(line)}</text>'
