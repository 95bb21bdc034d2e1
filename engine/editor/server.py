"""The language server: the texts as the editor has them, and what is wrong with them. All else it can: `features`.

Law: a request is answered from what the editor shows at that moment, unsaved texts included; a mistake in a file never
stops the server.
"""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import TextDocument

from engine.core.finding import Finding, Span
from engine.editor.bots import Bot, Bots, findings
from engine.editor.cursor import Cursor
from engine.editor.positions import Lines

QUIET = 0.15  # s without a keystroke, until the texts are checked
SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}


class Server(LanguageServer):
    """`root` is the bot's folder that the command was started for; the bots of other open files are found as well."""

    def __init__(self, root: Path) -> None:
        # Whole texts: pygls lays partial changes over lines that it also cuts at U+2028, which editors do not.
        super().__init__("dialogue", version("dialogue-engine"), types.TextDocumentSyncKind.Full)
        self.bots = Bots(root)
        self._due: dict[Path, asyncio.TimerHandle] = {}
        self._looking: dict[Path, asyncio.Task[None]] = {}

    # files ------------------------------------------------------------------------------------------------------

    def find(self, uri: str) -> tuple[Bot, str] | None:
        path = to_fs_path(uri)
        return self.bots.of(Path(path)) if path else None

    def cursor(self, document: types.TextDocumentIdentifier, position: types.Position) -> Cursor | None:
        """Where the person asks; None in a file that is none of a bot's."""
        found = self.find(document.uri)
        if found is None:
            return None
        bot, file = found
        lines = self.lines(bot, file)
        return Cursor(bot, file, lines, *lines.place(position))

    def lines(self, bot: Bot, file: str) -> Lines:
        return Lines(bot.text(file), self.workspace.position_encoding or types.PositionEncodingKind.Utf16)

    def document(self, path: Path) -> TextDocument | None:
        """A file that is open in the editor."""
        return next((one for one in self.workspace.text_documents.values() if Path(one.path) == path), None)

    def uri(self, bot: Bot, file: str) -> str:
        """As the editor calls it when it is open there."""
        path = bot.root / file
        opened = self.document(path)
        return opened.uri if opened else from_fs_path(str(path)) or path.as_uri()

    def keep(self, uri: str, delay: float) -> None:
        """Take a text over as the editor has it now (or no more), and check its bot."""
        found = self.find(uri)
        if found is None:
            return
        bot, file = found
        document = self.document(bot.root / file)
        if document is None:
            bot.unsaved.pop(file, None)
        else:
            bot.unsaved[file] = document.source.encode("utf-8", "replace")
        self.look(bot, delay)

    def look(self, bot: Bot, delay: float) -> None:
        """Check a bot after `delay` seconds of quiet."""
        waiting = self._due.pop(bot.root, None)
        if waiting is not None:
            waiting.cancel()
        self._due[bot.root] = asyncio.get_running_loop().call_later(delay, self.publish, bot)

    def publish(self, bot: Bot) -> None:
        """Tell the editor what is wrong in all files of a bot, as long as one of them is open. Of a large bot the open
        files come first, the others when a thread has looked at them."""
        if not bot.unsaved:
            self._tell(bot, {})
        elif not bot.large:
            self._tell(bot, findings(bot.loaded()))
        else:
            self._tell(bot, {file: bot.shown.get(file, []) for file in bot.published} | bot.findings_of_open())
            if bot.root not in self._looking:
                self._looking[bot.root] = asyncio.get_running_loop().create_task(self._look_at_all(bot))

    async def _look_at_all(self, bot: Bot) -> None:
        """Until what was looked at is what the editor shows."""
        try:
            looked_at = None
            while bot.unsaved and looked_at is not bot.loaded():
                looked_at = bot.loaded()
                found = await asyncio.to_thread(findings, looked_at)
            if bot.unsaved:
                self._tell(bot, found)
        finally:
            del self._looking[bot.root]

    def _tell(self, bot: Bot, found: dict[str, list[Finding]]) -> None:
        bot.shown = found
        told_of = {file for file, findings in found.items() if findings} | (bot.unsaved.keys() & found.keys())
        for file in sorted(told_of | bot.published):
            self.text_document_publish_diagnostics(self._diagnostics(bot, file, found.get(file, [])))
        bot.published = told_of

    def _diagnostics(self, bot: Bot, file: str, findings: list[Finding]) -> types.PublishDiagnosticsParams:
        uri, lines = self.uri(bot, file), self.lines(bot, file)
        shown = [diagnostic(one, lines) for one in findings]
        opened = self.document(bot.root / file)
        return types.PublishDiagnosticsParams(uri, shown, opened.version if opened else None)

    def location(self, bot: Bot, span: Span) -> types.Location:
        return types.Location(self.uri(bot, span.file), self.lines(bot, span.file).range(span))


def diagnostic(finding: Finding, lines: Lines) -> types.Diagnostic:
    """A finding as the editor shows it."""
    return types.Diagnostic(
        range=lines.range(finding.span),
        message=f"{finding.message}\n{finding.help}".strip(),
        severity=SEVERITIES[finding.severity],
        code=finding.code,
        source="dialogue",
    )
