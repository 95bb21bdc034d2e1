"""The case tables of the verbs, `tests/steps/<verb>.yaml`: the first entry is the verb's shortest form (`shortest`),
which `tests/lint/fields.py` tries with strange values; the others are cases, see `test_steps.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


def entries(verb: str) -> list[dict[str, Any]]:
    return yaml.safe_load((FOLDER / f"{verb}.yaml").read_text("utf-8"))  # type: ignore[no-any-return] # a list, see above


def shortest(verb: str) -> dict[str, str]:
    """Its keys, each with what is written behind it as YAML."""
    return entries(verb)[0]["shortest"]  # type: ignore[no-any-return] # held by test_steps.py
