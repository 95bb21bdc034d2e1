"""A process for test_kill: commits turns of several chats and prints each one once it is acknowledged.

Turn n of a chat writes session `n`, two lines of history, one record, one outgoing message, one model request, and
handles update n. What is there after a kill must be that, whole, for every n up to some number.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from engine.core.effects import SaveRecord
from engine.memory.port import Incoming, Line, Outgoing, TurnWrites
from engine.memory.sqlite import SqliteMemory


async def talk(memory: SqliteMemory, chat: str, number: int) -> None:
    while True:
        number += 1
        [update] = await memory.accept([Incoming(f"{chat}:{number}", chat, b"body", 1.0)])
        item = Outgoing(chat, str(number).encode())
        await memory.commit(
            TurnWrites(
                chat,
                1.0,
                handled=[update.id],
                session=str(number).encode() + b" " * 1_000,
                saves=[SaveRecord("a", f"{chat}-{number}", {"n": number})],
                outgoing=[item],
                asked=[(f"{chat}-{number}", b"prompt")],
                history=[Line(chat, 1.0, "user", str(number)), Line(chat, 1.0, "assistant", str(number))],
            )
        )
        await memory.sending(item)
        print(chat, number, flush=True)


async def main() -> None:
    memory = SqliteMemory(Path(sys.argv[1]))
    chats = [f"chat{n}" for n in range(8)]
    await asyncio.gather(*(talk(memory, chat, int(memory.session(chat) or b"0")) for chat in chats))


asyncio.run(main())
