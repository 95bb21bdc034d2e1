"""What is kept of the ways that people went: names and short values, there and back."""

from __future__ import annotations

from engine.core.because import because
from engine.core.effects import SendMessage, Walked
from engine.core.events import ModelReplied, TextReceived
from engine.core.scope import Scope
from engine.core.template import Expression
from engine.core.trail import decode, encode

SAID = TextReceived(id="1", at=1.0, text="secret")


def test_there_and_back() -> None:
    """All but the step's number comes back in order; other effects, and what a re-walk came by, are left out."""
    ways = [
        Walked("started", "talk", conversation="c1"),
        Walked("branch", "talk", "~if-1", "yes", "c1", 3, (("age", 7), ("name", "Anna" * 40), ("rows", [{}, {}]))),
        Walked("branch", "talk", "~if-2", "no", "c1", 4, (), again=True),
        Walked("asked", "other", "mood", "", "c2", 0),
    ]
    body = encode(SAID, [ways[0], SendMessage("secret"), *ways[1:]])
    assert b"secret" not in body
    back = list(decode(body))
    assert [(one.what, one.scenario, one.step, one.detail, one.conversation) for one in back] == [
        ("started", "talk", "", "", "c1"),
        ("branch", "talk", "~if-1", "yes", "c1"),
        ("asked", "other", "mood", "", "c2"),
    ]
    assert back[1].values == (("age", 7), ("name", ("Anna" * 40)[:59] + "…"), ("rows", "[2]"))
    assert encode(SAID, [SendMessage("secret")]) == b""


def test_what_a_reply_cost() -> None:
    """Seconds and tokens go with the step that the model replied to."""
    event = ModelReplied(id="1", at=1.0, request="r", reply="yes", spent={"seconds": 1.5, "tokens_in": 8})
    [back] = decode(encode(event, [Walked("model_replied", "talk", "wish", "", "c1", 2)]))
    assert dict(back.values) == {"seconds": 1.5, "tokens_in": 8}


def test_bytes_of_another_version_are_passed_by() -> None:
    """A trail that cannot be read is no reason to show nothing of the rest."""
    for body in (b"", b"{", b"[1]", b'{"a": 1}', b'[["c", [["talk"]]]]'):
        assert list(decode(body)) == []


def test_why() -> None:
    """The names that a condition looks at, with their attributes, and what they stood for; no functions."""
    expression = Expression(
        "goal.kind == 'weight' and not hurt and hours_since(last.at) < limit or goal.kind and nobody.x"
    )
    goal = {"kind": "weight", "id": 5}
    scope = Scope({"goal": goal, "last": None}, frozenset({"hurt"}), {"limit": 12, "hours_since": len})
    assert because(scope, expression) == (
        ("goal.kind", "weight"),
        ("hurt", None),
        ("last.at", None),
        ("limit", 12),
    )
