"""The language server: what the editor asks, answered by the features of this folder, one file each.

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
from engine.editor.bots import MEDIA, Bot, Bots, findings
from engine.editor.complete import Completion
from engine.editor.define import definitions
from engine.editor.hover import told
from engine.editor.mend import mends
from engine.editor.positions import Lines
from engine.editor.refer import references
from engine.editor.renaming import renaming
from engine.project.files import FOLDERS

QUIET = 0.15  # s without a keystroke, until the texts are checked
SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
TRIGGERS = types.CompletionOptions(trigger_characters=[".", "{", " ", "|"])


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
        shown = [_diagnostic(one, lines) for one in findings]
        opened = self.document(bot.root / file)
        return types.PublishDiagnosticsParams(uri, shown, opened.version if opened else None)

    def location(self, bot: Bot, span: Span) -> types.Location:
        return types.Location(self.uri(bot, span.file), self.lines(bot, span.file).range(span))


def _diagnostic(finding: Finding, lines: Lines) -> types.Diagnostic:
    return types.Diagnostic(
        range=lines.range(finding.span),
        message=f"{finding.message}\n{finding.help}".strip(),
        severity=SEVERITIES[finding.severity],
        code=finding.code,
        source="dialogue",
    )


def make(root: Path) -> Server:
    """A server with all its features; `start_io` runs it."""
    server = Server(root)
    _texts(server)
    _answers(server)
    renaming(server)
    _mending(server)
    return server


def _texts(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.keep(params.text_document.uri, 0)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.keep(params.text_document.uri, QUIET)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.keep(params.text_document.uri, 0)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.keep(params.text_document.uri, 0)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        for change in params.changes:
            server.keep(change.uri, QUIET)
            shows = server.bots.with_media(Path(to_fs_path(change.uri) or ""))
            if shows is not None:
                server.look(shows, QUIET)

    @server.feature(types.INITIALIZED)
    def begun(params: types.InitializedParams) -> None:
        """Ask to be told when files change that are not open."""
        known = server.client_capabilities.workspace
        watched = known.did_change_watched_files if known else None
        if watched is None or not watched.dynamic_registration:
            return
        patterns = [types.FileSystemWatcher(f"**/{folder}/**") for folder in (*FOLDERS, MEDIA)]
        options = types.DidChangeWatchedFilesRegistrationOptions(patterns)
        wish = types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        server.client_register_capability(types.RegistrationParams([wish]))


def _answers(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> list[types.Location]:
        found = server.find(params.text_document.uri)
        if found is None:
            return []
        bot, file = found
        line, column = server.lines(bot, file).place(params.position)
        return [server.location(bot, span) for span in definitions(bot, file, line, column)]

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def referring(params: types.ReferenceParams) -> list[types.Location]:
        found = server.find(params.text_document.uri)
        if found is None:
            return []
        bot, file = found
        place = server.lines(bot, file).place(params.position)
        spans = references(bot, file, *place, params.context.include_declaration)
        return [server.location(bot, span) for span in spans]

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, TRIGGERS)
    def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        found = server.find(params.text_document.uri)
        if found is None:
            return []
        bot, file = found
        lines = server.lines(bot, file)
        return Completion(bot, file, lines, *lines.place(params.position), _snippets(server)).items()

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        found = server.find(params.text_document.uri)
        if found is None:
            return None
        bot, file = found
        lines = server.lines(bot, file)
        text = told(bot, file, lines, *lines.place(params.position))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None


def _snippets(server: Server) -> bool:
    known = server.client_capabilities.text_document
    item = known.completion.completion_item if known and known.completion else None
    return bool(item and item.snippet_support)


def _mending(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix]))
    def mending(params: types.CodeActionParams) -> list[types.CodeAction]:
        found = server.find(params.text_document.uri)
        if found is None:
            return []
        bot, file = found
        lines, uri = server.lines(bot, file), params.text_document.uri
        return [
            types.CodeAction(
                title=f"Write {mend.text}",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[_diagnostic(finding, lines)],
                edit=types.WorkspaceEdit(changes={uri: [types.TextEdit(lines.range(mend.span), mend.text)]}),
                is_preferred=True,
            )
            for finding, mend in mends(bot, file, params.range.start.line + 1, params.range.end.line + 1)
        ]
