"""What a question does with an answer that does not fit: it says why, explains itself when it was asked back, and after
the last try goes on as `after_tries` says. Its fields are declared in `ask`.
"""

from __future__ import annotations

from msgspec.structs import replace

from engine.core.answer import Raw, Rejected
from engine.core.asking import Asking
from engine.core.effects import Button, CloseQuestion, SendMessage
from engine.core.keyboard import AGREE, SKIP
from engine.core.meaning import LONGEST, PATIENCE, said_wrong, with_ways_out
from engine.core.session import Pending
from engine.core.step import WAIT, Step, Waiting
from engine.core.walk import Walk

SKIPPED: Raw = {"skip": True}
TIMELY = frozenset({"date", "time"})  # `min: today`, «завтра»


class Refusing(Asking):
    @property
    def timely(self) -> bool:
        """What fits, or what it means, depends on when it was said."""
        return self.clock or not TIMELY.isdisjoint(self.answer or ())

    def explained(self, walk: Walk, pending: Pending) -> Waiting:
        """«А зачем вам это?» is no wrong answer: it is explained, and the question stays."""
        walk.ground.walked("explained", walk.conversation, self)
        if self.explain is not None:
            text = walk.render(self.explain)
        else:
            text, pending.state["why"] = with_ways_out(walk.ground, walk.ground.word("unexplained"), PATIENCE), True
        walk.send(self.message(walk, pending, text))
        return WAIT

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
            said = getattr(walk.ground.event, "text", "")
            lost = len(said) <= LONGEST and said_wrong(walk.ground, said)[1]  # «я ошиблась»: of what, who knows
            text = with_ways_out(walk.ground, text, PATIENCE if lost else tried)
        message = self.message(walk, pending, text)
        walk.send(self._with_yes(walk, message) if "offer" in pending.state else message)
        return WAIT

    def _with_yes(self, walk: Walk, message: SendMessage) -> SendMessage:
        """A button for the yes to «Верно понимаю: 28?», where no choices stand and no keyboard of another kind."""
        pending = walk.standing
        if self.keyboard != "inline" or message.ask_for or any(one.value != SKIP for one in message.buttons):
            return message
        pending.state["b"] = True
        yes = Button(walk.ground.word("yes"), f"{pending.question}:{AGREE}", value="yes")
        return replace(message, buttons=(yes, *(replace(one, row=1) for one in message.buttons)))

    def why(self, walk: Walk, outcome: Rejected) -> str:
        return walk.ground.word(outcome.word, **outcome.values)

    def _given_up(self, walk: Walk, pending: Pending) -> Step | Waiting | None:
        walk.ground.walked("gave_up", walk.conversation, self)
        walk.conversation.pending = None
        if pending.state.get("b"):
            walk.effects.append(CloseQuestion(pending.question))
        walk.answered(pending, {"a": SKIPPED, "g": True, **({"w": int(walk.ground.at)} if self.timely else {})})
        return self.gone_on(walk)

    def gone_on(self, walk: Walk) -> Step | Waiting | None:
        """Nothing was understood: the default, or null, and the way that the author chose."""
        walk.assign(self.ask, walk.evaluate(self.default) if self.default is not None else None)
        if self.after_tries == "!end":
            walk.end_scenario()
            return None
        return self.next if self.after_tries in (None, "!skip") else walk.go(self.after_tries)
