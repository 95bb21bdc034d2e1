"""What the environment says: read once at start from the process and .env files, checked as a whole, then frozen.

Law: nothing is required. What is absent switches its part off (`parts` says so); what is malformed, or missing though
a named option needs it, is told in ONE error that lists every bad variable. A secret is never shown: not in an
error, not in a repr, not to a scenario.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from engine.core.events import Sender
from engine.variables import READERS, WrongValue, unusable

_SECRET_NAME = re.compile(
    r"(?!(OLD)?PWD$)"  # the shell's folder is no secret, and would be cut out of every path in the log
    r".*(TOKEN|SECRET|PASSW(OR)?D|PASSPHRASE|CREDENTIAL|COOKIE|DATABASE_URL|DSN|KEYS?(_|$)|(^|_)(PASS|PWD|AUTH)(_|$))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")  # `010` and `+7916` stay texts


class SettingsError(Exception):
    """Some variables are wrong. `problems` is (variable, what is wrong and what to write), never with a secret."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        lines = "\n".join(f"  {name}: {problem}" for name, problem in problems)
        super().__init__(f"These settings (environment or .env) need mending:\n{lines}")


@dataclass(frozen=True)
class Settings:
    """Field `smtp_host` is variable SMTP_HOST, and so on; an absent text is empty. Paths are absolute."""

    root: Path
    data_dir: Path
    telegram_bot_token: str = field(default="", repr=False)
    telegram_api_url: str = "https://api.telegram.org"
    llm_base_url: str = field(default="", repr=False)  # may hold a password, as every URL may
    llm_api_key: str = field(default="", repr=False)
    llm_model: str = ""
    llm_transcription_model: str = ""
    llm_daily_limit: int | None = None  # model calls a person a day; None: no limit
    llm_daily_tokens: int | None = None  # tokens a person a day, in and out; None: no limit
    llm_concurrency: int | None = None  # model calls at once of one endpoint; None: no limit
    database_url: str = field(default="", repr=False)  # empty: SQLite in data_dir
    log_level: str = "INFO"
    log_file: Path | None = None
    allowed_users: frozenset[str] = field(default=frozenset(), repr=False)  # `123`, `@name`; empty: everyone
    admin_chat_id: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = field(default="", repr=False)
    smtp_password: str = field(default="", repr=False)
    smtp_from: str = field(default="", repr=False)
    manager_email: str = field(default="", repr=False)  # one address, or several with commas
    sending_per_second: float = 30.0  # messages of the whole bot
    sending_per_chat: float = 1.0  # messages a second into one chat
    messages_per_minute: int | None = None  # taken of one person; None: as many as they send
    language: str = ""  # two letters; empty: what the catalog says
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)  # everything, for `key_variable` of a model
    process: frozenset[str] = field(default=frozenset(), repr=False)  # names that no file can say otherwise
    files: tuple[Path, ...] = ()  # where .env was looked for; a later one wins

    @classmethod
    def load(
        cls,
        root: Path,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        declared: Callable[[Path, Mapping[str, str]], list[tuple[str, str]]] | None = None,
    ) -> Settings:
        """The process wins over ROOT/.env, that over ./.env; an empty value is an absent one. `declared`, for a
        bot that starts, tells what is wrong with the variables that its own files declare. Raises SettingsError."""
        root, problems = root.resolve(), list[tuple[str, str]]()
        process = dict(os.environ if environ is None else environ)
        # On many desktops LANGUAGE is gettext's list (`en_US:en`), which says nothing about the bot.
        if not re.fullmatch(r"[a-z]{2}|", process.get("LANGUAGE", "")):
            del process["LANGUAGE"]
        files = tuple(folder / ".env" for folder in dict.fromkeys([(cwd or Path.cwd()).resolve(), root]))
        given = _given(files, process, problems)
        values: dict[str, Any] = {"data_dir": root / "data", "process": frozenset(process), "files": files}
        for name, reader in READERS.items():
            if name in given:
                try:
                    values[name.lower()] = reader(given[name], root)
                except WrongValue as wrong:
                    problems.append((name, str(wrong)))
        problems += _missing(given)
        if declared is not None:
            problems += declared(root, given) + unusable(root, given)
        if problems:
            raise SettingsError(problems)
        if "@" in values.get("smtp_user", ""):
            values.setdefault("smtp_from", values["smtp_user"])
        return cls(root=root, variables=MappingProxyType(given), **values)

    def changed(self) -> list[str]:
        """The variables that the .env files say otherwise by now. Raises SettingsError: a line cannot be read."""
        problems: list[tuple[str, str]] = []
        now = _given(self.files, {}, problems)
        if problems:
            raise SettingsError(problems)
        names = {*now, *self.variables} - self.process
        return sorted(name for name in names if now.get(name) != self.variables.get(name))

    @property
    def telegram_on(self) -> bool:
        return bool(self.telegram_bot_token)

    @property
    def llm_on(self) -> bool:
        """A local server needs no key, OpenAI's own address needs no URL: either one switches the model on."""
        return bool(self.llm_base_url or self.llm_api_key)

    @property
    def mail_on(self) -> bool:
        return bool(self.smtp_host)

    def allows(self, sender: Sender) -> bool:
        """Whether ALLOWED_USERS lets this person in. The admin always is, and who sits at the terminal."""
        channel, _, own_id = sender.id.partition(":")
        names = {own_id, "@" + sender.username.lower()}
        if self.admin_chat_id in (own_id, "@" + sender.username):
            return True
        return channel == "terminal" or not self.allowed_users or not names.isdisjoint(self.allowed_users)

    def for_scenarios(self) -> Mapping[str, Any]:
        """`settings.*` of expressions: each variable under its name in lower and in upper case, numbers and true/false
        typed, secrets left out: by name, by value, and addresses that bear a password."""
        hidden, seen = set(self.secrets()), dict[str, Any]()
        for name, text in self.variables.items():
            if not _SECRET_NAME.match(name) and text not in hidden and not _password_in(text):
                seen[name] = seen[name.lower()] = seen[name.upper()] = _typed(text)
        return MappingProxyType(seen)

    def secrets(self) -> list[str]:
        """Every value that must never be printed, longest first, for redaction."""
        found = {text for name, text in self.variables.items() if _SECRET_NAME.match(name)}
        found |= {password for text in self.variables.values() if (password := _password_in(text))}
        return sorted((text for text in found if len(text) > 3), key=len, reverse=True)

    def parts(self) -> list[str]:
        """What start-up says: each part, on or off, and what being off means."""
        telegram = "on" if self.telegram_on else "off (no TELEGRAM_BOT_TOKEN); the chat is here, in the terminal"
        llm = "off (no LLM_BASE_URL, no LLM_API_KEY); every llm step takes its if_fails"
        if self.llm_on:
            model = self.llm_model or "as catalog/models.yaml says (no LLM_MODEL)"
            llm = f"on, {urlsplit(self.llm_base_url).hostname or 'api.openai.com'}, model {model}"
        mail = f"on, through {self.smtp_host}" if self.mail_on else "off (no SMTP_HOST); the manager gets no e-mail"
        admin = "on" if self.admin_chat_id else "off (no ADMIN_CHAT_ID); problems stand in the log only"
        memory = f"{urlsplit(self.database_url).scheme} (DATABASE_URL)" if self.database_url else "SQLite"
        people = f"the {len(self.allowed_users)} of ALLOWED_USERS" if self.allowed_users else "all (no ALLOWED_USERS)"
        log = str(self.log_file) if self.log_file else "off (no LOG_FILE); the log goes to the console only"
        return [
            f"Telegram: {telegram}",
            f"LLM: {llm}",
            f"E-mail: {mail}",
            f"Admin chat: {admin}",
            f"Who may talk: {people}",
            f"Memory: {memory}, data in {self.data_dir}",
            f"Log file: {log}",
        ]


def _given(files: tuple[Path, ...], process: Mapping[str, str], problems: list[tuple[str, str]]) -> dict[str, str]:
    """What the files and the process say; an empty value is an absent one."""
    variables: dict[str, str] = {}
    for path in files:
        variables |= _read_file(path, problems)
    variables |= process
    return {name: text.strip() for name, text in variables.items() if text.strip()}


def _read_file(path: Path, problems: list[tuple[str, str]]) -> dict[str, str]:
    """One .env file, its unreadable lines reported. No file: nothing."""
    from dotenv import dotenv_values
    from dotenv.parser import parse_stream

    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        problems.append((str(path), "is not UTF-8; save it as UTF-8 (PowerShell's `>` writes UTF-16)"))
        return {}
    except OSError as error:
        problems.append((str(path), f"cannot be read: {error.strerror}"))
        return {}
    bad = [binding.original.line for binding in parse_stream(io.StringIO(text)) if binding.error]
    problems.extend((f"{path}, line {line}", "cannot be read; write NAME=value") for line in bad)
    if bad:
        return {}
    return {name: value or "" for name, value in dotenv_values(stream=io.StringIO(text)).items()}


def _missing(given: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a named option needs and nobody gave."""
    problems = []
    if "SMTP_HOST" in given:
        if "SMTP_FROM" not in given and "@" not in given.get("SMTP_USER", ""):
            problems.append(("SMTP_FROM", "is needed by SMTP_HOST: the address that e-mail comes from"))
        if "MANAGER_EMAIL" not in given:
            problems.append(("MANAGER_EMAIL", "is needed by SMTP_HOST: where the manager's e-mail goes"))
    for one, other in (("SMTP_USER", "SMTP_PASSWORD"), ("SMTP_PASSWORD", "SMTP_USER")):
        if one in given and other not in given:
            problems.append((other, f"is needed by {one}"))
    return problems


def _typed(text: str) -> Any:
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return {"true": True, "false": False}.get(text.lower(), text)


def _password_in(text: str) -> str:
    """The password of an address such as `postgresql://bot:secret@host/db`, or nothing."""
    try:
        return unquote(urlsplit(text).password or "") if "://" in text else ""
    except ValueError:
        return ""
