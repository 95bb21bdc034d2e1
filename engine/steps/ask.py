"""ask: put a question and remember the answer."""

from __future__ import annotations

from functools import cached_property

from engine.answers.registry import TYPES, parse_any, type_for
from engine.answers.yes_no import said as agreed
from engine.core.amounts import LengthType, NumberType
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected
from engine.core.asking import AfterType, Asking, SkipType, files_of
from engine.core.choices import CHOICES, Literal
from engine.core.effects import CloseQuestion, KeepFile
from engine.core.field import Field
from engine.core.fields import FLAG, TEXT, VALUE, ListType, NameType, WordType
from engine.core.keyboard import DONE, SKIP, chosen
from engine.core.markdown import escape
from engine.core.meaning import IDLE, folded, offers, phrases, told, with_ways_out
from engine.core.media import MEDIA_FIELDS, media_of
from engine.core.session import Entry, Pending
from engine.core.step import WAIT, Step, Waiting
from engine.core.walk import Walk

SKIPPED: Raw = {"skip": True}
TIMELY = frozenset({"date", "time"})  # `min: today`, «завтра»


class Ask(Asking):
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

    @property
    def _timely(self) -> bool:
        """What fits, or what it means, depends on when it was said."""
        return self.clock or not TIMELY.isdisjoint(self.answer or ())

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
                    return self._after_tries(walk)
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

    def entry_of(self, walk: Walk, outcome: Accepted) -> Entry:
        entry: Entry = {"a": outcome.raw}
        if self._timely:
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

    def wrong(self, walk: Walk, pending: Pending, outcome: Rejected) -> Step | Waiting | None:
        """Say what is wrong; after the last try go on as `after_tries` says."""
        tried = pending.state.get("tries", 0) + 1
        pending.state["tries"] = tried
        walk.ground.walked("wrong", walk.conversation, self, outcome.word)
        if self.tries and tried >= self.tries:
            return self._given_up(walk, pending)
        pending.state.pop("offer", None)
        text = walk.render(self.if_wrong) if self.if_wrong is not None else self.why(walk, outcome)
        if outcome.offer is not None:  # nearly understood: it is asked back, whatever the author says to the rest
            pending.state["offer"], text = outcome.offer, self.why(walk, outcome)
        if not self.tries:
            text = with_ways_out(walk.ground, text, tried)
        walk.send(self.message(walk, pending, text))
        return WAIT

    def why(self, walk: Walk, outcome: Rejected) -> str:
        return walk.ground.word(outcome.word, **outcome.values)

    def _given_up(self, walk: Walk, pending: Pending) -> Step | Waiting | None:
        walk.ground.walked("gave_up", walk.conversation, self)
        walk.conversation.pending = None
        if pending.state.get("b"):
            walk.effects.append(CloseQuestion(pending.question))
        walk.answered(pending, {"a": SKIPPED, "g": True, **({"w": int(walk.ground.at)} if self._timely else {})})
        return self._after_tries(walk)

    def _after_tries(self, walk: Walk) -> Step | Waiting | None:
        """Nothing was understood: the default, or null, and the way that the author chose."""
        walk.assign(self.ask, walk.evaluate(self.default) if self.default is not None else None)
        if self.after_tries == "!end":
            walk.end_scenario()
            return None
        return self.next if self.after_tries in (None, "!skip") else walk.go(self.after_tries)
