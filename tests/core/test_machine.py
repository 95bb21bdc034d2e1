"""The machine as a whole: random programs and random talks never break a law of design.md."""

from __future__ import annotations

import json
import os
from typing import Any

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from engine.core.effects import AskModel, SendMessage
from engine.core.events import Event
from tests.core.programs import programs, project
from tests.driver import HOLD, Driver, Failure

TEXTS = [
    "да",
    "нет",
    "5",
    "12",
    "a",
    "Б",
    "1",
    "привет",
    "-",
    "назад",
    "отмена",
    "завтра",
    "готово",
    "Ещё",
    "изменить",
    "*жирно* [x",
]
COMMANDS = ["/talk", "/back", "/cancel", "/restart", "/other", "/help", "/language", "/language en", "/nothing"]


class Person(Driver):
    """A person who does whatever is drawn."""

    def send(self, event: Event) -> list[str]:
        said = super().send(event)
        what = {
            name: one for name in ("text", "choice", "message", "reply", "failure") if (one := getattr(event, name, ""))
        }
        note(f"  {type(event).__name__} {what} -> {said} [{self.standing}]")
        return said

    def act(self, draw: Any) -> None:
        kind = draw(
            st.sampled_from(
                ["good"] * 10 + ["back"] * 2 + ["text", "press", "old", "command", "file", "model", "edit", "edit"]
            )
        )
        getattr(self, f"_{kind}")(draw)

    def _good(self, draw: Any) -> None:
        self.cooperate(draw(st.integers(0, 5)))

    def cooperate(self, wish: int = 0) -> None:
        """Answer what is asked, with something that fits."""
        asked = next((one for one in reversed(self.all) if isinstance(one, SendMessage) and one.waiting), None)
        if self.asked:
            self.reply({"note": f"r{wish}"})
        elif self.session.active is None and self.session.offer is None:
            self.say("/talk")
        elif asked is not None and asked.buttons and "→" not in [one.label for one in asked.buttons]:
            buttons = [one for one in asked.buttons if one.value not in ("!back", "!next")]
            done = next((one for one in buttons if one.value == "!done"), None)
            if done is not None:
                self.tap(buttons[wish % (len(buttons) - 1)].token)
                self.tap(done.token)
            else:
                self.tap(buttons[wish % len(buttons)].token)
        else:
            text = ["5", "завтра", "привет"][wish % 3]
            before = self.standing
            for one in (text, "5", "2", "завтра"):
                if self.standing == before:
                    self.say(one)

    def _back(self, draw: Any) -> None:
        self.say("/back")

    def _text(self, draw: Any) -> None:
        self.say(draw(st.sampled_from(TEXTS)))

    def _press(self, draw: Any) -> None:
        buttons = [one for one in self.buttons() if one.token]
        if buttons:
            self.tap(draw(st.sampled_from(buttons[-8:])).token)

    def _old(self, draw: Any) -> None:
        buttons = [one for one in self.buttons() if one.token]
        self.tap(draw(st.sampled_from(buttons)).token if buttons else "abc:x")

    def _command(self, draw: Any) -> None:
        self.say(draw(st.sampled_from(COMMANDS)))

    def _file(self, draw: Any) -> None:
        draw(st.sampled_from([self.photo, self.contact, self.place]))()

    def _model(self, draw: Any) -> None:
        known = [one.request for one in self.ever(AskModel)] + ["unknown"]
        value = draw(st.sampled_from([{"note": "да"}, {"note": "*x*"}, Failure("timeout"), {"note": "\ud83d"}]))
        self.reply(value, draw(st.sampled_from([next(iter(self.asked), "unknown"), *known[-3:]])))

    def _edit(self, draw: Any) -> None:
        self.edit(f"m{draw(st.integers(1, 60))}", draw(st.sampled_from(TEXTS)))


def start(program: dict[str, Any]) -> Person:
    note("\n".join(f"{name}: {json.dumps(body, ensure_ascii=False)}" for name, body in program.items()))
    person = Person(project(program), model=lambda asked: HOLD)
    person.say("/talk")
    return person


LONG = settings.get_current_profile_name() in ("long", "shrink")
SHRINK = settings.get_current_profile_name() == "shrink"
slow = settings(
    max_examples=int(os.environ.get("EXAMPLES", "20000")) if LONG else 120,
    derandomize=not LONG,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink) if SHRINK else (Phase.generate,),  # shrinking takes minutes: by hand
    suppress_health_check=list(HealthCheck),
)


@slow
@given(programs(), st.data())
def test_position_is_what_the_journal_says(program: dict[str, Any], data: st.DataObject) -> None:
    """Whatever people, models and memory do: no exception, sessions survive JSON, and the cached position is that of a
    silent re-walk (the driver checks these at every turn)."""
    person = start(program)
    for _ in range(data.draw(st.integers(10, 40))):
        mark = len(person.all)
        person.act(data.draw)
        assert len(person.all) - mark < 2_000
        assert len(person.session.dump()) < 100_000
