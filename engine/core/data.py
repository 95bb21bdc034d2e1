"""`dataclass` as the standard library has it, at a quarter of what its classes cost at every start.

The library writes and compiles up to six functions a class, which for the hundred classes that a command loads takes
longer than linting a file. Here `__init__` alone is written, when the first object is made; the rest is shared.
Law: an object does what the library's would (tests/core/test_data.py holds them against each other), and to mypy it is
the library's. Of `field` there is what is used: `default`, `default_factory`, `repr`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError
from dataclasses import field as field
from dataclasses import replace as replace
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any


def _dataclass(cls: Any = None, /, *, frozen: bool = False, slots: bool = False, kw_only: bool = False) -> Any:
    def made(cls: Any) -> Any:
        cls.__doc__ = cls.__doc__ or cls.__name__  # else the library makes one of the signature, and that takes long
        declared = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(cls)
        shared = _compared(declared) | (_frozen(declared) if frozen else {"__hash__": None})
        for name, method in ({"__init__": _first_init(declared, frozen)} | shared).items():
            setattr(declared, name, method)
        return declared

    return made if cls is None else made(cls)


def _first_init(cls: type[Any], frozen: bool) -> Callable[..., None]:
    def first(self: Any, *args: Any, **kwargs: Any) -> None:
        cls.__init__ = init = _init(cls, frozen)
        init(self, *args, **kwargs)

    return first


def _init(cls: type[Any], frozen: bool) -> Callable[..., None]:
    """As a person would write it: an argument and an assignment a field."""
    scope: dict[str, Any] = {"_set": object.__setattr__, "_NEW": object()}
    arguments: dict[bool, list[str]] = {False: [], True: []}  # kw_only -> them
    lines = []
    for one in dataclasses.fields(cls):
        name, value = one.name, one.name
        if one.default_factory is not MISSING:
            scope[f"_new_{name}"] = one.default_factory
            arguments[bool(one.kw_only)].append(f"{name}=_NEW")
            value = f"_new_{name}() if {name} is _NEW else {name}"
        elif one.default is not MISSING:
            scope[f"_default_{name}"] = one.default
            arguments[bool(one.kw_only)].append(f"{name}=_default_{name}")
        else:
            arguments[bool(one.kw_only)].append(name)
        lines.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    named = ["*", *arguments[True]] if arguments[True] else []
    text = f"def __init__({', '.join(['self', *arguments[False], *named])}):\n " + "\n ".join(lines or ["pass"])
    exec(text, scope)  # noqa: S102 made of names of fields alone
    init: Callable[..., None] = scope["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _compared(cls: type[Any]) -> dict[str, Any]:
    """Equality and how it is shown."""
    values = _values(cls)
    shown = [one.name for one in dataclasses.fields(cls) if one.repr]

    def equal(self: Any, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    @recursive_repr()
    def shown_as(self: Any) -> str:
        return f"{self.__class__.__qualname__}({', '.join([f'{name}={getattr(self, name)!r}' for name in shown])})"

    return {"__eq__": equal, "__repr__": shown_as}


def _frozen(cls: type[Any]) -> dict[str, Any]:
    """A hash, no change, and how it is pickled all the same. What is derived from it may have attributes of its own."""
    values = _values(cls)
    names = [one.name for one in dataclasses.fields(cls)]

    def hashed(self: Any) -> int:
        return hash(values(self))

    def set_attribute(self: Any, name: str, value: Any) -> None:
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def delete_attribute(self: Any, name: str) -> None:
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    def state_of(self: Any) -> list[Any]:
        return [getattr(self, name) for name in names]

    def restore(self: Any, state: list[Any]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return {
        "__hash__": hashed,
        "__setattr__": set_attribute,
        "__delattr__": delete_attribute,
        "__getstate__": state_of,
        "__setstate__": restore,
    }


def _values(cls: type[Any]) -> Callable[[Any], Any]:
    names = [one.name for one in dataclasses.fields(cls)]
    return attrgetter(*names) if names else lambda _: ()


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _dataclass
