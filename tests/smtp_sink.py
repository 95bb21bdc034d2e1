"""A real SMTP server on loopback that keeps what it is given, and fails on demand.

async with smtp_sink() as sink:
    sink.next["RCPT"] = "451 later"     # one answer to MAIL, RCPT or DATA instead of the usual one
    sink.silent_after_data = True       # takes the mail, then says nothing
    Mailer(host="localhost", port=sink.port, ...)
    sink.mails[0].message["Subject"]
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Mail:
    sender: str
    recipients: list[str]
    raw: bytes
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        return cast(EmailMessage, message_from_bytes(self.raw, policy=policy.default))


@dataclass
class Sink:
    port: int = 0
    user: str = ""  # with a password: logins are wanted, and only this one is taken
    password: str = ""
    mails: list[Mail] = field(default_factory=list)
    next: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)  # recipients
    silent_after_data: bool = False
    connections: int = 0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        envelope.mail_from = address
        return self.next.pop("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return "550 nobody here of that name"
        envelope.rcpt_tos.append(address)
        return self.next.pop("RCPT", "250 OK")

    async def handle_DATA(self, _server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if "DATA" in self.next:
            return self.next.pop("DATA")
        content = cast(bytes, envelope.content)
        self.mails.append(Mail(envelope.mail_from or "", list(envelope.rcpt_tos), content, session.ssl is not None))
        if self.silent_after_data:
            await asyncio.Event().wait()
        return "250 taken"

    def authenticate(
        self, _server: Any, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and data == LoginPassword(self.user.encode(), self.password.encode())
        return AuthResult(success=right, handled=False)


@contextlib.asynccontextmanager
async def smtp_sink(
    tls: ssl.SSLContext | None = None, *, implicit: bool = False, user: str = "", password: str = "", port: int = 0
) -> AsyncIterator[Sink]:
    """`tls` alone offers STARTTLS; with `implicit` the connection begins encrypted."""
    sink = Sink(user=user, password=password)
    loop = asyncio.get_running_loop()
    open_connections: list[SMTP] = []

    def made() -> SMTP:
        sink.connections += 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of logins without TLS, which is what a test may want
            server = SMTP(
                sink,
                loop=loop,
                hostname="sink.test",
                ident="sink",
                tls_context=None if implicit else tls,
                auth_required=bool(user),
                auth_require_tls=False,
                authenticator=sink.authenticate if user else None,
            )
        open_connections.append(server)
        return server

    listening = await loop.create_server(made, "127.0.0.1", port, ssl=tls if implicit else None)
    sink.port = listening.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        listening.close()
        for server in open_connections:
            if server.transport is not None:
                server.transport.abort()
            task = server._handler_coroutine
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await listening.wait_closed()
