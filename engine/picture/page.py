"""The whole bot as one HTML page: an overview and a picture of every scenario. Self-contained, works offline."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from engine.core.project import Project
from engine.picture.draft import Draft, drafted, overview
from engine.picture.svg import STYLE, svg

PAGE_STYLE = """
body{margin:0;font:15px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:#1b2433;background:#f5f6f9}
header{background:#24324a;color:#fff;padding:20px 28px}h1{margin:0;font-size:22px}
main{max-width:1200px;margin:0 auto;padding:16px}
nav{display:flex;flex-wrap:wrap;gap:8px;margin:14px 0}nav a{background:#fff;border:1px solid #d5dae4;border-radius:16px;
padding:3px 12px;text-decoration:none;color:#24324a}section{background:#fff;border:1px solid #d5dae4;border-radius:10px;
margin:18px 0;padding:14px 20px}h2{margin:4px 0;font-size:18px}p{margin:2px 0 8px;color:#5a667c}
.picture{overflow:auto;text-align:center}.picture svg{max-width:100%;height:auto}
"""
WORDS = {"ru": ("Разговоры бота", "Кто кого запускает"), "en": ("The bot's conversations", "Which runs which")}


def page(
    project: Project, language: str = "", standing: Mapping[tuple[str, str], int] | None = None, name: str = ""
) -> str:
    """`standing` is (scenario, step) -> people, for `--live`."""
    language = language or project.languages[0]
    title, whole = WORDS["ru" if language == "ru" else "en"]
    drafts = [drafted(project, scenario, language) for scenario in project.scenarios.values()]
    for draft in drafts:
        count(draft, standing or {})
    links = "".join(f'<a href="#{escape(one.scenario)}">{escape(one.title)}</a>' for one in drafts)
    sections = [_section("overview", whole, "", overview(project, language))] if len(drafts) > 1 else []
    sections += [_section(one.scenario, one.title, one.about, one) for one in drafts]
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(name or title)}</title><style>{STYLE}{PAGE_STYLE}</style></head><body>\n"
        f"<header><h1>{escape(name or title)}</h1></header><main><nav>{links}</nav>\n"
        + "\n".join(sections)
        + "</main></body></html>\n"
    )


def count(draft: Draft, standing: Mapping[tuple[str, str], int]) -> None:
    """Write into the boxes how many people stand there now."""
    for box in draft.boxes:
        box.people = standing.get((draft.scenario, box.name), 0) if box.name else 0


def _section(anchor: str, title: str, about: str, draft: Draft) -> str:
    told = f"<p>{escape(about)}</p>" if about else ""
    picture = svg(draft, links=True, style=False)
    return (
        f'<section id="{escape(anchor)}"><h2>{escape(title)}</h2>{told}<div class="picture">{picture}</div></section>'
    )
