"""Whether anything would be lost with an unfinished conversation; only then is it offered again.

Law: an answer, a model's reply or a confirmation is something. Not so when all that gave them is over and the person
only stands at the beginning of a scenario that was run as the last thing (a menu after a greeting): to go on there is
to start that scenario, which its own command does as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from engine.core.project import Project
from engine.core.session import Conversation, Entry


def at_stake(project: Project, conversation: Conversation) -> bool:
    if not _answered(conversation.journal.values()):
        return False
    frames = conversation.frames
    scenario = project.scenarios.get(conversation.scenario)
    if len(frames) < 2 or scenario is None or conversation.version != scenario.version:
        return True
    for outer, inner in pairwise(frames):
        caller = project.scenarios[outer.scenario].steps[inner.caller]
        last = caller.next is None or caller.next.verb == "end"
        if inner.variables is None or not last or getattr(caller, "as_", None):
            return True
    path = frames[-1].path
    return _answered(entry for key, entry in conversation.journal.items() if key.startswith(path))


def _answered(entries: Iterable[Entry]) -> bool:
    return any("a" in entry or "r" in entry or "c" in entry for entry in entries)
