"""What could be parsed, but not compiled, is refused when it is parsed, where its place is known: templates are
compiled only when they are first used.

Law: what is refused here is what Jinja's compiler, or Python's after it, would refuse; or what needs other files where
there are none. Jinja's own complaints come first.
"""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import normalize

from jinja2 import Environment, nodes
from jinja2.parser import Parser, _MacroCall

from engine.core.quick_expression import DEEPEST
from engine.core.tree import children

DEEPEST_STATEMENTS = 30  # Python indents no further than 100 columns of its own making
DEEPEST_LOOPS = 15  # Python nests 20 blocks
LONGEST_CHAIN = 80  # of operators and attributes: Python nests 200 brackets
SHORT = 200  # characters, in which no chain can be too long
FEW = 40  # words of one tag, likewise, wherever it stands


class CompilableParser(Parser):
    def __init__(
        self,
        environment: Environment,
        source: str,
        name: str | None = None,
        filename: str | None = None,
        state: str | None = None,
    ) -> None:
        super().__init__(environment, source, name, filename, state)
        self._depth = 0
        self._blocks = set[str]()
        self._refused: tuple[str, int] | None = None  # message, line

    def parse_expression(self, with_condexpr: bool = True) -> nodes.Expr:
        """Raises RecursionError for one that is nested too deep."""
        if self._depth >= DEEPEST:
            raise RecursionError
        self._depth += 1
        whole = super().parse_expression(with_condexpr)
        self._depth -= 1
        return whole

    def parse_statement(self) -> nodes.Node | list[nodes.Node]:
        """Raises RecursionError for one that is nested too deep."""
        loops = sum(tag in ("for", "with", "macro", "call", "filter") for tag in self._tag_stack)
        if len(self._tag_stack) >= DEEPEST_STATEMENTS or loops >= DEEPEST_LOOPS:
            raise RecursionError
        return super().parse_statement()

    def parse_block(self) -> nodes.Block:
        line = self.stream.current.lineno
        block = super().parse_block()
        if block.name in self._blocks:
            self._refuse(f"the block `{block.name}` stands here a second time", line)
        self._blocks.add(block.name)
        return block

    def parse_for(self) -> nodes.For:
        loop = super().parse_for()
        for node in loop.find_all(nodes.Name):
            if node.name == "loop" and node.ctx == "store":
                self._refuse("`loop` is the loop's own name, so nothing else can be called that in it", node.lineno)
        return loop

    def parse_call_args(
        self,
    ) -> tuple[list[nodes.Expr], list[nodes.Keyword], nodes.Expr | None, nodes.Expr | None]:
        arguments = super().parse_call_args()
        if len(arguments[1]) > 1:
            self._once((str(pair.key) for pair in arguments[1]), self.stream.current.lineno)
        return arguments

    def parse_signature(self, node: _MacroCall) -> None:
        super().parse_signature(node)
        self._once((one.name for one in node.args), self.stream.current.lineno)
        required = node.args[: len(node.args) - len(node.defaults)]
        if any(one.name == "caller" for one in required):
            self._refuse("`caller` is what a call block gives, so it cannot be asked for here", node.args[0].lineno)

    def _once(self, names: Iterable[str], line: int) -> None:
        seen = set[str]()
        for name in names:
            plain = normalize("NFKC", name)  # as Python reads names
            if plain in seen:
                self._refuse(f"`{name}` is given twice", line)
            seen.add(plain)

    def parse_include(self) -> nodes.Include:
        self._only_in_files("include")
        return super().parse_include()

    def parse_import(self) -> nodes.Import:
        self._only_in_files("import")
        return super().parse_import()

    def parse_from(self) -> nodes.FromImport:
        self._only_in_files("import")
        return super().parse_from()

    def parse_extends(self) -> nodes.Extends:
        self._only_in_files("extends")
        return super().parse_extends()

    def _only_in_files(self, what: str) -> None:
        if self.environment.loader is None:
            self._refuse(f"`{what}` is for prompt files; write the text out here", self.stream.current.lineno)

    def _refuse(self, message: str, line: int) -> None:
        self._refused = self._refused or (message, line)

    def fail_if_refused(self) -> None:
        """Raises TemplateSyntaxError: once all is parsed, for Jinja's own complaints come first."""
        if self._refused is not None:
            self.fail(*self._refused)


def not_too_long(tree: nodes.Node, source: str) -> None:
    """Raises RecursionError for a chain (`a + b + …`, `a.b.c.…`) that Python would not read."""
    if len(source) <= SHORT:
        return
    level, depth = [tree], 0
    while level:
        if depth > LONGEST_CHAIN:
            raise RecursionError
        level = [inner for one in level for inner in children(one)]
        depth += 1
