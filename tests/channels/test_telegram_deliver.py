"""What people see of what the engine sends, and what the engine is told when they do not."""

import asyncio
import logging
import os

import pytest

from engine import logs
from engine.channels.port import DeliveryFailed, Gone, NotNow, Unknown
from engine.channels.telegram.channel import TelegramChannel
from engine.channels.telegram.failures import Refused
from engine.channels.telegram.limits import Limits
from engine.core.effects import AnswerPress, Button, CloseQuestion, Media, RedrawQuestion, SendMessage
from engine.settings import Settings
from tests.bot_api import BotApi, Fault
from tests.bot_api.people import PIXEL
from tests.channels.telegram_host import CHAT, Host, running

YES_NO = (Button("Да", "q1:yes"), Button("Нет", "q1:no"))
QUESTION = SendMessage("Готовы *начать*?", question="q1", buttons=YES_NO)


@pytest.fixture
async def talk(tmp_path):
    """(the stand-in, a person, the channel, its host)"""
    (tmp_path / "media").mkdir()
    (tmp_path / "data" / "media").mkdir(parents=True)
    async with BotApi() as api, running(api, tmp_path) as (channel, host):
        yield api, api.person(5), channel, host


async def test_a_question_and_its_answer(talk):
    """Buttons appear, the press is answered, the keyboard goes and the answer stands beneath the question."""
    _, anna, channel, host = talk
    await channel.deliver(CHAT, QUESTION)
    message = await anna.hears()
    assert (message.text, message.formatted, message.buttons) == (
        "Готовы начать?",
        [("italic", "начать")],
        ["Да", "Нет"],
    )
    assert host.messages == {(CHAT, "q1"): str(message.id)}
    press = await anna.presses("Да")
    event = await host.event()
    assert (event.question, event.choice) == ("q1", "yes")
    await channel.deliver(CHAT, AnswerPress(event.press, "Принято"))
    assert await press.answered() == "Принято"
    await channel.deliver(CHAT, CloseQuestion("q1", "**Да**"))
    assert (message.text, message.buttons) == ("Готовы начать?\n✓ Да", [])
    assert message.formatted == [("italic", "начать"), ("bold", "Да")]


async def test_a_forum_hears_the_answer_in_its_topic(talk):
    """Where it was spoken to last; a topic that is deleted by then costs neither the message nor its buttons."""
    api, anna, channel, host = talk
    group = api.group(-100)
    await anna.says("/start", group.chat, message_thread_id=7, is_topic_message=True)
    await host.event()
    await channel.deliver("telegram:-100", QUESTION)
    await channel.deliver(CHAT, SendMessage("?"))
    sent = api.called("sendMessage")
    assert [one.get("message_thread_id") for one in sent] == ["7", None]
    api.fault(Fault.refused("message thread not found", "sendMessage"))
    await channel.deliver("telegram:-100", QUESTION)
    assert "message_thread_id" not in api.called("sendMessage")[-1]
    assert api.called("sendMessage")[-1]["reply_markup"] == sent[0]["reply_markup"]
    await anna.says("/start", group.chat)
    await host.event()
    await channel.deliver("telegram:-100", SendMessage("!"))
    assert "message_thread_id" not in api.called("sendMessage")[-1]


async def test_a_forum_hears_the_answer_in_its_topic_after_a_restart(tmp_path):
    """What the model has thought of meanwhile is no talk for everybody."""
    host = Host()
    async with BotApi() as api:
        group, anna = api.group(-100), api.person(5)
        async with running(api, tmp_path, host):
            await anna.says("/start", group.chat, message_thread_id=7, is_topic_message=True)
            await host.event()
        async with running(api, tmp_path, host) as (channel, _):
            await channel.ready("telegram:-100")
            await channel.deliver("telegram:-100", SendMessage("!"))
        assert api.called("sendMessage")[-1]["message_thread_id"] == "7"


async def test_rows_links_and_limits_of_keyboards(talk):
    """`row` groups; more than eight in a row are broken; a link is a link; the hundred-and-first is left out."""
    _, anna, channel, _ = talk
    buttons = (Button("а", "q:1"), Button("б", "q:2"), Button("сайт", url="https://example.com", row=1))
    await channel.deliver(CHAT, SendMessage("?", buttons=buttons))
    rows = (await anna.hears()).rows
    assert [[button["text"] for button in row] for row in rows] == [["а", "б"], ["сайт"]]
    assert rows[1][0]["url"] == "https://example.com"
    await channel.deliver(CHAT, SendMessage("?", buttons=tuple(Button("", f"q:{n}", value=str(n)) for n in range(120))))
    message = await anna.hears()
    assert len(message.buttons) == 100
    assert {len(row) for row in message.rows} == {8, 4}
    assert message.buttons[7] == "7"


async def test_a_long_text_comes_in_parts(talk):
    """Nothing is lost, formatting goes on over the cut, and the buttons are under the last part."""
    _, anna, channel, host = talk
    words = " ".join(f"слово{number}😀" for number in range(900))
    await channel.deliver(CHAT, SendMessage(f"**{words}**", question="q1", buttons=YES_NO))
    parts = [await anna.hears() for _ in range(3)]
    assert " ".join(part.text for part in parts) == words
    assert all(part.formatted == [("bold", part.text)] for part in parts)
    assert [part.buttons for part in parts] == [[], [], ["Да", "Нет"]]
    assert host.messages[CHAT, "q1"] == str(parts[2].id)


async def test_a_long_text_goes_on_where_it_stopped(talk):
    """Part two met a flood: the same message again sends parts two and three only."""
    api, anna, channel, _ = talk
    effect = SendMessage("\n\n".join(["а" * 4000, "б" * 4000, "в" * 4000]))
    hold = api.fault(Fault("sendMessage", hold=asyncio.Event()))
    task = asyncio.create_task(channel.deliver(CHAT, effect))
    await api.until(lambda: hold.met)
    api.fault(Fault("sendMessage", cut="before"))
    hold.hold.set()
    with pytest.raises(Unknown):
        await task
    await channel.deliver(CHAT, effect)
    assert [(await anna.hears()).text[0] for _ in range(3)] == ["а", "б", "в"]
    await channel.deliver(CHAT, effect)
    assert (await anna.hears()).text[0] == "а"


async def test_a_reply_keyboard_and_its_going(talk):
    """Labels stand in place of the letters; the next plain message takes them away."""
    _, anna, channel, host = talk
    question = SendMessage("Пол?", question="q1", buttons=(*YES_NO, Button("x", url="https://x.com")), keyboard="reply")
    await channel.deliver(CHAT, question)
    assert (await anna.hears()).keyboard == anna.keyboard == ["Да", "Нет"]
    await anna.presses("Да")
    assert (await host.event()).text == "Да"
    await channel.deliver(CHAT, CloseQuestion("q1", "Да"))
    await channel.deliver(CHAT, SendMessage("Спасибо", drop_keyboard=True))
    assert (await anna.hears()).text == "Спасибо"
    assert anna.keyboard == []


async def test_asking_for_a_contact_or_a_place(talk):
    """The share button stands first, typed choices after it."""
    _, anna, channel, host = talk
    await channel.deliver(
        CHAT,
        SendMessage(
            "Телефон?", ask_for="contact", ask_for_label="Мой номер", buttons=(Button("Пропустить", "q:skip"),)
        ),
    )
    assert (await anna.hears()).keyboard == ["Мой номер", "Пропустить"]
    await anna.presses("Мой номер")
    assert (await host.event()).phone == "+79161234567"
    await channel.deliver(CHAT, SendMessage("Где вы?", ask_for="location"))
    assert (await anna.hears()).keyboard == ["📎"]
    await anna.presses("📎")
    assert (await host.event()).latitude == 55.75


async def test_a_keyboard_goes_though_the_next_question_has_buttons(talk):
    """One message cannot do both: a fleeting one takes the keyboard away and is deleted."""
    api, anna, channel, _ = talk
    await channel.deliver(CHAT, SendMessage("Телефон?", ask_for="contact"))
    api.fault(Fault.broken("deleteMessage"))
    await channel.deliver(CHAT, SendMessage("Ещё?", buttons=YES_NO, drop_keyboard=True))
    assert anna.keyboard == []
    assert anna.transcript == ["bot: Телефон? [📎]", "bot: …", "bot: Ещё? [Да|Нет]"]
    await channel.deliver(CHAT, SendMessage("Ещё?", buttons=YES_NO, drop_keyboard=True))
    assert anna.transcript[3:] == ["bot: Ещё? [Да|Нет]"]
    await channel.deliver(CHAT, SendMessage("а" * 5000, buttons=YES_NO, drop_keyboard=True))
    assert len(anna.transcript) == 6


async def test_redrawing_a_question(talk):
    """Buttons alone, or text and buttons, change in place; what is already so is no failure."""
    _, anna, channel, _ = talk
    await channel.deliver(CHAT, QUESTION)
    message = await anna.hears()
    await channel.deliver(CHAT, RedrawQuestion("q1", (Button("☑ Да", "q1:yes"),)))
    await channel.deliver(CHAT, RedrawQuestion("q1", (Button("☑ Да", "q1:yes"),)))
    assert (message.text, message.buttons) == ("Готовы начать?", ["☑ Да"])
    await channel.deliver(CHAT, RedrawQuestion("q1", YES_NO, "Страница `2`"))
    assert (message.text, message.formatted, message.buttons) == ("Страница 2", [("code", "2")], ["Да", "Нет"])
    await channel.deliver(CHAT, CloseQuestion("q1", "Нет"))
    assert message.text == "Страница 2\n✓ Нет"
    await channel.deliver(CHAT, RedrawQuestion("unknown", YES_NO))
    await channel.deliver(CHAT, CloseQuestion("unknown"))


async def test_an_edit_that_changes_nothing_is_no_failure(talk):
    """Telegram refuses it («message is not modified»); so does an edit of a message that somebody deleted."""
    api, anna, channel, _ = talk
    await channel.deliver(CHAT, QUESTION)
    await channel.deliver(CHAT, RedrawQuestion("q1", YES_NO))
    await channel.deliver(CHAT, RedrawQuestion("q1", YES_NO, QUESTION.text))
    gone = api.fault(Fault.refused("message to edit not found", "editMessageReplyMarkup"))
    await channel.deliver(CHAT, RedrawQuestion("q1", YES_NO[:1]))
    assert gone.met == 1
    assert len(anna.transcript) == 1


async def test_closing_what_this_run_did_not_send(talk):
    """After a restart the question's text is not known any more: only the buttons go."""
    api, anna, channel, host = talk
    raw = await api.world.post(
        anna.chat,
        api.world.me,
        text="Старый?",
        reply_markup={"inline_keyboard": [[{"text": "Да", "callback_data": "q0:1"}]]},
    )
    host.messages[CHAT, "q0"] = str(raw["message_id"])
    await channel.deliver(CHAT, CloseQuestion("q0", "Да"))
    assert anna.transcript == ["bot: Старый?"]
    await channel.deliver(CHAT, CloseQuestion("q0", "Да"))
    host.messages[CHAT, "q0"] = "1"
    await channel.deliver(CHAT, CloseQuestion("q0", "Да"))


async def test_closing_when_the_answer_does_not_fit(talk):
    """A question of full length loses its buttons only; one without an answer too."""
    _, anna, channel, _ = talk
    await channel.deliver(CHAT, SendMessage("а" * 4090, question="q1", buttons=YES_NO))
    message = await anna.hears()
    await channel.deliver(CHAT, CloseQuestion("q1", "слишком длинно"))
    assert (len(message.text), message.buttons) == (4090, [])
    await channel.deliver(CHAT, QUESTION)
    await channel.deliver(CHAT, CloseQuestion("q1"))
    assert (await anna.hears()).text == "Готовы начать?"


@pytest.mark.parametrize("kind", ["photo", "video", "document", "voice"])
async def test_an_authors_file_goes_with_its_words(talk, tmp_path, kind):
    """Uploaded once, sent by its id afterwards; the caption takes buttons and the answer."""
    api, anna, channel, _ = talk
    (tmp_path / "media" / "x.bin").write_bytes(PIXEL)
    effect = SendMessage("Вот *он*", question="q1", buttons=YES_NO, media=Media(kind, "media/x.bin"))
    await channel.deliver(CHAT, effect)
    message = await anna.hears()
    assert (message.media, message.text, message.formatted) == (kind, "Вот он", [("italic", "он")])
    await channel.deliver(CHAT, RedrawQuestion("q1", YES_NO, "Вот"))
    await channel.deliver(CHAT, CloseQuestion("q1", "Да"))
    assert (message.text, message.buttons) == ("Вот\n✓ Да", [])
    await channel.deliver(CHAT, effect)
    assert (await anna.hears()).media == kind
    assert [isinstance(call[kind], str) for call in api.called(f"send{kind}")] == [False, True]
    assert len(api.world.files) == 1


async def test_long_words_and_round_videos_come_after_the_file(talk, tmp_path):
    """A caption holds 1,024 units, a video note none: the file first, then the text with the buttons."""
    _, anna, channel, _ = talk
    (tmp_path / "media" / "x.mp4").write_bytes(PIXEL)
    for media, text in ((Media("photo", "media/x.mp4"), "а" * 1025), (Media("video_note", "media/x.mp4"), "б")):
        await channel.deliver(CHAT, SendMessage(text, buttons=YES_NO, media=media))
        first, second = await anna.hears(), await anna.hears()
        assert (first.media, first.text, first.buttons) == (media.kind, "", [])
        assert (second.text, second.buttons) == (text, ["Да", "Нет"])
    await channel.deliver(
        CHAT, SendMessage("", question="q1", media=Media("video_note", "media/x.mp4"), buttons=YES_NO)
    )
    message = await anna.hears()
    await channel.deliver(CHAT, CloseQuestion("q1", "Да"))
    assert (message.text, message.buttons) == ("✓ Да", [])


async def test_a_persons_file_and_an_address_are_sent_as_they_are(talk, tmp_path):
    """By Telegram's id; when Telegram does not know it (another channel's), from where it is kept."""
    api, anna, channel, host = talk
    await anna.sends_photo()
    file = (await host.event()).files[0]
    await channel.deliver(CHAT, SendMessage("ваше", media=Media("photo", file=file)))
    assert (await anna.hears()).media == "photo"
    assert api.called("sendPhoto")[0]["photo"] == file["id"]
    (tmp_path / "data/media/z.jpg").write_bytes(PIXEL)
    await channel.deliver(CHAT, SendMessage("ваше", media=Media("photo", file={"id": "?", "path": "media/z.jpg"})))
    assert (await anna.hears()).media == "photo"
    await channel.deliver(CHAT, SendMessage("", media=Media("document", "https://example.com/a.pdf")))
    assert (await anna.hears()).media == "document"


@pytest.mark.parametrize(
    "media",
    [
        Media("photo", "media/none.jpg"),
        Media("photo", ".env"),
        Media("document", "data/engine.db"),
        Media("document", "../outside.txt"),
        Media("document", "/etc/passwd"),
        Media("document", "media/empty"),
        Media("document", "media"),
        Media("document", "a\0b"),
        Media("photo", file={"path": "../engine.db"}),
        Media("photo", file={}),
        Media("video", file={"id": "unknown"}),
    ],
    ids=lambda media: media.source or str(media.file),
)
async def test_a_file_that_cannot_be_sent_costs_only_the_file(talk, tmp_path, media, caplog):
    """Missing, empty, outside the project, or none of a person's business: the words come alone, the log is told."""
    _, anna, channel, _ = talk
    for name in (".env", "data/engine.db", "media/empty"):
        (tmp_path / name).write_text("" if name == "media/empty" else "secret")
    await channel.deliver(CHAT, SendMessage("слова", buttons=YES_NO, media=media))
    message = await anna.hears()
    assert (message.media, message.text, message.buttons) == ("", "слова", ["Да", "Нет"])
    assert caplog.records
    await channel.deliver(CHAT, SendMessage("", media=media))
    await channel.deliver(CHAT, SendMessage("", buttons=YES_NO, media=media))
    assert (await anna.hears()).text == "…"


async def test_pictures_that_telegram_does_not_take_go_as_documents(talk, tmp_path, monkeypatch):
    """Over 10 MB at once; refused for its sides after the refusal; over 50 MB not at all."""
    api, anna, channel, _ = talk
    picture = tmp_path / "media" / "x.jpg"
    picture.write_bytes(PIXEL)
    api.fault(Fault.refused("PHOTO_INVALID_DIMENSIONS", "sendPhoto"))
    await channel.deliver(CHAT, SendMessage("а", media=Media("photo", "media/x.jpg")))
    assert (await anna.hears()).media == "document"
    os.truncate(picture, 11 * 2**20)
    await channel.deliver(CHAT, SendMessage("а", media=Media("photo", "media/x.jpg")))
    assert (await anna.hears()).media == "document"
    os.truncate(picture, 51 * 2**20)
    await channel.deliver(CHAT, SendMessage("а", media=Media("photo", "media/x.jpg")))
    assert (await anna.hears()).media == ""


async def test_a_file_that_cannot_be_read(talk, tmp_path, monkeypatch, caplog):
    """A disk's error costs the picture, not the message."""
    _, anna, channel, _ = talk
    (tmp_path / "media" / "x.jpg").write_bytes(PIXEL)
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda _: (_ for _ in ()).throw(OSError("bad sector")))
    await channel.deliver(CHAT, SendMessage("слова", media=Media("photo", "media/x.jpg")))
    assert (await anna.hears()).text == "слова"
    assert "bad sector" in caplog.text


async def test_a_remembered_id_that_telegram_refuses_is_forgotten(talk, tmp_path):
    """The next message uploads the file again."""
    api, anna, channel, _ = talk
    (tmp_path / "media" / "x.mp4").write_bytes(PIXEL)
    effect = SendMessage("а", media=Media("video", "media/x.mp4"))
    await channel.deliver(CHAT, effect)
    api.world.files.clear()
    for _ in range(2):
        await channel.deliver(CHAT, effect)
    assert [(await anna.hears()).media for _ in range(3)] == ["video", "", "video"]


@pytest.mark.parametrize("text", ["", "  \n", "*"])
async def test_an_empty_message(talk, text):
    """Nothing to say and nothing to press is not sent; with buttons a dot or two stands for the words."""
    api, anna, channel, _ = talk
    await channel.deliver(CHAT, SendMessage(text, question="q1"))
    assert len(api.called("sendMessage")) == (1 if text == "*" else 0)
    await channel.deliver(CHAT, SendMessage(text, buttons=YES_NO))
    assert anna.transcript[-1] == f"bot: {text if text == '*' else '…'} [Да|Нет]"


async def test_formatting_or_links_that_telegram_refuses_are_left_out(talk):
    """The words arrive all the same."""
    api, anna, channel, host = talk
    api.fault(Fault.refused("can't parse entities: whatever", "sendMessage"))
    await channel.deliver(CHAT, SendMessage("**жирно**"))
    message = await anna.hears()
    assert (message.text, message.formatted) == ("жирно", [])
    buttons = (Button("сайт", url="http://localhost"), Button("Да", "q:1", row=1))
    await channel.deliver(CHAT, SendMessage("а", buttons=buttons))
    assert (await anna.hears()).buttons == ["Да"]
    await channel.deliver(CHAT, SendMessage("а", buttons=buttons[:1]))
    assert (await anna.hears()).buttons == []
    assert [problem.split(":")[0] for problem in host.problems] == [
        "Telegram refused a message, which was sent plainer"
    ] * 3
    api.fault(Fault.refused("BUTTON_TYPE_INVALID", "sendMessage"))
    await channel.deliver(CHAT, SendMessage("**Кто?**", question="q1", buttons=YES_NO))
    message = await anna.hears()
    assert (message.text, message.formatted, message.buttons) == ("Кто?", [], [])
    api.fault(Fault.refused("TEXT_IS_WICKED", "sendMessage", times=2))
    with pytest.raises(Refused, match=r"(?i)wicked"):
        await channel.deliver(CHAT, SendMessage("**а**"))


async def test_redrawing_a_captioned_question_of_an_earlier_run(talk):
    """That it is a caption is found out from Telegram's refusal; any other refusal is told."""
    api, anna, channel, _ = talk
    media = Media("photo", "https://example.com/a.jpg")
    await channel.deliver(CHAT, SendMessage("Раз", question="q1", buttons=YES_NO, media=media))
    channel._delivery._shown.clear()
    api.fault(Fault.refused("no", "editMessageText"))
    with pytest.raises(Refused):
        await channel.deliver(CHAT, RedrawQuestion("q1", YES_NO, "Два"))
    await channel.deliver(CHAT, RedrawQuestion("q1", YES_NO, "Два"))
    assert anna.transcript == ["bot: <photo> Два [Да|Нет]"]


async def test_memory_is_bounded(talk, tmp_path, monkeypatch):
    """Old questions and uploads are forgotten; what was forgotten loses its polish only."""
    _, anna, channel, _ = talk
    monkeypatch.setattr("engine.channels.telegram.deliver.REMEMBERED", 1)
    monkeypatch.setattr("engine.channels.telegram.media._CACHE_SIZE", 1)
    for number in (1, 2):
        (tmp_path / "media" / f"{number}.mp4").write_bytes(PIXEL)
        media = Media("video", f"media/{number}.mp4")
        await channel.deliver(CHAT, SendMessage("а", question=f"q{number}", buttons=YES_NO, media=media))
        await channel.deliver(CHAT, SendMessage("без", keyboard="reply"))
    for number in (1, 2):
        await channel.deliver(CHAT, CloseQuestion(f"q{number}", "Да"))
    assert anna.transcript == ["bot: <video> а", "bot: без", "bot: <video> а\n✓ Да", "bot: без"]


async def test_a_press_answered_twice_or_too_late(talk):
    """Benign: the spinner has stopped by itself. A notice is cut to 200 characters."""
    _, anna, channel, _ = talk
    press = await anna.presses_data("q1:yes", await anna.says("x"))
    await channel.deliver(CHAT, AnswerPress(press.id, "а" * 300))
    assert await press.answered() == "а" * 200
    await channel.deliver(CHAT, AnswerPress(press.id))
    await channel.deliver(CHAT, AnswerPress("unknown"))
    await channel.deliver(CHAT, AnswerPress(""))


FAILURES = [
    (Fault.forbidden(), Gone, None),
    (Fault.refused("chat not found"), Gone, None),
    (Fault.flood(7), NotNow, 7),
    (Fault.broken(), NotNow, 1),
    (Fault("", page=(401, '{"ok":false,"description":"Unauthorized"}')), NotNow, 60),
    (Fault.gateway(), NotNow, 1),
    (Fault("", page=(504, "<html>")), Unknown, None),
    (Fault(cut="before"), Unknown, None),
    (Fault(cut="after"), Unknown, None),
    (Fault(page=(200, "<html>")), Unknown, None),
    (Fault.refused("something else"), DeliveryFailed, None),
]


@pytest.mark.parametrize(("fault", "kind", "seconds"), FAILURES)
async def test_failures_in_the_words_of_the_port(talk, fault, kind, seconds):
    """Gone, NotNow, Unknown, or a plain failure; and what may have arrived is never called certain."""
    api, anna, channel, _ = talk
    fault.met, fault.method = 0, "sendMessage"
    api.fault(fault)
    with pytest.raises(DeliveryFailed) as failed:
        await channel.deliver(CHAT, SendMessage("а"))
    assert type(failed.value) is (Refused if kind is DeliveryFailed else kind)
    if seconds:
        assert 0.8 * seconds <= failed.value.seconds <= seconds
    assert len(anna.transcript) == (1 if fault.cut == "after" else 0)


async def test_no_connection_is_certain(tmp_path):
    """Nothing listens there: it did not arrive, and waits grow."""
    api, waits = BotApi(), []
    await api.__aenter__()
    async with running(api, tmp_path) as (channel, _):
        await api.__aexit__()
        for _ in range(3):
            with pytest.raises(NotNow) as failed:
                await channel.deliver(CHAT, SendMessage("а"))
            waits.append(failed.value.seconds)
    with pytest.raises(NotNow):  # closed: as certain
        await channel.deliver(CHAT, SendMessage("а"))
    assert waits[0] < waits[1] < waits[2]


async def test_a_time_out_leaves_it_open(talk, monkeypatch):
    """The message may be there: Unknown."""
    api, _, channel, _ = talk
    hold = api.fault(Fault("sendMessage", hold=asyncio.Event()))
    monkeypatch.setattr(channel._api.request._client, "timeout", 0.05)
    with pytest.raises(Unknown):
        await channel.deliver(CHAT, SendMessage("а"))
    hold.hold.set()


async def test_edits_and_answers_may_be_repeated(talk):
    """A cut connection is NotNow for them: done twice they do no harm. Other refusals are told."""
    api, anna, channel, _ = talk
    await channel.deliver(CHAT, QUESTION)
    for method, effect in (
        ("editMessageReplyMarkup", RedrawQuestion("q1", YES_NO[:1])),
        ("editMessageText", CloseQuestion("q1", "Да")),
        ("answerCallbackQuery", AnswerPress("1")),
    ):
        api.fault(Fault(method, cut="before" if method == "answerCallbackQuery" else "after"))
        with pytest.raises(NotNow):
            await channel.deliver(CHAT, effect)
    await channel.deliver(CHAT, CloseQuestion("q1", "Да"))
    assert (await anna.hears()).text == "Готовы начать?\n✓ Да"
    api.fault(Fault.refused("no", "editMessageReplyMarkup"))
    with pytest.raises(Refused):
        await channel.deliver(CHAT, RedrawQuestion("q1", YES_NO[1:]))


async def test_a_flood_leaves_the_chat_in_peace(talk):
    """Until its time is over nothing is asked of Telegram for this chat; others go on; then it arrives."""
    api, anna, channel, _ = talk
    other = api.person(6)
    api.fault(Fault.flood(1, "sendMessage", chat=5))
    for _ in range(3):
        with pytest.raises(NotNow) as failed:
            await channel.deliver(CHAT, SendMessage("а"))
        assert 0 < failed.value.seconds <= 1
    assert len(api.called("sendMessage")) == 1
    await channel.deliver("telegram:6", SendMessage("б"))
    assert (await other.hears()).text == "б"
    await asyncio.sleep(failed.value.seconds)
    await channel.deliver(CHAT, SendMessage("а"))
    assert (await anna.hears()).text == "а"


async def test_a_group_that_moved_is_followed(talk):
    """The message is sent to the new number at once, and so are the later ones."""
    api, _, channel, _ = talk
    old = api.group(-7)
    api.migrate(-7, -100_7)
    for _ in range(2):
        await channel.deliver("telegram:-7", SendMessage("а"))
    assert not old.chat.messages
    assert len(api.world.chats[-1007].messages) == 2
    api.migrate(-1007, -1008)
    api.world.chats[-1008].migrated_to = -1009
    with pytest.raises(Gone):
        await channel.deliver("telegram:-7", SendMessage("а"))


async def test_limits_make_messages_wait_and_lose_none(tmp_path):
    """A burst goes at once, the rest at the chat's pace, in order; the bot's whole pace holds over chats."""
    async with BotApi() as api, running(api, tmp_path, limits=Limits(chat_per_second=20, chat_burst=3)) as (channel, _):
        anna = api.person(5)
        clock = asyncio.get_running_loop().time
        began = clock()
        for number in range(7):
            await channel.deliver(CHAT, SendMessage(str(number)))
        assert 0.15 <= clock() - began <= 2
        assert [(await anna.hears()).text for _ in range(7)] == list("0123456")


async def test_typing_and_its_failures(talk):
    """Shown while the bot thinks; nobody hears of a failure."""
    api, _, channel, _ = talk
    await channel.typing(CHAT)
    assert api.world.actions == [(5, "typing")]
    api.fault(Fault.broken("sendChatAction"))
    await channel.typing(CHAT)


async def test_downloading_a_persons_file(talk):
    """The bytes as sent; what is too large or gone fails for good, what stumbles is tried again."""
    api, anna, channel, host = talk
    await anna.sends_voice(b"OggS-hello")
    file = (await host.event()).files[0]
    assert await channel.download(file) == b"OggS-hello"
    big = 21 * 2**20
    await anna.sends("document", size=big)
    too_big = (await host.event()).files[0]
    for lost in (too_big, {"id": too_big["id"]}, {"id": "unknown"}, {"path": "media/x"}):
        with pytest.raises(DeliveryFailed) as failed:
            await channel.download(lost)
        assert not isinstance(failed.value, NotNow)
    for fault in (Fault("getFile", cut="before"), Fault.broken("getFile"), Fault.flood(3), Fault.gateway("download")):
        api.fault(fault)
        with pytest.raises(NotNow):
            await channel.download(file)
    api.world.files[file["id"]].path = "gone"
    api.fault(Fault("download", page=(404, "<html>")))
    with pytest.raises(DeliveryFailed, match="any more"):
        await channel.download(file)
    assert await channel.download(file) == b"OggS-hello"


async def test_before_it_runs_and_for_a_foreign_chat(tmp_path):
    """Nothing is sent before the channel runs; a chat of another channel is refused."""
    channel = TelegramChannel("1:x", "http://127.0.0.1:9", root=tmp_path, data_dir=tmp_path)
    with pytest.raises(NotNow):
        await channel.deliver(CHAT, QUESTION)
    with pytest.raises(NotNow):
        channel._running()
    async with BotApi() as api, running(api, tmp_path) as (channel, _):
        with pytest.raises(DeliveryFailed, match="no chat of Telegram"):
            await channel.deliver("terminal:anna", QUESTION)


async def test_the_token_is_in_no_log(tmp_path, root_logger):
    """At DEBUG, with failures and tracebacks, of ours and of the libraries; nor is a person's text of theirs."""
    async with BotApi() as api, running(api, tmp_path) as (channel, _):
        logs.configure(
            Settings.load(
                tmp_path, {"TELEGRAM_BOT_TOKEN": api.token, "LOG_LEVEL": "DEBUG", "LOG_FILE": "bot.log"}, cwd=tmp_path
            )
        )
        api.person(5)
        await channel.deliver(CHAT, SendMessage("личное"))
        try:
            raise ValueError(f"cannot open {api.url}/bot{api.token}/getMe")
        except ValueError:
            logging.getLogger("x").exception("calling bot%s", api.token)
        logging.getLogger("x").info("another 1234567:AAanotherTokenThatIsOfTheRightForm001")
        written = (tmp_path / "bot.log").read_text("utf-8")
    assert written.count("[token]") + written.count("[secret]") >= 3
    for hidden in ("личное", api.token, "AAanother"):
        assert hidden not in written


async def test_a_probe_tells_whether_anything_answers(talk):
    """Any answer will do, a refusal too; a cut, a broken server or silence is none."""
    api, _, channel, _ = talk
    await channel.probe()
    for fault in (Fault.flood(3600, "getMe"), Fault.refused("no", "getMe"), Fault.forbidden("getMe")):
        api.fault(fault)
        await channel.probe()
    for fault in (Fault("getMe", cut="before"), Fault.gateway("getMe"), Fault.broken("getMe")):
        api.fault(fault)
        with pytest.raises(NotNow):
            await channel.probe()
    hold = api.fault(Fault("getMe", hold=asyncio.Event()))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("engine.channels.telegram.channel.PROBE", 0.05)
        with pytest.raises(NotNow):
            await channel.probe()
    hold.hold.set()
