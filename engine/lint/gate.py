"""Whether new files may go live: no errors, neither of reading them nor of lint. Warnings keep nothing back.
A reload asks it, and a talk test whose `change:` edits a file.

Law: only what a change can have touched is checked again: scenarios see of each other what `engine.lint.world.Facts`
says, and nothing else. A mistake that is live already (the bot was started with it) keeps no other save back.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from engine.core.finding import Finding
from engine.core.project import Prompt, Scenario
from engine.project.load import Loaded

if TYPE_CHECKING:
    from engine.lint.facts import Facts

log = logging.getLogger(__name__)


class Gate:
    """`live` is what runs already. Its methods are called in one thread at a time, and take up to 2 ms a scenario."""

    def __init__(self, live: Loaded) -> None:
        self._passed = live  # the last one without new errors
        self.begun = False
        self._tolerated: set[tuple[str, str, str]] = set()
        self._facts: dict[str, tuple[Scenario, Facts]] = {}

    def begin(self) -> list[Finding]:
        """Check what is live, once; the errors in it."""
        if self.begun:
            return []
        self.begun = True
        errors = self._checked(self._passed, everything=True)
        self._tolerated = {_sign(one) for one in errors}
        return errors

    def fork(self) -> Gate:
        """One for other edits of the same live files; what was found out about these is not found out again."""
        self.begin()
        return copy(self)

    def errors(self, loaded: Loaded) -> list[Finding]:
        """What keeps these files from going live."""
        self.begin()
        found = [one for one in self._checked(loaded) if _sign(one) not in self._tolerated]
        if not found and loaded.project is not None:
            self._passed = loaded
        return found

    def _checked(self, loaded: Loaded, everything: bool = False) -> list[Finding]:
        """The errors in the files themselves, and those that lint finds in what may have been touched."""
        if loaded.errors or loaded.draft is None:
            return loaded.errors
        try:
            from engine.lint.run import checked_world, finished
            from engine.lint.world import World

            scope = None if everything else self._scope(loaded)
            facts = [self._facts_of(scenario) for scenario in loaded.draft.scenarios.values()]
            part = loaded
            if scope is not None:
                before = self._passed.sources
                part = replace(
                    loaded,
                    sources={file: content for file, content in loaded.sources.items() if before.get(file) != content},
                    draft=replace(
                        loaded.draft,
                        scenarios={name: one for name, one in loaded.draft.scenarios.items() if name in scope},
                    ),
                )
            found = finished([*loaded.findings, *checked_world(World.of(part, facts))], loaded.sources)
            return [one for one in found if one.severity == "error"]
        except Exception:
            log.exception("Lint failed; the files count as whole, because they could be loaded")
            return []

    def _scope(self, loaded: Loaded) -> set[str] | None:
        """The scenarios to check again: those that changed, and those that name a prompt that changed. None: all, when
        what scenarios see of each other has changed, or a catalog."""
        was, now = self._passed.draft, loaded.draft
        if was is None or now is None or _elsewhere(self._passed) != _elsewhere(loaded):
            return None
        changed = {name for name, one in now.scenarios.items() if was.scenarios.get(name) is not one}
        if was.scenarios.keys() != now.scenarios.keys():
            return None
        for name in changed:
            if _seen(_facts(was.scenarios[name])) != _seen(self._facts_of(now.scenarios[name])):
                return None
        prompts = _differ(was.prompts, now.prompts)
        return changed | {
            name
            for name, one in now.scenarios.items()
            if prompts
            and any(each.kind == "prompt" and each.name in prompts for step in one.steps for each in step.references)
        }

    def _facts_of(self, scenario: Scenario) -> Facts:
        kept = self._facts.get(scenario.id)
        if kept is None or kept[0] is not scenario:
            kept = self._facts[scenario.id] = (scenario, _facts(scenario))
        return kept[1]


def _facts(scenario: Scenario) -> Facts:
    from engine.lint.facts import Facts

    return Facts.of(scenario)


def _seen(facts: Facts) -> Any:
    """What others see of a scenario, wherever its triggers stand in the file."""
    return replace(facts, triggers=()), [(one.kind, one.value, one.payload) for one in facts.triggers]


def _elsewhere(loaded: Loaded) -> dict[str, bytes]:
    return {file: content for file, content in loaded.sources.items() if file.startswith("catalog/")}


def _differ(before: Mapping[str, Prompt], after: Mapping[str, Prompt]) -> set[str]:
    """Names of prompts that are new, gone, or made anew."""
    return {name for name, one in after.items() if before.get(name) is not one} | (before.keys() - after.keys())


def _sign(finding: Finding) -> tuple[str, str, str]:
    """The same mistake, wherever it stands in its file by now."""
    return (finding.span.file, finding.code, finding.message)
