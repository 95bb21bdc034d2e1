"""`dialogue trace`: where people stand, how they came there, and what today's files would do with it.

Law: reads only, beside a running bot. It shows what people said: it is for who may see that.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.core.project import Project
    from engine.core.session import Conversation, Entry, Session
    from engine.memory.port import Line, Memory

HELP = "show where people stand, how they came there, and what today's files would make of it"
LINES = 20  # of the message history
KINDS = {
    "a": "answered",
    "c": "confirmed",
    "r": "model",
    "f": "found",
    "s": "saved",
    "n": "notified",
    "v": "kept",
    "u": "updated",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "person",
        nargs="?",
        default="",
        metavar="PERSON",
        help="a chat (telegram:5, or 5), an @name or a name; without it: everybody",
    )
    parser.add_argument(
        "--lines", type=int, default=LINES, metavar="N", help=f"of the message history (default: {LINES})"
    )
    parser.add_argument(
        "--replay", action="store_true", help="walk the stored answers on today's files: what would happen now"
    )


def run(args: argparse.Namespace) -> int:
    from engine.cli.main import WrongUse
    from engine.memory.errors import MemoryFailed
    from engine.memory.open import open_memory
    from engine.settings import Settings

    settings = Settings.load(args.root)
    try:
        memory = open_memory(settings.database_url, settings.data_dir)
    except MemoryFailed as error:
        raise WrongUse(str(error)) from error
    try:
        last = _last_lines(memory)
        if not args.person:
            _everybody(memory, last)
            return 0
        chats = [chat for chat in last if _is(args.person, chat, _session(memory, chat))]
        if not chats:
            raise WrongUse(f"nobody known is {args.person!r}; `dialogue trace` lists everybody")
        project = _project(args.root, settings.for_scenarios()) if args.replay else None
        for chat in chats:
            _person(memory, chat, args.lines, project)
        return 0 if project or not args.replay else 1
    finally:
        memory.close()


def _session(memory: Memory, chat: str) -> Session:
    from engine.core.session import Session

    return Session.load(memory.session(chat))


def _last_lines(memory: Memory) -> dict[str, Line]:
    """Each chat's last line, the chats in the order of their first."""
    return {line.chat: line for line in memory.history()}


def _is(wanted: str, chat: str, session: Session) -> bool:
    person = session.person
    return wanted.casefold() in {
        chat.casefold(),
        chat.partition(":")[2].casefold(),
        f"@{person.get('username', '')}".casefold(),
        str(person.get("name", "")).casefold(),
    } - {"", "@"}


def _everybody(memory: Memory, last: dict[str, Line]) -> None:
    for chat, line in sorted(last.items(), key=lambda one: one[1].at):
        session = _session(memory, chat)
        name = str(session.person.get("name") or "")
        print(f"{_time(line.at)}  {chat:<20} {name:<16} {_stands(session)}")


def _time(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M")


def _stands(session: Session) -> str:
    from engine.runtime.turns import standing

    scenario, step = standing(session)
    parked = f" (+{len(session.parked)} unfinished)" if session.parked else ""
    return (f"{scenario}.{step}" if scenario else "nowhere") + parked


def _person(memory: Memory, chat: str, lines: int, project: Project | None) -> None:
    session = _session(memory, chat)
    person = session.person
    print(f"{chat}  {person.get('name', '')}  {'@' + person['username'] if person.get('username') else ''}".rstrip())
    print(f"stands: {_stands(session)}")
    for name, value in session.record.items():
        print(f"  person.{name}: {_short(value)}")
    for conversation in [session.active, *session.parked]:
        if conversation is not None:
            print("\n".join(_conversation(conversation, conversation is session.active)))
    waiting = [one for one in memory.asked() if one.chat == chat]
    for one in waiting:
        print(f"the model was asked at {_time(one.at)} and has not replied (request {one.request})")
    if project is not None and session.active is not None:
        print("\n".join(_replayed(project, session)))
    history = list(memory.history(chat))[-lines:] if lines > 0 else []
    if history:
        print("history:")
    for line in history:
        text = line.text.replace("\n", "\n" + " " * 29)
        print(f"  {_time(line.at)}  {'person' if line.role == 'user' else 'bot':<7} {text}")
    print()


def _conversation(conversation: Conversation, active: bool) -> Iterator[str]:
    """The journal: what each step gave, in the order of the way."""
    state = "now" if active else "left unfinished"
    yield f"{conversation.scenario}: begun {_time(conversation.started)}, {state} [{conversation.id}]"
    pending = conversation.pending
    keys = [key for key in conversation.visited if key in conversation.journal]
    keys += [key for key in conversation.journal if key not in conversation.visited]
    for key in keys:
        mark = " " if key in conversation.visited else "~"  # answered on a way that is not taken now
        yield f"  {mark} {key:<24} {_entry(conversation.journal[key])}"
    if pending is not None:
        yield f"  > {pending.key:<24} waits for {'an answer' if pending.kind == 'input' else f'the {pending.kind}'}"
    for frame in conversation.frames:
        for name, value in (frame.variables or {}).items():
            yield f"    {frame.scenario}: {name} = {_short(value)}"


def _entry(entry: Entry) -> str:
    kind = next((name for name in KINDS if name in entry), "")
    if entry.get("x"):
        return "model: failed"
    if kind == "s":
        return f"saved: {entry.get('k', '')} {entry['s']}"
    return f"{KINDS.get(kind, '?')}: {_short(entry.get(kind))}"


def _short(value: Any, longest: int = 100) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _project(root: Any, settings: Any) -> Project | None:
    from engine.lint.report import render
    from engine.project.load import Loader

    loaded = Loader(root, settings).load()
    if loaded.project is None:
        print(render(loaded.errors), file=sys.stderr)
    return loaded.project


def _replayed(project: Project, session: Session) -> Iterator[str]:
    """The stored answers walked again from the first step, as after an edit; nothing is written."""
    import time

    from engine.core.effects import SendMessage
    from engine.core.events import Event
    from engine.core.ground import Ground
    from engine.core.talk import Talk
    from engine.core.template import TemplateFailed
    from engine.core.values import OverBounds

    copy = session.copy()
    conversation = copy.active
    assert conversation is not None  # noqa: S101 the caller looked
    if conversation.scenario not in project.scenarios:
        yield f"on today's files: the scenario `{conversation.scenario}` is gone"
        return
    ground = Ground(project, copy, Event(id="replay", at=time.time()))
    before = set(conversation.visited)
    try:
        walk = Talk(ground, conversation).again()
    except (TemplateFailed, OverBounds) as error:
        yield f"on today's files: {error}"
        return
    copy.active = None if walk.ended else conversation
    yield f"on today's files: stands {_stands(copy)}"
    dropped = [key for key in conversation.journal if key in before and key not in conversation.visited]
    yield from (f"  no longer on the way: {key}" for key in dropped)
    for effect in ground.effects:
        if isinstance(effect, SendMessage):
            yield f"  would be said: {_short(effect.text)}"
