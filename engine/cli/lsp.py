"""`dialogue lsp`: the language server, which an editor starts and speaks with over standard input and output."""

from __future__ import annotations

import argparse
import logging
import os
import sys

AREA = "editor"
HELP = "the language server that an editor starts: mistakes, completion, rename"
EXAMPLES = (("dialogue lsp", "what an editor's settings name"),)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stdio", action="store_true", help="what editors add; there is no other way")


def run(args: argparse.Namespace) -> int:
    """0 when the editor said goodbye first, 1 when it was suddenly gone (as the protocol wants it)."""
    from engine.cli.main import WrongUse

    try:
        from engine.editor.features import make
    except ImportError as error:
        if (error.name or "").split(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise WrongUse("the editor part is not installed: pip install 'dialogue-engine[editor]'") from None
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_no_answer)
    server = make(args.root)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
        sys.stdout = sys.stderr  # whatever prints must not get between the messages
        server.start_io(sys.stdin.buffer, out)
    return 0 if server.protocol._shutdown else 1


def _is_no_answer(record: logging.LogRecord) -> bool:
    """A refusal is an answer to the editor, no trouble of the server's."""
    from pygls.exceptions import JsonRpcInvalidParams

    return not (record.exc_info and isinstance(record.exc_info[1], JsonRpcInvalidParams))
