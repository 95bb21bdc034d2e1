"""What of a prompt or an address may stand in a log.

Law: a log never holds a key, an e-mail, a number of a person's, or more than a line of what was said.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+")
DIGIT = re.compile(r"\d")
MARKED = re.compile(r">[^<]+")  # what stands in tags, as our prompts mark what people said: <data name="goal">…</data>
LINE = 80  # characters


def abridged(text: str) -> str:
    """The first 80 characters on one line; e-mails, digits and what stands in tags masked."""
    line = " ".join(MARKED.sub(">…", text[: LINE * 8]).split())
    masked = DIGIT.sub("#", EMAIL.sub("<email>", line))
    return masked if len(masked) <= LINE and len(text) <= LINE * 8 else masked[:LINE] + "…"


def address(url: str) -> str:
    """An endpoint's address without user, password and query."""
    try:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that is none"
    return f"{parts.scheme}://{host}{port}{parts.path}" if host else "an address that is none"
