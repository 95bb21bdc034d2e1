"""A model call that failed: one exception for all the ways in which servers do, in the words of the port.

Law: `reason` is made by us from numbers and known codes, so it may be logged and told; what a server said (`said`) is
only ever searched, since it may repeat a prompt or a key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# Codes are told to the admin, so only harmless words pass: `insufficient_quota`, `model_not_found`.
CODE = re.compile(r"[a-z][a-z_]{2,50}")
QUOTA = re.compile(r"insufficient.(quota|credit|balance|fund)|exceeded your current quota|billing_hard_limit")


class CallFailed(Exception):
    """`word` is a failure of the port. `passing`: the same call may well succeed later. `of_endpoint`: it speaks
    against the endpoint and not against this one call. `retry_after`: seconds, none when the server named no time."""

    def __init__(
        self,
        word: str,
        reason: str = "",
        *,
        status: int = 0,
        said: str = "",
        passing: bool = False,
        of_endpoint: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason or word)
        self.word = word
        self.reason = reason or word
        self.status = status
        self.said = said
        self.passing = passing
        self.of_endpoint = of_endpoint
        self.retry_after = retry_after

    @property
    def needs_admin(self) -> bool:
        """No waiting mends it: a wrong key, an empty account."""
        return self.word in ("auth", "quota")


def from_status(status: int, body: str, retry_after: float | None = None) -> CallFailed:
    """What an HTTP status (and what stands in its body) means.

    401 and 403 are about the key, 402 and an exhausted quota (which OpenAI sends as 429) about money; 408, 409, 425,
    429 and 5xx pass by themselves; the rest is about this request. A 429 that names a time to come back is no quota:
    Gemini and Groq speak of quota and billing in mere rate limits.
    """
    said = body[:4000].lower()
    code = _code(body)
    reason = f"HTTP {status}" + (f" ({code})" if code else "")
    empty = code == "insufficient_quota" or (not retry_after and QUOTA.search(said))
    if status == 402 or (status == 429 and empty):
        return CallFailed("quota", reason, status=status, said=said, of_endpoint=True)
    if status in (401, 403):
        return CallFailed("auth", reason, status=status, said=said, of_endpoint=True)
    passing = status in (408, 409, 425, 429) or status >= 500
    return CallFailed(
        "http", reason, status=status, said=said, passing=passing, of_endpoint=passing, retry_after=retry_after
    )


def from_error_body(error: Any) -> CallFailed:
    """A 200 whose body is `{"error": ...}`. Some proxies put the true status into `error.code`."""
    code = error.get("code") if isinstance(error, Mapping) else None
    text = json.dumps({"error": error}, default=str)
    if isinstance(code, (int, str)) and str(code).isdecimal() and 400 <= int(code) < 600:
        return from_status(int(code), text)
    failed = from_status(500, text)
    failed.status, failed.reason = 200, "HTTP 200 with an error in it"
    return failed


class BodyTooLarge(Exception):
    """An answer that did not end within what a reply may have."""


def bad_body(what: str) -> CallFailed:
    """A 200 that is no completion: HTML, broken JSON, no choices."""
    return CallFailed("http", f"HTTP 200 with {what}", status=200, passing=True, of_endpoint=True)


def _code(body: str) -> str:
    try:
        error = json.loads(body)["error"]
        code = str(error.get("code") or error.get("type") or "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    return code if CODE.fullmatch(code) else ""
