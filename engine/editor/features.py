"""What an editor may ask and tell: each feature of the protocol, answered by its own file of this folder."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from engine.editor.bots import MEDIA
from engine.editor.complete import Completion
from engine.editor.define import definitions
from engine.editor.hover import told
from engine.editor.mend import mends
from engine.editor.refer import references
from engine.editor.renaming import renaming
from engine.editor.server import QUIET, Server, diagnostic
from engine.project.files import FOLDERS

TRIGGERS = types.CompletionOptions(trigger_characters=[".", "{", " ", "|"])


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
        cursor = server.cursor(params.text_document, params.position)
        return [server.location(cursor.bot, span) for span in definitions(cursor)] if cursor else []

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def referring(params: types.ReferenceParams) -> list[types.Location]:
        cursor = server.cursor(params.text_document, params.position)
        if cursor is None:
            return []
        return [server.location(cursor.bot, span) for span in references(cursor, params.context.include_declaration)]

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, TRIGGERS)
    def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        cursor = server.cursor(params.text_document, params.position)
        return Completion(cursor, _snippets(server)).items() if cursor else []

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        cursor = server.cursor(params.text_document, params.position)
        text = told(cursor) if cursor else ""
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
                diagnostics=[diagnostic(finding, lines)],
                edit=types.WorkspaceEdit(changes={uri: [types.TextEdit(lines.range(mend.span), mend.text)]}),
                is_preferred=True,
            )
            for finding, mend in mends(bot, file, params.range.start.line + 1, params.range.end.line + 1)
        ]
