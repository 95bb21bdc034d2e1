"""A played talk as people read it: the talk itself, and the place that differs marked with `-` and `+`."""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.effects import Notify, ReportProblem, SendMessage
from engine.lint.frame import printable
from engine.talks.check import Pair, in_words, media_of
from engine.talks.file import Line
from engine.talks.match import as_written
from engine.talks.player import Played, Scene
from engine.talks.stage import Told

_RED, _GREEN, _DIM, _BOLD, _OFF = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[1m", "\x1b[0m"
BEFORE = 6  # scenes shown before the one that differs


def shown_talk(played: Played, color: bool = False) -> str:
    """Without a final line break."""
    talk, wrong = played.talk, next((scene for scene in played.scenes if not scene.right), None)
    line = next((one.line.span.line for one in (wrong.pairs if wrong else []) if not one.right and one.line), None)
    line = line or (wrong.action.span.line if wrong and wrong.action else talk.span.line)
    head = f"{talk.file}:{line}: {talk.title}"
    rows = [f"{_BOLD}{head}{_OFF}" if color else head, ""]
    scenes = played.scenes
    if len(scenes) > BEFORE + 1 and wrong is scenes[-1]:
        rows.append("    …")
        scenes = scenes[-BEFORE - 1 :]
    width = max((len(name) for name in [*talk.people, "bot"]), default=3)
    for scene in scenes:
        rows += _scene(scene, width, color)
    return "\n".join(rows)


def _scene(scene: Scene, width: int, color: bool) -> Iterator[str]:
    if scene.action is not None:
        yield from _row(" ", scene.action.who or "", acted(scene.action), width, False)
    if scene.trouble:
        yield from _row("!", "", scene.trouble, width, color)
    for pair in scene.pairs:
        yield from _pair(pair, width, color)


def _pair(pair: Pair, width: int, color: bool) -> Iterator[str]:
    if pair.right:
        if pair.told is not None:
            yield from _row(" ", _who(pair.told), told(pair.told), width, False)
        return
    if pair.line is not None:
        yield from _row("-", pair.line.kind, expected(pair.line), width, color)
        if pair.why:
            yield from _row("+", pair.line.kind, pair.why, width, color)
    if pair.told is not None:
        yield from _row("+", _who(pair.told), told(pair.told), width, color)


def _row(mark: str, who: str, text: str, width: int, color: bool) -> Iterator[str]:
    paint = {"-": _RED, "!": _RED, "+": _GREEN}.get(mark, "") if color else ""
    for place, part in enumerate(printable_lines(text)):
        name = who if place == 0 else ""
        yield f"{paint}  {mark} {name:<{width}}  {part}".rstrip() + (_OFF if paint else "")


def printable_lines(text: str) -> list[str]:
    return [printable(line) for line in text.split("\n")]


def _who(one: Told) -> str:
    return one.kind


def acted(line: Line) -> str:
    """An action in words."""
    if line.kind == "says":
        return str(line.value)
    if line.kind == "burst":
        return "\n".join(acted(one) for one in line.value)
    more = "".join(f", {key}: {value}" for key, value in line.more.items() if key != "replies")
    return f"[{line.kind}] {line.value if line.value is not None else ''}{more}".rstrip()


def expected(line: Line) -> str:
    if line.kind == "bot":
        parts = [str(line.value or "")]
        parts += [f"[{key}: {value}]" for key, value in line.more.items() if key != "buttons"]
        if "buttons" in line.more:
            parts.append(_labels([str(one) for one in line.more["buttons"] or []]))
        return "\n".join(part for part in parts if part) or "«»"
    return in_words(line.value) + "".join(f"\n{key}: {in_words(value)}" for key, value in line.more.items())


def told(one: Told) -> str:
    effect = one.effect
    if isinstance(effect, SendMessage):
        kind, source = media_of(effect)
        parts = [
            f"[{kind}: {source}]" if kind else "",
            as_written(effect.text),
            _labels([button.label for button in effect.buttons]),
        ]
        return "\n".join(part for part in parts if part)
    if isinstance(effect, Notify):
        return f"{effect.to}\nsubject: {effect.subject}\ntext: {effect.text}"
    assert isinstance(effect, ReportProblem)  # noqa: S101 there are three kinds
    place = f" ({effect.span.file}:{effect.span.line})" if effect.span else ""
    return f"{effect.message}{place}"


def _labels(labels: list[str]) -> str:
    return "".join(f"[{label}]" for label in labels)
