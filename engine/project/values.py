"""A YAML node as plain data (JSON-like), for catalogs and literals.

Law: YAML 1.2's core rules, and only where nothing is lost. A plain scalar becomes a number when printing that number
gives the same text again; so `1.10`, `010`, `1_000`, `0x1F`, `12:30`, `no`, `+7916…`, `2024-05-01` stay texts.
"""

from __future__ import annotations

import re
from typing import Any

from engine.core.node import Mapping, Node, Scalar

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")  # longer ones are card numbers and the like, which JSON would bend
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")


def plain(node: Node) -> Any:
    """dict, list, str, int, float, bool or None. Aliases share no data: each place gets its own copy."""
    if isinstance(node, Scalar):
        return scalar(node)
    if isinstance(node, Mapping):
        return {key: plain(value) for key, (_, value) in node.entries.items()}
    return [plain(item) for item in node.items]


def scalar(node: Scalar) -> str | int | float | bool | None:
    """What one scalar is; a quoted or block one is always text."""
    text = node.text
    if not node.plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return text
