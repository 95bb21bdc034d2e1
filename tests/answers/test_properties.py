"""Laws that hold for every type and any input, tried with generated ones."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.answers.choice import find
from engine.answers.contact import WAYS
from engine.answers.registry import TYPES, parse_any
from engine.core.answer import Accepted, Choice, Question, Rejected
from engine.core.keyboard import counted
from tests.answers.cases import question_of, rows

settings.register_profile(
    "answers", max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
PROFILE = settings.get_profile("answers")

CHOICES = (
    Choice("a", 1, "Похудеть 🔥"),
    Choice("b", {"id": "b", "title": "Йога"}, "1. Йога"),
    Choice("c", "c", "Да и нет, наверное"),
)
QUESTION = replace(question_of({}), choices=CHOICES)
QUESTIONS = [
    QUESTION,
    replace(QUESTION, language="en", limits={"min": 2, "max": 40, "min_length": 2, "pattern": ".*"}),
    replace(QUESTION, language="en", limits={"min": "today", "max": "+30d", "own": False, "formats": ["pdf"]}),
    replace(QUESTION, limits={"max": "-18y", "min": None, "max_size": "x"}, region=""),
]
KNOWN = sorted({row[0] for what in ("accepts", "rejects") for _, _, row in rows(what) if isinstance(row[0], str)})
ANY_CHARACTER = st.characters(codec=None, exclude_categories=())  # lone surrogates and control signs too
ALPHABET = st.sampled_from(
    [*"0123456789 .,:;-+/@%()«»", *"аеиднчсмгвя", *"hmdapx", "\u00a0", "\u200b", "٣", "²", "Ⅷ", "😀", "\ufe0f"]
)
TEXTS = st.one_of(
    st.text(ANY_CHARACTER, max_size=60),
    st.text(ALPHABET, max_size=20),
    st.sampled_from(KNOWN),
    st.builds(
        lambda one, other, mark: one + mark + other,
        st.sampled_from(KNOWN),
        st.sampled_from(KNOWN),
        st.sampled_from(" ,-"),
    ),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
KEYS = ("choice", "choices", "files", "caption", "contact", "location", "other", "date", "said", "type", "raw")
FILES = st.lists(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["photo", "voice", "document"]), "id": st.text(min_size=1, max_size=3)},
        optional={"name": TEXTS, "mime": TEXTS, "size": SCALARS},
    ),
    max_size=3,
)
CARDS = st.fixed_dictionaries({"phone": TEXTS, "name": SCALARS, "own": st.booleans()})
PLACES = st.fixed_dictionaries({"latitude": st.floats(), "longitude": st.floats(-200, 200)})
RAWS = st.one_of(
    TEXTS,
    JSON,
    st.dictionaries(st.sampled_from(KEYS), JSON, max_size=2),
    st.fixed_dictionaries({"files": FILES}, optional={"caption": SCALARS}),
    st.fixed_dictionaries({"contact": CARDS}),
    st.fixed_dictionaries({"location": PLACES}),
    st.fixed_dictionaries({"choices": st.lists(st.sampled_from("abcx"), max_size=4)}),
    st.fixed_dictionaries({"choice": st.sampled_from(["a", "c", "yes", "no", "3", "x"])}),
)


def _check(result: Accepted | Rejected, parse: Any, question: Question) -> None:
    if isinstance(result, Rejected):
        assert result.word.startswith("wrong_")
        return
    # NaN in a file's own map is the channel's affair; all else must be storable
    kept = json.dumps([result.value, result.raw], ensure_ascii=False)
    assert "\x00" not in kept
    for years in (0, 1, 30):
        later = replace(question, now=question.now + timedelta(days=366 * years))
        again = parse(json.loads(json.dumps(result.raw)), later)
        assert isinstance(again, Accepted), (result, again)
        assert json.dumps(again.value, sort_keys=True) == json.dumps(result.value, sort_keys=True)
        assert json.dumps(again.raw, sort_keys=True) == json.dumps(result.raw, sort_keys=True)


@pytest.mark.parametrize("name", sorted(TYPES))
@PROFILE
@given(raw=RAWS, question=st.sampled_from(QUESTIONS))
def test_anything_may_come(name: str, raw: Any, question: Question) -> None:
    """No input crashes a type; an accepted one is kept in a form that gives the same value for ever."""
    one = TYPES[name]
    result = one.parse(raw, question)
    _check(result, one.parse, question)
    if isinstance(result, Accepted):
        assert isinstance(one.show(result.value, question), str)


@PROFILE
@given(
    raw=RAWS,
    names=st.lists(st.sampled_from(sorted(TYPES)), min_size=1, max_size=4, unique=True),
    question=st.sampled_from(QUESTIONS),
)
def test_anything_may_come_to_several(raw: Any, names: list[str], question: Question) -> None:
    """The same for a question that takes several types, in any order."""
    types = [TYPES[name] for name in names]
    _check(parse_any(types, raw, question), lambda again, later: parse_any(types, again, later), question)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30),
    "integer": st.integers(-(10**14), 10**14),
    "number": st.one_of(
        st.integers(-(10**14), 10**14),
        st.floats(-1e9, 1e9, allow_nan=False)
        .map(lambda number: round(number, 4))
        .filter(lambda number: number % 1 != 0),
    ),
    "yes_no": st.booleans(),
    "choice": st.sampled_from([choice.value for choice in CHOICES]),
    "choices": st.lists(st.booleans(), min_size=3, max_size=3)
    .filter(any)
    .map(lambda ticks: [choice.value for choice, ticked in zip(CHOICES, ticks, strict=True) if ticked]),
    "date": st.dates(date(1000, 1, 1)).map(date.isoformat),
    "time": st.times().map(lambda moment: f"{moment:%H:%M}"),
    "duration": st.integers(0, 60 * 24 * 3660),
    "email": st.emails(domains=st.sampled_from(["mail.ru", "gmail.com"])).filter(lambda address: '"' not in address),
    "phone": st.integers(9160000000, 9169999999).map(lambda number: f"+7{number}"),
    "contact": st.from_regex(r"[a-z][a-z0-9_]{4,20}", fullmatch=True).map(
        lambda name: WAYS | {"kind": "username", "username": name, "text": f"@{name}", "name": "Анна"}
    ),
    "url": st.from_regex(r"https://[a-z]{1,9}\.(ru|com)(/[a-z0-9]{0,5})?(\?q=[0-9])?", fullmatch=True),
    "rating": st.integers(1, 5),
    "name": st.sampled_from(["Анна", "Анна-Мария", "Пётр Ильич К.", "O'Neill", "van der Waals", "Ян"]),
    "location": st.tuples(st.integers(-9000, 9000), st.integers(-18000, 18000)).map(
        lambda pair: {"latitude": pair[0] / 100, "longitude": pair[1] / 100}
    ),
}


# A type without a generator of its own here: the values of its case table.
OTHERS = {
    name: st.sampled_from([row[1] for kind, _, row in rows("accepts") if kind == name])
    for name in TYPES.keys() - VALUES.keys()
    if "text" in TYPES[name].takes
}


@pytest.mark.parametrize("name", sorted({*VALUES, *OTHERS}))
@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_is_shown_may_be_typed(name: str, language: str) -> None:
    """A shown value, typed back, is the same value."""
    question = replace(QUESTION, language=language)

    @PROFILE
    @given(value=(VALUES | OTHERS)[name])
    def check(value: Any) -> None:
        result = TYPES[name].parse(TYPES[name].show(value, question), question)
        assert getattr(result, "value", result) == value

    check()


def test_files_alone_cannot_be_typed() -> None:
    """Every type but those of files is shown in a form that can be typed."""
    assert set(TYPES) - set(VALUES) - set(OTHERS) == {"photo", "voice", "document"}


LABELS = st.one_of(
    st.sampled_from(["1", "2", "3", "1 раз", "2 раза", "3. Дома", "№ 2", "2️⃣", "Дома", "В зале 2", "1,5 км", "٢", "²"]),
    st.text(ALPHABET, min_size=1, max_size=4),
)


@settings(PROFILE, max_examples=1_000)
@given(st.lists(st.tuples(st.sampled_from(["1", "2", "3", "a", "b", "c"]), LABELS), min_size=1, max_size=4))
def test_a_number_that_is_shown_means_its_choice(options: list[tuple[str, str]]) -> None:
    """Where the terminal shows numbers, each of them typed is the choice it stands before."""
    choices = [Choice(name, name, label) for name, label in dict(options).items()]
    for place, choice in enumerate(choices, 1):
        if counted(choices):
            assert find(str(place), choices) is choice


def test_a_number_that_is_a_value_or_a_label_means_that_one() -> None:
    """«2» is «2 раза», whatever its place; the terminal then shows no numbers. Else it is the place."""
    times = [Choice(str(number), number, f"{number} раза") for number in (2, 3, 5)]
    assert find("2", times) is times[0]
    assert find("5", times) is times[2]
    assert not counted(times)
    places = [Choice("home", "home", "Дома"), Choice("gym", "gym", "В зале 24/7")]
    assert find("2", places) is places[1]
    assert counted(places)
