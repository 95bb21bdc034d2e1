"""An editor for tests: speaks the Language Server Protocol with a subprocess, message by message, and never sleeps."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CAPABILITIES = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True}},
        "rename": {"prepareSupport": True},
        "publishDiagnostics": {},
    },
    "workspace": {
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename", "delete"]},
        "fileOperations": {"willRename": True},
    },
}


class Failed(Exception):
    """The server answered with an error."""


class Editor:
    """One server. Lines and columns count from 0 in UTF-16 units, as in the protocol."""

    def __init__(self, command: Sequence[str], root: Path, capabilities: dict[str, Any] | None = None) -> None:
        self.root = root
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root)
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.diagnostics: dict[str, dict[str, Any]] = {}  # uri -> the last that was told
        self.asked: list[str] = []  # methods that the server asked the editor for
        self.settings: dict[str, Any] = {}
        self._id = 0
        folder = {"uri": root.as_uri(), "name": root.name}
        self.capabilities = self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": root.as_uri(),
                "workspaceFolders": [folder],
                "capabilities": capabilities or CAPABILITIES,
            },
        )["capabilities"]
        self.notify("initialized", {})

    # messages ---------------------------------------------------------------------------------------------------

    def request(self, method: str, params: Any) -> Any:
        self._id += 1
        wanted = self._id
        self._send({"jsonrpc": "2.0", "id": wanted, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == wanted and "method" not in message:
                if "error" in message:
                    raise Failed(message["error"]["message"])
                return message["result"]
            self._take(message)

    def notify(self, method: str, params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        content = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while header := self.process.stdout.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, f"the server has gone with exit code {self.process.wait()}"
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message

    def _take(self, message: dict[str, Any]) -> None:
        """What the server says of its own accord."""
        method = message.get("method", "")
        if method == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]
        elif "id" in message:
            self.asked.append(method)
            result: Any = None
            if method == "workspace/configuration":
                result = [self.settings.get(one.get("section"), {}) for one in message["params"]["items"]]
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    # files ------------------------------------------------------------------------------------------------------

    def uri(self, file: str) -> str:
        return (self.root / file).as_uri()

    def open(self, file: str, text: str | None = None, language: str = "yaml") -> str:
        """Show a file; with `text` it has changes that are not saved."""
        uri = self.uri(file)
        self.texts[uri] = (self.root / file).read_text(encoding="utf-8") if text is None else text
        self.versions[uri] = 1
        item = {"uri": uri, "languageId": language, "version": 1, "text": self.texts[uri]}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def change(self, file: str, text: str) -> None:
        """Type: the text is another now, and not saved."""
        uri = self.uri(file)
        self.texts[uri] = text
        self.versions[uri] += 1
        document = {"uri": uri, "version": self.versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def close(self, file: str) -> None:
        self.notify("textDocument/didClose", {"textDocument": {"uri": self.uri(file)}})

    def close_all(self) -> None:
        for uri in self.texts:
            self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        self.texts, self.versions, self.diagnostics = {}, {}, {}

    def findings(self, file: str) -> list[dict[str, Any]]:
        """The diagnostics of the text as it is shown now; waits for them."""
        uri = self.uri(file)
        while self.diagnostics.get(uri, {}).get("version") != self.versions[uri]:
            self._take(self._read())
        found: list[dict[str, Any]] = self.diagnostics[uri]["diagnostics"]
        return found

    def next_findings(self, file: str) -> list[dict[str, Any]]:
        """The diagnostics of a file when they are told next."""
        self.diagnostics.pop(self.uri(file), None)
        while self.uri(file) not in self.diagnostics:
            self._take(self._read())
        found: list[dict[str, Any]] = self.diagnostics[self.uri(file)]["diagnostics"]
        return found

    def versions_told(self, file: str) -> list[int]:
        """The versions of a text that diagnostics come for, up to the last one."""
        told: list[int] = []
        while not told or told[-1] != self.versions[self.uri(file)]:
            self.diagnostics.pop(self.uri(file), None)
            self._take(self._read())
            if self.uri(file) in self.diagnostics:
                told.append(self.diagnostics[self.uri(file)]["version"])
        return told

    # places -----------------------------------------------------------------------------------------------------

    def at(self, file: str, mark: str, offset: int = 0) -> dict[str, Any]:
        """The place `offset` characters behind the beginning of the first `mark` in a file's text."""
        text = self.texts[self.uri(file)]
        return {"textDocument": {"uri": self.uri(file)}, "position": place(text, text.index(mark) + offset)}

    def shown(self, range_: dict[str, Any], file: str) -> str:
        """What stands at a range."""
        text = self.texts[self.uri(file)]
        return text[index(text, range_["start"]) : index(text, range_["end"])]

    def labels(self, method: str, params: Any) -> list[str]:
        found = self.request(method, params)
        return [item["label"] for item in (found["items"] if isinstance(found, dict) else found)]

    def quit(self) -> int:
        """Say goodbye; the exit code."""
        self.request("shutdown", None)
        self.notify("exit", None)
        with self.process as process:
            return process.wait()


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def place(text: str, at: int) -> dict[str, int]:
    """An index as a position of the protocol."""
    before = text[:at]
    return {"line": before.count("\n"), "character": units(before[before.rfind("\n") + 1 :])}


def index(text: str, position: dict[str, int]) -> int:
    """A position of the protocol as an index."""
    start = 0
    for _ in range(position["line"]):
        start = text.index("\n", start) + 1
    line = text[start:].encode("utf-16-le")[: position["character"] * 2]
    return start + len(line.decode("utf-16-le"))


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    """A text after its edits."""
    for edit in sorted(edits, key=lambda one: index(text, one["range"]["start"]), reverse=True):
        start, end = index(text, edit["range"]["start"]), index(text, edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text
