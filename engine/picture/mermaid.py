"""A draft as Mermaid text, which GitHub and many editors draw."""

from __future__ import annotations

from engine.picture.draft import Box, Draft

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
    rows += [f"  {_box(box)}" for box in draft.boxes]
    for arrow in draft.arrows:
        label = f'|"{safe(arrow.label)}"|' if arrow.label else ""
        rows.append(f"  n{arrow.source} -->{label} n{arrow.target}")
    looks: dict[str, list[str]] = {}
    for box in draft.boxes:
        looks.setdefault(box.look, []).append(f"n{box.id}")
    rows += [f"  class {','.join(names)} {look}1" for look, names in looks.items() if look in COLORS]
    rows += [f"  classDef {look}1 {style}" for look, style in COLORS.items() if look in looks]
    return "\n".join(rows) + "\n"


COLORS = {
    "question": "fill:#e8f1fd,stroke:#2f6fd0",
    "model": "fill:#f3e9fd,stroke:#8246c8",
    "branch": "fill:#fff6da,stroke:#b58900",
    "record": "fill:#e7f6ec,stroke:#2c8a4b",
    "start": "fill:#24324a,stroke:#24324a,color:#ffffff",
    "end": "fill:#24324a,stroke:#24324a,color:#ffffff",
}


def _box(box: Box) -> str:
    opening, closing = SHAPES.get(box.look, ("[", "]"))
    lines = [*box.text.split("\n"), *([" · ".join(box.choices)] if box.choices else [])]
    if box.people:
        lines.append(f"👥 {box.people}")
    text = "<br/>".join(safe(line) for line in lines)
    return f'n{box.id}{opening}"{text}"{closing}'


def safe(text: str) -> str:
    """Mermaid reads entities written with `#`; everything that could end a label is one."""
    return "".join(_SIGNS.get(sign, sign) for sign in text)
