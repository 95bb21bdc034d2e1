"""Yes or no, in the many ways that people say it. Law: a text that says both, or neither, is neither."""

from __future__ import annotations

import re
from typing import Any

from engine.answers.typed import fold, is_russian, typed, words
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

LONGEST = 64  # characters; longer is a story, not a yes

YES = frozenset(
    words(
        "да ага угу конечно верно точно хорошо ок окей оке ладно давай давайте можно согласен согласна правильно "
        "разумеется безусловно естественно подтверждаю хочу надо нужно буду готов готова д плюс поехали погнали начнем "
        "начинаем начинай вперед пошли идет пойдет годится обязательно "
        "непременно естесно канешна канеш го окк da lf yes yep yeah yup y ok okay sure true correct right agreed "
        "agree absolutely definitely certainly alright go yea aye 1 + 👍 ✅ ✔ 👌 🆗 ☑"
    )
)
NO = frozenset(  # 2: the second button
    words(
        "нет неа нее нету не никак никогда отнюдь неверно неправильно н минус net ytn хватит "
        "no nope nah n not false never 0 2 - − – — 👎 ❌ ✖ 🚫"
    )
)
POLITE = frozenset(
    words(
        "спасибо пожалуйста пожалуй уж же ну тогда я это все скорее лучше наверное наверно вроде "
        "думаю мгм please thanks thank you i do it is that course lets"
    )
)
PHRASES: dict[str, bool | None] = {  # that their single words would tell wrongly, or not at all
    **dict.fromkeys(("of course", "так точно", "не против", "без проблем", "no problem", "why not"), True),
    **dict.fromkeys(("почему бы нет", "почему бы и нет", "no problems", "not bad"), True),
    **dict.fromkeys(("с удовольствием", "еще бы", "а то", "lets do it", "go ahead", "go for it", "all right"), True),
    **dict.fromkeys(("почему нет", "еще как", "было бы неплохо", "хотелось бы", "давай попробуем"), True),
    **dict.fromkeys(("давайте попробуем", "попробуем", "да есть", "мгм"), True),
    **dict.fromkeys(("вряд ли", "давай не будем", "давайте не будем", "больше не надо", "больше нет"), False),
    **dict.fromkeys(("sounds good", "by all means", "with pleasure"), True),
    **dict.fromkeys(("of course not", "not now", "not yet", "не сейчас", "не сегодня", "пока нет", "еще нет"), False),
    **dict.fromkeys(("в другой раз", "ни за что", "not really", "no way", "another time", "maybe later"), False),
    **dict.fromkeys(("not sure", "не точно", "да ну"), None),
}
STRESS = frozenset(words("конечно точно разумеется естественно безусловно absolutely definitely certainly sure"))
SIGNS = frozenset(",.!?;:…)(\"'")
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_LETS = re.compile("let['’]s")
_LONG = re.compile(r"\b(да|ага|нет|не|ок|yes|no)(?:-\1|[аетo]+|[кs]+)\b")  # «дааа», «да-да», «нееет»
_MODIFIERS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u200d]")  # skin tones and the like


class YesNo(AnswerType):
    name = "yes_no"
    noun = ("да или нет", "yes or no")
    takes = frozenset({"text", "choice"})
    doc = "Yes or no, in words, as `+` and `-`, 👍 and 👎, or a button with the id `yes` or `no`."
    value = "boolean"
    examples = (("да", True), ("Конечно!", True), ("не надо", False), ("👍", True), ("nope", False))

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        if isinstance(raw, dict):
            raw = raw.get("choice")
        text = typed(raw)
        value = _read(text, question) if text and len(text) <= LONGEST else None
        return Rejected("wrong_yes_no") if value is None else Accepted(value, "yes" if value else "no")

    def show(self, value: Any, question: Question) -> str:
        if value is None:
            return ""
        yes, no = ("Да", "Нет") if is_russian(question.language) else ("Yes", "No")
        return yes if value else no


def _read(text: str, question: Question) -> bool | None:
    whole = fold(text)
    for choice in question.choices:  # an author's own buttons, whose ids are yes and no
        if choice.id in ("yes", "no") and whole == fold(choice.label):
            return choice.id == "yes"
    return said(text)


def said(text: str) -> bool | None:
    """Yes or no; None for neither. Every part of the sentence must say the same: «да, но позже» is neither."""
    text = _LETS.sub("lets", text.casefold())
    whole = fold(text)
    if (phrase := whole.replace(",", "")) in PHRASES:
        return PHRASES[phrase]
    if whole in YES:
        return True
    if whole in NO:
        return False
    text = _LONG.sub(r"\1", text.replace("ё", "е"))
    words = _WORD.findall(_MODIFIERS.sub("", text))
    parts: list[list[str]] = [[]]
    for word in words:
        if word in SIGNS:
            parts.append([])
        else:
            parts[-1].append(word)
    telling = [part for part in parts if part and not POLITE.issuperset(part)]
    plain = [part for part in telling if not STRESS.issuperset(part)]  # «конечно, нет» is no
    meant = {_part(part) for part in plain or telling}
    return meant.pop() if len(meant) == 1 else None


def _part(said: list[str]) -> bool | None:
    """What stands between two commas: «не хочу», «точно нет»."""
    if (phrase := " ".join(said)) in PHRASES:
        return PHRASES[phrase]
    said = [word for word in said if word not in POLITE]
    if any(word in NO for word in said):
        said = [word for word in said if word not in STRESS]
    if all(word in NO for word in said) or (len(said) == 2 and said[0] in ("не", "not") and said[1] in YES):
        return False
    return True if all(word in YES for word in said) else None
