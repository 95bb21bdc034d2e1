"""README.md: written by hand, but for the picture of the graph, which is what `dialogue graph` draws, and the number of
verbs."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

from engine.cli.main import main
from engine.steps import KINDS

ROOT = Path(__file__).parents[2]
GRAPH = re.compile(r"(?<=```mermaid\n).*?(?=```)", re.DOTALL)
VERBS = re.compile(r"(?<=There are)(\s)\w+(?= verbs in all)")
COMMAND = ["--root", str(ROOT), "graph", "check_in", "--language", "en"]


def readme_page() -> str:
    """README.md with today's graph. Raises RuntimeError when the graph cannot be drawn."""
    drawn = io.StringIO()
    with contextlib.redirect_stdout(drawn):
        code = main(COMMAND)
    if code:
        raise RuntimeError(f"dialogue {' '.join(COMMAND)} failed")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    text = VERBS.sub(rf"\g<1>{len(KINDS)}", text)
    return GRAPH.sub(lambda _: drawn.getvalue().rstrip("\n") + "\n", text, count=1)
