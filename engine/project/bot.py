"""catalog/bot.yaml: what holds for the whole bot: languages, time zone, name, bounds, declared settings.

Law: every part has a default, so an absent or broken file still gives a bot that runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct, field

from engine.core import node as nodes
from engine.core.finding import Finding, Topic
from engine.core.project import Bounds, Localized
from engine.project import file_schema
from engine.project.suggest import closest, is_typo, proposal

BOT = "catalog/bot.yaml"
DEFAULT_LANGUAGES = ("ru", "en")
DEFAULT_TIMEZONE = "Europe/Moscow"
_ZONES = dict.fromkeys(("MSK", "МСК", "МОСКВА", "UTC+3", "GMT+3", "+3", "+03:00"), "Europe/Moscow")
_TRUE, _FALSE = ("1", "true", "yes", "on", "да"), ("0", "false", "no", "off", "нет")
NAMED = re.compile(r"(?<![\w.#])settings\.([A-Za-z_]\w*)")


class Setting(Struct, frozen=True):
    """An environment variable that scenarios read as `settings.NAME`. `default` is already of its type, or None."""

    name: str
    type: Literal["text", "integer", "number", "boolean"] = "text"
    default: str | int | float | bool | None = None
    required: bool = False
    description: str = ""

    def read(self, raw: str) -> str | int | float | bool:
        """The value that a text from the environment stands for. Raises ValueError with a sentence for the operator."""
        text = raw.strip()
        if self.type == "text":
            return raw
        if self.type == "boolean" and text.lower() in _TRUE + _FALSE:
            return text.lower() in _TRUE
        try:
            if self.type == "integer":
                return int(text)
            if self.type == "number":
                number = float(text.replace(",", "."))
                if isfinite(number):
                    return int(number) if re.fullmatch(r"[-+]?\d+", text) else number
        except ValueError:
            pass
        wanted = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}[self.type]
        raise ValueError(f"{self.name} must be {wanted}, and is {raw!r}")


class Bot(Struct, frozen=True):
    """`languages[0]` is the default one. `name` holds a text for every language, or is empty. `formal`: people
    are addressed with «вы»."""

    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    timezone: str = DEFAULT_TIMEZONE
    name: Localized = field(default_factory=dict)
    formal: bool = False
    bounds: Bounds = field(default_factory=Bounds)
    settings: Mapping[str, Setting] = field(default_factory=dict)


def read_bot(source: str | bytes | None, file: str = BOT) -> tuple[Bot, list[Finding]]:
    """`source` is the file's content, None when there is no such file."""
    node, data, findings = file_schema.load(source, file, "bot")
    listed = data.get("languages") or (_salvaged(source or "") if findings else ())
    languages = tuple(dict.fromkeys(listed)) or DEFAULT_LANGUAGES
    timezone = _timezone(node, data, findings)
    settings = {}
    for key, row in data.get("settings", {}).items():
        setting = _setting(key, row, node, findings)
        settings[setting.name] = setting
    name = _name(node, data.get("name", ""), languages, findings)
    formal = bool(data.get("formal", False))
    return Bot(languages, timezone, name, formal, Bounds(**data.get("bounds", {})), settings), findings


def wrong_settings(root: Path, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is wrong with the variables that the bot in this folder declares: (name, the rest of the sentence)."""
    try:
        source = (root / BOT).read_bytes()
    except OSError:
        return []
    problems = []
    for name, setting in read_bot(source)[0].settings.items():
        if name in given:
            try:
                setting.read(given[name])
            except ValueError as error:
                problems.append((name, str(error).removeprefix(f"{name} ")))
        elif setting.required and setting.default is None:
            about = f": {setting.description}" if setting.description else ""
            problems.append((name, f"is needed by catalog/bot.yaml{about}"))
    return problems


def unset(sources: Mapping[str, bytes], settings: Mapping[str, Any]) -> list[str]:
    """The settings that scenarios and prompts name and that have no value, sorted: null to them."""
    named = set[str]()
    for file, source in sources.items():
        if b"settings." in source and file.startswith(("scenarios/", "prompts/")):
            named.update(NAMED.findall(source.decode("utf-8", "replace")))
    return sorted(name for name in named if settings.get(name) is None)


def _salvaged(source: str | bytes) -> list[str]:
    """The languages that a broken file most likely lists: texts in them are no mistakes of their own."""
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
    for found in re.finditer(r"^[ \t]*(\w+)\b(.*(?:\n[ \t]*-.*)*)", text, re.MULTILINE):
        if is_typo(found[1], "languages"):
            return re.findall(r"(?<![^\W\d_])[a-z]{2,3}(?![^\W\d_])", re.sub("#.*", "", found[2]))
    return []


def _timezone(node: nodes.Mapping, data: dict[str, Any], findings: list[Finding]) -> str:
    from zoneinfo import ZoneInfo, available_timezones

    name: str = data.get("timezone", DEFAULT_TIMEZONE)
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # OSError: a folder of the zone database, such as `Europe`
        near = _ZONES.get(name.upper()) or closest(name, sorted(available_timezones()))
        help = proposal(near) if near else "Write it as `Europe/Moscow` or `UTC`."
        _, span = file_schema.at(node, ["timezone"])
        findings.append(Finding(span, "unknown-timezone", "error", f"There is no time zone `{name}`.", help))
        return DEFAULT_TIMEZONE
    return name


def _name(
    node: nodes.Mapping, name: str | dict[str, str], languages: tuple[str, ...], findings: list[Finding]
) -> Localized:
    if isinstance(name, str):
        return dict.fromkeys(languages, name) if name else {}
    strange = [file_schema.key_at(node, ["name", language]) for language in name if language not in languages]
    findings += [unknown_language(key, languages) for key in strange]
    source = file_schema.in_first(name, languages)
    return {language: name.get(language, source) for language in languages} if source else {}


def unknown_language(key: nodes.Scalar, languages: tuple[str, ...]) -> Finding:
    """A text in a language that the bot does not speak."""
    message = f"`{key.text}` is no language of this bot; it speaks {', '.join(languages)}."
    help = "Correct it, or add the language to `languages` in catalog/bot.yaml."
    return Finding(key.span, "unknown-language", "error", message, help, topic=Topic((key.text,)))


def _setting(key: str, row: Any, node: nodes.Mapping, findings: list[Finding]) -> Setting:
    """A whole declaration, or just its default (`HOURS: 12`), whose type is then what it looks like."""
    path = ["settings", key]
    if isinstance(row, dict):
        path.append("default")
    else:
        row = {"default": row}
    default = row.get("default")
    looks = {bool: "boolean", int: "number", float: "number"}.get(type(default), "text")
    required, description = row.get("required", False), row.get("description", "")
    setting = Setting(key.upper(), row.get("type", looks), None, required, description)
    found, span = file_schema.at(node, path)
    if default is None or not isinstance(found, nodes.Scalar):
        return setting
    try:
        return Setting(setting.name, setting.type, setting.read(found.text), required, description)
    except ValueError as error:
        message = f"The default of {error}."
        findings.append(Finding(span, "wrong-type", "error", message, "Change the default or the type."))
        return setting
