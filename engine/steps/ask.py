"""ask: put a question and remember the answer."""

from __future__ import annotations

from functools import cached_property

from engine.answers.alike import speaks_of
from engine.answers.around import contrast
from engine.answers.registry import TYPES, parse_any, type_for
from engine.answers.typed import fold
from engine.answers.yes_no import said as agreed
from engine.core.amounts import LengthType, NumberType
from engine.core.answer import Accepted, Amended, AnswerType, Question, Raw, Rejected
from engine.core.asking import AfterType, SkipType, files_of
from engine.core.choices import CHOICES, Literal, plain
from engine.core.effects import CloseQuestion, KeepFile
from engine.core.field import Field
from engine.core.fields import FLAG, TEXT, VALUE, ListType, NameType, WordType
from engine.core.keyboard import AGREE, DONE, SKIP, chosen
from engine.core.markdown import escape
from engine.core.meaning import IDLE, asks_back, folded, offers, phrases, told
from engine.core.media import MEDIA_FIELDS, media_of
from engine.core.refusing import SKIPPED, Refusing
from engine.core.session import Entry, Pending
from engine.core.step import WAIT, Step, Waiting
from engine.core.walk import Walk


class Ask(Refusing):
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

    @cached_property
    def types(self) -> tuple[AnswerType, ...]:
        names = self.answer or (("choice",) if self.choices is not None else ("text",))
        return tuple(TYPES[name] for name in names)

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

    def again(self, walk: Walk, entry: Entry) -> tuple[Accepted | Rejected, Question]:
        """A kept answer read by today's file, at the moment when it was given."""
        with walk.then(entry.get("w")):
            question = self.setting(walk)
            return self.parse(walk, entry["a"], question), question

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

    def parse(self, walk: Walk, raw: Raw, question: Question) -> Accepted | Rejected:
        if raw == SKIPPED:
            value = walk.evaluate(self.default) if self.default is not None else None
            return Accepted(value, SKIPPED) if self.skip else Rejected("wrong_skip")
        if isinstance(raw, dict) and "choice" in raw and self.choices is None and self.answer:
            if not question.choices or any(one.id == raw["choice"] for one in question.choices):
                raw = str(raw["choice"])  # a pressed star or yes is what one could have typed
            else:
                raw = {"other": "choice"}  # of a question that had choices of its own before an edit
        return parse_any(self.types, raw, question)

    def follow(self, walk: Walk, outcome: Accepted, question: Question) -> Step | Waiting | None:
        """The answer is known: remember it and take the way it leads."""
        walk.assign(self.ask, outcome.value)
        picked = outcome.raw.get("choice") if isinstance(outcome.raw, dict) else None
        choice = next((one for one in question.choices if one.id == picked), None) if picked is not None else None
        labelled = isinstance(outcome.value, bool) or (self.choices is not None and outcome.value is not None)
        walk.label(self.ask, self.shown(outcome, question, walk) if labelled else None)
        return walk.go(choice.goto) if choice and choice.goto else self.next

    # answering --------------------------------------------------------------------------------------------------

    def raw_of(self, walk: Walk, raw: Raw, question: Question) -> Raw:
        """A pressed token as the choice it stands for; a word for skipping as a skip."""
        if isinstance(raw, dict) and "choice" in raw:
            if raw["choice"] == SKIP:
                return SKIPPED
            if raw["choice"] == AGREE and self.near(walk) is not None:
                return self.near(walk)
            choice = chosen(question.choices, raw["choice"])
            return {"choice": choice.id} if choice else raw
        return SKIPPED if isinstance(raw, str) and self.skip and self._skipped(walk, raw, question) else raw

    def _skipped(self, walk: Walk, said: str, question: Question) -> bool:
        """Whether a word for skipping is meant as one: «Не знаю» may be a choice, «нет, спасибо» a no."""
        if self.near(walk) is not None and agreed(said) is False:
            return False  # «нет» to «Похоже на …»
        words = phrases(self.skip_label(walk)) | phrases(walk.ground.word("skip_words"))
        if folded(said) in words:
            return folded(said) not in {folded(one.label) for one in question.choices}
        words |= phrases(walk.ground.word("leave_words"))  # «потом», where it is no answer
        so = told(said, {"skip": words}, walk.ground.word(IDLE))
        return bool(so) and not isinstance(self._by_name(said, question), Accepted)

    def _by_name(self, said: str, question: Question) -> Accepted | Rejected | None:
        """What the types make of it that know what they want; free text takes anything."""
        types = [one for one in self.types if one.name != "text"]
        return parse_any(types, said, question) if types else None

    def names(self, walk: Walk, raw: Raw) -> bool:
        question = self.setting(walk)
        if self.raw_of(walk, raw, question) == SKIPPED or isinstance(self._by_name(raw, question), Accepted):
            return True
        texts = [self.question, *([self.if_wrong] if self.if_wrong is not None else [])]
        return any(offers(walk.render(text), raw) for text in texts)

    def accepts(self, walk: Walk, raw: Raw) -> Entry | None:
        question = self.setting(walk)
        raw = self.raw_of(walk, raw, question)
        if isinstance(raw, dict) and "choice" in raw and "choices" in (self.answer or ()):
            return None  # one tick is no answer yet
        outcome = self._taken(walk, raw, question)
        return self.entry_of(walk, outcome) if isinstance(outcome, Accepted) else None

    def _taken(self, walk: Walk, raw: Raw, question: Question) -> Accepted | Rejected:
        """As `parse`; or a «да» to «Похоже на …», which the question itself would not take."""
        outcome = self.parse(walk, raw, question)
        if isinstance(outcome, Rejected) and isinstance(raw, str):
            near = self.near(walk)
            return self.parse(walk, near, question) if near is not None and agreed(raw) else outcome
        return outcome

    def _asked_back(self, walk: Walk, raw: Raw, question: Question) -> bool:
        """«А зачем вам это?»; of what any text may be, only what is a question about the question beyond doubt."""
        if not isinstance(raw, str) or not asks_back(walk.ground, raw):
            return False
        if isinstance(self._by_name(raw, question), Accepted):
            return False
        taken = isinstance(self._taken(walk, raw, question), Accepted)
        return not taken or asks_back(walk.ground, raw, beyond_doubt=True)

    def amends(self, walk: Walk, entry: Entry, text: str, alone: bool) -> Amended | None:
        pair = contrast(text)
        if pair is None and not (alone and all(one.name != "text" for one in self.types)):
            return None
        kept, question = self.again(walk, entry)
        was, now = (self._nearly(said, question) for said in pair or (text, text))
        if not isinstance(kept, Accepted) or was is None or now is None:
            return None
        old, said, new = (self.shown(one, question, walk) for one in (kept, was, now))
        if fold(new) == fold(old) or (pair and fold(said) != fold(old)):
            return None
        asked = plain(walk.render(self.question)).strip().rsplit("\n", 1)[-1]
        return Amended(now.raw, asked, old, new, 2 if pair else int(speaks_of(text, f"{asked} {self.name}")))

    def _nearly(self, said: str, question: Question) -> Accepted | None:
        """An answer, or the only one in a text that would be asked back."""
        outcome = parse_any(self.types, said, question)
        if isinstance(outcome, Rejected) and outcome.offer is not None:
            outcome = parse_any(self.types, outcome.offer, question)
        return outcome if isinstance(outcome, Accepted) else None

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
        if self.explain is not None and self._asked_back(walk, raw, question):
            return self.explained(walk, pending)
        outcome = self._taken(walk, raw, question)
        if isinstance(outcome, Rejected):
            return self.wrong(walk, pending, outcome)
        entry = self.entry_of(walk, outcome)
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

    def shown(self, outcome: Accepted, question: Question, walk: Walk) -> str:
        if outcome.raw == SKIPPED:
            return self.skip_label(walk)
        if isinstance(outcome.raw, dict) and "choice" in outcome.raw:
            return next((one.label for one in question.choices if one.id == outcome.raw["choice"]), "")
        types = self.types
        return (types[0] if len(types) == 1 else type_for(types, outcome.raw, question)).show(outcome.value, question)

    def display(self, walk: Walk, entry: Entry) -> str:
        """A kept answer as the person would write it, for a summary."""
        outcome, question = self.again(walk, entry)
        return self.shown(outcome, question, walk) if isinstance(outcome, Accepted) and entry["a"] != SKIPPED else ""
