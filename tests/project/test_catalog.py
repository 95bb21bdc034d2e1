"""The catalog's free data: shapes, ids, languages."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.finding import Finding
from engine.project.catalog import read_catalog

BOTH = ("ru", "en")


def read_one(text: str, languages: tuple[str, ...] = BOTH) -> tuple[Any, list[Finding]]:
    catalog, findings = read_catalog({"catalog/x.yaml": text}, languages)
    return catalog[languages[0]].get("x"), findings


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("- {id: 010, price: 1.5}\n- {id: 7, id2: a}", [{"id": "010", "price": 1.5}, {"id": "7", "id2": "a"}]),
        ("a: {price: 1}\nb: {price: 1.10}", {"a": {"id": "a", "price": 1}, "b": {"id": "b", "price": "1.10"}}),
        ("a: {title: {ru: Раз, en: One}}", {"a": {"id": "a", "title": "Раз"}}),
        ("a: {title: {en: One}}", {"a": {"id": "a", "title": "One"}}),
        ("a: {title: {en: One, de: Eins}}", {"a": {"id": "a", "title": {"en": "One", "de": "Eins"}}}),
        ("a: {ru: Раз, en: One}\nb: {ru: Два}", {"a": "Раз", "b": "Два"}),
        ("ru: [{id: 1}]\nen: [{id: 2}]", [{"id": "1"}]),
        ("ru: {a: {b: 1}}\nen: {a: {b: 2}}", {"a": {"id": "a", "b": 1}}),
        ("- a\n- [1, {ru: Раз}]", ["a", [1, "Раз"]]),
        ("- {a: 1}\n- b", [{"a": 1}, "b"]),
        ("phone: '+7'\nopen: no", {"phone": "+7", "open": "no"}),
        ("hours: {mon: 9}\nphone: x", {"hours": {"mon": 9}, "phone": "x"}),
        ("just text", "just text"),
        ("{}", {}),
        ("a: &r {b: 1}\nc: *r", {"a": {"id": "a", "b": 1}, "c": {"id": "c", "b": 1}}),
    ],
)
def test_shapes(text: str, data: Any) -> None:
    """The file decides the shape; an id is text; a map of languages is one value."""
    found, findings = read_one(text)
    assert findings == []
    assert found == data


def test_every_language_has_its_own_data() -> None:
    """Two languages share nothing that could be changed."""
    catalog, _ = read_catalog({"catalog/x.yaml": "- {t: {ru: Да, en: Yes}, l: [1]}"}, BOTH)
    assert (catalog["ru"]["x"][0]["t"], catalog["en"]["x"][0]["t"]) == ("Да", "Yes")
    assert catalog["ru"]["x"][0]["l"] is not catalog["en"]["x"][0]["l"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- id: a\n- id: a\n", "2:7 duplicate-id"),
        ("- id: a\n- b: c\n", "2:3 row-without-id"),
        ("- id: a\n- b\n", "2:3 row-without-id"),
        ("- id: a\n- id:\n", "2:3 row-without-id"),
        ("- id: a\n- id: [b]\n", "2:3 row-without-id"),
        ("a: {id: b}\n", "1:9 id-differs"),
        ("ru: [{id: a}, {id: a}]\n", "1:20 duplicate-id"),
        ("a: {{ b }}\n", "1:4 unquoted-braces"),
        ("", "1:1 empty-file"),
    ],
)
def test_mistakes(text: str, told: str) -> None:
    """Each mistake at its place."""
    _, findings = read_one(text)
    assert [f"{each.span.line}:{each.span.column} {each.code}" for each in findings] == [told]


def test_which_files_are_read() -> None:
    """Files with a meaning of their own are left out; models.yaml is data too, checked elsewhere; names are unique."""
    sources = {
        "catalog/a.yaml": "- b",
        "catalog/a.yml": "- c",
        "catalog/bad-name.yaml": "x: y",
        "catalog/bot.yaml": "a: [",
        "catalog/words.yaml": "a: [",
        "catalog/outcomes.yaml": "a: [",
        "catalog/models.yaml": "small: {title: {ru: Быстрая}}",
        "catalog/readme.md": "a: [",
    }
    catalog, findings = read_catalog(sources, BOTH)
    assert catalog["en"] == {
        "a": ["b"],
        "bad-name": {"x": "y"},
        "models": {"small": {"id": "small", "title": "Быстрая"}},
    }
    assert [(each.span.file, each.code) for each in findings] == [
        ("catalog/a.yml", "duplicate-name"),
        ("catalog/bad-name.yaml", "bad-name"),
    ]
    assert read_catalog({"catalog/models.yaml": "a: ["}, BOTH) == ({"ru": {}, "en": {}}, [])
