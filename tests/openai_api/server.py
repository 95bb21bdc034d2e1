"""The stand-in itself: one aiohttp server on loopback, its replies by rule, its faults on demand.

`/v1/chat/completions`, `/v1/models`, `/v1/audio/transcriptions`, each also without `/v1`. When it runs as a process of
its own: POST `/_control/fail` {"fault", "times" (a number or "always"), "retry_after", "seconds", "message"}, POST
`/_control/reply` {"answer", "when", "times"}, POST `/_control/refuse` {"what": [...]}, POST `/_control/reset`, GET
`/_control/requests`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.openai_api.faults import Fault, completion, error_body, perform
from tests.openai_api.filler import fill
from tests.openai_api.request import ChatRequest, Transcription
from tests.openai_api.strict import EVERYTHING, complaint

Answer = str | dict[str, Any] | list[Any] | Callable[[ChatRequest], Any]
AUDIO = {"flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm"}


@dataclass(slots=True)
class Rule:
    answer: Answer
    when: Callable[[ChatRequest], bool]
    left: int | None  # how often it may still be used; none: always


class OpenAIStandIn:
    """`key` is the only one accepted (none: anything goes). All that it was asked stands in `requests`."""

    def __init__(self, port: int = 0, *, key: str = "", host: str = "127.0.0.1") -> None:
        self.port, self.host, self.key = port, host, key
        self.requests: list[ChatRequest] = []
        self.transcriptions: list[Transcription] = []
        self.transcript: str | Callable[[Transcription], str] = "said aloud"
        self.only_v1 = False  # nothing is served outside /v1
        self.most_at_once = 0
        self._at_once = 0
        self._gate: asyncio.Event | None = None
        self._runner: web.AppRunner | None = None
        self._forget()

    def _forget(self) -> None:
        self.supports = set(EVERYTHING)
        self.refusal_status = 400
        self.rules: list[Rule] = []
        self.faults: deque[Fault] = deque()
        self.audio_faults: deque[Fault] = deque()
        self.always: Fault | None = None

    # what a test says to it
    @property
    def base_url(self) -> str:
        return f"http://{self.host}:{self.port}/v1"

    def reply(self, answer: Answer, when: str | Callable[[ChatRequest], bool] = "", times: int | None = None) -> None:
        """Answer so when `when` (a piece of any message, or a function) fits; the rule set last is asked first."""
        fits = when if callable(when) else lambda request: when in request.text()
        self.rules.insert(0, Rule(answer, fits, times))

    def fail_next(self, kind: str | int, times: int = 1, **more: Any) -> None:
        """Fail the next chat calls: a status (429) or a name of FAULTS; several calls of this queue up."""
        self.faults.extend([_fault(kind, more)] * times)

    def fail_next_audio(self, kind: str | int, times: int = 1, **more: Any) -> None:
        self.audio_faults.extend([_fault(kind, more)] * times)

    def fail_always(self, kind: str | int, **more: Any) -> None:
        self.always = _fault(kind, more)

    @contextlib.contextmanager
    def thinking(self) -> Iterator[None]:
        """What chat calls ask for meanwhile is answered at the end, however long that is away."""
        gate = self._gate = asyncio.Event()
        try:
            yield
        finally:
            self._gate = None
            gate.set()

    def heal(self) -> None:
        """No more faults; rules and what it was asked stay."""
        self.faults.clear()
        self.audio_faults.clear()
        self.always = None

    def refuse(self, *what: str, status: int = 400) -> None:
        """No longer understand `json_schema`, `json_object`, `json_object_schema`, `vision`, `system`, `temperature`,
        `max_tokens`, `audio`."""
        self.supports -= set(what)
        self.refusal_status = status

    # the server
    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        for prefix in ("/v1", ""):
            app.router.add_post(f"{prefix}/chat/completions", self._chat)
            app.router.add_get(f"{prefix}/models", self._models)
            app.router.add_post(f"{prefix}/audio/transcriptions", self._transcribe)
        app.router.add_post("/_control/{what}", self._control)
        app.router.add_get("/_control/requests", self._asked)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> OpenAIStandIn:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.stop()

    async def _chat(self, http: web.Request) -> web.StreamResponse:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return await self._answer(http)
        finally:
            self._at_once -= 1

    async def _answer(self, http: web.Request) -> web.StreamResponse:
        if self.only_v1 and not http.path.startswith("/v1/"):
            return _refused("Not Found", 404)
        try:
            body = await http.json()
        except ValueError:
            return _refused("We could not parse the JSON body of your request.")
        request = ChatRequest(body, {name.lower(): value for name, value in http.headers.items()}, http.path)
        self.requests.append(request)
        fault = self.faults.popleft() if self.faults else self.always
        if fault and fault.kind != "delay":
            return await perform(fault, http, request.key)
        if fault:
            await asyncio.sleep(fault.seconds)
        if self._gate:
            await self._gate.wait()
        if self.key and request.key != self.key:
            return web.json_response(error_body("Incorrect API key provided", "invalid_api_key"), status=401)
        if wrong := complaint(body, self.supports):
            return _refused(wrong, self.refusal_status)
        answer = self._said(request)
        content = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        return web.json_response(completion(content, request.model))

    def _said(self, request: ChatRequest) -> Any:
        for rule in self.rules:
            if rule.left != 0 and rule.when(request):
                if rule.left:
                    rule.left -= 1
                return rule.answer(request) if callable(rule.answer) else rule.answer
        schema = request.schema
        return fill(schema) if schema else f"You said: {request.user}"

    async def _models(self, http: web.Request) -> web.Response:
        if self.only_v1 and not http.path.startswith("/v1/"):
            return _refused("Not Found", 404)
        if self.key and http.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response(error_body("Incorrect API key provided", "invalid_api_key"), status=401)
        rows = [{"id": "stand-in", "object": "model", "created": 1, "owned_by": "tests"}]
        return web.json_response({"object": "list", "data": rows})

    async def _transcribe(self, http: web.Request) -> web.StreamResponse:
        if "audio" not in self.supports:
            return _refused("Not Found", 404)
        form = await http.post()
        sound = form.get("file")
        if not isinstance(sound, web.FileField):
            return _refused("file is required")
        asked = Transcription(str(form.get("model", "")), sound.filename, sound.file.read())
        self.transcriptions.append(asked)
        if self.audio_faults:
            return await perform(self.audio_faults.popleft(), http, "")
        if not asked.model or asked.filename.rpartition(".")[2] not in AUDIO:
            return _refused(f"Invalid file format. Supported formats: {sorted(AUDIO)}")
        return web.json_response({"text": self.transcript(asked) if callable(self.transcript) else self.transcript})

    async def _control(self, http: web.Request) -> web.Response:
        said = await http.json() if http.can_read_body else {}
        what = http.match_info["what"]
        if what == "fail":
            more = {name: said[name] for name in ("retry_after", "seconds", "message", "code") if name in said}
            if said.get("times") == "always":
                self.fail_always(said["fault"], **more)
            else:
                self.fail_next(said["fault"], said.get("times", 1), **more)
        elif what == "reply":
            self.reply(said["answer"], said.get("when", ""), said.get("times"))
        elif what == "refuse":
            self.refuse(*said["what"], status=said.get("status", 400))
        elif what == "reset":
            self._forget()
            self.requests.clear()
        else:
            raise web.HTTPNotFound
        return web.json_response({"ok": True})

    async def _asked(self, http: web.Request) -> web.Response:
        return web.json_response([request.body for request in self.requests])


def _fault(kind: str | int, more: dict[str, Any]) -> Fault:
    return Fault(str(kind), **{**more, "retry_after": str(more.get("retry_after", ""))})


def _refused(message: str, status: int = 400) -> web.Response:
    return web.json_response(error_body(message), status=status)
