"""What happened in a turn, in words: which way and why, what the model took, what was saved."""

from __future__ import annotations

import json
from typing import Any

from engine.core.choices import Literal, plain
from engine.core.effects import Walked
from engine.core.project import Project
from engine.core.step import Step
from engine.core.template import Expression
from engine.core.values import cut

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
        return _branch(way, project)
    if way.what in ("model_replied", "model_failed"):
        return _model(way)
    if way.what == "answered":
        chosen = label(_step(way.scenario, way.step, project), way.detail, project) or way.detail
        return f"{way.step}: answered" + (f" ({chosen})" if chosen else "")
    if way.what == "item":
        return f"{way.step}: no more" if way.detail == "done" else f"{way.step}: {way.detail}"
    words = PLAIN.get(way.what, "{step}: {what} {detail}")
    return words.format(step=way.step, detail=way.detail, scenario=way.scenario, what=way.what).strip()


def _step(scenario: str, name: str, project: Project | None) -> Step | None:
    found = project.scenarios.get(scenario) if project is not None else None
    return next((step for step in found.steps if step.name == name), None) if found else None


def label(step: Step | None, choice: object, project: Project | None) -> str:
    """What stands on the button of a choice that the file lists, in the bot's first language; else nothing."""
    choices = getattr(step, "choices", None)
    listed = choices.options if isinstance(choices, Literal) and project is not None else []
    found = next((option for option in listed if option.id == choice), None)
    return plain(found.label.plain(project.languages[0])) if found is not None and project is not None else ""


def valued(name: str, value: object, scenario: str, project: Project | None) -> str:
    """`goal = lose (Похудеть)`: a variable, and the label of the choice that it is."""
    told = label(_step(scenario, name, project), value, project) if isinstance(value, str) else ""
    return f"{name} = {short(value)}" + (f" ({short(told)})" if told not in ("", value) else "")


def _branch(way: Walked, project: Project | None) -> str:
    """`if age < 18: yes, because age = 7 (scenarios/talk.yaml:9)`."""
    step = _step(way.scenario, way.step, project)
    condition = next((one for one in step.templates if isinstance(one, Expression)), None) if step else None
    what = f"{step.verb} {condition.source}" if step is not None and condition is not None else way.step.lstrip("~")
    why = ", ".join(valued(name, value, way.scenario, project) for name, value in way.values)
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
    return cut(" ".join(text.split()), LONGEST)
