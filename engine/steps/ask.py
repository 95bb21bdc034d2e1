"""ask: put a question and remember the answer."""

from __future__ import annotations

from engine.answers.registry import TYPES
from engine.core.amounts import LengthType, NumberType
from engine.core.answer import Accepted, Question, Raw, Rejected
from engine.core.asking import AfterType, SkipType, files_of
from engine.core.choices import CHOICES, Literal
from engine.core.effects import CloseQuestion, KeepFile
from engine.core.field import Field
from engine.core.fields import FLAG, TEXT, VALUE, ListType, NameType, WordType
from engine.core.keyboard import DONE
from engine.core.markdown import escape
from engine.core.media import MEDIA_FIELDS, media_of
from engine.core.refusing import SKIPPED
from engine.core.session import Entry, Pending
from engine.core.step import WAIT, Step, Waiting
from engine.core.walk import Walk
from engine.steps.reading import Reading


class Ask(Reading):
    verb = "ask"
    remembers = "ask"
    doc = (
        "Ask a question and wait; the answer is remembered under the step's name. What does not fit is asked again "
        "with `if_wrong` (or a sentence of the engine's that says why). With `choices` the person presses a button, "
        "or types a label, a value or its number in the list (a number that is a label or value means that one). A "
        "literal choice's value is its key; one made `from` a list is the whole item."
    )
    example = """
- ask: weight
  question: Сколько ты весишь, кг?
  answer: number
  min: 30
  max: 300
  if_wrong: Нужно число от 30 до 300, например 82,5.
- ask: level
  question: Твой уровень?
  choices: {beginner: Начинающий, advanced: Больше трёх лет}
- ask: photo
  question: Пришли фото, если хочешь.
  answer: photo
  skip: true
- say: Записал!
"""
    FIELDS = {
        "ask": Field(NameType("question"), "What the answer is remembered as.", required=True),
        "question": Field(TEXT, "What is asked.", required=True),
        "answer": Field(
            ListType(WordType(tuple(sorted(TYPES)))),
            "The answer's type, or several; `choice` when there are choices, else `text`.",
        ),
        "choices": Field(CHOICES, "What there is to choose from."),
        **MEDIA_FIELDS,
        "min": Field(VALUE, "The least: of a number, a date (`today`, `-18y`), a rating; how many choices."),
        "max": Field(VALUE, "The most."),
        "min_length": Field(VALUE, "The fewest characters of a text."),
        "max_length": Field(VALUE, "The most characters of a text."),
        "min_size": Field(VALUE, "The smallest file, in MB."),
        "max_size": Field(VALUE, "The largest file, in MB."),
        "pattern": Field(VALUE, "A regular expression that the whole text must match."),
        "formats": Field(VALUE, "The endings a document may have: `[pdf, docx]`."),
        "own": Field(FLAG, "False: somebody else's contact will do."),
        "region": Field(VALUE, "The country of a phone number without its code (`RU`)."),
        "if_wrong": Field(TEXT, "What is said when the answer does not fit; one that nearly fits is asked back."),
        "explain": Field(TEXT, "What is said when the person asks back («зачем вам это?»); the question stays."),
        "tries": Field(NumberType(least=1, most=100), "How many wrong answers there may be; no end when left out."),
        "after_tries": Field(AfterType(), "What happens then: `skip` (the default), `end`, or `{goto: a step}`."),
        "skip": Field(SkipType(), "The question may be skipped: a button, «пропустить», «не знаю»."),
        "default": Field(VALUE, "What a skipped answer becomes; null when left out."),
        "gather": Field(
            LengthType(0.5, 60),
            "How long to wait for more of a text or of files: what comes within it is one answer, its texts joined by "
            "line breaks. A command or a button ends it at once.",
        ),
        "columns": Field(NumberType(least=1, most=8), "Buttons in a row.", default=0),
        "page": Field(NumberType(least=1, most=90), "Choices a page.", default=10),
        "keyboard": Field(
            WordType(("inline", "reply")), "Buttons beneath the message, or in place of the keyboard.", default="inline"
        ),
    }

    def writes(self) -> frozenset[str]:
        return frozenset({self.ask})

    def fits(self, entry: Entry) -> bool:
        return "a" in entry

    # walking ----------------------------------------------------------------------------------------------------

    def enter(self, walk: Walk) -> Step | Waiting | None:
        key = walk.visit(self)
        conversation = walk.conversation
        entry = walk.entry(self, key)
        if entry is not None and conversation.reopened != key:
            if entry.get("g"):
                walk.passed(key)
                with walk.then(entry.get("w")):
                    return self.gone_on(walk)
            outcome, question = self.again(walk, entry)
            if isinstance(outcome, Accepted):
                walk.passed(key)
                return self.follow(walk, outcome, question)
            walk.remark = walk.ground.word("asked_again") + "\n" + self.why(walk, outcome)
        return self.pose(walk, key)

    def pose(self, walk: Walk, key: str) -> Waiting:
        pending = walk.wait_for_input(key)
        if pending is not None:
            text = walk.render(self.question).strip("\n")
            if (not text or text.isspace()) and media_of(self, walk) is None:
                text = walk.ground.word("empty_question")  # or nobody would know that they are waited for
            if walk.remark:
                text = f"{walk.remark}\n\n{text}"
                walk.remark = ""
            walk.send(self.message(walk, pending, text, with_media=True))
            walk.ground.walked("asked", walk.conversation, self)
        return WAIT

    def follow(self, walk: Walk, outcome: Accepted, question: Question) -> Step | Waiting | None:
        """The answer is known: remember it and take the way it leads."""
        walk.assign(self.ask, outcome.value)
        picked = outcome.raw.get("choice") if isinstance(outcome.raw, dict) else None
        choice = next((one for one in question.choices if one.id == picked), None) if picked is not None else None
        labelled = isinstance(outcome.value, bool) or (self.choices is not None and outcome.value is not None)
        walk.label(self.ask, self.shown(outcome, question, walk) if labelled else None)
        return walk.go(choice.goto) if choice and choice.goto else self.next

    # answering --------------------------------------------------------------------------------------------------

    def accepts(self, walk: Walk, raw: Raw) -> Entry | None:
        question = self.setting(walk)
        raw = self.raw_of(walk, raw, question)
        if isinstance(raw, dict) and "choice" in raw and "choices" in (self.answer or ()):
            return None  # one tick is no answer yet
        outcome = self.taken(walk, raw, question)
        return self.entry_of(walk, outcome) if isinstance(outcome, Accepted) else None

    def entry_of(self, walk: Walk, outcome: Accepted) -> Entry:
        entry: Entry = {"a": outcome.raw}
        if self.timely:
            entry["w"] = int(walk.ground.at)
        if message := walk.ground.said_in():
            entry["t"] = message
            if parts := getattr(walk.ground.event, "parts", ()):
                entry["p"] = [list(part) for part in parts]
        return entry

    def receive(self, walk: Walk, raw: Raw) -> Step | Waiting | None:
        pending = walk.standing
        question = self.setting(walk)
        if self.turned_page(walk, pending, raw, question.choices):
            return WAIT
        if raw == {"choice": DONE}:
            raw = {
                "choices": [choice.id for choice in question.choices if choice.id in pending.state.get("picked", [])]
            }
        raw = self.raw_of(walk, raw, question)
        if self.asked_back(walk, raw, question):
            return self.explained(walk, pending)
        outcome = self.taken(walk, raw, question)
        if isinstance(outcome, Rejected):
            return self.wrong(walk, pending, outcome)
        entry = self.entry_of(walk, outcome)
        if "m" in pending.state and self.says_yes(walk, raw):
            entry["t"] = pending.state["m"]  # of «мне 34 года» and «да» an edit is one of the first
        walk.answered(pending, entry)
        self.took(walk, pending, entry, self.shown(outcome, question, walk) if pending.state.get("b") else "")
        walk.conversation.pending = None
        return self.follow(walk, outcome, question)

    def took(self, walk: Walk, pending: Pending, entry: Entry, chosen: str = "") -> None:
        walk.effects.extend(KeepFile(file) for file in files_of(entry["a"]))
        if pending.state.get("b"):
            walk.effects.append(CloseQuestion(pending.question, escape(chosen)))
        walk.ground.walked("answered", walk.conversation, self, self._kind(entry["a"]))

    def _kind(self, raw: Raw) -> str:
        """For coverage: which literal choice; nothing that a person typed."""
        if raw == SKIPPED:
            return "skip"
        if isinstance(self.choices, Literal) and isinstance(raw, dict):
            return str(raw.get("choice", ""))
        return ""
