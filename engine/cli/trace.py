"""`dialogue trace`: where people stand, how they came there, and what today's files would do with it.

Law: reads only, beside a running bot. It shows what people said: it is for who may see that.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.core.project import Project
    from engine.core.session import Session
    from engine.memory.port import Line, Memory

AREA = "run"
HELP = "show where people stand, how they came there, and what today's files would make of it"
EXAMPLES = (
    ("dialogue trace", "everybody"),
    ("dialogue trace @anna", "one person's last turns"),
    ("dialogue trace @anna --replay", "and what today's files would do"),
)
LINES = 40  # of the message history


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "person",
        nargs="?",
        default="",
        metavar="PERSON",
        help="a chat (telegram:5, or 5), an @name or a name; without it: everybody",
    )
    parser.add_argument(
        "--lines", type=int, default=LINES, metavar="N", help=f"messages, with their turns (default: {LINES})"
    )
    parser.add_argument(
        "--replay",
        action="store_true",
        help="what would happen now: the stored answers on today's files, a talk that is over said again",
    )


def run(args: argparse.Namespace) -> int:
    from engine.cli.main import WrongUse
    from engine.cli.outcomes import opened
    from engine.project.bot import BOT, read_bot
    from engine.settings import Settings

    settings = Settings.load(args.root)
    file = args.root / BOT
    timezone = read_bot(file.read_bytes() if file.is_file() else None)[0].timezone
    with opened(args.root) as (memory, _):
        if not args.person:
            _show(_everybody(memory, timezone))
            return 0
        chats = called(args.person, memory)
        if not chats:
            raise WrongUse(f"nobody known is {args.person!r}; `dialogue trace` lists everybody")
        project = _project(args.root, settings.for_scenarios(), loud=args.replay)
        for chat in chats:
            _show(_person(memory, chat, args.lines, project, timezone))
            if project is not None and args.replay:
                _show(_replayed(memory, chat, project))
            print()
        return 0 if project or not args.replay else 1


def _show(lines: Iterable[str]) -> None:
    """What people said must not steer a terminal."""
    from engine.channels.terminal_script import printable

    for line in lines:
        print(printable(line))


def _session(memory: Memory, chat: str) -> Session:
    from engine.core.session import Session

    return Session.load(memory.session(chat))


def _last_lines(memory: Memory) -> dict[str, Line]:
    """Each chat's last line, the chats in the order of their first."""
    return {line.chat: line for line in memory.history()}


def called(person: str, memory: Memory) -> list[str]:
    """The chats of the people whom this may mean: by chat, @name or name."""
    return [chat for chat in _last_lines(memory) if _is(person, chat, _session(memory, chat))]


def _is(wanted: str, chat: str, session: Session) -> bool:
    person = session.person
    return wanted.casefold() in {
        chat.casefold(),
        chat.partition(":")[2].casefold(),
        f"@{person.get('username', '')}".casefold(),
        str(person.get("name", "")).casefold(),
    } - {"", "@"}


def _everybody(memory: Memory, timezone: str) -> Iterator[str]:
    from engine.trace.journal import stands
    from engine.trace.turns import moment

    for chat, line in sorted(_last_lines(memory).items(), key=lambda one: one[1].at):
        session = _session(memory, chat)
        name = str(session.person.get("name") or "")
        yield f"{moment(line.at, timezone)}  {chat:<20} {name:<16} {stands(session)}"


def _person(memory: Memory, chat: str, lines: int, project: Project | None, timezone: str) -> Iterator[str]:
    """`timezone`: the bot's, for a person who has none of their own."""
    from engine.trace.journal import journal, stands
    from engine.trace.turns import last_turns, moment
    from engine.trace.ways import short

    session = _session(memory, chat)
    person = session.person
    timezone = str(session.record.get("timezone") or timezone)
    yield f"{chat}  {person.get('name', '')}  {'@' + person['username'] if person.get('username') else ''}".rstrip()
    yield f"stands: {stands(session)}"
    yield f"clock: {timezone}"
    yield from (f"  person.{name}: {short(value)}" for name, value in session.record.items())
    for conversation in [session.active, *session.parked]:
        if conversation is not None:
            yield from journal(conversation, session, project, timezone)
    for one in memory.asked():
        if one.chat == chat:
            yield f"the model was asked at {moment(one.at, timezone)} and has not replied (request {one.request})"
    turns = list(last_turns(memory, chat, lines, project, timezone))
    yield from ["the last turns:", *turns] if turns else []


def _replayed(memory: Memory, chat: str, project: Project) -> Iterator[str]:
    from engine.trace.replay import said_again, walked_again

    session = _session(memory, chat)
    going = [one for one in [session.active, *session.parked] if one is not None]
    for conversation in going:
        yield from walked_again(project, session, conversation)
    if not going:
        yield from said_again(project, memory, chat)


def _project(root: Any, settings: Any, loud: bool) -> Project | None:
    """Today's files, which know the conditions; None when they cannot be read, which `loud` tells."""
    from engine.project.load import Loader
    from engine.runtime.held_back import frames

    loaded = Loader(root, settings).load()
    if loaded.project is None and loud:
        sys.stderr.write(frames(loaded, loaded.errors))
    return loaded.project
