# ruff: noqa: E501 the prose of the page, as it is to stand there
"""The part of the reference about expressions: names, functions and filters, each with an example that is worked out
by the engine while the page is made."""

from __future__ import annotations

from typing import Any

from jinja2.filters import FILTERS as JINJA_FILTERS

from docs.make.table import code, fence, table
from engine.core.events import Event
from engine.core.ground import Ground
from engine.core.project import Project
from engine.core.scope import Scope
from engine.core.session import Conversation, Session
from engine.core.template import PEOPLE, PLAIN, Expression, Text

AT = 1_795_262_700.0  # 2026-11-21 12:05 UTC
NAMES: dict[str, tuple[str, str]] = {
    "person": ("who is talking; the fields are listed below", "person.name"),
    "today": ("today's date where the person lives", "today"),
    "now": ("this moment where the person lives", "now"),
    "start": ("what the scenario was started with: `command`, `payload`, `text`, `match`", "start.payload"),
    "labels": (
        "by question: what stood on the button that was chosen; of several one text, with commas",
        "labels.goal",
    ),
    "settings": (
        "variables of `.env` and of the process, in upper or lower case; never a secret",
        "settings.WORKOUT_COOLDOWN_HOURS",
    ),
    "catalog": ("the files of `catalog/`, in the person's language", "catalog.services[0].title"),
    "conversation": ("a short name of this conversation", "conversation"),
    "random": ("a number from 0 to 1", "random() < 2"),
    "hours_since": (
        "hours from then until now; null when there is no then",
        "hours_since('2026-11-21T10:05:00+00:00')",
    ),
    "days_since": ("the same in days", "days_since('2026-11-19T12:05:00+00:00')"),
    "hours_until": ("hours from now until then", "hours_until('2026-11-21T16:05:00+00:00')"),
    "days_until": (
        "days from today until that day, by the calendar where the person lives: tomorrow is 1; below zero when it is past",
        "days_until('2026-12-31') | plural('day', 'days')",
    ),
    "range": ("whole numbers from, to (without the last)", "range(1, 4) | list"),
    "dict": ("a map", "dict(a=1)"),
    "namespace": ("a box that a `{% for %}` can change", "namespace(total=0).total"),
    "joiner": ("a comma from the second time on", "joiner()()"),
}
FILTERS: dict[str, tuple[str, str]] = {
    "date": ("a day in the person's language", "'2026-11-21' | date"),
    "time": ("the time of day where the person lives", "now | time"),
    "date_time": ("both", "now | date_time"),
    "weekday": ("the day of the week: 1 for Monday to 7 for Sunday", "'2026-11-21' | weekday"),
    "plus": ("later by `days=`, `hours=`, `minutes=` (earlier with a minus)", "today | plus(days=3)"),
    "default": (
        "this instead, when there is no such value or it is null (a skipped answer)",
        "none | default('nothing')",
    ),
    "d": ("the same, shorter", "none | d(0)"),
    "by_id": (
        "the row of a list whose `id` is this; null when there is none",
        "[{'id': 'a', 'title': 'Anna'}] | by_id('a')",
    ),
    "number": (
        "a number as one writes it in the person's language, `1 234,5` in Russian; `number(2)`: with two digits behind the comma",
        "1234.5 | number(2)",
    ),
    "plural": (
        "the number with its word: two forms for English, three for Russian",
        "5 | plural('день', 'дня', 'дней')",
    ),
    "markdown": (
        "trust the Markdown in this text (a model's reply); otherwise a value is shown letter for letter",
        "'**yes**' | markdown",
    ),
}
OFTEN = (
    ("length", "how many, how long", "[1, 2, 3] | length"),
    ("join", "a list as a text", "['a', 'b'] | join(', ')"),
    ("map", "one field of every item", "[{'title': 'Run'}, {'title': 'Swim'}] | map(attribute='title') | list"),
    ("selectattr", "the items whose field is so", "[{'n': 1}, {'n': 5}] | selectattr('n', 'gt', 2) | list"),
    ("sum", "the total", "[{'n': 1}, {'n': 5}] | sum(attribute='n')"),
    ("round", "rounded", "82.456 | round(1)"),
    ("truncate", "cut to so many characters", "'a rather long text' | truncate(10)"),
    ("int", "a whole number", "'12' | int"),
    ("replace", "one piece of a text for another", "'a-b' | replace('-', '+')"),
    ("first", "the first of a list", "[3, 4] | first"),
)
TALK_NAMES = {"labels": {"goal": "Lose weight"}}
GIVEN: dict[str, Any] = {
    "person": {"name": "Anna"},
    "start": {"command": "start", "payload": "promo"},
    "settings": {"WORKOUT_COOLDOWN_HOURS": 12},
    "catalog": {"services": [{"title": "Chatbot"}]},
    "conversation": "3d536c1ec2ab",
}


def builtin_names() -> dict[str, Any]:
    """Every name that an expression sees before the scenario has set any, as the engine gives them."""
    project = Project({}, {}, {}, {}, {"en": {}}, {"en": {}}, {}, languages=("en",), timezone="Europe/Moscow")
    ground = Ground(project, Session(), Event(id="docs", at=AT))
    return ground.builtins(Conversation("docs", "docs", AT, {}))


def worked_out(expression: str) -> Any:
    """The value of an example."""
    return Expression(expression, None).evaluate(Scope({**GIVEN, **TALK_NAMES}, frozenset(), builtin_names()))


def our_filters() -> list[str]:
    """Those that Jinja has not, or that do something else here."""
    changed = ["default", "d"]  # null counts as missing
    return [*changed, *(name for name in PLAIN.filters if not name.startswith("_") and name not in JINJA_FILTERS)]


def jinja_filters() -> list[str]:
    own = set(FILTERS)
    return sorted(name for name in PLAIN.filters if not name.startswith("_") and name not in own)


def person_fields() -> list[str]:
    return list(worked_out_person())


def worked_out_person() -> dict[str, Any]:
    person = builtin_names()["person"]
    return dict(person() if callable(person) else person)


def _shown(expression: str) -> str:
    value = worked_out(expression)
    return code("null" if value is None else repr(value) if not isinstance(value, str) else value or "''")


def _rows(entries: dict[str, tuple[str, str]]) -> list[tuple[str, str, str, str]]:
    return [(code(name), doc, code(example), _shown(example)) for name, (doc, example) in entries.items()]


PEOPLE_EXAMPLE = """people:
  fields:
    name: {type: text, personal: true}
    main_goal: {type: text, personal: true}"""
TEXTS_EXAMPLE = """
- ask: weight
  question: "How much do you weigh, {{ person.name }}?"
  answer: number
- set: {heavy: "{{ weight > 100 }}", note: "weighs {{ weight }} kg"}
- if: heavy and not person.username
  then:
    - say: "{% if weight > 150 %}Let us begin gently.{% else %}Let us begin.{% endif %}"
  else:
    - say: Let us begin.
"""


def expressions_part() -> str:
    often = {name: (doc, example) for name, doc, example in OFTEN}
    return f"""## Texts, values and conditions

Expressions are [Jinja](https://jinja.palletsprojects.com/en/stable/templates/), in three places:

- **a text** (`say`, `question`, labels) is Markdown in which `{{{{ expression }}}}` is replaced by its value and
  `{{% if %}}`, `{{% for %}}` work. What `{{{{ }}}}` puts in is shown letter for letter: a person who is called `*Anna*` stays
  `*Anna*`. Null is shown as nothing, a number with a point (`82.5`): as one writes it in the person's language,
  `82,5`, it stands with `| number`. Line breaks stay as they are written, with two exceptions: a line that holds nothing
  but tags leaves no line, and a line that is wholly inside one `{{% if %}}…{{% endif %}}` is there when its text is.
- **a value** (`set`, `fields`, `with`, `default`) that is exactly one `{{{{ expression }}}}` keeps its type: a number stays a
  number, a photo a photo. Anything else is a text.
- **a number in a file** (`set`, the catalog) is one when it is shown as it is written: `3.5`, `-7`. `010`, `+7916…`, `12:30`
  are texts, and so are `2.50` and `1.10`, which are shown as they stand; in sums, in `sum` and where it is asked what is
  larger, such a decimal is the number that it looks like. In quotes everything is a text.
- **true and false** are shown in a text as the person's words for yes and no.
- **a condition** (`if`, `switch`, `in`, `from`) is a bare expression, without braces.

{fence(TEXTS_EXAMPLE)}

A text may be one for each language, `{{ru: Привет!, en: Hello!}}`; a language that is missing speaks the bot's first one.

A question that was skipped or never asked is null. Null has no parts: `contact.phone` is null when `contact` is. A name
that no step sets is a mistake that `dialogue lint` finds.

### Names that are always there

{table(("name", "what it is", "example", "gives"), _rows(NAMES))}

`person` has {", ".join(code(name) for name in person_fields())}, and every field of the person's own record in the
collection `people`, once it is declared; `person.known` tells whether there is such a record.

{fence(PEOPLE_EXAMPLE, "yaml catalog/outcomes.yaml")}

In a list's `label`, `value` and `if` (under `choices`), `item` is the row.

### Filters

{table(("filter", "gives", "example", "result"), _rows(FILTERS))}

Of Jinja's own, the ones that are needed most:

{table(("filter", "gives", "example", "result"), _rows(often))}

`map`, `select`, `selectattr`, `reject`, `rejectattr`, `unique` and `reverse` hand their items out one by one: put `| list`
behind them before you count, take the last, or use them in a condition (without it the condition is always true).

All of them: {", ".join(code(name) for name in jinja_filters())}. Tests are Jinja's too: `x is none`, `x is mapping`,
`x is divisibleby 3`, `'a' in list`.

Templates run in a sandbox: they cannot reach files, the network or Python, and a text that grows beyond its bound is an
error in the log, not a frozen bot. """


__all__ = ["FILTERS", "NAMES", "PEOPLE", "Text", "builtin_names", "expressions_part", "our_filters", "worked_out"]
