"""Settings from the environment and .env, the one error that names every bad variable, and the log's redaction."""

from __future__ import annotations

import io
import logging
import sys
from pathlib import Path

import pytest

from engine import logs
from engine.core.events import Sender
from engine.memory.open import database_path
from engine.settings import Settings, SettingsError

TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFake_-"


def load(folder: Path, **variables: str) -> Settings:
    return Settings.load(folder, environ=variables, cwd=folder)


def problems(folder: Path, **variables: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        load(folder, **variables)
    return dict(caught.value.problems)


def test_nothing_is_required(tmp_path: Path) -> None:
    """An empty environment gives working defaults, every part off."""
    settings = load(tmp_path)
    assert settings.data_dir == tmp_path / "data"
    assert (settings.smtp_port, settings.log_level, settings.sending_per_second, settings.sending_per_chat) == (
        587,
        "INFO",
        30.0,
        1.0,
    )
    assert [settings.telegram_on, settings.llm_on, settings.mail_on] == [False, False, False]
    said = "\n".join(settings.parts())
    for words in (
        "Telegram: off",
        "LLM: off",
        "takes its if_fails",
        "E-mail: off",
        "Admin chat: off",
        "Memory: SQLite",
    ):
        assert words in said


def test_everything_named_is_on(tmp_path: Path) -> None:
    """Each variable lands in the field of its name, typed, and start-up says what is on without a secret."""
    settings = load(
        tmp_path,
        TELEGRAM_BOT_TOKEN=TOKEN,
        TELEGRAM_API_URL="http://127.0.0.1:8081/",
        LLM_BASE_URL="http://localhost:1234/v1",
        LLM_API_KEY="sk-hidden",
        LLM_MODEL="qwen",
        LLM_DAILY_LIMIT="20",
        DATABASE_URL="sqlite:////var/lib/bot/hush.db",
        LOG_LEVEL="debug",
        LOG_FILE="logs/bot.log",
        ALLOWED_USERS="5, @Anna",
        ADMIN_CHAT_ID="-100123",
        SMTP_HOST="mail.example.com",
        SMTP_USER="bot@example.com",
        SMTP_PASSWORD="swordfish",
        MANAGER_EMAIL="Boss <boss@example.com>, two@example.com",
        SENDING_PER_CHAT="0.5",
        LANGUAGE="en",
    )
    assert settings.telegram_api_url == "http://127.0.0.1:8081"
    assert (settings.llm_daily_limit, settings.log_level, settings.sending_per_chat) == (20, "DEBUG", 0.5)
    assert settings.log_file == tmp_path / "logs/bot.log"
    assert settings.smtp_from == "bot@example.com"
    said = repr(settings) + "\n".join(settings.parts())
    assert "LLM: on, localhost, model qwen" in said
    assert "Telegram: on" in said
    assert "sqlite (DATABASE_URL)" in said
    for secret in (TOKEN, "sk-hidden", "hush", "swordfish", "boss@example.com"):
        assert secret not in said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TELEGRAM_BOT_TOKEN", "not-a-token"),
        ("TELEGRAM_API_URL", "localhost:8081"),
        ("LLM_BASE_URL", "http://host:99999/v1"),
        ("LLM_BASE_URL", "http://[::1/v1"),
        ("LLM_BASE_URL", "http://my host/v1"),
        ("LLM_API_KEY", "ключ"),
        ("LLM_DAILY_LIMIT", "many"),
        ("DATABASE_URL", "mysql://root:hush@db/x"),
        ("DATABASE_URL", "postgresql://bot:hush@db/x"),
        ("DATABASE_URL", "sqlite:///"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FILE", "."),
        ("DATA_DIR", "a_file"),
        ("ALLOWED_USERS", "5, anna"),
        ("ADMIN_CHAT_ID", "boss"),
        ("SMTP_PORT", "0"),
        ("SMTP_PORT", "٢٥"),
        ("SMTP_PORT", "65536"),
        ("SMTP_HOST", "mail example"),
        ("SMTP_FROM", "nobody"),
        ("MANAGER_EMAIL", "boss@example.com\nBcc: all@example.com"),
        ("SENDING_PER_SECOND", "0"),
        ("SENDING_PER_CHAT", "-1"),
    ],
)
def test_malformed(tmp_path: Path, name: str, text: str) -> None:
    """A malformed variable is named, with what to write instead."""
    (tmp_path / "a_file").touch()
    assert name in problems(tmp_path, **{name: text})


def test_all_problems_at_once_and_no_secret(tmp_path: Path) -> None:
    """One message lists every bad variable and shows none of the secret values."""
    with pytest.raises(SettingsError) as caught:
        load(
            tmp_path,
            TELEGRAM_BOT_TOKEN="hush one",
            LLM_API_KEY="hush two",
            SMTP_PORT="x",
            DATABASE_URL="hush",
            LANGUAGE="",
        )
    message = str(caught.value)
    assert [line.split(":")[0].strip() for line in message.splitlines()[1:]] == [
        "TELEGRAM_BOT_TOKEN",
        "LLM_API_KEY",
        "DATABASE_URL",
        "SMTP_PORT",
    ]
    assert "hush" not in message


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ({"SMTP_HOST": "mail"}, {"SMTP_FROM", "MANAGER_EMAIL"}),
        ({"SMTP_HOST": "mail", "SMTP_FROM": "a@b"}, {"MANAGER_EMAIL"}),
        ({"SMTP_USER": "u"}, {"SMTP_PASSWORD"}),
        ({"SMTP_PASSWORD": "p"}, {"SMTP_USER"}),
    ],
)
def test_what_a_named_option_needs(tmp_path: Path, given: dict[str, str], needed: set[str]) -> None:
    """An option that cannot work alone asks for what it needs, by name."""
    assert set(problems(tmp_path, **given)) == needed


def test_order_of_sources(tmp_path: Path) -> None:
    """The process wins over the root's .env, that over the current folder's; an empty value switches a part off."""
    here, root = tmp_path / "here", tmp_path / "root"
    here.mkdir()
    root.mkdir()
    (here / ".env").write_text("LLM_MODEL=here\nLOG_LEVEL=ERROR\nADMIN_CHAT_ID=1\n")
    (root / ".env").write_text("\ufeffLLM_MODEL=root\nLLM_API_KEY=k\nLOG_LEVEL=WARNING\nEMPTY\n", encoding="utf-8")
    settings = Settings.load(root, environ={"LLM_API_KEY": "", "LOG_LEVEL": "DEBUG"}, cwd=here)
    assert (settings.llm_model, settings.log_level, settings.admin_chat_id) == ("root", "DEBUG", "1")
    assert not settings.llm_on


def test_a_desktops_language_is_no_mistake(tmp_path: Path) -> None:
    """gettext's LANGUAGE of the process is passed over; the one in .env counts and is checked."""
    (tmp_path / ".env").write_text("LANGUAGE=en\n")
    assert load(tmp_path, LANGUAGE="ru_RU:ru").language == "en"
    (tmp_path / ".env").write_text("LANGUAGE=English\n")
    assert "LANGUAGE" in problems(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"GOOD=1\n'bad line\n", "line 2"), ("A=1".encode("utf-16"), "UTF-8"), (None, "cannot be read")],
)
def test_unreadable_env_file(tmp_path: Path, content: bytes | None, words: str) -> None:
    """A .env that cannot be read is told with its path and line."""
    path = tmp_path / ".env"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    (name, problem), *_ = problems(tmp_path).items()
    assert str(path) in name
    assert words in f"{name} {problem}"


def test_places_that_a_starting_bot_cannot_write(tmp_path: Path) -> None:
    """They are told beside the other wrong settings; a command that only reads does not ask, and makes no folder."""
    (tmp_path / "file").write_text("")
    (tmp_path / "scenarios").mkdir()
    variables = {"DATA_DIR": "file/data", "LOG_FILE": "/proc/none/bot.log", "SMTP_PORT": "x"}
    with pytest.raises(SettingsError) as caught:
        Settings.load(tmp_path, environ=variables, cwd=tmp_path, declared=lambda root, given: [("MINE", "is missing")])
    assert list(dict(caught.value.problems)) == ["SMTP_PORT", "MINE", "DATA_DIR", "LOG_FILE"]
    assert "file/data' cannot be written (Not a directory)" in dict(caught.value.problems)["DATA_DIR"]
    assert list(problems(tmp_path, **variables)) == ["SMTP_PORT"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "scenarios"]


def test_what_scenarios_see(tmp_path: Path) -> None:
    """Scenarios read variables in either case with numbers typed, and never a secret by name, value or address."""
    seen = load(
        tmp_path,
        WORKOUT_COOLDOWN_HOURS="12",
        Price="99.5",
        CODE="007",
        OPEN="True",
        TELEGRAM_BOT_TOKEN=TOKEN,
        COPY=TOKEN,
        OPENROUTER_API_KEY="abcdef",
        MY_SECRET="s",
        CRM_PASSWORD="p",
        DATABASE_URL="sqlite:///x.db",
        HOOK="https://user:hush@example.com/",
        BROKEN="http://[::1",
        KEYBOARD="wide",
    ).for_scenarios()
    assert dict(seen) == {
        "WORKOUT_COOLDOWN_HOURS": 12,
        "workout_cooldown_hours": 12,
        "Price": 99.5,
        "price": 99.5,
        "PRICE": 99.5,
        "CODE": "007",
        "code": "007",
        "OPEN": True,
        "open": True,
        "KEYBOARD": "wide",
        "keyboard": "wide",
        "BROKEN": "http://[::1",
        "broken": "http://[::1",
    }


@pytest.mark.parametrize(
    ("sender", "allowed"),
    [
        (Sender("telegram:5"), True),
        (Sender("telegram:6", username="ANNA"), True),
        (Sender("telegram:6", username="boris"), False),
        (Sender("telegram:6"), False),
        (Sender("terminal:me"), True),
    ],
)
def test_allowed_users(tmp_path: Path, sender: Sender, allowed: bool) -> None:
    """ALLOWED_USERS holds numbers and @names; without it everyone is welcome, and the terminal always is."""
    assert load(tmp_path, ALLOWED_USERS="5,@Anna").allows(sender) is allowed
    assert load(tmp_path).allows(sender)


def test_log_goes_to_console_and_file_redacted(
    tmp_path: Path, root_logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both places get `time - level - module - message`, tracebacks included, and no secret in any of them."""
    console = io.StringIO()
    monkeypatch.setattr(sys, "stderr", console)
    settings = load(
        tmp_path, LOG_FILE="logs/bot.log", SMTP_USER="u", SMTP_PASSWORD="swordfish", TELEGRAM_BOT_TOKEN=TOKEN
    )
    logs.configure(settings)
    logs.configure(settings)  # a second time replaces the first
    log = logging.getLogger("engine.somewhere")
    log.info("asked https://api.telegram.org/bot%s/getMe with %s", TOKEN, {"Authorization": "Bearer abcdefghij"})
    logging.getLogger("httpx").info("chatter")
    try:
        raise ValueError("login swordfish at smtp://u:other@host failed, 987654321:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    except ValueError:
        log.exception("mail failed")
    written = (tmp_path / "logs/bot.log").read_text(encoding="utf-8")
    assert written == console.getvalue()
    first = written.splitlines()[0]
    assert first.split(" - ", 1)[1] == (
        "INFO - engine.somewhere - asked https://api.telegram.org/bot[secret]/getMe with {'Authorization': '[secret]'}"
    )
    assert "Traceback" in written
    for hidden in (TOKEN, "abcdefghij", "swordfish", ":other@", "987654321:A", "chatter"):
        assert hidden not in written


@pytest.mark.parametrize(("level", "shown"), [({}, False), ({"LOG_LEVEL": "INFO"}, True)])
def test_quiet_console(
    tmp_path: Path,
    root_logger: logging.Logger,
    monkeypatch: pytest.MonkeyPatch,
    level: dict[str, str],
    shown: bool,
) -> None:
    """While somebody chats in the terminal only warnings are shown there, unless LOG_LEVEL was written."""
    console = io.StringIO()
    monkeypatch.setattr(sys, "stderr", console)
    logs.configure(load(tmp_path, **level), quiet=True)
    logging.getLogger("engine.x").info("news")
    logging.getLogger("engine.x").warning("danger")
    assert ("news" in console.getvalue()) is shown
    assert "danger" in console.getvalue()


def test_a_relative_database_counts_from_the_bots_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As DATA_DIR does, from wherever the command is called. One that stands in the current folder is not passed by."""
    bot, here = tmp_path / "a bot", tmp_path / "here"
    bot.mkdir()
    (here / "data").mkdir(parents=True)
    monkeypatch.chdir(here)
    for text in ("sqlite:///data/my.db", f"sqlite:///{bot}/data/my.db"):
        settings = load(bot, DATABASE_URL=text)
        assert database_path(settings.database_url, settings.data_dir) == str(bot / "data/my.db")
    assert load(bot, DATABASE_URL="sqlite:///:memory:").database_url == "sqlite:///:memory:"
    (here / "data/my.db").touch()
    with pytest.raises(SettingsError, match="counts from the bot's folder"):
        load(bot, DATABASE_URL="sqlite:///data/my.db")
