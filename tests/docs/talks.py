"""A talk of the docs, held against the pure turn."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

from msgspec.structs import replace

from engine.channels.terminal_input import body_of
from engine.channels.terminal_script import as_text
from engine.core.effects import AskModel, FindRecords, Notify, SaveRecord, SendMessage
from engine.core.events import RecordsFound, Sender
from engine.core.project import Project
from tests.docs.pages import ROOT, Block
from tests.driver import Driver, Failure

LATER = re.compile(r"(\d+) (minute|hour|day)s? later")
SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}


class Person(Driver):
    """One of several people: records are shared, and each is somebody's."""

    def __init__(self, stage: Stage, name: str) -> None:
        super().__init__(stage.versions[0], model=stage.model, language=stage.language, person=f"terminal:{name}")
        self.sender = Sender(self.sender.id, name, name.lower(), stage.language)
        self.stage = stage
        self.rows = stage.rows
        self._ids = itertools.count(1 + 10_000 * len(stage.people))  # no two events of one id

    def _save(self, save: SaveRecord) -> None:
        self.stage.owners.setdefault(save.id, self.sender.id)
        super()._save(save)

    def _found(self, wanted: FindRecords) -> RecordsFound:
        found = super()._found(replace(wanted, limit=10_000))
        mine = [row for row in found.records if wanted.everyone or self.stage.owners[row["id"]] == self.sender.id]
        return replace(found, records=tuple(mine[: wanted.limit]))


class Stage:
    """Everybody who talks in one block. `versions` are the projects before and after each edit of the files."""

    def __init__(self, versions: list[Project], language: str) -> None:
        self.versions = versions
        self.language = language
        self.replies: list[Any] = []
        self.told = ""  # what the model was asked last
        self.people: dict[str, Person] = {}
        self.owners: dict[str, str] = {}  # record id -> whose it is
        self.rows: dict[str, dict[str, dict[str, Any]]] = {}
        self.person = self.enter("Anna")

    def enter(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = Person(self, name)
        return self.people[name]

    def model(self, asked: AskModel) -> Any:
        self.told = f"{asked.system}\n{asked.user}"
        return self.replies.pop(0) if self.replies else Failure("off")

    def direct(self, words: str) -> list[SendMessage]:
        """A line that begins with `#`; what the bot said because of it."""
        person = self.person
        if later := LATER.fullmatch(words):
            person.at += int(later[1]) * SECONDS[later[2]]
        elif words.startswith("the model: "):
            self.replies.append(json.loads(words.removeprefix("the model: ")))
        elif words.startswith("the model was told: "):
            assert words.removeprefix("the model was told: ") in self.told, self.told
        elif words == "the model fails":
            self.replies.append(Failure("timeout"))
        elif words == "the new file":
            self.versions = self.versions[1:]
            for one in self.people.values():
                one.project = self.versions[0]
        elif words.startswith("the label is pressed: "):
            person.press(words.removeprefix("the label is pressed: "))
            return person.of(SendMessage)
        elif words.startswith("to the manager: "):
            told = "\n".join(f"{one.subject}\n{one.text}" for one in person.ever(Notify))
            assert words.removeprefix("to the manager: ") in told, told
        elif kept := re.fullmatch(r"in (\w+): (.+)", words):
            self.look(kept[1], json.loads(kept[2]))
        elif re.fullmatch(r"[A-Z][a-z]+", words):
            at = person.at
            self.person = self.enter(words)
            self.person.at = at
        else:
            raise AssertionError(f"no such direction: {words}")
        return []

    def look(self, collection: str, wanted: Any) -> None:
        rows = list(self.rows.get(collection, {}).values())
        if isinstance(wanted, int):
            assert len(rows) == wanted, rows
        else:
            assert wanted.items() <= (rows or [{}])[-1].items(), rows

    def burst(self, lines: list[str]) -> list[SendMessage]:
        """Several texts at once."""
        self.person.burst(*lines)
        return self.person.of(SendMessage)

    def say(self, line: str) -> list[SendMessage]:
        body = body_of(line, "docs", (ROOT, ROOT / "docs")) if not line.startswith("photo:") else {"photo": line[6:]}
        if "photo" in body:
            self.person.photo(body["photo"].removesuffix(".jpg"))
        elif "contact" in body:
            self.person.contact(body["contact"])
        elif "location" in body:
            self.person.place(*body["location"])
        else:
            self.person.say(line)
        return self.person.of(SendMessage)


def written(talk: str) -> list[tuple[str, str, list[str]]]:
    """(`>` or `#`, what is said or directed, the lines that follow)."""
    steps: list[tuple[str, str, list[str]]] = []
    for line in talk.strip("\n").split("\n"):
        if line.startswith("> "):
            steps.append((">", line[2:], []))
        elif line.startswith("# "):
            steps.append(("#", line[2:], []))
        elif steps:
            steps[-1][2].append(line)
    return steps


def hold(block: Block, versions: list[Project], language: str = "") -> None:
    """Play the talk; what the bot says must be what is written."""
    played = play(block, versions, language)
    want = [line for line in block.text.split("\n") if line.strip()]
    assert [line for line in played if line.strip()] == want, "\n".join(["It went:", *played])


def play(block: Block, versions: list[Project], language: str = "") -> list[str]:
    """The lines of the talk as they come out."""
    stage = Stage(versions, language or versions[0].languages[0])
    played = []
    burst: list[str] = []  # lines that the bot says nothing to, at a question that gathers
    steps = written(block.text)
    for (sign, words, after), following in zip(steps, [*steps[1:], ("", "", [])], strict=True):
        played.append(f"{sign} {words}")
        if sign == ">" and (burst or (not any(after) and following[0] == ">")):
            burst.append(words)
            if not any(after) and following[0] == ">":
                continue
        messages = stage.burst(burst) if burst else stage.say(words) if sign == ">" else stage.direct(words)
        burst = []
        played += [line for one in messages for line in as_text(one).split("\n")]
    problems = [problem for one in stage.people.values() for problem in one.problems]
    assert problems == [], "\n".join(played)
    return played
