"""A stand-in for Telegram's Bot API on loopback, strict where Telegram is. It knows nothing of the engine.

    async with BotApi() as api:
        anna = api.person(5, name="Анна")
        await anna.says("/start")
        message = await anna.hears()
        await anna.presses("Да")

`python -m tests.bot_api --port 8081` serves it alone; then people are driven over HTTP (see `__main__`).
"""

from tests.bot_api.faults import Fault
from tests.bot_api.people import BotMessage, Person, Press
from tests.bot_api.server import BotApi

__all__ = ["BotApi", "BotMessage", "Fault", "Person", "Press"]
