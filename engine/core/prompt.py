"""A prompt's text: one block of a template file and of the files that it extends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from jinja2 import nodes
from jinja2.environment import Template
from jinja2.runtime import Context

from engine.core.failed import failed
from engine.core.finding import Span
from engine.core.sandbox import METER, Sandbox
from engine.core.scope import Scope

MOST = 200_000  # characters of one prompt; people's texts have a bound of their own
MAKING = (nodes.Assign, nodes.AssignBlock, nodes.Macro, nodes.Import, nodes.FromImport)


class Block:
    """`chain` is the file and what it extends, nearest first; `names` what its templates read. Rendered like
    `Plain`; nothing is escaped. Raises TemplateFailed."""

    def __init__(
        self, name: str, chain: Sequence[str], sources: Mapping[str, str], environment: Sandbox, span: Span | None
    ) -> None:
        self.name = name
        self.span = span
        self.chain = tuple(chain)
        self._sources = sources
        self._environment = environment
        self._templates: list[Template] | None = None
        self._before: list[Callable[[Context], Iterator[str]]] = []

    def ready(self) -> list[Template]:
        """Compiled, at the latest when it is rendered. Raises what Jinja does of a file that is not there."""
        if self._templates is None:
            self._before = [code for name in self.chain if (code := self._outside(name)) is not None]
            self._templates = [self._environment.get_template(name) for name in self.chain]
        return self._templates

    def render(self, scope: Scope) -> str:
        context = scope.fresh(self._environment)
        METER.rounds, before = 0, METER.max_output
        METER.max_output = MOST
        try:
            templates = self.ready()
            for code in self._before:
                deque(code(context), maxlen=0)  # what it sets, the blocks see
            for template in templates:
                for name, block in template.blocks.items():
                    context.blocks.setdefault(name, []).append(block)
            found = context.blocks.get(self.name)
            return str(METER.size("".join(found[0](context)))).strip() if found else ""
        except Exception as error:
            raise failed(error, self.span) from None
        finally:
            METER.max_output = before

    def _outside(self, name: str) -> Callable[[Context], Iterator[str]] | None:
        """What a file sets, imports and defines outside of its blocks, as code. Its text there goes nowhere."""
        tree = self._environment.parse(self._sources[name])
        made: list[nodes.Node] = [
            one
            for one in tree.body
            if isinstance(one, MAKING) or (isinstance(one, nodes.If) and any(map(one.find, MAKING)))
        ]
        if not made:
            return None
        tree.body = made
        return self._environment.from_string(tree).root_render_func


def extended(tree: nodes.Template) -> str | None:
    """The file that a template extends, when it is written out."""
    found = tree.find(nodes.Extends)
    if found is not None and isinstance(found.template, nodes.Const):
        return str(found.template.value)
    return None


def included(tree: nodes.Node, needed: bool = False) -> list[str]:
    """The files that a template includes or imports, where they are written out; `needed`: less those that may lack."""
    found = []
    for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport)):
        template = getattr(node, "template", None)
        if isinstance(template, nodes.Const) and not (needed and getattr(node, "ignore_missing", False)):
            found += [template.value] if isinstance(template.value, str) else list(template.value)
    return [str(one) for one in found]
