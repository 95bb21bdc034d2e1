"""From start to stop: files, memory, channel, outputs; signals; what the console says on the way."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from engine.channels.port import Channel, ChannelFailed
from engine.core.finding import Finding
from engine.core.project import Project
from engine.memory.database import IN_MEMORY
from engine.memory.errors import MemoryFailed
from engine.memory.open import database_path, open_memory
from engine.memory.port import Memory
from engine.models.client import OpenAIModels
from engine.outputs.feed import Feed
from engine.outputs.known import known_outputs
from engine.project.load import Loaded, Loader
from engine.runtime.bot import Bot
from engine.runtime.forgetting import expire
from engine.runtime.garbage import settle
from engine.runtime.held_back import briefly, frames, held_back
from engine.runtime.last_live import chosen, remember
from engine.runtime.lock import Taken, alone
from engine.runtime.outside import mailer
from engine.runtime.pulse import Pulse
from engine.runtime.snapshots import Kept
from engine.runtime.start_up import of_files
from engine.runtime.warm import warm_prompts
from engine.settings import Settings

log = logging.getLogger(__name__)
PATIENCE = 6.0  # seconds that a stopping bot gives what is under way (Docker kills after 10)
OUTPUTS_PATIENCE = 3.0  # seconds for the outputs after that; they go on where they stopped
AT_START = 2.0  # seconds of compiling prompts, beside the first turns
TIDY = 3600.0  # seconds between two looks for records past their time


async def serve(root: Path, settings: Settings, channel: Channel, watch: bool) -> int:
    """Run the bot until its channel ends or a signal comes. The exit code: 0, or 1 when the files or the memory
    cannot be used, 2 when the channel refuses a setting."""
    loader = Loader(root, settings.for_scenarios())
    loaded = loader.load()
    # The terminal may be used beside a running bot, by an author who tries the files of today on a chat of its own.
    alone_here = channel.name == "telegram"
    if loaded.project is None and not alone_here:
        sys.stderr.write(_report(loaded))
        return 1
    try:
        file = database_path(settings.database_url, settings.data_dir)
        with alone(settings.data_dir, Path(file) if file != IN_MEMORY else None) if alone_here else nullcontext():
            memory = open_memory(settings.database_url, settings.data_dir)
            live, wrong = chosen(memory, loader, loaded) if alone_here else (loaded, [])
            if live.project is None:
                memory.close()
                sys.stderr.write(_report(loaded))
                return 1
            if wrong:
                sys.stderr.write(held_back(live, loaded, wrong))
            sys.stderr.write(of_files(live.project, live.sources, settings.variables))
            return await _Run(loader, live, wrong, settings, memory, channel, watch).until_the_end()
    except (MemoryFailed, Taken) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _report(loaded: Loaded) -> str:
    return frames(loaded, loaded.errors) + "The bot does not start with mistakes; `dialogue lint` shows them all.\n"


class _Run:
    """`wrong` is what keeps the files of today back, while `loaded` goes on."""

    def __init__(
        self,
        loader: Loader,
        loaded: Loaded,
        wrong: list[Finding],
        settings: Settings,
        memory: Memory,
        channel: Channel,
        watch: bool,
    ) -> None:
        assert loaded.project is not None  # noqa: S101 the caller looked
        self.loader = loader
        self.loaded = loaded
        self.wrong = wrong
        self.settings = settings
        self.memory = memory
        self.channel = channel
        self.watch = watch
        self.models = OpenAIModels(settings.variables, on_trouble=self._model_trouble, usage=_Usage(memory))
        self.bot = Bot(loaded.project, settings, memory, channel, self.models)
        self.kept = Kept(memory, loader)
        self.pulse = Pulse(self.bot, self.models)
        self.feed: Feed | None = None
        self._background: set[asyncio.Task[Any]] = set()

    async def until_the_end(self) -> int:
        channel = asyncio.ensure_future(self._listen())
        stopped = _on_signals(channel.cancel)
        try:
            code = await channel
        except asyncio.CancelledError:
            log.info("Stopping")
            code = 0
        finally:
            await self._stop()
            stopped()
        return code

    async def _listen(self) -> int:
        bot = self.bot
        if self.settings.mail_on:
            bot.mail = mailer(self.settings, lambda reason: self._trouble("E-mail", reason))
        await self._keep_old()
        backlog = bot.backlog()
        bot.resume()
        self._start(self._soon())
        try:
            await self.channel.run(bot, backlog)
            await bot.busy.idle()
        except ChannelFailed as error:
            sys.stderr.write(f"{error}\n")
            return 2
        return 0

    async def _keep_old(self) -> None:
        """Before the first turn: people finish on the version they began, also when it was edited while no bot ran."""
        kept, bot = self.kept, self.bot
        await kept.start(self.loaded)
        bot.project_for = lambda session: kept.project_for(session, bot.project)
        self._start(kept.tidy(lambda: bot.project))

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("Something in the background ended: %s", error, exc_info=error)

    async def _soon(self) -> None:
        """What need not be there for the first reply."""
        await asyncio.sleep(0.05)
        self._went_live(self.loaded)
        if self.wrong:
            self.bot.admin.tell(briefly(self.wrong), again=True)
        self._start(self._outputs_and_tidy())
        self._start(self.pulse.run())
        self._start(self.pulse.troubles.run())
        if self.watch:
            from engine.runtime.reload import Reload

            reload = Reload(self.loader, self.loaded, self.bot, self.kept, self._went_live, self.wrong)
            self._start(reload.run())
        if self.models.is_on(self.bot.project):
            await self.models.warm()
            prompts = list(self.bot.project.prompts.values())
            await asyncio.to_thread(warm_prompts, prompts, AT_START)
        settle()

    async def _outputs_and_tidy(self) -> None:
        """Hand outcomes out, and remove what is past its time; the memory may be full or locked just now."""
        wait = 1.0
        while True:
            try:
                if self.feed is None:
                    await self._outputs()
                changed = await expire(self.memory, self.bot.project, self.settings.data_dir)
                self.bot.saved(changed)
                wait = TIDY
            except MemoryFailed as error:
                log.warning("The outputs wait: %s", error)
                wait = min(wait * 2, 60)
            await asyncio.sleep(wait)

    async def _outputs(self) -> None:
        outputs = known_outputs(self.settings.data_dir)
        feed = Feed(self.memory, outputs, lambda: self.bot.project, self._output_trouble, self._strangers)
        await feed.start()
        self.feed = feed
        self.bot.saved = feed.poke

    def _went_live(self, loaded: Loaded) -> None:
        """A new snapshot is live."""
        assert loaded.project is not None  # noqa: S101 only a whole project goes live
        self._start(self._announce(loaded.project))
        if self.channel.name == "telegram":
            self._start(remember(self.memory, loaded))
        if self.feed is not None:
            self.feed.reloaded()

    async def _announce(self, project: Project) -> None:
        try:
            await self.channel.announce(project)
        except Exception:
            log.exception("The menu of commands could not be published")

    # trouble, told once each way --------------------------------------------------------------------------------

    def _model_trouble(self, endpoint: str, broken: bool, reason: str) -> None:
        self._trouble(f"The model at {endpoint}", reason if broken else "")

    def _output_trouble(self, output: str, reason: str) -> None:
        self._trouble(f"The output {output}", reason)

    def _strangers(self, path: Path) -> None:
        self.bot.admin.tell(
            f"{path.name} in DATA_DIR: records of an earlier memory, which this one does not have. Nothing of them is "
            "lost, but nobody works with them any more. Was engine.db lost? `dialogue restore` brings a backup back."
        )

    def _trouble(self, what: str, reason: str) -> None:
        if reason:
            log.error("%s fails: %s", what, reason)
        else:
            log.info("%s works again", what)
        self.pulse.troubles.set(what, reason)

    # the end ----------------------------------------------------------------------------------------------------

    async def _stop(self) -> None:
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self.bot.drain(PATIENCE)
        try:
            if self.feed is None:
                await self._outputs()
            if self.feed is not None:
                await self.feed.drain(OUTPUTS_PATIENCE)
            self.pulse.stopped()
            await self.memory.flush()
        except MemoryFailed as error:
            log.error("%s", error)
        await self.models.close()
        close = getattr(self.channel, "close", None)
        if close is not None:
            await close()
        self.memory.close()


class _Usage:
    """What each person had of the model today, kept beyond a restart."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def get(self, person: str, day: str, what: str) -> int:
        when, _, count = (self._memory.mark(f"{what}:{person}") or "").partition(" ")
        return int(count) if when == day and count.isdigit() else 0

    def add(self, person: str, day: str, count: int, what: str) -> None:
        self._memory.set_mark(f"{what}:{person}", f"{day} {self.get(person, day, what) + count}")


def _on_signals(stop: Callable[[], Any]) -> Callable[[], None]:
    """Call `stop` on SIGTERM and SIGINT; returns what takes that back."""
    loop = asyncio.get_running_loop()
    names = (signal.SIGTERM, signal.SIGINT)
    for name in names:
        with suppress(NotImplementedError, RuntimeError):  # Windows; not the main thread
            loop.add_signal_handler(name, stop)

    def taken_back() -> None:
        for name in names:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(name)

    return taken_back
