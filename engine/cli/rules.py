"""`dialogue rules`: every code that lint can report; with a code, what it means and how it is mended."""

from __future__ import annotations

import argparse
import sys

AREA = "write"
HELP = "list or explain the codes that lint reports"
EXAMPLES = (
    ("dialogue rules", "all codes"),
    ("dialogue rules unknown-name", "what one means, with an example"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", nargs="?", metavar="CODE", help="explain this one")
    parser.add_argument("--markdown", action="store_true", help="all of them as the page docs/rules.md")


def run(args: argparse.Namespace) -> int:
    from engine.cli.arguments import columns
    from engine.cli.main import WrongUse
    from engine.lint.explain import rules
    from engine.project.suggest import did_you_mean

    known = rules()
    if args.markdown:
        from engine.lint.explain.page import page

        sys.stdout.write(page())
        return 0
    if args.code is None:
        if sys.stdout.isatty():
            sys.stdout.write(columns(((rule.code, rule.what) for rule in known.values()), ""))
            return 0
        width = max(map(len, known))
        for rule in known.values():
            print(f"{rule.code:<{width}}  {rule.severity:<7}  {rule.what}")
        return 0
    if args.code not in known:
        help = did_you_mean(args.code, known) or "`dialogue rules` lists all."
        raise WrongUse(f"there is no code {args.code}. {help}")
    sys.stdout.write(known[args.code].text())
    return 0
