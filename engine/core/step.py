"""What a step kind is (law 8): one file in `engine/steps/` that declares its fields and says what it does.

The loader fills a step's declared fields as attributes of the same names, numbers the steps of a scenario in the order
of the file, and links them (`next`). Lint, graph, rename and re-walk use only what is declared here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct

from engine.core.finding import Span
from engine.core.moments import CLOCK_NAMES

if TYPE_CHECKING:
    from engine.core.answer import Amended, Raw, Recalled
    from engine.core.field import Field
    from engine.core.frame import Frame
    from engine.core.project import Project
    from engine.core.session import Pending
    from engine.core.walk import Walk


class Waiting:
    """What `enter` returns when the step waits for something from outside."""


WAIT = Waiting()


class Reference(Struct, frozen=True):
    """A name that must exist elsewhere. `kind`: step, scenario, prompt, collection, catalog, media, model."""

    kind: str
    name: str
    span: Span


class Way(Struct, frozen=True):
    """One way out of a step: a word for the picture, and the step it leads to (None: past the end of its list)."""

    label: str
    to: Step | None


def attribute(field: str) -> str:
    """The name of a field as an attribute: `with` is `with_`."""
    return f"{field}_" if iskeyword(field) else field


class Step:
    verb: ClassVar[str]
    FIELDS: ClassVar[Mapping[str, Field]]
    doc: ClassVar[str] = ""  # first sentence: what it does; then details for the reference
    corrects: ClassVar[bool] = False  # it asks itself which earlier answer is wrong
    example: ClassVar[str] = ""  # a list of steps in YAML, linted and shown in the reference
    remembers: ClassVar[str] = ""  # the field that names the variable it sets, if any

    name: str = ""  # the key of its entry within a frame
    named: bool = False  # false: the name was made up by the loader and cannot be a goto's target
    index: int = -1
    next: Step | None = None
    parent: Step | None = None
    scenario: str = ""
    by_name: Mapping[str, Step] = {}
    span: Span = Span("")  # its verb
    node: Any = None  # as written: a mapping
    templates: tuple[Any, ...] = ()  # every Text, Plain, Expression, Value of its own fields
    references: tuple[Reference, ...] = ()
    reads: tuple[str, ...] = ()  # names that its templates read, less the built-in ones; sorted
    clock: bool = False  # it reads the clock or chance
    person: bool = False  # it reads the person's record, which a `save` further on may change

    def __init_subclass__(cls) -> None:
        """A field that is not written is its default."""
        for name, field in cls.__dict__.get("FIELDS", {}).items():
            setattr(cls, attribute(name), field.default)

    def at(self, *fields: str) -> Span:
        """Where the value of the first of these fields that is written stands; else where the step itself does."""
        for name in fields:
            value = self.node.get(name)
            if value is not None:
                span: Span = value.span
                return span
        return self.span

    def own_reads(self) -> tuple[str, ...]:
        """Called by the loader once the fields are filled."""
        found = set[str]().union(*[template.reads for template in self.templates])
        self.clock = not found.isdisjoint(CLOCK_NAMES)
        self.person = "person" in found
        return tuple(sorted(found))

    @classmethod
    def named_by_verb(cls) -> bool:
        """Whether what stands at its verb names the step and what it remembers: `ask: weight`."""
        return cls.remembers == cls.verb

    @property
    def pins(self) -> bool:
        """Its value is an entry: a re-walk, to which the clock or the person's record say something else, keeps it."""
        return self.clock or self.person

    def writes(self) -> frozenset[str]:
        """The variables it may set."""
        variable = getattr(self, self.remembers, None) if self.remembers else None
        return frozenset({variable}) if isinstance(variable, str) and variable else frozenset()

    def blocks(self) -> Iterator[tuple[str, tuple[Step, ...]]]:
        """The lists of steps inside it, each with a word for the picture."""
        return iter(())

    def frames(self) -> bool:
        """True when its blocks run in a frame of their own (`each`): their end comes back to this step."""
        return False

    def ways(self) -> list[Way]:
        """Where it can lead. A block's first step, or the next step where a block is empty or passed by."""
        return [Way("", self.next)]

    def outcomes(self) -> list[tuple[str, str]]:
        """What `Walked` can tell of it, as (what, detail; `*` for any): the ways that talk tests should have gone."""
        return []

    def enter(self, walk: Walk) -> Step | Waiting | None:
        """Do what the step does; return the step to go on with, None for the end of the list, or WAIT."""
        raise NotImplementedError

    def resume(self, walk: Walk, finished: Frame) -> Step | Waiting | None:
        """A frame that this step opened has come to its end."""
        return self.next

    def receive(self, walk: Walk, raw: Raw) -> Step | Waiting | None:
        """A person's input while the conversation waits at this step. Returns WAIT when it was not accepted."""
        return WAIT

    def accepts(self, walk: Walk, raw: Raw) -> dict[str, Any] | None:
        """The journal entry that this input would make, or None; nothing is said or changed."""
        return None

    def amends(self, walk: Walk, entry: dict[str, Any], text: str, alone: bool) -> Amended | None:
        """What a later text makes of this kept answer: «не 34, а 35», or `alone` a new one; see core/amending.py."""
        return None

    def recalled(self, walk: Walk, entry: dict[str, Any], text: str) -> Recalled | None:
        """This kept answer in words, for a person who says that one was wrong; None when there is nothing to show."""
        return None

    def names(self, walk: Walk, raw: Raw) -> bool:
        """Whether the question itself offers this word: then it is an answer, though it means something everywhere."""
        return self.accepts(walk, raw) is not None

    def took(self, walk: Walk, pending: Pending, entry: dict[str, Any]) -> None:
        """The effects of an accepted answer beside the journal: its buttons go, its files are kept."""

    def returned(self, walk: Walk, result: Any, failure: str) -> Step | Waiting | None:
        """The model's reply, or the records, that this step waited for."""
        return WAIT

    def fits(self, entry: dict[str, Any]) -> bool:
        """Whether a journal entry is of this step's kind (a renamed or moved step keeps only what fits)."""
        return False

    def takes_input(self) -> bool:
        return type(self).receive is not Step.receive

    def asks_outside(self) -> bool:
        return type(self).returned is not Step.returned

    def settle(self, project: Project) -> None:
        """Called once all files are loaded: what depends on a prompt or on another scenario."""


def first_of(block: tuple[Step, ...], otherwise: Step | None) -> Step | None:
    return block[0] if block else otherwise
