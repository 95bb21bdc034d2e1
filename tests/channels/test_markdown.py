"""What an author sees of the Markdown they wrote."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.channels.markdown import Entity, Rendered, escape, render, units

AS_WRITTEN = [
    "",
    "Привет!\nКак дела?\n\n\nПока",
    "- молоко\n- хлеб\n\n* раз\n* два\n+ три",
    "1. раз\n2. два\n10) три",
    "# Заголовок\n## Ещё\n---\n===",
    "5 * 3 = 15 * 1, 2*2=4, 3*3=9, 2**3 и 4**5",
    "snake_case_name, __init__, _ и a_b_c_",
    "https://example.com/_a_/b_c_d?x=_y_",
    "  отступ \t и хвост  ",
    "a < b & c > d, >5 человек",
    "цена 5$ и 6$, $x$",
    "| a | b |\n|---|---|\n a || b || c",
    "*незакрыто, **тоже, `и это, ~~и это, ||и это, [и это",
    "*через\n\nабзац*",
    "****",
    "`` ` ```",
    "C:\\new\\table",
    "[нет](ссылки) и [раз](javascript:alert) ](x) []()",
    "/new_goal и @some_bot_name",
    "~ около ~ и ~~~три~~~ и |||три|||",
    "\\",
]


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_plain_text_is_shown_as_written(text):
    """Nothing that is no formatting changes by a letter."""
    assert render(text) == Rendered(text)


FORMATTED = [
    ("**жирный** текст", "жирный текст", [("bold", 0, 6)]),
    ("*курсив* и _курсив_", "курсив и курсив", [("italic", 0, 6), ("italic", 9, 6)]),
    ("**жир**ный", "жирный", [("bold", 0, 3)]),
    ("***оба***!", "оба!", [("bold", 0, 3), ("italic", 0, 3)]),
    ("**a *b***", "a b", [("bold", 0, 3), ("italic", 2, 1)]),
    ("`a*b*` и ``x`y``", "a*b* и x`y", [("code", 0, 4), ("code", 7, 3)]),
    ("```\nx = 1\n> y\n```\nтекст", "x = 1\n> y\nтекст", [("pre", 0, 9)]),
    ("```python\nx_y_z\n```", "x_y_z", [("pre", 0, 5)]),
    ("```строка```", "строка", [("pre", 0, 6)]),
    ("~~нет~~ ||тайна||", "нет тайна", [("strikethrough", 0, 3), ("spoiler", 4, 5)]),
    ("[сайт](https://ex.com/a_b_(c))", "сайт", [("text_link", 0, 4, "https://ex.com/a_b_(c)")]),
    ("[**сайт**](https://ex.com)", "сайт", [("text_link", 0, 4, "https://ex.com"), ("bold", 0, 4)]),
    ("[a [b](https://ex.com)", "[a b", [("text_link", 3, 1, "https://ex.com")]),
    ("*[x] y*", "[x] y", [("italic", 0, 5)]),
    ("[*x] y*", "[*x] y*", []),
    ("> цитата\n> **ещё**\nтекст", "цитата\nещё\nтекст", [("blockquote", 0, 10), ("bold", 7, 3)]),
    ("a\n>\n> b", "a\n\nb", [("blockquote", 2, 2)]),
    ("😀 **жирный** 😀", "😀 жирный 😀", [("bold", 3, 6)]),
    ("**https://ex.com/a_b**", "https://ex.com/a_b", [("bold", 0, 18)]),
    ("*a\nb*", "a\nb", [("italic", 0, 3)]),
    ("**a _b** c_", "a _b c_", [("bold", 0, 4)]),
    ("цена \\*5\\_ \\[x\\] 1\\. \\- \\#", "цена *5_ [x] 1. - #", []),
    ("`\\*\\_\\``", "*_`", [("code", 0, 3)]),
    ("[a](https://ex.com/a\\_b)", "a", [("text_link", 0, 1, "https://ex.com/a_b")]),
    ("- **раз** - два", "- раз - два", [("bold", 2, 3)]),
]


@pytest.mark.parametrize(("markdown", "text", "entities"), FORMATTED)
def test_formatting_becomes_entities(markdown, text, entities):
    """The signs go, the entities stand where the words are, in UTF-16 units."""
    assert render(markdown) == Rendered(text, tuple(Entity(*entity) for entity in entities))


@given(st.text())
def test_an_escaped_value_is_shown_exactly(value):
    """Whatever a person typed comes out as typed, with no formatting."""
    assert render(escape(value)) == Rendered(value)


@given(
    st.text(alphabet="\\`*_~|[]()>#-. \n1aЖ😀"),
    st.sampled_from(["**%s**", "`%s`", "```\n%s\n```", "> %s", "_%s_ x", "a%sb"]),
)
def test_an_escaped_value_stays_inside_an_authors_formatting(value, frame):
    """A value in the midst of formatting never adds an entity of its own nor loses a letter."""
    shown = render(frame % escape(value))
    assert value.strip() in shown.text or "\n" in value
    assert len(shown.entities) <= 1 or "\n" in value


@given(st.text(alphabet="\\`*_~|[]()>\n :/hts.aЖ😀"))
def test_any_markdown_gives_entities_within_the_text(markdown):
    """Offsets lie inside the text, and entities are nested, never crossing."""
    shown = render(markdown)
    ends: list[int] = []
    for entity in shown.entities:
        assert entity.offset >= 0
        assert entity.length > 0
        assert entity.offset + entity.length <= units(shown.text)
        ends = [end for end in ends if end > entity.offset]
        assert all(entity.offset + entity.length <= end for end in ends)
        ends.append(entity.offset + entity.length)


@pytest.mark.parametrize(
    "sign", ["`", "` ``", "*a", "**a ", "[", "](", "[a](", "> \n", "_a_", "\\", "||a", "[a](https://"]
)
def test_a_hostile_text_is_not_slow(sign):
    """16,000 signs (all that a template may make) are rendered in a blink."""
    began = time.perf_counter()
    render(sign * (16_000 // len(sign)))
    assert time.perf_counter() - began < 1
