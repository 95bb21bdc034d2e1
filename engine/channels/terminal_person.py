"""The terminal's screen for a person: a prompt with history, formatted messages, a line while the bot thinks."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

from engine.channels.markdown import Rendered, render
from engine.channels.terminal_script import choice_lines, link_lines, media_lines, printable
from engine.core.effects import SendMessage

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.formatted_text import StyleAndTextTuples

_THINKING_SECONDS = 6.0  # the runtime says `typing` again every few seconds while it lasts

_STYLES = {
    "bold": "bold",
    "italic": "italic",
    "code": "ansicyan",
    "pre": "ansicyan",
    "strikethrough": "strike",
    "spoiler": "reverse",
    "text_link": "underline",
    "blockquote": "italic",
}
_DIM = "ansibrightblack"

# The few words of the terminal itself; the bot's own sentences stand in engine/words/.
_WORDS = {
    "ru": {
        "hello": "Чат с ботом. /start начинает, /help помогает, /quit или Ctrl-D — выход.",
        "thinking": "думаю…",
        "contact": "contact:+79161234567 — отправить контакт",
        "location": "location:55.75,37.61 — отправить место",
    },
    "en": {
        "hello": "A chat with the bot. /start begins, /help helps, /quit or Ctrl-D leaves.",
        "thinking": "thinking…",
        "contact": "contact:+79161234567 sends a contact",
        "location": "location:55.75,37.61 sends a place",
    },
}

Fragments = list[tuple[str, str]]


class PersonScreen:
    """Needs a real terminal on standard input and output. `language` chooses its own few words."""

    one_by_one = False  # a person may speak while the bot thinks

    def __init__(self, language: str = "ru") -> None:
        self._words = _WORDS.get(language, _WORDS["en"])
        self._session: PromptSession[str] | None = None
        self._stack = ExitStack()
        self._thinking_until = 0.0
        self._stopped = False

    def __enter__(self) -> Self:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import InMemoryHistory
        from prompt_toolkit.patch_stdout import patch_stdout

        # History stays in memory: a file would keep what `dialogue forget` must be able to remove.
        self._session = PromptSession(message=self._prompt, history=InMemoryHistory())
        self._stack.enter_context(patch_stdout(raw=True))  # the log's lines appear above the prompt
        _print([(_DIM, self._words["hello"])])
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    async def read(self) -> str | None:
        """Ctrl-C clears what was typed, Ctrl-D leaves."""
        assert self._session is not None, "the screen is not entered"  # noqa: S101  # a programming error only
        while not self._stopped:
            try:
                return await self._session.prompt_async()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return None
        return None

    def show(self, message: SendMessage) -> None:
        self._thinking_until = 0.0
        lines: Fragments = formatted(render(message.text)) if message.text else []
        below = [(_DIM, line) for line in media_lines(message)]
        below += [("", line) for line in choice_lines(message)]
        below += [("underline", line) for line in link_lines(message)]
        if message.ask_for:
            below.append((_DIM, self._words[message.ask_for]))
        for style, line in below:
            lines += [("", "\n"), (style, line)] if lines else [(style, line)]
        _print(lines)

    def close_question(self, chosen: str) -> None:
        if chosen:
            _print([(_DIM, "✓ "), *formatted(render(chosen))])

    def over(self) -> None:
        """A person sees it."""

    def problem(self, text: str) -> None:
        _print([("ansired", printable(text))])

    def thinking(self) -> None:
        self._thinking_until = time.monotonic() + _THINKING_SECONDS
        if self._session is not None:
            self._session.app.invalidate()
            asyncio.get_running_loop().call_later(_THINKING_SECONDS + 0.1, self._session.app.invalidate)

    def stop(self) -> None:
        self._stopped = True

    def _prompt(self) -> StyleAndTextTuples:
        waits = time.monotonic() < self._thinking_until
        return [*([(_DIM, self._words["thinking"] + "\n")] if waits else []), ("bold", "> ")]


def formatted(rendered: Rendered) -> Fragments:
    """Stretches of one style each; the address of a link follows it in brackets. Offsets count UTF-16 units."""
    text = rendered.text.encode("utf-16-le", "surrogatepass")
    entities = rendered.entities
    edges = sorted({0, len(text) // 2, *(e.offset for e in entities), *(e.offset + e.length for e in entities)})
    fragments: Fragments = []
    for start, end in pairwise(edges):
        here = [e for e in entities if e.offset <= start < e.offset + e.length]
        style = " ".join(_STYLES.get(e.kind, "") for e in here)
        fragments.append((style, printable(text[2 * start : 2 * end].decode("utf-16-le", "replace"))))
        fragments += [(_DIM, f" ({printable(e.url)})") for e in here if e.url and e.offset + e.length == end]
    return fragments


def _print(fragments: Any) -> None:
    from prompt_toolkit import print_formatted_text
    from prompt_toolkit.formatted_text import FormattedText

    print_formatted_text(FormattedText(fragments), flush=True)
