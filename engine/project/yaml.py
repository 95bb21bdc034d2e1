"""Reads YAML as version 1.2 would, keeping every scalar a text and knowing where everything stands.

Law: reading never fails and never runs anything. Whatever the bytes are, the answer is a node (or None) and the list of
what is wrong, each in words for a person who does not program. libyaml does the scanning; the nodes are made here.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

import yaml
from msgspec import Struct

from engine.core.finding import Finding, Mend, Severity, Span, quick_span
from engine.core.node import Mapping, Node, Scalar, Sequence, extent
from engine.project import hints, scalars, syntax
from engine.project.commas import CODES, torn
from engine.project.encoding import decode
from engine.project.places import position
from engine.project.quoting import in_quotes, longer

__all__ = ["LIMIT_BYTES", "LIMIT_DEPTH", "LIMIT_EXPANDED", "position", "read"]

LIMIT_BYTES = 1_000_000
LIMIT_DEPTH = 50
LIMIT_EXPANDED = 10_000  # nodes that aliases may add

_Scalar, _MappingEnd = yaml.ScalarEvent, yaml.MappingEndEvent  # met most often

_Parser: Any = vars(yaml.cyaml)["CParser"] if yaml.__with_libyaml__ else yaml.SafeLoader
_ODD = {"<<": ("merge-key", *hints.MERGE_KEY), "": ("empty-key", *hints.EMPTY_KEY)}  # keys that are none
_ENDS = re.compile(r"[ \t]*(?:[\r\n]|[ \t]#(?!\S)|\Z)")  # nothing of the same value follows
_ENDS_WITHIN = re.compile(r"[ \t]*[,\]}]")  # brackets


def read(text: str | bytes, file: str) -> tuple[Node | None, list[Finding]]:
    """The document in `text`, or None when there is none or it cannot be read; and all findings."""
    if len(text) > LIMIT_BYTES:
        message = f"This file is larger than {LIMIT_BYTES // 1_000_000} MB."
        return None, [Finding(Span(file), "file-too-big", "error", message, "Split it into several files.")]
    decoded, findings = decode(text, file)
    if decoded is None:
        return None, findings
    return _Reader(decoded, file, findings).document(), findings


class _Stop(Exception):
    """The rest cannot be read; the finding is already noted."""


class _Anchor(Struct):
    span: Span
    node: Node | None = None  # None while its end has not come yet
    size: int = 0  # nodes
    height: int = 0  # collections inside each other
    used: bool = False


class _Reader:
    """One reading of one text."""

    def __init__(self, text: str, file: str, findings: list[Finding]) -> None:
        self.source = scalars.Source(text, file)
        self.text, self.file, self.findings = self.source.scanned, file, findings
        self.anchors: dict[str, _Anchor] = {}
        self.all_anchors: list[tuple[str, _Anchor]] = []
        self.depth = self.expanded = 0

    def document(self) -> Node | None:
        node = None
        try:
            # Not closed with `dispose`: the C parser frees itself, and the pure one has nothing to free.
            self.next = _Parser(self.text).get_event
            self.next()  # the stream's start
            if type(self.next()) is yaml.StreamEndEvent:
                self.add(Span(self.file), "empty-file", "This file is empty.", "Write something, or delete the file.")
                return None
            node = self.node(self.next())
            self.next()  # the document's end
            after = self.next()
            if type(after) is yaml.DocumentStartEvent:
                self.add(self.span(after, 3), "several-documents", *hints.SEVERAL_DOCUMENTS)
        except _Stop:
            return None
        except yaml.YAMLError as error:
            self.broken(syntax.explain(error, self.text, self.source.lines, self.file))
            return None
        for name, anchor in self.all_anchors:
            if not anchor.used:
                self.add(anchor.span, "unused-anchor", *hints.unused_anchor(name), "warning")
        return node

    # nodes

    def node(self, event: Any) -> Node:
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self.alias(event)
        if event.tag is not None:
            self.tagged(event)
        if event.anchor is not None:
            return self.anchored(event)
        return self.scalar(event) if kind is _Scalar else self.collection(event)

    def collection(self, event: Any) -> Node:
        if self.depth >= LIMIT_DEPTH:
            self.stop(self.span(event), "too-deep", *hints.too_deep(LIMIT_DEPTH))
        if self.text.startswith("{{", event.start_mark.index):
            return self.braces(event)
        self.depth += 1
        made = self.mapping(event) if type(event) is yaml.MappingStartEvent else self.sequence(event)
        self.depth -= 1
        return made

    def sequence(self, start: Any) -> Sequence:
        items: list[Node] = []
        event = self.next()
        while type(event) is not yaml.SequenceEndEvent:
            items.append(self.node(event))
            event = self.next()
        return Sequence(items, self.around(start, event, items[-1] if items else None))

    def mapping(self, start: Any) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        last: Node | None = None
        following, node, source, word = self.next, self.node, self.source, scalars.word
        event, flow, anew = following(), start.flow_style, False
        while type(event) is not _MappingEnd:
            key = word(source, event) or self.key(event)
            if key is not None and key.text in _ODD and key.plain:
                self.add(key.span, *_ODD[key.text])
                key = None
            event = following()
            last = word(source, event) or node(event)
            bare = flow and not getattr(last, "text", True)  # which is rare
            whole = self.torn(entries, key, last) if bare and key is not None else None
            if whole is not None:
                last = whole
            elif key is not None:
                if key.text in entries:
                    anew = anew or self.again(entries, key)
                else:
                    entries[key.text] = (key, last)
            event = following()
        return Mapping(entries, self.around(start, event, last))

    def again(self, entries: dict[str, tuple[Scalar, Node]], key: Scalar) -> bool:
        """A key that is there already. Whether all begins anew with it, as when the dash of an item is lost."""
        first = entries[key.text][0].span
        before = self.source.lines[first.line - 1][: first.column - 1].rstrip()
        anew = before.endswith("-") and key.text == next(iter(entries)) and len(entries) > 1
        self.add(key.span, "duplicate-key", *hints.duplicate_key(key.text, first.line, anew))
        return anew

    def torn(self, entries: dict[str, tuple[Scalar, Node]], key: Scalar, value: Node) -> Node | None:
        """The last value with what a comma tore off it; None when `key` begins an entry of its own."""
        found = torn(self.source.lines, entries, key, value)
        if found is None:
            return None
        name, entry, finding = found
        worse = ("unquoted-braces", *CODES)  # of a piece of the same text
        self.findings[:] = [one for one in self.findings if one.code not in worse or one.span[:3] != finding.span[:3]]
        self.findings.append(finding)
        entries[name] = entry
        return entry[1]

    def key(self, event: Any) -> Scalar | None:
        """A key that is no plain word; None when it is none that can be used (which is noted)."""
        node = self.node(event)
        if type(node) is Scalar:
            return node
        self.add(node.span, "complex-key", *hints.COMPLEX_KEY)
        return None

    def scalar(self, event: Any) -> Scalar:
        made = scalars.make(self.source, event)
        if made.plain:
            if event.end_mark.index in self.source.lost:
                self.lost_comment(event.end_mark)
            if made.places:  # it stands on several lines
                self.lost_dash(made.span)
        return made

    def braces(self, event: Any) -> Scalar:
        """`{{ name }}` without quotes, which YAML reads as a map inside a map."""
        depth, last = 1, event
        while depth:
            last = self.next()
            kind = type(last)
            depth += kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent)
            depth -= kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent)
            if depth > LIMIT_DEPTH:
                self.stop(self.span(event), "too-deep", *hints.too_deep(LIMIT_DEPTH))
        raw = self.text[event.start_mark.index : last.end_mark.index]
        span = self.between(event.start_mark, last.end_mark)
        before = self.source.lines[event.start_mark.line][: event.start_mark.column]
        within = sum(map(before.count, "[{")) > sum(map(before.count, "]}"))
        ends = (_ENDS_WITHIN if within else _ENDS).match(self.text, last.end_mark.index)
        self.add(
            span, "unquoted-braces", *hints.unquoted_braces(raw), mend=Mend(span, in_quotes(raw)) if ends else None
        )
        return Scalar(raw, span, plain=False)

    # anchors, aliases, tags

    def anchored(self, event: Any) -> Node:
        name = event.anchor
        anchor = self.anchors[name] = _Anchor(self.span(event, len(name) + 1))
        self.all_anchors.append((name, anchor))
        node = self.scalar(event) if type(event) is _Scalar else self.collection(event)
        anchor.node, (anchor.size, anchor.height) = node, extent(node)
        return node

    def alias(self, event: Any) -> Node:
        name, span = event.anchor, self.span(event, len(event.anchor) + 1)
        anchor = self.anchors.get(name)
        if anchor is None:
            self.add(span, "unknown-alias", *hints.unknown_alias(name), mend=Mend(span, in_quotes(f"*{name}")))
            return Scalar(f"*{name}", span, plain=False)
        anchor.used = True
        if anchor.node is None:
            self.stop(span, "alias-loop", *hints.alias_loop(name))
        self.expanded += anchor.size
        if self.expanded > LIMIT_EXPANDED:
            self.stop(span, "alias-bomb", *hints.alias_bomb(LIMIT_EXPANDED))
        if self.depth + anchor.height > LIMIT_DEPTH:
            self.stop(span, "too-deep", *hints.too_deep(LIMIT_DEPTH))
        return anchor.node

    def tagged(self, event: Any) -> None:
        found = re.compile(r"!\S*").search(self.text, event.start_mark.index)
        tag = found.group() if found else str(event.tag)
        self.add(self.span(event, len(tag)), "tag", *hints.tag(tag))

    # places and findings

    def around(self, start: Any, end: Any, last: Node | None) -> Span:
        """A collection's span. libyaml ends a block one where the next thing begins; ours ends with its last child."""
        first, final = start.start_mark, end.end_mark
        if last is None or end.start_mark.index != final.index:  # a flow one, which has its own closing bracket
            return self.between(first, final)
        begins, ends = (first.line + 1, first.column + 1), last.span[3:]
        return quick_span((self.file, *begins, *max(begins, ends)))

    def between(self, start: Any, end: Any) -> Span:
        return quick_span((self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1))

    def span(self, event: Any, width: int = 1) -> Span:
        mark = event.start_mark
        return Span(self.file, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 1 + width)

    def lost_comment(self, end: Any) -> None:
        line = self.source.lines[end.line]
        at = line.index("#", end.column)
        span = Span(self.file, end.line + 1, at + 1, end.line + 1, len(line) + 1)
        self.add(span, "lost-comment", *hints.lost_comment(line[at:].rstrip()), "warning")

    def broken(self, finding: Finding) -> None:
        """The text ends here for us. What was noted of the same value before is now told better."""
        line = finding.span.line
        braces = [old for old in self.findings if (old.code, old.span.line) == ("unquoted-braces", line)]
        if braces and finding.code == "unclosed-bracket":
            self.findings[:] = [longer(one, self.source.lines) if one in braces else one for one in self.findings]
            return
        open_ = ("lost-dash", *CODES) if finding.code == "unclosed-bracket" else ("lost-dash",)
        worse = [old for old in self.findings if old.code in open_ and old.span.line >= line]
        if finding.code == "unquoted-braces":
            worse += braces
        self.findings[:] = [old for old in self.findings if old not in worse]
        self.findings.append(finding)

    def lost_dash(self, text: Span) -> None:
        """`- ` at the beginning of a further line of a plain text is part of that text, which nobody means."""
        for number in range(text.line, text.end_line):
            content = self.source.lines[number]
            at = len(content) - len(content.lstrip())
            if content.startswith("- ", at):
                span = Span(self.file, number + 1, at + 1, number + 1, len(content.rstrip()) + 1)
                self.add(span, "lost-dash", *hints.LOST_DASH, "warning")
                return

    def add(
        self,
        span: Span,
        code: str,
        message: str,
        help: str,
        severity: Severity = "error",
        mend: Mend | None = None,
    ) -> None:
        self.findings.append(Finding(span, code, severity, message, help, mend))

    def stop(self, span: Span, code: str, message: str, help: str) -> NoReturn:
        self.add(span, code, message, help)
        raise _Stop
