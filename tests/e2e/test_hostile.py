"""Hostile people and careless or hostile authors, through the whole bot: it lives on and does what was written."""

from __future__ import annotations

import time
from pathlib import Path

from tests.e2e.stage import Stage, copy_project, eventually, outcomes, rows, stage, talk

BOMBS = {
    "big": "{{ 'a' * 10**9 }}",
    "loops": "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "power": "{{ 10 ** (10 ** 8) }}",
    "inside": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "padded": "{{ '%1000000000d' | format(1) }}",
    "joined": "{{ range(10**8) | join('x') }}",
    "circle": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
}


def write(root: Path, name: str, starts: str, steps: str, more: str = "") -> None:
    text = f"format: 1\nscenario: {name}\n{more}starts_on: {starts}\nsteps:\n{steps}"
    (root / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")


async def test_bombs_of_an_author_are_bounded_and_the_bot_lives_on(tmp_path: Path) -> None:
    """A template that would eat the machine costs an apology; the log names the place; others talk on."""
    root = copy_project(tmp_path / "bot")
    for name, bomb in BOMBS.items():
        write(root, f"bomb_{name}", f"[/bomb_{name}]", f'  - say: "{bomb}"\n')
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        for name in BOMBS:
            began = time.monotonic()
            await talk(anna, (f"/bomb_{name}", "сломалось"), patience=15)
            assert time.monotonic() - began < 5, name
            assert f"scenarios/bomb_{name}.yaml" in play.console
        await talk(anna, ("/menu", "Чем займёмся"))
        assert play.process is not None
        assert play.process.returncode is None


async def test_a_catastrophic_pattern_holds_nobody_up(tmp_path: Path) -> None:
    """It counts as not found after its time."""
    root = copy_project(tmp_path / "bot")
    write(root, "evil", '[{pattern: "(a+)+$"}]', "  - say: never\n")
    write(root, "asks", "[/asks]", '  - ask: code\n    question: code?\n    pattern: "(a+)+"\n    if_wrong: no\n')
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        began = time.monotonic()
        await talk(anna, ("a" * 900 + "!", "Не уверен, что понял"), ("/asks", "code?"), ("a" * 900 + "!", "no"))
        assert time.monotonic() - began < 3


async def test_a_persons_words_choose_no_path_template_or_route(tmp_path: Path) -> None:
    """Payloads, names, captions, button data and file names are data, wherever an author puts them."""
    root = copy_project(tmp_path / "bot")
    steps = '  - say: "got {{ start.payload }}"\n    photo: "{{ start.payload }}"\n'
    write(root, "show", '["/show *"]', steps)
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"\xff\xd8secret")
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5, name="{% raw %}")
        for payload in ("../../secret.jpg", str(secret), "{{ settings }}", "../.env", "data/engine.db"):
            heard = await talk(anna, (f"/show {payload}", "got"))
            assert heard.text == f"got {payload}"
            assert not heard.media
        question = await talk(anna, ("/register", "Девять"))
        for data in ("{{7*7}}:x", ":", "::::", "../../x", "a" * 64, "0:!fix", f"{'я' * 30}:1"):
            await (await anna.presses_data(data, question.id)).answered()
        await talk(anna, ("!Начать", "Твой пол"))
        assert not any(file.content.startswith(b"\xff\xd8secret") for file in play.telegram.world.files.values())


async def test_only_the_admin_starts_what_is_the_admins(tmp_path: Path) -> None:
    """`only_admin`: to everybody else the scenario is not there, in the menu neither."""
    root = copy_project(tmp_path / "bot")
    write(root, "reset_all", "[/reset_all, сбрось всё]", "  - say: done\n", "title: Сброс\nonly_admin: true\n")
    async with stage(tmp_path, with_model=False, ADMIN_CHAT_ID="5") as play:
        admin, eve = play.telegram.person(5), play.telegram.person(6)
        await talk(admin, ("/reset_all", "done"))
        await talk(eve, ("/reset_all", "Не знаю команды /reset"), ("сбрось всё", "Не уверен, что понял"))
        assert not any("done" in line for line in eve.transcript)
        assert "/reset_all" not in (await talk(eve, ("/help", "Что я умею"))).text
        await _published(play)
        assert "reset_all" not in str(play.telegram.world.commands)


async def _published(play: Stage) -> None:
    await play.telegram.until(lambda: play.telegram.world.commands, 30)


async def test_the_admin_hears_of_trouble_once(tmp_path: Path) -> None:
    """A template that fails again and again is told to the admin chat once."""
    root = copy_project(tmp_path / "bot")
    write(root, "bad", "[/bad]", '  - say: "{{ 1 / 0 }}"\n')
    async with stage(tmp_path, with_model=False, ADMIN_CHAT_ID="5") as play:
        admin, anna = play.telegram.person(5), play.telegram.person(6)
        for _ in range(3):
            await talk(anna, ("/bad", "сломалось"))
        await talk(admin, ("", "scenarios/bad.yaml:5"), ("/menu", "Чем займёмся"))
        assert sum("bad.yaml" in line for line in admin.transcript) == 1


HOSTILE = (
    "{{ 7*7 }}{% raw %}",
    "*_[x](http://a.b)`~ **",
    "\u202eабв\u202c\u200f",
    "😀" * 2048,
    "нуль\0байт",
    "=1+1",
    "+7@SUM(A1)",
    "Тема\r\nBcc: eve@example.com\r\n\r\n.\r\n",
    '"; DROP TABLE records; --',
    "<b>&amp;</b>",
)


async def test_hostile_words_are_shown_as_they_are_everywhere(tmp_path: Path) -> None:
    """In the chat, TinyDB, CSV and the letter's subject and text; a formula is none; the log has nothing of them."""
    root = copy_project(tmp_path / "bot")
    steps = """  - ask: what
    question: Что?
  - save: feedback
    fields: {rating: 5, comment: "{{ what }}"}
  - notify: manager
    subject: "Тема {{ person.name }} {{ what }}"
    text: "Письмо: {{ what }}"
  - say: "Сказано: {{ what }}"
"""
    write(root, "hostile", "[/hostile]", steps)
    async with stage(tmp_path, with_model=False) as play:
        for number, words in enumerate(HOSTILE):
            anna = play.telegram.person(200 + number, name=words[:60])
            await talk(anna, ("/hostile", "Что?"), (words, "Сказано"))
            await eventually(lambda number=number: len(play.mail.mails) > number)  # type: ignore[misc] # bound at once
            said = "".join(line.removeprefix("bot: ") for line in anna.transcript if line.startswith("bot: "))
            assert said.split("Сказано: ", 1)[1].replace("\r", "") == words.replace("\r", "").strip(), words[:40]
            letter = play.mail.mails[-1].message
            assert len(letter.get_all("Subject", [])) == 1
            assert letter["Bcc"] is None
            assert "\n" not in letter["Subject"]
            assert str(letter["To"]) == "manager@orientir.test"
            assert letter["Subject"].startswith("Тема ")
        await play.stop()
        kept = [str(row["comment"]) for row in outcomes(play.data, "feedback")]
        assert len(kept) == len(HOSTILE)
        assert HOSTILE[0] in kept  # wherever: rows of one second stand in any order
        assert HOSTILE[3] in kept
        cells = [row["comment"] for row in rows(play.data / "feedback.csv")]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        assert "'=1+1" in cells
        log = play.console + (play.root / "bot.log").read_text(encoding="utf-8")
        assert not [words for words in HOSTILE if words[:9] in log and words != "=1+1"]
        assert play.telegram.token not in log
