"""The language models behind the port: which model, how long, what then, and one line in the log for each ask.

Law: `ask` never raises and never outlives its time. Without an address and a key the part is off, which is a failure at
once and imports nothing.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from engine.core.effects import AskModel
from engine.core.project import Model, Project
from engine.models.accounting import Accounting, Usage
from engine.models.attachments import Attachments
from engine.models.breaker import Trouble, nobody
from engine.models.endpoint import Endpoints, warm
from engine.models.failure import CallFailed
from engine.models.limits import Limits, limits_of
from engine.models.port import Load, Reply
from engine.models.talk import Spent, Talk

logger = logging.getLogger("engine.models")

ROOM = 0.75  # of what a template may make; the rest is for the author's own words around a reply
NO_SECOND_OPINION = ("", "refused")  # failures (and success) after which no fallback is asked


class EndpointStatus(Struct, frozen=True):
    """For `dialogue status`. `state` is `closed` (well), `open` or `half-open`."""

    endpoint: str
    state: str
    failures: int  # asks in a row
    reason: str


class OpenAIModels:
    """Any server that speaks OpenAI's Chat Completions. See `engine.models.port.Models`.

    `environment` holds LLM_BASE_URL, LLM_API_KEY, LLM_MODEL, LLM_TRANSCRIPTION_MODEL (default whisper-1),
    LLM_DAILY_LIMIT, LLM_DAILY_TOKENS, LLM_CONCURRENCY, and the variables that catalog/models.yaml names.
    `on_trouble(endpoint, broken, reason)` is called once when an endpoint breaks (or its key or account is refused) and
    once when it is well again; `usage` remembers the daily counts beyond a restart.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        limits: Limits | None = None,
        *,
        on_trouble: Trouble = nobody,
        usage: Usage | None = None,
    ) -> None:
        self.limits = limits or limits_of(environment)
        self.accounting = Accounting(self.limits.daily, usage, tokens=self.limits.tokens)
        self._endpoints = Endpoints(environment, self.limits, on_trouble)
        self._transcriber = environment.get("LLM_TRANSCRIPTION_MODEL", "").strip() or "whisper-1"

    async def warm(self) -> None:
        """Import what the first ask needs, in a thread; call it once the bot is up."""
        await warm()

    def is_on(self, project: Project) -> bool:
        """Has the default model an address or a key? What start-up says."""
        return self._endpoints.find(_model("", project)) is not None

    def status(self) -> list[EndpointStatus]:
        """Every endpoint that was asked since the start."""
        return [
            EndpointStatus(
                endpoint.name,
                endpoint.breaker.state,
                endpoint.breaker.failures,
                endpoint.breaker.reason,
            )
            for endpoint in self._endpoints.known.values()
        ]

    async def ask(self, request: AskModel, project: Project, person: str, load: Load) -> Reply:
        """See the port. `options`: temperature, max_tokens, timeout (s in all), tries, fallback (a model's name)."""
        started = time.monotonic()
        spent = Spent()
        try:
            reply = await self._ask(request, project, person, load, spent)
        except Exception as error:  # a mistake of ours; its text may bear a prompt, so only its kind is logged
            where = error.__traceback__
            while where and where.tb_next:
                where = where.tb_next
            place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else ""
            logger.error("prompt=%s failed inside the engine: %s at %s", request.prompt, type(error).__name__, place)
            reply = Reply(failure="http")
        self.accounting.spent(person, spent.tokens_in + spent.tokens_out)
        return self._told(replace(reply, seconds=time.monotonic() - started), request, spent)

    async def _ask(self, request: AskModel, project: Project, person: str, load: Load, spent: Spent) -> Reply:
        first = _model(request.model, project)
        fallback = str(request.options.get("fallback") or first.fallback)
        chain = [first, *([_model(fallback, project)] if fallback != first.name and fallback in project.models else [])]
        homes = [(model, endpoint) for model in chain if (endpoint := self._endpoints.find(model))]
        if not homes:
            return Reply(failure="off")
        if all(endpoint.breaker.state == "open" for _, endpoint in homes):
            return Reply(failure="unavailable", model=self._endpoints.model_id(homes[0][0]))
        if not self.accounting.take(person):
            return Reply(failure="limit", model=self._endpoints.model_id(homes[0][0]))
        logger.debug(
            "prompt=%s system=%d user=%d", request.prompt, len(request.system), len(request.user)
        )  # characters
        attachments = Attachments(request, load, self._transcriber)
        now = asyncio.get_running_loop().time()
        deadline = now + _option(request, "timeout", self.limits.seconds, 600.0)
        most = int(project.bounds.output * ROOM)
        replies: list[Reply] = []
        for number, (model, endpoint) in enumerate(homes):
            last = number == len(homes) - 1
            until = deadline if last else now + (deadline - now) * self.limits.share
            tries = 1 if number else int(_option(request, "tries", self.limits.tries, 10))
            model_id = self._endpoints.model_id(model)
            talk = Talk(request, model, model_id, endpoint, attachments, self.limits, tries, most, until, spent)
            replies.append(await self._hold(talk))
            if replies[-1].failure in NO_SECOND_OPINION:
                return replies[-1]
        return replies[0]

    async def _hold(self, talk: Talk) -> Reply:
        """One model's reply or failure, within its time; its endpoint's breaker hears how it went."""
        breaker = talk.endpoint.breaker
        reply = Reply(model=talk.model_id)
        probing = breaker.state == "half-open"
        if not breaker.admit():
            return replace(reply, failure="unavailable")
        try:
            async with asyncio.timeout_at(talk.deadline):
                reply = replace(reply, value=await talk.run())
            breaker.alive(replied=True)
        except TimeoutError:
            reply = replace(reply, failure="timeout")
            if talk.on_wire:
                breaker.failed("no reply in time")
        except CallFailed as failed:
            talk.spent.trouble = failed.reason
            reply = replace(reply, failure=failed.word)
            if failed.of_endpoint:
                breaker.failed(failed.reason, failed.needs_admin)
            else:
                breaker.alive(replied=False)
        finally:
            if probing:
                breaker.released()
        return reply

    def _told(self, reply: Reply, request: AskModel, spent: Spent) -> Reply:
        """The reply with what it cost, and its line in the log: no word of the prompt, nothing of a person."""
        reply = replace(reply, tries=spent.tries, tokens_in=spent.tokens_in, tokens_out=spent.tokens_out)
        logger.info(
            "prompt=%s model=%s status=%s ms=%d tries=%d tokens=%d+%d%s",
            request.prompt,
            reply.model or "-",
            reply.failure or "ok",
            reply.seconds * 1000,
            reply.tries,
            reply.tokens_in,
            reply.tokens_out,
            f" trouble: {spent.trouble}" if spent.trouble else "",
        )
        return reply

    async def close(self) -> None:
        for endpoint in self._endpoints.known.values():
            await endpoint.close()


def _model(name: str, project: Project) -> Model:
    """A row of catalog/models.yaml; the environment's own model when there is none of that name (lint reports it)."""
    found = project.models.get(name or "default")
    if found is None and name not in ("", "default"):
        logger.warning("catalog/models.yaml has no model %s; the default one is asked", name)
        found = project.models.get("default")
    return found or Model("default")


def _option(request: AskModel, name: str, default: float, most: float) -> float:
    """A number an author wrote, within reason; the default for what is none."""
    try:
        value = float(request.options.get(name) or default)
    except (TypeError, ValueError):
        return default
    return min(value, most) if math.isfinite(value) and value > 0 else default
