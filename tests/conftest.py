"""Talk tests (tests/dialogues/*.yaml) are collected beside the Python ones."""

import signal

from engine.talks.plugin import pytest_collect_file

__all__ = ["pytest_collect_file"]

# A shell starts background jobs deaf to Ctrl-C, and what they start too; some tests send it to a command.
signal.signal(signal.SIGINT, signal.default_int_handler)
