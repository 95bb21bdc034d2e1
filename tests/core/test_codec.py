"""What the outbox keeps is read back as it was; what another version wrote is not read by halves."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.codec import decode, encode
from engine.core.effects import (
    AskModel,
    Button,
    CloseQuestion,
    KeepFile,
    Media,
    Notify,
    RedrawQuestion,
    SendMessage,
    Walked,
)

BUTTON = Button("Да 🙂", "q1:yes", row=1, number=2)


@pytest.mark.parametrize(
    "effect",
    [
        SendMessage("Привет\n*мир*", question="q1", buttons=(BUTTON,), media=Media("photo", file={"path": "media/a"})),
        RedrawQuestion("q1", (BUTTON,), "Ещё"),
        CloseQuestion("q1", "Да"),
        AskModel("r1", "advice", "feedback", "…", "…", returns={"type": "object"}, images=({"kind": "photo"},)),
        Notify("n1", "manager", "Заявка", "Анна"),
        KeepFile({"path": "media/a.jpg", "size": 3}),
    ],
)
def test_there_and_back(effect: Any) -> None:
    assert decode(encode(effect)) == effect


def test_what_is_not_kept() -> None:
    with pytest.raises(TypeError, match="Walked is not kept in the outbox"):
        encode(Walked("asked", "talk"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"[[], 1]",
        b'["SendMessage"]',
        b'["Whisper", {"text": "a"}]',
        b'["SendMessage", 5]',
        b'["SendMessage", {}]',
        b'["SendMessage", {"text": 1}]',
        b'["SendMessage", {"text": "a", "tone": "soft"}]',
        b'["SendMessage", {"text": "a", "buttons": [{"label": "b", "tone": "soft"}]}]',
        b'["SendMessage", {"text": "a", "media": {"kind": "photo", "tone": "soft"}}]',
    ],
)
def test_what_another_version_wrote(body: bytes) -> None:
    with pytest.raises(ValueError, match="an effect that this version cannot read"):
        decode(body)
