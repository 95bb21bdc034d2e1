"""One value as the text of one spreadsheet cell. Law: a cell is data. What a person typed never becomes a formula, and
nothing that can stand in a record makes the writing fail.
"""

from __future__ import annotations

import json
import re
from typing import Any

# What Excel, LibreOffice and Google Sheets take for the start of a formula (OWASP, "CSV Injection"); the wide forms of
# the signs are formulas in East Asian editions.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_PHONE = re.compile(r"\+\d[\d ()-]{3,24}")
_ONE_WAY = r"(?:\+\d[\d ()-]{3,24}|@[A-Za-z0-9_]{1,64}|[A-Za-z0-9][\w.%+-]*@[\w.-]+)"
_CONTACT = re.compile(rf"{_ONE_WAY}(?:, {_ONE_WAY}){{0,2}}")  # a phone, a @username, an e-mail
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")

# A field of such a type may begin with a sign, when all of it is what the type says.
_PLAIN = {
    "phone": (_PHONE,),
    "contact": (_CONTACT,),
    "integer": (_NUMBER,),
    "number": (_NUMBER,),
}


_DIGITS = r"(?<![\w+])\+\d{7,15}(?!\w)"

_PLACE = {"latitude", "longitude"}
_TITLES = ("text", "title", "name", "label")  # as in a message


def cell(value: Any, kind: str = "any", *, decimal: str = ".", spaced: bool = False) -> str:
    """`kind` is the field's declared type. Null is an empty cell, a file its path, a contact and a place what a person
    would write, a list of such values `a; b`, a row of the catalog its title, any other list or map JSON. A text that
    begins like a formula gets an apostrophe in front. `spaced`: phone numbers as people write them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value).replace(".", decimal)
    if _is_place(value):
        return f"{value['latitude']}, {value['longitude']}"  # numbers alone: no formula, though it may begin with `-`
    text = whole(value if isinstance(value, str) else _nested(value))
    if spaced and kind in ("phone", "contact"):
        text = re.sub(_DIGITS, lambda number: _spaced(number[0]), text)
    if text.startswith(_FORMULA) and not any(form.fullmatch(text) for form in _PLAIN.get(kind, ())):
        return "'" + text
    return text


def _spaced(number: str) -> str:
    """`+79161234567` as `+7 916 123-45-67`; what is no number of any country as it is."""
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

    try:
        return format_number(parse(number), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number


def _nested(value: Any) -> str:
    if isinstance(value, dict):
        return _map(value)
    if isinstance(value, (list, tuple)):
        parts = [_part(item) for item in value]
        if all(part is not None for part in parts):
            return "; ".join(part for part in parts if part is not None)
    return json.dumps(value, ensure_ascii=False, default=str)


def _part(item: Any) -> str | None:
    """One item of a list, or None when it is no plain value."""
    if isinstance(item, str):
        return item
    if isinstance(item, dict):
        return _map(item) if _is_file(item) or _title(item) else None
    return None if isinstance(item, (list, tuple)) else cell(item)


def _map(value: dict[str, Any]) -> str:
    if _is_file(value):
        return str(value["path"])
    if set(value) <= {"phone", "name", "own"} and value.get("phone"):  # a contact; name first, or `+` begins it
        return f"{value['name']}, {value['phone']}" if value.get("name") else str(value["phone"])
    if "kind" in value and value.get("text"):  # a contact that was typed or shared
        return ", ".join(str(one) for one in (value.get("name"), value["text"], value.get("note")) if one)
    return _title(value) or json.dumps(value, ensure_ascii=False, default=str)


def _title(value: dict[str, Any]) -> str:
    """Of a row that was chosen; empty when it has none."""
    return next((value[name] for name in _TITLES if isinstance(value.get(name), str) and value[name]), "")


def _is_place(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == _PLACE and {type(one) for one in value.values()} <= {float, int}


def _is_file(value: dict[str, Any]) -> bool:
    return "path" in value and "kind" in value


def whole(text: str) -> str:
    """The text with halves of surrogate pairs joined, or made U+FFFD when alone: what UTF-8 can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
