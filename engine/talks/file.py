"""A talk file as read: its talks, their lines, and where each stands, so that `--update` can mend them in place.

```yaml
people: {anna: {name: Анна, language: ru}}      # who talks; without it one person, called `user`
models: {check_in_feedback: {praise: Так держать!, advice: Выспись.}}   # what the model replies, by prompt
talks:
  Анна отчитывается за день:
    - anna: /checkin
    - bot: К какой цели отчёт?
      buttons: [Пробежать 10 км]
    - anna: {press: Пробежать 10 км}
```
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from engine.core.finding import Finding, Span
from engine.core.lengths import WrongTime, seconds
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.project.suggest import did_you_mean
from engine.project.values import plain
from engine.project.yaml import read

USER = "user"
REST = "..."  # `- bot: ...`: whatever else is said here
SHARED = ("people", "at", "models", "records", "settings")
MEDIA = ("photo", "video", "video_note", "document", "voice")
# What a person can do; the first key says which. The rest are its details.
DOES: dict[str, tuple[str, ...]] = {
    "press": ("of",),
    "photo": ("caption", "size"),
    "voice": ("size",),
    "document": ("caption", "size"),
    "video": ("caption", "size"),
    "audio": ("caption", "size"),
    "contact": ("name", "own"),
    "location": (),
    "edits": ("to",),
    "sends": (),
    "starts": (),
    "repeats": ("times",),
}
# Lines that are not a person's: what happens, and what is expected.
HAPPENS: dict[str, tuple[str, ...]] = {
    "after": (),
    "restart": (),
    "model": ("asked", "replies", "fails"),
    "change": ("replace", "by", "write", "refused"),
}
EXPECTED: dict[str, tuple[str, ...]] = {
    "bot": ("to", "buttons", "language", *MEDIA),
    "notified": ("subject", "text"),
    "problem": (),
    "records": ("of",),
    "variables": ("of",),
    "stands": ("of",),
    "buttons": ("of",),
    "notice": ("of",),
}


class Line(Struct):
    """`kind` is `says`, `burst`, a key of DOES, HAPPENS or EXPECTED; `value` what stands at that key (of a burst its
    lines); `more` the other keys.
    `last` is the last line of the file that it takes, from 1."""

    kind: str
    value: Any
    span: Span
    who: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    last: int = 0

    @property
    def expects(self) -> bool:
        return self.kind in EXPECTED


class Talk(Struct):
    title: str
    file: str
    span: Span
    lines: list[Line]
    people: dict[str, dict[str, Any]]
    at: str = ""
    models: dict[str, Any] = field(default_factory=dict)
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.file}: {self.title}"


class TalkFile(Struct):
    path: Path
    text: str
    talks: list[Talk]
    findings: list[Finding]


def read_talks(path: Path, shown: str) -> TalkFile:
    """Never fails: what is wrong is among the findings. `shown` is the file's name for people."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not written in UTF-8"
        return TalkFile(path, "", [], [Finding(Span(shown), "unreadable", "error", f"Cannot be read: {why}.")])
    reader = _Reader(text, shown)
    return TalkFile(path, text, reader.talks(), reader.findings)


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.node, self.findings = read(text, file)

    def wrong(self, at: Node | Span, message: str, help: str = "") -> None:
        span = at if isinstance(at, Span) else at.span
        self.findings.append(Finding(span, "bad-talk", "error", message, help))

    def talks(self) -> list[Talk]:
        if self.node is None:
            return []
        if not isinstance(self.node, Mapping) or "talks" not in self.node:
            self.wrong(
                self.node,
                "A talk file has a key `talks`.",
                "Write `talks:` and under it `Title of the talk:` with its lines.",
            )
            return []
        self.known(self.node, ("talks", *SHARED), "a talk file")
        shared = {name: plain(value) for name, (_, value) in self.node.entries.items() if name in SHARED}
        talks = self.node.get("talks")
        if not isinstance(talks, Mapping):
            self.wrong(talks or self.node, "`talks` is a map: the title of each talk, and under it its lines.")
            return []
        return [talk for key, node in talks.entries.values() if (talk := self.talk(key, node, shared)) is not None]

    def talk(self, title: Scalar, node: Node, shared: dict[str, Any]) -> Talk | None:
        own: dict[str, Any] = {}
        lines: Node | None = node
        if isinstance(node, Mapping):
            self.known(node, ("lines", *SHARED), "a talk")
            own = {name: plain(value) for name, (_, value) in node.entries.items() if name in SHARED}
            lines = node.get("lines")
        if not isinstance(lines, Sequence):
            self.wrong(title, f"The talk «{title.text}» has no lines.", "Write `- user: …` and `- bot: …` under it.")
            return None
        merged = {**shared, **own, "models": {**_map(shared.get("models")), **_map(own.get("models"))}}
        people = {name: _map(one) for name, one in _map(merged.get("people")).items()} or {USER: {}}
        made = [line for item in lines.items if (line := self.line(item, people)) is not None]
        for line, after in zip_longest(made, made[1:]):
            line.last = after.span.line - 1 if after else lines.items[-1].span.end_line
        return Talk(
            title.text,
            self.file,
            title.span,
            made,
            people,
            str(merged.get("at") or ""),
            merged["models"],
            {name: list(rows or []) for name, rows in _map(merged.get("records")).items()},
            {**_map(shared.get("settings")), **_map(own.get("settings"))},
        )

    def line(self, node: Node, people: dict[str, Any]) -> Line | None:
        if not isinstance(node, Mapping) or not node.entries:
            self.wrong(
                node, "A line is `who: what`.", f"For example `- {next(iter(people))}: /start` or `- bot: Привет!`."
            )
            return None
        kind = next(iter(node))
        scalar, value = node.entries[kind]
        if kind in people:
            self.known(node, (kind,), "a person's line")
            return self.burst(kind, node, value) if isinstance(value, Sequence) else self.person(kind, node, value)
        for table in (EXPECTED, HAPPENS):
            if kind in table:
                self.known(node, (kind, *table[kind]), f"a `{kind}` line")
                line = Line(
                    kind,
                    _value(value),
                    node.span,
                    more={key: _value(one) for key, (_, one) in node.entries.items() if key != kind},
                )
                self.details(line, scalar)
                return line
        help = did_you_mean(kind, [*people, *EXPECTED, *HAPPENS])
        self.wrong(scalar, f"Nobody here is called `{kind}`.", help or "Name everybody who talks under `people`.")
        return None

    def burst(self, who: str, node: Mapping, value: Sequence) -> Line | None:
        """Several messages at once."""
        lines = [self.person(who, node, item) for item in value.items]
        if not lines:
            self.wrong(value, "A burst has messages.", f"For example `- {who}: [Привет, Ещё одно]`.")
        return Line("burst", lines, node.span, who) if lines and None not in lines else None

    def person(self, who: str, node: Mapping, value: Node) -> Line | None:
        if isinstance(value, Scalar):
            return Line("says", value.text, node.span, who)
        if not isinstance(value, Mapping) or not value.entries or next(iter(value)) not in DOES:
            said = next(iter(value), "") if isinstance(value, Mapping) else ""
            self.wrong(
                value,
                "A person says a text, or does one of: " + ", ".join(f"`{name}`" for name in DOES) + ".",
                did_you_mean(said, DOES, ours=True) if said else "",
            )
            return None
        kind = next(iter(value))
        self.known(value, (kind, *DOES[kind]), f"`{kind}`")
        more = {key: _value(one) for key, (_, one) in value.entries.items() if key != kind}
        return Line(kind, _value(value.entries[kind][1]), node.span, who, more)

    def details(self, line: Line, at: Scalar) -> None:
        if line.kind == "after":
            try:
                seconds(str(line.value))
            except WrongTime as error:
                self.wrong(at, str(error), "For example `after: 3h`, `after: 2d 30min`.")
        if line.kind == "model" and ("replies" in line.more) == ("fails" in line.more):
            self.wrong(at, "The model either `replies` or `fails`.", "For example `fails: timeout`.")
        if line.kind == "bot" and line.value == REST and line.more:
            self.wrong(
                at,
                f"`- bot: {REST}` is whatever else is said, so it has no `{next(iter(line.more))}`.",
                'For one message with any text write `bot: "*"`.',
            )
        if line.kind == "change" and not ({"replace", "by"} <= line.more.keys() or "write" in line.more):
            self.wrong(at, "A change needs `replace` and `by`, or `write` with the whole text.")

    def known(self, node: Mapping, keys: Iterable[str], what: str) -> None:
        for key in node:
            if key not in keys:
                self.wrong(node.key(key), f"`{key}` is no key of {what}.", did_you_mean(key, keys, ours=True))


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _value(node: Node) -> Any:
    """Texts of people and of the bot stay as they look: `5` is what one typed. Lists and maps are data."""
    if isinstance(node, Scalar):
        return node.text if not node.is_null else None
    if isinstance(node, Sequence) and all(isinstance(item, Scalar) for item in node.items):
        return [item.text for item in node.items if isinstance(item, Scalar)]
    return plain(node)
