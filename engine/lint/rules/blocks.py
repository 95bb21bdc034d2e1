"""What of a prompt file is sent: its blocks `system` and `user`, and what stands in these."""

from __future__ import annotations

import re

from jinja2 import nodes

from engine.core.prompt import extended
from engine.lint.texts import source_of_prompt
from engine.lint.world import World
from engine.project.suggest import did_you_mean


def check(world: World) -> None:
    if world.leads:
        _blocks(world)


def _blocks(world: World) -> None:
    """Only `system` and `user` are sent; another block must stand in one of them, or in a file that is extended."""
    trees = world.prompt_files.trees
    told = {one.span.file for one in world.loaded.findings if one.code == "unknown-block"}
    unsure = {one.span.file for one in world.loaded.findings if one.code == "front-matter"}
    asked = {one for prompt in world.project.prompts.values() for one in prompt.user.chain}
    for template, tree in trees.items():
        if template in asked and world.prompt_files.files[template] not in unsure:
            _outside(world, template, tree)
        _no_data(world, template)
        if world.prompt_files.files[template] in told:
            continue
        known = {"system", "user"}
        above, seen = extended(tree), {template}
        while above in trees and above not in seen:
            known |= {block.name for block in trees[above].find_all(nodes.Block)}
            seen.add(above)
            above = extended(trees[above])
        if above is not None:
            continue
        for block in tree.find_all(nodes.Block):
            inner = {
                one.name
                for outer in tree.find_all(nodes.Block)
                if outer is not block
                for one in outer.find_all(nodes.Block)
            }
            if block.name not in known and block.name not in inner:
                at = source_of_prompt(world.prompt_files, template).after_sign(block.name, block.lineno, ("block",))
                world.report(
                    "unknown-block",
                    "warning",
                    at,
                    f"The block `{block.name}` is never sent.",
                    did_you_mean(block.name, sorted(known)),
                )


_NO_DATA = r"<([a-z_]+)>\s*</\1>"


def _no_data(world: World, template: str) -> None:
    """`<data></data>`: what a person wrote once stood between them."""
    text = world.texts.get(world.prompt_files.files[template], b"")
    if b"></" not in text and b">\n</" not in text:
        return
    source = source_of_prompt(world.prompt_files, template)
    for found in re.finditer(_NO_DATA, source.text) if "</" in source.text else ():
        message = f"Nothing stands between `<{found[1]}>` and `</{found[1]}>`, so the model is told nothing there."
        help = "Put the answer in: `{{ answer | replace('<', '‹') }}`; or take both out."
        world.report("empty-text", "warning", source.span(found.start(), len(found[0])), message, help)


def _outside(world: World, template: str, tree: nodes.Template) -> None:
    """Text that stands in no block."""
    for output in tree.body:
        for one in output.nodes if isinstance(output, nodes.Output) else ():
            if isinstance(one, nodes.TemplateData) and not one.data.strip():
                continue
            source = source_of_prompt(world.prompt_files, template)
            lines = one.data.split("\n") if isinstance(one, nodes.TemplateData) else [""]
            at = source.line(one.lineno + next((place for place, line in enumerate(lines) if line.strip()), 0))
            message = "This stands outside of the blocks, and the model never sees it."
            help = "Move it into `{% block system %}` or `{% block user %}`; a note to yourself is `{# … #}`."
            world.report("outside-blocks", "warning", at, message, help)
            return
