"""The verbs of the language: one file a kind (law 8). A kind is found by its file standing in this folder; beside them
stands what `ask` makes of people's words (`reading`)."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from engine.core.step import Step


def _found() -> dict[str, type[Step]]:
    kinds: dict[str, type[Step]] = {}
    for module in pkgutil.iter_modules(__path__):
        name = f"{__name__}.{module.name}"
        for kind in vars(import_module(name)).values():
            its_own = isinstance(kind, type) and kind.__module__ == name
            if its_own and issubclass(kind, Step) and hasattr(kind, "verb"):
                kinds[kind.verb] = kind
    return kinds


KINDS: dict[str, type[Step]] = _found()
