"""Our `dataclass` beside the library's: the same class body, the same behaviour."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from functools import partial
from typing import Any, ClassVar

import orjson
import pytest

from engine.core.data import dataclass as ours
from tests.test_house import FILES, ROOT

OPTIONS: list[dict[str, bool]] = [
    {},
    {"slots": True},
    {"frozen": True},
    {"frozen": True, "slots": True},
    {"frozen": True, "slots": True, "kw_only": True},
    {"slots": True, "kw_only": True},
]


def pair(dataclass: Any, options: dict[str, bool]) -> tuple[type[Any], type[Any]]:
    """A class and one that is derived from it, made by either."""

    @dataclass(**options)
    class Base:
        """Said."""

        kind: ClassVar[str] = "a kind"
        name: str
        number: int = 1

        def twice(self) -> int:
            return self.number * 2

    @dataclass(**options)
    class Derived(Base):
        secret: str = field(default="hidden", repr=False)
        rows: list[int] = field(default_factory=list)

    return Base, Derived


def outcome(do: Callable[[], Any]) -> Any:
    """What it gives, or how it fails."""
    try:
        return do()
    except Exception as error:
        return type(error), str(error)


TRIED: list[Callable[[type[Any], type[Any]], Any]] = [
    lambda base, derived: repr(base(name="a")),
    lambda base, derived: repr(derived(name="a", number=2, rows=[1])),
    lambda base, derived: base("a", 2).number,
    lambda base, derived: base(),
    lambda base, derived: base(name="a", other=1),
    lambda base, derived: base("a", 1, 2),
    lambda base, derived: base(name="a").twice(),
    lambda base, derived: base(name="a") == base(name="a", number=1),
    lambda base, derived: base(name="a") == base(name="b"),
    lambda base, derived: base(name="a") == derived(name="a"),
    lambda base, derived: base(name="a") != ("a", 1),
    lambda base, derived: len({base(name="a"), base(name="a"), base(name="b")}),
    lambda base, derived: hash(derived(name="a")),
    lambda base, derived: derived(name="a").rows is derived(name="a").rows,
    lambda base, derived: setattr(base(name="a"), "name", "b"),
    lambda base, derived: delattr(base(name="a"), "name"),
    lambda base, derived: derived(name="a").secret,
    lambda base, derived: dataclasses.asdict(derived(name="a")),
    lambda base, derived: dataclasses.replace(derived(name="a"), number=5).number,
    lambda base, derived: repr(copy.copy(derived(name="a", rows=[1]))),
    lambda base, derived: orjson.dumps(derived(name="a", rows=[1])),
    lambda base, derived: (base.__match_args__, derived.__match_args__, base.kind, base.__doc__, base.__name__),
    lambda base, derived: [one.name for one in dataclasses.fields(derived)],
    lambda base, derived: hasattr(base(name="a"), "__dict__"),
    lambda base, derived: type("Further", (base,), {})(name="a").name,
    lambda base, derived: setattr(type("Further", (base,), {})(name="a"), "name", 1),
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: ", ".join(options) or "plain")
@pytest.mark.parametrize("number", range(len(TRIED)))
def test_it_does_what_the_librarys_does(number: int, options: dict[str, bool]) -> None:
    """Arguments, defaults, equality, hash, words of errors, copies, JSON, inheritance."""
    tried = TRIED[number]
    theirs = pair(dataclasses.dataclass, options)
    assert outcome(lambda: tried(*pair(ours, options))) == outcome(lambda: tried(*theirs))


@pytest.mark.parametrize("options", [one for one in OPTIONS if not {"frozen", "slots"} <= one.keys()])
def test_attributes_that_are_no_fields(options: dict[str, bool]) -> None:
    """With both, Python 3.11's own trips over the class that it has made anew for the slots."""
    theirs, mine = (
        [outcome(partial(setattr, one(name="a"), "unknown", 1)) for one in (base, type("Further", (base,), {}))]
        for base, _ in (pair(dataclasses.dataclass, options), pair(ours, options))
    )
    assert mine == theirs


@ours(frozen=True, slots=True)
class Kept:
    one: str
    others: tuple[Kept, ...] = ()


@ours(frozen=True)
class Nothing:
    """No fields."""


def test_a_frozen_one_is_pickled() -> None:
    """Processes that lint together send such objects to each other."""
    kept = Kept("a", (Kept("b"),))
    assert pickle.loads(pickle.dumps(kept)) == kept  # noqa: S301 our own
    with pytest.raises(FrozenInstanceError):
        kept.one = "b"  # type: ignore[misc] # that it cannot be is what is tried
    with pytest.raises(FrozenInstanceError):
        kept.three = "b"  # type: ignore[attr-defined] # as above


def test_one_without_fields() -> None:
    """All are equal."""
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1
    assert repr(Nothing()).endswith("Nothing()")


def test_the_engine_uses_no_other() -> None:
    """One class made by the library costs every start as much as ten of ours."""
    others = [path for path in FILES if "from dataclasses import dataclass" in path.read_text(encoding="utf-8")]
    assert [str(path.relative_to(ROOT)) for path in others] == ["engine/core/data.py"]
