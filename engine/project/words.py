"""The engine's own sentences (engine/words) with an author's changes (catalog/words.yaml) laid over.

Law: an author changes a sentence, never its meaning: the word must exist, and its placeholders stay the same.
"""

from __future__ import annotations

import re
import string
from functools import cache
from pathlib import Path

from engine.core import node as nodes
from engine.core.finding import Finding, Span, Topic
from engine.project import file_schema
from engine.project.bot import BOT, unknown_language
from engine.project.suggest import did_you_mean
from engine.project.yaml import read

FOLDER = Path(__file__).parent.parent / "words"
FALLBACK = "en"

Words = dict[str, dict[str, str]]  # language -> key -> sentence


@cache
def engine_words(folder: Path = FOLDER) -> Words:
    """All sentences of the engine. Raises ValueError on a mistake in them, which is the engine's own bug."""
    words: Words = {}
    for path in sorted(folder.glob("*.yaml")):
        node, findings = read(path.read_bytes(), path.name)
        if findings or not isinstance(node, nodes.Mapping):
            raise ValueError(f"{path}: {findings[0].message if findings else 'not a map'}")
        known = words.setdefault(path.stem.split(".")[-1], {})
        for key, (_, value) in node.entries.items():
            if key in known or not isinstance(value, nodes.Scalar):
                raise ValueError(f"{path}: `{key}` is there twice or is no text")
            known[key] = value.text
    return words


def read_words(
    source: str | bytes | None,
    file: str = "catalog/words.yaml",
    languages: tuple[str, ...] = ("ru", "en"),
    folder: Path = FOLDER,
    formal: bool = False,
) -> tuple[Words, list[Finding]]:
    """{language: {key: sentence}} for every language of the bot; what a language lacks is in English. `formal`: people
    are addressed with «вы»."""
    own = engine_words(folder)
    if formal:
        polite = engine_words(folder / "formal")
        own = {language: {**sentences, **polite.get(language, {})} for language, sentences in own.items()}
    node, data, findings = file_schema.load(source, file, "words")
    english = own.get(FALLBACK, {})
    findings += [_foreign(file if source else BOT, language) for language in languages if language not in own and own]
    words = {language: {**english, **(own.get(language) or _named(language, english))} for language in languages}
    for language, changes in data.items():
        if language not in words:
            findings.append(unknown_language(node.key(language), languages))
            continue
        for key, sentence in changes.items():
            finding = _check(node, language, key, sentence, words[language])
            if finding is None:
                words[language][key] = sentence
            else:
                findings.append(finding)
    return words, findings


def _named(language: str, english: dict[str, str]) -> dict[str, str]:
    """The sentences that name a language, with what it calls itself, for one that the engine has no sentences in."""
    from babel.core import Locale, UnknownLocaleError  # for such a bot only

    try:
        name = Locale.parse(language.replace("-", "_")).get_display_name()
    except (UnknownLocaleError, ValueError):
        name = None
    name = (name or language).capitalize()
    told = {key: english.get(key, "") for key in ("language_name", "language_chosen")}
    return {key: sentence.replace(told["language_name"], name) for key, sentence in told.items() if sentence}


def placeholders(sentence: str) -> frozenset[str]:
    """The names in braces. Raises ValueError when a brace is left open."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def _foreign(file: str, language: str) -> Finding:
    message = f"The engine has no sentences of its own in `{language}`; it says them in English."
    help = f"Write them in catalog/words.yaml, under `{language}:`."
    return Finding(Span(file), "foreign-words", "info", message, help, topic=Topic((language,)))


def _check(node: nodes.Mapping, language: str, key: str, sentence: str, known: dict[str, str]) -> Finding | None:
    if key not in known:
        span, help = file_schema.key_at(node, [language, key]).span, did_you_mean(key, known)
        return Finding(span, "unknown-word", "error", f"The engine has no sentence `{key}`.", help)
    _, span = file_schema.at(node, [language, key])
    strange = [word.strip() for word in sentence.split(",")] if key.startswith("command_") else []
    strange = [word for word in strange if not _COMMAND.fullmatch(word)]
    if strange:
        message = f"Nobody can send /{strange[0]}: a command is up to 32 small Latin letters, digits and `_`."
        return Finding(span, "bad-command", "error", message, f"Other words stand in `{key[8:]}_words`.")
    wanted = placeholders(known[key])
    listed = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "no placeholders"
    try:
        found = placeholders(sentence)
    except ValueError:
        message = "A brace is opened and not closed, or closed and not opened."
        help = f"This sentence has {listed}. Write {{{{ or }}}} for a brace itself."
        return Finding(span, "bad-placeholder", "error", message, help)
    if found - wanted:
        name = min(found - wanted)
        message = f"`{{{name}}}` is not filled in this sentence."
        return Finding(span, "bad-placeholder", "error", message, f"This sentence has {listed}.")
    if wanted - found:
        message = f"`{{{min(wanted - found)}}}` is missing in this sentence, so people will not see its value."
        return Finding(span, "missing-placeholder", "warning", message, f"This sentence has {listed}.")
    return None
