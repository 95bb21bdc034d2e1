"""Plays one talk: does what its lines say, and sets what came out beside what they expect.

Law: the first place that differs ends the talk (what follows would only be noise), except when it is played to be
written down anew (`to_the_end`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from engine.core.effects import AskModel
from engine.core.lengths import WrongTime, seconds
from engine.core.lenient import Lenient
from engine.core.project import Project
from engine.lint.gate import Gate
from engine.project.load import Loaded, Loader
from engine.talks.acts import CannotAct, event_of
from engine.talks.cassette import NAME, Cassette, NoReply
from engine.talks.check import Pair, compare
from engine.talks.coverage import Coverage, Edited
from engine.talks.file import Line, Talk
from engine.talks.match import text_matches
from engine.talks.replies import checker
from engine.talks.shelf import unknown_field
from engine.talks.stage import AT_ONCE, PAUSE, Stage
from engine.talks.times import moment

LONGEST = 1500  # characters of a request that a report shows, of each of its two parts
OTHER = " (cassette.json holds a reply to other words of this prompt)"


class Scene(Struct):
    """An action (None before the first) and what came after it. `trouble`: the action could not be done."""

    action: Line | None
    expected: list[Line] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    trouble: str = ""

    @property
    def right(self) -> bool:
        return not self.trouble and all(pair.right for pair in self.pairs)


class Played(Struct):
    talk: Talk
    scenes: list[Scene]

    @property
    def right(self) -> bool:
        return all(scene.right for scene in self.scenes)


class Trouble(Exception):
    """The talk cannot go on; the text is for its author."""


class Bot:
    """The bot's files as loaded once, and what each prompt may be answered with."""

    def __init__(self, root: Path, project: Project, loaded: Loaded) -> None:
        self.root = root
        self.project = project
        self.sources = loaded.sources
        self.gate = Gate(loaded)
        self.cassette: Cassette | None = None
        self.reply_problem = cache(lambda prompt: checker(self.project.prompts.get(prompt)))

    @classmethod
    def load(cls, root: Path) -> tuple[Bot | None, list[Any]]:
        """The environment is not looked at: a talk is the same everywhere."""
        loader = Loader(root, {})
        loaded = loader.load()
        bot = cls(root, loaded.project, loaded) if loaded.project else None
        if bot is not None:
            bot.cassette = Cassette(root / "tests" / "dialogues" / NAME)
        return bot, loaded.findings


def play(bot: Bot, talk: Talk, coverage: Coverage | None = None, to_the_end: bool = False) -> Played:
    return _Player(bot, talk, coverage).play(to_the_end)


class _Player:
    def __init__(self, bot: Bot, talk: Talk, coverage: Coverage | None) -> None:
        self.bot = bot
        self.talk = talk
        self.coverage = coverage
        self.sources = bot.sources
        self.gate: Gate | None = None
        self.ahead = [line.value for line in talk.lines if line.kind == "model"]  # prompts answered by a line to come
        self.replied: dict[str, int] = {}
        self.who = ""
        self.lingers = False  # `after` is next: what a question gathers is not over yet
        self.problem = ""
        try:
            at = moment(talk.at, bot.project.timezone)
        except WrongTime as error:
            at, self.problem = moment("", bot.project.timezone), str(error)
        self.stage = Stage(self._project(bot.project), talk.people, at, coverage)

    def _project(self, project: Project) -> Project:
        if not self.talk.settings:
            return project
        given = self.talk.settings
        both = {**given, **{name.lower(): value for name, value in given.items()}}
        return replace(project, settings=Lenient({**project.settings, **both}))

    def play(self, to_the_end: bool) -> Played:
        scenes: list[Scene] = []
        for scene, lingers in _with_lingering(_scenes(self.talk.lines)):
            scenes.append(scene)
            self.lingers = lingers
            self.stage.told = []
            try:
                if not scenes[1:]:
                    self._before()
                if scene.action is not None:
                    self._do(scene.action)
            except (CannotAct, Trouble) as error:
                scene.trouble = str(error)
            scene.pairs = compare(self.stage, scene.expected, self.stage.told, self.who)
            if scene.trouble or not (scene.right or to_the_end):
                break
        else:
            self._leave_nothing_open(scenes)
        return Played(self.talk, scenes)

    def _leave_nothing_open(self, scenes: list[Scene]) -> None:
        for who, request in self.stage.requests:
            scenes[-1].trouble = f"the model has not answered {who}\n{_request(request)}"

    def _before(self) -> None:
        if self.problem:
            raise Trouble(self.problem)
        for collection, rows in self.talk.records.items():
            for row in rows:
                fields = dict(row)
                who = str(fields.pop("of", "") or next(iter(self.stage.people)))
                if who not in self.stage.people:
                    raise Trouble(f"nobody is called {who}")
                try:
                    ago = seconds(str(fields.pop("ago"))) if "ago" in fields else 0
                except WrongTime as error:
                    raise Trouble(str(error)) from None
                if problem := unknown_field(self.bot.project, collection, fields):
                    raise Trouble(problem)
                self.stage.keep(collection, fields, who, self.stage.at - ago)

    # actions ----------------------------------------------------------------------------------------------------

    def _do(self, line: Line) -> None:
        if line.who:
            self.who = line.who
            self.stage.passes(0 if self.stage.people[line.who].burst else PAUSE)  # `after` said when
            for place, one in enumerate(line.value if line.kind == "burst" else [line]):
                self.stage.at += AT_ONCE if place else 0
                if one.kind == "starts" and one.value not in self.stage.project.scenarios:
                    raise Trouble(f"there is no scenario `{one.value}`")
                self.stage.receive(line.who, event_of(self.stage, one))
            if not self.lingers:
                self.stage.quiet(line.who)
            self._answer_by_rule()
        elif line.kind == "after":
            self.stage.passes(seconds(str(line.value)))
            self._answer_by_rule()
        elif line.kind == "restart":
            self.stage.restart()
        elif line.kind == "model":
            self._answer(line)
        else:
            self._change(line)

    def _answer(self, line: Line) -> None:
        """A `model:` line: the reply to the request that waits."""
        self.ahead.remove(line.value)
        waiting = next(((who, one) for who, one in self.stage.requests if one.prompt == line.value), None)
        if waiting is None:
            others = ", ".join(f"`{one.prompt}`" for _, one in self.stage.requests)
            raise Trouble(f"the model was not asked with `{line.value}`" + (f", but with {others}" if others else ""))
        who, request = waiting
        asked = line.more.get("asked")
        for wanted in asked if isinstance(asked, list) else [asked] if asked else []:
            whole = f"{request.system}\n{request.user}"
            if not text_matches(str(wanted) if str(wanted).startswith("/") else f"*{wanted}*", whole):
                raise Trouble(f"the request does not hold «{wanted}»\n{_request(request)}")
        self._reply(who, request, {"fails": line.more["fails"]} if "fails" in line.more else line.more["replies"])
        self.who = who
        self._answer_by_rule()

    def _answer_by_rule(self) -> None:
        while waiting := [(who, one) for who, one in self.stage.requests if one.prompt not in self.ahead]:
            who, request = waiting[0]
            rules = self.talk.models
            if request.prompt not in rules and "*" not in rules:
                self._reply(who, request, self._recorded(request))
                continue
            rule = rules.get(request.prompt, rules.get("*"))
            if isinstance(rule, list):
                place = self.replied.get(request.prompt, 0)
                self.replied[request.prompt] = place + 1
                rule = rule[min(place, len(rule) - 1)] if rule else {"fails": "off"}
            self._reply(who, request, rule)

    def _recorded(self, request: AskModel) -> Any:
        """The real model's reply, from the cassette. Raises Trouble when nobody has said what the reply is."""
        try:
            found = self.bot.cassette.reply(request) if self.bot.cassette else None
        except NoReply as error:
            raise Trouble(f"{error}\n{_request(request)}") from None
        if found is None:
            known = self.bot.cassette is not None and self.bot.cassette.knows(request.prompt)
            raise Trouble(
                "the model is asked and nothing says what it replies; write a line `- model: "
                f"{request.prompt}` with `replies:`, or a rule under `models:`, or let a real model reply once: "
                f"`dialogue test --record`{OTHER if known else ''}\n{_request(request)}"
            )
        return found["reply"]

    def _reply(self, who: str, request: AskModel, reply: Any) -> None:
        if isinstance(reply, dict) and reply.keys() == {"fails"}:
            self.stage.reply(who, request, None, str(reply["fails"] or "failed"))
            return
        problem = self.bot.reply_problem(request.prompt)(reply)
        if problem:
            raise Trouble(f"this is no reply to `{request.prompt}`: {problem}\n{_request(request)}")
        self.stage.reply(who, request, reply)

    def _change(self, line: Line) -> None:
        """Somebody edits a file of the running bot; the rest of the talk goes on with what it says now."""
        file = str(line.value)
        text = self.sources.get(file, b"").decode("utf-8")
        if "write" in line.more:
            text = str(line.more["write"])
        else:
            old = str(line.more["replace"])
            if text.count(old) != 1:
                raise Trouble(f"{file} holds {text.count(old)} times what is to be replaced; once is needed")
            text = text.replace(old, str(line.more["by"] or ""))
        sources = {**self.sources, file: text.encode()}
        loaded = Loader(self.bot.root, {}).build(sources)  # its own steps: another talk's are not to change
        refused = line.more.get("refused") == "true"
        self.gate = self.gate or self.bot.gate.fork()
        errors = self.gate.errors(loaded)
        if errors or loaded.project is None:
            if not refused:
                raise Trouble("\n".join(f"{one.span.file}:{one.span.line}: {one.message}" for one in errors))
            return
        if refused:
            raise Trouble(f"{file} was expected to be refused, and is right")
        self.sources = sources
        self.stage.project = self._project(loaded.project)
        if self.coverage is not None:
            self.stage.coverage = Edited(self.coverage, self.bot.project, loaded.project)


def _scenes(lines: list[Line]) -> Iterator[Scene]:
    scene = Scene(None)
    for line in lines:
        if line.expects:
            scene.expected.append(line)
            continue
        if scene.action is not None or scene.expected:
            yield scene
        scene = Scene(line)
    yield scene


def _with_lingering(scenes: Iterator[Scene]) -> Iterator[tuple[Scene, bool]]:
    """Each scene, and whether `after` follows it before anything is expected: time passes in the midst of a burst."""
    for scene, following in pairwise([*scenes, None]):
        assert scene is not None  # noqa: S101 only the end is
        after = following is not None and following.action is not None and following.action.kind == "after"
        yield scene, after and not scene.expected


def _request(request: AskModel) -> str:
    returns = ", ".join((request.returns or {}).get("properties", {})) or "a text"
    parts = [text.strip() for text in (request.system, request.user) if text.strip()]
    shown = [text if len(text) <= LONGEST else text[:LONGEST] + " …" for text in parts]
    return "\n".join([f"prompt {request.prompt}, returns {returns}", *shown])
