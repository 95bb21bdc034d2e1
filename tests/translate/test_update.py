"""A translator's file brought up to date: what comes, stays, is marked, and is put aside."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from engine.project.load import Loader
from engine.project.po import read_po
from engine.translate.update import Updated, template, updated
from tests.driver import sources

TALK = """
- ask: name
  question: Как тебя зовут?
  skip: Не скажу
- say: Привет!
- say: Пока!
- ask: level
  question: Какой уровень?
  choices: {new: Новичок, old: {label: Опытный}}
- say: "{{ name }} {{ level }}"
"""
FRENCH = """\
# The team's own
msgid ""
msgstr ""
"Language: fr\\n"
"X-Team: Lyon\\n"

# tutoyer
msgctxt "talk/name.question"
msgid "Как тебя зовут?"
msgstr "Comment tu t'appelles ?"

msgctxt "talk/say#1.say"
msgid "Привет!"
msgstr "Salut !"

msgctxt "talk/say#2.say"
msgid "Пока!"
msgstr "À bientôt !"

#~ msgctxt "talk/name.skip"
#~ msgid "Не скажу"
#~ msgstr "Je préfère pas"
"""


def brought_up(steps: str, known: str = FRENCH, take_inline: bool = False) -> Updated:
    loaded = Loader(Path("/nowhere")).build(sources({"talk": steps}, **{"catalog/bot.yaml": "languages: [ru, fr]\n"}))
    assert loaded.errors == []
    return updated(loaded, "fr", read_po(known.encode(), "translations/fr.po"), "Bot", take_inline)


def entries(made: Updated) -> dict[str, tuple[str, str, str]]:
    """Name -> (source, translation, `fuzzy from X` or nothing); what was put aside under `aside: name`."""
    return {
        f"{'aside: ' if one.obsolete else ''}{one.name}": (
            one.source.text,
            one.text.text,
            f"fuzzy from {one.previous}" if one.fuzzy else "",
        )
        for one in read_po(made.content, "translations/fr.po").entries
    }


def test_new_texts_are_added_and_old_entries_stay() -> None:
    """Every text with words has an entry, in the order of the scenario; one that was put aside is taken back."""
    made = brought_up(TALK)
    assert entries(made) == {
        "talk/name.question": ("Как тебя зовут?", "Comment tu t'appelles ?", ""),
        "talk/name.skip": ("Не скажу", "Je préfère pas", ""),
        "talk/say#1.say": ("Привет!", "Salut !", ""),
        "talk/say#2.say": ("Пока!", "À bientôt !", ""),
        "talk/level.question": ("Какой уровень?", "", ""),
        "talk/level.choices.new": ("Новичок", "", ""),
        "talk/level.choices.old.label": ("Опытный", "", ""),
    }
    assert {word: count for word, count in made.counts.items() if count} == {"texts": 7, "new": 3, "missing": 3}
    text = made.content.decode()
    assert text.startswith("# The team's own\nmsgid")
    assert '"X-Team: Lyon\\n"' in text
    assert '# tutoyer\n#: scenarios/talk.yaml:7\nmsgctxt "talk/name.question"' in text


CHANGES = {
    "a changed text is stale": (
        TALK.replace("Как тебя зовут?", "Имя?").replace("Привет!", "Привет тебе!"),
        {
            "talk/name.question": ("Имя?", "Comment tu t'appelles ?", "fuzzy from Как тебя зовут?"),
            "talk/say#1.say": ("Привет тебе!", "Salut !", "fuzzy from Привет!"),
        },
    ),
    "a text that has only the number of another takes nothing of it": (
        TALK.replace("Привет!", "Вот твой счёт."),
        {"talk/say#1.say": ("Вот твой счёт.", "", ""), "aside: talk/say#1.say": ("Привет!", "Salut !", "")},
    ),
    "a moved text keeps its translation": (
        TALK.replace("- say: Привет!\n- say: Пока!", "- say: Пока!\n- say: Привет!"),
        {"talk/say#1.say": ("Пока!", "À bientôt !", ""), "talk/say#2.say": ("Привет!", "Salut !", "")},
    ),
    "a text before others takes none of theirs": (
        TALK.replace("- say: Привет!", "- say: Так.\n- say: Привет!"),
        {
            "talk/say#1.say": ("Так.", "", ""),
            "talk/say#2.say": ("Привет!", "Salut !", ""),
            "talk/say#3.say": ("Пока!", "À bientôt !", ""),
        },
    ),
    "a renamed step keeps its translation": (
        TALK.replace("ask: name", "ask: who").replace("{{ name }}", "{{ who }}"),
        {"talk/who.question": ("Как тебя зовут?", "Comment tu t'appelles ?", "")},
    ),
    "a text that is gone is put aside": (
        TALK.replace("- say: Пока!\n", ""),
        {"talk/say#2.say": None, "aside: talk/say#2.say": ("Пока!", "À bientôt !", "")},
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_changes(case: str) -> None:
    """What an edit of the scenario makes of the entries; a second time changes nothing."""
    steps, expected = CHANGES[case]
    made = brought_up(steps)
    assert {name: entries(made).get(name) for name in expected} == expected
    again = brought_up(steps, made.content.decode())
    assert again.content == made.content


def test_stale_twice_and_back() -> None:
    """A text that changes again is still fuzzy from what was translated; changed back, the translation is right."""
    once = brought_up(TALK.replace("Привет!", "Приветик!")).content.decode()
    twice = brought_up(TALK.replace("Привет!", "Приветики!"), once)
    assert entries(twice)["talk/say#1.say"] == ("Приветики!", "Salut !", "fuzzy from Привет!")
    assert entries(brought_up(TALK, twice.content.decode()))["talk/say#1.say"] == ("Привет!", "Salut !", "")


def test_gone_and_back() -> None:
    """What was put aside comes back with its text, comment included."""
    without = brought_up(TALK.replace("ask: name", "ask: who").replace("Как тебя зовут?", "Ты кто?"))
    assert "aside: talk/name.question" in entries(without)
    back = brought_up(TALK, without.content.decode())
    assert entries(back)["talk/name.question"] == ("Как тебя зовут?", "Comment tu t'appelles ?", "")
    assert b"# tutoyer\n#: " in back.content


def test_inline_texts_are_taken_when_asked() -> None:
    """What the scenario says in the language is no entry; `take_inline` makes it one."""
    steps = dedent("""
        - say: {ru: Привет, fr: Salut}
        - say: {fr: Tout seul}
        - say: Пока
    """)
    assert list(entries(brought_up(steps, ""))) == ["talk/say#3.say"]
    taken = entries(brought_up(steps, "", take_inline=True))
    assert taken == {"talk/say#1.say": ("Привет", "Salut", ""), "talk/say#3.say": ("Пока", "", "")}


def test_the_template_has_every_text() -> None:
    """messages.pot holds what is inline in all languages too: another one may come."""
    made = template(Loader(Path("/nowhere")).build(sources({"talk": "- say: {ru: Привет, en: Hello}\n"})), "Bot")
    assert [one.name for one in read_po(made.content, "messages.pot").entries] == ["talk/say#1.say"]
