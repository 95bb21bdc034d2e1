"""The records that a walk makes up: what a `find` may give, by the shapes that the bot itself has saved on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.core.effects import FindRecords, SaveRecord
from engine.core.project import Project
from engine.core.records import is_comparison
from engine.core.session import PEOPLE

TIMES = [
    {"created_at": "2026-01-14T05:00:00+00:00", "updated_at": "2026-01-14T05:00:00+00:00"},
    {"created_at": "2026-01-15T08:30:00+00:00", "updated_at": "2026-01-15T08:30:00+00:00"},
]
SAMPLES = 3  # of a collection


class Records:
    """`samples`: collection -> records saved on the way; `own`: the person's own record, once one was saved."""

    def __init__(self, project: Project) -> None:
        self.samples: dict[str, list[dict[str, Any]]] = {}
        self.own: dict[str, Any] = {}
        self._lists = list(_lists(next(iter(project.catalog.values()), {})))

    def remember(self, effect: SaveRecord) -> None:
        kept = self.samples.setdefault(effect.collection, [])
        if len(kept) < SAMPLES and effect.fields not in [
            {key: row[key] for key in effect.fields if key in row} for row in kept
        ]:
            kept.append(dict(effect.fields))
        if effect.collection == PEOPLE:
            self.own.update({name: value for name, value in effect.fields.items() if value is not None})

    def found(self, query: FindRecords) -> list[tuple[dict[str, Any], ...]]:
        """Nothing; or rows like those saved before, made to fit what is looked for: of long ago and of just now, one
        for each value that would do, several at once, all that there can be."""
        where = {name: value for name, value in query.where.items() if not is_comparison(value)}
        rows = [
            {**fields, **fitting, **TIMES[0], "id": fitting.get("id", f"{query.collection}-{number + 1}")}
            for number, (fields, fitting) in enumerate(
                (fields, fitting) for fields in self.samples.get(query.collection, []) for fitting in _fittings(where)
            )
        ]
        found: list[tuple[dict[str, Any], ...]] = [(), *(({**row, **times},) for row in rows[:3] for times in TIMES)]
        if len(rows) > 1 and query.limit > 1:
            found.append(tuple(rows[: query.limit]))
        return found + [full for row in rows[:1] for full in self._full(query, row)]

    def _full(self, query: FindRecords, row: dict[str, Any]) -> Iterator[tuple[dict[str, Any], ...]]:
        """A row for every value that the catalog lists for a field, so that «all are taken» is met too."""
        for name, value in row.items():
            values = next((one for one in self._lists if value in one and len(one) <= query.limit), None)
            if values is not None and name not in query.where:
                yield tuple({**row, name: other, "id": f"{query.collection}-{n}"} for n, other in enumerate(values, 1))


def _lists(catalog: Mapping[str, Any]) -> Iterator[list[Any]]:
    """The plain values, or the ids, that each part of the catalog lists."""
    for part in catalog.values():
        if isinstance(part, Mapping):
            yield list(part)
        elif isinstance(part, (list, tuple)):
            values = [row.get("id") if isinstance(row, Mapping) else row for row in part]
            if all(isinstance(value, (str, int, float)) for value in values):
                yield values


def _fittings(where: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Fields that match: one for each value of the first list, the first value of the others."""
    several = next((name for name, value in where.items() if isinstance(value, list) and len(value) > 1), None)
    base = {name: value[0] if isinstance(value, list) and value else value for name, value in where.items()}
    return [base] if several is None else [{**base, several: value} for value in where[several]]
