"""Where a walk has come to, by which moves; and one turn of it."""

from __future__ import annotations

from collections import deque
from typing import Any

from msgspec import Struct, field

from engine.core.effects import AskModel, Button, Effect
from engine.core.session import Session
from engine.explore.moves import Move


class State(Struct):
    session: Session
    buttons: tuple[Button, ...] = ()
    asked: AskModel | None = None
    before: State | None = None
    move: Move | None = None
    given: tuple[tuple[str, tuple[dict[str, Any], ...]], ...] = ()  # records made up on the way
    depth: int = 0
    onward: list[State] = field(default_factory=list)
    ways: list[tuple[Move, State]] = field(default_factory=list)  # those on which no records were looked up
    ended: bool = False
    whole: bool = False  # every move was tried from here

    def talk(self) -> list[Move]:
        """The moves that lead here, from the start."""
        moves, state = [], self
        while state.move is not None and state.before is not None:
            moves.append(state.move)
            state = state.before
        return moves[::-1]

    def rest(self) -> list[Move]:
        """The fewest moves from here to an end; none when no walk came to one."""
        paths: deque[tuple[State, tuple[Move, ...]]] = deque([(self, ())])
        met = {id(self)}
        while paths:
            state, moves = paths.popleft()
            if state.ended:
                return list(moves)
            for move, after in state.ways:
                if id(after) not in met:
                    met.add(id(after))
                    paths.append((after, (*moves, move)))
        return []


class Turn(Struct):
    """One move and what came of it. `crash` is an exception of the engine itself."""

    before: State
    move: Move
    after: State
    effects: list[Effect]
    crash: str = ""
