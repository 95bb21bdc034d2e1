"""The stand-in is strict where Telegram is: each line here is what the true one does."""

import asyncio
import json
import signal
import sys

import httpx
import pytest

from tests.bot_api import BotApi, Fault

BUTTON = {"text": "a", "callback_data": "b"}


@pytest.fixture
async def api():
    async with BotApi() as api:
        api.person(5)
        yield api


@pytest.fixture
async def call(api):
    """call(method, **parameters) -> (status, body)"""
    async with httpx.AsyncClient(timeout=5) as client:

        async def one(method, files=None, token=api.token, **data):
            data = {
                name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in data.items()
            }
            response = await client.post(f"{api.url}/bot{token}/{method}", data=data, files=files)
            return response.status_code, response.json()

        yield one


async def test_an_update_stays_until_a_higher_offset_confirms_it(api, call):
    """Asked again without an offset, it comes again; a negative offset gives the last ones only."""
    anna = api.person(5)
    for text in "абв":
        await anna.says(text)

    async def texts(**asked):
        return [update["message"]["text"] for update in (await call("getUpdates", **asked))[1]["result"]]

    assert await texts() == await texts() == ["а", "б", "в"]
    first = next(iter(api.world.updates))
    assert await texts(limit=2, offset=first) == ["а", "б"]
    assert await texts(offset=first + 1) == await texts() == ["б", "в"]
    assert await texts(offset=-1) == ["в"]
    assert await texts(offset=first + 3) == []


async def test_a_long_poll_waits_for_an_update(api, call):
    """It comes back at once when something happens, and only with the kinds asked for."""
    poll = asyncio.create_task(call("getUpdates", timeout=5, allowed_updates=["message"]))
    await api.until(lambda: api.polls)
    await api.world.push(poll={"id": "1"})
    await api.person(5).says("а")
    assert [set(update) for update in (await poll)[1]["result"]] == [{"update_id", "message"}]


async def test_two_pollers_conflict(api, call):
    """The later one ends the earlier one's poll; with a webhook there is no polling."""
    poll = asyncio.create_task(call("getUpdates", timeout=5))
    await api.until(lambda: api.world.poller)
    assert (await call("getUpdates"))[0] == 200
    assert (await poll)[0] == 409
    await call("setWebhook", url="https://example.com")
    assert (await call("getUpdates"))[0] == 409
    await call("deleteWebhook", drop_pending_updates="true")
    assert (await call("getUpdates"))[0] == 200


async def test_wrong_tokens_and_methods(call):
    """404 for what is no token or no method, 401 for a token of nobody."""
    assert (await call("getMe", token="1:x"))[0] == 404
    assert (await call("getMe", token="1:" + "x" * 35))[0] == 401
    assert (await call("getNothing"))[0] == 404
    assert (await call("GETME"))[1]["result"]["username"] == "stand_in_bot"


REFUSED = [
    ("sendMessage", {"text": " \n"}, "message text is empty"),
    ("sendMessage", {"text": "😀" * 2049}, "message is too long"),
    ("sendMessage", {"text": "a", "chat_id": 77}, "chat not found"),
    ("sendMessage", {"text": "a", "entities": [{"type": "bold", "offset": 0, "length": 2}]}, "can't parse entities"),
    ("sendMessage", {"text": "😀a", "entities": [{"type": "bold", "offset": 1, "length": 1}]}, "middle of a symbol"),
    ("sendMessage", {"text": "ab", "entities": [{"type": "fat", "offset": 0, "length": 1}]}, "can't parse entities"),
    ("sendMessage", {"text": "ab", "entities": [{"type": "bold", "offset": 0, "length": 0}]}, "can't parse entities"),
    (
        "sendMessage",
        {
            "text": "abc",
            "entities": [{"type": kind, "offset": at, "length": 2} for at, kind in enumerate(["bold", "italic"])],
        },
        "cross",
    ),
    (
        "sendMessage",
        {"text": "a", "entities": [{"type": "text_link", "offset": 0, "length": 1, "url": "javascript:x"}]},
        "Wrong HTTP URL",
    ),
    ("sendMessage", {"text": "a", "entities": "[oops"}, "can't parse entities JSON"),
    ("sendMessage", {"text": "a", "entities": {}}, "wrong type"),
    (
        "sendMessage",
        {"text": "*a", "parse_mode": "MarkdownV2"},
        "Can't find end of the entity starting at byte offset 0",
    ),
    ("sendMessage", {"text": "a.", "parse_mode": "MarkdownV2"}, "is reserved and must be escaped"),
    ("sendMessage", {"text": "_a", "parse_mode": "Markdown"}, "Can't find end"),
    ("sendMessage", {"text": "<b>a", "parse_mode": "HTML"}, "Can't find end tag"),
    ("sendMessage", {"text": "<x>a", "parse_mode": "HTML"}, "Unsupported start tag"),
    ("sendMessage", {"text": "a</b>", "parse_mode": "HTML"}, "Unexpected end tag"),
    ("sendMessage", {"text": "a", "parse_mode": "x"}, "unsupported parse_mode"),
    ("sendPhoto", {"photo": "https://a.com/b.jpg", "caption": "a" * 1025}, "caption is too long"),
    ("sendPhoto", {"photo": "unknown"}, "wrong file identifier"),
    ("sendPhoto", {}, "there is no photo"),
    ("sendMediaGroup", {"media": [{"type": "photo", "media": "https://a.com/b.jpg"}]}, "wrong number"),
    ("editMessageText", {"message_id": 1, "text": "a"}, "message to edit not found"),
    ("editMessageText", {"text": "a"}, "message_id is empty"),
    ("editMessageText", {"text": "a", "message_id": "x"}, "must be a number"),
    ("deleteMessage", {"message_id": 1}, "message to delete not found"),
    ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
    ("setMyCommands", {"commands": [{"command": "Привет", "description": "a"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "a", "description": "a" * 257}]}, "DESCRIPTION_INVALID"),
    ("setMyCommands", {"commands": [{"command": "a", "description": "a"}] * 101}, "TOO_MUCH"),
    ("setMyCommands", {"commands": [], "language_code": "rus"}, "LANG_CODE"),
    ("setMyCommands", {}, "commands is empty"),
    ("sendChatAction", {}, "wrong parameter action"),
    ("getFile", {"file_id": "x"}, "invalid file_id"),
]


@pytest.mark.parametrize(("method", "data", "words"), REFUSED)
async def test_what_is_refused(call, method, data, words):
    """400, with Telegram's words."""
    status, body = await call(method, **{"chat_id": 5, **data})
    assert (status, body["ok"], body["error_code"]) == (400, False, 400)
    assert words in body["description"]


MARKUPS = [
    ({"inline_keyboard": [[{**BUTTON, "callback_data": "я" * 33}]]}, "BUTTON_DATA_INVALID"),
    ({"inline_keyboard": [[{**BUTTON, "callback_data": ""}]]}, "BUTTON_DATA_INVALID"),
    ({"inline_keyboard": [[{"text": "a"}]]}, "text buttons are unallowed"),
    ({"inline_keyboard": [[{**BUTTON, "text": " "}]]}, "text must be non-empty"),
    ({"inline_keyboard": [[{"text": "a", "url": "http://localhost"}]]}, "Wrong HTTP URL"),
    ({"inline_keyboard": [[BUTTON] * 9]}, "too long"),
    ({"inline_keyboard": [[BUTTON]] * 101}, "too long"),
    ({"inline_keyboard": [BUTTON]}, "Array of Arrays"),
    ({"keyboard": []}, "reply markup is empty"),
    ({"keyboard": [[""]]}, "must be non-empty"),
    ({"x": 1}, "object expected"),
]


@pytest.mark.parametrize(("markup", "words"), MARKUPS)
async def test_keyboards_that_are_refused(call, markup, words):
    """Sizes in bytes, rows of eight, a hundred in all."""
    status, body = await call("sendMessage", chat_id=5, text="a", reply_markup=markup)
    assert status == 400
    assert words in body["description"]


async def test_what_can_be_edited(api, call):
    """Only what changes, only the bot's own, and nothing that bore another keyboard than an inline one."""
    keyboard = {"inline_keyboard": [[BUTTON]]}
    _, body = await call("sendMessage", chat_id=5, text=" a ", reply_markup=keyboard)
    sent = {"chat_id": 5, "message_id": body["result"]["message_id"]}
    assert "not modified" in (await call("editMessageText", **sent, text="a", reply_markup=keyboard))[1]["description"]
    assert (
        "inline keyboard expected"
        in (await call("editMessageText", **sent, text="b", reply_markup={"remove_keyboard": True}))[1]["description"]
    )
    assert (await call("editMessageText", **sent, text="b"))[1]["result"]["text"] == "b"
    assert "not modified" in (await call("editMessageReplyMarkup", **sent))[1]["description"]
    assert "no caption" in (await call("editMessageCaption", **sent, caption="b"))[1]["description"]
    _, body = await call("sendMessage", chat_id=5, text="a", reply_markup={"remove_keyboard": True})
    message = body["result"]["message_id"]
    assert (
        "can't be edited" in (await call("editMessageText", chat_id=5, message_id=message, text="b"))[1]["description"]
    )
    own = await api.person(5).says("моё")
    assert "can't be edited" in (await call("editMessageText", chat_id=5, message_id=own, text="b"))[1]["description"]


async def test_uploads_albums_and_files(api, call):
    """Multipart parts and attach:// both arrive; a file has one kind; 20 MB is the most that is given back."""
    assert (await call("sendDocument", files={"document": ("a.txt", b"abc")}, chat_id=5))[0] == 200
    document = next(iter(api.world.files))
    assert (
        "can't use file of type Document as Photo"
        in (await call("sendPhoto", chat_id=5, photo=document))[1]["description"]
    )
    media = [{"type": "photo", "media": "attach://one", "caption": "a"}, {"type": "document", "media": document}]
    assert (await call("sendMediaGroup", files={"one": ("a.jpg", b"abc")}, chat_id=5, media=media))[0] == 200
    assert "non-empty" in (await call("sendPhoto", files={"photo": ("a.jpg", b"")}, chat_id=5))[1]["description"]
    big = {"photo": ("a.jpg", bytes(10 * 2**20 + 1))}
    assert "too big for a photo" in (await call("sendPhoto", files=big, chat_id=5))[1]["description"]
    _, body = await call("getFile", file_id=document)
    async with httpx.AsyncClient() as client:
        path = body["result"]["file_path"]
        assert (await client.get(f"{api.url}/file/bot{api.token}/{path}")).content == b"abc"
        assert (await client.get(f"{api.url}/file/bot1:x/{path}")).status_code == 404
        assert (await client.get(f"{api.url}/file/bot{api.token}/nothing")).status_code == 404
    api.world.files[document].size = 21 * 2**20
    assert "too big" in (await call("getFile", file_id=document))[1]["description"]


async def test_a_press_is_answered_once(api, call):
    """The second answer is too late."""
    await call("sendMessage", chat_id=5, text="a", reply_markup={"inline_keyboard": [[BUTTON]]})
    anna = api.person(5)
    press = await anna.presses("a", await anna.hears())
    answer = {"callback_query_id": press.id, "text": "да"}
    assert (await call("answerCallbackQuery", **{**answer, "text": "a" * 201}))[0] == 400
    assert (await call("answerCallbackQuery", **answer))[0] == 200
    assert (await call("answerCallbackQuery", **answer))[0] == 400
    assert await press.answered() == "да"


async def test_people_see_what_they_may(api, call):
    """Who blocked the bot gets 403; what is not there cannot be pressed or heard."""
    anna = api.person(5)
    await anna.says("привет")
    with pytest.raises(AssertionError, match="no button 'Да'"):
        await anna.presses("Да")
    with pytest.raises(AssertionError, match="nothing heard"):
        await anna.hears(timeout=0.01)
    await call("sendMessage", chat_id=5, text="<b>раз</b>", parse_mode="HTML")
    await call("sendMessage", chat_id=5, text="\\*два\\* *x*", parse_mode="MarkdownV2")
    assert (await anna.hears(containing="два")).text == "*два* x"
    assert anna.transcript == ["Анна: привет", "bot: раз", "bot: *два* x"]
    await anna.blocks()
    assert (await call("sendMessage", chat_id=5, text="a"))[0] == 403


async def test_faults_on_demand(api, call):
    """By method and chat, as often as asked; a cut before or after the effect."""
    api.person(6)
    api.fault(Fault.flood(3, chat=6, times=2))
    assert (await call("sendMessage", chat_id=5, text="a"))[0] == 200
    for _ in range(2):
        assert (await call("sendMessage", chat_id=6, text="a"))[1]["parameters"] == {"retry_after": 3}
    assert (await call("sendMessage", chat_id=6, text="a"))[0] == 200
    for cut, shown in (("before", 1), ("after", 2)):
        api.fault(Fault("sendMessage", cut=cut, delay=0.01))
        with pytest.raises(httpx.TransportError):
            await call("sendMessage", chat_id=5, text="a")
        assert len(api.person(5).transcript) == shown
    await call("setMyCommands", commands=[{"command": "a", "description": "b"}])
    assert (await call("getMyCommands"))[1]["result"] == [{"command": "a", "description": "b"}]
    await call("deleteMyCommands")
    assert (await call("getMyCommands"))[1]["result"] == []


async def test_json_bodies(api):
    """Parameters may come as JSON too."""
    async with httpx.AsyncClient() as client:
        url = f"{api.url}/bot{api.token}/sendMessage"
        assert (await client.post(url, json={"chat_id": 5, "text": "a"})).status_code == 200
        assert (await client.post(url, content=b"{", headers={"Content-Type": "application/json"})).status_code == 400


async def test_it_serves_alone():
    """`python -m tests.bot_api` prints what to set, and stands until it is stopped."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot_api", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    line = (await process.stdout.readline()).decode().split()
    url, token = (word.partition("=")[2] for word in line)
    process.stdin.write("привет\n".encode())
    async with httpx.AsyncClient() as client:
        updates = (await client.get(f"{url}/bot{token}/getUpdates", params={"timeout": 5})).json()["result"]
        assert updates[0]["message"]["text"] == "привет"
        await client.post(f"{url}/bot{token}/sendMessage", data={"chat_id": 5, "text": "и вам"})
    assert (await process.stdout.readline()).decode().startswith("bot: и вам")
    process.send_signal(signal.SIGTERM)
    await process.communicate()
