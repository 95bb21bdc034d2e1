"""Run the stand-in by hand: `python -m tests.openai_api --port 8099 [--without json_schema,vision] [--key KEY]`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib

from tests.openai_api.server import OpenAIStandIn


async def serve(port: int, key: str, without: list[str]) -> None:
    async with OpenAIStandIn(port=port, key=key) as llm:
        llm.refuse(*without)
        print(f"LLM_BASE_URL={llm.base_url}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.openai_api", description=__doc__)
    parser.add_argument("--port", type=int, default=8099, help="0 takes a free one")
    parser.add_argument("--key", default="", help="the only API key to accept; none: any, or no key at all")
    parser.add_argument("--without", default="", help="what it does not understand, such as json_schema,vision")
    chosen = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(chosen.port, chosen.key, [part for part in chosen.without.split(",") if part]))


if __name__ == "__main__":
    main()
