"""Whether anything would be lost with an unfinished conversation; only then is it offered again.

Law: an answer, a model's reply or a confirmation is something. Not so when all that gave them is over and the person
only stands at the beginning of a scenario that was run as the last thing (a menu after a greeting): to go on there is
to start that scenario, which its own command does as well. After an edit of the files that is judged by today's.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from engine.core.ground import Ground
from engine.core.rewalk import walk_again
from engine.core.session import Conversation, Entry
from engine.core.template import TemplateFailed
from engine.core.values import OverBounds


def at_stake(ground: Ground, conversation: Conversation) -> bool:
    if not _answered(conversation.journal.values()):
        return False
    scenarios = ground.project.scenarios
    known = scenarios.get(conversation.scenario)
    today = conversation if known and known.version == conversation.version else _today(ground, conversation)
    if today is None or len(today.frames) < 2:
        return True
    for outer, inner in pairwise(today.frames):
        caller = scenarios[outer.scenario].steps[inner.caller]
        last = caller.next is None or caller.next.verb == "end"
        if inner.variables is None or not last or getattr(caller, "as_", None):
            return True
    path = today.frames[-1].path
    return _answered(entry for key, entry in today.journal.items() if key.startswith(path))


def _today(ground: Ground, conversation: Conversation) -> Conversation | None:
    """A copy that stands where today's files put it; None when they are gone, come to an end, or to a mistake."""
    copy = conversation.copy()
    aside = Ground(ground.project, ground.session, ground.event)
    try:
        ended = conversation.scenario not in ground.project.scenarios or walk_again(aside, copy).ended
    except (TemplateFailed, OverBounds):
        return None
    return None if ended else copy


def _answered(entries: Iterable[Entry]) -> bool:
    return any("a" in entry or "r" in entry or "c" in entry for entry in entries)
