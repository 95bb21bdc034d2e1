"""Files of translations: entries whose text has changed, that belong to no text, or that nobody reads."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from engine.core.finding import Span, Topic
from engine.core.values import cut
from engine.lint.world import World
from engine.project.po import Entry, PoFile
from engine.project.scenario import ScenarioFile
from engine.project.translations import Match, bare, language_of

NEARLY = 0.8  # of the letters are the same
LONGEST = 60  # characters of a text that a message repeats


def check(world: World) -> None:
    for scenario in world.scenarios.values():
        made = world.loaded.files.get(scenario.file)
        if made is None or made.laid is None:
            continue
        for match in made.laid.matches:
            _match(world, match)
        names = {place.name: place.at.span for place in made.places()}
        for language, entry in made.laid.unused:
            taken = {match.place.name for match in made.laid.matches if match.language == language}
            _unused(world, entry, taken, names, _alike(made, entry) if entry.name not in names else None)
    if world.leads:
        for file, po in world.loaded.translations.items():
            _file(world, file, po)


def _match(world: World, match: Match) -> None:
    entry, place = match.entry, match.place
    if not entry.text.text:
        return
    other = next((text.languages[match.language] for text in place.texts if match.language in text.languages), None)
    if not match.used and other is not None:
        message = f"The scenario itself has this text in `{match.language}`, which people read."
        help = f"Delete it in line {place.at.span.line} of {place.at.span.file}, or this entry."
        topic = Topic((match.language,))
        world.report("translated-twice", "warning", entry.text.span, message, help, topic=topic)
    elif match.stale:
        _stale(world, match)


def _stale(world: World, match: Match) -> None:
    entry, place = match.entry, match.place
    now = cut(place.source, LONGEST)
    if bare(entry.source.text) != place.source:
        message = f"The text has changed since this was translated. It is now: {now!r}."
        help = f"`dialogue translate update {match.language}` puts the new text beside it."
    else:
        message = "This translation is marked as `fuzzy`: it was made from other words."
        help = "Correct it, and take `fuzzy` out of the entry."
    if not match.used:
        message += " People read the scenario's own text, because " + (
            "it was guessed by a tool." if entry.guessed else "it uses a name that the text does not use any more."
        )
    world.report("stale-translation", "warning", entry.text.span, message, help, about=place.at.span)


def _unused(world: World, entry: Entry, taken: set[str], names: Mapping[str, Span], alike: Span | None = None) -> None:
    """`taken` are the names of texts that have another entry, `names` where each text stands, `alike` where a text does
    that has nearly its words."""
    at = entry.context or entry.source
    if entry.name in taken:
        message, help = f"People read another entry for `{entry.name}`.", "Keep one of them."
    elif entry.name in names:
        message = f"`{entry.name}` is now a text with other words, so that this is not taken for its translation."
        help = "`dialogue translate update` puts the entry aside."
    else:
        message = f"There is no text `{entry.name}`, at least not any more."
        help = "`dialogue translate update` puts the entry aside."
    world.report("unused-translation", "warning", at.span, message, help, about=names.get(entry.name, alike))


def _alike(made: ScenarioFile, entry: Entry) -> Span | None:
    """Where the text stands that this was most likely the translation of, before its words were changed."""
    by_words = {place.source: place.at.span for place in made.places()}
    return next((by_words[one] for one in get_close_matches(entry.source.text, by_words, 1, NEARLY)), None)


def _file(world: World, file: str, po: PoFile) -> None:
    """What is no matter of one scenario."""
    language, languages = language_of(file), world.project.languages
    if language not in languages:
        message = f"`{language}` is no language of this bot; it speaks {', '.join(languages)}."
        help = "Add it to `languages` in catalog/bot.yaml; until then nobody reads this file."
        world.report("unknown-language", "warning", Span(file), message, help, topic=Topic((language,)))
        return
    for entry in po.entries:
        if entry.obsolete or entry.name.partition("/")[0] in world.facts or world.broken:
            continue
        if entry.context is None:
            message = "This entry has no msgctxt, so that nobody knows which text it belongs to."
            help = "`dialogue translate update` writes entries with their names."
            world.report("unused-translation", "warning", entry.source.span, message, help)
        else:
            _unused(world, entry, set(), {})
