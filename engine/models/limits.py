"""How much a model call may cost: time, tries, and calls and tokens a person a day.

Law: one place for every number, each with its unit.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Limits(Struct, frozen=True):
    seconds: float = 60.0  # one ask in all: waits, repairs and the fallback model included
    tries: int = 3  # failing calls of one model within an ask
    repairs: int = 2  # turns in which the model may mend a reply that does not fit
    first_wait: float = 0.5  # seconds before the second try, doubled each time
    longest_wait: float = 8.0
    share: float = 0.6  # the part of the time that the first model gets when there is a fallback
    daily: int | None = None  # asks a day (UTC) and person; none: no limit
    tokens: int | None = None  # tokens a day (UTC) and person, in and out; none: no limit
    at_once: int | None = None  # calls on the wire an endpoint; none: no limit
    broken_after: int = 5  # asks in a row that the endpoint failed, before it is left alone
    broken_for: float = 5.0  # seconds it is left alone, doubled each time its probe fails
    broken_longest: float = 60.0


def limits_of(environment: Mapping[str, str]) -> Limits:
    """From LLM_DAILY_LIMIT, LLM_DAILY_TOKENS, LLM_CONCURRENCY: whole numbers, as `engine.settings` has checked."""

    def whole(name: str) -> int | None:
        text = environment.get(name, "")
        return int(text) if text else None

    return Limits(daily=whole("LLM_DAILY_LIMIT"), tokens=whole("LLM_DAILY_TOKENS"), at_once=whole("LLM_CONCURRENCY"))
