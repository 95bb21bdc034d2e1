"""The queue of each chat: strictly first in, first out within a chat, all chats side by side.

While the model thinks for a chat, what its person sends is held and taken after the reply (`engine.core.turn.wants`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from engine.channels.port import Received
from engine.core.effects import Effect, SendMessage
from engine.core.events import Event, ModelReplied
from engine.core.project import Project
from engine.core.session import Session
from engine.core.turn import wants
from engine.memory.errors import MemoryFailed
from engine.memory.port import Memory, TurnWrites
from engine.runtime.busy import Busy
from engine.runtime.turns import Done, Turns

log = logging.getLogger(__name__)
LONGEST_QUEUE = 500  # events of one chat that wait; what comes on top of it is a flood and is let go


@dataclass(slots=True)
class _Chat:
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
        allows: Callable[[Event], bool],
    ) -> None:
        self._memory = memory
        self._turns = turns
        self._busy = busy
        self._project_for = project_for
        self._perform = perform
        self._allows = allows
        self._chats: dict[str, _Chat] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.failing = ""  # why the memory takes nothing just now

    def __len__(self) -> int:
        return len(self._chats)

    def put(self, received: Received) -> None:
        """Queue an event of a chat."""
        chat = self._chats.get(received.chat)
        if chat is None:
            chat = self._chats[received.chat] = _Chat()
        self._busy.enter(received.chat)
        if len(chat.waiting) + len(chat.held) >= LONGEST_QUEUE and not isinstance(received.event, ModelReplied):
            self._spawn(self._let_go(received))
            return
        chat.waiting.append(received)
        if not chat.working:
            chat.working = True
            self._spawn(self._work(received.chat, chat))

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, name: str, chat: _Chat) -> None:
        """Take the chat's events one after another until none waits."""
        try:
            while chat.waiting:
                received = chat.waiting.popleft()
                if not await self._take(name, chat, received):
                    continue
                self._busy.leave(name)
        finally:
            chat.working = False
            if not chat.waiting and not chat.held:
                self._chats.pop(name, None)

    async def _take(self, name: str, chat: _Chat, received: Received) -> bool:
        """One turn, tried until the memory takes it. False when the event is held for later."""
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

    async def _try(self, name: str, chat: _Chat, received: Received) -> bool:
        event = received.event
        session = Session.load(self._memory.session(name))
        if not self._allows(event):
            await self._refuse(received)
            return True
        if not wants(session, event):
            return await self._hold(chat, received, session)
        project = self._project_for(session)
        try:
            done = await self._turns.take(project, name, session, event, received.updates)
        except MemoryFailed:
            raise
        except Exception:
            log.exception("A turn failed; the message is set aside")
            done = await self._set_aside(project, received)
        self.failing = ""
        self._perform(name, done)
        if chat.held and (done.session is None or wants(done.session, chat.held[0].event)):
            chat.waiting.extendleft(reversed(chat.held))  # the reply came, or the conversation was left
            chat.held.clear()
        return True

    async def _hold(self, chat: _Chat, received: Received, session: Session) -> bool:
        if len(chat.held) < self._project_for(session).bounds.held:
            chat.held.append(received)
            return False
        await self._let_go(received, leave=False)
        return True

    async def _set_aside(self, project: Project, received: Received) -> Done:
        """An event that breaks the engine itself must not break the chat: it is kept aside, the person hears of it."""
        for update in received.updates:
            await self._memory.quarantine(update, "the turn failed; the log has the traceback")
        words = next(iter(project.words.values()), {})
        apology: list[Effect] = [SendMessage(words.get("trouble", "…"))]
        done = self._turns._sorted(received.chat, apology)
        await self._memory.commit(TurnWrites(received.chat, time.time(), outgoing=done.outgoing))
        return done

    async def _refuse(self, received: Received) -> None:
        """Not among ALLOWED_USERS: nothing is stored of them but that the update was handled."""
        log.info("A message of somebody not in ALLOWED_USERS was refused")
        await self._memory.commit(TurnWrites(received.chat, received.event.at, handled=received.updates))

    async def _let_go(self, received: Received, leave: bool = True) -> None:
        log.warning("A chat has more than %d messages waiting; one was let go", LONGEST_QUEUE)
        try:
            await self._memory.commit(TurnWrites(received.chat, received.event.at, handled=received.updates))
        finally:
            if leave:
                self._busy.leave(received.chat)

    async def stop(self) -> None:
        """Cancel what still works; a turn that was not committed stays in the inbox."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
