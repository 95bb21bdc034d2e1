"""What people do in Telegram, as events; and what happens when the way there is bad."""

import json
import logging

import pytest

from engine.channels.port import ChannelFailed
from engine.channels.telegram import updates
from engine.channels.telegram.channel import TelegramChannel
from engine.channels.telegram.failures import Backoff
from engine.core.events import OtherReceived, Sender, TextReceived
from engine.memory.port import Incoming
from tests.bot_api import BotApi, Fault
from tests.bot_api.faults import ApiError
from tests.channels.telegram_host import CHAT, Host, running

_MESSAGE = {
    "message_id": 1,
    "date": 1,
    "chat": {"id": 5, "type": "private"},
    "from": {"id": 5, "is_bot": False, "first_name": "A"},
}


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    """Back-offs of a hundredth of a second: their lengths are tested on their own."""
    monkeypatch.setattr(updates, "Backoff", lambda **_: Backoff(0.01, 0.02))


async def test_a_text_is_an_event_with_its_sender(tmp_path):
    """Who, what and when arrive; the update is stored under its id and then confirmed."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        number = await api.person(5, "Анна", "en-GB", "anna").says("Привет")
        event = await host.event()
        assert (event.text, event.message) == ("Привет", str(number))
        assert event.sender == Sender(CHAT, "Анна", "anna", "en")
        assert event.at == api.world.chats[5].messages[number]["date"]
        assert host.received[0].chat == CHAT
        assert host.received[0].updates == (event.id,) == tuple(host.inbox)
        await api.confirmed()


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("/start@stand_in_bot promo 1", "/start promo 1"),
        ("/start@STAND_IN_BOT", "/start"),
        ("/start@another_bot", "/start@another_bot"),
        ("привет @stand_in_bot", "привет @stand_in_bot"),
        ("/new_goal", "/new_goal"),
    ],
)
async def test_the_bots_own_name_is_cut_off_a_command(tmp_path, typed, text):
    """`/start@my_bot` is `/start`."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        await api.person(5).says(typed)
        assert (await host.event()).text == text


async def test_a_press_bears_its_question_and_choice(tmp_path):
    """Only the first colon parts them; data without one is a press of no question."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        anna = api.person(5)
        message = await anna.says("x")
        await host.event()
        await anna.presses_data("q1:yes:no", message)
        event = await host.event()
        assert (event.question, event.choice, event.message, event.sender.id) == ("q1", "yes:no", str(message), CHAT)
        assert event.press in api.world.presses
        assert event.at == host.inbox[event.id].at
        await anna.presses_data("junk", message)
        event = await host.event()
        assert (event.question, event.choice) == ("", "junk")


async def test_files_of_every_kind(tmp_path):
    """A file is described by Telegram's words and a path made of its unique id, never of its name."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        anna = api.person(5)
        await anna.sends_photo("смотри")
        photo = await host.event()
        assert photo.caption == "смотри"
        assert photo.files[0] == {
            "kind": "photo",
            "id": "photo-file-1",
            "path": "media/AQAD0001.jpg",
            "size": 48,
            "width": 900,
            "height": 600,
        }
        expected = {
            ("voice", "audio/ogg", ""): "ogg",
            ("video", "video/mp4", ""): "mp4",
            ("video", "", ""): "mp4",
            ("video_note", "", ""): "mp4",
            ("audio", "audio/mpeg", "песня.mp3"): "mp3",
            ("document", "application/pdf", "../../etc/passwd"): "pdf",
            ("document", "", "план.DOCX"): "bin",
            ("document", "", "таблица.CSV"): "csv",
            ("document", "x/y", "a.b/../c"): "bin",
        }
        for (kind, mime, name), ending in expected.items():
            await anna.sends(kind, mime=mime, name=name)
            file = (await host.event()).files[0]
            assert file["kind"] == kind
            assert file["path"] == f"media/{api.world.files[file['id']].unique}.{ending}"
            assert file.get("name", "") == name
            assert ("duration" in file) == (kind in ("voice", "video", "video_note", "audio"))


async def test_the_largest_photo_that_can_be_fetched_is_taken(tmp_path):
    """A size above 20 MB is no use to a bot; a strange unique id never becomes a path."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        size = {"file_unique_id": "../up", "width": 9, "height": 9}
        await api.person(5).sends_raw(
            photo=[
                {**size, "file_id": "small", "file_size": 9},
                {**size, "file_id": "big", "width": 99, "file_size": 2**25},
            ]
        )
        file = (await host.event()).files[0]
        assert file["id"] == "small"
        assert ".." not in file["path"]


async def test_an_album_is_one_event(tmp_path):
    """All parts in order, the caption of the one that has it, and every update answered for."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        await api.person(5).sends_album(3, "альбом")
        event = await host.event()
        assert [file["id"] for file in event.files] == ["photo-file-1", "photo-file-2", "photo-file-3"]
        assert event.caption == "альбом"
        assert host.received[0].updates == tuple(host.inbox)
        assert event.id == host.received[0].updates[0]


async def test_an_album_may_come_in_several_batches(tmp_path):
    """Each part in a getUpdates of its own, the caption on the second: still one event, and another chat's message in
    between belongs to nobody's album."""
    async with BotApi() as api, running(api, tmp_path, album_seconds=0.5) as (_, host):
        anna, boris = api.person(5), api.person(6)
        for number, caption in enumerate(("", "подпись", "")):
            await anna.sends_photo(caption, media_group_id="7", content=bytes([number]))
            await api.confirmed()
            if number == 1:
                await boris.says("а я?")
        assert (await host.event()).text == "а я?"
        album = await host.event()
        assert (len(album.files), album.caption) == (3, "подпись")
        assert len(host.received[1].updates) == 3


async def test_a_text_after_an_album_does_not_overtake_it(tmp_path):
    """Order within a chat holds; a full album, and another one, do not wait for the clock either."""
    async with BotApi() as api, running(api, tmp_path, album_seconds=60) as (_, host):
        anna = api.person(5)
        await anna.sends_album(2)
        await anna.says("готово")
        assert len((await host.event()).files) == 2
        assert (await host.event()).text == "готово"
        await anna.sends_album(2)
        await anna.sends_album(10)
        assert len((await host.event()).files) == 2
        assert len((await host.event()).files) == 10
        await anna.sends_album(2)  # still open when the channel stops: it stays in the inbox
        await api.confirmed()
        assert len(host.received) == 4


async def test_contacts_and_places(tmp_path):
    """One's own number gets its plus; somebody else's card is told apart."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        anna = api.person(5)
        await anna.sends_contact("79161234567")
        own = await host.event()
        assert (own.phone, own.name, own.own) == ("+79161234567", "Анна", True)
        await anna.sends_contact("89161234567", own=False, name="Пётр")
        other = await host.event()
        assert (other.phone, other.name, other.own) == ("89161234567", "Пётр", False)
        await anna.sends_location(1.5, 2.5)
        place = await host.event()
        assert (place.latitude, place.longitude) == (1.5, 2.5)


async def test_what_no_answer_type_takes_is_named(tmp_path):
    """A sticker is an event all the same, so that the person gets a word."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        await api.person(5).sends_raw(dice={"emoji": "🎲", "value": 3})
        assert (await host.event()).what == "dice"


async def test_an_edit_corrects_a_message(tmp_path):
    """The new text comes with the number of the message that it was; a moving location is no edit."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        anna = api.person(5)
        number = await anna.says("82")
        await host.event()
        place = await anna.sends_location()
        await host.event()
        await api.world.push(edited_message={**api.world.chats[5].messages[place], "edit_date": 1})
        await anna.edits(number, "83")
        event = await host.event()
        assert (event.message, event.text) == (str(number), "83")


async def test_what_means_nothing_is_confirmed_and_not_stored(tmp_path):
    """A block, a service message, an unknown kind: no event, and nothing that would stay in the inbox for ever."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        api.world.allowed = None  # such updates may have been waiting from before
        anna, bob = api.person(5), api.person(6)
        await bob.blocks()
        await api.world.push(something_new={"a": 1})
        await anna.sends_raw(pinned_message={"message_id": 1, "date": 0, "chat": anna.chat.raw})
        await api.world.push(
            callback_query={"id": "1", "from": anna.raw, "chat_instance": "1", "inline_message_id": "9"}
        )
        await api.world.push(channel_post={"message_id": 3, "date": 1, "chat": {"id": -7, "type": "channel"}})
        await anna.says("я")
        assert (await host.event()).text == "я"
        await api.confirmed()
        assert (len(host.inbox), host.quarantined) == (1, {})


async def test_groups_are_heard_when_the_bot_is_addressed(tmp_path):
    """Commands and replies to the bot count, talk among people and other bots' commands do not."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        anna, group = api.person(5), api.group(-100)
        mine = await api.world.post(group.chat, api.world.me, text="Как дела?")
        await group.says(anna, "болтовня")
        await group.says(anna, "/start@another_bot")
        await group.says(anna, "/start@stand_in_bot")
        await group.says(anna, "хорошо", reply_to=mine)
        await group.says(anna, "/help")
        assert [(await host.event()).text for _ in range(3)] == ["/start", "хорошо", "/help"]
        assert {received.chat for received in host.received} == {"telegram:-100"}
        channel = {"id": -9, "type": "channel", "title": "c"}
        await api.world.push(message={"message_id": 1, "date": 1, "chat": channel, "text": "/start"})
        await api.confirmed()
        assert len(host.received) == 3


@pytest.mark.parametrize(
    ("content", "kind", "value"),
    [
        ({"poll": {"id": "1", "question": "?"}}, OtherReceived, "poll"),
        ({"sticker": {"file_id": "s"}}, OtherReceived, "sticker"),
        ({"text": "да", "entities": [{"type": "bold"}]}, TextReceived, "да"),
        ({"text": "да", "reply_to_message": {**_MESSAGE, "sticker": {"x": 1}}}, TextReceived, "да"),
        ({"text": "да", "forward_origin": {"type": "user"}}, TextReceived, "да"),
    ],
)
async def test_what_nobody_reads_may_be_of_another_bot_api(tmp_path, content, kind, value):
    """A message whose other parts are not as the library knows them is understood all the same."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        await api.world.push(message={**_MESSAGE, **content})
        event = await host.event()
        assert isinstance(event, kind)
        assert getattr(event, "what", getattr(event, "text", "")) == value
        assert not host.quarantined


async def test_bots_are_not_heard(tmp_path):
    """They would talk for ever; an administrator who hides behind Telegram's own bot is a person."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        for number, text in ((77, "/start"), (1087968824, "/help")):
            bot = {"id": number, "is_bot": True, "first_name": "B"}
            await api.world.push(message={**_MESSAGE, "from": bot, "text": text})
        assert (await host.event()).text == "/help"
        await api.confirmed()
        assert len(host.received) == 1


async def test_an_update_that_nobody_can_read_is_set_aside(tmp_path, caplog):
    """It blocks nothing: the next one is understood."""
    async with BotApi() as api, running(api, tmp_path) as (_, host):
        bad = await api.world.push(message={"message_id": "?", "chat": {"id": 5}, "text": "тайна"})
        odd = await api.world.push(message="?")
        half = await api.world.push(message={**_message(5), "text": "\ud800"})
        await api.person(5).says("дальше")
        assert (await host.event()).text == "дальше"
        await host.until(lambda: len(host.quarantined) == 3)
        assert set(host.quarantined) == {f"telegram:{number}" for number in (bad, odd, half)}
        assert host.inbox[f"telegram:{bad}"].chat == CHAT
        assert host.inbox[f"telegram:{odd}"].chat == "telegram:"
        assert "set aside" in caplog.text
        assert "тайна" not in caplog.text
        await api.confirmed()


async def test_a_host_that_stumbles_costs_no_other_update(tmp_path, caplog, monkeypatch):
    """What comes after it in the same batch is handed on all the same."""
    host = Host()

    async def fails(update, reason):
        raise OSError("disk full")

    monkeypatch.setattr(host, "quarantine", fails)
    async with BotApi() as api:
        await api.world.push(message="?")
        await api.person(5).says("дальше")
        async with running(api, tmp_path, host):
            assert (await host.event()).text == "дальше"
            assert "stays in the inbox" in caplog.text


def _message(number):
    return {
        "message_id": 1,
        "date": 1,
        "chat": {"id": number, "type": "private"},
        "from": {"id": number, "is_bot": False, "first_name": "A"},
    }


async def test_nothing_is_confirmed_before_it_is_stored(tmp_path, caplog):
    """A memory that fails leaves the update with Telegram, and it comes again."""
    async with BotApi() as api:
        host = Host()
        host.refusals = [OSError("disk full"), OSError("disk full")]
        async with running(api, tmp_path, host) as (channel, _):
            await api.person(5).says("важно")
            polls = api.polls
            await api.until(lambda: api.polls > polls and len(host.refusals) < 2)
            assert "disk full" in channel.trouble  # what the admin is told
            assert (await host.event()).text == "важно"
            assert host.accepted == 1
            assert "disk full" in caplog.text


async def test_what_was_accepted_before_is_understood_first(tmp_path):
    """After a restart the backlog comes first, albums of it together; what cannot be read is set aside."""
    async with BotApi() as api:
        anna = api.person(5)
        await anna.sends_album(2)
        await anna.says("потом")
        await anna.says("новое")
        raws = [json.dumps(raw).encode() for raw in api.world.updates.values()]
        backlog = [Incoming(f"telegram:{json.loads(raw)['update_id']}", CHAT, raw, 7.0) for raw in raws[:3]]
        backlog += [Incoming("telegram:1", CHAT, b'{"update_id": 1, "poll": {}}', 7.0)]
        host = Host()
        host.inbox = {incoming.id: incoming for incoming in backlog}
        async with running(api, tmp_path, host, backlog):
            assert len((await host.event()).files) == 2
            assert (await host.event()).text == "потом"
            assert (await host.event()).text == "новое"
            assert host.quarantined == {"telegram:1": "means nothing"}


@pytest.mark.parametrize(
    "fault",
    [
        Fault("getUpdates", cut="before"),
        Fault.broken("getUpdates"),
        Fault.gateway("getUpdates"),
        Fault("getUpdates", page=(200, "<html>")),
        Fault("getUpdates", page=(200, '{"ok": true, "result": 5}')),
        Fault("getUpdates", page=(429, "slow down")),
        Fault("getUpdates", error=ApiError(401, "Unauthorized")),
        Fault("getUpdates", error=ApiError(409, "Conflict: terminated by other getUpdates request")),
    ],
    ids=["cut", "500", "502", "html", "no list", "429", "401", "409"],
)
async def test_a_poll_that_fails_is_tried_again(tmp_path, fault, monkeypatch):
    """Whatever goes wrong on the way, the next message arrives."""
    monkeypatch.setattr("engine.channels.telegram.api._retry_after", lambda _: 0.01)
    async with BotApi() as api:
        api.fault(fault)
        async with running(api, tmp_path) as (_, host):
            await api.person(5).says("жив?")
            assert (await host.event()).text == "жив?"
            assert fault.met == 1


async def test_a_second_poller_is_named_in_the_log(tmp_path, caplog):
    """Both get an answer that says what is wrong; this one goes on."""
    async with BotApi() as api, running(api, tmp_path) as (_, host), running(api, tmp_path) as (_, other):
        await api.until(lambda: "Another program polls" in caplog.text)
        await api.person(5).says("кому?")
        await api.until(lambda: host.received or other.received)


async def test_a_webhook_is_removed(tmp_path, caplog):
    """A bot that had a webhook polls all the same, even when the first removal fails."""
    async with BotApi() as api:
        api.world.webhook = "https://example.com"
        api.fault(Fault.broken("deleteWebhook"))
        async with running(api, tmp_path) as (_, host):
            await api.person(5).says("а")
            await host.event()
            assert api.world.webhook == ""
            assert "webhook" in caplog.text


async def test_a_wrong_token_stops_the_channel_with_a_sentence(tmp_path):
    """The message says where the right one comes from, and does not show the wrong one."""
    async with BotApi() as api:
        for token in ("1:short", "999999:AAanotherTokenThatIsOfTheRightForm001"):
            channel = TelegramChannel(token, api.url, root=tmp_path, data_dir=tmp_path)
            with pytest.raises(ChannelFailed, match="BotFather") as failed:
                await channel.run(Host(), [])
            await channel.close()
            assert token not in str(failed.value)


async def test_start_waits_for_the_network(tmp_path):
    """A bot that starts before its network is there gets going when it comes."""
    async with BotApi() as api:
        fault = api.fault(Fault("getMe", cut="before", times=2))
        async with running(api, tmp_path) as (_, host):
            await api.person(5).says("а")
            await host.event()
            assert fault.met == 2


async def test_an_update_without_an_id_is_left_out(tmp_path, caplog):
    """It could not be confirmed; the others of its batch are."""
    caplog.set_level(logging.ERROR)
    good = {"update_id": 3, "message": {**_message(5), "text": "да"}}
    page = json.dumps({"ok": True, "result": [{"message": {}}, 5, good]})
    async with BotApi() as api:
        api.fault(Fault("getUpdates", page=(200, page)))
        async with running(api, tmp_path) as (_, host):
            assert (await host.event()).text == "да"
            assert "without an id" in caplog.text


def test_backoff_doubles_up_to_its_bound():
    """Waits grow from the first to the most, and start anew after a success."""
    backoff = Backoff(1, 30)
    waits = [backoff.next() for _ in range(8)]
    assert all(0.8 * bound <= wait <= bound for wait, bound in zip(waits, [1, 2, 4, 8, 16, 30, 30, 30], strict=True))
    backoff.reset()
    assert backoff.next() <= 1
