"""The queue of each chat: strictly first in, first out within a chat, all chats side by side.

While the model thinks for a chat, what its person sends is held and taken after the reply (`engine.core.turn.wants`).
At a question that gathers, messages are held until no further one comes, and are one event (`engine.core.gathering`).
A chat that does not get its messages out takes no new turns, so that what waits for a person stays bounded.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from engine.channels.port import Received
from engine.core.effects import AnswerPress, Effect, SendMessage
from engine.core.events import ChoicePressed, ModelReplied
from engine.core.gathering import pause
from engine.core.holding import left, thinks, wants
from engine.core.project import Project
from engine.core.session import Session
from engine.memory.errors import MemoryFailed
from engine.memory.port import Line, Memory, TurnWrites
from engine.runtime.busy import Busy
from engine.runtime.gathered import Gathered
from engine.runtime.guard import Guard
from engine.runtime.turns import Done, Turns, spoken

log = logging.getLogger(__name__)
NEVER_AGAIN = 7 * 86_400.0  # s in which somebody who is not let in hears of it once


class _Chat(Struct):
    gathered: Gathered
    waiting: deque[Received] = field(default_factory=deque)
    held: deque[Received] = field(default_factory=deque)
    working: bool = False


class Chats:
    """`project_for` gives the snapshot that a session's turn runs on; `perform` carries out what a commit left."""

    def __init__(
        self,
        memory: Memory,
        turns: Turns,
        busy: Busy,
        project_for: Callable[[Session], Project],
        perform: Callable[[str, Done], None],
        guard: Guard,
        room: Callable[[str], Awaitable[None]],
        report: Callable[[str], None],
    ) -> None:
        self._memory = memory
        self._turns = turns
        self._busy = busy
        self._project_for = project_for
        self._perform = perform
        self._guard = guard
        self._room = room
        self._report = report
        self._dropped: dict[str, list[Received]] = {}
        self._chats: dict[str, _Chat] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.failing = ""  # why the memory takes nothing just now

    def __len__(self) -> int:
        return len(self._chats)

    def put(self, received: Received) -> None:
        """Queue an event of a chat."""
        chat = self._chats.get(received.chat)
        if chat is None:
            chat = self._chats[received.chat] = _Chat(Gathered(lambda: self._wake(received.chat)))
        self._busy.enter(received.chat)
        waiting = len(chat.waiting) + len(chat.held) + chat.gathered.count
        if not self._guard.has_room(received.chat, received.event, waiting):
            self._drop(received)
            return
        chat.waiting.append(received)
        self._wake(received.chat)

    async def left(self, name: str) -> list[Received]:
        """All that waits in a chat that is to go on under another name, once none of its turns is under way."""
        while (chat := self._chats.get(name)) is not None and (chat.working or chat.gathered):  # noqa: ASYNC110 - rare
            await asyncio.sleep(0.01)  # a turn takes milliseconds, a burst seconds
        chat = self._chats.pop(name, None)
        waiting = [*chat.held, *chat.waiting] if chat is not None else []
        for _ in waiting:
            self._busy.leave(name)
        return waiting

    def _wake(self, name: str) -> None:
        """Something is to be done for the chat: an event came, or what is gathered is over."""
        chat = self._chats.get(name)
        if chat is not None and not chat.working:
            chat.working = True
            self._spawn(self._work(name, chat))

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, name: str, chat: _Chat) -> None:
        """Take the chat's events one after another until none waits."""
        try:
            while chat.waiting or chat.gathered.over:
                received = chat.waiting.popleft() if chat.waiting else None
                await self._room(name)
                if await self._take(name, chat, received):
                    self._busy.leave(name)
        finally:
            chat.working = False
            if not chat.waiting and not chat.held and not chat.gathered:
                self._chats.pop(name, None)

    async def _take(self, name: str, chat: _Chat, received: Received | None) -> bool:
        """One turn, tried until the memory takes it; None: what is gathered is over. False when there is no event that
        has been dealt with: it is held for later."""
        wait = 0.5
        while True:
            try:
                return await self._try(name, chat, received)
            except MemoryFailed as error:
                if not self.failing:
                    self.failing = str(error)
                    log.error("The memory takes nothing: %s Turns wait and are tried again.", error)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 10)

    async def _try(self, name: str, chat: _Chat, received: Received | None) -> bool:
        if received is None:
            await self._end_burst(name, chat)
            return False
        event = received.event
        if not self._guard.allows(event):
            await self._refuse(received)
            return True
        session = self._session(name)
        project = self._project_for(session)
        if not wants(project, session, event):
            return await self._hold(chat, received, project)
        seconds = pause(project, session, event)
        if chat.gathered:
            if chat.gathered.amend(received):
                return False
            if not seconds or not chat.gathered.takes(event):
                await self._end_burst(name, chat)
                return await self._try(name, chat, received)
        if seconds:
            chat.gathered.add(received, seconds)
            return False
        await self._turn(name, chat, received, session)
        return True

    async def _end_burst(self, name: str, chat: _Chat) -> None:
        """What is gathered is one event, and one commit marks all of its updates as handled."""
        await self._turn(name, chat, chat.gathered.whole(name), self._session(name))
        for _ in range(chat.gathered.clear()):
            self._busy.leave(name)

    async def _turn(self, name: str, chat: _Chat, received: Received, session: Session) -> None:
        project, event = self._project_for(session), received.event
        try:
            done = await self._turns.take(project, name, session, event, received.updates)
        except MemoryFailed:
            raise
        except Exception as error:
            log.exception("A turn failed; the message is set aside")
            self._report(f"A turn failed, and its message was set aside ({type(error).__name__}); the log has more")
            done = await self._set_aside(project, session, received)
        self.failing = ""
        self._perform(name, done)
        if chat.held and done.session is not None and left(session, done.session, event):
            await self._let_held_go(name, chat, bool(done.session.person))
        if chat.held and (done.session is None or not thinks(done.session)):
            chat.waiting.extendleft(reversed(chat.held))  # the reply came
            chat.held.clear()

    async def _let_held_go(self, name: str, chat: _Chat, known: bool) -> None:
        """It stays in the history; not of a person who is forgotten, and so not `known` any more."""
        held = [*chat.held]
        chat.held.clear()
        lines = [line for one in held for line in spoken(name, one.event)] if known else []
        try:
            await self._handled(held, lines)
        except MemoryFailed as error:  # the turn itself is committed: it must not be taken again
            log.error("Messages that were let go come again after the next start: %s", error)
        for _ in held:
            self._busy.leave(name)

    def _session(self, name: str) -> Session:
        stored = self._memory.session(name)
        try:
            return Session.load(stored)
        except Exception as error:  # a damaged row, or one of a version long gone: its person must not be shut out
            log.error("The talk of a chat cannot be read and begins anew: %s", type(error).__name__)
            return Session()

    async def _hold(self, chat: _Chat, received: Received, project: Project) -> bool:
        if len(chat.held) < project.bounds.held:
            chat.held.append(received)
            return False
        await self._handled([received])
        await self._tell(received, "too_fast")
        return True

    async def _set_aside(self, project: Project, session: Session, received: Received) -> Done:
        """An event that breaks the engine itself must not break the chat: it is kept aside, the person hears of it."""
        event = received.event
        if isinstance(event, ModelReplied) and not event.failure:  # the talk goes on with `if_fails`
            try:
                again = replace(event, reply=None, failure="error")
                return await self._turns.take(project, received.chat, session, again, received.updates)
            except MemoryFailed:
                raise
            except Exception:
                log.exception("Nor can the talk go on without the model's reply")
        for update in received.updates:
            await self._memory.quarantine(update, "the turn failed; the log has the traceback")
        done = self._said(received, project, "trouble")
        replied = [event.request] if isinstance(event, ModelReplied) else ()
        await self._memory.commit(TurnWrites(received.chat, time.time(), outgoing=done.outgoing, replied=replied))
        return done

    # what is not taken ------------------------------------------------------------------------------------------

    async def _refuse(self, received: Received) -> None:
        """Not among ALLOWED_USERS: nothing is stored of them but that the update was handled; they hear of it once."""
        log.info("A message of somebody not in ALLOWED_USERS was refused")
        await self._handled([received])
        if isinstance(received.event, ChoicePressed):  # perhaps in a group, where others talk: they alone see it
            word = self._word(received, self._project_for(Session()), "not_allowed")
            self._perform(received.chat, self._turns.sorted(received.chat, [AnswerPress(received.event.press, word)]))
        else:
            await self._tell(received, "not_allowed", NEVER_AGAIN)

    def _drop(self, received: Received) -> None:
        """A flood: all of it that came in this tick is marked as handled together."""
        dropped = self._dropped.setdefault(received.chat, [])
        dropped.append(received)
        if len(dropped) == 1:
            self._spawn(self._let_go(received.chat))

    async def _let_go(self, chat: str) -> None:
        await asyncio.sleep(0)
        dropped = self._dropped.pop(chat)
        try:
            await self._handled(dropped)
            await self._tell(dropped[0], "too_fast")
        except MemoryFailed as error:  # they stay in the inbox, for the next start
            log.error("Messages of a flood could not be let go: %s", error)
        finally:
            for _ in dropped:
                self._busy.leave(chat)
        log.warning("A chat sends more than is taken; %d messages were let go", len(dropped))

    async def _handled(self, received: list[Received], history: Sequence[Line] = ()) -> None:
        updates = [update for one in received for update in one.updates]
        await self._memory.commit(TurnWrites(received[0].chat, received[0].event.at, handled=updates, history=history))

    async def _tell(self, received: Received, word: str, quiet: float = 60.0) -> None:
        """A sentence of the engine's, outside of any talk; not twice within `quiet` seconds."""
        if not self._guard.once(received.chat, word, quiet):
            return
        done = self._said(received, self._project_for(Session()), word)
        await self._memory.commit(TurnWrites(received.chat, received.event.at, outgoing=done.outgoing))
        self._perform(received.chat, done)

    def _said(self, received: Received, project: Project, word: str) -> Done:
        event = received.event
        effects: list[Effect] = [SendMessage(self._word(received, project, word))]
        if isinstance(event, ChoicePressed) and event.press:
            effects.insert(0, AnswerPress(event.press))
        return self._turns.sorted(received.chat, effects)

    @staticmethod
    def _word(received: Received, project: Project, word: str) -> str:
        language = received.event.sender.language if received.event.sender else ""
        words = project.words.get(language) or next(iter(project.words.values()), {})
        return words.get(word, "…")

    def rest(self) -> None:
        """Wait for no burst: what is held is in the inbox, and gathered again after the next start."""
        for name, chat in list(self._chats.items()):
            for _ in range(chat.gathered.clear()):
                self._busy.leave(name)

    async def stop(self) -> None:
        """Cancel what still works; a turn that was not committed stays in the inbox."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
