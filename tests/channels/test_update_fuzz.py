"""Updates as nobody documents them: whatever comes over the wire is an event, nothing, or set aside; and whatever event
it is, the turn takes it.

Real updates of every kind, of which a part is dropped, doubled or replaced by anything that JSON can say; bytes of any
kind in place of a reply; button data of any kind. The sizes are printed.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.channels.telegram.api import _json, _retry_after
from engine.channels.telegram.parse import Me, Understood, chat_of
from engine.channels.telegram.updates import _body, _understood
from engine.core.events import ChoicePressed, Sender, TextReceived
from engine.core.session import Session
from engine.core.turn import advance
from tests.bot_api import BotApi
from tests.driver import build

FUZZ = settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))
ME = Me(1, "my_bot")
ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)  # lone surrogates and control signs too
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), ANY, st.sampled_from(["", "\0", "{{ 7*7 }}", "/start@my_bot"])
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY, inner, max_size=3), max_leaves=8
)
PROJECT = build(
    {
        "talk": """
- ask: what
  question: Что?
  answer: [text, photo, voice, document, contact, location, number, choice]
  choices: [a, b]
  tries: 3
- ask: many
  question: Ещё?
  answer: choices
  choices: [c, d, e]
  page: 2
- confirm: right
  text: Верно?
  lines: {many: "{{ labels.many }}"}
"""
    }
)
SEEN: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def told(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\nfuzz of updates: {', '.join(f'{count} {what}' for what, count in sorted(SEEN.items()))}")


def real() -> list[dict[str, Any]]:
    """One update of every kind that people send."""

    async def collect() -> list[dict[str, Any]]:
        async with BotApi() as api:
            anna, group = api.person(5), api.group(-7)
            message = await anna.says("/start promo")
            await anna.edits(message, "текст")
            await anna.presses_data("q:a", message)
            await anna.sends_photo("подпись")
            await anna.sends_album(2)
            await anna.sends_voice()
            await anna.sends("document", name="a.pdf")
            await anna.sends("video")
            await anna.sends_contact()
            await anna.sends_location()
            await anna.sends_raw(dice={"emoji": "🎲", "value": 3})
            await group.says(anna, "/help@my_bot")
            return list(api.world.updates.values())

    return asyncio.run(collect())


REAL = real()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def mutated(data: st.DataObject) -> Any:
    update = copy.deepcopy(data.draw(st.sampled_from(REAL)))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(sorted(places(update), key=repr)))
        holder = update
        for key in path[:-1]:
            holder = holder[key]
        how = data.draw(st.sampled_from(["drop", "replace", "swap"]))
        if how == "drop":
            del holder[path[-1]]
        elif how == "replace":
            holder[path[-1]] = data.draw(JSON)
        else:
            holder[path[-1]] = copy.deepcopy(data.draw(st.sampled_from(REAL)))
        if not update:
            break
    return update


@FUZZ
@given(st.data())
def test_any_update_is_understood_or_set_aside(data: st.DataObject) -> None:
    """It blocks nothing, its chat can be named, it can be stored; what is understood, the turn takes."""
    raw = mutated(data)
    result = _understood(raw, 1.0, ME)
    SEEN["updates"] += 1
    assert chat_of(raw).startswith("telegram:")
    assert isinstance(json.loads(_body(raw)), dict)
    if not isinstance(result, Understood):
        return
    SEEN["updates understood"] += 1
    event = result.received.event
    session, _ = advance(PROJECT, Session(), TextReceived(id="s", at=0.0, sender=Sender("telegram:5"), text="/talk"))
    after, _ = advance(PROJECT, session, event)
    assert Session.load(after.dump()).dump() == after.dump()
    for file in getattr(event, "files", ()):
        assert "/" not in file["path"].removeprefix("media/")
        assert ".." not in file["path"]


@FUZZ
@given(st.binary(max_size=200) | JSON.map(lambda one: json.dumps(one).encode()))
def test_any_bytes_are_a_reply_or_none(payload: bytes) -> None:
    """What a gateway sends in place of Telegram's JSON crashes nothing."""
    SEEN["replies"] += 1
    assert isinstance(_json(payload), dict | None)
    assert _retry_after(payload) >= 0 or _retry_after(payload) < 0  # a number, not NaN


@FUZZ
@given(ANY | st.sampled_from(["!skip", "!fix", "!done", "!next", "a", "b", "c"]), ANY, st.integers(0, 3))
def test_any_button_data_is_harmless(choice: str, question: str, answered: int) -> None:
    """Made-up tokens, tokens of questions long gone, signs of the engine's own in the wrong place."""
    SEEN["presses"] += 1
    sender = Sender("telegram:5")
    session, effects = advance(PROJECT, Session(), TextReceived(id="s", at=0.0, sender=sender, text="/talk"))
    for number in range(answered):
        session, _ = advance(PROJECT, session, TextReceived(id=f"t{number}", at=0.0, sender=sender, text="a"))
    standing = session.active.pending.key if session.active and session.active.pending else ""
    known = next((getattr(one, "question", "") for one in effects if getattr(one, "question", "")), "")
    for token in (question, known):
        press = ChoicePressed(id="p", at=0.0, sender=sender, question=token, choice=choice, press="1")
        after, made = advance(PROJECT, session, press)
        assert type(made[0]).__name__ == "AnswerPress"
        assert Session.load(after.dump()).dump() == after.dump()
        if token != known and after.active and after.active.pending:
            assert after.active.pending.key == standing
