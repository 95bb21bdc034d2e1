"""A project with the models that a test names, the stand-in, and the adapter that speaks to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from engine.core.effects import AskModel
from engine.core.project import Model, Project
from engine.models.client import OpenAIModels
from engine.models.endpoint import warm
from engine.models.limits import Limits
from engine.models.port import Reply
from tests.openai_api import OpenAIStandIn

QUICK = Limits(seconds=5.0, first_wait=0.01, broken_for=0.05)


def project_of(*models: Model) -> Project:
    return Project(
        scenarios={}, prompts={}, collections={}, models={model.name: model for model in models},
        catalog={}, words={}, settings={},
    )  # fmt: skip


def asking(user: str = "Hello", **more: Any) -> AskModel:
    return AskModel(
        request="r1", prompt="greet", step="hello", system=more.pop("system", "Be kind."), user=user, **more
    )


async def no_files(file: dict[str, Any]) -> bytes:
    raise AssertionError(f"nobody asked for {file}")


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what only time or another process brings about; the test's own time-out is the bound."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 there is no event for a clock's reading
            await asyncio.sleep(0.01)


class Asker:
    """Asks as the runtime does; keeps what the admin was told."""

    def __init__(self, llm: OpenAIStandIn) -> None:
        self.llm = llm
        self.told: list[tuple[bool, str]] = []
        self._made: list[OpenAIModels] = []

    def models(self, limits: Limits = QUICK, usage: Any = None, **environment: str) -> OpenAIModels:
        set_up = {"LLM_BASE_URL": self.llm.base_url, "LLM_MODEL": "small"} | environment
        made = OpenAIModels(
            set_up, limits, on_trouble=lambda _, broken, why: self.told.append((broken, why)), usage=usage
        )
        self._made.append(made)
        return made

    async def __call__(self, user: str = "Hello", **more: Any) -> Reply:
        """One ask; the adapter of the first one serves the rest."""
        rows, load = more.pop("rows", ()), more.pop("load", no_files)
        models = self._made[0] if self._made else self.models()
        return await models.ask(asking(user, **more), project_of(*rows), "telegram:1", load)

    async def close(self) -> None:
        for models in self._made:
            await models.close()


@pytest.fixture
async def llm() -> AsyncIterator[OpenAIStandIn]:
    async with OpenAIStandIn() as server:
        yield server


@pytest.fixture
async def ask(llm: OpenAIStandIn) -> AsyncIterator[Asker]:
    await warm()  # what the first ask would import takes longer on a busy machine than QUICK allows
    asker = Asker(llm)
    yield asker
    await asker.close()
