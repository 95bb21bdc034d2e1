"""`dialogue schema`: the JSON Schema of scenario files, for editors."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

AREA = "editor"
HELP = "print the JSON Schema of scenario files, for editors"
EXAMPLES = (("dialogue schema --output scenario.schema.json", "for an editor's settings"),)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, metavar="FILE", help="write it there")


def run(args: argparse.Namespace) -> int:
    from engine.project.schema_file import text

    if args.output is None:
        sys.stdout.write(text())
    else:
        args.output.write_text(text(), "utf-8")
    return 0
