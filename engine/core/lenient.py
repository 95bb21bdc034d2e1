"""A map in which a name that is not there is null, and not an author's mistake."""

from __future__ import annotations

from typing import Any


class Lenient(dict[str, Any]):
    """What is in it depends on the way that was taken, or on the machine: `labels`, `start.match`, `settings`."""

    __slots__ = ()
