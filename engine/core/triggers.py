"""What starts which scenario: commands with their payloads, whole texts, patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct, field

from engine.core.finding import Span

LONGEST = 1_000  # characters of a text that patterns look at
PATIENCE = 0.05  # s of processor time that a pattern may take; a catastrophic one then counts as not found


def folded(text: str) -> str:
    """A text as triggers compare it: any case, ё as е, without outer spaces and closing punctuation."""
    return " ".join(text.casefold().replace("ё", "е").split()).strip(".!?… ")


class Trigger(Struct, frozen=True):
    """What starts a scenario. `command` is without its slash; `payload` is a glob for what follows it (`ref_*`)."""

    kind: Literal["command", "text", "pattern"]
    value: str
    payload: str = ""
    span: Span | None = None


class Triggers(Struct, frozen=True):
    """What starts which scenario of a project."""

    commands: Mapping[str, tuple[tuple[str, str], ...]] = field(
        default_factory=dict
    )  # command -> (payload glob, scenario)
    texts: Mapping[str, str] = field(default_factory=dict)  # folded text -> scenario
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()

    @classmethod
    def of(cls, triggers: Mapping[str, Iterable[Trigger]]) -> Triggers:
        """Of the triggers of each scenario, by its id; of two that are alike the first one counts."""
        commands: dict[str, list[tuple[str, str]]] = {}
        texts: dict[str, str] = {}
        patterns = []
        for scenario, own in triggers.items():
            for trigger in own:
                if trigger.kind == "command":
                    commands.setdefault(trigger.value, []).append((trigger.payload, scenario))
                elif trigger.kind == "text":
                    texts.setdefault(folded(trigger.value), scenario)
                else:
                    patterns.append((re.compile(trigger.value, re.IGNORECASE), scenario))
        exact_first = {
            name: tuple(sorted(found, key=lambda one: (one[0] == "", "*" in one[0] or "?" in one[0], -len(one[0]))))
            for name, found in commands.items()
        }
        return cls(exact_first, texts, tuple(patterns))

    def of_command(self, command: str, payload: str) -> str | None:
        """The scenario for `/command payload`: the most exact payload first, the bare command last."""
        for glob, scenario in self.commands.get(command, ()):
            if not glob or fnmatchcase(payload, glob):
                return scenario
        return None

    def of_text(self, text: str) -> tuple[str, dict[str, Any]] | None:
        """The scenario for a text and the named groups of its pattern."""
        exact = self.texts.get(folded(text))
        if exact is not None:
            return exact, {}
        for pattern, scenario in self.patterns:
            found = searched(pattern.pattern, text[:LONGEST])
            if found:
                return scenario, found.groupdict()
        return None


def searched(pattern: str, text: str) -> Any:
    """Where a pattern is found in a text; None also when it takes too long."""
    try:
        return _compiled(pattern).search(text, timeout=PATIENCE)
    except TimeoutError:
        return None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    # `regex`, not `re`: the same syntax, and it can be stopped in mid-match. Late: most bots have no patterns.
    import regex  # type: ignore[import-untyped]  # it ships no types

    return regex.compile(pattern, regex.IGNORECASE)


def command_of(text: str) -> tuple[str, str] | None:
    """`/start promo` -> ("start", "promo"); None when the text is no command."""
    if "/" not in text:
        return None
    found = re.match(r"/([A-Za-z0-9_]{1,32})(?:\s+(.*))?\Z", text.strip(), re.DOTALL)
    return (found[1].lower(), (found[2] or "").strip()) if found else None
