"""Addresses of web pages. Law: only http and https, no password in it, and a host that DNS could know."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

from engine.answers.around import asked_back, read_around
from engine.answers.typed import typed, words
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

LONGEST = 2048  # characters, what browsers and servers take

_SCHEME = r"(?i)[a-z][a-z0-9+.\-]*:(?!\d)"
_ADDRESS = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
_LETTERS = "!#$%&'()*+,/:;=?@~-._"  # stay as they are in path, query and fragment; the rest is percent-encoded
_IDLE = frozenset(words("сайт ссылка адрес на наш site link website here"))  # beside what is idle everywhere


class Url(AnswerType):
    name = "url"
    noun = ("ссылка", "a link")
    doc = "The address of a web page; `https://` is put before a bare one, a Russian host becomes its ASCII form."
    examples = (("example.com/a", "https://example.com/a"), ("https://пример.рф", "https://xn--e1afmkfd.xn--p1ai"))

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        text = typed(raw)
        value = read_around(text, read_url, _IDLE) if text else None
        if value:
            return Accepted(value, value)
        return asked_back(text or "", read_url, str, lambda word: ":" in word or "@" in word) or Rejected("wrong_url")


def read_url(text: str) -> str | None:
    """The address, made whole; None when it is none."""
    text = text.strip('<>«»".,;!')
    if len(text) > LONGEST or any(sign.isspace() or not sign.isprintable() for sign in text):
        return None
    if not text.lower().startswith(("http://", "https://")):
        if re.match(_SCHEME, text) or "@" in text or "." not in text.split("/")[0]:
            return None
        text = "https://" + text
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = _host(parts.hostname or "")
    if host is None or "@" in parts.netloc:
        return None
    whole = urlunsplit(
        (
            parts.scheme,
            host if port is None else f"{host}:{port}",
            quote(parts.path, _LETTERS),
            quote(parts.query, _LETTERS),
            quote(parts.fragment, _LETTERS),
        )
    )
    return whole if len(whole) <= LONGEST * 3 else None


def _host(host: str) -> str | None:
    if re.fullmatch(_ADDRESS, host):
        return host if all(int(part) < 256 for part in host.split(".")) else None
    if not host.isascii():
        import idna  # late: few hosts need it

        try:
            host = idna.encode(host, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            return None
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(re.fullmatch(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", label) for label in labels):
        return None
    return host if len(labels) > 1 and re.fullmatch(r"[a-z]{2,}|xn--[a-z0-9-]+", labels[-1]) else None
