"""The filters of templates: Jinja's own with bounds, and ours. Also how a value looks as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import signature
from typing import Any

from jinja2 import Environment, pass_environment
from jinja2.exceptions import FilterArgumentError
from jinja2.filters import FILTERS, make_attrgetter
from jinja2.runtime import Undefined

from engine.core import moments
from engine.core.figures import number
from engine.core.meter import METER, OverBound, counted, narrow_percents, replaceable, within_width

_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}", re.ASCII)


def shown(value: Any) -> str:
    """A value as plain text: null is empty, 82.0 is 82, 0.1 + 0.2 is 0.3, a list is joined with commas."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, dict):
        for name in ("text", "title", "name", "label", "id"):
            if value.get(name):
                return shown(value[name])
    return str(value)


def reckoned(value: Any) -> Any:
    """What a value is in a sum: a decimal stays a text while its number would be written otherwise (`2.50`, `1.10`;
    `engine/project/values.py`), and there it is that number. Anything else is itself."""
    return float(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else value


def as_it_is(value: Any) -> str:
    """As `shown`; an unknown name raises and is named."""
    return str(value) if isinstance(value, Undefined) else shown(value)


_WIDTHS = ("slices", "precision", "width")  # how Jinja calls what pads, among the parameters of these filters


def _limited(name: str) -> Callable[..., Any]:
    """Jinja's own filter of this name, whose widths cannot make a bomb; values may be as large as they like."""
    original: Callable[..., Any] = FILTERS[name]
    form = signature(original)

    def limited(*args: Any, **kwargs: Any) -> Any:
        given = form.bind(*args, **kwargs).arguments
        if name != "wordwrap":  # which wraps at its width and never pads
            within_width([given[one] for one in _WIDTHS if one in given])
        if name == "format":
            narrow_percents(str(args[0]))
        elif name == "batch" and given.get("fill_with") is not None:
            within_width([given["linecount"]])
        elif name == "indent" and not isinstance(given["s"], str):
            raise FilterArgumentError("`indent` takes a text")  # to a list Jinja's own would add a line break, for good
        elif name == "indent" and isinstance(given.get("width"), str):
            METER.fits((str(given["s"]).count("\n") + 1) * len(given["width"]))
        elif name == "wordwrap":
            METER.fits(len(str(given["s"])) * len(str(given.get("wrapstring", ""))))
        METER.count()
        return METER.size(original(*args, **kwargs))

    if hasattr(original, "jinja_pass_arg"):
        limited.jinja_pass_arg = original.jinja_pass_arg  # type: ignore[attr-defined] # how Jinja marks what it passes
    return limited


def _of_text(name: str) -> Callable[..., Any]:
    """Jinja's own filter of this name; of null it makes nothing, where Jinja's makes `NONE` of it."""
    original: Callable[..., Any] = FILTERS[name]

    def filtered(value: Any, *args: Any, **kwargs: Any) -> Any:
        return "" if value is None else original(value, *args, **kwargs)

    return filtered


def default(value: Any, other: Any = "", boolean: bool = False) -> Any:
    """As Jinja's, but null counts as missing: a skipped answer has its default too."""
    if value is None or isinstance(value, Undefined) or (boolean and not value):
        return other
    return value


def listed(value: Any) -> Any:
    """As Jinja's `list`, counted."""
    return METER.size(list(counted(value)))


def _picked(environment: Environment, attribute: Any) -> Callable[[Any], Any]:
    if attribute is None:
        return lambda one: one
    getter: Callable[[Any], Any] = make_attrgetter(environment, attribute)
    return getter


@pass_environment
def join(environment: Environment, value: Any, separator: Any = "", attribute: Any = None) -> str:
    """As Jinja's, but null prints nothing here too, and the length is known before the text is made."""
    pick = _picked(environment, attribute)
    parts = [as_it_is(pick(one)) for one in counted(value)]
    METER.fits(sum(map(len, parts)) + len(str(separator)) * len(parts))
    return str(separator).join(parts)


def replace(value: Any, old: Any, new: Any, count: int | None = None) -> str:
    """As Jinja's; null is an empty text."""
    text = as_it_is(value)
    replaceable(text, old, new)
    return text.replace(str(old), as_it_is(new), -1 if count is None else count)


@pass_environment
def summed(environment: Environment, value: Any, attribute: Any = None, start: Any = 0) -> Any:
    """As Jinja's, for numbers: a sum of lists takes a time that grows with its square."""
    if not isinstance(start, (int, float)):
        raise OverBound("a sum of what is no number")
    pick = _picked(environment, attribute)
    return sum((reckoned(pick(one)) for one in counted(value)), start)


def by_id(rows: Any, wanted: Any) -> Any:
    """The row of a list (or map) whose `id` is the wanted one; null when there is none."""
    if isinstance(rows, dict):
        return rows.get(wanted)
    for row in rows or ():
        if isinstance(row, dict) and row.get("id") == wanted:
            return row
    return None


def plural(number: Any, one: str, few: str, many: str | None = None) -> str:
    """`5 дней`, `2 дня`, `1 день`; in English two forms: `{{ n | plural('day', 'days') }}`."""
    if isinstance(number, Undefined) or number is None:
        return ""
    if many is None:
        return f"{shown(number)} {one if number == 1 else few}"
    count = abs(int(number))
    if number != count and number != -count:
        return f"{shown(number).replace('.', ',')} {few}"  # languages of three forms write a comma: «2,5 часа»
    if count % 10 == 1 and count % 100 != 11:
        return f"{shown(number)} {one}"
    if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14:
        return f"{shown(number)} {few}"
    return f"{shown(number)} {many}"


_OF_TEXT = ("upper", "lower", "title", "capitalize", "trim", "string", "striptags", "escape", "e")
FILTERS_OF_OURS: dict[str, Callable[..., Any]] = {
    "_counted": counted,
    "_sized": METER.size,
    "_reckoned": reckoned,
    "_shown": as_it_is,
    "default": default,
    "d": default,
    "by_id": by_id,
    "plural": plural,
    "number": number,
    "join": join,
    "list": listed,
    "replace": replace,
    "sum": summed,
    **{name: _of_text(name) for name in _OF_TEXT},
    **{name: _limited(name) for name in ("center", "indent", "batch", "slice", "wordwrap", "format", "round")},
    **moments.FILTERS,
}
