"""A place on the map, shared or typed as two numbers. Law: latitude first, in degrees, within the globe."""

from __future__ import annotations

import re
from typing import Any

from engine.answers.bounds import show_number
from engine.answers.typed import ascii_digits, typed
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

_COMMAS = r"[+-]?[0-9]+,[0-9]+[\s;]+[+-]?[0-9]+,[0-9]+"  # «55,75 37,61»
_PAIR = r"([+-]?[0-9]{1,3}(?:\.[0-9]{1,15})?)\s*[,;\s]\s*([+-]?[0-9]{1,3}(?:\.[0-9]{1,15})?)"


class Location(AnswerType):
    name = "location"
    noun = ("место на карте", "a place on the map")
    takes = frozenset({"text", "location"})
    doc = "A shared place, or its coordinates typed (`55.75, 37.61`)."
    value = "map"
    examples = (("55.75, 37.61", {"latitude": 55.75, "longitude": 37.61}),)

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        latitude = longitude = None
        if isinstance(raw, dict):
            place = raw.get("location")
            if isinstance(place, dict):
                latitude, longitude = _degrees(place.get("latitude")), _degrees(place.get("longitude"))
        elif text := typed(raw):
            text = ascii_digits(text[:80]).replace("−", "-")
            if re.fullmatch(_COMMAS, text):
                text = text.replace(",", ".")
            found = re.fullmatch(_PAIR, text)
            latitude, longitude = (float(found[1]), float(found[2])) if found else (None, None)
        if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
            return Rejected("wrong_location")
        value = {"latitude": latitude, "longitude": longitude}
        return Accepted(value, {"location": dict(value)})

    def show(self, value: Any, question: Question) -> str:
        if not isinstance(value, dict):
            return ""
        return ", ".join(show_number(value.get(key), "en") for key in ("latitude", "longitude"))


def _degrees(value: Any) -> float | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and -181 < value < 181
    return float(value) if number else None
