"""What a pure turn costs: `advance` alone, over whole dialogues of the shipped registration.

Run: `.venv/bin/python -m benchmarks.pure_turn [dialogues] [--profile]`. Nine questions and the confirmation, one
wrong answer; sessions are passed on as objects. The aim is 50 microseconds a turn on average.
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from engine.core.effects import SendMessage
from engine.core.events import Sender, TextReceived
from engine.core.project import Project
from engine.core.session import Session
from engine.core.turn import advance
from engine.project.load import Loader

LINES = [
    "/register",
    "Начать",
    "Мужской",
    "пять",
    "33",
    "180",
    "82,5",
    "Начинающий",
    "Набор массы",
    "90",
    "3 раза",
    "В зале",
    "да",
]
PERSON = Sender("terminal:1", "Анна", "anna", "ru")


def talk(project: Project, number: int) -> tuple[float, Session]:
    """One whole talk: seconds of processor time, and the session at its end."""
    session = Session()
    events = [
        TextReceived(id=f"{number}.{turn}", at=1_795_000_000.0 + turn, sender=PERSON, text=line, message=str(turn))
        for turn, line in enumerate(LINES)
    ]
    effects: tuple[object, ...] = ()
    started = time.process_time()
    for event in events:
        session, effects = advance(project, session, event)
    taken = time.process_time() - started
    assert session.active is None, session.active
    assert any(isinstance(one, SendMessage) and "готова" in one.text for one in effects), effects
    return taken, session


def main(arguments: Sequence[str]) -> None:
    project = Loader(Path(__file__).resolve().parent.parent).load().project
    assert project is not None
    dialogues = int(next((one for one in arguments if one.isdigit()), "1000"))
    for number in range(50):
        talk(project, number)  # warm: templates are compiled when they are first used
    if "--profile" in arguments:
        with cProfile.Profile() as profile:
            for number in range(dialogues):
                talk(project, number)
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
        return
    taken = [talk(project, number)[0] / len(LINES) * 1e6 for number in range(dialogues)]
    print(f"{statistics.mean(taken):.1f} microseconds a turn (median dialogue {statistics.median(taken):.1f})")


if __name__ == "__main__":
    main(sys.argv[1:])
