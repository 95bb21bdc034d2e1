"""Completion: verbs, keys, words, the names of steps, prompts, scenarios, collections, and variables in expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from lsprotocol import types

from engine.answers.registry import TYPES
from engine.core.field import FieldType
from engine.core.fields import ExpressionType, ListType, MediaType, RefType, TextType
from engine.editor import snippets
from engine.editor.cursor import Cursor
from engine.editor.expressions import Typed, proposals, typed_in
from engine.editor.language import Expected, expected, words_of
from engine.editor.names import keys_of, names_of
from engine.editor.outline import Place, in_front_matter, place_at
from engine.project.scenario import IdType
from engine.steps import KINDS

Kind = types.CompletionItemKind
KINDS_OF_NAMES = {
    "variable": Kind.Variable,
    "attribute": Kind.Field,
    "engine": Kind.Constant,
    "filter": Kind.Function,
    "value": Kind.EnumMember,
}
_WORD = re.compile(r"[\w/.-]*\Z")


class Completion:
    """One request. `snippets`: the editor can fill in places one after the other."""

    def __init__(self, cursor: Cursor, snippets: bool) -> None:
        self.cursor, self.snippets = cursor, snippets
        self.lines = cursor.lines.lines
        place, (_, end) = cursor.column - 1, cursor.word
        self.before, self.rest = cursor.content[:place], cursor.content[place:end]
        self.has_colon = cursor.content.startswith(":", end)

    def items(self) -> list[types.CompletionItem]:
        if self.cursor.in_prompt:
            return list(self._in_prompt())
        if not self.cursor.file.startswith("scenarios/"):
            return []
        return list(self._in_yaml(place_at(self.lines, self.cursor.line, self.cursor.column)))

    def _in_prompt(self) -> Iterator[types.CompletionItem]:
        """Front matter between the first two lines of `---`, Jinja below."""
        place = in_front_matter(self.lines, self.cursor.line, self.cursor.column)
        if place is not None:
            yield from self._in_yaml(place, prompt=True)
            return
        text = "\n".join([*self.lines[: self.cursor.line - 1], self.before])
        yield from self._expression(typed_in(text, bare=False), False)

    def _in_yaml(self, place: Place, prompt: bool = False) -> Iterator[types.CompletionItem]:
        here = expected(place, prompt)
        typed = place.typed.lstrip()
        if typed.startswith("#") or (typed[:1] not in ("'", '"') and " #" in typed and place.role == "value"):
            return
        if place.role == "key":
            yield from self._keys(place, here)
            yield from self._values(here.instead, dash=place.dash or isinstance(here.instead, ListType))
            return
        bare = isinstance(here.type, ExpressionType)
        text = place.typed[1:] if place.typed[:1] in ("'", '"') and not place.flow else place.typed
        inside = typed_in(text, bare)
        if inside is not None:
            of_item = len(place.levels) > 1 and place.levels[-2].at == "choices" and place.levels[-1].at != "from"
            yield from self._expression(inside, of_item)
        elif place.role == "value":
            yield from self._values(here.type)

    # keys -------------------------------------------------------------------------------------------------------

    def _keys(self, place: Place, here: Expected) -> Iterator[types.CompletionItem]:
        level = place.levels[-1] if place.levels else None
        present = set(level.keys) - {self._word() + self.rest} if level else set()
        indent = len(self.before) - len(self.before.lstrip(" "))
        pad = " " * max((level.column if level else 0) - indent - 2 * place.dash, 0)
        if here.verbs:
            alone = len(place.levels) < 2 or place.levels[-2].kind != "list"
            dash = not place.flow and (place.dash or (alone and level is not None and not level.keys))
            for verb, kind in KINDS.items():
                text = snippets.of_verb(verb, pad, dash)
                yield self._item(verb, Kind.Keyword, text, kind.doc.split(". ")[0], kind.doc)
        for name, field in here.fields.items():
            if name not in present:
                text = snippets.of_key(name, field, pad, place.flow)
                order = "0" if field.required else "1"
                yield self._item(name, Kind.Property, text, field.type.word, field.doc, order)
        for name in keys_of(self.cursor, here):
            if name not in present:
                yield self._item(name, Kind.Field, snippets.of_key(name, None, pad, True))

    # values -----------------------------------------------------------------------------------------------------

    def _values(self, kind: FieldType | None, dash: bool = False) -> Iterator[types.CompletionItem]:
        if isinstance(kind, ListType):
            kind = kind.item
        if kind is None or isinstance(kind, TextType):
            return
        mark = "- " if dash else ""
        if isinstance(kind, IdType):
            stem = PurePosixPath(self.cursor.file).stem
            yield self._item(stem, Kind.Value, stem, "as the file is called")
            return
        if isinstance(kind, (RefType, MediaType)):
            for name, what in names_of(self.cursor, kind.kind if isinstance(kind, RefType) else "media"):
                yield self._item(name, Kind.Reference, mark + name, what)
            return
        if isinstance(kind, ExpressionType):
            yield from self._expression(typed_in(self.before, bare=True), False)
            return
        for word in words_of(kind):
            answer = TYPES.get(word)
            yield self._item(word, Kind.EnumMember, mark + word, "", getattr(answer, "doc", "") if answer else "")

    def _expression(self, typed: Typed | None, of_item: bool) -> Iterator[types.CompletionItem]:
        if typed is None:
            return
        found = proposals(self.cursor, typed, of_item)
        for place, (name, kind, what) in enumerate(found):
            yield self._item(name, KINDS_OF_NAMES[kind], name, what, order=f"{place:03}", word=typed.word)

    # items ------------------------------------------------------------------------------------------------------

    def _word(self) -> str:
        found = _WORD.search(self.before)
        return found.group() if found else ""

    def _item(
        self,
        label: str,
        kind: types.CompletionItemKind,
        text: str,
        what: str = "",
        doc: str = "",
        order: str = "",
        word: str | None = None,
    ) -> types.CompletionItem:
        """`text` takes the place of `word`, what is typed of it so far, and of the rest of it behind the cursor."""
        word = self._word() if word is None else word
        if self.has_colon and kind in (Kind.Keyword, Kind.Property):
            text = label
        at = self.cursor
        start = at.lines.position(at.line, at.column - len(word))
        end = at.lines.position(at.line, at.column + len(self.rest))
        stops = snippets.STOP in text
        return types.CompletionItem(
            label=label,
            kind=kind,
            detail=what or None,
            documentation=types.MarkupContent(types.MarkupKind.Markdown, doc) if doc else None,
            sort_text=f"{order}{label}" if order else None,
            filter_text=label,
            text_edit=types.TextEdit(types.Range(start, end), snippets.written(text, self.snippets)),
            insert_text_format=types.InsertTextFormat.Snippet if stops and self.snippets else None,
            insert_text_mode=types.InsertTextMode.AdjustIndentation if "\n" in text else None,
        )
