"""`choices:` of an ask: a literal map or list, or made from records and catalog rows."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct, field

from engine.core.answer import Choice
from engine.core.field import Builder, Field, FieldType, build_fields
from engine.core.fields import EXPRESSION, TEXT, VALUE, RefType
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.scope import Scope
from engine.core.template import Expression, Text, Value, shown
from engine.core.values import jsonable
from engine.core.walk import Walk

MOST = 500  # choices of one question


class Option(Struct):
    """One literal choice."""

    id: str
    value: Any
    label: Text
    goto: str = ""
    condition: Expression | None = None
    also: Value | None = None

    @property
    def constant(self) -> bool:
        return self.condition is None and self.label.constant and (self.also is None or self.also.constant)


class Literal(Struct):
    """Choices that are the same at every turn are `made` once a language."""

    options: list[Option] = field(default_factory=list)
    made: dict[str, tuple[Choice, ...]] = field(default_factory=dict)

    def resolve(self, walk: Walk) -> tuple[Choice, ...]:
        language = walk.ground.language
        found = self.made.get(language)
        if found is None:
            found = self._resolved(walk)
            if all(option.constant for option in self.options):
                self.made[language] = found
        return found

    def _resolved(self, walk: Walk) -> tuple[Choice, ...]:
        found = []
        for option in self.options:
            if option.condition is not None and not walk.evaluate(option.condition):
                continue
            also = listed(walk.evaluate(option.also)) if option.also is not None else ()
            found.append(Choice(option.id, option.value, plain(walk.render(option.label)), option.goto, also))
        return tuple(found)


class Made(Struct):
    """One choice for each item of a list; `label`, `value`, `also` and `condition` see it as `item`."""

    source: Expression
    label: Text | None = None
    value: Value | None = None
    condition: Expression | None = None
    also: Value | None = None

    def resolve(self, walk: Walk) -> tuple[Choice, ...]:
        items = walk.evaluate(self.source)
        if isinstance(items, dict):
            items = [
                {"id": key, **row} if isinstance(row, dict) else {"id": key, "label": row} for key, row in items.items()
            ]
        outer = walk.scope
        names = dict(outer.variables)
        scope = Scope(names, outer.declared, outer.builtins)
        found: dict[str, Choice] = {}
        for item in items[:MOST] if isinstance(items, (list, tuple)) else ():
            names["item"] = item
            if self.condition is not None and not self.condition.evaluate(scope):
                continue
            value = jsonable(self.value.evaluate(scope)) if self.value is not None else item
            label = plain(self.label.render(scope, walk.ground.language)) if self.label else shown(item)
            identity = identity_of(value if isinstance(value, dict) and "id" in value else item)
            also = listed(self.also.evaluate(scope)) if self.also is not None else ()
            found.setdefault(identity, Choice(identity, value, label, "", also))
        return tuple(found.values())


def identity_of(item: Any) -> str:
    """What an item is known by: its `id`, else itself as text."""
    return str(item["id"]) if isinstance(item, dict) and item.get("id") is not None else shown(item)


def listed(also: Any) -> tuple[str, ...]:
    """Other words for a choice: a list, or a text with commas."""
    words = also.split(",") if isinstance(also, str) else also if isinstance(also, list) else ()
    return tuple(word for word in (shown(one).strip() for one in words) if word)


ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain(markdown: str) -> str:
    """A label is drawn on a button, which knows no Markdown: the escapes go."""
    return (ESCAPED.sub(r"\1", markdown) if "\\" in markdown else markdown).strip() or "…"


OPTION = {
    "label": Field(TEXT, "What stands on the button.", required=True),
    "goto": Field(RefType("step"), "The step that this choice leads to."),
    "also": Field(VALUE, "Other words that mean it, when they are typed: a list, or a text with commas."),
    "if": Field(EXPRESSION, "Shown only when this is true."),
}
MADE = {
    "from": Field(EXPRESSION, "A list: records that were found, `catalog.services`, ...", required=True),
    "label": Field(TEXT, "What stands on the button; the item is `item`."),
    "value": Field(VALUE, "What the variable becomes; the item itself when left out."),
    "also": Field(VALUE, "Other words that mean it, when they are typed: `{{ item.other_names }}`."),
    "if": Field(EXPRESSION, "Shown only when this is true."),
}


class ChoicesType(FieldType, frozen=True):
    word = "a map of values to labels, a list, or `{from: a list, label: …}`"
    holds_names = True

    def build(self, node: Node, builder: Builder) -> Any:
        if isinstance(node, Mapping) and (_made(node) or _misspelt(node)):
            made = build_fields(node, MADE, builder, "choices")
            return Made(made["from"], made["label"], made["value"], made["if"], made["also"]) if made["from"] else None
        if isinstance(node, Mapping):
            options = [self._option(key, value, builder) for key, value in node.entries.values()]
        elif isinstance(node, Sequence) and node.items and all(isinstance(item, Mapping) for item in node.items):
            _no_maps(node, builder)
            return None
        elif isinstance(node, Sequence):
            options = [self._listed(item, builder) for item in node.items]
        else:
            builder.report("wrong-type", node, f"Expected {self.word}.", _as_list(node))
            return None
        if not options:
            builder.report(
                "no-choices", node, "There is nothing to choose from.", "Write `value: label` lines under it."
            )
        return Literal([option for option in options if option is not None])

    def _option(self, key: Scalar, node: Node, builder: Builder) -> Option | None:
        if isinstance(node, Mapping) and not _languages(node, builder):
            made = build_fields(node, OPTION, builder, "a choice")
            label, goto, condition, also = made["label"], made["goto"] or "", made["if"], made["also"]
        else:
            label, goto, condition, also = builder.text(node), "", None, None
        return Option(key.text, typed(key), label, goto, condition, also) if label is not None else None

    def _listed(self, item: Node, builder: Builder) -> Option | None:
        if not isinstance(item, Scalar):
            builder.report(
                "wrong-type", item, "An item of a list of choices is a text.", "For labels write `value: label` lines."
            )
            return None
        label = builder.text(item)
        return Option(item.text, typed(item), label) if label is not None else None

    def schema(self) -> dict[str, Any]:
        return {"type": ["object", "array"]}


def _languages(node: Mapping, builder: Builder) -> bool:
    """Whether it is a label in several languages, be one of them unknown."""
    keys = set(node)
    return keys <= set(builder.languages) or (not keys & OPTION.keys() and bool(keys & set(builder.languages)))


def _no_maps(node: Sequence, builder: Builder) -> None:
    """`- yes: Yes`, `- {value: yes, label: Yes}`: every choice with a dash of its own."""
    single = all(isinstance(item, Mapping) and len(item.entries) == 1 for item in node.items)
    help = "Take the dashes out: `value: label` lines."
    if len(node.items) > 1 and not _dashed(node):
        help = "Write braces in place of the brackets: `{value: label}`."
    help = help if single else "Write `value: label` lines without dashes, or `value: {label: …, goto: …}`."
    builder.report("wrong-type", node.items[0], "Choices with labels are no list.", help)


def _dashed(node: Sequence) -> bool:
    """Whether each item has a line of its own."""
    return len({item.span.line for item in node.items}) == len(node.items) > 1


def _as_list(node: Node) -> str:
    """Choices that are written as one text."""
    text = node.text.strip() if isinstance(node, Scalar) else ""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if "," in text and len(lines) == 1:
        return f"In brackets it is a list: `[{text}]`." if len(text) <= 60 else "Put it into brackets: `[a, b, c]`."
    if re.match(r"[\w-]+:\S", text):
        return "Write a space after each colon."
    if re.fullmatch(r"[^\W\d][\w.]*\.\w+|[^\W\d]\w*_\w+|catalog\.\w+", text):
        return f"Of a list it is `{{from: {text}, label: …}}`; else write `value: label` lines under it."
    return "Write `value: label` lines under it." if text else ""


def _made(node: Mapping) -> bool:
    return "from" in node and (len(node.entries) == 1 or not isinstance(node.get("from"), Mapping))


def _misspelt(node: Mapping) -> bool:
    """`{form: goals, label: "{{ item.title }}"}`: choices that are made of a list, whose `from` is misspelt."""
    strangers = [key for key in node if key not in MADE]
    texts = [value.text for _, value in node.entries.values() if isinstance(value, Scalar)]
    if len(strangers) != 1 or len(node.entries) < 2 or not any("item" in text for text in texts):
        return False
    word = strangers[0].lower()
    return word in _FROM or (len(word) <= 5 and len({*word} & {*"from"}) >= 3)


_FROM = ("in", "list", "items", "of", "each", "source", "options", "values", "из")


def typed(key: Scalar) -> Any:
    """A choice's value: a plain whole number is a number, true and false are themselves; all else is text."""
    if key.plain and re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", key.text):
        return int(key.text)
    if key.plain and key.text in ("true", "false"):
        return key.text == "true"
    return key.text


CHOICES = ChoicesType()
