"""Cuts a template that cannot be read into words that know their places, and reads it again up to where it breaks.

Law: asked only once something is wrong, so it may take its time. Jinja's own lexer and parser decide where that is;
they know lines only, so the words are found again in the text, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from jinja2.exceptions import TemplateSyntaxError
from jinja2.lexer import Token, TokenStream

from engine.core.compilable import CompilableParser
from engine.core.sandbox import Sandbox

BEGINS, ENDS = ("variable_begin", "block_begin"), ("variable_end", "block_end")


class Word(Token):
    """A token of Jinja's, and where it stands: `number` among all, from `start` to `end` in the text."""

    number = start = end = 0


class Reading(CompilableParser):
    """One reading of a text that raises TemplateSyntaxError. Afterwards `words` are all that could be cut, `at` is the
    number of the word at which it broke (their count: at the end), `open` are the numbers of the tags that had begun
    and not ended. `uncut` is the offset at which no word could be cut, when it was that."""

    def __init__(self, environment: Sandbox, text: str, bare: bool) -> None:
        self.words: list[Word] = []
        self.open: list[int] = []
        self.uncut: int | None = None
        self._refused_at = 0
        super().__init__(environment, "")
        self._cut_error: TemplateSyntaxError | None = None
        self._cut(text, "variable" if bare else None)
        self.error: TemplateSyntaxError | None = None
        try:
            self.stream = TokenStream(self._words(), None, None)
            self._read(bare)
        except TemplateSyntaxError as error:
            self.error = error
        if self.error is not self._cut_error:
            self.uncut = None

    @property
    def at(self) -> int:
        return self._refused_at or self._current()

    def _current(self) -> int:
        current = self.stream.current
        return current.number if isinstance(current, Word) else len(self.words)

    def _read(self, bare: bool) -> None:
        if bare:
            self.parse_expression()
            if not self.stream.eos:
                self.fail("something stands after the end of the expression")
        else:
            self.subparse()
        if self._refused is not None:
            raise TemplateSyntaxError(self._refused[0], 1)

    def _words(self) -> Iterator[Word]:
        yield from self.words
        if self._cut_error is not None:
            raise self._cut_error

    def _cut(self, text: str, state: str | None) -> None:
        lexer = self.environment.lexer
        place = start = 0
        try:
            for line, kind, written in lexer.tokeniter(text, None, None, state):
                start = max(text.find(written, place), place)  # spaces before a tag may have been taken out
                place = start + len(written)
                for token in lexer.wrap([(line, kind, written)]):
                    word = Word(*token)
                    word.number, word.start, word.end = len(self.words), start, place
                    self.words.append(word)
                start = place
        except (TemplateSyntaxError, ValueError) as error:
            self._cut_error = error if isinstance(error, TemplateSyntaxError) else TemplateSyntaxError(str(error), 1)
            self.uncut = start

    def parse_statement(self):  # type: ignore[no-untyped-def] # as in Jinja
        self.open.append(self._current())
        made = super().parse_statement()
        self.open.pop()
        return made

    def _refuse(self, message: str, line: int) -> None:
        if self._refused is None:
            named = message.split("`")[1]
            begun = self.open[-1] if self.open else 0
            twice = [word.number for word in self.words[begun : self._current()] if word.value == named]
            self._refused_at = twice[-1] if message.endswith("twice") and twice else begun
        super()._refuse(message, line)
