"""Talk tests (tests/dialogues/*.yaml) are collected beside the Python ones."""

import logging
import signal
from collections.abc import Iterator

import pytest

from engine.talks.plugin import pytest_collect_file

__all__ = ["pytest_collect_file"]

# A shell starts background jobs deaf to Ctrl-C, and what they start too; some tests send it to a command.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """The root logger without handlers; put back as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    yield root
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
