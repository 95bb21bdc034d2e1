"""docs/img/talk.svg: a talk as people see it, drawn from what the shipped bot really says (its English)."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from engine.channels.markdown import render
from engine.core.effects import AskModel, SendMessage
from engine.project.load import Loader
from tests.driver import Driver, Failure

ROOT = Path(__file__).parents[2]
WIDE, WRAP, LINE, PAD, LETTER = 460, 40, 20, 12, 7.4
LABEL = "A check-in: the bot asks, the person answers, the coach replies"
STYLE = (
    'text{font:14px -apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#1c2733}'
    ".me{fill:#123d1b}.b{fill:#2a6db0;font-weight:600}.h{fill:#fff;font-weight:600}"
)
SAID = ("/checkin", "Run ten kilometres", "a lot", "82,5 kg", "Ran 3 km before work. Tired, but proud!")
REPLY = {
    "praise": "Three kilometres before work, well done! Last week it was two.",
    "advice": "Lay your shoes by the door tonight and begin slowly.",
}


@dataclass(frozen=True, slots=True)
class Bubble:
    mine: bool
    text: str
    buttons: tuple[str, ...] = ()


def picture() -> str:
    parts, top = [], 56
    for bubble in talk():
        drawn, height = _bubble(bubble, top)
        parts.append(drawn)
        top += height + 8
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {top + 8}" role="img" aria-label="{LABEL}">
<style>{STYLE}</style>
<rect width="{WIDE}" height="{top + 8}" rx="14" fill="#dfe7ee"/>
<path d="M0 44V14A14 14 0 0 1 14 0H{WIDE - 14}A14 14 0 0 1 {WIDE} 14V44Z" fill="#3d7ab5"/>
<text class="h" x="18" y="28">Ориентир · bot</text>
{chr(10).join(parts)}
</svg>
"""


def talk() -> list[Bubble]:
    """What is said, by the pure turn over the files as they are."""
    project = Loader(ROOT, {"WORKOUT_COOLDOWN_HOURS": 12}).load().project
    if project is None:
        raise SystemExit("the shipped bot has mistakes: dialogue lint")
    driver = Driver(project, model=_model, language="en")
    driver.rows["goals"] = {"g1": {"id": "g1", "title": "Run ten kilometres", "description": "", "status": "active"}}
    made = []
    for line in SAID:
        driver.say(line)
        made += [Bubble(True, line), *map(_of, driver.of(SendMessage))]
    return made


def _of(message: SendMessage) -> Bubble:
    return Bubble(False, render(message.text).text, tuple(button.label for button in message.buttons))


def _model(asked: AskModel) -> Any:
    return REPLY if asked.prompt == "check_in_feedback" else Failure("off")


def _bubble(bubble: Bubble, top: int) -> tuple[str, int]:
    """The bubble as SVG, and its height."""
    lines = [part for line in bubble.text.split("\n") for part in (textwrap.wrap(line, WRAP) or [""])]
    width = min(max(max(map(len, lines)) * LETTER + 2 * PAD, 70), WIDE - 70)
    height = len(lines) * LINE + 14
    left = WIDE - width - 14 if bubble.mine else 14
    style = ' class="me"' if bubble.mine else ""
    fill = "#d9f7d0" if bubble.mine else "#fff"
    drawn = [f'<rect x="{left:g}" y="{top}" width="{width:g}" height="{height}" rx="12" fill="{fill}"/>']
    drawn += [
        f'<text{style} x="{left + PAD:g}" y="{top + 22 + at * LINE}">{escape(line)}</text>'
        for at, line in enumerate(lines)
        if line
    ]
    for label in bubble.buttons:
        height += 34
        wide = max(width, 160)
        y = top + height - 30
        drawn.append(f'<rect x="{left:g}" y="{y}" width="{wide:g}" height="30" rx="9" fill="#fff" fill-opacity=".75"/>')
        drawn.append(
            f'<text class="b" x="{left + wide / 2:g}" y="{y + 20}" text-anchor="middle">{escape(label)}</text>'
        )
    return "\n".join(drawn), height
