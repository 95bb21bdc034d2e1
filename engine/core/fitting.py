"""A value made to fit the type that a collection's field declares.

Law: pure, and nothing is lost. What can be turned into the type without loss is (`"5"` into 5 for an integer, 5 into
`"5"` for a text); what cannot is kept as it is, and the author is told. Null fits everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from engine.core.effects import ReportProblem
from engine.core.ground import Ground
from engine.core.project import CollectionField
from engine.core.step import Step

_NUMERAL = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
_PHONE = re.compile(r"\+?[\d\s().-]{5,25}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
MISFIT: Any = object()
ANY = CollectionField("")


def fitted(field: CollectionField, value: Any) -> Any:
    """The value as a field of this type keeps it, or MISFIT."""
    if value is None:
        return None
    found = _TYPES[field.type](value)
    if field.values and found is not MISFIT:
        chosen = found if isinstance(found, list) else [found]
        return found if all(one in field.values for one in chosen) else MISFIT
    return found


def fit_all(ground: Ground, step: Step, collection: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the collection declares them. What does not fit stays, and is told without its value."""
    declared = ground.project.collections.get(collection)
    if declared is None or not declared.declared:
        return dict(fields)
    made = {}
    for name, value in fields.items():
        field = declared.fields.get(name, ANY)
        found = fitted(field, value)
        made[name] = value if found is MISFIT else found
        if found is MISFIT:
            what = _told(value, field)
            message = f"`{name}` of `{collection}` is of type {field.type}, and this was {what}: kept as it is."
            ground.effects.append(ReportProblem(message, step.span))
    return made


def _told(value: Any, field: CollectionField) -> str:
    kinds: dict[type, str] = {bool: "true or false", str: "a text", list: "a list", dict: "a map"}
    found = next((word for kind, word in kinds.items() if isinstance(value, kind)), "a number")
    return "none of its values" if field.values and found in ("a text", "a list") else found


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else value if isinstance(value, str) else MISFIT


def _number(value: Any) -> Any:
    if isinstance(value, str) and _NUMERAL.fullmatch(value.strip()):
        return float(value) if "." in value else int(value)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else MISFIT


def _integer(value: Any) -> Any:
    number = _number(value)
    if isinstance(number, float):
        return int(number) if number.is_integer() else MISFIT
    return number


def _boolean(value: Any) -> Any:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value, MISFIT)
    return value if isinstance(value, bool) else MISFIT


def _list(value: Any) -> Any:
    return value if isinstance(value, list) else MISFIT


def _file(value: Any) -> Any:
    return value if isinstance(value, dict) and "kind" in value else MISFIT


def _contact(value: Any) -> Any:
    return value if isinstance(value, dict) and "kind" in value else _text(value)


def _read_by(reader: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A text that the standard library reads without an error."""

    def read(value: Any) -> Any:
        try:
            reader(value)
        except (TypeError, ValueError):
            return MISFIT
        return value

    return read


def _like(pattern: re.Pattern[str]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        text = _text(value)
        return text if text is not MISFIT and pattern.fullmatch(text.strip()) else MISFIT

    return read


_TYPES: dict[str, Callable[[Any], Any]] = {
    "any": lambda value: value,
    "text": _text,
    "choice": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _read_by(date.fromisoformat),
    "time": _read_by(time.fromisoformat),
    "datetime": _read_by(datetime.fromisoformat),
    "phone": _like(_PHONE),
    "email": _like(_EMAIL),
    "url": _like(_URL),
    "list": _list,
    "file": _file,
    "contact": _contact,
}
