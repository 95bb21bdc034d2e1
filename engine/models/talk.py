"""One request to one model: tries, waits, what its dialect teaches, and turns that mend a reply.

Law: one loop holds every repetition. What fails counts against `tries`; what teaches (a refused response_format)
happens at most once a lesson; mending happens at most `repairs` times; and the deadline is over all of it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from engine.core.effects import AskModel
from engine.core.project import Model
from engine.models.attachments import Attachments
from engine.models.dialect import Dialect, only_this_schema
from engine.models.endpoint import Endpoint
from engine.models.failure import CallFailed
from engine.models.limits import Limits
from engine.models.retry import wait_before
from engine.models.structured import TooLong, Unfit, bounded, fit_reply, mend
from engine.models.wire import Completion, complete


class Spent(Struct):
    """Over a whole ask, the fallback model included."""

    tries: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    trouble: str = ""  # why the last model failed, in words fit for a log


class Talk(Struct):
    request: AskModel
    model: Model
    model_id: str
    endpoint: Endpoint
    attachments: Attachments
    limits: Limits
    tries: int
    most: int  # characters of a reply
    deadline: float  # in the loop's time; the caller's asyncio.timeout_at holds it
    spent: Spent
    on_wire: bool = False  # a call is out: when time runs out now, it is the endpoint that was slow
    _failures: int = 0
    _turns: list[dict[str, Any]] = field(default_factory=list)
    _remember: bool = True

    async def run(self) -> Any:
        """The reply: a text, or the object that `returns` declares. Raises CallFailed."""
        heard = await self.attachments.transcript(self.endpoint, self.model.audio, self.deadline)
        dialect = self._dialect()
        while True:
            payload = dialect.payload(self.request, self.model_id, heard, await self._images(dialect), self._turns)
            address = self.endpoint.base_url
            try:
                said = await self._call(payload)
            except CallFailed as failed:
                self.on_wire = False
                if address != self.endpoint.base_url or self.endpoint.found_elsewhere(failed):
                    continue
                learnt = dialect.learn(failed, payload)
                if learnt is None:
                    await self._wait(failed)
                    continue
                self._remember = self._remember and not only_this_schema(failed)
                dialect = learnt
                continue
            self.endpoint.settled = True
            if self._remember:
                self.endpoint.dialects[self.model_id] = dialect
            try:
                return bounded(self._meant(said.text), self.most)
            except Unfit as unfit:
                dialect = self._mend(said, unfit, dialect)

    def _meant(self, text: str) -> Any:
        """Raises Unfit."""
        return text if self.request.returns is None else fit_reply(text, self.request.returns)

    def _dialect(self) -> Dialect:
        known = self.endpoint.dialects.get(self.model_id)
        if known is None:
            known = Dialect() if self.model.structured == "auto" else Dialect(level=self.model.structured)
        return known if self.model.vision else replace(known, vision=False)

    async def _images(self, dialect: Dialect) -> list[str]:
        if not dialect.vision:
            return self.attachments.leave_out_images(f"{self.model_id} has no vision")
        return await self.attachments.images(self.deadline)

    async def _call(self, payload: dict[str, Any]) -> Completion:
        client = await self.endpoint.client()
        async with self.endpoint.turn():
            self.on_wire = True
            self.spent.tries += 1
            said = await complete(client, payload)
        self.on_wire = False
        self.spent.tokens_in += said.tokens_in
        self.spent.tokens_out += said.tokens_out
        return said

    async def _wait(self, failed: CallFailed) -> None:
        """Wait for the next try, or raise: nothing to wait for, no try left, or no time left."""
        self._failures += 1
        wait = wait_before(self._failures, failed, self.limits)
        in_time = asyncio.get_running_loop().time() + wait < self.deadline
        if not failed.passing or self._failures >= self.tries or not in_time:
            raise failed
        await asyncio.sleep(wait)

    def _mend(self, said: Completion, unfit: Unfit, dialect: Dialect) -> Dialect:
        """Add the turn that mends, and say how to speak from now on. Raises CallFailed when it was mended enough."""
        if len(self._turns) >= 2 * self.limits.repairs:
            raise CallFailed("invalid", f"the reply did not fit after {self.limits.repairs} repairs")
        complaint = Unfit("it was cut off at the token limit, so be much shorter") if said.cut else unfit
        self._turns += mend(said.text, complaint, self.request.returns)
        if (
            self.request.returns is None
            or said.cut
            or isinstance(unfit, TooLong)
            or dialect.level != "json_schema"
            or dialect.shows_schema
        ):
            return dialect
        dialect = replace(dialect, shows_schema=True)  # it took the schema and did not keep to it
        self.endpoint.dialects[self.model_id] = dialect
        return dialect
