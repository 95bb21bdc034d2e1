"""What of an address may stand in a log: no key, no password."""

from __future__ import annotations

from urllib.parse import urlsplit


def address(url: str) -> str:
    """An endpoint's address without user, password and query."""
    try:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that is none"
    return f"{parts.scheme}://{host}{port}{parts.path}" if host else "an address that is none"
