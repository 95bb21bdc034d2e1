"""What may stand at a place of a file: which keys, with which meaning, and what kind of value behind a key.

Law: the fields that the step kinds declare are the only source; what is known here is how a type holds others inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from engine.core.asking import AfterType, SkipType
from engine.core.choices import MADE, OPTION, ChoicesType
from engine.core.field import Field, FieldType
from engine.core.fields import (
    BLOCK,
    NAMED,
    TEXT,
    VALUE,
    BlockType,
    CasesType,
    ListType,
    MapType,
    PlainType,
    RefType,
    TextType,
)
from engine.editor.outline import Level, Place
from engine.project.prompts import FRONT
from engine.project.scenario import FIELDS, InputsType, RenamedType
from engine.project.started import TriggersType
from engine.steps import KINDS
from engine.steps.confirm import LinesType
from engine.steps.llm import IfFailsType

NAME = Field(NAMED, "The step's name, for `goto` and for people who are mid-way when the file is edited.")
GOTO = {"goto": Field(RefType("step"), "The step to go on with.", required=True)}
PATTERN = {"pattern": Field(VALUE, "A regular expression.")}
STEP_NAME = RefType("step")


class OptionType(FieldType, frozen=True):
    """What stands behind the value of a literal choice."""

    word = "a label, or a map with `label`, `goto`, `if`"


OPTION_TYPE = OptionType()


class Expected(Struct):
    """At the cursor. `fields` are the keys that a map may have (none: any), `verbs` when it is a step without one yet.
    `type` is what the value, or the item of a list, must be. `steps` are the maps of the steps around, outermost first:
    the verb, then the keys as written."""

    fields: Mapping[str, Field] = field(default_factory=dict)
    verbs: bool = False
    type: FieldType | None = None
    languages: bool = False
    owner: str = ""  # the key whose map of free names this is: `fields`, `where`, `with`, `lines`
    names: FieldType | None = None  # what the names of a free map are
    steps: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    instead: FieldType | None = None  # what a value may be here in place of the map that begins at the cursor

    @property
    def verb(self) -> str:
        return self.steps[-1][0] if self.steps else ""


def expected(place: Place, prompt: bool = False) -> Expected:
    """What may stand at a place of a scenario, or of a prompt's front matter."""
    found = Expected()
    fields = FRONT if prompt else FIELDS
    if not place.levels:
        return Expected(fields=fields)
    root = place.levels[0]
    found.fields = fields
    found.type = _value(fields, root)
    key = root.at
    for level in place.levels[1:]:
        found.instead = found.type if place.role == "key" and level.kind == "map" and not level.keys else None
        _enter(found, level, key)
        key = level.at or key
    return found


def step_fields(verb: str) -> dict[str, Field]:
    own = KINDS[verb].FIELDS
    return dict(own) if KINDS[verb].named_by_verb() else {**own, "name": NAME}


def _value(fields: Mapping[str, Field], level: Level) -> FieldType | None:
    found = fields.get(level.at)
    return found.type if found else None


def _enter(found: Expected, level: Level, key: str) -> None:
    """Go from a value of `found.type` into the map or list that stands there."""
    outer = found.type
    found.fields, found.verbs, found.languages, found.owner, found.names = {}, False, False, "", None
    if isinstance(outer, IfFailsType):
        outer = BLOCK if level.kind == "list" or level.keys.keys() & KINDS.keys() else VALUE
    if level.kind == "list":
        found.type = _item(outer)
        return
    if isinstance(outer, ListType):
        outer = outer.item  # one item may stand without its dash
    if isinstance(outer, BlockType):
        _step(found, level)
    elif isinstance(outer, ChoicesType):
        _fields(found, level, MADE) if "from" in level.keys else _free(found, OPTION_TYPE, key)
        if not level.keys:
            found.fields = {"from": MADE["from"]}
    elif isinstance(outer, OptionType):
        _fields(found, level, OPTION)
        found.languages = not level.keys.keys() & OPTION.keys()
    elif isinstance(outer, AfterType):
        _fields(found, level, GOTO)
    elif isinstance(outer, TriggersType):
        _fields(found, level, PATTERN)
    elif isinstance(outer, (TextType, PlainType, SkipType)):
        found.languages, found.type = True, TEXT
    elif isinstance(outer, CasesType):
        _free(found, BLOCK, key)
    elif isinstance(outer, LinesType):
        _free(found, TEXT, key, STEP_NAME)
    elif isinstance(outer, RenamedType):
        _free(found, STEP_NAME, key)
    elif isinstance(outer, MapType):
        _free(found, outer.item, key)
    else:
        _free(found, VALUE, key)


def _item(outer: FieldType | None) -> FieldType | None:
    if isinstance(outer, ListType):
        return outer.item
    if isinstance(outer, LinesType):
        return STEP_NAME
    return outer if isinstance(outer, (BlockType, TriggersType)) else NAMED if isinstance(outer, InputsType) else VALUE


def _step(found: Expected, level: Level) -> None:
    verb = next((key for key in level.keys if key in KINDS), "")
    found.steps.append((verb, level.keys))
    if verb:
        _fields(found, level, step_fields(verb))
    else:
        found.verbs, found.type = True, BLOCK


def _fields(found: Expected, level: Level, fields: Mapping[str, Field]) -> None:
    found.fields, found.type = fields, _value(fields, level)


def _free(found: Expected, item: FieldType | None, key: str, names: FieldType | None = None) -> None:
    found.type, found.owner, found.names = item, key, names


def words_of(kind: FieldType | None) -> list[str]:
    """The words that a value may be, as its schema tells."""
    found: list[str] = []

    def look(schema: Any) -> None:
        found.extend(str(word) for word in schema.get("enum", ()) if str(word) not in found)
        for inner in schema.get("anyOf", ()):
            look(inner)
        if schema.get("type") == "boolean":
            found.extend(("true", "false"))

    if kind is not None:
        look(kind.schema())
    return found
