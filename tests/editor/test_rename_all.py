"""Every step of every shipped scenario is renamed, and the bot is as right as before."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.finding import Finding
from engine.editor.bots import Bot
from engine.editor.cursor import Cursor
from engine.editor.define import setters
from engine.editor.positions import Lines
from engine.editor.rename import Edit, Refused, rename, target
from engine.editor.survey import name_span, survey
from engine.lint.run import lint
from engine.project.load import Loaded

ROOT = Path(__file__).parents[2]
BOT = Bot(ROOT)
FILES = sorted(f"scenarios/{path.name}" for path in (ROOT / "scenarios").glob("*.yaml"))
SHARED: dict[str, list[str]] = {}  # what prompts of several scenarios read


def changed(bot: Bot, edits: list[Edit]) -> dict[str, bytes]:
    """The files after the edits."""
    texts: dict[str, str] = {}
    for edit in sorted(edits, key=lambda one: (one.span.line, one.span.column), reverse=True):
        lines = Lines(texts.get(edit.span.file) or bot.text(edit.span.file))
        start = lines.offset(edit.span.line, edit.span.column)
        end = lines.offset(edit.span.end_line, edit.span.end_column)
        texts[edit.span.file] = lines.joined[:start] + edit.text + lines.joined[end:]
    return {file: text.encode() for file, text in texts.items()}


def mistakes(loaded: Loaded, old: str, new: str) -> list[str]:
    def words(finding: Finding) -> str:
        return f"{finding.span.file} {finding.code} {finding.message}".replace(new, old)

    return sorted(words(finding) for finding in lint(loaded))


@pytest.mark.parametrize("file", FILES)
def test_every_step(file: str) -> None:
    """No finding comes or goes, the new name is there, the old one is in `renamed:`; or a refusal says why not. So with
    every variable."""
    before = BOT.loaded()
    lines, refused = Lines(BOT.text(file)), list[str]()
    places = {name: name_span(step) for name, step in survey(before, file).named.items()}
    steps = len(places)
    for step in survey(before, file).steps:
        for name in step.writes() - places.keys():
            places[name] = next(iter(setters(before, file, name)))
    for number, (name, span) in enumerate(places.items()):
        cursor = Cursor(BOT, file, lines, span.line, span.column)
        assert target(cursor) is not None
        try:
            edits = rename(cursor, "brand_new_name")
        except Refused:
            refused.append(name)
            continue
        after = BOT.loaded(changed(BOT, edits))
        scenario = after.files[file].scenario
        assert scenario is not None, [one.message for one in after.files[file].findings]
        assert "brand_new_name" in (scenario.by_name if number < steps else scenario.writes)
        assert name not in scenario.by_name.keys() | (scenario.writes if number >= steps else set())
        assert scenario.renamed[name] == "brand_new_name"
        assert mistakes(after, name, "brand_new_name") == mistakes(before, name, "brand_new_name")
    assert refused == SHARED.get(file, [])
