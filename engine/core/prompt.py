"""A prompt's text: one block of a template file and of the files that it extends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jinja2 import nodes
from jinja2.environment import Template

from engine.core.failed import failed
from engine.core.finding import Span
from engine.core.sandbox import METER, Sandbox
from engine.core.scope import Scope

MOST = 200_000  # characters of one prompt; people's texts have a bound of their own


class Block:
    """`chain` is the file and what it extends, nearest first; `names` what its templates read. Rendered like
    `Plain`; nothing is escaped. Raises TemplateFailed."""

    def __init__(
        self, name: str, chain: Sequence[str], sources: Mapping[str, str], environment: Sandbox, span: Span | None
    ) -> None:
        self.name = name
        self.span = span
        self._chain = tuple(chain)
        self._sources = sources
        self._environment = environment
        self._templates: list[Template] | None = None

    def render(self, scope: Scope) -> str:
        context = scope.fresh(self._environment)
        METER.rounds, before = 0, METER.max_output
        METER.max_output = MOST
        try:
            if self._templates is None:
                self._templates = [self._environment.get_template(name) for name in self._chain]
            for template in self._templates:
                for name, block in template.blocks.items():
                    context.blocks.setdefault(name, []).append(block)
            found = context.blocks.get(self.name)
            return str(METER.size("".join(found[0](context)))).strip() if found else ""
        except Exception as error:
            raise failed(error, self.span) from None
        finally:
            METER.max_output = before


def extended(tree: nodes.Template) -> str | None:
    """The file that a template extends, when it is written out."""
    found = tree.find(nodes.Extends)
    if found is not None and isinstance(found.template, nodes.Const):
        return str(found.template.value)
    return None


def included(tree: nodes.Template) -> list[str]:
    """The files that a template includes or imports, where they are written out."""
    found = []
    for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport)):
        template = getattr(node, "template", None)
        if isinstance(template, nodes.Const):
            found += [template.value] if isinstance(template.value, str) else list(template.value)
    return [str(one) for one in found]
