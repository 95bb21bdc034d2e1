"""Random scenarios for the property tests: every verb, nested, with loops; and random edits of them.

A program is plain data, written out as JSON, which is YAML. Every say has a text of its own and every save a `step`
field of its own, so that what was said or saved twice can be seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from engine.core.project import Project
from tests.driver import build

Step = dict[str, Any]
ITEMS = [{"id": "x", "title": "Икс"}, {"id": "y", "title": "Игрек"}, {"id": "z/1", "title": "Зет"}]
PROMPT = "---\nreturns: {note: text}\n---\n{% block user %}{{ ASKED }}{% endblock %}\n"
CLOCK = ["now", "today", "random() < 0.5", "hours_since(now) == 0"]


@dataclass
class Maker:
    """Draws a program. `plain` leaves out what two runs of the same answers may see differently (clock, chance, model,
    loops, records that were looked up), but for what `also` names out of `llm`, `loop`, `once`."""

    draw: Any
    plain: bool = False
    also: tuple[str, ...] = ()
    count: int = 0
    subs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def draw_number(self, least: int, most: int) -> int:
        return int(self.draw(st.integers(least, most)))

    def one_of(self, items: list[Any]) -> Any:
        return items[self.draw_number(0, len(items) - 1)]

    def chance(self, percent: int) -> bool:
        return self.draw_number(0, 99) < percent

    def has(self, what: str) -> bool:
        return not self.plain or what in self.also

    def name(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    # one list of steps ------------------------------------------------------------------------------------------

    def block(self, known: list[str], depth: int, heads: tuple[str, ...], item: str, most: int = 4) -> list[Step]:
        steps: list[Step] = []
        here: list[str] = []
        for _ in range(self.draw(st.integers(1, most))):
            steps += self.step(known, here, depth, heads, item)
            heads = (*heads, *(one for one in named(steps[-1]) if self.has("loop")))
        return steps

    def step(self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str) -> list[Step]:
        kinds = ["say", "ask", "ask", "ask", "set", "save", "notify"]
        if depth:
            kinds += ["if", "if", "switch", "each"]
        if depth and not item:
            kinds += ["run"]
        if not self.plain:
            kinds += ["find", "update", "clock"]
        if self.has("llm"):
            kinds += ["llm"]
        if self.has("loop") and heads:
            kinds += ["loop", "loop"]
        if here:
            kinds += ["confirm"]
        return list(getattr(self, f"_{self.one_of(kinds)}")(known, here, depth, heads, item))

    def _say(self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str) -> Iterator[Step]:
        name = self.name("s")
        shown = "".join(f" {{{{ {one} }}}}" for one in [*known[-1:], *(f"{one}.id" for one in item.split())])
        yield {"say": f"{name}:{shown}", **({"name": name} if self.chance(30) else {})}

    def _ask(self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str) -> Iterator[Step]:
        name = self.name("a")
        step: Step = {"ask": name, "question": f"{name}?"}
        step.update(
            self.one_of(
                [
                    {},
                    {"answer": "integer", "min": 0, "max": 9},
                    {"answer": "yes_no"},
                    {"choices": {"a": "А", "b": "Б"}},
                    {"choices": {"from": "catalog.things", "label": "{{ item.title }}"}},
                    {"answer": "choices", "choices": ["a", "b", "c"]},
                    {"answer": ["photo", "text"]},
                    {"answer": "date"}
                    if self.plain
                    else {"answer": "date", "min": "today", "skip": True, "default": "{{ today }}"},
                    {"answer": "integer", "skip": True, "default": 7},
                    *(
                        []
                        if self.plain
                        else [{"answer": "integer", "tries": 2, "after_tries": self.one_of(["skip", "end"])}]
                    ),
                ]
            )
        )
        known.append(name)
        here.append(name)
        yield step

    def _set(self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str) -> Iterator[Step]:
        if self.chance(50):
            name = self.one_of(["n1", "n2"])
            yield {"set": {name: f"{{{{ ({name} or 0) + 1 }}}}"}}
        else:
            name = self.one_of(["v1", "v2"])
            yield {"set": {name: f"{{{{ {known[-1]} }}}}" if known else "v"}}
        known.append(name)

    def _clock(
        self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str
    ) -> Iterator[Step]:
        expression = self.one_of(CLOCK)
        if depth and self.chance(50):
            yield {"if": expression, "then": self.block(list(known), depth - 1, heads, item, 2)}
        else:
            name = self.name("t")
            yield {"set": {name: f"{{{{ {expression} }}}}"}}
            known.append(name)

    def _if(self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str) -> Iterator[Step]:
        one = self.one_of(known) if known else "none"
        condition = self.one_of([one, f"not {one}", f"{one} == 'a'", f"({one} or 0) | string | length > 1"])
        step: Step = {"if": condition, "then": self.block(list(known), depth - 1, heads, item, 3)}
        if self.chance(40):
            step["else"] = self.block(list(known), depth - 1, heads, item, 2)
        yield step

    def _switch(
        self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str
    ) -> Iterator[Step]:
        cases = {one: self.block(list(known), depth - 1, heads, item, 2) for one in ("a", "true", "5")}
        step: Step = {"switch": self.one_of(known) if known else "none", "cases": cases}
        if self.chance(50):
            step["else"] = self.block(list(known), depth - 1, heads, item, 2)
        yield step

    def _each(self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str) -> Iterator[Step]:
        name = self.name("e")
        yield {"each": name, "in": "catalog.things", "do": self.block([*known], depth - 1, heads, f"{item} {name}", 3)}

    def _run(self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str) -> Iterator[Step]:
        name = self.name("sub")
        body = self.block(["given"], depth - 1, (), "", 3)
        self.subs[name] = {"inputs": {"given": 1}, "result": "{{ given }}", "steps": body}
        with_ = {"given": f"{{{{ {known[-1]} }}}}"} if known and self.chance(50) else {}
        if not self.plain and self.chance(30):
            with_ = {"given": "{{ now }}"}
        result = self.name("r")
        yield {"run": name, **({"with": with_} if with_ else {}), "as": result}
        known.append(result)

    def _save(self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str) -> Iterator[Step]:
        name = self.name("save")
        fields = {
            "step": name,
            **({"value": f"{{{{ {known[-1]} }}}}"} if known else {}),
            **({"item": " ".join(f"{{{{ {one}.id }}}}" for one in item.split())} if item else {}),
        }
        step: Step = {"save": "things", "name": name, "fields": fields}
        if not self.plain and self.chance(20):
            step["once_per"] = [f"'{name}'", "today"]
        elif "once" in self.also and self.chance(70):
            step["once_per"] = [self.one_of(["'one'", "'two'"])]
        if self.chance(30):
            step["as"] = self.name("kept")
        yield step

    def _update(
        self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str
    ) -> Iterator[Step]:
        yield {"update": "things", "name": self.name("u"), "where": {"seen": None}, "fields": {"seen": True}}

    def _find(self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str) -> Iterator[Step]:
        name = self.name("f")
        yield {
            "find": name,
            "in": "things",
            "where": {"step": {"not": f"{{{{ {known[-1]} }}}}" if known else "no"}},
            "limit": 3,
        }

    def _notify(
        self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str
    ) -> Iterator[Step]:
        name = self.name("n")
        yield {"notify": "manager", "name": name, "text": f"{name} {{{{ {known[-1]} }}}}" if known else name}

    def _llm(self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str) -> Iterator[Step]:
        name = self.name("m")
        fails: Any = {"note": "{{ now }}"} if self.chance(30) and not self.plain else {"note": "нет"}
        if depth and self.chance(30):
            fails = self.block(list(known), depth - 1, heads, item, 2)
        yield {
            "llm": name,
            "prompt": "note",
            "with": {"asked": f"{{{{ {known[-1]} }}}}" if known else "x"},
            "if_fails": fails,
        }
        known.append(name)

    def _loop(self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str) -> Iterator[Step]:
        name = self.name("more")
        head = self.one_of(list(heads))
        if self.chance(50):
            yield {"ask": name, "question": f"{name}?", "answer": "yes_no"}
            yield {"if": name, "then": [{"goto": head}]}
        else:
            yield {
                "ask": name,
                "question": f"{name}?",
                "choices": {"again": {"label": "Ещё", "goto": head}, "on": "Дальше"},
            }
        known.append(name)

    def _confirm(
        self, known: list[str], here: list[str], depth: int, heads: tuple[str, ...], item: str
    ) -> Iterator[Step]:
        name = self.name("c")
        yield {"confirm": name, "lines": {one: one.upper() for one in here[-3:]}}

    def program(self) -> dict[str, Any]:
        steps: list[Step] = []
        known: list[str] = []
        while len(steps) < 4:
            steps += self.block(
                known, 3, tuple(one for step in steps for one in named(step) if self.has("loop")), "", 6
            )
        steps.append({"ask": "final", "question": "final?"})
        return {"talk": {"starts_on": ["/talk"], "steps": steps}, **self.subs}


def named(step: Step) -> list[str]:
    """The name that a goto may lead to."""
    for verb in ("ask", "find", "llm", "each", "confirm"):
        if verb in step:
            return [step[verb]]
    return [step["name"]] if "name" in step else []


OTHER = {
    "starts_on": ["/other"],
    "title": "Другое",
    "steps": [{"ask": "o1", "question": "o1?"}, {"ask": "o2", "question": "o2?"}, {"say": "other done {{ o1 }}"}],
}


def project(program: dict[str, Any]) -> Project:
    """The program as a loaded project; what it writes down must be free of errors."""
    scenarios = {
        name: "format: 1\nscenario: "
        + name
        + "\n"
        + "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in body.items())
        for name, body in {**program, "other": OTHER}.items()
    }
    files = {
        "catalog/things.yaml": json.dumps(ITEMS, ensure_ascii=False),
        "prompts/note.md.j2": PROMPT.replace("ASKED", "asked"),
    }
    return build(scenarios, files)


@st.composite
def programs(draw: Any, plain: bool = False) -> dict[str, Any]:
    return Maker(draw, plain).program()
