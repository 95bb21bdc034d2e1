"""E-mail through a real SMTP server on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import email
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from msgspec.structs import replace

from engine.channels.port import DeliveryFailed, NotNow, Unknown
from engine.core.effects import Notify
from engine.outputs.mail import Mailer
from tests.smtp_sink import Sink, smtp_sink

LEAD = Notify("c1/lead/1", "manager", "Новая заявка", "Имя: Анна\nТелефон: +79161234567\n.\n.точка")


def mailer(sink: Sink | int, **more: Any) -> Mailer:
    port = sink if isinstance(sink, int) else sink.port
    settings = {"host": "localhost", "manager": "boss@example.com", "sender": "Бот <bot@example.com>", **more}
    return Mailer(port=port, timeout=settings.pop("timeout", 5), **settings)


async def test_a_mail_arrives_as_it_was_written() -> None:
    """Subject and text in Russian, a line that is a single dot, sender, date and Message-ID."""
    async with smtp_sink() as sink:
        await mailer(sink).send(LEAD)
        [mail] = sink.mails
    message = mail.message
    assert (mail.sender, mail.recipients) == ("bot@example.com", ["boss@example.com"])
    assert message["Subject"] == "Новая заявка"
    assert message["From"] == "Бот <bot@example.com>"
    assert message["To"] == "boss@example.com"
    assert message["Message-ID"].endswith("@example.com>")
    assert parsedate_to_datetime(message["Date"]).tzinfo is not None
    assert message.get_content().replace("\r\n", "\n").rstrip("\n") == LEAD.text
    assert mail.raw.isascii()


async def test_the_message_id_is_made_from_the_notify() -> None:
    """Every attempt of one `Notify` has the same Message-ID, after a restart too; another one has another."""
    async with smtp_sink() as sink:
        await mailer(sink).send(LEAD)
        await mailer(sink).send(replace(LEAD, subject="again"))
        await mailer(sink).send(replace(LEAD, id="c1/lead/2"))
        first, second, third = (mail.message["Message-ID"] for mail in sink.mails)
    assert first == second != third


HOSTILE = [
    "Заявка\r\nBcc: thief@example.com",
    "x\n\nbody of another",
    "a\rb\0c\x0bd\u2028e",
    "=?utf-8?q?=0ABcc:_thief@example.com?=",
    "half \ud83d",
    "long " * 500,
    "",
]


@pytest.mark.parametrize("subject", HOSTILE)
async def test_nothing_a_person_wrote_becomes_a_header(subject: str) -> None:
    """A subject is one header of one line; there is no other recipient, and the text stays in the text."""
    async with smtp_sink() as sink:
        await mailer(sink).send(Notify("n\r\nX: y", "manager", subject, f"{subject}\0\ud83d\r\n.\r\nQUIT\r\n"))
        [mail] = sink.mails
        assert sink.connections == 1
    assert mail.recipients == ["boss@example.com"]
    parsed = email.message_from_bytes(mail.raw)
    expected = {
        "Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted",
        "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert set(parsed.keys()) == expected
    assert len(parsed.keys()) == len(expected)
    assert len(mail.message["Subject"]) <= 200
    assert "QUIT" in mail.message.get_content()


ANSWERS: list[tuple[str, str, type[DeliveryFailed]]] = [
    ("MAIL", "451 later", NotNow),
    ("RCPT", "450 greylisted", NotNow),
    ("DATA", "452 full", NotNow),
    ("MAIL", "530 first STARTTLS", NotNow),
    ("MAIL", "550 not from you", DeliveryFailed),
    ("RCPT", "550 nobody", DeliveryFailed),
    ("DATA", "554 spam", DeliveryFailed),
]


@pytest.mark.parametrize(("command", "answer", "raised"), ANSWERS)
async def test_a_refusal_is_later_or_never(
    command: str, answer: str, raised: type[DeliveryFailed], told: Callable[..., Any]
) -> None:
    """4xx: it did not arrive, try again; 5xx: never. It is told once, and once more when mail goes again."""
    async with smtp_sink() as sink:
        sender = mailer(sink, on_trouble=told)
        for _twice in range(2):
            sink.next[command] = answer
            with pytest.raises(DeliveryFailed) as caught:
                await sender.send(LEAD)
            assert type(caught.value) is raised
        assert answer[:3] in str(caught.value)
        assert not sink.mails
        await sender.send(LEAD)
        await sender.send(LEAD)
        assert len(sink.mails) == 2
    assert [bool(reason) for (reason,) in told.calls] == [True, False]  # type: ignore[attr-defined]


async def test_several_managers() -> None:
    """One refused address does not keep the mail from the others; when all are refused it failed."""
    async with smtp_sink() as sink:
        sink.refused = {"gone@example.com"}
        await mailer(sink, manager="gone@example.com, Босс <boss@example.com>").send(LEAD)
        assert sink.mails[0].recipients == ["boss@example.com"]
        with pytest.raises(DeliveryFailed, match="550"):
            await mailer(sink, manager="gone@example.com").send(LEAD)


async def test_taken_but_never_confirmed() -> None:
    """A server that falls silent once it has the text: nobody knows; the second attempt bears the same Message-ID."""
    async with smtp_sink() as sink:
        sink.silent_after_data = True
        sender = mailer(sink, timeout=0.2)
        with pytest.raises(Unknown):
            await sender.send(LEAD)
        sink.silent_after_data = False
        await sender.send(LEAD)
        first, second = sink.mails
    assert first.message["Message-ID"] == second.message["Message-ID"]


async def test_a_probe_tells_whether_the_server_answers() -> None:
    """A greeting and a word are enough, and no mail; a refused login is an answer too."""
    async with smtp_sink() as sink:
        await mailer(sink).probe()
        assert sink.mails == []
        port = sink.port
    with pytest.raises(NotNow):
        await mailer(port, timeout=0.5).probe()
    async with smtp_sink(user="bot", password="right") as sink:
        await mailer(sink, user="bot", password="wrong").probe()
    async with server(dripping) as port:
        with pytest.raises(NotNow):
            await mailer(port, timeout=0.2).probe()


@contextlib.asynccontextmanager
async def server(talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]) -> AsyncIterator[int]:
    """A server that says what a test wants."""

    running: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        running.add(task)
        try:
            await talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.transport.abort() if task.cancelling() else writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    listening = await asyncio.start_server(one, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def dripping(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Never ends its greeting, and never pauses either."""
    while True:
        writer.write(b"220-wait\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def goodbye(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"421 too busy\r\n")


async def stranger(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


async def hang_up(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    return


@pytest.mark.parametrize("talk", [dripping, goodbye, stranger, hang_up])
async def test_a_server_that_does_not_serve(talk: Callable[..., Any]) -> None:
    """Before the text was given nothing can have arrived, whatever the server does; the attempt has an end."""
    async with server(talk) as port, asyncio.timeout(5):
        with pytest.raises(NotNow):
            await mailer(port, timeout=0.2).send(LEAD)


async def test_nobody_listens() -> None:
    """No connection: later."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NotNow) as caught:
            await mailer(taken.getsockname()[1]).send(LEAD)
    assert caught.value.seconds == 60


@pytest.mark.parametrize(("password", "right"), [("secret", True), ("wrong", False)])
async def test_login(password: str, right: bool) -> None:
    """With SMTP_USER a login is made; a wrong password loses no mail and is not said in the reason."""
    async with smtp_sink(user="bot@example.com", password="secret") as sink:
        sender = mailer(sink, user="bot@example.com", password=password, sender="")
        if right:
            await sender.send(LEAD)
            assert sink.mails[0].sender == "bot@example.com"
            return
        with pytest.raises(NotNow, match="SMTP_USER") as caught:
            await sender.send(LEAD)
        assert caught.value.seconds == 900
        assert "wrong" not in str(caught.value)


async def test_a_login_that_is_not_offered() -> None:
    """A server without login, though SMTP_USER is set: later, and the reason says it."""

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 plain\r\n")
        while line := await reader.readline():
            writer.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 plain\r\n")

    async with server(plain) as port:
        with pytest.raises(NotNow, match="login"):
            await mailer(port, user="bot", password="x").send(LEAD)


BAD = [{"manager": "a b@example.com"}, {"manager": "босс@example.com"}, {"sender": "bot\u2028@example.com"}]


@pytest.mark.parametrize("wrong", BAD)
async def test_addresses_that_can_not_be_written_to(wrong: dict[str, str]) -> None:
    """A wrong address in the settings fails the mail with a reason, never the bot."""
    async with smtp_sink() as sink:
        with pytest.raises(DeliveryFailed):
            await mailer(sink, **wrong).send(LEAD)
        assert not sink.mails


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(certificate, key) for localhost, signed by itself."""
    if which("openssl") is None:
        pytest.skip("needs the openssl command to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "cert.pem", folder / "key.pem"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", *kind, *names, "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("trusted", [True, False])
async def test_encryption(
    certificate: tuple[Path, Path], implicit: bool, trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STARTTLS is used when offered, implicit TLS on its port; a certificate that is not trusted sends nothing."""
    made, key = certificate
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(made, key)
    async with smtp_sink(serving, implicit=implicit) as sink:
        if implicit:
            monkeypatch.setattr("engine.outputs.mail.IMPLICIT_TLS", sink.port)  # 465 needs root
        context = ssl.create_default_context(cafile=str(made)) if trusted else None
        if trusted:
            await mailer(sink, tls=context).send(LEAD)
            assert [mail.encrypted or implicit for mail in sink.mails] == [True]
            return
        with pytest.raises(NotNow, match="certificate"):
            await mailer(sink).send(LEAD)
        assert not sink.mails
