"""Our parser is faster than Jinja's, and says the same of whatever is written: trees, names, mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import nodes, parser
from jinja2.environment import Environment
from jinja2.exceptions import TemplateAssertionError, TemplateSyntaxError

from engine.core.line_breaks import marked
from engine.core.template import PLAIN, Plain
from engine.core.tree import every, names

THEIRS = Environment(trim_blocks=True, lstrip_blocks=True)

MARKS = ["{{", "}}", "{%", "%}", "{{-", "-}}", "{%-", "-%}", "{%+", "+%}", "{#", "#}", "{% raw %}", "{% endraw %}"]
SPACES = [" ", " ", "  ", "\n", "\r\n", "\t", "\x85", "\u2028"]
WORDS = ["a", "b.c", "d[1]", "x", "привет", "x²", "·", "İ", "none", "true", "defined", "upper", "default(", "recursive"]
VALUES = [
    "1",
    "1.5",
    "0x1f",
    "1_000",
    ".5",
    "5.",
    "1e5",
    "007",
    "'x'",
    '"y"',
    "'\\n'",
    "'\\x'",
    '"a\nb"',
    "'",
    '"',
    "\\",
]
SINGLES = [*"(){}[],:.~=|!@$;+-*<>%", "==", "!=", "<=", "**", "//"]
KEYWORDS = [" if ", " else ", " and ", " or ", " not ", " in ", " is ", " for "]
TAGS = [
    "if ",
    "elif ",
    "else",
    "endif",
    "for x in ",
    "endfor",
    "set x = ",
    "macro f(",
    "endmacro",
    "with a=",
    "endwith",
]
TAGS += ["call f(", "endcall", "block b", "endblock", "filter upper", "endfilter", "include ", "print "]
FRAGMENTS = [*MARKS, *SPACES, *WORDS, *VALUES, *SINGLES, *KEYWORDS, *(f"{{% {tag}" for tag in TAGS)]
FRAGMENTS += [f"{{% {tag} %}}" for tag in TAGS]
SIGNS = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", ">=", "in", "and", "or", "is", "if"]
OPERANDS = ["a", "1.5", "'s'", "(a)", "[a, b]", "{'a': b}", "a.b", "a[b]", "a[1:2]", "f(a, b=c)", "a|f", "-a", "not a"]
OPERANDS += ["()", "(a,)", "(a, b)", "(a, b,)", "a[]", "a[b, c]"]
OPERANDS += ["a[:]", "a[-3:]", "a[:b]", "a[b::c]", "a[::]", "a[1:2:3]"]
OPERANDS += ["a is b", "a is not defined", "a is sameas b", "a if b", "a if b else c", "a not in b", "'s' 't'"]


def operations(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    space = st.sampled_from([" ", " ", " ", "", "\n"])
    two = st.builds("".join, st.tuples(inner, space, st.sampled_from(SIGNS), space, inner))
    return (
        two
        | st.builds("({})".format, inner)
        | st.builds("[{}, {}]".format, inner, inner)
        | st.builds("f({}, k={})".format, inner, inner)
    )


NAMES = ["a", " a.b ", "a.b.c\t", "none", "a.none", "not", "if", "a.if", "é", "a\n", "a.", "a..b", "a.1", "self", ""]
EXPRESSIONS = st.sampled_from(NAMES) | st.recursive(st.sampled_from(OPERANDS), operations, max_leaves=6)
PLACES = ["{{ %s }}", "{%% if %s %%}x{%% endif %%}", "{%% for x in %s %%}{{ x }}{%% endfor %%}", "{%% set x = %s %%}"]
PLACES += [
    "x\n  {%%- if %s -%%}\n y{%% elif x %%}\n{{ z -}}\n {%% else %%}\n{%% endif %%}\n{{- x }}",
    " {%% for a, b in x if %s %%}\n{%% if b %%}{%% set c = a %%}{%% endif %%}\n{%% else %%}{{ c }}{%% endfor %%}\n!",
    "x\n {# a\n b #}\n{%% block b %%}\n{{ %s }}{%% endblock b %%}\n{#- c -#}\n {{ x }}",
]
SIMPLE = ["{{ a }}", "{{b.c}}", "{{\ta.b.c }}", "{{ if }}", "{{ true }}", "{{ a.if }}", "{", "}}", "Hi, ", "\n"]
NEARLY = ["{{ a\n}}", "{{ é }}", "{{ not }}", "{{ self }}", "\r\n"]
SIMPLEST = st.lists(st.sampled_from([*SIMPLE, *SIMPLE, *NEARLY]), max_size=6).map("".join)
TEMPLATES = SIMPLEST | st.builds(lambda place, inner: place % inner, st.sampled_from(PLACES), EXPRESSIONS)
ANYTHING = st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join)


def tree(node: Any) -> Any:
    if isinstance(node, nodes.Node):
        return type(node).__name__, node.lineno, [tree(getattr(node, field)) for field in node.fields]
    return [tree(one) for one in node] if isinstance(node, list) else node


def told(make: Any) -> Any:
    """What is made; or the mistake that is told instead."""
    try:
        return make()
    except TemplateSyntaxError as error:
        return error.message, error.lineno


def their_expression(source: str) -> nodes.Expr:
    theirs = parser.Parser(THEIRS, source, state="variable")
    found = theirs.parse_expression()
    if not theirs.stream.eos:
        theirs.fail("something stands after the end of the expression", theirs.stream.current.lineno)
    return found


@given(ANYTHING | TEMPLATES)
@settings(max_examples=1000)
def test_the_same_tree(source: str) -> None:
    """The same tree; what ours refuses beyond that, Jinja cannot compile either, or it needs other files."""
    ours = told(lambda: tree(PLAIN.parse(source)))
    if ours != told(lambda: tree(parser.Parser(THEIRS, marked(source)).parse())):
        assert "is for prompt files" in ours[0] or not compiles(lambda: THEIRS.compile(marked(source)))


@given(ANYTHING | TEMPLATES)
@settings(max_examples=1000)
def test_the_same_names(source: str) -> None:
    try:
        made, read = PLAIN.read(source, bare=False)
    except (TemplateSyntaxError, RecursionError):
        return
    assert read == names(made)


@given(ANYTHING | TEMPLATES)
@settings(max_examples=500)
def test_a_tree_that_shares_its_parts(source: str) -> None:
    """It is the same tree, each node stands in it once, and compiling does not change it."""
    try:
        own, read = PLAIN.read(source, bare=False)
        shared = PLAIN.read(source, bare=False, shared=True)
    except (TemplateSyntaxError, RecursionError):
        return
    assert (tree(shared[0]), shared[1]) == (tree(own), read)
    found = list(every(shared[0]))
    assert len({id(node) for node in found}) == len(found)
    environments = [node.environment for node in found]
    made = Plain(source).jinja
    compiles(lambda: made and made.code())
    assert [node.environment for node in found] == environments


def compiles(make: Callable[[], Any]) -> bool:
    try:
        make()
    except (TemplateSyntaxError, SyntaxError):
        return False
    return True


@given(ANYTHING | TEMPLATES)
@settings(max_examples=500)
def test_what_is_read_can_be_compiled(source: str) -> None:
    """Filters and tests that nobody knows are lint's to tell."""
    try:
        made = Plain(source).jinja
    except (TemplateSyntaxError, RecursionError):
        return
    try:
        assert made is None or made.code()
    except TemplateAssertionError as error:
        if not str(error).startswith(("No filter named", "No test named")):
            raise


NOT_COMPILED = {
    "twice": "{% block a %}{% endblock %}{% block a %}{% endblock %}",
    "loop": "{% for loop in x %}{% endfor %}",
    "set loop": "{% for a in b %}{% set loop = 1 %}{% endfor %}",
    "keyword": "{{ f(a=1, a=2) }}",
    "argument": "{% macro m(a, a) %}{% endmacro %}",
    "caller": "{% macro m(caller) %}{{ caller }}{% endmacro %}",
    "loops": "{% for a in x %}" * 25 + "{% endfor %}" * 25,
    "branches": "{% if a %}" * 110 + "{% endif %}" * 110,
    "sum": "{{ " + " + ".join(["a"] * 250) + " }}",
    "attributes": "{{ a" + ".b" * 300 + " }}",
    "and": "{{ " + " and ".join(["a"] * 300) + " }}",
    "digits": "{{ " + "9" * 5000 + " }}",
    "include": "{% include 'x' %}",
    "import": "{% import 'x' as y %}",
    "from": "{% from 'x' import y %}",
    "extends": "{% extends 'x' %}",
}


@pytest.mark.parametrize("source", NOT_COMPILED.values(), ids=NOT_COMPILED)
def test_what_cannot_be_compiled_is_not_read(source: str) -> None:
    with pytest.raises((TemplateSyntaxError, RecursionError)):
        Plain(source)


@pytest.mark.parametrize(
    ("begin", "more", "end"), [("{{ a", " + a", " }}"), ("{{ a", ".bc", " }}"), ("{{ a", " and a", " }}")]
)
def test_the_longest_chain_that_is_read_can_be_compiled(begin: str, more: str, end: str) -> None:
    for length in range(60, 100):
        try:
            made = Plain(begin + more * length + end).jinja
        except RecursionError:
            return
        assert made is not None
        assert made.code()
    pytest.fail("nothing is too long")


@given(EXPRESSIONS)
@settings(max_examples=500)
def test_the_same_expression(source: str) -> None:
    assert told(lambda: tree(PLAIN.expression(source))) == told(lambda: tree(their_expression(source)))


def test_what_is_nested_too_deep_is_not_read() -> None:
    assert PLAIN.expression("[" * 40 + "a" + "]" * 40)
    with pytest.raises(RecursionError):
        PLAIN.expression("[" * 60 + "a" + "]" * 60)
