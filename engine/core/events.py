"""What came in. Events are past tense; everything from outside (people, model, records, clock) is one of these.

Every event bears `id`, unique for ever (ids of conversations and records are made from it), and `at`, seconds since
1970 UTC. Nothing in core ever asks the clock or chance itself.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

FileKind = Literal["photo", "voice", "document", "video", "video_note", "audio", "sticker"]


class Sender(Struct, frozen=True):
    """Who speaks, as the channel tells it. `id` is the channel's own, such as `telegram:123`."""

    id: str
    name: str = ""
    username: str = ""
    language: str = ""  # two letters, what the person's app is set to; empty when unknown


class Event(Struct, frozen=True, kw_only=True):
    id: str
    at: float
    sender: Sender | None = None  # none for what is not said by a person


class TextReceived(Event, frozen=True, kw_only=True):
    """A text, commands included (`/start promo`; a channel has already cut `@botname` off)."""

    text: str
    message: str = ""  # the channel's id of this message, for a later edit of it
    parts: tuple[tuple[str, str], ...] = ()  # (message, text) of each, when it is a burst of several


class ChoicePressed(Event, frozen=True, kw_only=True):
    """A button. The two tokens are what `Button.token` held: `<question>:<choice>`. `press` answers the spinner."""

    question: str
    choice: str
    press: str = ""
    message: str = ""  # the channel's id of the message that bears the button


class FilesReceived(Event, frozen=True, kw_only=True):
    """One or more files of a kind; an album is one event. Each file is a plain dict, ready to be kept as JSON:
    `{"kind", "id", "path"}` and, where known, `name`, `mime`, `size` (bytes), `width`, `height`, `duration` (s).
    `id` is the channel's handle for downloading and sending again; `path` is where the runtime keeps the bytes,
    relative to DATA_DIR (`media/<unique>.jpg`), made only from the channel's unique id, never from a person's text."""

    files: tuple[dict[str, Any], ...]
    caption: str = ""
    message: str = ""
    parts: tuple[tuple[str, str], ...] = ()  # as of a text


class ContactReceived(Event, frozen=True, kw_only=True):
    phone: str
    name: str = ""
    own: bool = True  # false when somebody else's card was sent
    message: str = ""


class LocationReceived(Event, frozen=True, kw_only=True):
    latitude: float
    longitude: float
    message: str = ""


class OtherReceived(Event, frozen=True, kw_only=True):
    """Something no answer type takes (sticker, poll, dice...). `what` is the channel's word for it."""

    what: str
    message: str = ""


class MessageEdited(Event, frozen=True, kw_only=True):
    """A person changed an earlier message of theirs; corrects the answer that it was."""

    message: str
    text: str


class QuestionLost(Event, frozen=True, kw_only=True):
    """A question certainly did not reach the person: they had blocked the bot, or the channel refused it."""

    question: str


class ScenarioChosen(Event, frozen=True, kw_only=True):
    """A scenario is to begin whatever it starts on (`dialogue chat SCENARIO`, a talk test)."""

    scenario: str


class ModelReplied(Event, frozen=True, kw_only=True):
    """The answer to an `AskModel`. `reply` is a text, or what the prompt's `returns` declares (already validated);
    `failure` is a short word (`timeout`, `quota`, `refused`...) when there is no reply. `spent` is for the trail:
    `seconds`, `tokens_in`, `tokens_out`, `tries`, `model`, where known."""

    request: str
    reply: Any = None
    failure: str = ""
    spent: dict[str, Any] = field(default_factory=dict)


class RecordsFound(Event, frozen=True, kw_only=True):
    """The answer to a `FindRecords`: records as dicts with `id`, `created_at`, `updated_at` (ISO 8601) and fields."""

    request: str
    records: tuple[dict[str, Any], ...] = field(default=())
