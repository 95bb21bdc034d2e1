"""Templates: null, types, escaping, the sandbox, and bombs that must stay small."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import TemplateSyntaxError

from engine.channels.markdown import render
from engine.core.sandbox import METER
from engine.core.scope import Scope
from engine.core.template import PLAIN, Expression, Plain, TemplateFailed, Text, Translated, Value

ROW = {"id": "g1", "title": "Цель", "items": 3, "none": None}
NAMES: dict[str, Any] = {
    "n": None,
    "five": 5,
    "half": 82.5,
    "price": "2.50",
    "whole": 82.0,
    "word": "да*",
    "row": ROW,
    "rows": [ROW, {"id": "g2", "title": "Вторая"}],
    "yes": True,
}


def scope(**more: Any) -> Scope:
    return Scope(
        {**NAMES, **more},
        frozenset({"later"}),
        {**PLAIN.globals, "_language": "ru", "_timezone": "Europe/Moscow", "now": "2026-11-21T05:00:00+03:00"},
    )


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("n", None),
        ("n.title", None),
        ("n.title.more", None),
        ("n['title']", None),
        ("n[0]", None),
        ("later", None),
        ("later.id", None),
        ("n | default('x')", "x"),
        ("missing | default('x')", "x"),
        ("row.missing | default('x')", "x"),
        ("'' | default('x', true)", "x"),
        ("five", 5),
        ("half", 82.5),
        ("yes", True),
        ("row", ROW),
        ("row.items", 3),
        ("rows[1].title", "Вторая"),
        ("rows | by_id('g2')", {"id": "g2", "title": "Вторая"}),
        ("rows | by_id('none')", None),
        ("n | by_id('g2')", None),
        ("{'a': 1} | by_id('a')", 1),
        ("rows | map(attribute='id') | list", ["g1", "g2"]),
        ("rows | map(attribute='id')", ["g1", "g2"]),
        ("'а' + n", "а"),
        ("n + 'а'", "а"),
        ("five + 1", 6),
        ("price * 2", 5.0),
        ("2 * price - 1", 4.0),
        ("price + price", 5.0),
        ("price > 2", True),
        ("1 < price <= five", True),
        ("price == 2.5", False),
        ("price / 2", 1.25),
        ("[price, 3.5, 1] | sum", 7.0),
        ("price + ' beta'", "2.50 beta"),
        ("'v' + price", "v2.50"),
        ("price ~ price", "2.502.50"),
        ("'5' * 2", "55"),
        ("five % 2", 1),
        ("'%s!' % five", "5!"),
        ("2 ** 10", 1024),
        ("'ab' * 2", "abab"),
        ("'ab' ~ five", "ab5"),
        ("'ab' ~ n", "ab"),
        ("[1.0, n, row] ~ 82.0", "1, , Цель82"),
        ("n | upper", ""),
        ("n | trim | title", ""),
        ("word | capitalize ~ (n | string)", "Да*"),
        ("5 | plural('день', 'дня', 'дней')", "5 дней"),
        ("21 | plural('день', 'дня', 'дней')", "21 день"),
        ("3 | plural('день', 'дня', 'дней')", "3 дня"),
        ("12 | plural('день', 'дня', 'дней')", "12 дней"),
        ("1.5 | plural('день', 'дня', 'дней')", "1,5 дня"),
        ("1 | plural('day', 'days')", "1 day"),
        ("n | plural('day', 'days')", ""),
        ("'2026-11-21' | date", "21 ноября 2026"),
        ("now | time", "05:00"),
        ("'09:30' | time", "09:30"),
        ("now | date_time", "21 ноября, 05:00"),
        ("n | date", ""),
        ("'2026-11-21' | plus(days=2)", "2026-11-23"),
        ("'2026-11-21T10:00:00+00:00' | plus(hours=1)", "2026-11-21T11:00:00+00:00"),
        ("n | plus(days=2)", None),
        ("'2026-11-21' | plus(days=99999999999)", None),
        ("word | markdown", "да*"),
        ("range(3) | list", [0, 1, 2]),
        ("rows | join(', ', attribute='id')", "g1, g2"),
        ("[1.0, n, 'а'] | join('-')", "1--а"),
        ("[1, 2] | sum", 3),
        ("[{'k': 2}] | sum(attribute='k')", 2),
        ("'а-б-в' | replace('-', n)", "абв"),
        ("'а-б-в' | replace('-', '+', 1)", "а+б-в"),
        ("1.26 | round(1)", 1.3),
        ("'аб'.join(['1', '2'])", "1аб2"),
        ("'а-б'.replace('-', '+')", "а+б"),
        ("'{}!'.format(five)", "5!"),
    ],
)
def test_expression(expression: str, value: Any) -> None:
    """Null has null attributes, values keep their types, our filters do what the reference says."""
    found = Expression(expression).evaluate(scope())
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "expression",
    [
        "missing",
        "missing.x",
        "row.missing",
        "'а' - 1",
        "1 / 0",
        "n < 5",
        "five.nope",
        "rows | by_id(missing)",
        "word.upper(1)",
        "[missing] | join",
        "'%d' % word",
    ],
)
def test_failure(expression: str) -> None:
    """What cannot be computed fails as one kind of error, whose message holds no person's data."""
    with pytest.raises(TemplateFailed) as failed:
        Plain("{{ " + expression + " }}").render(scope())
    assert "да*" not in str(failed.value)


@pytest.mark.parametrize(
    "attack",
    [
        "''.__class__",
        "row.__class__.__mro__",
        "row['__class__']",
        "row | attr('__class__')",
        "'{0.__class__}'.format(row)",
        "'{0.__class__}' | format(row)",
        "'{x.__init__}'.format_map({'x': row})",
        "range.__globals__",
        "joiner.__init__.__globals__",
        "namespace.__init__",
        "row.items.__self__",
        "cycler",
        "lipsum",
        "self.__init__",
        "rows.append(1)",
        "row.update({'a': 1})",
        "rows.__iadd__([1])",
        "five.real.__class__",
    ],
)
def test_no_way_to_python(attack: str) -> None:
    """No template reaches an attribute of Python's, nor changes what it was given."""
    before = repr(NAMES)
    try:
        found = Plain("{{ " + attack + " }}").render(scope())
    except TemplateFailed:
        found = ""
    assert "class" not in found
    assert "function" not in found
    assert "method" not in found
    assert repr(NAMES) == before


BOMBS = [
    "{{ 'a' * 200000000 }}",
    "{{ 200000000 * 'a' }}",
    "{{ [1] * 200000000 }}",
    "{{ 9 ** 999999999 }}",
    "{{ 'a' | center(999999999) }}",
    "{{ 'a'.ljust(999999999) }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '%*d' % (999999999, 1) }}",
    "{{ '%.*f' % (99999999, 1.5) }}",
    "{{ '{:>999999999}'.format(1) }}",
    "{{ '{:{}}'.format(1, 999999999) }}",
    "{{ '{:{w}}'.format(1, w=999999999) }}",
    "{{ '%*d' | format(999999999, 1) }}",
    "{{ ('a' * 16000) | replace('a', 'b' * 16000) }}",
    "{{ ('a' * 16000).replace('a', 'b' * 16000) }}",
    "{{ ['a' * 16000] | batch(900, 'a' * 16000) | list }}",
    "{{ (range(10000) | list) | join('a' * 16000) }}",
    "{{ ('a' * 16000).join(range(10000) | map('string')) }}",
    "{{ 'a' | indent(999999999) }}",
    "{{ ('a\n' * 8000) | indent(900) }}",
    "{{ ('a\t' * 8000).expandtabs(900) }}",
    "{{ 'a'.zfill(999999999) }}",
    "{{ range(99999) | list }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in range(9999) %}{{ 'a' * 900 }}{% endfor %}",
    "{% set x = 'aaaaaaaaaa' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}",
    "{% set x %}aaaaaaaaaa{% endset %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40 + "{{ x }}",
    "{% set x = [1] %}" + "{% set x = [x, x] %}" * 40 + "{{ x }}",
    "{% set x = [1] %}" + "{% set x = (x, x) %}" * 40 + "{{ x }}",
    "{% set x = [1] %}" + "{% set x = {'a': x, 'b': x} %}" * 40 + "{{ x }}",
    "{% set x = [1] %}" + "{% set x = dict(a=x, b=x) %}" * 40 + "{{ x }}",
    "{% set x = [1] %}" + "{% set x = [x] * 900 %}" * 10 + "{{ x }}",
    "{% set x = [1] %}" + "{% set x = x + x %}" * 40 + "{{ x }}",
    "{% set x = [1] %}" + "{% set x = [none] | batch(900, x) | list %}" * 10 + "{{ x }}",
    "{% set x = [1] %}" + "{% set x = ([none] * 900) | map('d', x) | list %}" * 10 + "{{ x }}",
    "{% set x = [1] %}{% set y = [1] %}" + "{% set x = [x, x] %}{% set y = [y, y] %}" * 40 + "{{ x == y }}",
    "{% macro f(n) %}{{ f(n + 1) }}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    "{% for a in [1] recursive %}{{ loop([1, 1]) }}{% endfor %}",
    "{{ 'a' | wordwrap(1, wrapstring='b' * 16000) }}",
    "{{ ('a ' * 8000) | wordwrap(1, wrapstring='b' * 16000) }}",
    "{{ 1.5 | round(999999999) }}",
    "{{ 5 | round(-999999999) }}",
    "{{ 5 | round(precision=-999999999) }}",
    "{{ '%.999999999f' | format(1) }}",
    "{{ '%(a(b)c)999999999d' | format(**{'a(b)c': 1}) }}",
    "{{ '%%%999999999d' % 1 }}",
    "{{ '{:>999999999}'.format(1) }}",
    "{{ 'a'.center(width=999999999) }}",
    "{{ (5).to_bytes(999999999, 'big') | length }}",
    "{{ ('a\t' * 8000).expandtabs(tabsize=999999999) }}",
    "{{ ('a\n' * 8000) | indent('a' * 16000) }}",
    "{{ [1] | batch(999999999, 'x') | list }}",
    "{{ [1] | batch(999999999, fill_with='x') | list }}",
    "{{ (9 ** 2000) ** 3 }}",
    "{{ (9 ** 1000) * (9 ** 1000) * (9 ** 1000) }}",
    "{{ 1 | string | list | sum(start='') }}",
    "{{ [[1]] | sum(start=[]) }}",
    "{{ ('a' * 16000) | list | tojson }}",
    "{{ ('<' * 16000) | escape | escape | escape | escape | escape }}",
]


@pytest.mark.parametrize("bomb", BOMBS)
def test_bomb(bomb: str) -> None:
    """What multiplies ends quickly: with an error, or with a text within the bound."""
    tracer = sys.gettrace()
    sys.settrace(None)  # what coverage takes, on a slow machine more than the bomb, is not the bomb's
    started = time.process_time()
    try:
        found = Plain(bomb).render(scope())
    except TemplateFailed:
        found = ""
    except TemplateSyntaxError as error:  # a form that Jinja does not know is no bomb
        raise AssertionError(bomb) from error
    finally:
        spent = time.process_time() - started
        sys.settrace(tracer)
    assert len(found) <= METER.max_output
    assert spent < 0.5


@pytest.mark.parametrize("bomb", BOMBS)
def test_bomb_in_what_people_read(bomb: str) -> None:
    """There too, where values are escaped besides."""
    with contextlib.suppress(TemplateFailed):
        assert len(Text({"ru": bomb}).render(scope(), "ru")) <= METER.max_output


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ 1001.25 | round(1) }}", "1001.2"),
        ("{{ 90000 | round }}", "90000"),
        ("{{ 123456 | round(-3) }}", "123000"),
        ("{{ [1500.26, 90000] | map('round', 1) | join('; ') }}", "1500.3; 90000"),
        ("{{ '%d' | format(1500) }}", "1500"),
        ("{{ '%s costs %d' | format('A', 90000) }}", "A costs 90000"),
        ("{{ '%(a)05d of 20000' | format(a=90000) }}", "90000 of 20000"),
        ("{{ '2026: 100%% of %d' % 90000 }}", "2026: 100% of 90000"),
        ("{{ '2026: {} of {:,}'.format(1500, 90000) }}", "2026: 1500 of 90,000"),
        ("{{ '{a:%Y} 20000'.replace('a', 'b').find('20000', 0, 5000) }}", "7"),
        ("{{ '100% of 90000'.upper() }}", "100% OF 90000"),
        ("{{ 'a b'.split(' ', 5000) | join('+') }}", "a+b"),
        ("{{ 'a b' | wordwrap(2000) }}", "a b"),
        ("{{ [1, 2] | batch(2000) | map('join', '+') | join }}", "1+2"),
        ("{{ 90000 | center(7) }}", " 90000 "),
        ("{{ 90000 | string | indent(2, true) }}", "  90000"),
        ("{{ [90000, 1500] | slice(2) | map('join') | join(' ') }}", "90000 1500"),
        (
            "{{ 90000 | default(0) }} {{ -90000 | abs }} {{ '90000' | int + 1 }} {{ 90000 | float }}",
            "90000 90000 90001 90000",
        ),
        ("{{ [90000, 1500] | sum }} {{ [90000, 1500] | max }} {{ [90000, 1500] | sort | first }}", "91500 90000 1500"),
        ("{{ 'abc' | truncate(5000) }} {{ 2000000 | filesizeformat }}", "abc 2.0 MB"),
        ("{{ 90000 | plural('day', 'days') }} {{ 'a' | replace('a', 90000) }}", "90000 days 90000"),
    ],
)
def test_large_values_are_no_widths(template: str, text: str) -> None:
    assert Plain(template).render(scope()) == text


@given(st.text(max_size=40))
def test_values_are_shown_as_they_are(value: str) -> None:
    """Whatever a person wrote, it is no formatting of the bot's message."""
    text = Text({"ru": "**Ответ**: {{ value }}."}).render(scope(value=value), "ru")
    assert render(text).text == f"Ответ: {value}."


def test_markdown_filter_trusts() -> None:
    """`markdown` leaves the value's own formatting as it is."""
    assert Text({"ru": "{{ word | markdown }}"}).render(scope(), "ru") == "да*"
    assert Text({"ru": "{{ word }}"}).render(scope(), "ru") == "да\\*"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("n", ""),
        ("whole", "82"),
        ("half", "82.5"),
        ("rows", "Цель, Вторая"),
        ("row", "Цель"),
        ("yes", "True"),
        ("price", "2.50"),
        ("0.1 + 0.2", "0.3"),
        ("99.9 * 3", "299.7"),
        ("{'x': 1}", "{'x': 1}"),
    ],
)
def test_shown(value: str, text: str) -> None:
    """Null prints nothing, a whole number has no decimals, a record its title, a list its items."""
    assert Plain("{{ " + value + " }}").render(scope()) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% if five %}By {{ five }}{% endif %}\nNext", "By 5\nNext"),
        ("{% if n %}By {{ n }}{% endif %}\nNext", "Next"),
        ("{% if five %}By {{ five }}{% endif %}\n\nNext", "By 5\n\nNext"),
        ("One\n{% if n %}Two{% endif %}\n\nThree", "One\n\nThree"),
        ("{% if n %}A{% else %}B{% endif %}\nNext", "B\nNext"),
        ("{% if five %}\n  A\n{% endif %}\nNext", "  A\nNext"),
        (
            "{% for row in rows %}\n{{ row.title }}{% if row.id == 'g1' %}, yes{% endif %}\n{% endfor %}\nEnd",
            "Цель, yes\nВторая\nEnd",
        ),
        ("{% for row in rows %}{{ row.id }} {% endfor %}\nEnd", "g1 g2 \nEnd"),
        ("{% set a = 1 %}{% set b = 2 %}\n{{ a + b }}{# three #}\nEnd", "3\nEnd"),
        ("{# a remark #}\nText", "Text"),
        ("Hi{% if five %},\nyou{% endif %}\n!", "Hi,\nyou\n!"),
        ("Hi{% if five -%}\n you{% endif +%}\n!", "Hiyou\n!"),
        ("{% raw %}{% if %}{% endraw %}\nNext", "{% if %}Next"),
    ],
)
def test_line_breaks(source: str, text: str) -> None:
    """A line of tags alone leaves none, one wholly inside an `if` goes with it, every other stays."""
    assert Plain(source).render(scope()) == text


def test_no_filter_changes_what_it_is_given() -> None:
    """Law 1: Jinja's own `indent` adds a line break to a list, for good."""
    words = ["a", "b"]
    with pytest.raises(TemplateFailed):
        Plain("{{ words | indent }}").render(scope(words=words))
    assert words == ["a", "b"]
    assert Plain("{{ 'a\nb' | indent(2) }}").render(scope()) == "a\n  b"


def test_languages() -> None:
    """The person's language, else the first; also for values."""
    text = Text({"ru": "Привет", "en": "Hello"})
    assert [text.render(scope(), language) for language in ("en", "de")] == ["Hello", "Привет"]
    assert Translated({"en": Plain("Hello"), "ru": Plain("Привет")}).render(scope()) == "Привет"
    assert text.plain("en") == "Hello"


def test_value_keeps_its_shape() -> None:
    """Lists and maps with templates in them are computed part by part."""
    value = Value({"a": [Expression("five"), Plain("x{{ five }}"), 1], "b": Translated({"ru": Plain("да")})})
    assert value.evaluate(scope()) == {"a": [5, "x5", 1], "b": "да"}
    assert not value.constant
    assert Value([1]).constant
    assert value.reads == {"five"}


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("{{ a.b }} {% if c %}{{ d }}{% endif %}", {"a", "c", "d"}),
        ("{% for x in xs %}{{ x.y }} {{ loop.index }}{% endfor %}", {"xs"}),
        ("{% set x = y %}{{ x }}", {"y"}),
        ("{% macro m(p) %}{{ p }}{{ q }}{% endmacro %}{{ m(1) }}", {"q"}),
        ("{{ now }}", {"now"}),
        ("no placeholder", set()),
    ],
)
def test_reads(source: str, reads: set[str]) -> None:
    """What a template reads, less what it makes itself; clock names make it one that reads the clock."""
    plain = Plain(source)
    assert plain.reads == reads
    assert plain.clock == ("now" in reads)


def test_nothing_stands_after_an_expression() -> None:
    """A condition is one expression."""
    with pytest.raises(TemplateSyntaxError, match="after the end"):
        Expression("a b")


def test_unknown_name_in_a_text() -> None:
    """What people read fails on an unknown name too."""
    with pytest.raises(TemplateFailed, match="nobody"):
        Text({"ru": "{{ nobody }}"}).render(scope(), "ru")


def test_no_name_leaks_into_the_next_text() -> None:
    """A template that sets names has a context of its own."""
    names = scope()
    assert Plain("{% set secret = 1 %}{{ secret }}").render(names) == "1"
    with pytest.raises(TemplateFailed):
        Plain("{{ secret }}").render(names)


@pytest.mark.parametrize(
    ("source", "values", "text", "formatted"),
    [
        ("🏋️ **{{ a }}**", {"a": "Ноги "}, "🏋️ Ноги ", ["Ноги"]),
        ("🏋️ **{{ a }}** да", {"a": ""}, "🏋️  да", []),
        ("🏋️ **{{ a }}**", {"a": None}, "🏋️ ", []),
        ("_{{ a }}_", {"a": "\n Ноги\n"}, "\n Ноги\n", ["Ноги"]),
        ("**_{{ a }}_**", {"a": " x "}, " x ", ["x", "x"]),
        ("**_{{ a }}_**", {"a": ""}, "", []),
        ("**{{ a }} и {{ b }}**", {"a": " x", "b": "y "}, " x и y ", ["x и y"]),
        ("{{ a }}**жирно**{{ b }}", {"a": "x ", "b": " y"}, "x жирно y", ["жирно"]),
        ("{{ a }}**жирно**", {"a": ""}, "жирно", ["жирно"]),
        ("`{{ a }}`", {"a": ""}, "", []),
        ("**{{ a }}**", {"a": "5*3 "}, "5*3 ", ["5*3"]),
    ],
)
def test_formatting_around_a_value_is_the_authors(
    source: str, values: dict[str, Any], text: str, formatted: list[str]
) -> None:
    """No sign of it is ever seen, whether the value is empty or has blanks at its ends."""
    found = render(Text({"ru": source}).render(scope(**values), "ru"))
    assert found.text == text
    units = found.text.encode("utf-16-le")
    parts = [units[2 * one.offset : 2 * (one.offset + one.length)].decode("utf-16-le") for one in found.entities]
    assert parts == formatted
