"""The whole bot as one HTML page: an overview and a picture of every scenario. Self-contained, works offline."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from engine.picture.draft import Box, Draft
from engine.picture.shapes import LOSING
from engine.picture.style import PAGE, STYLE
from engine.picture.svg import svg
from engine.picture.words import duration, percent, word

LOOKS = ("question", "message", "model", "branch", "record", "scenario")


def page(drafts: Sequence[Draft], whole: Draft | None, name: str = "") -> str:
    """`whole` is the overview, above the others; its language is the page's."""
    language = (whole or drafts[0]).language if whole or drafts else ""
    title = escape(name or word(language, "conversations"))
    links = "".join(f'<a href="#{escape(one.scenario)}">{escape(one.title)}</a>' for one in drafts)
    sections = [_section("overview", whole.title, whole)] if whole is not None and len(drafts) > 1 else []
    sections += [_section(one.scenario, one.title, one) for one in drafts]
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<title>{title}</title><style>{STYLE}{PAGE}</style></head><body>\n"
        f"<header><h1>{title}</h1></header><main><nav>{links}</nav>\n"
        + _legend(language, any(one.live for one in drafts))
        + "\n".join(sections)
        + "</main></body></html>\n"
    )


def _legend(language: str, live: bool) -> str:
    def item(width: int, picture: str, about: str) -> str:
        return f'<li><svg width="{width}" height="18" aria-hidden="true">{picture}</svg> {escape(about)}</li>'

    items = []
    for look in LOOKS:
        corner = 2 if look == "scenario" else 6
        box = f'<rect class="box {look}" x="1" y="2" width="20" height="14" rx="{corner}"/>'
        items.append(item(22, box, word(language, look)))
    if live:
        plate = '<rect class="people" width="26" height="18" rx="9"/><text class="people" x="13" y="13.5">3</text>'
        way = '<path class="arrow" style="stroke-width:5" d="M0,9 h26"/>'
        losing = '<rect class="box question losing" x="2" y="3" width="18" height="12" rx="4"/>'
        lost = f"{word(language, 'lost')} ≥ {percent(LOSING)}"
        items += [item(26, plate, word(language, "standing")), item(26, way, word(language, "went"))]
        items.append(item(22, losing, lost))
    return f'<ul class="legend">{"".join(items)}</ul>\n'


def _section(anchor: str, title: str, draft: Draft) -> str:
    told = f"<p>{escape(draft.about)}</p>" if draft.about else ""
    if draft.begun:
        share = percent(draft.finished / draft.begun)
        begun, finished = (word(draft.language, name) for name in ("begun", "finished"))
        told += f"<p>{escape(begun)}: {draft.begun} · {escape(finished)}: {draft.finished} ({share})</p>"
    picture = svg(draft, links=True, style=False)
    return (
        f'<section id="{escape(anchor)}"><h2>{escape(title)}</h2>{told}'
        f'<div class="picture">{picture}</div>{_table(draft)}</section>'
    )


def _table(draft: Draft) -> str:
    """The questions with their figures, in the order of the talk."""
    asked = [box for box in draft.boxes if box.figures and (box.figures.asked or box.figures.standing)]
    if not asked or not draft.live:
        return ""
    heads = "".join(
        f"<th>{escape(word(draft.language, name))}</th>"
        for name in ("step", "asked", "lost", "standing", "wrong", "median")
    )
    return f'<div class="figures"><table><tr>{heads}</tr>{"".join(_row(box, draft) for box in asked)}</table></div>'


def _row(box: Box, draft: Draft) -> str:
    figures = box.figures
    assert figures is not None  # noqa: S101 the caller looked
    lost = f"{figures.lost} ({percent(figures.share)})" if figures.lost else ""
    here = f"{figures.standing}" if figures.standing else ""
    here += f" ({word(draft.language, 'silent')}: {figures.silent})" if figures.silent else ""
    median = duration(draft.language, figures.seconds) if figures.seconds is not None else ""
    red = ' class="lost"' if figures.share >= LOSING else ""
    return (
        f"<tr><td>{escape(box.text)}</td><td>{figures.asked}</td><td{red}>{lost}</td><td>{escape(here)}</td>"
        f"<td>{figures.wrong or ''}</td><td>{escape(median)}</td></tr>"
    )
