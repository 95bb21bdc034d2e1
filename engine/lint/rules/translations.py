"""Texts in several languages: one that is missing, and one that puts other values in.

Law: an author who writes in one language is never told to translate; nor is a text without words of its own. It is a
warning only where catalog/bot.yaml names the bot's languages, or where a file of translations is there to be filled.
"""

from __future__ import annotations

import re

from engine.core.choices import Literal
from engine.core.finding import Span, Topic
from engine.core.project import Scenario
from engine.core.template import Plain, Text, Translated, Value
from engine.lint.tongues import are_languages
from engine.lint.world import World
from engine.project.translations import Match, has_words, language_of

_FOR_THE_HOUSE = ("notify",)
_SHOWN = re.compile(r"\{\{-?\s*([^\W\d]\w*(?:\.\w+)+)\s*(?:-?\}\}|\|)")  # `table.day` of `{{ table.day | date }}`


def check(world: World) -> None:
    if len(world.project.languages) < 2:
        return
    whole = [file for file, po in world.loaded.translations.items() if not po.findings]
    files = {language_of(file) for file in whole} & {*world.project.languages}
    unread = {language_of(file) for file, po in world.loaded.translations.items() if po.findings}
    anywhere = world.builtins.keys() | {"catalog", "labels", "item"}
    for scenario in world.scenarios.values():
        made = world.loaded.files.get(scenario.file)
        unlaid = made is not None and made.sketch is not None  # one with a mistake in its form has no entries yet
        texts = _texts(scenario)
        several = any(len(text.languages) > 1 for text in texts)
        entries = _entries(world, scenario)
        wanted = world.project.languages if several else [one for one in world.project.languages if one in files]
        of_languages = _of_languages(world, scenario) if wanted else ()
        for text in texts if wanted else ():
            if len(text.languages) < len(world.project.languages) and id(text) not in of_languages:
                missing = [one for one in wanted if one not in text.languages and one not in unread]
                missing = [one for one in missing if not (unlaid and one in files)]
                missing = [one for one in missing if not _at_its_entry(world, entries.get((id(text), one)))]
                _missing(world, text, missing, files)
            if text.reads and len({one.reads for one in text.languages.values()}) > 1:
                _names(world, text, scenario.writes | anywhere)
            elif len(text.languages) > 1 and text.reads:
                _printed(world, text)


def _texts(scenario: Scenario) -> list[Text | Translated]:
    found: list[Text | Translated] = [text for text in (scenario.title, scenario.description) if text is not None]
    for step in scenario.steps:
        for template in step.templates if step.verb not in _FOR_THE_HOUSE else ():
            if isinstance(template, (Text, Translated)):
                found.append(template)
            elif isinstance(template, Value):
                found += [part for part in template.parts() if isinstance(part, Translated)]
    return found


def _of_languages(world: World, scenario: Scenario) -> set[int]:
    """The labels of choices that are names of languages, where one is not there in each of the bot's."""
    languages = world.project.languages
    found = set[int]()
    for step in scenario.steps:
        choices = getattr(step, "choices", None) if step.verb == "ask" else None
        labels = [option.label for option in choices.options] if isinstance(choices, Literal) else []
        lacking = any(len(label.languages) < len(languages) for label in labels)
        if isinstance(choices, Literal) and lacking and are_languages(choices, languages):
            found |= set(map(id, labels))
    return found


def _entries(world: World, scenario: Scenario) -> dict[tuple[int, str], Match]:
    """The entries that belong to a text, by the text and the language."""
    made = world.loaded.files.get(scenario.file)
    matches = made.laid.matches if made is not None and made.laid is not None else ()
    return {(id(text), match.language): match for match in matches for text in match.place.texts}


def _at_its_entry(world: World, match: Match | None) -> bool:
    """Told where it is to be written; or it is there and stale, which is told by another rule."""
    if match is None:
        return False
    if not match.entry.text.text and has_words(match.place.source):
        message = f"The text has no translation into `{match.language}` yet; people read it as it is in the scenario."
        help = "Write it between the quotes of msgstr."
        topic = Topic((match.language,))
        world.report("missing-translation", "warning", match.entry.text.span, message, help, topic=topic)
    return True


def _missing(world: World, text: Text | Translated, missing: list[str], files: set[str]) -> None:
    if not missing:
        return
    first = next(iter(text.languages.values()))
    at = _at(text, first)
    if len(text.languages) == 1 and _is_a_name(first.source):
        return
    if at is not None and any(has_words(one.source) for one in text.languages.values()):
        listed = ", ".join(f"`{language}`" for language in missing)
        message = f"This text is not there in {listed}; other texts of this scenario are."
        known = ", ".join(
            [*(f"{language}: …" for language in text.languages), *(f"{language}: …" for language in missing)]
        )
        help = f"Write `{{{known}}}`."
        filled = [language for language in missing if language in files]
        if filled:
            message = f"This text is not there in {listed}."
            help = f"`dialogue translate update` adds it to translations/{filled[0]}.po; or write `{{{known}}}`."
        severity = "warning" if filled or _declared(world) else "info"
        about, topic = at if filled else None, Topic((*missing,))
        world.report("missing-translation", severity, at, message, help, about=about, topic=topic)


_OF_ITS_OWN = re.compile(r"\w*[a-z0-9-][A-Z]\w*|[A-Z0-9]{2,5}", re.ASCII)
_SERVICES = frozenset(
    re.findall(r"\w+", "telegram viber skype zoom instagram facebook visa mastercard google apple github")
)


def _is_a_name(source: str) -> bool:
    """`Wi-Fi`, `PDF`, `WhatsApp`, `Google Pay`: such names are the same everywhere."""
    words = source.split()
    known = [bool(_OF_ITS_OWN.fullmatch(one.replace("-", ""))) or one.lower() in _SERVICES for one in words]
    return 0 < len(words) <= 2 and known[0]


def _declared(world: World) -> bool:
    """Whether the bot says which languages it speaks: then a missing text is a mistake, else it may be as meant."""
    return b"languages" in world.loaded.sources.get("catalog/bot.yaml", b"")


def _names(world: World, text: Text | Translated, known: frozenset[str]) -> None:
    """Each language puts the same values in. The scenario's own words decide what a file of translations may use. A
    name that nothing knows is told as that."""
    told = {language: one for language, one in text.languages.items() if one.source.strip()}  # else it is told as empty
    own = {language: one for language, one in told.items() if not _foreign(text, one, language)}
    reads = frozenset[str]().union(*(one.reads for one in own.values()))
    for language, one in told.items():
        missing = sorted((reads - one.reads) & known) if one.reads <= known else []
        more = sorted((one.reads - reads) & known)
        at = _at(text, one, language)
        if missing and at is not None:
            message = f"The text in `{language}` does not use `{missing[0]}`, and the other one does."
            world.report("placeholder-differs", "warning", at, message, "Use the same names in every language.")
        elif more and at is not None:
            message = f"The text in `{language}` uses `{more[0]}`, and the scenario's own does not."
            world.report("placeholder-differs", "warning", at, message, "Use the same names in every language.")


def _printed(world: World, text: Text | Translated) -> None:
    """The same names are read, and one language shows a field of them that another one does not even look at."""
    shown = {language: frozenset(_SHOWN.findall(one.source)) for language, one in text.languages.items()}
    most = max(shown.values(), key=len)
    for language, fields in shown.items():
        lacking = sorted(field for field in most - fields if field not in text.languages[language].source)
        at = _at(text, text.languages[language], language) if lacking and fields < most else None
        if at is not None:
            message = f"The text in `{language}` does not use `{lacking[0]}`, and the other one does."
            world.report("placeholder-differs", "warning", at, message, "Use the same names in every language.")


def _foreign(text: Text | Translated, one: Plain, language: str) -> bool:
    """It stands in a file of translations."""
    at = _at(text, one, language)
    return at is not None and at.file.startswith("translations/")


def _at(text: Text | Translated, one: Plain, language: str = "") -> Span | None:
    if isinstance(text, Text):
        scalar = text.scalars.get(language or next(iter(text.scalars), ""))
        return scalar.span if scalar is not None else one.span
    return one.scalar.span if one.scalar is not None else one.span
