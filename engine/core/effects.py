"""What is to be done. Effects are imperative; a turn only returns them, the runtime carries them out after the commit.

Texts are Markdown in which values of people and models are already escaped with backslashes; a channel renders them
(`engine/channels/markdown.py`) into its own form.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

from engine.core.finding import Span


class Kept(Struct, frozen=True, forbid_unknown_fields=True):
    """What the outbox keeps until it is done (`engine.core.codec`). With a field that is not known here it was written
    by another version, and is not read by halves."""


class Button(Kept, frozen=True):
    """A choice (`token` set: `<question>:<choice>`, at most 40 ASCII bytes), or a link (`url` set).

    `value` is the choice's value as text, for channels that show it; `row` groups buttons that stand side by side;
    `number` may be typed for it (0: none, the label is typed).
    """

    label: str
    token: str = ""
    url: str = ""
    value: str = ""
    row: int = 0
    number: int = 0


class Media(Kept, frozen=True):
    """A file that a message carries. `source` is a path inside the project's root, an http(s) URL, or a person's own
    file as it came in (`file`, see `FilesReceived`)."""

    kind: Literal["photo", "video", "video_note", "document", "voice"]
    source: str = ""
    file: dict[str, Any] | None = None


class SendMessage(Kept, frozen=True):
    """Say something. `question` is set when it asks (the token that its buttons bear); `keyboard` is how the choices
    are drawn; `ask_for` asks the channel for its share button (a contact or a location)."""

    text: str
    conversation: str = ""
    scenario: str = ""
    step: str = ""
    question: str = ""
    buttons: tuple[Button, ...] = ()
    media: Media | None = None
    keyboard: Literal["inline", "reply"] = "inline"
    ask_for: Literal["", "contact", "location"] = ""
    ask_for_label: str = ""
    waiting: bool = False  # the bot now waits for an answer to this message
    drop_keyboard: bool = False  # a reply keyboard of an earlier question is to disappear


class RedrawQuestion(Kept, frozen=True):
    """Change the buttons (and text, when given) of a question that was sent: another page, a tick set or taken."""

    question: str
    buttons: tuple[Button, ...]
    text: str = ""


class CloseQuestion(Kept, frozen=True):
    """The question is answered: its buttons go, `chosen` (Markdown, may be empty) is shown beneath it."""

    question: str
    chosen: str = ""


class AnswerPress(Struct, frozen=True):
    """Stop the button's spinner; `text` (plain, at most 200 characters) is shown as a short notice."""

    press: str
    text: str = ""


class AskModel(Kept, frozen=True):
    """Ask the language model. The reply comes back as `ModelReplied(request)`.

    `images` and `audio` are files of people (see `FilesReceived`). `returns` is a JSON Schema (an object in OpenAI's
    strict subset) or None for a plain text. `model` is a name in catalog/models.yaml, empty for the default one.
    """

    request: str
    prompt: str  # the prompt's name, for logs and test doubles
    step: str
    system: str
    user: str
    model: str = ""
    returns: dict[str, Any] | None = None
    images: tuple[dict[str, Any], ...] = ()
    audio: tuple[dict[str, Any], ...] = ()
    options: dict[str, Any] = field(default_factory=dict)  # temperature, max_tokens, timeout (s), tries, fallback


class FindRecords(Struct, frozen=True):
    """Look records up; the rows come back as `RecordsFound(request)` within the same turn.

    `where` is {field: value}; a list value means any of them; a dict value holds comparisons out of
    `{"not", "above", "below", "from", "to", "contains"}`. `everyone` false: only the person's own records.
    `order` is a field, `-field` for descending. Withdrawn records are never found.
    """

    request: str
    collection: str
    where: dict[str, Any]
    everyone: bool = False
    order: str = "created_at"
    limit: int = 100


class SaveRecord(Struct, frozen=True):
    """Write a record: made when `id` is new, else its `fields` are laid over the old ones. Idempotent by `id`.
    `holder` is who saves it: a conversation, or one round of a loop in it (`<conversation>#<round>`)."""

    collection: str
    id: str
    fields: dict[str, Any]
    holder: str = ""
    only_existing: bool = False  # an `update`: nothing is made when there is no such record, and nobody holds it more


class WithdrawRecord(Struct, frozen=True):
    """A correction left the branch by which `holder` saved it. When nobody else has saved it too it is kept in memory
    as withdrawn, and taken out of every output; else it stays as it was last written."""

    collection: str
    id: str
    holder: str = ""


class Notify(Kept, frozen=True):
    """Tell a person of the house, who is no party to the talk. `to` is `manager` (e-mail) or `admin` (chat).
    `id` is the idempotency key (the e-mail's Message-ID is made from it)."""

    id: str
    to: Literal["manager", "admin"]
    subject: str
    text: str


class KeepFile(Kept, frozen=True):
    """Bring a person's file into DATA_DIR, at `file["path"]`."""

    file: dict[str, Any]


class ForgetPerson(Struct, frozen=True):
    """Remove all that is kept of this person: talks, records, files, history. Nothing else of the turn is kept."""


class ReportProblem(Struct, frozen=True):
    """Something an author or admin must know: a bound passed, a template that failed. Never bears personal data."""

    message: str
    span: Span | None = None


class Walked(Struct, frozen=True):
    """What happened, as data: for logs, coverage, trace, live pictures. `what` is a word such as `started`, `asked`,
    `answered`, `wrong`, `branch`, `asked_model`, `model_failed`, `saved`, `ended`, `cancelled`, `parked`. `values` say
    why a way was taken (they may be a person's: never logged). `again`: a re-walk came by here, silently."""

    what: str
    scenario: str
    step: str = ""
    detail: str = ""
    conversation: str = ""
    index: int = -1  # the step's number in its scenario
    values: tuple[tuple[str, Any], ...] = ()
    again: bool = False


Effect = (
    SendMessage
    | RedrawQuestion
    | CloseQuestion
    | AnswerPress
    | AskModel
    | FindRecords
    | SaveRecord
    | WithdrawRecord
    | Notify
    | KeepFile
    | ForgetPerson
    | ReportProblem
    | Walked
)
