"""Profiles of the property tests: `quick` in the suite, `--hypothesis-profile=long` by hand."""

from hypothesis import settings

settings.register_profile("quick", max_examples=150, derandomize=True, database=None)
settings.register_profile("long", max_examples=20_000)
settings.load_profile("quick")
