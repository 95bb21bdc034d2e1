"""What is broken in a template: the piece itself, in words for a person, and what to write instead.

Law: the piece is as small as what has to be changed: a word that does not belong, a tag that is not closed, an
expression with one brace too few. It never runs over a line's end.
"""

from __future__ import annotations

import re

from msgspec import Struct

from engine.core.sandbox import Sandbox
from engine.project.other_signs import instead, of_sign
from engine.project.suggest import closest, proposal
from engine.project.tags import CLOSED, ELSE_IF, REFUSED, TAGS, example, spaced
from engine.project.torn import BEGINS, ENDS, Reading, Word

CLOSING = {"{{": "}}", "{%": "%}", "(": ")", "[": "]", "{": "}"}
OPERATORS = frozenset(
    [
        *("add", "sub", "mul", "div", "floordiv", "mod", "pow", "eq", "ne", "gt", "gteq", "lt", "lteq", "assign"),
        *("pipe", "dot", "tilde", "comma", "colon", "and", "or", "not", "in", "is", "if", "else"),
    ]
)
VALUES = ("name", "string", "integer", "float")


class Broken(Struct, frozen=True):
    """`start` and `end` are offsets in the text, on one line of it."""

    start: int
    end: int
    message: str
    help: str = ""


def broken(environment: Sandbox, text: str, bare: bool = False) -> Broken:
    """What is broken in a text that raises TemplateSyntaxError; `bare`: an expression without braces."""
    text = re.sub(r"\r\n?", "\n", text)
    found = _Finder(text, Reading(environment, text, bare), bare).found()
    start = min(found.start, max(len(text) - 1, 0))
    line_end = text.find("\n", start)
    end = min(max(found.end, start + 1), line_end if line_end > start else len(text))
    return Broken(start, start + len(text[start:end].rstrip()) or end, found.message, found.help)


class _Finder:
    def __init__(self, text: str, reading: Reading, bare: bool) -> None:
        self.text, self.bare, self.reading = text, bare, reading
        self.words, self.at = reading.words, reading.at
        self.said = (reading.error.message or "").rstrip(".") if reading.error is not None else "it is too long"
        if self.said.startswith("expected name or number") and self.words[-1].type != "dot":
            self.at -= 1  # Jinja has gone one further by then

    def found(self) -> Broken:
        slipped = self._slipped()
        if slipped is not None:
            return slipped
        if self.reading.uncut is not None:
            return self._uncut(self.reading.uncut)
        if self.reading._refused is not None:
            return self._refused()
        return self._unclosed() or self._tag() or self._missing() or self._strange()

    def _slipped(self) -> Broken | None:
        """A text in quotes that runs over a line's end and a tag's, as one does that is not closed."""
        for word in self.words[: self.at + 1] if self.reading.uncut is None else self.words:
            written = self.text[word.start : word.end]
            if word.type == "string" and "\n" in written and re.search(r"\}\}|%\}", written):
                sign = written[0]
                message = f"the text that begins with `{sign}` is never closed"
                return Broken(word.start, len(self.text), message, self._write(sign))
        return None

    # what could not be cut into words -----------------------------------------------------------------------------

    def _uncut(self, at: int) -> Broken:
        sign = self.text[at : at + 1]
        if "Missing end of" in self.said:
            what = "{#" if "comment" in self.said else "{% raw %}"
            start = self.text.rfind(what[:2], 0, at)
            return Broken(start, len(self.text), f"`{what}` is never closed", self._write(_end_of(what)))
        begin = self._begin(at)
        if sign in ("}", ")", "]"):
            return self._bracket(at, sign, begin)
        if sign in ("'", '"') and "unexpected char" in self.said:
            return Broken(at, len(self.text), f"the text that begins with `{sign}` is never closed", self._write(sign))
        opened = self.text.find("\n", begin.end, at) if begin is not None else -1
        if begin is not None and opened >= 0 and CLOSING[begin.value[:2]] not in self.text[begin.end : opened]:
            sign = begin.value[:2]
            return Broken(begin.start, opened, f"`{sign}` is never closed", self._write(CLOSING[sign]))
        if "unexpected char" in self.said:
            return Broken(at, at + 1, f"`{sign}` does not belong here", of_sign(self.text, at))
        ends = re.compile(r"[^\s}%]+").match(self.text, at)
        return Broken(at, ends.end() if ends else at + 1, self.said)

    def _bracket(self, at: int, sign: str, begin: Word | None) -> Broken:
        """One closing bracket where there is none to close, or another one is."""
        expected = re.search(r", expected '(.)'", self.said)
        if expected:
            opener = next(one for one, closing in CLOSING.items() if closing == expected[1])
            start = self._opened(opener, begin.end if begin is not None else 0, at)
            return Broken(start, start + 1, f"`{opener}` is not closed", self._write(expected[1]))
        if sign == "}" and begin is not None:
            opening = begin.value[:2]
            end = at + len(re.match("}*", self.text[at:]).group())  # type: ignore[union-attr] # it matches nothing too
            what = "An expression" if opening == "{{" else "A tag"
            help = f"{what} stands between `{opening}` and `{CLOSING[opening]}`, both whole."
            return Broken(begin.start, end, f"`{opening}` is not closed by `{CLOSING[opening]}`", help)
        return Broken(at, at + 1, f"there is one `{sign}` too many", "Take it out.")

    def _opened(self, sign: str, begin: int, at: int) -> int:
        """The last bracket of this kind that is open."""
        depth = 0
        for word in reversed([word for word in self.words if begin <= word.start < at]):
            if self.text[word.start : word.end] == CLOSING[sign]:
                depth += 1
            elif self.text[word.start : word.end] == sign:
                if not depth:
                    return word.start
                depth -= 1
        return at

    # what is not closed -------------------------------------------------------------------------------------------

    def _unclosed(self) -> Broken | None:
        """`{{` or `{%` without its end, or a tag without its `{% end… %}`."""
        begin = self._begin(self.words[self.at].start if self.at < len(self.words) else len(self.text))
        if begin is not None and self._without_end(begin):
            opening = begin.value[:2]
            end = self.text.find("{", begin.end)
            inside = re.match(r"[^%\n]*", self.text[begin.end :]).end() + begin.end  # type: ignore[union-attr] # nothing too
            if opening == "{%" and self.text.startswith("{{", end) and inside > end and "%}" in self.text[end:]:
                help = "Within `{% … %}` a name stands alone: `{% if name %}`."
                return Broken(end, end + 2, "`{{` does not belong into a tag", help)
            help = f"Write `{CLOSING[opening]}` at the end of the expression."
            return Broken(begin.start, end if end > 0 else len(self.text), f"`{opening}` is never closed", help)
        if self.said.startswith("Unexpected end of template") and self.reading.open:
            return self._open_tag(self.reading.open[-1], "")
        return None

    def _without_end(self, begin: Word) -> bool:
        closing = self.text.find(CLOSING[begin.value[:2]], begin.end)
        following = min((at for at in (self.text.find(one, begin.end) for one in ("{{", "{%")) if at >= 0), default=-1)
        return closing < 0 or 0 <= following < closing

    def _open_tag(self, number: int, before: str) -> Broken:
        tag = str(self.words[number].value)
        start, end = self._whole(number)
        if apart := self._apart(f"end{tag}", end, len(self.text)):
            return apart
        words = f" before `{{% {before} %}}`" if before else ""
        help = f"Write `{{% end{tag} %}}` where it ends."
        return Broken(start, end, f"`{{% {tag} %}}` is not closed{words}", help)

    # tags ---------------------------------------------------------------------------------------------------------

    def _tag(self) -> Broken | None:
        if self.said.startswith("tag name expected"):
            return Broken(*self._whole(self.at), "a tag begins with a word", "For example `{% if condition %}`.")
        if not self.said.startswith("Encountered unknown tag"):
            return None
        word = self.words[self.at]
        tag = str(word.value)
        around = self.reading.open[:-1]  # the last one is this tag itself
        if tag in TAGS and around:
            opens = tag.removeprefix("end") if tag.startswith("end") else "if"
            if any(self.words[one].value == opens for one in around[:-1]) or tag not in ("else", "elif"):
                outer = [one for one in around if self.words[one].value == opens]
                if outer:
                    return self._open_tag(around[-1], tag)
        if tag in TAGS:
            opens = tag.removeprefix("end") if tag.startswith("end") else "if"
            message = f"`{{% {tag} %}}` belongs to no `{{% {opens} %}}`"
            if apart := self._apart(opens, 0, word.start):
                return apart
            return Broken(*self._whole(self.at), message, f"Take it out, or write `{{% {opens} … %}}` before it.")
        wanted = [f"end{self.words[around[-1]].value}"] if around else []
        near = closest(tag, wanted)
        near = ELSE_IF.get(tag) or near or closest(tag, (*CLOSED, "else", "elif"))
        help = proposal(near) if near else "There are `if`, `for`, `set`, `with` and, in prompts, `block`."
        return Broken(word.start, word.end, f"there is no `{{% {tag} %}}`", help)

    def _apart(self, tag: str, start: int, end: int) -> Broken | None:
        """The tag that is missed, whose signs stand apart."""
        found = spaced(self.text, tag, start, end)
        if found is None:
            return None
        help = f"Write `{{% {found[1].strip(' %')} %}}`."
        return Broken(*found.span(), f"`{found[0]}` is no tag: `{{` and `%` stand apart", help)

    # within an expression -----------------------------------------------------------------------------------------

    def _missing(self) -> Broken | None:
        """An expression that ends too early: nothing stands behind a sign, or there is none at all."""
        here = self.words[self.at] if self.at < len(self.words) else None
        if here is not None and here.type not in (*ENDS, "rparen", "rbracket", "rbrace", "comma"):
            return None
        before = self.words[self.at - 1] if self.at else None
        if before is None or before.type in BEGINS:
            return Broken(*self._whole(self.at), "there is no expression", "Write a name or a value there.")
        shown = self.text[before.start : before.end]
        comma = re.compile(r"(?<=\d),(\d+)(?!\w)").match(self.text, before.end)
        if comma and before.type == "integer":
            return Broken(before.start, comma.end(), "a comma is no decimal point here", f"Write `{shown}.{comma[1]}`.")
        if before.type in OPERATORS or shown in OPERATORS or (here is not None and here.type == "comma"):
            if before.type == "name" and shown not in ("and", "or", "not", "in", "is", "if", "else"):
                return None
            begins = self.at > 1 and self.words[self.at - 2].type == "block_begin"
            help = (example(shown) if begins else "") or f"Write it, or take `{shown}` out."
            if self.text[before.start - 1 : before.end] in ("++", "--"):
                help = "The new value is written whole: `count + 1`."
            return Broken(before.start, before.end, f"something is missing after `{shown}`", help)
        if before.type == "name" and self.at > 1 and self.words[self.at - 2].type in BEGINS and here is not None:
            return Broken(*self._whole(self.at - 1), f"something is missing after `{shown}`", example(shown))
        return None

    def _strange(self) -> Broken:
        """A word that does not belong where it stands."""
        if self.at >= len(self.words):
            return self._at_end()
        here, before = self.words[self.at], self.words[self.at - 1] if self.at else None
        shown = self.text[here.start : here.end].strip()
        if "can't assign" in self.said and before is not None:
            return Broken(before.start, before.end, self.said, "A name stands there.")
        message = f"`{shown}` does not belong here"
        if self.said.startswith("something stands after the end"):
            message = f"something stands after the end of the expression: `{shown}`"
        expected = re.search(r"expected token '(in|as|import)'", self.said)
        if expected:
            message, help = f"`{expected[1]}` is expected here", f"Write `{expected[1]}` in its place."
            return Broken(here.start, here.end, message, help)
        if here.value == "if" and before is not None and before.value == "else":
            return Broken(before.start, here.end, "there is no `{% else if %}`", "Write `{% elif condition %}`.")
        return Broken(here.start, here.end, message, self._instead(here, before))

    def _at_end(self) -> Broken:
        """A bare expression that ends too early."""
        last = self.words[-1]
        bracket = re.search(r"expected '([)\]},])'", self.said)
        for opener in "([{" if bracket else "":
            if (start := self._opened(opener, 0, len(self.text))) < len(self.text):
                return Broken(start, start + 1, f"`{opener}` is not closed", self._write(CLOSING[opener]))
        return Broken(last.start, last.end, self.said)

    def _instead(self, here: Word, before: Word | None) -> str:
        """What may be meant by a word that does not belong where it stands."""
        begins = before is not None and before.type in BEGINS
        if other := instead(self.text, here.start, here.end, begins, self.bare):
            return other
        if here.type == "gt" and before is not None and before.type == "lt":
            return "Not equal is written `!=`."
        if here.type == "assign" and self.text.startswith("=>", here.start):
            return "Write `>=`."
        if here.type == "assign":
            return "Equal is written `==`; texts stand in quotes: `mood == 'good'`."
        if self.said.startswith(("Block names", "expected token 'name'")):
            return "A name is made of letters, digits and `_`."
        if before is None or here.type not in VALUES or before.type not in (*VALUES, "rparen", "rbracket"):
            return ""
        if self.at > 1 and self.words[self.at - 2].type == "pipe":
            return f"What a filter is given stands in brackets: `{before.value}(…)`."
        return "Between two values stands a sign: `+`, `~`, `==`, `and`. A text stands in quotes: `'…'`."

    def _refused(self) -> Broken:
        word = self.words[self.at]
        if self.said.endswith("twice"):
            return Broken(word.start, word.end, self.said, "Keep one of the two.")
        help = next((help for what, help in REFUSED.items() if what in self.said), "")
        return Broken(*self._whole(self.at), self.said, help)

    # places -------------------------------------------------------------------------------------------------------

    def _begin(self, at: int) -> Word | None:
        """The `{{` or `{%` that the place lies behind."""
        for word in reversed(self.words):
            if word.start < at and word.type in (*BEGINS, *ENDS):
                return word if word.type in BEGINS else None
        return None

    def _whole(self, number: int) -> tuple[int, int]:
        """From the `{{` or `{%` around a word to its end."""
        number = min(number, len(self.words) - 1)
        if number < 0:
            return 0, len(self.text)
        first = next((word for word in reversed(self.words[: number + 1]) if word.type in BEGINS), self.words[0])
        last = next((word for word in self.words[number:] if word.type in ENDS), self.words[-1])
        return first.start, first.start + len(self.text[first.start : last.end].rstrip())

    @staticmethod
    def _write(sign: str) -> str:
        return f"Write `{sign}` at its end."


def _end_of(what: str) -> str:
    return "#}" if what == "{#" else "{% endraw %}"
