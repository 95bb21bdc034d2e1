"""When to try again: waits that double, and the server's own Retry-After.

Law: nobody waits beyond the deadline; a wait that does not fit is a failure at once.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from engine.models.failure import CallFailed
from engine.models.limits import Limits


def wait_before(failures: int, failed: CallFailed, limits: Limits) -> float:
    """Seconds before the next try, after so many failures (from 1). What the server asked for counts first; else the
    doubled wait, up to a quarter shorter by chance, so that many callers do not come back at one instant."""
    if failed.retry_after:
        return failed.retry_after
    wait: float = min(limits.longest_wait, limits.first_wait * 2.0 ** (failures - 1))
    return wait * random.uniform(0.75, 1.0)  # noqa: S311 spreads retries, keeps no secret


def retry_after_of(headers: Mapping[str, str]) -> float | None:
    """Seconds, out of `retry-after-ms`, or `retry-after` as a number or as an HTTP date (RFC 9110, 10.2.3)."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if 0 <= seconds < 1e9:  # neither negative, infinite nor not-a-number
            return seconds
    try:
        at = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
