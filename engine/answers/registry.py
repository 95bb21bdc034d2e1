"""All answer types by name, and the reading of an answer to a question that takes several.

Law: a type is found by its file standing in this folder; nothing lists them. For one raw answer and one list of types
the same type answers, now and on every re-walk. Patterns of the types are texts: `re` compiles each when it is first
used, and no command waits at its start for all of them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from importlib import import_module

import engine.answers
from engine.answers.typed import is_russian
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected


def _found() -> dict[str, AnswerType]:
    types: dict[str, AnswerType] = {}
    for module in pkgutil.iter_modules(engine.answers.__path__):
        if module.name == "registry":
            continue
        name = f"{engine.answers.__name__}.{module.name}"
        for kind in vars(import_module(name)).values():
            its_own = isinstance(kind, type) and kind.__module__ == name
            if its_own and issubclass(kind, AnswerType) and hasattr(kind, "name"):
                types[kind.name] = kind()
    return types


TYPES: dict[str, AnswerType] = _found()


def parse_any(types: Sequence[AnswerType], raw: Raw, question: Question) -> Accepted | Rejected:
    """The answer by the first type that accepts it; free `text` is tried last. Of many rejections the one that knows
    most is given: a bound that was passed before "this is no number"."""
    return _parse(types, raw, question)[1]


def type_for(types: Sequence[AnswerType], raw: Raw, question: Question) -> AnswerType:
    """The type that answers for `raw`: whose `show` is to be used."""
    return _parse(types, raw, question)[0]


def _parse(types: Sequence[AnswerType], raw: Raw, question: Question) -> tuple[AnswerType, Accepted | Rejected]:
    if isinstance(raw, dict) and "type" in raw:  # accepted earlier: its type is known, and may still be among them
        wanted = [one for one in types if one.name == raw["type"]]
        raw = raw.get("raw")
        if wanted:
            return wanted[0], _kept(types, wanted[0], wanted[0].parse(raw, question))
    if len(types) == 1:
        return types[0], types[0].parse(raw, question)
    able = _able(types, raw)
    best: tuple[AnswerType, Rejected] | None = None
    for one in able:
        result = one.parse(raw, question)
        if isinstance(result, Accepted):
            return one, _kept(types, one, result)
        if best is None or (_is_vague(*best) and not _is_vague(one, result)):
            best = one, result
    if best is not None and (len(able) == 1 or not _is_vague(*best)):
        return best
    return types[0], Rejected("wrong_kind", {"wanted": _wanted(types, question.language)})


def _able(types: Sequence[AnswerType], raw: Raw) -> list[AnswerType]:
    """The types that take this kind of answer, in the order in which they are asked."""
    kind = raw_kind(raw)
    return sorted((one for one in types if kind in one.takes), key=lambda one: one.name == "text")


def _kept(types: Sequence[AnswerType], one: AnswerType, result: Accepted | Rejected) -> Accepted | Rejected:
    """The answer as it is to be kept: with its type's name when another type would be asked first on a re-walk and
    might take the canonical form (`+7916…` is a number too)."""
    if isinstance(result, Rejected) or _able(types, result.raw)[0] is one:
        return result
    return Accepted(result.value, {"type": one.name, "raw": result.raw})


def raw_kind(raw: Raw) -> str:
    """Out of `text`, `choice`, `files`, `contact`, `location`; empty for anything else."""
    if isinstance(raw, str):
        return "text"
    if not isinstance(raw, dict):
        return ""
    if "date" in raw:
        return "text"
    if "choices" in raw:
        return "choice"
    return next((kind for kind in ("choice", "files", "contact", "location") if kind in raw), "")


def _is_vague(one: AnswerType, result: Rejected) -> bool:
    return result.word == f"wrong_{one.name}"


def _wanted(types: Sequence[AnswerType], language: str) -> str:
    """`текст, фото или голосовое`."""
    at, last = (0, " или ") if is_russian(language) else (1, " or ")
    words = [one.noun[at] for one in types]
    return last.join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
