"""bot.yaml, models.yaml, outcomes.yaml, words.yaml: what they give, and every mistake at its place."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from engine.core.finding import Finding
from engine.core.project import Bounds, CollectionField
from engine.lint.explain import rules
from engine.project import file_schema
from engine.project.bot import DEFAULT_LANGUAGES, DEFAULT_TIMEZONE, Bot, Setting, read_bot
from engine.project.models import read_models
from engine.project.outcomes import read_outcomes
from engine.project.words import engine_words, placeholders, read_words

READERS: dict[str, Callable[..., tuple[Any, list[Finding]]]] = {
    "bot": read_bot,
    "models": read_models,
    "outcomes": read_outcomes,
}


def brief(findings: list[Finding]) -> list[str]:
    return [f"{each.span.line}:{each.span.column}-{each.span.end_column} {each.code} {each.help}" for each in findings]


@pytest.mark.parametrize("kind", ["bot", "models", "outcomes", "words"])
def test_schemas_are_sound(kind: str) -> None:
    """Each schema is a valid JSON Schema, and gives every pattern the words that a person reads."""
    schema = file_schema.schema(kind)
    jsonschema.Draft7Validator.check_schema(schema)

    def walk(form: Any) -> None:
        if isinstance(form, dict):
            assert "pattern" not in form or "description" in form
            for inner in form.values():
                walk(inner)

    walk(schema)


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("source", [None, "", "# nothing\n", "~", b"\xff", "[a]", "text", "a: [", "a: 1"])
def test_any_file_gives_something(kind: str, source: str | bytes | None) -> None:
    """An absent file is no mistake; a broken one is, and the defaults stand."""
    value, findings = READERS[kind](source)
    if source is None or source in ("", "# nothing\n", "~"):
        assert findings == []
    else:
        assert findings
    assert {finding.code for finding in findings} <= rules().keys()
    assert value == READERS[kind](None)[0]


def test_bot() -> None:
    """All of bot.yaml."""
    bot, findings = read_bot(
        "languages: [en, no, en]\ntimezone: Asia/Tokyo\nname: {en: Coach}\nbounds: {steps: 7}\n"
        "settings:\n  hours: 12\n  CODE: {default: 010}\n  RATE: {type: number, default: '2,5', required: true}\n"
        "  ON: true\n  LATER: {type: integer, description: Days}\n"
    )
    assert findings == []
    assert bot.languages == ("en", "no")
    assert bot.timezone == "Asia/Tokyo"
    assert bot.name == {"en": "Coach", "no": "Coach"}
    assert bot.bounds == Bounds(steps=7)
    assert bot.settings == {
        "HOURS": Setting("HOURS", "number", 12),
        "CODE": Setting("CODE", "text", "010"),
        "RATE": Setting("RATE", "number", 2.5, required=True),
        "ON": Setting("ON", "boolean", True),
        "LATER": Setting("LATER", "integer", None, description="Days"),
    }


def test_a_name_without_languages() -> None:
    """A plain name is the same in every language; without one there is none."""
    assert read_bot("name: Ориентир")[0].name == {"ru": "Ориентир", "en": "Ориентир"}
    assert read_bot(None)[0] == Bot(DEFAULT_LANGUAGES, DEFAULT_TIMEZONE)


def test_wrong_bot() -> None:
    """All mistakes of a file are told at once, and what is right still counts."""
    bot, findings = read_bot(
        "languages: [ru, English]\ntimezone: Europe/Moskow\nnme: x\nbounds: {steps: 0, journl: 3}\n"
        "settings:\n  HOURS: {type: number, default: abc}\n  x-y: 1\n  B: {type: bolean}\nname: {ru: a, de: b}\n"
    )
    assert sorted(brief(findings)) == [
        "1:17-24 bad-value Write a language code of two or three letters, such as ru.",
        "2:11-24 unknown-timezone Did you mean `Europe/Moscow`?",
        "3:1-4 unknown-key Did you mean `name`?",
        "4:17-18 bad-value ",
        "4:20-26 unknown-key Did you mean `journal`?",
        "6:34-37 wrong-type Change the default or the type.",
        "7:3-6 bad-name Use Latin letters, digits and _, such as COOLDOWN_HOURS.",
        "8:13-19 unknown-value Did you mean `boolean`?",
        "9:15-17 unknown-language Correct it, or add the language to `languages` in catalog/bot.yaml.",
    ]
    assert bot.languages == ("ru",)
    assert bot.name == {"ru": "a"}
    assert set(bot.settings) == {"HOURS", "B"}


@pytest.mark.parametrize("zone", ["Europe", "../etc/passwd", "''", "Qqqqqq"])
def test_no_time_zone(zone: str) -> None:
    """A folder of the zone database or a path is no time zone either."""
    bot, findings = read_bot(f"timezone: {zone}")
    assert [finding.code for finding in findings] == ["unknown-timezone"]
    assert bot.timezone == DEFAULT_TIMEZONE


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", " x ", " x "),
        ("integer", " 12 ", 12),
        ("integer", "1.5", None),
        ("number", "12", 12),
        ("number", "12,5", 12.5),
        ("number", "1e400", None),
        ("number", "nan", None),
        ("number", "", None),
        ("boolean", "Yes", True),
        ("boolean", "0", False),
        ("boolean", "maybe", None),
    ],
)
def test_setting_from_the_environment(kind: Any, raw: str, value: Any) -> None:
    """A text of the environment becomes a value, or one sentence that names the variable."""
    setting = Setting("HOURS", kind)
    if value is not None:
        assert setting.read(raw) == value
        assert type(setting.read(raw)) is type(value)
    else:
        with pytest.raises(ValueError, match="HOURS must be"):
            setting.read(raw)


def test_models() -> None:
    """A row may be empty; titles are in the first language; there is always a default."""
    models, findings = read_models(
        "small:\n"
        "big: {model: 4.10, base_url: 'http://localhost:8080/v1', fallback: small, title: {en: Big, ru: Б}, about: x}\n"
    )
    assert findings == []
    assert list(models) == ["default", "small", "big"]
    assert (models["big"].model, models["big"].fallback, models["big"].title) == ("4.10", "small", "Б")
    assert models["small"].key_variable == "LLM_API_KEY"
    assert models["default"].span is None


def test_wrong_models() -> None:
    """Unknown and circular fallbacks, secrets (never repeated), addresses that are none."""
    _, findings = read_models(
        "default: {fallback: smal}\nsmall: {api_key: abc, vision: yes, fallback: big}\nbig: {fallback: small}\n"
        "c: [1]\nd: {key_variable: sk-0123456789abcdef}\ne: {base_url: ftp://x, fallback: e2}\ne2: {fallback: small}\n"
        "f: {key_variable: lower}\ng: {modle: x}\n"
    )
    told = {(finding.span.line, finding.code) for finding in findings}
    assert told == {
        (1, "unknown-model"),
        (2, "secret-in-file"),
        (2, "wrong-type"),
        (2, "fallback-circle"),
        (3, "fallback-circle"),
        (4, "wrong-type"),
        (5, "secret-in-file"),
        (6, "bad-value"),
        (8, "bad-value"),
        (9, "unknown-key"),
    }
    assert not any("0123456789" in finding.message + finding.help for finding in findings)


def test_outcomes() -> None:
    """All of outcomes.yaml; a value of a choice stays the text that it is."""
    collections, findings = read_outcomes(
        "checkins:\n  title: {en: Check-ins, ru: Чек-ины}\n"
        "  fields:\n    goal: text\n    status: {type: choice, values: [a, 1, no], required: true}\n"
        "    level: {values: [low]}\n    report: {personal: true}\n    tags: {type: list, values: [x]}\n"
        "  outputs: [csv, csv]\n  csv: [timestamp, chat_id, report]\n  keep: 2 Weeks\n"
        "leads: {fields: {имя: text}, outputs: [], keep: 365}\n"
    )
    assert findings == []
    checkins, leads = collections["checkins"], collections["leads"]
    assert checkins.title == "Чек-ины"
    assert list(checkins.fields.values()) == [
        CollectionField("goal", "text"),
        CollectionField("status", "choice", required=True, values=("a", "1", "no")),
        CollectionField("level", "choice", values=("low",)),
        CollectionField("report", "any", personal=True),
        CollectionField("tags", "list", values=("x",)),
    ]
    assert (checkins.outputs, checkins.csv_columns) == (("csv",), ("timestamp", "chat_id", "report"))
    assert (checkins.retention_days, leads.retention_days) == (14, 365)
    assert (leads.outputs, leads.title, leads.declared) == ((), "", True)
    assert leads.span is not None
    assert leads.span.line == 12


def test_titles_of_columns() -> None:
    """In the bot's first language, the engine's own columns too; none where the file gives none."""
    source = "leads: {fields: {a: {type: text, title: {en: Client, ru: Клиент}}, b: {title: Б}, c: text}}\n"
    english, findings = read_outcomes(source, languages=("en", "ru"))
    assert findings == []
    assert {name: english["leads"].titles.get(name) for name in ("a", "b", "c", "timestamp")} == {
        "a": "Client", "b": "Б", "c": None, "timestamp": "When",
    }  # fmt: skip
    russian, _ = read_outcomes(source)
    assert (russian["leads"].titles["a"], russian["leads"].titles["chat_id"]) == ("Клиент", "Чат")
    assert read_outcomes("leads: {fields: {a: text}}\n")[0]["leads"].titles == {}


def test_wrong_outcomes() -> None:
    """Types, names, columns and lengths of time, each with a word for what is meant."""
    collections, findings = read_outcomes(
        "checkins:\n"
        "  fields: {goal: text, n: numbr, s: {type: choice}, p: photo, id: text, r: {type: any, personl: true}}\n"
        "  outputs: [tinydb, cvs]\n  csv: [timestamp, goal, gaol, goal, zzz, ~, [a]]\n  keep: soon\n"
        "Leads: {fields: {a: text}}\nx: {}\ny: {fields: {a: {type: text, values: [b]}, q: {type: zzz}}, keep: 0}\nz:\n"
        "w: {fields: {a-b: text}, csv: []}\n"
    )
    assert sorted(brief(findings)) == [
        "10:14-17 bad-name Use letters, digits and _.",
        "10:26-29 bad-value Write at least one, or delete the key.",
        "2:27-32 unknown-type Did you mean `number`?",
        "2:44-50 missing-key Write `values: [one, another]` beside the type.",
        "2:56-61 unknown-type Did you mean `file`?",
        "2:63-65 bad-name Choose another name.",
        "2:88-95 unknown-key Did you mean `personal`?",
        "3:21-24 unknown-value Did you mean `csv`?",
        "4:26-30 unknown-field Did you mean `goal`?",
        "4:32-36 duplicate-column Delete one of the two.",
        "4:38-41 unknown-field Known here: `goal`, `n`, `s`, `p`, `r`, `id`, `created_at`, "
        "`updated_at`, `person`, `chat_id`, `timestamp`.",
        "4:43-44 wrong-type ",
        "4:46-49 wrong-type ",
        "5:9-13 bad-value Write a number of days: `365 days`, or `forever`.",
        "6:1-6 bad-name Use small Latin letters, digits and _, such as check_ins.",
        "7:1-2 missing-key Write `fields:` under it.",
        "8:30-36 unknown-key Write `type: choice`, or delete `values`.",
        "8:54-57 unknown-type Known here: `text`, `integer`, `number`, `boolean`, `date`, `time`, `datetime`, `phone`, "
        "`email`, `url`, `contact`, `choice`, `list`, `file`, `any`.",
        "8:67-68 bad-value Write a number of days: `365 days`, or `forever`.",
        "9:1-2 wrong-type ",
    ]
    assert set(collections) == {"checkins", "y", "w"}
    assert collections["checkins"].csv_columns == ("timestamp", "goal")
    assert collections["checkins"].outputs == ("tinydb",)


def test_one_mistake_is_told_once() -> None:
    """A list among words is one mistake, though it breaks two rules; its neighbours stay."""
    collections, findings = read_outcomes("a: {fields: {b: text}, outputs: [[x], csv, [y]]}")
    assert brief(findings) == ["1:34-37 wrong-type ", "1:44-47 wrong-type "]
    assert collections["a"].outputs == ("csv",)
    assert brief(read_outcomes("a: {fields: {b-c: {tipe: text}}, fild: 1}")[1]) == [
        "1:34-38 unknown-key Did you mean `fields`?",
        "1:14-17 bad-name Use letters, digits and _.",
        "1:20-24 unknown-key Did you mean `type`?",
    ]


@pytest.fixture
def words_folder(tmp_path: Path) -> Path:
    """An engine with three sentences, in two files."""
    (tmp_path / "engine.en.yaml").write_text("unknown: I did not understand.\nhello: Hello, {name}!\n")
    (tmp_path / "engine.ru.yaml").write_text("unknown: Не понял.\n")
    (tmp_path / "answers.ru.yaml").write_text("wrong: 'От {min} до {max}'\n")
    return tmp_path


def test_words(words_folder: Path) -> None:
    """All files of a language are one; the author's changes lie over them; what is missing is in English."""
    source = "ru: {unknown: Что?, wrong: 'До {max}, от {min}'}\n"
    words, findings = read_words(source, folder=words_folder)
    assert findings == []
    assert words["ru"] == {"unknown": "Что?", "hello": "Hello, {name}!", "wrong": "До {max}, от {min}"}
    assert words["en"] == {"unknown": "I did not understand.", "hello": "Hello, {name}!"}
    assert read_words(None, folder=words_folder)[0]["ru"]["unknown"] == "Не понял."


IMPERATIVE = (
    r"\b(напиши|нажми|проверь|выбери|пришли|поставь|оставь|ответь|попробуй|подожди|зажми|расскажи|введи|скажи)\b"
)


def test_formal_words() -> None:
    """`formal: true` says «вы»: the same sentences, none of them with a «ты» or a singular imperative."""
    usual, formal = (read_words(None, formal=formal)[0]["ru"] for formal in (False, True))
    assert usual.keys() == formal.keys()
    for key, sentence in formal.items():
        assert placeholders(sentence) == placeholders(usual[key]), key
        if not key.endswith("_words"):
            assert not re.search(r"\b(ты|тебя|тебе|тобой|твой|твоя|твои|твоё|твоего)\b", sentence.lower()), sentence
            assert not re.search(IMPERATIVE, sentence.lower()), f"engine/words/formal/ru.yaml lacks {key}: {sentence}"
    assert usual["wrong_text"] == "Напиши ответ словами."
    assert formal["wrong_text"] == "Напишите ответ словами."
    assert read_bot("formal: true\n")[0].formal


def test_wrong_words(words_folder: Path) -> None:
    """Unknown sentences and languages, placeholders that differ; a language without sentences is only told."""
    source = "ru:\n  unknwn: x\n  unknown: '{name}?'\n  wrong: от {min}\n  hello: '{name'\n"
    source += "fr: {unknown: x}\nde: {unknown: 1}\n"
    words, findings = read_words(source, languages=("ru", "de"), folder=words_folder)
    assert sorted(brief(findings)) == [
        "1:1-2 foreign-words Write them in catalog/words.yaml, under `de:`.",
        "2:3-9 unknown-word Did you mean `unknown`?",
        "3:12-21 bad-placeholder This sentence has no placeholders.",
        "4:10-18 missing-placeholder This sentence has {max}, {min}.",
        "5:10-17 bad-placeholder This sentence has {name}. Write {{ or }} for a brace itself.",
        "6:1-3 unknown-language Correct it, or add the language to `languages` in catalog/bot.yaml.",
    ]
    assert words["de"]["unknown"] == "1"
    assert words["ru"]["unknown"] == "Не понял."


@pytest.mark.parametrize(
    ("file", "content"),
    [("b.ru.yaml", "unknown: again"), ("b.ru.yaml", "a: [b]"), ("b.ru.yaml", "- a"), ("b.ru.yaml", "a: [")],
)
def test_the_engine_own_mistakes_are_loud(words_folder: Path, file: str, content: str) -> None:
    """A sentence that stands twice in the engine itself, or is none, is our bug and stops us."""
    (words_folder / file).write_text(content)
    with pytest.raises(ValueError, match=r"ru\.yaml"):
        engine_words(words_folder)


def test_the_engine_has_every_sentence_in_both_languages() -> None:
    """Russian and English say the same things with the same placeholders."""
    words = engine_words()
    assert {key: placeholders(text) for key, text in words["ru"].items()} == {
        key: placeholders(text) for key, text in words["en"].items()
    }


def test_jsonschema_is_not_loaded_for_sound_files() -> None:
    """Its 150 ms are only paid once a file is wrong."""
    code = (
        "import sys; from engine.project.outcomes import read_outcomes as r; "
        "assert not r('a: {fields: {b: text}}')[1]; "
        "assert 'jsonschema' not in sys.modules; assert r('a: {}')[1]; assert 'jsonschema' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_key_at_needs_a_map() -> None:
    """A path that leads through no map is a bug of the caller."""
    node, _ = file_schema.load("a: [b]", "f", "words")[:2]
    with pytest.raises(KeyError):
        file_schema.key_at(node, ["a", "b"])
