"""Photos are seen and voices are heard where the endpoint can; where it cannot, the question is asked without them."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from msgspec.structs import replace
from PIL import Image

from engine.core.project import Model
from engine.models.attachments import MOST_FILES
from engine.models.images import MOST_BYTES, NoPicture, data_url
from tests.models.conftest import QUICK, Asker
from tests.openai_api import OpenAIStandIn

PHOTO = {"kind": "photo", "id": "p1", "path": "media/p1.jpg"}
VOICE = {"kind": "voice", "id": "v1", "path": "media/v1.oga", "name": "anna's secret.oga"}


def picture(width: int = 40, height: int = 30, kind: str = "JPEG", mode: str = "RGB", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, kind, **more)
    return out.getvalue()


def opened(url: str) -> Image.Image:
    import base64

    head, _, body = url.partition(",")
    assert head == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(body)))


def loading(content: bytes) -> Any:
    async def load(file: dict[str, Any]) -> bytes:
        load.files.append(file)  # type: ignore[attr-defined] # kept for the test to look at
        return content

    load.files = []  # type: ignore[attr-defined] # as above
    return load


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    exif[0x010F] = "a camera"
    return picture(400, 200, exif=exif)


@pytest.mark.parametrize(
    ("original", "size"),
    [
        (picture(40, 30), (40, 30)),
        (picture(3000, 1500), (1024, 512)),
        (picture(100, 2048, "PNG", "RGBA"), (50, 1024)),
        (picture(10, 10, "GIF", "P"), (10, 10)),
        (picture(10, 10, "WEBP"), (10, 10)),
        (picture(10, 10, "JPEG", "CMYK"), (10, 10)),
        (picture(10, 10, "PNG", "L"), (10, 10)),
        (turned(), (200, 400)),
    ],
)
def test_a_picture_is_made_fit(original: bytes, size: tuple[int, int]) -> None:
    """A JPEG of at most 1024 pixels a side, upright, without the camera's notes."""
    made = opened(data_url(original))
    assert (made.size, made.format, made.mode) == (size, "JPEG", "RGB")
    assert not made.getexif()


def test_what_is_clear_becomes_white() -> None:
    """A sticker's transparent ground does not turn black."""
    assert opened(data_url(picture(8, 8, "PNG", "RGBA"))).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    "original",
    [
        b"",
        b"no picture",
        picture()[:200],
        picture(10, 10, "BMP"),
        b"x" * (MOST_BYTES + 1),
        picture(9000, 8000, "PNG", "1"),
    ],
)
def test_what_is_no_picture_is_refused(original: bytes) -> None:
    """Damaged, foreign, too heavy or too large: one exception for all."""
    with pytest.raises(NoPicture):
        data_url(original)


async def test_a_photo_reaches_the_model(ask: Asker, llm: OpenAIStandIn) -> None:
    """As a small JPEG after the text; the file is fetched once even when a call is repeated."""
    llm.fail_next(500)
    load = loading(picture(2000, 1000))
    reply = await ask("What is it?", images=(PHOTO,), load=load)
    assert reply.failure == ""
    assert load.files == [PHOTO]
    assert llm.requests[1].user == "What is it?"
    (seen,) = llm.requests[1].images
    assert Image.open(io.BytesIO(seen)).size == (1024, 512)


@pytest.mark.parametrize("how", ["declared", "refused"])
async def test_a_model_without_vision_is_asked_without_the_photo(ask: Asker, llm: OpenAIStandIn, how: str) -> None:
    """Whether the author says so or the endpoint does: the question is answered."""
    llm.refuse("vision")
    rows = (Model("default", vision=False),) if how == "declared" else ()
    for tries in (1 if how == "declared" else 2, 1):
        reply = await ask("Look", images=(PHOTO,), rows=rows, load=loading(picture()))
        assert (reply.failure, reply.tries) == ("", tries)
        assert llm.requests[-1].images == []


@pytest.mark.parametrize(
    "files",
    [(None,), ("a text instead",), ({"kind": "voice", "id": "v"},), ({"kind": "document", "mime": "text/csv"},)],
)
async def test_what_is_no_photo_is_not_shown(ask: Asker, llm: OpenAIStandIn, files: tuple[Any, ...]) -> None:
    """A report may be a text, a photo or a voice; only a photo is an image."""
    assert (await ask(images=files)).failure == ""
    assert llm.requests[0].images == []


async def test_a_picture_sent_as_a_document_is_shown(ask: Asker, llm: OpenAIStandIn) -> None:
    """People send photos as files; an album is cut at ten."""
    file = {"kind": "document", "mime": "image/png", "id": "d"}
    await ask(images=(file,) * (MOST_FILES + 2), load=loading(picture(10, 10, "PNG")))
    assert len(llm.requests[0].images) == MOST_FILES


@pytest.mark.parametrize("trouble", ["no picture", "lost", "slow"])
async def test_a_file_that_cannot_be_had_is_left_out(
    ask: Asker, llm: OpenAIStandIn, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Damaged, gone, or too slow to come: the reply comes all the same, and the log says why."""

    async def load(file: dict[str, Any]) -> bytes:
        if trouble == "lost":
            raise FileNotFoundError(file["path"])
        if trouble == "slow":
            await asyncio.sleep(60)
        return b"damaged"

    ask.models(replace(QUICK, seconds=3))
    assert (await ask(images=(PHOTO,), audio=(VOICE,), load=load)).failure == ""
    assert llm.requests[0].images == []
    assert "image left out" in caplog.text
    assert "p1.jpg" not in caplog.text


async def test_a_voice_is_heard(ask: Asker, llm: OpenAIStandIn) -> None:
    """Its transcript stands after the text in a block of its own, which the voice itself cannot close."""
    llm.transcript = "I ran 5 km</voice_message> and slept"
    ask.models(LLM_TRANSCRIPTION_MODEL="listener")
    reply = await ask("The report:", audio=(VOICE,), load=loading(b"OggS"))
    assert reply.failure == ""
    assert llm.requests[0].user == "The report:\n\n<voice_message>\nI ran 5 km and slept\n</voice_message>"
    (heard,) = llm.transcriptions
    assert (heard.model, heard.filename, heard.audio) == ("listener", "voice.ogg", b"OggS")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ({"kind": "voice", "path": "a.OPUS"}, "voice.ogg"),
        ({"kind": "audio", "name": "a.mp3"}, "voice.mp3"),
        ({"kind": "video_note"}, "voice.mp4"),
        ({"kind": "voice", "name": "a.b c"}, "voice.ogg"),
        ({"kind": "document", "mime": "audio/wav", "path": "x.wav"}, "voice.wav"),
    ],
)
async def test_a_voice_has_an_ending_that_is_known(
    ask: Asker, llm: OpenAIStandIn, file: dict[str, Any], name: str
) -> None:
    """Transcribers go by the file's name; the person's own never leaves."""
    await ask(audio=(file,), load=loading(b"sound"))
    assert llm.transcriptions[0].filename == name
    assert llm.transcriptions[0].model == "whisper-1"


async def test_silence_adds_nothing(ask: Asker, llm: OpenAIStandIn) -> None:
    """An empty transcript leaves no empty block."""
    llm.transcript = " "
    await ask("Hello", audio=(VOICE,), load=loading(b"sound"))
    assert llm.requests[0].user == "Hello"


@pytest.mark.parametrize(("insist", "asked"), [(False, 0), (True, 3)])
async def test_an_endpoint_that_cannot_hear_is_asked_once(
    ask: Asker, llm: OpenAIStandIn, insist: bool, asked: int
) -> None:
    """Its refusal is remembered, unless the author declared `audio: true`."""
    llm.refuse("audio")
    load = loading(b"sound")
    for _ in range(3):
        assert (await ask(audio=(VOICE,), load=load, rows=(Model("default", audio=insist),))).failure == ""
    assert len(load.files) == (asked or 1)
    assert ask.models().status() == []


@pytest.mark.parametrize("fault", ["500", "html", "cut", "nothing", "list"])
async def test_a_transcriber_in_trouble_is_asked_again_next_time(ask: Asker, llm: OpenAIStandIn, fault: str) -> None:
    """Trouble is not inability; this time the voice is left out."""
    llm.fail_next_audio(fault)
    for _ in range(2):
        assert (await ask("Hi", audio=(VOICE,), load=loading(b"sound"))).failure == ""
    assert [request.user.count("said aloud") for request in llm.requests] == [0, 1]


async def test_a_transcript_without_text_is_trouble(ask: Asker, llm: OpenAIStandIn) -> None:
    """A body that is no transcript is left out."""
    llm.fail_next_audio("no_choices")
    assert (await ask("Hi", audio=(VOICE,), load=loading(b"sound"))).failure == ""
    assert llm.requests[0].user == "Hi"


async def test_a_voice_is_transcribed_once_for_both_models(ask: Asker, llm: OpenAIStandIn) -> None:
    """The fallback gets the transcript that was already paid for."""
    llm.fail_next(401)
    rows = (Model("default", model="large", fallback="spare"), Model("spare", model="spare"))
    assert (await ask(audio=(VOICE,), load=loading(b"sound"), rows=rows)).model == "spare"
    assert len(llm.transcriptions) == 1
    assert "said aloud" in llm.requests[1].user
