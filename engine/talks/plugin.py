"""Talk tests in pytest: every talk of a talk file is one test.

`pytest -p engine.talks.plugin`, or `from engine.talks.plugin import pytest_collect_file` in a conftest.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Takes YAML files with a key `talks` in a bot's folder; leaves all others alone."""
    if file_path.suffix not in (".yaml", ".yml"):
        return None
    from engine.talks.suite import is_talk_file

    return TalkFileNode.from_parent(parent, path=file_path) if is_talk_file(file_path) else None


class WrongTalk(Exception):
    """The talk went another way; the text is the talk with the difference marked."""


class TalkFileNode(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        from engine.lint.report import render
        from engine.talks.file import read_talks
        from engine.talks.suite import root_of, shown_path

        root = root_of(self.path, self.config.rootpath)
        file = read_talks(self.path, shown_path(self.path, root))
        if file.findings:
            raise self.CollectError(render(file.findings, sources=lambda name: file.text))
        for talk in file.talks:
            yield TalkItem.from_parent(self, name=talk.title, root=root, talk=talk)


class TalkItem(pytest.Item):
    def __init__(self, *, root: Path, talk: Any, **more: Any) -> None:
        super().__init__(**more)
        self.root = root
        self.talk = talk

    def runtest(self) -> None:
        from engine.talks.player import play
        from engine.talks.report import shown_talk

        played = play(_bot(self.root), self.talk)
        if not played.right:
            raise WrongTalk(shown_talk(played))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, WrongTalk):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.talk.span.line - 1, self.talk.title


@cache
def _bot(root: Path) -> Any:
    """Loaded once a session. Raises WrongTalk with what is wrong in the bot's files."""
    from engine.lint.report import render
    from engine.talks.player import Bot

    bot, findings = Bot.load(root)
    if bot is None:
        raise WrongTalk(render(findings))
    return bot
