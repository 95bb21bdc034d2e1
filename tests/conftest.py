"""Talk tests (tests/dialogues/*.yaml) are collected beside the Python ones; what is traced for coverage."""

import logging
import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings

from engine.talks.plugin import pytest_collect_file

__all__ = ["pytest_collect_file"]

# A shell starts background jobs deaf to Ctrl-C, and what they start too; some tests send it to a command.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long anything takes is no matter of tests: a slow machine is no mistake.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Being traced doubles what a test takes. These go over the same lines again and again, or wait for other processes.
AGAIN_AND_AGAIN = ("chaos", "core/test_edits.py", "core/test_rounds.py", "docs", "e2e", "editor", "explore", "fuzz")
UNTRACED = [Path(__file__).parent / name for name in AGAIN_AND_AGAIN]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Under `coverage run`: `UNTRACED` are left out, with the processes that they start."""
    tracing = Coverage.current()
    if tracing is None or not any(map(item.path.is_relative_to, UNTRACED)):
        return (yield)
    tracing.stop()
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
    try:
        return (yield)
    finally:
        tracing.start()


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
