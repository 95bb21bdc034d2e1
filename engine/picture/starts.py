"""What starts a scenario, in words for people who read no patterns."""

from __future__ import annotations

import re

from engine.core.project import Scenario
from engine.core.triggers import Trigger

_ANCHOR = re.compile(r"^\^|\$$|\\[bAZ]")
_GAP = re.compile(r"\((?:[^()]|\([^()]*\))*\)[*+?]*|(?:\\[wWdDsS]|\[[^\]]*\]|\.)(?:[*+?]+|\{[0-9,]*\})?")
_DOTS = re.compile(r"\s*…(?:\s*…)*\s*")
_ESCAPE = re.compile(r"\\(.)")


def starts(scenario: Scenario) -> tuple[str, ...]:
    return tuple(map(start, scenario.triggers))


def start(trigger: Trigger) -> str:
    """What a person writes; of a pattern its plain words: `note (?P<what>.+)` is `note …`."""
    if trigger.kind != "pattern":
        return ("/" if trigger.kind == "command" else "") + f"{trigger.value} {trigger.payload}".strip()
    plain = re.sub(r"(?<!\\)[*+?]", "", _GAP.sub("…", _ANCHOR.sub("", trigger.value)))
    return _ESCAPE.sub(r"\1", _DOTS.sub(" … ", plain)).strip()
