"""What a person's words are to a question: an answer, a skip, a question back, a second thought about an answer of
before. What is done about it stands in `ask`, where the fields are declared.
"""

from __future__ import annotations

from functools import cached_property

from engine.answers.alike import speaks_of
from engine.answers.around import contrast, put_right
from engine.answers.registry import TYPES, parse_any, type_for
from engine.answers.typed import fold
from engine.answers.yes_no import said as agreed
from engine.core.answer import Accepted, Amended, AnswerType, Question, Raw, Recalled, Rejected
from engine.core.choices import plain
from engine.core.keyboard import AGREE, SKIP, chosen
from engine.core.meaning import IDLE, asks_back, asks_why, folded, offers, phrases, told
from engine.core.refusing import SKIPPED, Refusing
from engine.core.session import Entry
from engine.core.walk import Walk


class Reading(Refusing):
    @cached_property
    def types(self) -> tuple[AnswerType, ...]:
        names = self.answer or (("choice",) if self.choices is not None else ("text",))
        return tuple(TYPES[name] for name in names)

    def _names(self) -> list[str]:
        return [one.name for one in self.types]

    def again(self, walk: Walk, entry: Entry) -> tuple[Accepted | Rejected, Question]:
        """A kept answer read by today's file, at the moment when it was given."""
        with walk.then(entry.get("w")):
            question = self.setting(walk)
            return self.parse(walk, entry["a"], question), question

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

    def taken(self, walk: Walk, raw: Raw, question: Question) -> Accepted | Rejected:
        """As `parse`; or a «да» to «Похоже на …», which the question itself would not take."""
        outcome = self.parse(walk, raw, question)
        if isinstance(outcome, Rejected) and isinstance(raw, str):
            near = self.near(walk)
            return self.parse(walk, near, question) if near is not None and agreed(raw) else outcome
        return outcome

    def says_yes(self, walk: Walk, raw: Raw) -> bool:
        """Whether this says yes to «Верно понимаю: 34?»."""
        near = self.near(walk)
        return near is not None and (raw == near or (isinstance(raw, str) and bool(agreed(raw))))

    def asked_back(self, walk: Walk, raw: Raw, question: Question) -> bool:
        """«А зачем вам это?»; of what any text may be, only what is a question about the question beyond doubt. Where
        the author explains nothing: what would be taken for the answer otherwise, and only once."""
        if self.explain is None:
            asks = isinstance(raw, str) and asks_why(walk.ground, raw) and not walk.standing.state.get("why")
            return asks and isinstance(self.taken(walk, raw, question), Accepted) and not self.names(walk, raw)
        if not isinstance(raw, str) or not asks_back(walk.ground, raw):
            return False
        if isinstance(self._by_name(raw, question), Accepted):
            return False
        taken = isinstance(self.taken(walk, raw, question), Accepted)
        return not taken or asks_back(walk.ground, raw, beyond_doubt=True)

    def amends(self, walk: Walk, entry: Entry, text: str, alone: bool) -> Amended | None:
        pair = contrast(text)
        if pair is None and not (alone and "text" not in self._names()):
            return None
        kept, question = self.again(walk, entry)
        was, now = (self._nearly(said, question) for said in pair or (text, text))
        if not isinstance(kept, Accepted) or was is None or now is None:
            return None
        old, said, new = (self.shown(one, question, walk) for one in (kept, was, now))
        if pair and fold(said) != fold(old):
            within = put_right(kept.raw, *pair) if isinstance(kept.raw, str) and "text" in self._names() else None
            now = self._nearly(within, question) if within is not None else None
            if now is None:
                return None
            new = self.shown(now, question, walk)
        if fold(new) == fold(old):
            return None
        asked = self._asked(walk)
        return Amended(now.raw, asked, old, new, 2 if pair else int(speaks_of(text, f"{asked} {self.name}")))

    def recalled(self, walk: Walk, entry: Entry, text: str) -> Recalled | None:
        kept, question = self.again(walk, entry)
        old = plain(self.shown(kept, question, walk)) if isinstance(kept, Accepted) else ""
        asked = self._asked(walk)
        return Recalled(asked, old, speaks_of(text, f"{asked} {self.name}")) if old else None

    def _asked(self, walk: Walk) -> str:
        """The question in one line."""
        return plain(walk.render(self.question)).strip().rsplit("\n", 1)[-1]

    def _nearly(self, said: str, question: Question) -> Accepted | None:
        """An answer, or the only one in a text that would be asked back."""
        outcome = parse_any(self.types, said, question)
        if isinstance(outcome, Rejected) and outcome.offer is not None:
            outcome = parse_any(self.types, outcome.offer, question)
        return outcome if isinstance(outcome, Accepted) else None

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
