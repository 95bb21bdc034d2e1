"""What happened in a turn, in words: which way and why, what the model took, what was saved."""

from __future__ import annotations

import json
from typing import Any

from engine.core.effects import Walked
from engine.core.project import Project
from engine.core.step import Step
from engine.core.template import Expression

LONGEST = 100  # characters of a value
PLAIN = {
    "asked": "{step}: asked",
    "gave_up": "{step}: given up after the last try",
    "explained": "{step}: asked back, and explained",
    "wrong": "{step}: not accepted ({detail})",
    "asked_model": "{step}: the model is asked (prompt {detail})",
    "saved": "saved in {detail}",
    "found": "{step}: {detail} found",
    "ran": "runs {detail}",
    "notified": "told the {detail}",
    "started": "{scenario}: begun",
    "ended": "{scenario}: ended",
    "cancelled": "{scenario}: cancelled",
    "parked": "{scenario}: left for later",
    "resumed": "{scenario}: gone on with",
    "restarted": "{scenario}: begun anew",
    "back": "{scenario}: one question back",
    "said_nothing": "nothing is said: the text is empty ({detail})",
}
SILENT = frozenset({"said"})  # the message itself is shown


def told(way: Walked, project: Project | None) -> str:
    """One line; empty for what need not be told. `project` (today's) knows the conditions; None: names must do."""
    if way.what in SILENT:
        return ""
    if way.what == "branch":
        return _branch(way, _step(way, project))
    if way.what in ("model_replied", "model_failed"):
        return _model(way)
    if way.what == "answered":
        return f"{way.step}: answered" + (f" ({way.detail})" if way.detail else "")
    if way.what == "item":
        return f"{way.step}: no more" if way.detail == "done" else f"{way.step}: {way.detail}"
    words = PLAIN.get(way.what, "{step}: {what} {detail}")
    return words.format(step=way.step, detail=way.detail, scenario=way.scenario, what=way.what).strip()


def _step(way: Walked, project: Project | None) -> Step | None:
    scenario = project.scenarios.get(way.scenario) if project is not None else None
    return next((step for step in scenario.steps if step.name == way.step), None) if scenario else None


def _branch(way: Walked, step: Step | None) -> str:
    """`if age < 18: yes, because age = 7 (scenarios/talk.yaml:9)`."""
    condition = next((one for one in step.templates if isinstance(one, Expression)), None) if step else None
    what = f"{step.verb} {condition.source}" if step is not None and condition is not None else way.step.lstrip("~")
    why = ", ".join(f"{name} = {short(value)}" for name, value in way.values)
    place = f" ({step.span.file}:{step.span.line})" if step is not None else ""
    return f"{what}: {way.detail}" + (f", because {why}" if why else "") + place


def _model(way: Walked) -> str:
    """With what it cost, where that is known."""
    spent = dict(way.values)
    words = "the model replied" if way.what == "model_replied" else f"the model failed ({way.detail})"
    cost = []
    if spent.get("seconds") is not None:
        cost.append(f"{spent['seconds']:.1f} s")
    if spent.get("tokens_in") or spent.get("tokens_out"):
        cost.append(f"{spent.get('tokens_in', 0)} + {spent.get('tokens_out', 0)} tokens")
    if int(spent.get("tries") or 0) > 1:
        cost.append(f"{spent['tries']} tries")
    if spent.get("model"):
        cost.append(str(spent["model"]))
    return f"{way.step}: {words}" + (f": {', '.join(cost)}" if cost else "")


def short(value: Any) -> str:
    """A value in one line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
