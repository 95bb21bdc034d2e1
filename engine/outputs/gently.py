"""Long loops of a worker thread that leave the event loop its turns."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

_STRETCH = 128  # items, of some microseconds each
_PAUSE = 0.00005  # s: enough for a waiting thread to get the interpreter, which it would else get after 5 ms


def gently(items: Iterable[Item]) -> Iterator[Item]:
    """The same items; between stretches of them the interpreter is given away for a moment."""
    for number, item in enumerate(items, 1):
        if number % _STRETCH == 0:
            time.sleep(_PAUSE)
        yield item
