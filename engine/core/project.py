"""One immutable snapshot of everything an author wrote (law 6). Made by `engine/project/`, read by everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field

from engine.core.finding import Span
from engine.core.triggers import Trigger, Triggers

if TYPE_CHECKING:
    from engine.core.prompt import Block
    from engine.core.step import Step
    from engine.core.template import Expression, Text, Value

Localized = Mapping[str, str]  # language -> text; "" is the language that the source stands in


class CollectionField(Struct, frozen=True):
    """`type` is `text`, `integer`, `number`, `boolean`, `date`, `time`, `datetime`, `phone`, `email`, `url`,
    `contact`, `choice`, `list`, `file`, or `any`. `personal`: never in a log; forgotten with the person."""

    name: str
    type: str = "any"
    personal: bool = False
    required: bool = False
    values: tuple[str, ...] = ()  # what a `choice` may be


class Collection(Struct, frozen=True):
    """One kind of outcome, as catalog/outcomes.yaml declares it. `outputs` out of `tinydb`, `csv`.

    `csv_columns` is the exact header of its CSV; a column that is no declared field is one of `id`, `person`,
    `chat_id` (the number after `telegram:`), `timestamp` (created, ISO 8601), `created_at`, `updated_at`.
    `declared` is false for a collection of a project without an outcomes.yaml, where anything goes.
    """

    name: str
    fields: Mapping[str, CollectionField] = field(default_factory=dict)
    outputs: tuple[str, ...] = ("tinydb", "csv")
    csv_columns: tuple[str, ...] = ()
    retention_days: int | None = None  # None: for ever
    title: str = ""
    declared: bool = True
    span: Span | None = None
    keep_said: bool = False  # the file says how long, be it for ever
    timezone: str = "UTC"  # the bot's: in which its tables tell moments
    titles: Mapping[str, str] = field(default_factory=dict)  # of columns, for people; empty: the fields have none


class Model(Struct, frozen=True):
    """A row of catalog/models.yaml. `key_variable` names an environment variable, never a secret."""

    name: str
    model: str = ""  # the id that the endpoint knows; empty: LLM_MODEL
    base_url: str = ""  # empty: LLM_BASE_URL
    key_variable: str = "LLM_API_KEY"
    vision: bool = True
    audio: bool = False
    structured: Literal["auto", "json_schema", "json_object", "prompt"] = "auto"
    fallback: str = ""  # another model's name
    title: str = ""
    span: Span | None = None


class Prompt(Struct, frozen=True):
    """prompts/<name>.md.j2: front matter and two Jinja blocks. `reads` are the names that its texts use."""

    name: str
    system: Block
    user: Block
    model: str = ""
    returns: dict[str, Any] | None = None  # JSON Schema in the strict subset
    images: tuple[Expression, ...] = ()
    audio: tuple[Expression, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    reads: frozenset[str] = frozenset()
    span: Span | None = None


class Scenario(Struct, frozen=True):
    """`steps[i].index == i`, in the order of the file, nested ones after the step that holds them.

    `version` is a hash of this file and of every scenario it can run: a conversation that bears another one is
    walked again (law 3). `writes` are all names that a step of it sets, inputs included.
    """

    id: str
    title: Text | None
    description: Text | None
    triggers: tuple[Trigger, ...]
    inputs: Mapping[str, Any]  # name -> Value of its default; REQUIRED where there is none
    result: Value | None  # computed when the scenario ends, for the scenario that ran it
    steps: tuple[Step, ...]
    first: Step | None
    renamed: Mapping[str, str]
    version: str
    writes: frozenset[str]
    mid_flow_edits: Literal["follow", "finish_old"] = "follow"
    only_admin: bool = False
    formal: bool | None = None  # «вы» in the engine's own sentences; none: it says nothing of it
    file: str = ""
    by_name: Mapping[str, Step] = field(default_factory=dict)
    loops: bool = True  # a way leads back; without one nobody need remember what was written when
    was: tuple[str, ...] = ()  # names that it had before


REQUIRED: Any = object()


class Project(Struct, frozen=True):
    """`catalog[language][name]` is a list of rows or a map, already in that language. `words[language][key]` are the
    engine's own sentences, with the author's changes laid over, `otherwise` the same with «вы» for «ты» or the other
    way round, for scenarios that are not as `formal` as the bot; empty where none is. `settings` is what expressions
    see as `settings`."""

    scenarios: Mapping[str, Scenario]
    prompts: Mapping[str, Prompt]
    collections: Mapping[str, Collection]
    models: Mapping[str, Model]
    catalog: Mapping[str, Mapping[str, Any]]
    words: Mapping[str, Mapping[str, str]]
    settings: Mapping[str, Any]
    languages: tuple[str, ...] = ("ru", "en")  # the first is the default
    timezone: str = "UTC"  # of a person who has not told theirs
    version: str = ""
    root: str = "."
    triggers: Triggers = field(default_factory=Triggers)
    bounds: Bounds = field(default_factory=lambda: Bounds())
    renames: bool = True  # a scenario names steps that were renamed, or what it was called itself
    formal: bool = False
    otherwise: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)  # what scenarios were called -> what they are called today


class Bounds(Struct, frozen=True):
    """Over a bound nothing breaks: the log and the admin are told, the person gets an apology, the talk stands."""

    steps: int = 500  # steps a turn
    journal: int = 2_000  # entries a conversation
    output: int = 16_000  # characters one template may make
    loops: int = 20_000  # rounds of Jinja loops one template may make
    held: int = 50  # messages kept while the model thinks
    parked: int = 10  # unfinished conversations kept a person
