"""Translations as part of the snapshot: what an edit of their file touches, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

from engine.core.project import Project
from engine.core.template import Text
from engine.project.load import Loader
from tests.driver import sources

SCENARIOS = {"one": "- say: Раз\n", "two": "- say: Два\n- set: {x: 'Раз', y: {ru: Раз}}\n- say: '{{ x }}{{ y }}'\n"}
ONE = 'msgctxt "one/say#1.say"\nmsgid "Раз"\nmsgstr "One"\n'
TWO = 'msgctxt "two/say#1.say"\nmsgid "Два"\nmsgstr "Two"\n'


def loaded(loader: Loader, po: str | None) -> Project:
    files = {"translations/en.po": po} if po is not None else {}
    made = loader.build(sources(SCENARIOS, **files))
    assert made.project is not None, made.errors
    return made.project


def test_only_what_changed_is_made_anew() -> None:
    """A scenario stays the very same object, its version too, when an entry of another one changes."""
    loader = Loader(Path("/nowhere"))
    bare = loaded(loader, None)
    first = loaded(loader, f"{ONE}\n{TWO}")
    second = loaded(loader, f"{ONE}\n{TWO.replace('Two', '2')}")
    assert second.scenarios["one"] is first.scenarios["one"]
    assert second.scenarios["two"].version != first.scenarios["two"].version != bare.scenarios["two"].version
    assert second.version != first.version


def test_what_nobody_reads_makes_no_new_version() -> None:
    """Comments, places, entries put aside and lines moved about leave people mid-way alone."""
    first = loaded(Loader(Path("/nowhere")), f"{ONE}\n{TWO}")
    moved = loaded(Loader(Path("/nowhere")), f'# hello\n{TWO}\n#: a:5\n#, x\n{ONE}\n#~ msgid "a"\n#~ msgstr "b"\n')
    assert {name: one.version for name, one in moved.scenarios.items()} == {
        name: one.version for name, one in first.scenarios.items()
    }
    gone = loaded(Loader(Path("/nowhere")), "# nothing yet\n")
    assert gone.scenarios["one"].version == loaded(Loader(Path("/nowhere")), None).scenarios["one"].version


def test_a_word_in_a_value_is_no_text() -> None:
    """`set` of a bare word stays what the scenario compares; with its language written it is a text."""
    po = "".join(f'msgctxt "two/set#1.set.{name}"\nmsgid "Раз"\nmsgstr "One"\n\n' for name in "xy")
    step = loaded(Loader(Path("/nowhere")), po).scenarios["two"].steps[1]
    values = {name: value.data for name, value in step.set.items()}  # type: ignore[attr-defined] # it is a `set`
    assert values["x"] == "Раз"
    assert {language: one.source for language, one in values["y"].languages.items()} == {"ru": "Раз", "en": "One"}


def test_a_text_that_an_alias_repeats() -> None:
    """It is one text, translated wherever it stands."""
    files = sources(
        {"one": "- say: &hello Привет\n- say: *hello\n"},
        **{"translations/en.po": 'msgctxt "one/say#1.say"\nmsgid "Привет"\nmsgstr "Hello"\n'},
    )
    project = Loader(Path("/nowhere")).build(files).project
    assert project is not None
    texts = [text for step in project.scenarios["one"].steps for text in step.templates if isinstance(text, Text)]
    assert [text.of("en").source for text in texts] == ["Hello", "Hello"]
