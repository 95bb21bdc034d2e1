"""A template that cannot be read: the piece that is broken, to the letter, and what to write instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import TemplateSyntaxError

from engine.core.finding import Finding, Span
from engine.core.template import PLAIN
from engine.project.broken import broken
from engine.project.places import lines_of
from tests.lint.golden import found

TEXTS = [  # the text, the piece that is marked, a word of the message or the help
    ("Hi {{ x", "{{ x", "`}}`"),
    ("{{ x }! And {{ y }}", "{{ x }", "both whole"),
    ("{{ name. Hello {{ x }}", "{{ name. Hello", "never closed"),
    ("{{ x %}", "{{ x %}", "`}}`"),
    ("{% if x }a{% endif %}", "{% if x }", "`%}`"),
    ("{% if x }}a{% endif %}", "{% if x }}", "`%}`"),
    ("{{ x ! }}", "!", "`!=`"),
    ("{{ a && b }}", "&", "`and`"),
    ("{{ $x }}", "$", "without `$`"),
    ("{{ a ? b : c }}", "?", "else"),
    ("{{ “abc” }}", "“", "straight quotes"),
    ("{{ 'abc }}", "'abc }}", "never closed"),
    ("{{ '\\N{x}' }}", "'\\N{x", "Unicode"),
    ("{{ }}", "{{ }}", "no expression"),
    ("{{ x + }}", "+", "missing after `+`"),
    ("{{ x | }}", "|", "missing after `|`"),
    ("{{ x. }}", ".", "missing after `.`"),
    ("{{ a and }}", "and", "missing after `and`"),
    ("{{ a, , b }}", ",", "missing"),
    ("{{ f(a, }}", "(", "`)`"),
    ("{{ a) }}", ")", "too many"),
    ("{{ x['a' }}", "[", "`]`"),
    ("{{ user name }}", "name", "between two values"),
    ("{{ x | default 'y' }}", "'y'", "`default(…)`"),
    ("{% if a = 'b' %}x{% endif %}", "=", "`==`"),
    ("{% for x of y %}{% endfor %}", "of", "`in`"),
    ("{% for x in %}{% endfor %}", "in", "missing after `in`"),
    ("{% if %}a{% endif %}", "if", "{% if condition %}"),
    ("{% for %}a{% endfor %}", "{% for %}", "{% for item in list %}"),
    ("{% set 5 = x %}", "5", "name"),
    ("{% block a-b %}{% endblock %}", "-", "letters"),
    ("{% %}", "{% %}", "begins with a word"),
    ("{% if x %}a", "{% if x %}", "{% endif %}"),
    ("{% if a %}{% for b in c %}x{% endif %}", "{% for b in c %}", "{% endfor %}"),
    ("{% if x %}a{% endfi %}", "endfi", "`endif`"),
    ("{% fro x in y %}{% endfor %}", "fro", "`for`"),
    ("{% endif %}", "{% endif %}", "belongs to no"),
    ("{% if a %}b{% else if c %}d{% endif %}", "else if", "{% elif condition %}"),
    ("{% if a %}b{% elseif c %}d{% endif %}", "elseif", "`elif`"),
    ("Hi {# there", "{# there", "`#}`"),
    ("{% raw %} abc", "{% raw %} abc", "endraw"),
    ("{{ x | truncate(length=5, length=6) }}", "length", "twice"),
    ("{% include 'x' %}", "{% include 'x' %}", "prompt files"),
    ("One\n  {% for loop in [1] %}{{ loop }}{% endfor %}", "{% for loop in [1] %}", "loop's own name"),
    ("{% block u %}a{% endblock %}\n{% block u %}b{% endblock %}", "{% block u %}", "second time"),
]
BARE = [
    ("age < 18 years", "years", "after the end"),
    ("mood = good", "=", "`==`"),
    ("a => 3", "=", "`>=`"),
    ("a <> b", ">", "`!=`"),
    ("a == ", "==", "missing after `==`"),
    ("a.b.", ".", "missing after `.`"),
    ("(a", "(", "`)`"),
    ("a in [1, 2", "[", "`]`"),
    ("not", "not", "missing"),
    ("f(a=1, a=2)", "a", "twice"),
]


@pytest.mark.parametrize(("text", "piece", "word"), [*TEXTS, *BARE])
def test_the_broken_piece(text: str, piece: str, word: str) -> None:
    """Only what is to be changed is marked, and the words say how."""
    bare = (text, piece, word) in BARE
    with pytest.raises(TemplateSyntaxError):
        (PLAIN.expression if bare else PLAIN.parse)(text)
    one = broken(PLAIN, text, bare)
    assert text[one.start : one.end] == piece
    assert word.lower() in f"{one.message} {one.help}".lower()


def test_of_two_the_second() -> None:
    """A block and an argument that stand twice: the further one is marked."""
    text = "{% block u %}a{% endblock %}\n{% block u %}b{% endblock %}"
    assert broken(PLAIN, text).start == text.rindex("{% block u")
    assert broken(PLAIN, "{{ x | f(n=1, n=2) }}").start == len("{{ x | f(n=1, ")


WORDS = (
    "{{ }} {% %} {# #} { } ( ) [ ] ' \" - + = | . , # \\ if endif for in endfor block endblock raw endraw x é 1 is not"
)
PIECES = st.sampled_from([*WORDS.split(" "), " ", "\n"])


@given(st.lists(PIECES, max_size=14).map("".join), st.booleans())
def test_there_is_always_a_piece(text: str, bare: bool) -> None:
    """Whatever is broken, something is marked, on one line of the text, in words."""
    try:
        (PLAIN.expression if bare else PLAIN.parse)(text)
    except TemplateSyntaxError:
        one = broken(PLAIN, text, bare)
        assert 0 <= one.start <= one.end <= len(text)
        assert "\n" not in text[one.start : one.end].strip("\n")
        assert one.message


HEAD = "format: 1\nscenario: talk\nstarts_on: [/talk]\nsteps:\n  - ask: name\n    question: Name?\n"
STYLES = [  # a step, the piece that is marked
    ("  - say: Hi {{ name }! Bye", "{{ name }"),
    ('  - say: "Hi {{ name }!"', "{{ name }"),
    ('  - say: "\\"Hi\\"\\t{{ name }!"', "{{ name }"),
    ("  - say: 'It''s {{ name }!'", "{{ name }"),
    ("  - say: |\n      Hi,\n      \n        dear {{ name }!\n      Bye", "{{ name }"),
    ("  - say: >\n      Hi,\n      dear {{ name }!\n\n      Bye {{ name }}", "{{ name }"),
    ("  - say: >-\n      Hi,\n      dear {{ name | }}!\n", "|"),
    ("  - say: Hi\n      my dear {{ name }! Bye", "{{ name }"),
    ('  - say: "Hi\n\n      my dear {{ name }! Bye"', "{{ name }"),
    ('  - say: "Hi \\\n      my dear {{ name }!"', "{{ name }"),
    ("  - say: |\n      😀 Привет {{ name = 5 }}", "="),
    ("  - set: {a: '{{ name + }}'}", "+"),
    ("  - set:\n      a: |\n        {{ name\n         + }}", "+"),
    ("  - if: name = 'Anna'\n    then: [end]", "="),
    ('  - if: "name == \\"Anna"\n    then: [end]', '\\"Anna'),
    ("  - say: {ru: 'Да {{ name }', en: 'Yes {{ name }}'}", "{{ name }"),
    ("  - ask: a\n    question: A?\n    choices: {x: 'One {{ name }', y: Two}", "{{ name }"),
    ("  - notify: manager\n    text: |\n      Name:\n      {% if name %}{{ name }}", "{% if name %}"),
]


def marked(source: str, span: Span) -> str:
    """What a finding's carets stand under."""
    assert span.line == span.end_line
    return lines_of(source)[span.line - 1][span.column - 1 : span.end_column - 1]


def syntax(files: dict[str, str]) -> list[Finding]:
    findings = found({file: text.encode() for file, text in files.items()})
    return [one for one in findings if one.code == "template-syntax"]


@pytest.mark.parametrize(("step", "piece"), STYLES)
def test_it_is_marked_in_every_style_of_yaml(step: str, piece: str) -> None:
    """Plain, quoted, with escapes, literal, folded, over several lines."""
    source = HEAD + step + "\n"
    [one] = syntax({"scenarios/talk.yaml": source})
    assert marked(source, one.span) == piece


def test_it_is_marked_in_prompts() -> None:
    """Behind the front matter, and in what a prompt's settings put in."""
    body = "{% block user %}\nHello,\r\n  {{ name | upper ) }}\n{% endblock %}"
    prompt = f"---\ntemperature: 0.5\nimages: ['{{{{ photo + }}}}']\n---\n{body}\n"
    steps = "  - llm: wish\n    prompt: wish\n    if_fails: Bye\n  - say: '{{ wish }}'\n"
    spans = [one.span for one in syntax({"scenarios/talk.yaml": HEAD + steps, "prompts/wish.md.j2": prompt})]
    assert [marked(prompt, span) for span in spans] == [")"]
    mended = prompt.replace(" ) }}", " }}")
    [one] = syntax({"scenarios/talk.yaml": HEAD + steps, "prompts/wish.md.j2": mended})
    assert marked(mended, one.span) == "+"


def test_it_is_marked_in_translations() -> None:
    """Also behind escapes, on the line of the msgstr where it stands."""
    po = (
        'msgctxt "talk/say#1.say"\nmsgid "Привет, {{ name }}!"\n'
        'msgstr ""\n"Say \\"hello\\":\\n"\n"\\tHello, {{ name }!"\n'
    )
    bot = "languages: [ru, en]\n"
    files = {"scenarios/talk.yaml": HEAD + '  - say: "Привет, {{ name }}!"\n', "catalog/bot.yaml": bot}
    [one] = syntax(files | {"translations/en.po": po})
    assert marked(po, one.span) == "{{ name }"
