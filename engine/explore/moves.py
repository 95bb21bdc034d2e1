"""What a person could do at a question, and what a model could reply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from msgspec import Struct, field

from engine.core.effects import AskModel, Button
from engine.core.events import (
    ChoicePressed,
    ContactReceived,
    Event,
    FilesReceived,
    LocationReceived,
    MessageEdited,
    ModelReplied,
    OtherReceived,
    Sender,
    TextReceived,
)
from engine.core.scope import Scope
from engine.core.session import Session
from engine.core.step import Step
from engine.core.template import Value

WHO = "user"
SENDER = Sender(f"talk:{WHO}", "User")
AT = 1_768_467_600.0  # 2026-01-15 12:00 in Moscow, as in talk tests


class Words(NamedTuple):
    """What is said in a language. A long message is `long` repeated so `often` that it just fits one message."""

    wish: str
    nonsense: str
    long: str
    often: int
    reply: str
    value: str


WORDS = {"ru": Words("Хочу больше двигаться", "абракадабра", "слово ", 640, "Хорошо!", "текст")}
ELSEWHERE = Words("I want to move more", "gobbledygook", "word ", 768, "All right!", "text")
BUTTONS = 8  # of one question that are pressed; a list of a hundred choices is all alike
DAYS = (*range(8), 20, 45, 200, -1, -30 * 365)  # from the day of the talk: each weekday, far, past, a birthday
COMMON = {  # what fits most questions of a type, whatever their limits
    "date": tuple((datetime.fromtimestamp(AT, UTC) + timedelta(days)).strftime("%d.%m.%Y") for days in DAYS),
    "time": ("12:00", "09:30", "19:00", "03:00"),
}
SIZES = {"photo": {"width": 1280, "height": 960}, "voice": {"duration": 12}}
ODD = ("-", "99999999999999999999", "😀", "0")


class Move(Struct, frozen=True):
    """`line` is how a talk test writes it; `event` what comes in (its id and time are set by the walk)."""

    line: Mapping[str, Any]
    event: Event
    odd: bool = False  # nobody need accept it


def _said(text: str, odd: bool = False) -> Move:
    return Move({WHO: text}, TextReceived(id="", at=AT, sender=SENDER, text=text, message="m"), odd)


def of_person(
    session: Session,
    step: Step | None,
    buttons: tuple[Button, ...],
    named: Iterable[str] = (),
    language: str = "ru",
    builtins: Mapping[str, Any] | None = None,
) -> Iterator[Move]:
    """Everything worth trying at a question: choices, fitting answers, limits and beyond, odd kinds, back, an edit.
    `named` are texts and numbers that conditions compare the answer with, `builtins` what limits may be made from."""
    choices = [button for button in buttons if button.token]
    for button in [*choices[:BUTTONS], *(choices[BUTTONS:][-2:])]:
        question, choice = button.token.split(":", 1)
        event = ChoicePressed(id="", at=AT, sender=SENDER, question=question, choice=choice, press="p")
        yield Move({WHO: {"press": button.label}}, event)
    words = WORDS.get(language, ELSEWHERE)
    limits = [_limit(step, name, session, builtins or {}) for name in ("min", "max")]
    for text in dict.fromkeys([*_fitting(step, limits, words), *named]):
        yield _said(text)
    asks_back = ("?",) if getattr(step, "explain", None) is not None else ()
    for text in (*asks_back, words.nonsense, *ODD):
        yield _said(text, odd=True)
    long = TextReceived(id="", at=AT, sender=SENDER, text=words.long * words.often, message="m")
    yield Move({WHO: {"repeats": words.long, "times": words.often}}, long, odd=True)
    yield from _files()
    yield Move(
        {WHO: {"contact": "+79161234567"}},
        ContactReceived(id="", at=AT, sender=SENDER, phone="+79161234567", message="m"),
    )
    yield Move(
        {WHO: {"location": "55.75, 37.61"}},
        LocationReceived(id="", at=AT, sender=SENDER, latitude=55.75, longitude=37.61, message="m"),
    )
    yield Move(
        {WHO: {"sends": "sticker"}}, OtherReceived(id="", at=AT, sender=SENDER, what="sticker", message="m"), odd=True
    )
    yield _said("/back", odd=True)
    active = session.active
    if active is not None and any(entry.get("t") == "m" for entry in active.journal.values()):
        edited = MessageEdited(id="", at=AT, sender=SENDER, message="m", text="5")
        yield Move({}, edited, odd=True)


def _files() -> Iterator[Move]:
    for kind, name in (("photo", "photo.jpg"), ("voice", "voice.ogg"), ("document", "file.pdf")):
        file = {"kind": kind, "id": name, "path": f"media/{name}", "name": name, "size": 100_000, **SIZES.get(kind, {})}
        yield Move({WHO: {kind: name}}, FilesReceived(id="", at=AT, sender=SENDER, files=(file,), message="m"))


def _fitting(step: Step | None, limits: list[Any], words: Words) -> Iterator[str]:
    """Examples of the question's answer types, and its limits with what lies just beyond them."""
    low, high = map(_number, limits)
    for limit in (low, high):
        if limit is not None:
            yield from (f"{one:g}" for one in (limit, limit - 1, limit + 1))
    if low is not None and high is not None:
        yield f"{(low + high) // 2:g}"
    for kind in getattr(step, "types", ()):
        if kind.name == "text":
            yield words.wish
        else:
            yield from (typed for typed, _ in kind.examples[:3] if isinstance(typed, str))
            yield from COMMON.get(kind.name, ())
    yield from (limit for limit in limits if isinstance(limit, str))  # "10:00", "today"


def _limit(step: Step | None, name: str, session: Session, builtins: Mapping[str, Any]) -> Any:
    """What a limit is where the person stands; None when there is none, or it cannot be told."""
    limit = getattr(step, name, None)
    if not isinstance(limit, Value):
        return None
    frames = session.active.frames if session.active is not None else []
    variables = next((frame.variables for frame in reversed(frames) if frame.variables is not None), {})
    try:
        return limit.evaluate(Scope(variables, limit.reads - builtins.keys(), builtins))
    except Exception:  # whatever an author's limit is made from
        return None


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


# the model ------------------------------------------------------------------------------------------------------


class _Varied(Struct):
    base: Any
    others: list[Any] = field(default_factory=list)


MOST_REPLIES = 16


def of_model(request: AskModel, language: str = "ru") -> Iterator[Move]:
    """Its failure, and replies that differ in every value that a scenario can decide by."""
    words = WORDS.get(language, ELSEWHERE)
    yield _reply(request, None, "timeout")
    if request.returns is None:
        yield _reply(request, words.reply, "")
        return
    varied = _of_schema(request.returns, words.value)
    for reply in [varied.base, *varied.others][:MOST_REPLIES]:
        yield _reply(request, reply, "")


def _reply(request: AskModel, reply: Any, failure: str) -> Move:
    said = {"fails": failure} if failure else {"replies": reply}
    event = ModelReplied(id="", at=AT, request=request.request, reply=reply, failure=failure)
    return Move({"model": request.prompt, **said}, event)


def _of_schema(schema: Mapping[str, Any], text: str) -> _Varied:
    """A value that fits, and others that differ from it in one place."""
    if "anyOf" in schema:
        parts = [_of_schema(part, text) for part in schema["anyOf"]]
        return _Varied(parts[0].base, [*parts[0].others, *(part.base for part in parts[1:])])
    if "enum" in schema:
        return _Varied(schema["enum"][0], list(schema["enum"][1:]))
    kind = schema.get("type")
    if isinstance(kind, list):
        return _of_schema({"anyOf": [{**schema, "type": one} for one in kind]}, text)
    if kind == "object":
        parts_ = {name: _of_schema(part, text) for name, part in schema.get("properties", {}).items()}
        base = {name: part.base for name, part in parts_.items()}
        return _Varied(base, [{**base, name: other} for name, part in parts_.items() for other in part.others])
    if kind == "array":
        item = _of_schema(schema.get("items", {}), text)
        return _Varied([item.base] * max(1, int(schema.get("minItems", 1))), [] if schema.get("minItems") else [[]])
    if kind in ("integer", "number"):
        low, high = schema.get("minimum"), schema.get("maximum")
        least = low if low is not None else 1
        return _Varied(least, [high] if high is not None and high != least else [])
    if kind == "boolean":
        return _Varied(True, [False])
    return _Varied(None) if kind == "null" else _Varied(text, [""])
