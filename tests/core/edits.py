"""Random edits of random programs: what an author does to a file while people are in the middle of it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.core.programs import Maker, Step

KINDS = [
    "insert",
    "insert",
    "delete",
    "rename",
    "swap",
    "wrap",
    "unwrap",
    "retype",
    "limits",
    "choices",
    "text",
    "move",
]


@dataclass
class Edit:
    """`program` as it is now; `roots` maps today's names to those of the first version; `touched` are (first) names
    of questions whose answers may fit no more."""

    program: dict[str, Any]
    maker: Maker
    roots: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    log: list[str] = field(default_factory=list)
    items: str = ""  # of the loops around the list that is being edited

    def root(self, name: str) -> str:
        while name in self.roots:
            name = self.roots[name]
        return name

    def again(self) -> dict[str, Any]:
        """One more random edit; the new program."""
        self.program = copy.deepcopy(self.program)
        kind = self.maker.one_of(KINDS)
        scenario = self.maker.one_of(list(self.program))
        lists = list(blocks(self.program[scenario]["steps"]))
        block, self.items = self.maker.one_of(list(with_items(self.program[scenario]["steps"])))
        last = len(block) - (1 if scenario == "talk" and block is lists[0] else 0)  # the last question stays the last
        done = getattr(self, f"_{kind}")(scenario, block, last)
        self.log.append(f"{kind} in {scenario}: {done}")
        return self.program

    def _place(self, last: int) -> int:
        return int(self.maker.draw_number(0, max(last, 0)))

    def _insert(self, scenario: str, block: list[Step], last: int) -> Any:
        made = self.maker.step([], [], 1, (), self.items)
        block[(place := self._place(last)) : place] = made
        self.program.update({name: body for name, body in self.maker.subs.items() if name not in self.program})
        return made

    def _delete(self, scenario: str, block: list[Step], last: int) -> Any:
        if last < 1 or (len(block) == 1):
            return None
        place = self._place(last - 1)
        gone = block.pop(place)
        names = {name for step in all_steps([gone]) for name in made_by(step)}
        if any(re.search(rf"\b{name}\b", json.dumps(self.program)) for name in names):
            block.insert(place, gone)
            return None
        return gone

    def _rename(self, scenario: str, block: list[Step], last: int) -> Any:
        asks = [step for step in all_steps(self.program[scenario]["steps"]) if "ask" in step and step["ask"] != "final"]
        if not asks:
            return None
        old = self.maker.one_of(asks)["ask"]
        new = self.maker.name("b")
        renamed = {**self.program[scenario].get("renamed", {}), old: new}
        body = {key: value for key, value in self.program[scenario].items() if key != "renamed"}
        text = re.sub(rf"\b{old}\b(?!\?)", new, json.dumps(body, ensure_ascii=False))
        self.program[scenario] = {**json.loads(text), "renamed": renamed}
        self.roots[new] = old
        return f"{old} -> {new}"

    def _swap(self, scenario: str, block: list[Step], last: int) -> Any:
        if last < 2:
            return None
        place = self._place(last - 2)
        if any("goto" in json.dumps(step) or "more" in json.dumps(step) for step in block[place : place + 2]):
            return None  # a loop must not lose the question that ends it
        block[place], block[place + 1] = block[place + 1], block[place]
        return place

    def _wrap(self, scenario: str, block: list[Step], last: int) -> Any:
        if last < 1:
            return None
        place = self._place(last - 1)
        if any(
            f'"goto": "{name}"' in json.dumps(self.program)
            for step in all_steps([block[place]])
            for name in made_by(step)
        ):
            return None  # a goto leads to no step within a branch
        block[place] = {"if": "true", "then": [block[place]]}
        return place

    def _unwrap(self, scenario: str, block: list[Step], last: int) -> Any:
        for place, step in enumerate(block[:last]):
            if step.get("if") == "true":
                block[place : place + 1] = step["then"]
                return place
        return None

    def _asks(self, scenario: str) -> list[Step]:
        return [
            step
            for step in all_steps(self.program[scenario]["steps"])
            if "ask" in step and step["ask"] != "final" and "goto" not in json.dumps(step)
        ]

    def _retype(self, scenario: str, block: list[Step], last: int) -> Any:
        asks = self._asks(scenario)
        if not asks or not self.maker.plain:
            return None
        step = self.maker.one_of(asks)
        name = step["ask"]
        step.clear()
        step.update(
            ask=name,
            question=f"{name}?",
            **self.maker.one_of([{}, {"answer": "integer"}, {"choices": {"a": "А", "b": "Б"}}, {"answer": "yes_no"}]),
        )
        self.touched.add(self.root(name))
        return step

    def _limits(self, scenario: str, block: list[Step], last: int) -> Any:
        asks = [step for step in self._asks(scenario) if step.get("answer") == "integer"]
        if not asks:
            return None
        step = self.maker.one_of(asks)
        step.update(min=0, max=self.maker.draw_number(3, 20))
        self.touched.add(self.root(step["ask"]))
        return step

    def _choices(self, scenario: str, block: list[Step], last: int) -> Any:
        asks = [
            step
            for step in self._asks(scenario)
            if isinstance(step.get("choices"), dict) and "from" not in step["choices"]
        ]
        if not asks:
            return None
        step = self.maker.one_of(asks)
        if self.maker.chance(50):
            step["choices"] = {self.maker.name("k"): "Новое", **step["choices"]}
        elif len(step["choices"]) > 1:
            del step["choices"][next(iter(step["choices"]))]
            self.touched.add(self.root(step["ask"]))
        return step

    def _text(self, scenario: str, block: list[Step], last: int) -> Any:
        says = [step for step in all_steps(self.program[scenario]["steps"]) if "say" in step or "question" in step]
        if not says:
            return None
        step = self.maker.one_of(says)
        key = "say" if "say" in step else "question"
        step[key] = step[key] + "!"
        return step

    def _move(self, scenario: str, block: list[Step], last: int) -> Any:
        """A question moves into a scenario of its own, `renamed` says where."""
        steps = self.program["talk"]["steps"]
        places = [place for place, step in enumerate(steps[:-1]) if "ask" in step and "choices" not in step]
        if not places or not self.maker.plain:
            return None
        place = self.maker.one_of(places)
        name, sub = steps[place]["ask"], self.maker.name("sub")
        if re.search(rf'"lines": {{[^}}]*"{name}"', json.dumps(self.program)):
            return None
        self.program[sub] = {"result": f"{{{{ {name} }}}}", "steps": [steps[place]]}
        steps[place] = {"run": sub, "as": name}
        if self.maker.chance(50):  # else it is found by its name
            self.program["talk"]["renamed"] = {**self.program["talk"].get("renamed", {}), name: f"{name}.{name}"}
        return name


def blocks(steps: list[Step]) -> Iterator[list[Step]]:
    """Every list of steps in it, itself first."""
    yield steps
    for step in steps:
        for inner in inside(step):
            yield from blocks(inner)


def with_items(steps: list[Step], items: str = "") -> Iterator[tuple[list[Step], str]]:
    """Every list of steps with the items of the loops around it."""
    yield steps, items
    for step in steps:
        for inner in inside(step):
            yield from with_items(inner, f"{items} {step['each']}" if "each" in step else items)


def inside(step: Step) -> list[list[Step]]:
    found = [step[key] for key in ("then", "else", "do") if key in step]
    found += list(step["cases"].values()) if "cases" in step else []
    if isinstance(step.get("if_fails"), list):
        found.append(step["if_fails"])
    return found


def all_steps(steps: list[Step]) -> Iterator[Step]:
    for block in blocks(steps):
        yield from block


def made_by(step: Step) -> list[str]:
    """The names that others may use: variables and step names."""
    found = [step[verb] for verb in ("ask", "find", "llm", "each", "confirm") if verb in step]
    found += [step[key] for key in ("name", "as") if key in step]
    found += list(step["set"]) if isinstance(step.get("set"), dict) else []
    return found
