"""What a template may use up: loop rounds, calls, characters, values. What multiplies is measured before it is made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import Formatter
from typing import Any

MAX_WIDTH = 1_000  # padding, indentation and the like
MAX_DIGITS = 10_000  # bits of a number that is made by multiplying
MAX_NODES = 20_000  # values inside one list or map
# `%9999d`, `%*d`: no honest width has four digits, or is computed; nor has an honest key brackets inside
_PERCENT = re.compile(r"%(?:\([^()]*\))?[#0\- +]*(\*|[0-9]*)(?:\.(\*|[0-9]*))?[hlL]?(.?)", re.DOTALL)
_WIDE = re.compile(r"[0-9]{4,}|\{")  # in what stands after the colon of `{:…}`


class OverBound(Exception):
    """A template wanted more than its bound: loop rounds, calls, or characters."""


class Meter:
    """Counts what the template now being rendered has used. One for the process: rendering is never concurrent."""

    __slots__ = ("max_output", "max_rounds", "rounds")

    def __init__(self) -> None:
        self.rounds, self.max_rounds, self.max_output = 0, 20_000, 16_000

    def count(self) -> None:
        self.rounds += 1
        if self.rounds > self.max_rounds:
            raise OverBound(f"more than {self.max_rounds} rounds of loops and calls")

    def size(self, value: Any) -> Any:
        """The value itself, once it is known to be within the bound."""
        if isinstance(value, str):
            self.fits(len(value))
        elif isinstance(value, (list, tuple, dict)):
            self.weigh(value)
        return value

    def fits(self, length: int) -> None:
        if length > self.max_output:
            raise OverBound(f"more than {self.max_output} characters")

    def weigh(self, value: list[Any] | tuple[Any, ...] | dict[Any, Any]) -> None:
        """A list that holds another twice, that one another twice, and so on: short to write, endless to print."""
        queue, seen = [value], 0
        while queue:
            inner = queue.pop()
            seen += len(inner)
            if seen > MAX_NODES:
                raise OverBound(f"more than {MAX_NODES} values")
            values = inner.values() if isinstance(inner, dict) else inner
            queue += [one for one in values if isinstance(one, (list, tuple, dict))]
        self.rounds += seen // 50


METER = Meter()


def counted(items: Iterable[Any] | None) -> Iterator[Any]:
    """Every `for` of a template runs through this filter."""
    for item in () if items is None else items:
        METER.count()
        yield item


def narrow_percents(pattern: str) -> None:
    """`'%999999999d' % n` is a bomb."""
    for one in _PERCENT.finditer(pattern):
        width, precision, kind = one.groups("")
        if kind == "(" or "*" in (width, precision) or max(len(width), len(precision)) > 3:
            raise OverBound(f"a width of more than {MAX_WIDTH}")


def narrow_braces(pattern: str) -> None:
    """`'{:>999999999}'.format(n)` is a bomb. Raises ValueError when this is no such pattern."""
    if any(_WIDE.search(how or "") for _, _, how, _ in Formatter().parse(pattern)):
        raise OverBound(f"a width of more than {MAX_WIDTH}")


def replaceable(text: str, old: Any, new: Any) -> None:
    METER.fits(len(text) + text.count(str(old)) * max(len(str(new)) - len(str(old)), 0))


def within_width(arguments: Iterable[Any]) -> None:
    if any(isinstance(one, int) and abs(one) > MAX_WIDTH for one in arguments):
        raise OverBound(f"a width of more than {MAX_WIDTH}")


def multiplied(left: Any, right: Any) -> None:
    """Before `left * right`."""
    for one, times in ((left, right), (right, left)):
        if isinstance(one, (str, list, tuple)) and isinstance(times, int):
            METER.fits(len(one) * times)
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > MAX_DIGITS:
        raise OverBound("a number with too many digits")


def raised(left: Any, right: Any) -> None:
    """Before `left ** right`."""
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > MAX_DIGITS:
        raise OverBound("a number with too many digits")
