"""The HTTP side: addresses, tokens, parameters in all their forms, faults, and the list of calls that were made."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, Self

from aiohttp import web

from tests.bot_api.faults import ApiError, Fault
from tests.bot_api.methods import Upload, perform
from tests.bot_api.people import Group, Person
from tests.bot_api.world import Chat, World

TOKEN = "123456:AAtestTokenOfTheStandInForTheBotApi01"
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")


class BotApi:
    """`calls` lists (method, parameters) of everything the bot asked, getUpdates left out."""

    def __init__(self, token: str = TOKEN, username: str = "stand_in_bot", port: int = 0) -> None:
        self.token = token
        self.username = username
        self.world = World(token, username)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.polls = 0
        self.url = ""
        self._port = port
        self._faults: list[Fault] = []
        self._people: dict[int, Person] = {}
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(app, shutdown_timeout=0.05, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.world.poller:
            self.world.poller.set()  # a waiting poll would hold the server up
            await self.world.notify()
        if self._runner:
            await self._runner.cleanup()

    # for tests

    def person(self, number: int, name: str = "Анна", language: str = "ru", username: str = "") -> Person:
        """Somebody who has started the bot (the same one for the same number)."""
        if number not in self._people:
            self.world.chats[number] = Chat(number, "private", name)
            self._people[number] = Person(self.world, number, name, language, username)
        return self._people[number]

    def group(self, number: int, title: str = "Группа") -> Group:
        """A group (a negative number) that the bot is a member of."""
        self.world.chats[number] = Chat(number, "supergroup", title)
        return Group(self.world, number)

    def migrate(self, old: int, new: int) -> None:
        self.world.chats[new] = Chat(new, "supergroup", self.world.chats[old].title)
        self.world.chats[old].migrated_to = new

    def fault(self, fault: Fault) -> Fault:
        """The next requests that it takes meet it; faults are asked in the order they were given."""
        self._faults.append(fault)
        return fault

    def called(self, method: str) -> list[dict[str, Any]]:
        return [data for name, data in self.calls if name.lower() == method.lower()]

    async def until(self, condition: Any, timeout: float = 5) -> None:  # noqa: ASYNC109 - a test's patience
        """Wait until `condition()` is true; asked again whenever anything happens."""
        async with asyncio.timeout(timeout), self.world.changed:
            await self.world.changed.wait_for(condition)

    async def confirmed(self, timeout: float = 5) -> None:  # noqa: ASYNC109 - a test's patience
        """Wait until the bot has confirmed every update."""
        await self.until(lambda: not self.world.updates, timeout)

    # the wire

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request.match_info["token"])
            method = request.match_info["method"]
            data = await _parameters(request)
            if method.lower() == "getupdates":
                self.polls += 1
            else:
                self.calls.append((method, data))
            await self.world.notify()
            return await self._perform(request, method, data)
        except ApiError as error:
            return _answer(error)

    async def _perform(self, request: web.Request, method: str, data: dict[str, Any]) -> web.StreamResponse:
        chat = data.get("chat_id")
        number = int(chat) if str(chat or "").lstrip("-").isdigit() else None
        fault = next((fault for fault in self._faults if fault.takes(method, number)), None)
        if fault is None:
            return _result(await perform(self.world, method, data))
        if fault.hold:
            await fault.hold.wait()
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.page:
            return web.Response(status=fault.page[0], text=fault.page[1], content_type="text/html")
        if fault.error:
            raise fault.error
        if fault.cut == "before":
            return _cut(request)
        response = _result(await perform(self.world, method, data))
        return _cut(request) if fault.cut == "after" else response

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request.match_info["token"])
        except ApiError as error:
            return _answer(error)
        for fault in self._faults:
            if fault.takes("download", None) and fault.page:
                return web.Response(status=fault.page[0], text=fault.page[1], content_type="text/html")
        path = request.match_info["path"]
        file = next((file for file in self.world.files.values() if file.path == path), None)
        return web.Response(body=file.content) if file else _answer(ApiError(404, "Not Found"))

    def _check_token(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise ApiError(404, "Not Found")
        if token != self.token:
            raise ApiError(401, "Unauthorized")


async def _parameters(request: web.Request) -> dict[str, Any]:
    data: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            data |= json.loads(await request.text() or "{}")
        except ValueError:
            raise ApiError(400, "Bad Request: can't parse JSON object") from None
        return data
    for name, value in (await request.post()).items():
        data[name] = (
            Upload(value.file.read(), value.filename, value.content_type) if isinstance(value, web.FileField) else value
        )
    return data


def _result(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _answer(error: ApiError) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.code)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport:
        request.transport.abort()
    return web.Response()
