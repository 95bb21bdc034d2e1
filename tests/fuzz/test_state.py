"""The whole runtime under whatever can happen to it, with a clock of its own: a state fuzz (hypothesis).

`make fuzz` runs it for long, or FUZZ=<examples>; what was tried is printed at the end.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from engine.channels.port import Received
from engine.core.events import ModelReplied
from engine.core.project import Project
from tests.core.edits import Edit
from tests.core.programs import Maker
from tests.core.programs import project as made_of
from tests.core.test_machine import COMMANDS, TEXTS
from tests.fuzz.authors import KINDS, begun
from tests.fuzz.clock import START, Loop
from tests.fuzz.house import House
from tests.fuzz.wire import OUTCOMES

ROOT = Path(__file__).parents[2]
EXAMPLES = int(os.environ.get("FUZZ", "12"))
STEPS = 40
PEOPLE = (5, 6, 7)
TRIGGERS = ["/start", "/new_goal", "/checkin", "/workout", "/register", "/consult", "/menu", "/goals", "/faq", "меню"]
ANSWERS = ["Аня", "30", "завтра", "+79161234567", "anna@example.com", "180", "да", "5"]
WORDS = [*TEXTS, *ANSWERS, "82,5", "2", "не знаю", "{{ 7*7 }}", "\u202e\x00"]
FORGED = ["", ":", "zz", "deadbeef:!fix", "x:y:z", "!skip", ":a", "я:\u202e"]
LANGUAGES = ["ru", "en", "de"]
PHOTO = [{"file_id": "p", "file_unique_id": "u", "width": 90, "height": 60, "file_size": 5}]
FILE = {"file_id": "d", "file_unique_id": "v", "file_name": "a.pdf", "mime_type": "application/pdf", "file_size": 5}
VOICE = {"file_id": "w", "file_unique_id": "x", "duration": 3, "mime_type": "audio/ogg", "file_size": 5}
FILES: list[dict[str, Any]] = [
    {"photo": PHOTO},
    {"photo": PHOTO, "caption": "вот"},
    {"document": FILE},
    {"voice": VOICE},
]

sizes: Counter[str] = Counter()
people = st.sampled_from(PEOPLE)
haste = st.sampled_from([0.5, 0.5, 0.5, 3.0, 0, 1, 2, 4, 9, 30])  # seconds; rounds of the loop: in the middle of it


class Street(RuleBasedStateMachine):
    """People, an author, a model, a network, and somebody who pulls the plug."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.updates: list[dict[str, Any]] = []
        self.messages: dict[int, list[dict[str, Any]]] = {person: [] for person in PEOPLE}
        self.kept_back: list[dict[str, Any]] = []
        self.at = 0
        self.now: Any = None

    def begin(self, project: Project) -> None:
        loop = Loop()
        self.now = loop.rules_time()
        self.now.__enter__()
        self.house = House(Path(self.folder.name), loop, project, random.Random(1))
        sizes["streets"] += 1

    # what is said -----------------------------------------------------------------------------------------------

    def send(self, person: int, how: float, **content: Any) -> None:
        kind = "callback_query" if "data" in content else "edited_message" if "edit_date" in content else "message"
        self.at = max(self.at + 1, int(START + self.house.loop.now))
        user = {
            "id": person,
            "is_bot": False,
            "first_name": f"Имя{person}",
            "language_code": LANGUAGES[person % 3],
        }
        body: dict[str, Any] = {"from": user, "date": self.at, "chat": {"id": person, "type": "private"}, **content}
        if kind == "message":
            body["message_id"] = len(self.updates) + 1
            self.messages[person].append(body)
        if kind == "edited_message":
            body["edit_date"] = self.at
        if kind == "callback_query":
            shown = {"message_id": 9_000, "date": self.at, "chat": body.pop("chat"), "text": "?"}
            body = {"id": str(self.at), "from": user, "chat_instance": "1", "data": content["data"], "message": shown}
        update = {"update_id": len(self.updates) + 1, kind: body}
        self.updates.append(update)
        sizes[kind] += 1
        note(f"  {person}: {content}")
        if self.kept_back:
            sizes["out of order"] += 1
        self.house.take(update, *self.kept_back)
        self.kept_back.clear()
        self.pass_on(how)

    def pass_on(self, how: float) -> None:
        self.house.passes(how) if isinstance(how, float) else self.house.ticks(int(how))

    def text(self, person: int, text: str, how: float = 0.5) -> None:
        entity = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])} if text.startswith("/") else None
        self.send(person, how, text=text, **({"entities": [entity]} if entity else {}))

    @rule(person=people, wish=st.integers(0, 7), how=haste)
    def answers(self, person: int, wish: int, how: float) -> None:
        """Something that fits what was asked, perhaps."""
        self.answer(person, wish, how)

    @rule(person=people, wishes=st.lists(st.integers(0, 7), min_size=1, max_size=12), how=haste)
    def goes_on(self, person: int, wishes: list[int], how: float) -> None:
        """A stretch of a talk without trouble, and one more answer in whatever haste."""
        self.go_on(person, wishes)
        self.answer(person, wishes[0], how)

    @rule(person=people, wishes=st.lists(st.integers(0, 7), min_size=8, max_size=16))
    def goes_far(self, person: int, wishes: list[int]) -> None:
        self.go_on(person, wishes)

    def go_on(self, person: int, wishes: list[int]) -> None:
        chat = f"telegram:{person}"
        for wish in wishes:
            before = self.house.stands(chat)
            for attempt in range(4):
                if self.house.stands(chat) == before:
                    self.answer(person, wish + attempt, 0.5)
                while self.house.mind.thinking:
                    sizes["model replies"] += 1
                    self.house.mind.reply(0)
                    self.house.passes(0.5)

    def answer(self, person: int, wish: int, how: float) -> None:
        shown = self.house.wire.shown[f"telegram:{person}"]
        last = next((one for one in reversed(shown) if one.waiting), None)
        buttons = [one for one in last.buttons if one.token] if last is not None else []
        if last is None or not self.house.stands(f"telegram:{person}"):
            self.text(person, self.triggers[wish % len(self.triggers)], how)
        elif buttons:
            self.send(person, how, data=buttons[wish % len(buttons)].token)
        else:
            self.text(person, ANSWERS[wish % len(ANSWERS)], how)

    @rule(person=people, text=st.sampled_from([*WORDS, *COMMANDS, *TRIGGERS]), how=haste)
    def says(self, person: int, text: str, how: float) -> None:
        self.text(person, text, how)

    @rule(person=people, wish=st.integers(0, 9), how=haste)
    def begins(self, person: int, wish: int, how: float) -> None:
        self.text(person, self.triggers[wish % len(self.triggers)], how)

    @rule(person=people, back=st.integers(0, 30), how=haste)
    def presses_an_old_button(self, person: int, back: int, how: float) -> None:
        shown = self.house.wire.shown[f"telegram:{person}"]
        tokens = [one.token for message in shown for one in message.buttons if one.token] or ["abc:x"]
        self.send(person, how, data=tokens[-1 - back % len(tokens)])

    @rule(
        person=people,
        data=st.sampled_from(FORGED),
        how=haste,
    )
    def presses_a_forged_button(self, person: int, data: str, how: float) -> None:
        self.send(person, how, data=data)

    @rule(person=people, which=st.integers(0, 3), how=haste)
    def sends_a_file(self, person: int, which: int, how: float) -> None:
        self.send(person, how, **FILES[which])

    @rule(person=people, own=st.booleans(), how=haste)
    def shares(self, person: int, own: bool, how: float) -> None:
        if own:
            self.send(person, how, contact={"phone_number": "79161234567", "first_name": "А", "user_id": person})
        else:
            self.send(person, how, location={"latitude": 55.7, "longitude": 37.6})

    @rule(person=people, back=st.integers(0, 8), text=st.sampled_from(WORDS), how=haste)
    def edits_a_message(self, person: int, back: int, text: str, how: float) -> None:
        said = [one for one in self.messages[person] if "text" in one or "caption" in one]
        if said:
            old = said[-1 - back % len(said)]
            words = {"text" if "text" in old else "caption": text}
            self.send(person, how, **{**old, **words, "entities": [], "edit_date": 1})

    # what becomes of it on the way ------------------------------------------------------------------------------

    @precondition(lambda self: self.updates)
    @rule(back=st.integers(0, 20))
    def telegram_repeats_an_update(self, back: int) -> None:
        sizes["repeated updates"] += 1
        self.house.take(self.updates[-1 - back % len(self.updates)])

    @rule(person=people, text=st.sampled_from(WORDS))
    def an_update_comes_after_the_next_one(self, person: int, text: str) -> None:
        self.at = max(self.at + 1, int(START + self.house.loop.now))
        user = {"id": person, "is_bot": False, "first_name": "Имя", "language_code": LANGUAGES[person % 3]}
        message = {"message_id": len(self.updates) + 1, "from": user, "date": self.at, "text": text}
        update = {"update_id": len(self.updates) + 1, "message": {**message, "chat": {"id": person, "type": "private"}}}
        self.updates.append(update)
        self.kept_back.append(update)

    @rule(outcomes=st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=3))
    def deliveries_go_wrong(self, outcomes: list[str]) -> None:
        sizes["deliveries gone wrong"] += len(outcomes)
        self.house.wire.plan += outcomes

    @precondition(lambda self: self.house.mind.thinking)
    @rule(place=st.integers(0, 5), failure=st.sampled_from(["", "", "", "timeout", "invalid"]), how=haste)
    def the_model_replies(self, place: int, failure: str, how: float) -> None:
        sizes["model replies"] += 1
        self.house.mind.reply(place, failure)
        self.pass_on(how)

    @precondition(lambda self: self.house.mind.replied)
    @rule(back=st.integers(0, 5), how=haste)
    def a_reply_comes_again(self, back: int, how: float) -> None:
        replied = self.house.mind.replied
        chat, request, value = replied[-1 - back % len(replied)]
        event = ModelReplied(
            id=f"again{self.house.loop.now}", at=START + self.house.loop.now, request=request, reply=value
        )
        self.house.loop.take(self._put(Received(chat, event, ())))
        self.pass_on(how)

    async def _put(self, received: Received) -> None:
        self.house.bot.receive(received)

    @rule(seconds=st.sampled_from([1.0, 20.0, 300.0, 7_200.0]))
    def time_passes(self, seconds: float) -> None:
        self.house.passes(seconds)

    @rule(hard=st.booleans())
    def the_bot_starts_again(self, hard: bool) -> None:
        sizes["kills" if hard else "stops"] += 1
        self.house.kill() if hard else self.house.stop()
        self.house.open()

    @rule(data=st.data())
    def the_author_saves(self, data: Any) -> None:
        project = self.edited(data.draw)
        sizes["edits" if project is not None else "edits refused"] += 1
        if project is not None:
            self.house.edit(project)

    # what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def holds(self) -> None:
        if self.now is not None:
            self.house.check()

    def teardown(self) -> None:
        if self.now is None:
            self.folder.cleanup()
            return
        try:
            self.house.take(*self.kept_back)
            self.house.settle()
            self.house.check()
            sizes["records"] += self.house.check_records()
            self.house.check_messages()
            sizes["messages"] += self.house.wire.messages
            sizes["model requests"] += self.house.mind.asked
        finally:
            self.house.close()
            self.now.__exit__(None, None, None)
            self.folder.cleanup()

    triggers: ClassVar[list[str]]
    edited: Callable[[Any], Project | None]


class Shipped(Street):
    """The scenarios that ship, and random edits of their files."""

    triggers: ClassVar = TRIGGERS

    @initialize()
    def opens(self) -> None:
        self.author, project = begun(ROOT)
        self.begin(project)

    def edited(self, draw: Any) -> Project | None:
        kind, file, place = draw(st.sampled_from(KINDS)), draw(st.integers(0, 20)), draw(st.integers(0, 20))
        note(f"  edit: {kind} {file} {place}")
        return self.author.edit(kind, file, place)


class Invented(Street):
    """Random small scenarios, and random edits of them."""

    triggers: ClassVar = ["/talk", "/talk", "/other"]

    @initialize(data=st.data())
    def opens(self, data: Any) -> None:
        maker = Maker(data.draw)
        self.edit = Edit(maker.program(), maker)
        self.begin(made_of(self.edit.program))

    def edited(self, draw: Any) -> Project:
        self.edit.maker.draw = draw
        return made_of(self.edit.again())


def fuzz(street: type[Street]) -> None:
    profile = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        derandomize="FUZZ" not in os.environ,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if "SHRINK" in os.environ else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    sizes.clear()
    run_state_machine_as_test(street, settings=profile)
    print(f"{street.__name__}:", ", ".join(f"{count} {what}" for what, count in sorted(sizes.items())))


def test_the_scenarios_that_ship() -> None:
    """Nothing crashes, nothing is lost, doubled or worked on without end, and everybody stands where they should."""
    fuzz(Shipped)


def test_invented_scenarios() -> None:
    """The same with every verb, nested, with loops, and with edits of any kind."""
    fuzz(Invented)
