"""Whether the servers of the language models are there, take the key, and have the models that the bot names."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from engine.core.project import Model
from engine.models.breaker import nobody
from engine.models.endpoint import Endpoint, Endpoints
from engine.models.failure import CallFailed
from engine.models.limits import limits_of
from engine.models.wire import listed

PATIENCE = 15.0  # s for an answer
SHOWN = 5  # models in a sentence


async def check(environment: Mapping[str, str], models: Mapping[str, Model]) -> list[tuple[str, str]]:
    """(ok, note or wrong; a sentence) of every endpoint. The list of models is asked for, which costs nothing."""
    endpoints = Endpoints(environment, limits_of(environment), nobody)
    wanted: dict[tuple[str, str], tuple[Endpoint, set[str]]] = {}
    for model in ({"default": Model("default")} | dict(models)).values():
        endpoint = endpoints.find(model)
        if endpoint is not None:
            wanted.setdefault((endpoint.base_url, endpoint.key), (endpoint, set()))[1].add(endpoints.model_id(model))
    looks = await asyncio.gather(*(_look(endpoint, ids) for endpoint, ids in wanted.values()))
    return [found for look in looks for found in look]


async def _look(endpoint: Endpoint, wanted: set[str]) -> list[tuple[str, str]]:
    name = f"the model server {endpoint.name}"
    try:
        async with asyncio.timeout(PATIENCE):
            there = await _listed(endpoint)
    except TimeoutError:
        return [("wrong", f"{name} does not answer")]
    except CallFailed as failed:
        if failed.word == "auth":
            return [("wrong", f"{name} does not take the key ({failed.reason})")]
        if failed.status in (404, 405):
            return [("note", f"{name} is there, and does not say which models it has")]
        return [("wrong", f"{name} fails: {failed.reason}")]
    finally:
        await endpoint.close()
    missing = sorted(one for one in wanted if one != "default" and there and one not in there)
    some = ", ".join(sorted(there)[:SHOWN]) + (" …" if len(there) > SHOWN else "")
    unlisted = [("note", f"{name} does not list the model {one}; it lists {some}") for one in missing]
    return [("ok", f"{name} answers"), *unlisted]


async def _listed(endpoint: Endpoint) -> set[str]:
    client = await endpoint.client()
    try:
        return await listed(client)
    except CallFailed as failed:
        if not endpoint.found_elsewhere(failed):
            raise
    return await listed(client)
