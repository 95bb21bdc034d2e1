"""What the admin hears of what breaks and works again: each change once, and no flood."""

from __future__ import annotations

import pytest

from engine.runtime.troubles import MOST, SETTLED, WINDOW, Troubles


class Admin:
    """Hears; time goes by looks of a second."""

    def __init__(self) -> None:
        self.now = 0.0
        self.polled: dict[str, str] = {}
        self.heard: list[str] = []
        self.deaf = False
        self.troubles = Troubles(lambda: self.polled, self.tell, lambda: self.now)

    async def tell(self, text: str) -> bool:
        if not self.deaf:
            self.heard.append(text)
        return not self.deaf

    async def passes(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            await self.troubles.look()
            self.now += 1


@pytest.fixture
def admin() -> Admin:
    return Admin()


async def test_each_change_is_told_once(admin: Admin) -> None:
    for _ in range(2):
        admin.troubles.set("The model", "HTTP 500")
        await admin.passes(30)
        admin.troubles.set("The model", "HTTP 502")  # still broken: nothing new
        await admin.passes(30)
        admin.troubles.set("The model", "")
        await admin.passes(30)
    assert admin.heard == ["The model fails: HTTP 500", "The model works again."] * 2


async def test_what_passes_by_itself_is_told_to_nobody(admin: Admin) -> None:
    for _ in range(50):
        admin.polled = {"Telegram": "no connection"}
        await admin.passes(SETTLED - 1)
        admin.polled = {}
        await admin.passes(SETTLED - 1)
    assert admin.heard == []


async def test_what_flaps_for_ever_floods_nobody(admin: Admin) -> None:
    """And in the end the admin knows how it is."""
    for _ in range(int(WINDOW / 10)):
        admin.polled = {"Telegram": "no connection"}
        await admin.passes(5)
        admin.polled = {}
        await admin.passes(5)
    assert len(admin.heard) == MOST
    admin.polled = {"Telegram": "refused"}
    await admin.passes(WINDOW)
    assert admin.heard[-1] == "Telegram fails: refused"


async def test_who_cannot_be_told_now_is_told_later(admin: Admin) -> None:
    admin.deaf = True
    admin.troubles.set("The memory", "the disk is full")
    await admin.passes(30)
    admin.deaf = False
    await admin.passes(30)
    admin.troubles.set("The memory", "")
    await admin.passes(30)
    assert admin.heard == ["The memory fails: the disk is full", "The memory works again."]
