"""What `outputs:` may name is what there is."""

from __future__ import annotations

import json
from pathlib import Path

from engine.core.project import Collection
from engine.outputs.known import known_outputs
from engine.project import file_schema
from engine.project.outcomes import read_outcomes

SCHEMA = Path(file_schema.__file__).parent / "schemas/outcomes.json"


def test_every_output_may_be_named_and_no_other(tmp_path: Path) -> None:
    """An output is a file in engine/outputs/, a row in known.py, and its name in schemas/outcomes.json."""
    names = [output.name for output in known_outputs(tmp_path)]
    named = json.loads(SCHEMA.read_text("utf-8"))["additionalProperties"]["properties"]["outputs"]["items"]["enum"]
    assert named == names
    collections, findings = read_outcomes(f"leads:\n  fields: {{name: text}}\n  outputs: [{', '.join(names)}]\n")
    assert findings == []
    assert collections["leads"].outputs == tuple(names)
    assert set(Collection("leads").outputs) <= set(names)
