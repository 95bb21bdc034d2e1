"""The pieces of the Telegram channel that are plain functions: cutting texts, pacing, the menu, the log."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.channels.markdown import Entity, Rendered, render, units
from engine.channels.telegram.limits import Limits, Pacer
from engine.channels.telegram.menu import Menu, menu
from engine.channels.telegram.split import split
from engine.core.triggers import Trigger
from tests.bot_api import BotApi, Fault
from tests.channels.telegram_host import running


@given(st.text(alphabet="аб😀 .\n", max_size=300), st.integers(4, 40))
def test_parts_are_the_whole_text(text, limit):
    """Every part fits, and together they are the text but for white space."""
    parts = split(Rendered(text), limit)
    assert parts
    assert all(units(part.text) <= limit for part in parts)
    assert "".join("".join(part.text.split()) for part in parts) == "".join(text.split())


@given(st.lists(st.sampled_from(["**аб** ", "_😀x_ ", "текст. ", "\n\n", "`код` "]), max_size=40), st.integers(6, 30))
def test_entities_stay_on_their_words(pieces, limit):
    """In whatever part a word comes to stand, it is formatted as it was."""
    whole = render("".join(pieces))
    parts = split(whole, limit)

    def covered(rendered):
        encoded = rendered.text.encode("utf-16-le")
        return [
            (entity.kind, encoded[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le"))
            for entity in rendered.entities
        ]

    assert [found for part in parts for found in covered(part)] == covered(whole)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("абзац один\n\nабзац два", ["абзац один", "абзац два"]),
        ("строка один\nстрока два", ["строка один", "строка два"]),
        ("Раз два три. Ещё", ["Раз два три.", "Ещё"]),
        ("слово " * 3, ["слово слово", "слово"]),
        (" " * 20 + "слово", ["слово"]),
        ("а" * 20, ["а" * 15, "а" * 5]),
        (" " * 40, [""]),
        ("коротко", ["коротко"]),
    ],
)
def test_where_a_text_is_cut(text, parts):
    """At a paragraph's end, else a line's, a sentence's, a word's, else anywhere."""
    assert [part.text for part in split(Rendered(text), 15)] == parts


def test_no_part_has_more_than_a_hundred_entities():
    """The words stay, the formatting of the rest is let go."""
    (part,) = split(Rendered("а " * 150, tuple(Entity("bold", 2 * number, 1) for number in range(150))))
    assert len(part.entities) == 100


def test_pacing_by_the_clock():
    """A burst at once, then one a second to a chat, slower in a group; the bot in all no faster than its limit."""
    pacer = Pacer(Limits(per_second=1000, chat_burst=3))
    assert [round(pacer.book(5, 100.0), 2) for _ in range(5)] == [0, 0, 0, 1, 2]
    assert [round(pacer.book(-5, 100.0), 2) for _ in range(7)] == [0, 0, 0, 0, 3.75, 7.5, 11.25]
    assert sum(pacer.book(-6, 100.0) < 60 for _ in range(40)) <= 20  # Telegram's own bound, in the worst minute too
    assert pacer.book(5, 110.0) == 0
    pacer = Pacer(Limits(per_second=10))
    waits = [pacer.book(chat, 100.0) for chat in range(1, 31)]
    assert waits[9] == 0
    assert round(waits[29], 1) == 2.0
    assert Pacer(None).book(5, 1) == 0


def test_quiet_chats_are_forgotten():
    """The pacer's memory does not grow for ever."""
    pacer = Pacer(Limits(per_second=1e9))
    for chat in range(1, 20_002):
        pacer.book(chat, float(chat))
    assert len(pacer._chats) < 10


def test_a_blocked_chat_is_free_again():
    """Peace lasts as long as Telegram said."""
    pacer = Pacer(None)
    pacer.block(5, 110.0)
    assert (pacer.blocked(5, 100.0), pacer.blocked(6, 100.0), pacer.blocked(5, 110.0), pacer.blocked(5, 100.0)) == (
        10,
        0,
        0,
        0,
    )


@dataclass
class Title:
    texts: dict[str, str] = field(default_factory=dict)

    def plain(self, language):
        return self.texts.get(language, self.texts["ru"])


def _scenario(name, *commands, title=None):
    triggers = [Trigger("text", name), *(Trigger("command", *command) for command in commands)]
    return SimpleNamespace(id=name, title=title and Title(title), triggers=triggers, only_admin=False)


def _project(*scenarios, languages=("ru", "en")):
    words = {"ru": {"about_cancel": "прервать разговор"}}
    known = {scenario.id: scenario for scenario in scenarios}
    return SimpleNamespace(scenarios=known, languages=languages, words=words)


PROJECT = _project(
    _scenario("goal", ("new_goal",), ("goal2",), title={"ru": "Новая\nцель", "en": "New goal"}),
    _scenario("promo", ("start", "ref_*"), ("start",), title={"ru": "Я" * 300}),
    _scenario("again", ("NEW_GOAL",), title={"ru": "Опять"}),
    _scenario("plain", ("plain",)),
    _scenario("russian", ("цель",)),
)


def test_the_menu_lists_one_command_a_scenario():
    """In each language; only what Telegram takes; no payload links; then the commands that always work."""
    listed = menu(PROJECT)
    assert listed["ru"][:3] == (("new_goal", "Новая цель"), ("start", "Я" * 256), ("plain", "plain"))
    assert listed["en"][:3] == (("new_goal", "New goal"), ("start", "Я" * 256), ("plain", "plain"))
    assert listed["ru"][3:] == (
        ("cancel", "Прервать разговор"),
        ("back", "Back"),
        ("help", "Help"),
        ("restart", "Restart"),
        ("language", "Language"),
        ("forget_me", "Forget_me"),
    )


async def test_the_menu_is_published_when_it_changes(tmp_path, caplog):
    """The default language for everybody, others by their code; again only after a change."""
    async with BotApi() as api, running(api, tmp_path) as (channel, _):
        await channel.announce(PROJECT)
        await channel.announce(PROJECT)
        assert len(api.called("setMyCommands")) == 2
        assert api.world.commands["", ""][0] == {"command": "new_goal", "description": "Новая цель"}
        assert api.world.commands["", "en"][0]["description"] == "New goal"
        many = _project(*(_scenario(f"s{n}", (f"c{n}",)) for n in range(120)), languages=("ru", "en_us"))
        await channel.announce(many)
        assert len(api.world.commands["", ""]) == 100


async def test_a_menu_that_fails_is_published_later(tmp_path, caplog):
    """With growing pauses until it is there; each language once, and a newer one takes the place of what waits."""
    async with BotApi() as api, running(api, tmp_path) as (channel, _):
        channel._menu = Menu(channel._api, first=0.02)
        faults = [Fault.broken("setMyCommands"), Fault("setMyCommands", cut="before"), Fault.flood(0, "setMyCommands")]
        for fault in faults:
            api.fault(fault)
        await channel.announce(PROJECT)
        assert caplog.text.count("could not be shown") == 3
        assert len(api.called("setMyCommands")) == 3 + 2
        assert api.world.commands["", "en"][0]["description"] == "New goal"
        api.fault(Fault.flood(3600, "setMyCommands"))
        waits = asyncio.create_task(channel.announce(_project(_scenario("old", ("old",)))))
        await api.until(lambda: len(api.called("setMyCommands")) == 6)
        async with asyncio.timeout(5):
            await channel.announce(_project(_scenario("new", ("new",))))
            await waits
        assert api.world.commands["", ""][0]["command"] == "new"
        api.fault(Fault.refused("BOT_COMMAND_INVALID", "setMyCommands"))
        await channel.announce(_project(_scenario("bad", ("bad",)), languages=("ru",)))
        assert "does not take the menu" in caplog.text
        assert "/bot" not in caplog.text
