"""The outputs that there are, one row each. `catalog/outcomes.yaml` names them by `name`."""

from __future__ import annotations

from pathlib import Path

from engine.outputs.port import Output


def known_outputs(data: Path) -> list[Output]:
    """Each as it stands in this data folder; imported late, for a command that needs none of them."""
    from engine.outputs.csv import CsvOutput
    from engine.outputs.tinydb import TinyDbOutput

    return [TinyDbOutput(data), CsvOutput(data)]
