"""What stands in the system block of a prompt, where it speaks with the author's voice."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from engine.core.prompt import extended
from engine.project.prompts import PromptFiles


def speaking(files: PromptFiles) -> dict[str, list[tuple[str, nodes.Name]]]:
    """The template files whose system block puts values in, and the names of these with their files: the block may
    include others, and hold blocks that another file fills."""
    found = {}
    for template, tree in files.trees.items():
        within = _in_system(files, template, {template})
        blocks = [block for block in tree.find_all(nodes.Block) if block.name in within]
        names = [one for block in blocks for one in _named_in(files, template, block, ())]
        if names:
            found[template] = list({id(name): (file, name) for file, name in names}.values())
    return found


def _in_system(files: PromptFiles, template: str, met: set[str]) -> set[str]:
    """The blocks of a file whose text stands in the system block: by its own, and by the file that it extends."""
    tree = files.trees[template]
    above = extended(tree) or ""
    known = above in files.trees and above not in met
    found = _in_system(files, above, {*met, above}) if known else {"system"}
    for block in tree.find_all(nodes.Block):
        if block.name in found:
            found |= {inner.name for inner in block.find_all(nodes.Block)}
    return found


def _named_in(
    files: PromptFiles, file: str, part: nodes.Node, around: tuple[str, ...]
) -> Iterator[tuple[str, nodes.Name]]:
    yield from ((file, name) for name in part.find_all(nodes.Name) if name.ctx == "load")
    for one in part.find_all(nodes.Include):
        inner = one.template.value if isinstance(one.template, nodes.Const) else ""
        if inner in files.trees and inner not in around:
            yield from _named_in(files, inner, files.trees[inner], (*around, inner))
