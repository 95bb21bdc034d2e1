"""`python -m tests.bot_api --port 8081`: the stand-in alone, with one person (number 5) whose lines are read here.

Set TELEGRAM_API_URL and TELEGRAM_BOT_TOKEN to what it prints. A line `!label` presses a button.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.bot_api import BotApi, Person


async def _listen(person: Person) -> None:
    while True:
        message = await person.hears(timeout=10**9)
        print(
            "bot:",
            message.text,
            message.buttons or message.keyboard or "",
            f"<{message.media}>" if message.media else "",
        )


async def _serve(port: int) -> None:
    async with BotApi(port=port) as api:
        print(f"TELEGRAM_API_URL={api.url} TELEGRAM_BOT_TOKEN={api.token}", flush=True)
        person = api.person(5)
        listener = asyncio.create_task(_listen(person))
        while line := await asyncio.to_thread(sys.stdin.readline):
            text = line.strip()
            if text.startswith("!"):
                await person.presses(text[1:])
            elif text:
                await person.says(text)
        if sys.stdin.isatty():
            listener.cancel()
        else:
            await asyncio.Event().wait()  # no one to type: serve until stopped


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(_serve(parser.parse_args().port))
