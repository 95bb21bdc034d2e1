"""Talk tests (tests/dialogues/*.yaml) are collected beside the Python ones."""

from engine.talks.plugin import pytest_collect_file

__all__ = ["pytest_collect_file"]
