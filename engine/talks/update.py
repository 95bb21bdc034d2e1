"""Writes into a talk file what the bot says now (`dialogue test --update`).

Law: only the lines between two actions that differ are written anew; what matched, a person's lines, comments and the
order stay as their author wrote them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from engine.core.effects import Notify, ReportProblem, SendMessage
from engine.core.node import Scalar
from engine.core.node import Sequence as NodeSequence
from engine.project.yaml import read
from engine.talks.check import Pair, media_of
from engine.talks.file import Line, TalkFile
from engine.talks.match import as_written
from engine.talks.player import Played, Scene
from engine.talks.stage import Told


class CannotUpdate(Exception):
    """The file's form leaves no room for new lines; the text says which."""


def updated(file: TalkFile, played: list[Played]) -> str:
    """The file's text with what differs written anew. Raises CannotUpdate."""
    lines = file.text.split("\n")
    edits = [
        edit for one in played for scene in one.scenes if not scene.right for edit in [_edit(lines, one, scene)] if edit
    ]
    for first, last, new in sorted(edits, reverse=True):
        lines[first:last] = new
    return "\n".join(lines)


def _edit(lines: list[str], played: Played, scene: Scene) -> tuple[int, int, list[str]] | None:
    """(from, to, the new lines): places in the list of lines."""
    if not scene.expected and scene.action is None:
        return None
    model = scene.action or scene.expected[0]
    column = model.span.column - 1
    dash = lines[model.span.line - 1][:column]
    if dash.strip() != "-":
        raise CannotUpdate(
            f"{played.talk.file}:{model.span.line}: write each line of the talk on a line of its own, after a dash"
        )
    indent = dash.replace("-", " ")
    if scene.expected:
        first, last = scene.expected[0].span.line - 1, _end(lines, scene.expected[-1])
    else:
        first = last = _end(lines, model)
    new = [row for part in _parts(lines, scene, played) for row in _dashed(part, dash, indent)]
    return first, last, new


def _parts(lines: list[str], scene: Scene, played: Played) -> Iterator[list[str]]:
    for pair in scene.pairs:
        kept = pair.line is not None and (pair.right or (pair.line.kind not in ("bot", "notified", "problem")))
        if kept and pair.line is not None:
            yield _kept(lines, pair.line)
        elif pair.told is not None and not pair.right:
            yield _written(pair, len(played.talk.people) > 1)


def _kept(lines: list[str], line: Line) -> list[str]:
    column = line.span.column - 1
    return [
        row[column:] if not row[:column].strip(" -") else row for row in lines[line.span.line - 1 : _end(lines, line)]
    ]


def _end(lines: list[str], line: Line) -> int:
    """Where the line ends, blank lines and comments after it left out."""
    end = line.last
    while end > line.span.line and (not lines[end - 1].strip() or lines[end - 1].strip().startswith("#")):
        end -= 1
    return end


def _dashed(part: list[str], dash: str, indent: str) -> Iterator[str]:
    for place, row in enumerate(part):
        yield (f"{dash}{row}" if place == 0 else f"{indent}{row}").rstrip()


# YAML -----------------------------------------------------------------------------------------------------------


def _written(pair: Pair, several: bool) -> list[str]:
    one = pair.told
    assert one is not None  # noqa: S101 the caller looked
    effect = one.effect
    if isinstance(effect, SendMessage):
        return _message(pair, one, effect, several)
    if isinstance(effect, Notify):
        return [*pairs("notified", effect.to), *pairs("subject", effect.subject), *pairs("text", effect.text)]
    assert isinstance(effect, ReportProblem)  # noqa: S101 there are three kinds
    return pairs("problem", effect.message)


def _message(pair: Pair, one: Told, effect: SendMessage, several: bool) -> list[str]:
    rows = pairs("bot", as_written(effect.text))
    if several and pair.line is not None and pair.line.more.get("to"):
        rows += pairs("to", one.who)
    kind, source = media_of(effect)
    if kind:
        rows += pairs(kind, source)
    if effect.buttons:
        rows.append("buttons: [" + ", ".join(item(button.label) for button in effect.buttons) + "]")
    return rows


def pairs(key: str, text: str) -> list[str]:
    """`key: text` as lines of YAML that read back as the same text."""
    if "\n" in text:
        body = text.split("\n")
        if (
            text == text.strip("\n")
            and not body[0].startswith((" ", "\t"))
            and not any(row != row.rstrip() for row in body)
            and text.isprintable() is not None
        ):
            return [f"{key}: |-", *(f"  {row}" if row else "" for row in body)]
        return [f"{key}: {json.dumps(text, ensure_ascii=False)}"]
    return [f"{key}: {_one_line(text)}"]


def _one_line(text: str) -> str:
    return text if _reads_back(f"k: {text}", text) else json.dumps(text, ensure_ascii=False)


def item(text: str) -> str:
    """One item of `[a, b]`."""
    return (
        text
        if not set(text) & set(",[]{}\"'") and _reads_back(f"k: [{text}]", [text])
        else json.dumps(text, ensure_ascii=False)
    )


def _reads_back(source: str, wanted: Any) -> bool:
    node, findings = read(source, "")
    value = node.get("k") if node is not None and not isinstance(node, (Scalar, NodeSequence)) else None
    if findings or value is None:
        return False
    if isinstance(value, Scalar):
        return not value.is_null and value.text == wanted
    return isinstance(value, NodeSequence) and [one.text for one in value.items if isinstance(one, Scalar)] == wanted


__all__ = ["CannotUpdate", "item", "pairs", "updated"]
