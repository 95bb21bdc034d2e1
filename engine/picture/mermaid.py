"""A draft as Mermaid text, which GitHub and many editors draw."""

from __future__ import annotations

from collections.abc import Iterator

from engine.picture.draft import Box, Draft
from engine.picture.shapes import LOSING, told

SHAPES = {
    "start": ("([", "])"),
    "end": ("((", "))"),
    "message": ("(", ")"),
    "model": ("{{", "}}"),
    "branch": ("{", "}"),
    "record": ("[(", ")]"),
    "scenario": ("[[", "]]"),
    "loop": ("[/", "\\]"),
    "notice": (">", "]"),
}
_SIGNS = {"&": "#amp;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "#": "#35;", "`": "#96;", "\\": "#92;"}


def mermaid(draft: Draft) -> str:
    """Ends with a line break."""
    rows = ["flowchart TD"]
    rows += [f"  {_box(box, draft.language)}" for box in draft.boxes]
    for arrow in draft.arrows:
        words = " · ".join(part for part in (arrow.label, "" if arrow.count is None else str(arrow.count)) if part)
        label = f'|"{safe(words)}"|' if words else ""
        rows.append(f"  n{arrow.source} -->{label} n{arrow.target}")
    looks: dict[str, list[str]] = {}
    for box in draft.boxes:
        looks.setdefault(box.look, []).append(f"n{box.id}")
        if box.figures and box.figures.share >= LOSING:
            looks.setdefault("losing", []).append(f"n{box.id}")
    rows += [f"  class {','.join(names)} {look}1" for look, names in looks.items() if look in COLORS]
    rows += [f"  classDef {look}1 {style}" for look, style in COLORS.items() if look in looks]
    rows += list(_widths(draft))
    return "\n".join(rows) + "\n"


def _widths(draft: Draft) -> Iterator[str]:
    """The more people, the wider the arrow."""
    most = max((arrow.count or 0 for arrow in draft.arrows), default=0)
    for number, arrow in enumerate(draft.arrows):
        if arrow.count:
            yield f"  linkStyle {number} stroke-width:{1.5 + 6 * arrow.count / most:.1f}px"


COLORS = {
    "question": "fill:#e8f1fd,stroke:#2f6fd0",
    "model": "fill:#f3e9fd,stroke:#8246c8",
    "branch": "fill:#fff6da,stroke:#b58900",
    "record": "fill:#e7f6ec,stroke:#2c8a4b",
    "start": "fill:#24324a,stroke:#24324a,color:#ffffff",
    "end": "fill:#24324a,stroke:#24324a,color:#ffffff",
    "losing": "stroke:#c4262e,stroke-width:3px",
}


def _box(box: Box, language: str) -> str:
    opening, closing = SHAPES.get(box.look, ("[", "]"))
    lines = [*box.text.split("\n"), *([" · ".join(box.choices)] if box.choices else [])]
    if box.figures:
        lines += [text for _, text in told(box.figures, language)]
        lines += [f"👥 {box.figures.standing}"] if box.figures.standing else []
    text = "<br/>".join(safe(line) for line in lines)
    return f'n{box.id}{opening}"{text}"{closing}'


def safe(text: str) -> str:
    """Mermaid reads entities written with `#`; everything that could end a label is one."""
    return "".join(_SIGNS.get(sign, sign) for sign in text)
