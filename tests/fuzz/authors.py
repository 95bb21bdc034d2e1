"""Edits of scenario files as authors make them, good and bad, on the bytes themselves."""

from __future__ import annotations

import re
from typing import Any

from engine.core.project import Project
from engine.project.load import Loader

_TOP = re.compile(r"^(?=  - )", re.MULTILINE)
_ASK = re.compile(r"^  - ask: (\w+)$", re.MULTILINE)


class Author:
    """`sources` are the files as they are now; an edit that does not load changes nothing."""

    def __init__(self, loader: Loader, sources: dict[str, bytes]) -> None:
        self.loader = loader
        self.sources = sources
        self.count = 0

    def edit(self, kind: str, file: int, place: int) -> Project | None:
        """The project after one more edit; None for one that was refused."""
        names = sorted(name for name in self.sources if name.startswith("scenarios/"))
        name = names[file % len(names)]
        self.count += 1
        text = getattr(self, f"_{kind}")(self.sources[name].decode(), place)
        made = {**self.sources, name: text.encode()}
        project = self.loader.build(made).project
        if project is not None:
            self.sources = made
        return project

    def _parts(self, text: str) -> tuple[str, list[str]]:
        head, steps, rest = text.partition("steps:\n")
        return head + steps, _TOP.split(rest)

    def _say(self, text: str, place: int) -> str:
        return self._insert(text, place, f"  - say: Новое {self.count}\n")

    def _ask(self, text: str, place: int) -> str:
        return self._insert(text, place, f"  - ask: new_{self.count}\n    question: Новый вопрос {self.count}?\n")

    def _insert(self, text: str, place: int, step: str) -> str:
        head, parts = self._parts(text)
        at = place % len(parts)
        return head + "".join([*parts[:at], step, *parts[at:]]) if at else head + step + "".join(parts)

    def _delete(self, text: str, place: int) -> str:
        head, parts = self._parts(text)
        at = place % len(parts)
        return head + "".join(one for number, one in enumerate(parts) if number != at or not one.strip())

    def _swap(self, text: str, place: int) -> str:
        head, parts = self._parts(text)
        at = place % len(parts)
        return head + "".join([*parts[:at], *parts[at + 1 : at + 2], *parts[at : at + 1], *parts[at + 2 :]])

    def _rename(self, text: str, place: int) -> str:
        asks = _ASK.findall(text)
        if not asks or "\nrenamed:" in text:
            return text
        old = asks[place % len(asks)]
        new = f"{old}_{self.count}"
        head, _, rest = text.partition("steps:\n")
        return f"{head}renamed: {{{old}: {new}}}\nsteps:\n" + re.sub(rf"\b{old}\b(?=[ }}|.,:\]\n])", new, rest)

    def _cut(self, text: str, place: int) -> str:
        return text[: len(text) * (place % 10) // 10]

    def _back(self, text: str, place: int) -> str:
        """As it was at the beginning of the line of edits: a step put in is taken out again."""
        return re.sub(r"  - say: Новое \d+\n|  - ask: new_\d+\n    question: [^\n]*\n", "", text)


KINDS = ("say", "ask", "delete", "swap", "rename", "cut", "back")


def begun(root: Any) -> tuple[Author, Project]:
    loader = Loader(root)
    loaded = loader.load()
    assert loaded.project is not None, loaded.errors
    return Author(loader, dict(loaded.sources)), loaded.project
