"""What each environment variable may be: `READERS[name](text, root)` gives its value.

A reader raises WrongValue, whose sentence says what to write instead, and never shows a secret. Relative paths are
taken from `root`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from email.utils import getaddresses
from errno import EACCES
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
POSITIVE = re.compile(r"(0|[1-9]\d*)(\.\d+)?", re.ASCII)


class WrongValue(ValueError):
    """The text is no such value."""


def _text(text: str, root: Path) -> str:
    return text


def _path(text: str, root: Path) -> Path:
    return root / Path(text).expanduser()


def _folder(text: str, root: Path) -> Path:
    path = _path(text, root)
    if path.exists() and not path.is_dir():
        raise WrongValue(f"{str(path)!r} is a file; a folder is needed")
    return path


def _file(text: str, root: Path) -> Path:
    path = _path(text, root)
    if path.is_dir():
        raise WrongValue(f"{str(path)!r} is a folder; a file is needed")
    return path


def _matching(pattern: str, problem: str, secret: bool = False) -> Callable[[str, Path], str]:
    def read(text: str, root: Path) -> str:
        if not re.fullmatch(pattern, text):
            raise WrongValue(problem if secret else f"{text!r} {problem}")
        return text

    return read


def _database(text: str, root: Path) -> str:
    """The URL with its whole path, which counts from the root as that of DATA_DIR does; never repeated."""
    found = re.fullmatch(r"sqlite:///(.+)", text)
    if found is None:
        problem = "names no SQLite file, and no other database is known"
        raise WrongValue(f"{problem}; write sqlite:///path, or leave it empty for DATA_DIR")
    if found[1] == ":memory:" or "?" in found[1]:
        return text
    path = _path(unquote(found[1]), root)
    here = Path(unquote(found[1])).absolute()  # it counted from there once
    if here != path and here.is_file() and not path.exists():
        raise WrongValue("counts from the bot's folder, as DATA_DIR does: move the file there, or write its whole path")
    return f"sqlite:///{quote(str(path))}"


def _url(text: str, root: Path) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not re.search(r"\s", text)
    except ValueError:  # a port that is no port, brackets that do not close
        good = False
    if not good:
        raise WrongValue("is no address; write it like https://host:8080/v1 (http or https)")
    return text.rstrip("/")


def _whole(lowest: int, highest: int = 999_999_999) -> Callable[[str, Path], int]:
    def read(text: str, root: Path) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not lowest <= int(text) <= highest:
            raise WrongValue(f"{text!r} is no whole number from {lowest} to {highest}")
        return int(text)

    return read


def _rate(text: str, root: Path) -> float:
    if not POSITIVE.fullmatch(text) or float(text) <= 0:
        raise WrongValue(f"{text!r} is no number above 0, such as 30 or 0.5")
    return float(text)


def _level(text: str, root: Path) -> str:
    if text.upper() not in LEVELS:
        raise WrongValue(f"{text!r} is no level; take one of {', '.join(LEVELS)}")
    return text.upper()


def _people(text: str, root: Path) -> frozenset[str]:
    people = [person.strip().lower() for person in text.split(",") if person.strip()]
    if wrong := [person for person in people if not re.fullmatch(r"\d+|@[a-z0-9_]+", person)]:
        raise WrongValue(f"{', '.join(wrong)!r}: write numbers or @names with commas, such as 123456,@anna")
    return frozenset(people)


def _address(text: str, root: Path) -> str:
    found = [address for _, address in getaddresses([text])]
    if not found or "\n" in text or not all(re.fullmatch(r"[^@\s]+@[^@\s]+", address) for address in found):
        raise WrongValue(f"{text!r} is no e-mail address")
    return text


READERS: Mapping[str, Callable[[str, Path], Any]] = {
    "TELEGRAM_BOT_TOKEN": _matching(
        r"\d+:[\w-]+", "is no bot token; @BotFather gives one like 123456789:AAF…", secret=True
    ),
    "TELEGRAM_API_URL": _url,
    "LLM_BASE_URL": _url,
    "LLM_API_KEY": _matching(r"[!-~]+", "holds a space or a letter that no key has", secret=True),
    "LLM_MODEL": _text,
    "LLM_TRANSCRIPTION_MODEL": _text,
    "LLM_DAILY_LIMIT": _whole(1),
    "LLM_DAILY_TOKENS": _whole(1),
    "LLM_CONCURRENCY": _whole(1),
    "DATA_DIR": _folder,
    "DATABASE_URL": _database,
    "LOG_LEVEL": _level,
    "LOG_FILE": _file,
    "ALLOWED_USERS": _people,
    "ADMIN_CHAT_ID": _matching(r"-?[1-9]\d*|@\w+", "is no chat; write its number, such as 123456 or -100123456"),
    "SMTP_HOST": _matching(r"[\w.:-]+", "is no host name, such as smtp.example.com"),
    "SMTP_PORT": _whole(1, 65535),
    "SMTP_USER": _text,
    "SMTP_PASSWORD": _text,
    "SMTP_FROM": _address,
    "MANAGER_EMAIL": _address,
    "SENDING_PER_SECOND": _rate,
    "SENDING_PER_CHAT": _rate,
    "MESSAGES_PER_MINUTE": _whole(1),
    "LANGUAGE": _matching(r"[a-z]{2}", "is no language; write two letters, such as ru"),
}


def unusable(root: Path, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a bot that starts now is to write to, and cannot: (name, the rest of the sentence). Makes the folders; none
    where there is no bot, who starts one in a wrong folder finds nothing new there."""
    problems: list[tuple[str, str]] = []
    if not (root / "scenarios").is_dir():
        return problems
    for name, default in (("DATA_DIR", "data"), ("LOG_FILE", "")):
        try:
            path = READERS[name](given.get(name, default), root) if given.get(name, default) else None
            if path is not None:
                folder = path if name == "DATA_DIR" else path.parent
                folder.mkdir(mode=0o700 if name == "DATA_DIR" else 0o777, parents=True, exist_ok=True)
                if not os.access(folder, os.W_OK | os.X_OK):
                    raise PermissionError(EACCES, os.strerror(EACCES))
        except WrongValue:
            continue  # told already
        except OSError as error:
            problems.append((name, f"{str(path)!r} cannot be written ({error.strerror})"))
    return problems
