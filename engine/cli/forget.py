"""`dialogue forget USER`: remove everything of a person, from memory, outputs and files. Works beside a running bot."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys

AREA = "people"
HELP = "remove everything of a person: talks, records, files, history"
EXAMPLES = (("dialogue forget telegram:123", "asks before it does"),)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("user", metavar="USER", type=_user, help="such as telegram:123, or just 123")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(args: argparse.Namespace) -> int:
    from engine.cli.outcomes import opened, rebuild
    from engine.outputs.atomic import kept_aside
    from engine.outputs.collections import remembered
    from engine.runtime.forgetting import forget

    if not args.yes and not _sure(args.user):
        sys.stderr.write("Nothing was removed.\n")
        return 1
    with opened(args.root) as (memory, data):
        gone = asyncio.run(forget(memory, data, args.user))
        if not gone.known:
            sys.stderr.write(f"dialogue: nothing is known of {args.user}\n")
            return 1
        aside = kept_aside(data)
        code = rebuild(memory, data, remembered(memory), sorted(gone.collections), quiet=True)
    print(f"{args.user} is forgotten: records ({gone.records}), files ({gone.files}), talks and history.")
    if aside:
        print("These were kept aside, and may still hold something of them; delete what nobody needs:")
        print("\n".join(f"  {path}" for path in aside))
    return code


def _sure(user: str) -> bool:
    if not sys.stdin.isatty():
        sys.stderr.write("dialogue: say --yes when nobody can be asked\n")
        return False
    answer = input(f"Remove everything of {user}? There is no way back. [y/N] ")
    return answer.strip().lower() in ("y", "yes", "да", "д")


def _user(text: str) -> str:
    if re.fullmatch(r"-?\d+", text):
        return f"telegram:{text}"
    if re.fullmatch(r"(telegram:-?\d+|terminal:.+)", text):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is no person; write telegram:123, 123 or terminal:name")
