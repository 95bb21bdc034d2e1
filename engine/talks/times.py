"""Moments as authors of talks write them."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.core.lengths import WrongTime
from engine.core.moments import zone

BEGIN = "2026-01-15 12:00"  # a Thursday; when a talk begins unless it says otherwise


def moment(text: str, timezone: str) -> float:
    """`2026-01-15 12:00` in that time zone, as seconds since 1970. Raises WrongTime."""
    try:
        then = datetime.fromisoformat(text or BEGIN)
    except ValueError:
        raise WrongTime(f"`{text}` is no moment; write it like `{BEGIN}`.") from None
    return (then if then.tzinfo else then.replace(tzinfo=zone(timezone))).astimezone(UTC).timestamp()
