"""Renaming as the editor asks for it: names in the texts, and files with them.

Law: a file is renamed only by an editor that says it can; else the person is told what to do first.
"""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from engine.editor.bots import Bot
from engine.editor.moves import Move, move, named_at, named_by
from engine.editor.rename import Edit, Refused, rename, target
from engine.editor.server import Server

FOLDERS = types.FileOperationRegistrationOptions(
    [types.FileOperationFilter(types.FileOperationPattern("**/{scenarios,prompts}/**"))]
)


def renaming(server: Server) -> None:
    """Add the features to a server."""
    ours: set[tuple[str, str]] = set()  # renames of files that came from here: their texts are changed already

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        cursor = server.cursor(params.text_document, params.position)
        if cursor is None:
            return None
        named = named_at(cursor)
        name, span = (named.name, named.span) if named else target(cursor) or ("", None)
        return types.PrepareRenamePlaceholder(cursor.lines.range(span), name) if span else None

    @server.feature(types.TEXT_DOCUMENT_RENAME)
    def renamed(params: types.RenameParams) -> types.WorkspaceEdit | None:
        cursor, new = server.cursor(params.text_document, params.position), params.new_name.strip()
        if cursor is None:
            return None
        bot, named = cursor.bot, named_at(cursor)
        try:
            if named is None:
                return types.WorkspaceEdit(changes=_changes(server, bot, rename(cursor, new)))
            made = move(bot, named, new, able=_can_rename_files(server))
        except Refused as refused:
            raise JsonRpcInvalidParams(str(refused)) from None
        moved = types.RenameFile(server.uri(bot, made.file), server.uri(bot, made.to))
        ours.add((moved.old_uri, moved.new_uri))
        return types.WorkspaceEdit(document_changes=[*_documents(server, bot, made.edits), moved])

    @server.feature(types.WORKSPACE_WILL_RENAME_FILES, FOLDERS)
    def file_renamed(params: types.RenameFilesParams) -> types.WorkspaceEdit | None:
        """The person renames a file in the editor's tree: what names it follows."""
        edits: list[types.TextDocumentEdit] = []
        for one in params.files:
            if (one.old_uri, one.new_uri) in ours:
                ours.discard((one.old_uri, one.new_uri))
                continue
            before, after = server.find(one.old_uri), server.find(one.new_uri)
            if before is None or after is None or before[0] is not after[0]:
                continue
            try:
                made = _by_file(*before, after[1])
            except Refused as refused:
                server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, str(refused)))
                continue
            edits += _documents(server, before[0], made.edits) if made is not None else []
        return types.WorkspaceEdit(document_changes=list(edits)) if edits else None


def _by_file(bot: Bot, file: str, to: str) -> Move | None:
    """What follows when a person renames the file. A scenario that only goes to another folder keeps its name."""
    named = named_by(bot, file)
    if named is None:
        return None
    ending = ".yaml" if named.kind == "scenario" else file.removeprefix(f"prompts/{named.name}")
    new = to.rpartition("/")[2] if named.kind == "scenario" else to.removeprefix("prompts/")
    return move(bot, named, new.removesuffix(ending)) if new.removesuffix(ending) != named.name else None


def _can_rename_files(server: Server) -> bool:
    known = server.client_capabilities.workspace
    edits = known.workspace_edit if known else None
    able = edits.resource_operations if edits else None
    return bool(edits and edits.document_changes and types.ResourceOperationKind.Rename in (able or ()))


def _changes(server: Server, bot: Bot, edits: Iterable[Edit]) -> dict[str, list[types.TextEdit]]:
    changes: dict[str, list[types.TextEdit]] = {}
    for edit in edits:
        there = server.lines(bot, edit.span.file).range(edit.span)
        changes.setdefault(server.uri(bot, edit.span.file), []).append(types.TextEdit(there, edit.text))
    return changes


def _documents(server: Server, bot: Bot, edits: Iterable[Edit]) -> list[types.TextDocumentEdit]:
    found = []
    for uri, changes in _changes(server, bot, edits).items():
        opened = server.workspace.text_documents.get(uri)
        document = types.OptionalVersionedTextDocumentIdentifier(uri, opened.version if opened else None)
        found.append(types.TextDocumentEdit(document, list(changes)))
    return found
