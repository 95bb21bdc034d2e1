"""The words of the pictures, in Russian and in English."""

from __future__ import annotations

WORDS = {
    "ru": {
        "yes": "да",
        "no": "нет",
        "fails": "модель молчит",
        "after tries": "не понял",
        "else": "иначе",
        "each": "каждый",
        "after": "дальше",
        "start": "Начало",
        "end": "Конец",
        "next": "следующий",
        "find": "Найти",
        "save": "Записать",
        "update": "Обновить",
        "manager": "Письмо менеджеру",
        "admin": "Сообщение админу",
        "llm": "Модель",
        "each of": "Для каждого из",
        "asked": "Спросили",
        "lost means": "ушли или молчат сутки",
        "standing": "Сейчас здесь",
        "silent": "из них молчат сутки",
        "median": "Ответ за",
        "wrong": "Ответы мимо",
        "lost": "Потери",
        "step": "Шаг",
        "went": "сколько людей прошло",
        "question": "Вопрос",
        "message": "Сообщение",
        "model": "Модель",
        "branch": "Развилка",
        "record": "Запись",
        "scenario": "Другой разговор",
        "conversations": "Разговоры бота",
        "runs": "Кто кого запускает",
        "begun": "Начали",
        "finished": "Дошли до конца",
        "seconds": "с",
        "minutes": "мин",
        "hours": "ч",
        "days": "дн",
    },
    "en": {
        "after tries": "not understood",
        "fails": "no reply",
        "each": "each",
        "after": "then",
        "start": "Start",
        "end": "End",
        "find": "Find",
        "save": "Save",
        "update": "Update",
        "manager": "E-mail to the manager",
        "admin": "Message to the admin",
        "llm": "Model",
        "each of": "For each of",
        "asked": "Asked",
        "lost means": "left, or silent for a day",
        "standing": "Here now",
        "silent": "silent for a day",
        "median": "Answer in",
        "wrong": "Wrong answers",
        "lost": "Lost",
        "step": "Step",
        "went": "people who went this way",
        "question": "Question",
        "message": "Message",
        "model": "Model",
        "branch": "Branch",
        "record": "Record",
        "scenario": "Another conversation",
        "conversations": "The bot's conversations",
        "runs": "Which runs which",
        "begun": "Begun",
        "finished": "Finished",
        "seconds": "s",
        "minutes": "min",
        "hours": "h",
        "days": "d",
    },
}


def word(language: str, name: str) -> str:
    """In this language; English where it is neither; the name itself when it is no word of ours."""
    return WORDS["ru" if language == "ru" else "en"].get(name, name)


def percent(share: float) -> str:
    """`20 %` of 0.2."""
    return f"{share:.0%}".replace("%", " %")


def duration(language: str, seconds: float) -> str:
    """`12 s`, `4 min`, `2 h`, `3 d`."""
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= size:
            return f"{seconds / size:.0f} {word(language, name)}"
    return f"{seconds:.0f} {word(language, 'seconds')}"
