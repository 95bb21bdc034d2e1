"""A day by which: «к концу месяца», «до конца следующей недели», `by the end of May`, «к новому году».

Law: a week ends on its Sunday. What ends is the stretch that runs today, the next one where that is said, or the coming
month of that name.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from engine.answers.days import later, month_of, shifted

_BY = r"(?:(?:к|ко|до|в|на|под|by|till|until|at|before)\s)?"
_END = (
    rf"{_BY}(?:сам\w+\s|the\s|very\s)*(?:кон(?:ец|ца|цу|це)|end\sof)\s(?:the\s)?"
    r"(?:(?P<next>следующ\w+|next)\s|(?:эт\w+|текущ\w+|this)\s)?(?P<what>[^\W\d_]+)"
)
_NEW_YEAR = r"(?:до|к|под|by|till|until|before)\s(?:the\s)?(?:нового года|новому году|новый год|нг|new year(?:['’]s)?)"
_STRETCHES = {
    **dict.fromkeys(("недели", "week"), "week"),
    **dict.fromkeys(("месяца", "month"), "month"),
    **dict.fromkeys(("года", "year"), "year"),
}


def deadline(text: str, today: date) -> date | None:
    """The last day of the stretch that a text, in small letters, names; None when it names none."""
    if re.fullmatch(_NEW_YEAR, text):
        return date(today.year, 12, 31)
    found = re.fullmatch(_END, text)
    if found is None:
        return None
    what = _STRETCHES.get(found["what"], "")
    ahead = 1 if found["next"] else 0
    if what == "week":
        return shifted(today, 6 - today.weekday() + 7 * ahead)
    if what == "year":
        return _last_of(today.year + ahead, 12)
    month = today.month + ahead if what == "month" else month_of(found["what"])
    if month is None or (ahead and not what):
        return None
    return _last_of(today.year + (month < today.month), month)


def _last_of(year: int, month: int) -> date | None:
    """The last day of a month, which may be the thirteenth."""
    if year > date.max.year:
        return None
    following = later(date(year, 1, 1), month, 0)
    return following - timedelta(days=1) if following else date.max if month == 12 else None
