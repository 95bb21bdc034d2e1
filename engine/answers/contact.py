"""How to reach a person: e-mail, phone, or whichever of phone, @username and e-mail they give.

Law: no network; a phone is E.164 (`+79161234567`), an e-mail's domain is in lower case. A sent card is the person's own
unless the author allows others (`own: false`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.answers.around import asked_back, read_around, without_idle
from engine.answers.beside import IDLE, read_beside
from engine.answers.typed import ascii_digits, fold, typed
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

LONGEST = 320  # characters: the longest e-mail address (RFC 3696, erratum 1690)
PHONE_WORDS = 7  # «8 916 123 45 67»

_PHONE = r"\+?[0-9(][0-9()\s.\-‐‑–—]{3,30}[0-9]"
_NUMBER_WORD = r"(?i)^(?:tel|phone|тел|телефон|номер)\b[.:\s]*"
_EMAIL = r"[^\s@,;<>()]+@[^\s@,;<>()]+"
_USERNAME = (
    r"(?i)(?:(?:https?://)?(?:www\.)?(?:t|telegram)\.me/|(?<![\w@.])@)([a-z][a-z0-9_]{3,31})(?![a-z0-9_@])/?(?:\?\S*)?"
)
_HERE = (  # «пишите сюда»: the person's own @username, when there is one
    r"(?:(?:можно |лучше |давайте |просто )?(?:пишите|пиши|напишите|напиши|отвечайте|ответьте|write|text)(?: мне)? )?"
    r"(?:(?:прямо |вот )?(?:сюда|здесь|тут)(?: же)?|в (?:этот|этом) чат(?:е)?|в (?:лс|личку|личке|личные сообщения)|"
    r"(?:в )?(?:тг|телеграм|телеграмм|телеге|телегу|телеграме|телеграмме)|я в (?:тг|телеге|телеграме|телеграмме)|"
    r"(?:right )?here|in telegram|on telegram|in this chat)"
)
_NICK = r"(?i)(?:(?P<said>тг|телега|телеграмм?|ник|telegram|tg)\b[\s:—–-]+)?(?P<nick>[a-z][a-z0-9_]{3,31})"
_SPOILT = r"([^\s@,;<>()]+)\s*(?:@|\(at\)|\sсобака\s)\s*([^\s@;<>()]+)"


class Email(AnswerType):
    name = "email"
    noun = ("почта", "an e-mail")
    doc = "An e-mail address; only its form is checked."
    examples = (("Anna@Mail.RU", "Anna@mail.ru"),)

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        text = typed(raw)
        value = read_around(text, read_email, IDLE) if text else None
        return Accepted(value, value) if value else _nearly(text or "", read_email) or Rejected("wrong_email")


class Phone(AnswerType):
    name = "phone"
    noun = ("телефон", "a phone number")
    takes = frozenset({"text", "contact"})
    limits = frozenset({"own"})
    doc = "A phone number, typed or shared, as `+79161234567`; without a country code it is one of `region`."
    examples = (("8 916 123-45-67", "+79161234567"), ("+1 202 555 0123", "+12025550123"))

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        if isinstance(raw, dict):
            card = read_card(raw, question)
            if isinstance(card, Rejected):
                return card
            return Accepted(card["phone"], raw) if card else Rejected("wrong_phone")
        text = typed(raw)
        if not text:
            return Rejected("wrong_phone")

        def read(said: str) -> str | None:
            return read_phone(said, question.region)

        if value := read_around(text, read, IDLE):
            return Accepted(value, value)
        found = asked_back(text, read, str, most=PHONE_WORDS) or _with_a_note(text, question.region)
        return found or Rejected("wrong_phone")


WAYS = {"phone": None, "username": None, "email": None, "note": ""}  # always there: `contact.phone` is no unknown name
_SHOWN = ("text", "name", "note")


class Contact(AnswerType):
    name = "contact"
    noun = ("контакт", "a contact")
    takes = frozenset({"text", "contact"})
    limits = frozenset({"own"})
    doc = (
        "A shared contact, or a phone, @username and e-mail as given: `kind` is `phone`, `username` or `email`, the "
        "value stands under that name too, `text` is all of these with commas. `name` and `note` are what is written "
        "beside them: «Анна», «звонить после 18». «пишите сюда» is the person's own @name."
    )
    value = "map"
    examples = (
        ("8 916 123-45-67", WAYS | {"kind": "phone", "phone": "+79161234567", "text": "+79161234567", "name": ""}),
        ("t.me/anna_k", WAYS | {"kind": "username", "username": "anna_k", "text": "@anna_k", "name": ""}),
        (
            "Анна, 8 916 123-45-67, звонить после 18",
            WAYS
            | {"kind": "phone", "phone": "+79161234567", "text": "+79161234567", "name": "Анна"}
            | {"note": "звонить после 18"},
        ),
        ("a@b.ru, Анна", WAYS | {"kind": "email", "email": "a@b.ru", "text": "a@b.ru", "name": "Анна"}),
    )

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        if isinstance(raw, dict):
            card = read_card(raw, question)
            if isinstance(card, Rejected):
                return card
            return Accepted({**WAYS, **card}, raw) if card else Rejected("wrong_contact")
        text = typed(raw)
        value = _read_contact(ascii_digits(text), question.region) if text and len(text) <= LONGEST else None
        value = value or _nick(text or "", question.username)
        if value:
            return Accepted({**WAYS, **value}, _together(**{name: value.get(name, "") for name in _SHOWN}))
        return _nearly(text or "", _bare_nick) or Rejected("wrong_contact")

    def show(self, value: Any, question: Question) -> str:
        if not isinstance(value, dict):
            return "" if value is None else str(value)
        return _together(**{name: str(value.get(name) or "") for name in _SHOWN})


def _with_a_note(text: str, region: str) -> Rejected | None:
    """«8 916 123-45-67, звоните после 18»: the only phone, beside the figures of an hour."""
    found = _read_contact(ascii_digits(text), region) if len(text) <= LONGEST else None
    if found is None or found.get("kind") != "phone":
        return None
    return Rejected("wrong_near", {"suggestion": found["phone"]}, found["phone"])


def _nearly(text: str, read: Callable[[str], str | None]) -> Rejected | None:
    """The only address in a longer text; or one spoilt by a comma, a space or «собака»."""
    if found := asked_back(text, read, str):
        return found
    spoilt = re.search(_SPOILT, text) if len(text) <= LONGEST and text.count("@") <= 1 else None
    mended = read_email(f"{spoilt[1]}@{spoilt[2].replace(',', '.')}") if spoilt else None
    return Rejected("wrong_near", {"suggestion": mended}, mended) if mended else None


def _nick(text: str, username: str) -> dict[str, str] | None:
    """«тг anna_k»; «пишите сюда» of a person who has a name in Telegram."""
    if len(text) > LONGEST:
        return None
    said = re.fullmatch(_NICK, text)
    nick = said["nick"] if said and said["said"] else username if re.fullmatch(_HERE, without_idle(fold(text))) else ""
    return {"kind": "username", "username": nick, "text": f"@{nick}", "name": ""} if nick else None


def _bare_nick(text: str) -> str | None:
    """`anna_k`: with a figure or a line in it, or it may be any word."""
    return f"@{text}" if re.fullmatch(_NICK, text) and re.search("[0-9_]", text) else None


def read_email(text: str) -> str | None:
    if len(text) > LONGEST or "@" not in text:
        return None
    from email_validator import EmailNotValidError, validate_email  # late: most talks need none

    text = text.rstrip(">.,;!? ").lstrip("< ").removeprefix("mailto:")
    try:
        return validate_email(text, check_deliverability=False).normalized
    except (EmailNotValidError, ValueError):  # ValueError: a label that its IDNA library cannot take apart
        return None


def read_phone(text: str, region: str) -> str | None:
    """E.164; None for what no numbering plan knows. `region` is of ISO 3166, such as `RU`."""
    if len(text) > LONGEST:
        return None
    text = re.sub(_NUMBER_WORD, "", ascii_digits(text)).strip(" .,;!")
    if not re.fullmatch(_PHONE, text):
        return None
    import phonenumbers  # late: most talks need none

    try:
        number = phonenumbers.parse(text, region.upper())
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_card(raw: dict[Any, Any], question: Question) -> dict[str, str] | Rejected | None:
    """A shared card. The channel vouches for its number, so one that no plan knows is still taken."""
    card = raw.get("contact")
    number = typed(card.get("phone")) if isinstance(card, dict) else None
    if not isinstance(card, dict) or not number or len(number) > 40:
        return None
    if card.get("own") is not True and question.limits.get("own") not in (False, "false"):
        return Rejected("wrong_not_own")
    digits = re.sub(r"[^0-9]", "", ascii_digits(number))
    phone = read_phone("+" + digits, question.region) or read_phone(number, question.region)
    if phone is None and 5 <= len(digits) <= 15:
        phone = "+" + digits
    return {"kind": "phone", "phone": phone, "text": phone, "name": typed(card.get("name")) or ""} if phone else None


def _read_contact(text: str, region: str) -> dict[str, str] | None:
    """Every way to reach the person that the text names, at most one of a kind; `kind` is the most direct one."""
    found: dict[str, tuple[str, str]] = {}
    for kind, pattern in (("email", _EMAIL), ("username", _USERNAME), ("phone", _PHONE)):
        match = re.search(pattern, text)
        if match is None:
            continue
        if kind == "username":
            found[kind] = match[1], "@" + match[1]
        else:
            value = read_email(match[0]) if kind == "email" else read_phone(match[0], region)
            if value is None:
                return None
            found[kind] = value, value
        text = f"{text[: match.start()]}, {text[match.end() :]}"
    beside = read_beside(text)
    kinds = [kind for kind in ("phone", "username", "email") if kind in found]
    if not kinds or beside is None:
        return None
    shown = ", ".join(found[kind][1] for kind in kinds)
    return {
        "kind": kinds[0],
        **{kind: found[kind][0] for kind in kinds},
        "text": shown,
        "name": beside[0],
        "note": beside[1],
    }


def _together(text: str, name: str, note: str) -> str:
    """As it would be written, and is read again. A comma keeps a number apart from the figures of an hour."""
    return ", ".join(one for one in (f"{text} {name}".strip(), note) if one)
