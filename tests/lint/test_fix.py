"""`dialogue lint --fix`: what it types, that people then read what was written, and that it changes nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.finding import Finding
from engine.core.node import Mapping, Scalar, Sequence
from engine.lint.fix import fixed
from engine.lint.roots import Bot
from engine.lint.run import lint
from engine.project.load import Loader
from engine.project.yaml import read
from tests.driver import Driver

HEAD = "format: 1\nscenario: talk\nstarts_on: [/talk]\nsteps:\n"
ASKED = HEAD + "  - ask: age\n    question: Age?\n    answer: integer\n"


def fix(folder: Path, text: str) -> str:
    """The file after the fix; done twice, for a second one must change nothing."""
    file = folder / "scenarios/talk.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode())
    for change in fixed(Bot(folder)):
        change.path.write_bytes(change.after)
    assert list(fixed(Bot(folder))) == []
    return file.read_bytes().decode()


def mistakes(text: str) -> list[Finding]:
    return [
        one for one in lint(Loader(Path()).build({"scenarios/talk.yaml": text.encode()})) if one.severity == "error"
    ]


TEXTS = {  # what stands behind `- say: `, what is typed in its place, what the person reads
    "apostrophe": ("'Don't worry'", '"Don\'t worry"', "Don't worry"),
    "apostrophe and comment": ("'Don't worry'  # to calm", '"Don\'t worry"  # to calm', "Don't worry"),
    "quotes in quotes": ('"Бар "Ромашка" открыт"', "'Бар \"Ромашка\" открыт'", 'Бар "Ромашка" открыт'),
    "only quoted words": ('"Да" или "Нет"', '\'"Да" или "Нет"\'', '"Да" или "Нет"'),
    "escapes stay": ('"Раз\\nи "два" три"', '"Раз\\nи \\"два\\" три"', 'Раз\nи "два" три'),
    "colon": ("Note: bring it", '"Note: bring it"', "Note: bring it"),
    "colon, quote": ('"Note": bring it', "'\"Note\": bring it'", '"Note": bring it'),
    "colon in brackets": ("{ru: Итак: да, en: Yes}", '{ru: "Итак: да", en: Yes}', "Итак: да"),
    "sign": ("@anna is here", '"@anna is here"', "@anna is here"),
    "bracket": ("[x] done", '"[x] done"', "[x] done"),
    "braces": ("{{ 1 + 1 }}, then", '"{{ 1 + 1 }}, then"', "2, then"),
    "long": ("Note: " + "long " * 30 + "end", '"Note: ' + "long " * 30 + 'end"', "Note: " + "long " * 30 + "end"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_people_read_what_was_written(case: str, tmp_path: Path) -> None:
    """A text is put in quotes once, as a whole, and is said letter for letter."""
    written, typed, read = TEXTS[case]
    after = fix(tmp_path, f"{HEAD}  - say: {written}\n  - say: End.\n")
    assert after == f"{HEAD}  - say: {typed}\n  - say: End.\n"
    project = Loader(tmp_path).build({"scenarios/talk.yaml": after.encode()}).project
    assert project is not None
    assert Driver(project).say("/talk") == [read, "End."]


OTHERS = {
    "two on one line": ("  - say: {ru: {{ 1 }}, en: {{ 2 }}}\n", '  - say: {ru: "{{ 1 }}", en: "{{ 2 }}"}\n'),
    "tab": (
        "  - ask: x\n\tquestion: Who?\n  - say: '{{ x }}'\n",
        "  - ask: x\n    question: Who?\n  - say: '{{ x }}'\n",
    ),
    "tabs": ("  - if: today\n    then:\n\t\t\t- say: A\n", "  - if: today\n    then:\n      - say: A\n"),
    "comma between braces": ("  - say: {ru: Да, конечно, en: Yes}\n", '  - say: {ru: "Да, конечно", en: Yes}\n'),
    "condition": ("  - if: '{{ today }}'\n    then: [end]\n", "  - if: today\n    then: [end]\n"),
    "condition that begins with a quote": (
        "  - if: \"{{ 'a' in today }}\"\n    then: [end]\n",
        "  - if: \"'a' in today\"\n    then: [end]\n",
    ),
    "typo": ("  - sya: Hello\n", "  - say: Hello\n"),
    "the other layout": ("  - ыфн: Hello\n", "  - say: Hello\n"),
    "braces and a text in a list on one line": (
        "  - if: today\n    then: [{say: {{ today }} it is}]\n",
        '  - if: today\n    then: [{say: "{{ today }} it is"}]\n',
    ),
    "a sign in a list on one line": ("  - say: {ru: *Да* @anna}\n", '  - say: {ru: "*Да* @anna"}\n'),
    "a colon behind a condition": ("  - if: today:\n    then: [end]\n", "  - if: today\n    then: [end]\n"),
    "then what it hid": ("  - say: {{ perosn.name }}!\n", '  - say: "{{ person.name }}!"\n'),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_is_sure_is_mended(case: str, tmp_path: Path) -> None:
    written, typed = OTHERS[case]
    assert fix(tmp_path, HEAD + written) == HEAD + typed


UNSURE = {
    "another word for a type": "  - ask: x\n    question: Who?\n    answer: string\n",
    "not a letter alike": "  - get: {x: 1}\n",
    "one of several": "  - set: {wish1: a, wish2: b}\n  - say: '{{ wish3 }} {{ wish1 }} {{ wish2 }}'\n",
    "far": "  - ask: x\n    question: Who?\n    answer: telefon\n",
    "quotes that do not pair": '  - say: "Бар" Ромашка" открыт"\n',
    "goes on in the next line": "  - say: 'Don't worry\n      be happy'\n",
    "the text of a comment, or a text": "  - say: 'Don't do #5 or' #6\n",
    "a lost line break": "  - ask: name question: Who?\n  - say: '{{ name }}'\n",
    "a lost value": "  - ask: x\n    question: Who?\n  - if: x == 'a'\n    then: [{say: Hello, photo}]\n",
    "a word of its own": "  - ask: weight\n    question: Weight?\n  - say: '{{ height }} {{ weight }}'\n",
    "an expression without braces": "  - say: 'Hi ' + today\n",
    "a lone stop behind the quotes": "  - say: 'Hi'.\n",
    "a step behind then": "  - if: today\n    then: goto: bye\n  - {say: Bye, name: bye}\n",
    "another mistake comes of it": "  - ask: Name: first\n    question: Who?\n",
}


@pytest.mark.parametrize("case", UNSURE)
def test_what_is_not_sure_stays(case: str, tmp_path: Path) -> None:
    """Lint tells it, and the author decides."""
    assert mistakes(HEAD + UNSURE[case])
    assert fix(tmp_path, HEAD + UNSURE[case]) == HEAD + UNSURE[case]


def test_one_bad_mend_keeps_no_other_from_being_done(tmp_path: Path) -> None:
    """The file is mended where it can be."""
    body = "  - ask: Name: first\n    question: Who?\n"
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/other.yaml").write_text(HEAD.replace("talk", "other") + body, "utf-8")
    assert fix(tmp_path, HEAD + "  - say: 'Don't'\n") == HEAD + '  - say: "Don\'t"\n'
    assert (tmp_path / "scenarios/other.yaml").read_text("utf-8") == HEAD.replace("talk", "other") + body


def bare(text: str) -> str:
    """Without what quoting adds."""
    return re.sub(r"['\"\\\s]", "", text)


SIGNS = st.text(st.sampled_from("абвgh12 '\"«»:#{}[],.!?-*@&%|>`\\n"), min_size=1, max_size=14)
STYLES = st.sampled_from(["{}", "'{}'", '"{}"', "{{{{ today }}}}{}"])
LINES = st.lists(st.tuples(STYLES, SIGNS).map(lambda one: one[0].format(one[1]).strip()), min_size=1, max_size=4)


@settings(max_examples=150)
@given(LINES)
def test_no_letter_is_lost_or_made_up(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Whatever stands behind `say:`, only quotes are typed; a text that could be read before reads as before; what is
    mended can be read (in a list that is never closed an item can be mended, and the rest stays wrong); a second fix
    changes nothing."""
    before = HEAD + "".join(f"  - say: {text}\n" for text in texts)
    after = fix(tmp_path_factory.mktemp("bot"), before)
    assert bare(after) == bare(before)
    for old, new in zip(before.splitlines(), after.splitlines(), strict=True):
        if old != new and not old.partition("say: ")[2].startswith(("[", "{")):
            assert alone(old) is None
            assert alone(new) is not None
            assert bare(alone(new) or "") == bare(re.split(r" #(?!\S)", old.partition("say:")[2])[0])


def alone(line: str) -> str | None:
    """The text of one `say`, when YAML can read the line."""
    node, findings = read(line, "a.yaml")
    if findings or not isinstance(node, Sequence) or not isinstance(node.items[0], Mapping):
        return None
    said = node.items[0].get("say")
    return said.text if isinstance(said, Scalar) else None
