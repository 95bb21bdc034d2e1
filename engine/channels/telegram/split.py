"""A rendered text cut into parts that Telegram takes: 4,096 UTF-16 units, 100 entities.

Law: nothing but the white space at a cut is lost; an entity that a cut goes through goes on in the next part.
"""

from __future__ import annotations

from engine.channels.markdown import Entity, Rendered, units

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100  # Telegram ignores the rest; cut here so that a strict server does not refuse


def split(rendered: Rendered, limit: int = TEXT_LIMIT) -> list[Rendered]:
    """At least one part; each within `limit` units. Cuts at a paragraph's, a line's, a word's end, else anywhere."""
    if units(rendered.text) <= limit:
        return [_capped(rendered)]
    parts: list[Rendered] = []
    text, offset = rendered.text, 0  # `offset`: where `text` begins in the whole, in units
    while units(text) > limit:
        cut = _cut(text, _fitting(text, limit))
        head = text[:cut].rstrip()
        if head:
            parts.append(_part(rendered, head, offset))
        rest = text[cut:].lstrip()
        offset += units(text) - units(rest)
        text = rest
    if text.strip():
        parts.append(_part(rendered, text.rstrip(), offset))
    return parts or [Rendered("")]


def _fitting(text: str, limit: int) -> int:
    """How many characters of `text` fit into `limit` units."""
    taken = 0
    for index, character in enumerate(text):
        taken += 2 if character > "\uffff" else 1
        if taken > limit:
            return index
    return len(text)


def _cut(text: str, end: int) -> int:
    """Where to cut `text[:end]`: not so early that parts become crumbs."""
    for bound in ("\n\n", "\n", ". ", " "):
        cut = text.rfind(bound, end // 2, end + 1)
        if cut > 0:
            return cut + (1 if bound == ". " else 0)
    return end


def _part(whole: Rendered, text: str, offset: int) -> Rendered:
    end = offset + units(text)
    entities = []
    for entity in whole.entities:
        start, stop = max(entity.offset, offset), min(entity.offset + entity.length, end)
        if start < stop:
            entities.append(Entity(entity.kind, start - offset, stop - start, entity.url))
    return _capped(Rendered(text, tuple(entities)))


def _capped(rendered: Rendered) -> Rendered:
    if len(rendered.entities) <= ENTITY_LIMIT:
        return rendered
    return Rendered(rendered.text, rendered.entities[:ENTITY_LIMIT])
