"""E-mail to the manager. Law: one `Notify` is one Message-ID, whatever the number of attempts, and nothing that a
person wrote can become a header or another recipient.

One call is one attempt over one connection; the runtime's outbox owns retries (law 4). Until the server was given the
text nothing can have arrived (NotNow); after that silence means that nobody knows (Unknown).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING

from engine.channels.port import DeliveryFailed, NotNow, Unknown
from engine.core.effects import Notify
from engine.core.values import cut
from engine.outputs.cells import whole

if TYPE_CHECKING:
    from aiosmtplib import SMTP

log = logging.getLogger(__name__)

IMPLICIT_TLS = 465
SOON = 60.0  # s: the server is down, or asks to come later
FAR = 900.0  # s: the server does not take our login or certificate; somebody has to mend that first
AT_ONCE = 2  # connections
SUBJECT = 200  # characters; a longer one is cut
_POLICY = SMTP_POLICY.clone(cte_type="7bit")  # no server needs 8BITMIME for it


class Mailer:
    """`manager` may name several people, with commas. `on_trouble(reason)` is called once when sending begins to fail,
    and once with an empty reason when it works again; it must not raise."""

    def __init__(
        self,
        *,
        host: str,
        manager: str,
        port: int = 587,
        user: str = "",
        password: str = "",
        sender: str = "",
        timeout: float = 60.0,
        on_trouble: Callable[[str], None] = lambda _reason: None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._user = user
        self._password = password
        self._managers = [address for part in manager.split(",") if (address := parseaddr(part.strip())[1])]
        self._sender_name, self._sender = parseaddr(sender or (user if "@" in user else f"bot@{host}"))
        self._timeout = timeout
        self._on_trouble = on_trouble
        self._tls = tls
        self._in_trouble = False
        self._connections = asyncio.Semaphore(AT_ONCE)

    async def send(self, notify: Notify) -> None:
        """One attempt. Raises NotNow (it did not arrive: try again), Unknown (it may have arrived: once more at most,
        the Message-ID is the same), DeliveryFailed (this mail will never be taken)."""
        try:
            message = self._message(notify)
        except (ValueError, MessageError, UnicodeError) as problem:  # a bad address in the settings
            raise self._trouble(DeliveryFailed(f"the e-mail can not be written: {type(problem).__name__}")) from None
        async with self._connections:
            await self._attempt(message.as_bytes(policy=_POLICY))
        if self._in_trouble:
            self._in_trouble = False
            self._on_trouble("")

    def _message(self, notify: Notify) -> EmailMessage:
        message = EmailMessage(policy=_POLICY)
        domain = self._sender.rpartition("@")[2] or "localhost"
        message["Message-ID"] = f"<{hashlib.sha256(whole(notify.id).encode()).hexdigest()[:40]}@{domain}>"
        message["Date"] = format_datetime(datetime.now(UTC))
        message["From"] = Address(self._sender_name, addr_spec=self._sender)
        message["To"] = [Address(addr_spec=address) for address in self._managers]
        message["Subject"] = _one_line(notify.subject)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies to it
        message.set_content(whole(notify.text).replace("\0", "\ufffd"))
        return message

    async def probe(self) -> None:
        """Return when the server has greeted us and answered, whatever it said. Raises NotNow."""
        from aiosmtplib import SMTPConnectError, SMTPResponseException

        client = self._client()
        try:
            async with asyncio.timeout(self._timeout):
                await client.connect()
                await client.noop()
        except Exception as problem:
            if not isinstance(problem, SMTPResponseException) or isinstance(problem, SMTPConnectError):
                raise _outcome(problem, given=False) from None
        finally:
            await _leave(client)

    async def login(self) -> None:
        """Return when the server has let us in. Raises as `send`."""
        client = self._client()
        try:
            async with asyncio.timeout(self._timeout):
                await client.connect()
        except Exception as problem:
            raise _outcome(problem, given=False) from None
        finally:
            await _leave(client)

    def _client(self) -> SMTP:
        from aiosmtplib import SMTP

        return SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user or None,
            password=self._password or None,
            local_hostname=_host_name(self._sender),  # else a look-up of our own name, which may take seconds
            timeout=self._timeout,
            use_tls=self._port == IMPLICIT_TLS,
            tls_context=self._tls,
        )

    async def _attempt(self, content: bytes) -> None:
        client = self._client()
        given = False  # whether the server may have the text
        try:
            async with asyncio.timeout(self._timeout * 2):  # the client's own limit is for each reply
                await client.connect()  # with STARTTLS when it is offered, and login
                await self._envelope(client)
                given = True
                await client.data(content)
                given = False
        except Exception as problem:
            raise self._trouble(_outcome(problem, given)) from None
        finally:
            await _leave(client)

    async def _envelope(self, client: SMTP) -> None:
        """Sender and recipients. One refused recipient does not keep the mail from the others."""
        from aiosmtplib import SMTPRecipientRefused

        await client.mail(self._sender)
        refused: list[SMTPRecipientRefused] = []
        for address in self._managers:
            try:
                await client.rcpt(address)
            except SMTPRecipientRefused as problem:
                refused.append(problem)
        if refused and len(refused) == len(self._managers):
            raise min(refused, key=lambda problem: problem.code)  # one that may be taken later counts first
        if refused:
            log.error("The mail server refuses %d of %d addresses of MANAGER_EMAIL", len(refused), len(self._managers))

    def _trouble(self, problem: DeliveryFailed) -> DeliveryFailed:
        if not self._in_trouble:
            self._in_trouble = True
            self._on_trouble(str(problem))
        return problem


def _outcome(problem: Exception, given: bool) -> DeliveryFailed:
    """What a failure means for the mail. A server's words may repeat addresses, so only its code is told."""
    from aiosmtplib import SMTPAuthenticationError, SMTPConnectError, SMTPException, SMTPResponseException

    if isinstance(problem, SMTPResponseException):
        said = f"the mail server says {problem.code}"
        if isinstance(problem, SMTPAuthenticationError) or (problem.code // 100 == 5 and problem.code in _LOGIN):
            return NotNow(FAR, f"{said}: it does not accept SMTP_USER and SMTP_PASSWORD")
        if problem.code // 100 == 5 and not isinstance(problem, SMTPConnectError):
            return DeliveryFailed(f"{said}: it does not take the e-mail")
        return NotNow(SOON, f"{said}: later")
    if isinstance(problem, ssl.SSLError) or isinstance(problem.__cause__, ssl.SSLError):
        return NotNow(FAR, "the mail server's certificate can not be trusted, or it speaks no TLS on this port")
    if given:
        return Unknown("the mail server did not say whether it took the e-mail")
    if isinstance(problem, OSError):  # connection, time-out, name look-up
        return NotNow(SOON, f"no connection to the mail server ({type(problem).__name__})")
    if isinstance(problem, SMTPException):
        return NotNow(FAR, "the mail server offers no login for SMTP_USER, or speaks another protocol")
    return DeliveryFailed(f"the e-mail can not be sent: {type(problem).__name__}")


_LOGIN = {530, 534, 535, 538}  # RFC 4954: login needed, too weak, wrong, needs TLS


async def _leave(client: SMTP) -> None:
    """Say goodbye; what the server answers no longer matters."""
    try:
        if client.is_connected:
            await client.quit(timeout=2)
    except Exception as problem:
        log.debug("The mail server's goodbye: %s", type(problem).__name__)
    finally:
        client.close()


def _one_line(text: str) -> str:
    """A header's text: one line without control characters, so that no second header can follow."""
    flat = " ".join("".join(sign if sign.isprintable() else " " for sign in whole(text)).split())
    flat = flat.replace("=?", "= ?")  # else it would be decoded where it is read, line ends and all (RFC 2047)
    return cut(flat, SUBJECT)


def _host_name(sender: str) -> str:
    """What we call ourselves in EHLO: the sender's domain."""
    domain = sender.rpartition("@")[2]
    return domain if domain.isascii() and domain and not any(sign.isspace() for sign in domain) else "localhost"
