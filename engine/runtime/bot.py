"""The runtime of one bot: memory, chats, outbox, model, outputs, put together; what channels see as their host."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from engine.channels.port import Channel, DeliveryFailed, Gone, NotNow, Received, Unknown
from engine.core.codec import decode, encode
from engine.core.effects import AnswerPress, AskModel, Effect, KeepFile, Notify, ReportProblem, SendMessage
from engine.core.events import QuestionLost, ScenarioChosen, Sender
from engine.core.markdown import escape
from engine.core.project import Project
from engine.core.session import Session
from engine.memory.errors import MemoryFailed
from engine.memory.port import Incoming, Memory, Outgoing, TurnWrites
from engine.models.port import Models
from engine.runtime.admin import Admin
from engine.runtime.busy import Busy
from engine.runtime.chats import Chats
from engine.runtime.files import Files
from engine.runtime.forgetting import forget
from engine.runtime.guard import Guard
from engine.runtime.moves import Moves
from engine.runtime.outbox import Outbox
from engine.runtime.thinking import Thinking
from engine.runtime.turns import Done, Turns, standing
from engine.runtime.wires import Wire
from engine.settings import Settings

log = logging.getLogger(__name__)
MAIL, MEDIA = "mail", "media:"  # lanes: `mail:<letter>:<chat>`, so that one the server refuses holds up no other


class Mail(Protocol):
    """`engine.outputs.mail.Mailer`, which is imported only when there is mail."""

    async def send(self, notify: Notify) -> None: ...

    async def probe(self) -> None: ...


class Bot:
    """`project` may be replaced at any time; a turn keeps the one it began with (law 6)."""

    def __init__(self, project: Project, settings: Settings, memory: Memory, channel: Channel, models: Models) -> None:
        self.project = project
        self.settings = settings
        self.memory = memory
        self.channel = channel
        self.mail: Mail | None = None
        self.saved: Callable[[set[str]], None] = lambda collections: None
        self.project_for: Callable[[Session], Project] = lambda session: self.project
        self.busy = Busy()
        self.files = Files(channel, settings.data_dir)
        admin = settings.admin_chat_id if channel.name == "telegram" else ""
        self.admin = Admin(f"telegram:{admin}" if admin else None, channel, self._send, self._aside)
        self._wires: dict[str, Wire] = {}
        self.outbox = Outbox(memory, self.busy, self._carry, self._undelivered, self._ready, self._works)
        self.thinking = Thinking(models, channel, self.busy, lambda: self.project, self.receive, self.files.load)
        turns = Turns(memory, self._lane, self.outbox.idle, self._forget)
        self.chats = Chats(
            memory,
            turns,
            self.busy,
            lambda session: self.project_for(session),
            self._perform,
            Guard(settings),
            self.outbox.room,
            lambda text: self.problem(ReportProblem(text)),
        )
        self.moves = Moves(memory, self.chats, self.chats.put)
        self._tasks: set[asyncio.Future[Any]] = set()

    # what channels ask ------------------------------------------------------------------------------------------

    async def accept(self, updates: Sequence[Incoming]) -> list[Incoming]:
        return await self.memory.accept(updates)

    def receive(self, received: Received) -> None:
        self.moves.receive(received)

    def moved(self, chat: str, to: str) -> None:
        if self.moves.new(chat, to):
            self._aside(self.moves.move(chat, to))

    def answers_again(self) -> None:
        self.outbox.hurry(self.channel.name)

    async def quarantine(self, update: str, reason: str) -> None:
        said = f"An incoming message that cannot be read was set aside: {reason}"
        log.error("%s", said)
        self.admin.tell(said)
        await self.memory.quarantine(update, reason)

    def problem(self, problem: ReportProblem) -> None:
        self.admin.problem(problem)

    def message_of(self, chat: str, question: str) -> str | None:
        return self.memory.message_of(self.moves.name(chat), question)

    def delivered(self, chat: str, question: str, message: str) -> None:
        self.memory.delivered(self.moves.name(chat), question, message)

    def spoken_in(self, chat: str, topic: int | None) -> None:
        self.memory.set_mark(f"topic:{self.moves.name(chat)}", str(topic or ""))

    def topic_of(self, chat: str) -> int | None:
        found = self.memory.mark(f"topic:{self.moves.name(chat)}")
        return int(found) if found else None

    async def idle(self, chat: str) -> None:
        await self.busy.idle(chat)

    def asks(self, chat: str) -> bool:
        session = Session.load(self.memory.session(chat))
        return session.offer is not None or any(standing(session))

    async def begin(self, chat: str, scenario: str, sender: Sender) -> None:
        """Start a scenario whatever it starts on."""
        now = time.time()
        event = ScenarioChosen(id=f"begin:{chat}:{time.time_ns()}", at=now, sender=sender, scenario=scenario)
        self.receive(Received(chat, event, ()))

    # after a restart --------------------------------------------------------------------------------------------

    def resume(self) -> None:
        """Go on with what the last run left: messages not delivered, model requests without a reply."""
        for item in self.memory.outgoing():
            if self._mine(item.lane):
                try:
                    self.outbox.put(item, decode(item.body), new=False)
                except ValueError as error:
                    log.error("A message of an earlier version was dropped: %s", error)
                    self.memory.done(item)
        for asked in self.memory.asked():
            if self._mine(asked.chat):
                try:
                    request = decode(asked.body)
                except ValueError as error:
                    log.error("A model request of an earlier version was dropped: %s", error)
                    request = AskModel(asked.request, "", "", "", "")
                self.thinking.start(asked.chat, request)

    def backlog(self) -> list[Incoming]:
        return [incoming for incoming in self.memory.waiting() if self._mine(incoming.chat)]

    def _mine(self, lane: str) -> bool:
        """Whether this process's channel (or its mail) serves the lane: `dialogue chat` runs beside the bot."""
        if _is_mail(lane):
            return self.mail is not None
        return lane.removeprefix(MEDIA).startswith(f"{self.channel.name}:")

    # what a turn left to do -------------------------------------------------------------------------------------

    def _lane(self, chat: str, effect: Effect) -> str | None:
        if isinstance(effect, Notify):
            if effect.to == "manager":
                if self.mail is None:
                    log.info("notify: e-mail is off, the manager was not told")
                    return None
                return f"{MAIL}:{effect.id}:{chat}"
            return self.admin.lane
        return f"{MEDIA}{chat}" if isinstance(effect, KeepFile) else chat

    def _perform(self, chat: str, done: Done) -> None:
        answered = [self._aside(self._press(chat, press)) for press in done.presses]
        for item, effect in zip(done.outgoing, done.effects, strict=True):
            self.outbox.put(item, _as_message(effect), after=answered if item.lane == chat else ())
        for request in done.asked:
            self.thinking.start(chat, request)
        for problem in done.problems:
            self.problem(problem)
        if done.saved:
            self.saved(done.saved)

    def _aside(self, work: Awaitable[Any]) -> asyncio.Future[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _press(self, chat: str, press: AnswerPress) -> None:
        try:
            await self.channel.deliver(chat, press)
        except DeliveryFailed as error:
            log.debug("A press was not answered: %s", error)

    async def _carry(self, lane: str, effect: Any) -> None:
        """One attempt to carry out one effect."""
        if _is_mail(lane):
            if self.mail is None:
                raise NotNow(3600, "e-mail is off")
            await self.mail.send(effect)
        elif lane.startswith(MEDIA):
            await self.files.keep(effect)
        else:
            await self.channel.deliver(lane, _as_message(effect))

    async def _ready(self, lane: str) -> None:
        """Until the channel can send into this lane without waiting, where it can tell."""
        ready = getattr(self.channel, "ready", None)
        if ready is not None and not _is_mail(lane) and not lane.startswith(MEDIA):
            await ready(lane)

    async def _works(self, lane: str) -> None:
        """Until the lane's wire has answered a harmless call, where there is one."""
        end: Any = self.mail if _is_mail(lane) else self.channel
        name = MAIL if _is_mail(lane) else self.channel.name
        if (probe := getattr(end, "probe", None)) is not None:
            await self._wires.setdefault(name, Wire(name.capitalize(), probe)).works()

    def _undelivered(self, lane: str, effect: Any, error: Exception) -> None:
        log.warning("Not delivered (%s): %s", lane.split(":")[0], error)
        if isinstance(effect, SendMessage) and effect.question and not isinstance(error, Unknown):
            self._lost(lane, effect.question)
        if _is_mail(lane):
            self.admin.tell(f"An e-mail to the manager could not be sent: {error}")
        elif isinstance(effect, SendMessage) and not isinstance(error, Gone) and lane != self.admin.lane:
            where = f" (scenario {effect.scenario}, step {effect.step})" if effect.scenario else ""
            self.problem(ReportProblem(f"A message could not be delivered: {error}{where}"))
            sorry = SendMessage(self._word(lane, "trouble"))
            if not isinstance(error, Unknown) and effect != sorry:
                self.busy.enter(lane)
                self._aside(self._sorry(lane, sorry))

    def _lost(self, chat: str, question: str) -> None:
        """The talk hears that its question was not seen, unless the person is forgotten by now."""
        if self.memory.session(chat) is not None:
            event = QuestionLost(id=f"lost:{question}:{time.time_ns()}", at=time.time(), question=question)
            self.receive(Received(chat, event, ()))

    async def _sorry(self, lane: str, message: SendMessage) -> None:
        try:
            await self._send(lane, message)
        finally:
            self.busy.leave(lane)

    def _word(self, chat: str, key: str) -> str:
        """One of the engine's sentences, in the language of the chat's person."""
        stored = self.memory.session(chat)
        person = Session.load(stored).person if stored else {}
        wishes = (str(person.get("chosen")), str(person.get("language")), *self.project.words)
        return next((self.project.words[wish].get(key, "…") for wish in wishes if wish in self.project.words), "…")

    async def _forget(self, chat: str) -> None:
        """Everything of a person: what is under way, what is stored, the files; outputs follow."""
        self.thinking.forget(chat)
        for lane in (chat, f"{MEDIA}{chat}"):
            self.outbox.forget(lane)
        self.outbox.forget_letters(chat)
        forgotten = await forget(self.memory, self.settings.data_dir, chat)
        self.saved(forgotten.collections)

    async def _send(self, lane: str, message: SendMessage) -> bool:
        """A message outside of any talk; false when the memory does not take it."""
        item = Outgoing(lane, encode(message))
        try:
            await self.memory.commit(TurnWrites(lane, time.time(), outgoing=[item]))
        except MemoryFailed as error:
            log.error("A message of the engine's own could not be sent: %s", error)
            return False
        self.outbox.put(item, message)
        return True

    # the end ----------------------------------------------------------------------------------------------------

    async def drain(self, patience: float) -> None:
        """Let running turns end and messages go out, for `patience` seconds at the most; the rest stays in memory."""
        self.chats.rest()
        try:
            async with asyncio.timeout(patience):
                await self.busy.idle()
        except TimeoutError:
            log.info("Stopping: what is still under way goes on after the next start")
        await self.chats.stop()
        await self.thinking.stop()
        await self.outbox.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _is_mail(lane: str) -> bool:
    return lane.split(":")[0] == MAIL


def _as_message(effect: Any) -> Any:
    """What is told to the admin is a message like any other."""
    if isinstance(effect, Notify) and effect.to == "admin":
        return SendMessage(escape(f"{effect.subject}\n\n{effect.text}" if effect.subject else effect.text))
    return effect
