"""What is compiled before anybody needs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment

from engine.core.scope import Scope
from engine.project.load import Loaded, Loader
from engine.runtime.warm import warm, warm_prompts
from tests.driver import sources

STEPS = "  - ask: a\n    question: a?\n  - llm: m\n    prompt: p\n    if_fails: no\n  - say: '{{ m }} {{ a }}'\n"
SHARED = "{% set who = 'You' %}{% block system %}{{ who }} coach.{% endblock %}\n"
PROMPT = '{% extends "_p.md.j2" %}{% block user %}Was{% endblock %}\n'
SCOPE = Scope({}, frozenset(), {})


def built(loader: Loader, prompt: str) -> Loaded:
    return loader.build(sources({"talk": STEPS}, **{"prompts/_p.md.j2": SHARED, "prompts/p.md.j2": prompt}))


@pytest.mark.parametrize("when", ["at a start", "at a save"])
def test_a_prompt_is_compiled_off_the_turn(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first person whose answer the model is asked about waits for the model alone."""
    loader = Loader(Path("/nowhere"), {})
    first, edited = built(loader, PROMPT), built(loader, PROMPT.replace("Was", "Is"))
    assert edited.project is not None
    if when == "at a save":
        warm(edited, first, 5.0)
    else:
        warm_prompts(edited.project.prompts.values(), 5.0)
    monkeypatch.setattr(Environment, "compile", None)  # whoever calls it now fails
    prompt = edited.project.prompts["p"]
    assert (prompt.system.render(SCOPE), prompt.user.render(SCOPE)) == ("You coach.", "Is")
