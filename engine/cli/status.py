"""`dialogue status`: how the bot is: alive or not, what waits, who stands where, what fails. Works beside it.

Exit code: 0 it runs and nothing fails, 1 it does not or something does, 2 wrong use (so it serves as a health check).
"""

from __future__ import annotations

import argparse
import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.memory.port import Counts
    from engine.runtime.pulse import Beat

AREA = "run"
HELP = "how the running bot is: queues, people in conversation, model, channel"
EXAMPLES = (
    ("dialogue status", "for people"),
    ("dialogue status --json", "for a program"),
)
RECENT = 600.0  # seconds for which a problem counts as one of now
STATES = {"closed": "answers", "open": "is left alone for a while", "half-open": "is tried again"}
START = "`dialogue run` starts one."
LATE = 300.0  # seconds after which something in the outbox counts as stuck


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")


def run(args: argparse.Namespace) -> int:
    from engine.cli.outcomes import opened
    from engine.outputs.atomic import refused
    from engine.runtime.pulse import beats

    with opened(args.root) as (memory, data):
        counts, found = memory.count(), beats(memory, data)
    alive = [beat for beat in found if beat.runs]
    failing = any(
        not beat.fresh or beat.troubles or _broken(beat) or time.time() - beat.problem_at < RECENT for beat in alive
    )
    full = refused(data)  # the bot's own word comes when a write has failed, or not at all
    well = bool(alive) and not failing and not full and counts.oldest_outgoing < LATE
    if args.json:
        print(json.dumps({**_document(counts, found, well), "data_refused": full}, ensure_ascii=False))
    else:
        lines = _lines(counts, found)
        lines += [f"Nothing can be written in {data}: {full}"] if full else []
        lines.append("All is well." if well else "Not all is well." if alive else f"No bot runs: {START}")
        print("\n".join(lines))
    return 0 if well else 1


def _broken(beat: Beat) -> list[dict[str, Any]]:
    return [model for model in beat.models if model["state"] != "closed"]


def _document(counts: Counts, found: list[Beat], well: bool) -> dict[str, Any]:
    return {
        "well": well,
        "bots": [
            {
                "channel": beat.channel,
                "runs": beat.runs,
                "pid": beat.pid,
                "up_seconds": round(beat.at - beat.since),
                "seen_seconds_ago": round(max(0.0, time.time() - beat.at)),
                "version": beat.version,
                "live_seconds": round(beat.at - beat.live_since),
                "busy_chats": beat.chats,
                "model_requests": beat.thinking,
                "models": beat.models,
                "troubles": beat.troubles,
                "unread_settings": beat.unread,
                "problem": beat.problem,
                "problem_seconds_ago": round(time.time() - beat.problem_at) if beat.problem else None,
            }
            for beat in found
        ],
        "inbox": counts.inbox,
        "outbox": counts.outbox,
        "oldest_outgoing_seconds": round(counts.oldest_outgoing),
        "model_requests": counts.asked,
        "set_aside": counts.set_aside,
        "people": counts.chats,
        "standing": [
            {"scenario": scenario, "step": step, "people": people}
            for (scenario, step), people in sorted(counts.standing.items())
        ],
    }


def _lines(counts: Counts, found: list[Beat]) -> list[str]:
    lines = [_bot(beat) for beat in found] or ["No bot has run here yet."]
    for beat in found:
        if beat.runs:
            if not beat.fresh:
                lines.append(
                    f"  it has said nothing for {_ago(time.time() - beat.at)}: its log tells why (a full disk?)"
                )
            lines += [f"  {part} fails: {reason}" for part, reason in beat.troubles.items()]
            lines += [
                f"  the model at {one['endpoint']} {STATES[one['state']]}"
                for one in beat.models
                if f"The model at {one['endpoint']}" not in beat.troubles  # told above
            ]
            if beat.unread:
                lines.append(f"  .env has changed: start the bot again to take up {', '.join(beat.unread)}")
            if beat.problem:
                lines.append(f"  the last problem, {_ago(time.time() - beat.problem_at)} ago: {beat.problem}")
    oldest = f", the oldest for {_ago(counts.oldest_outgoing)}" if counts.outbox else ""
    lines += [
        f"Waiting: {counts.inbox} messages in, {counts.outbox} out{oldest}; {counts.asked} model requests",
        f"{counts.set_aside} set aside (nobody could read them)" if counts.set_aside else "Nothing set aside",
        f"People: {counts.chats} known, {sum(counts.standing.values())} in a conversation",
    ]
    standing = sorted(counts.standing.items(), key=lambda one: (-one[1], one[0]))
    lines += [f"  {people:>6}  {scenario}: {step}" for (scenario, step), people in standing[:40]]
    return lines


def _bot(beat: Beat) -> str:
    if not beat.runs:
        end = "was stopped" if beat.stopped else "was last heard of"
        return f"{beat.channel}: no bot runs; one {end} {_ago(time.time() - beat.at)} ago"
    live = f"files {beat.version[:12]}, live for {_ago(beat.at - beat.live_since)}"
    return f"{beat.channel}: runs for {_ago(beat.at - beat.since)} (pid {beat.pid}), {live}"


def _ago(seconds: float) -> str:
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {name}"
    return f"{max(0.0, seconds):.0f} s"
