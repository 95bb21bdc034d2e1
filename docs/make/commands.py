"""docs/commands.md: every command of `dialogue` with its options, read from the commands themselves."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

from docs.make.table import NOTICE, code, table
from engine.cli.main import commands


def commands_page() -> str:
    return f"""# Commands

{NOTICE}

`dialogue [--root DIR] COMMAND …`: DIR (or the variable `DIALOGUE_ROOT`) is the folder that holds `scenarios/`,
`prompts/` and `catalog/`; without it, the folder you are in. Exit codes: 0 all is well, 1 something was found or
failed, 2 wrong use or wrong settings, 3 a crash (`DIALOGUE_DEBUG=1` shows where).

{chr(10).join(_command(name) for name in commands())}"""


def _command(name: str) -> str:
    module = import_module(f"engine.cli.{name}")
    parser = argparse.ArgumentParser(prog=f"dialogue {name}")
    module.add_arguments(parser)
    parts = [f"## dialogue {name}\n", f"{module.HELP[0].upper()}{module.HELP[1:]}.\n"]
    for title, one in _with_inner(parser):
        rows = [(code(_form(action)), _help(action)) for action in _arguments(one)]
        if title:
            parts.append(f"### dialogue {name} {title}\n")
        if rows:
            parts.append(table(("argument", "meaning"), rows) + "\n")
    parts.append(table(("example", "what it does"), [(code(line), what) for line, what in module.EXAMPLES]) + "\n")
    return "\n".join(parts)


def _with_inner(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield "", parser
    for action in parser._actions:  # argparse has no public way to ask a parser for its arguments
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    hidden = (argparse._HelpAction, argparse._SubParsersAction)
    return [one for one in parser._actions if not isinstance(one, hidden) and one.help is not argparse.SUPPRESS]


def _form(action: argparse.Action) -> str:
    value = str(action.metavar or "|".join(map(str, action.choices or ())) or action.dest.upper())
    if not action.option_strings:
        return f"[{value}]" if action.nargs in ("?", "*") else value
    return action.option_strings[-1] + ("" if action.nargs == 0 else f" {value}")


def _help(action: argparse.Action) -> str:
    text = action.help or ""
    return text % {**vars(action), "prog": "dialogue"} if "%" in text else text
