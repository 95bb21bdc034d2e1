"""A town of people who talk to the bot while it is killed and every wire fails; and the count of what went wrong.

Each person goes through the five scenarios by a script that only ever answers what was asked. The bot's own history,
written in the turn's transaction, says what should have arrived how often; the chats say what did.
"""

from __future__ import annotations

import asyncio
import random
import re
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.bot_api import BotApi, Fault, Person
from tests.bot_api.people import BotMessage
from tests.e2e.stage import Stage, jpeg, outcomes, rows, talk
from tests.openai_api import ChatRequest

_PICTURE = re.compile(r"^\[[a-z_]+\] ")
METHODS = ("sendMessage", "getUpdates", "answerCallbackQuery", "editMessageText", "getFile")
PATIENCE = 60.0  # s of peace in which nobody hears anything: who still waits then is stuck
FOREVER = 86_400.0  # s: while the bot is killed again and again people wait, on a slow machine too


@dataclass
class Wrong:
    """What must all be zero, and how much was seen."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)  # law 4: two attempts of unknown outcome, and not a third one
    waiting: list[str] = field(default_factory=list)  # people whose question was one of these
    repeats: int = 0  # messages that came a second time because nobody could know: allowed, once each
    messages: int = 0
    records: int = 0

    def __str__(self) -> str:
        counts = ", ".join(f"{name} {len(getattr(self, name))}" for name in ("lost", "doubled", "stuck", "wrong"))
        bound = f"within law 4's bound: {len(self.given_up)} given up, {len(self.waiting)} wait for one of them"
        return f"{counts}; {bound}; {self.messages} messages ({self.repeats} repeated once), {self.records} records"

    def all(self) -> list[str]:
        return [f"{name}: {one}" for name in ("lost", "doubled", "stuck", "wrong") for one in getattr(self, name)]


@dataclass
class NobodyKnows(Fault):
    """A cut or a gateway's page without any effect, once for a message: law 4 gives up what met two of them."""

    telegram: BotApi | None = None

    def takes(self, method: str, chat: int | None) -> bool:
        assert self.telegram is not None
        mine = [data for _, data in self.telegram.calls[-2000:] if str(data.get("chat_id")) == str(chat)]
        again = bool(mine) and any(data.get("text") == mine[-1].get("text") for data in mine[:-1])
        return not again and super().takes(method, chat)


class Town:
    """`people` at once; whoever is through is followed by the next one, until `enough()` says so."""

    def __init__(self, play: Stage, people: int, chance: random.Random, letters_late: bool = False) -> None:
        self.play = play
        self.chance = chance
        self.wrong = Wrong()
        self.done: list[int] = []
        self.halted: list[int] = []
        self.kills = 0
        self._people = people
        self._letters_late = letters_late
        self._cut: set[int] = set()
        self._photo = jpeg(300, 200)
        play.llm.reply(_next_question, when="Уже задано вопросов")

    async def run(self, kills: int, longest: float = 1.5) -> Wrong:
        """Kill the bot `kills` times while people talk, let everybody finish in peace, then count."""
        self._next = 100
        faults = asyncio.create_task(self._faults())
        people = [asyncio.create_task(self._lives(kills)) for _ in range(self._people)]
        while self.kills < kills:
            if self.chance.random() < 0.2:
                await self.play.spawn()  # killed while it starts
                await asyncio.sleep(self.chance.uniform(0, 0.6))
            else:
                began = time.monotonic()
                await self.play.start()  # a slow machine is given more time to do something between two kills
                await asyncio.sleep(self.chance.uniform(0, max(longest, 2 * (time.monotonic() - began))))
            await self.play.kill()
            self.kills += 1
        faults.cancel()
        self.play.telegram._faults.clear()
        self.play.llm.heal()
        self.play.mail.next.clear()
        await self.play.start()
        await self._peace(people)
        await self._letters()
        code = await self.play.stop()
        if code != 0:
            self.wrong.wrong.append(f"exit code {code} after SIGTERM")
        self._count()
        return self.wrong

    async def _lives(self, kills: int) -> None:
        while True:
            number = self._next
            self._next += 1
            person = self.play.telegram.person(number, name=f"Имя{number}")
            try:
                await self._talks(person)
            except asyncio.CancelledError:
                self.wrong.stuck.append(f"{number}: waits after … {' / '.join(person.transcript[-3:])}")
                self.halted.append(number)
                return
            except AssertionError as error:  # what was to be pressed is not there
                self.wrong.wrong.append(f"{number}: {str(error)[:300]}")
                self.halted.append(number)
                return
            self.done.append(number)
            if self.kills >= kills:
                return

    async def _peace(self, people: list[asyncio.Task[None]]) -> None:
        """Let everybody finish, as long as anything moves at all."""
        heard, since = -1, time.monotonic()
        while not all(task.done() for task in people):
            await asyncio.sleep(0.2)
            now = sum(len(chat.messages) for chat in self.play.telegram.world.chats.values())
            if now != heard:
                heard, since = now, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                for task in people:
                    task.cancel()
        await asyncio.gather(*people)

    async def _talks(self, person: Person) -> None:
        await talk(
            person,
            ("/start", "Как тебя зовут?"), ("Иван", "главная цель"), (f"Цель {person.id}", "Где ты живёшь"),
            ("!Самара", "Первый шаг"), ("", "Чем займёмся?"), ("!🎯 Поставить цель", "Назови цель"),
            (f"Гора {person.id}", "Почему это важно"), ("Так", "Пришли фото"), patience=FOREVER,
        )  # fmt: skip
        await person.sends_photo(content=self._photo)
        await talk(
            person,
            ("", f"🎯 Гора {person.id}"),
            ("/checkin", "К какой цели"), (f"!Гора {person.id}", "Сколько ты весишь"), ("70,5", "Как прошёл день"),
            (f"Отчёт {person.id}", "💡"),
            ("/register", "Девять коротких"), ("!Начать", "Твой пол"), ("!Мужской", "Сколько тебе лет"),
            ("40", "рост"), ("180", "весишь"), ("81,5", "тренируешься"), ("!Начинающий", "добиться"),
            ("!Похудение", "К какому весу"), ("75", "раз в неделю"), ("!3 раза", "Где будешь"),
            ("!Свой вес", "всё верно?"), ("!Всё верно", "Анкета готова"),
            ("/workout", "Хорошей тренировки"), ("!🏁 Завершить тренировку", "Отличная работа"),
            ("/consult", "Какую задачу"), (f"Задача {person.id}", "Чем занимается"), ("Цветы", "Как вы решаете"),
            ("Никак", "К какому сроку"), ("Весна", "Как с вами связаться"),
            (f"@person{person.id}", "Передал менеджеру"), patience=FOREVER,
        )  # fmt: skip

    async def _faults(self) -> None:
        """A fault somewhere every tenth of a second, a few at most in wait on Telegram's wire."""
        telegram, llm, chance = self.play.telegram, self.play.llm, self.chance
        while True:
            await asyncio.sleep(chance.uniform(0.02, 0.2))
            telegram._faults = [fault for fault in telegram._faults if fault.met < fault.times][-4:]
            method = chance.choices(METHODS, (8, 1, 4, 4, 2))[0]
            kinds: list[Fault] = [
                Fault.flood(1, method),
                Fault.broken(method),
                Fault(method, cut="after"),
                Fault(method, delay=0.3),
            ]
            uncut = sorted(telegram.world.chats.keys() - self._cut)
            if uncut and chance.random() < 0.3:  # nothing happened and nobody can know: twice would be once too often
                chat = chance.choice(uncut)
                self._cut.add(chat)
                page = (502, "<html><h1>502 Bad Gateway</h1></html>")
                kinds = [
                    NobodyKnows("sendMessage", chat, page=page, telegram=telegram),
                    NobodyKnows("sendMessage", chat, cut="before", telegram=telegram),
                ]
            elif method != "sendMessage":
                kinds += [Fault.gateway(method), Fault(method, cut="before")]
            telegram.fault(chance.choice(kinds))
            if len(llm.faults) < 3:
                llm.fail_next(chance.choice(["html", "null", "broken_json", 500, "refusal", "cut"]))
            if self._letters_late:  # a mail server that says «later» is left in peace for a minute
                self.play.mail.next[chance.choice(["MAIL", "RCPT", "DATA"])] = "451 later"

    async def _letters(self) -> None:
        """A mail server that said «later» is asked again after a while."""
        for _ in range(int(PATIENCE * 10)):
            if len({str(mail.message["Message-ID"]) for mail in self.play.mail.mails}) >= len(self.done):
                return
            await asyncio.sleep(0.1)

    # what it came to --------------------------------------------------------------------------------------------

    def _count(self) -> None:
        with sqlite3.connect(self.play.data / "engine.db") as database:
            self._count_queues(database)
            self._count_messages(database)
            self._count_records(database)
        self._count_letters()
        self._set_apart()

    def _set_apart(self) -> None:
        """What law 4 allows is no mistake: the bot said that it gave a message up, after two attempts that it had
        marked. A kill between mark and wire makes an attempt that no server saw."""
        said = self.play.console.count("it was tried 2 times, and may have arrived or not")
        lost = [one for one in self.wrong.lost if "' came " in one or '" came ' in one]
        if len(lost) > said:
            return  # more than the bot knows of: every one is looked at
        self.wrong.given_up += lost
        self.wrong.lost = [one for one in self.wrong.lost if one not in lost]
        chats = {one.split(":")[0] for one in lost}
        self.wrong.waiting = [one for one in self.wrong.stuck if one.split(":")[0] in chats]
        self.wrong.stuck = [one for one in self.wrong.stuck if one not in self.wrong.waiting]

    def _count_queues(self, database: sqlite3.Connection) -> None:
        for table in ("inbox", "outbox", "asked", "quarantine"):
            left = database.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - the names stand above
            self.wrong.stuck += [f"left in {table}: {str(row)[:200]}" for row in left]

    def _count_messages(self, database: sqlite3.Connection) -> None:
        for number in sorted({*self.done, *self.halted}):
            chat = self.play.telegram.world.chats[number]
            said = Counter(_kept(text) for (text,) in database.execute(
                "SELECT text FROM history WHERE chat = ? AND role = 'assistant'", (f"telegram:{number}",)
            ))  # fmt: skip
            heard = Counter(_kept(BotMessage(raw).text) for raw in chat.messages.values() if raw["from"]["is_bot"])
            self.wrong.messages += sum(heard.values())
            for text in said.keys() | heard.keys():
                wanted, came = said[text], heard[text]
                if came < wanted:
                    tried = sum(
                        str(data.get("chat_id")) == str(number) and _kept(str(data.get("text", ""))) == text
                        for method, data in self.play.telegram.calls
                        if method == "sendMessage"
                    )
                    self.wrong.lost.append(
                        f"{number}: {text!r} came {came} times, not {wanted}; the server saw {tried} attempts"
                    )
                elif came > 2 * wanted:
                    self.wrong.doubled.append(f"{number}: {text!r} came {came} times, not {wanted}")
                self.wrong.repeats += max(0, came - wanted)
            users = Counter(text for (text,) in database.execute(
                "SELECT text FROM history WHERE chat = ? AND role = 'user'", (f"telegram:{number}",)
            ))  # fmt: skip
            for text in (
                () if number in self.halted else (f"Цель {number}", f"Отчёт {number}", f"Задача {number}", "/register")
            ):
                if users[text] != 1:
                    self.wrong.wrong.append(f"{number}: {text!r} was handled {users[text]} times")

    def _count_records(self, database: sqlite3.Connection) -> None:
        expected = {
            "people": ("main_goal", "Цель {}"), "goals": ("title", "Гора {}"), "checkins": ("report", "Отчёт {}"),
            "profiles": ("weight", "81.5"), "workouts": ("status", "completed"), "leads": ("contact", "@person{}"),
        }  # fmt: skip
        data = self.play.data
        for collection, (name, value) in expected.items():
            stored = database.execute(
                "SELECT person, json_extract(fields, ?) FROM records WHERE collection = ? AND NOT withdrawn",
                (f"$.{name}", collection),
            ).fetchall()
            person = "chat_id" if collection == "leads" else "person"
            sheets = {
                "memory": [(who, str(what)) for who, what in stored],
                "tinydb": [(str(row["person"]), str(row[name])) for row in outcomes(data, collection)],
                "csv": [(_chat(row[person]), row[name]) for row in rows(data / f"{collection}.csv")],
            }  # fmt: skip
            for where, found in sheets.items():
                self.wrong.records += len(found)
                counted = Counter(found)
                for number in self.done:
                    one = (f"telegram:{number}", value.format(number))
                    if counted[one] < 1:
                        self.wrong.lost.append(f"{collection} of {number} is not in {where}")
                    if counted[one] > 1:
                        self.wrong.doubled.append(f"{collection} of {number} is {counted[one]} times in {where}")
                if len(found) != len(counted) or (not self.wrong.stuck and len(found) != len(self.done)):
                    self.wrong.wrong.append(f"{where} has {len(found)} {collection} for {len(self.done)} people")

    def _count_letters(self) -> None:
        letters = Counter(str(mail.message["Message-ID"]) for mail in self.play.mail.mails)
        missing = len(self.done) - len(letters)
        given_up = self.play.console.count("Not delivered (mail): it was tried 2 times, and may have arrived or not")
        if missing:
            apart = self.wrong.given_up if 0 < missing <= given_up else self.wrong.lost
            apart.append(f"{len(letters)} letters for {len(self.done)} leads")
        self.wrong.doubled += [f"letter {key} came {count} times" for key, count in letters.items() if count > 2]


def _next_question(request: ChatRequest) -> dict[str, str]:
    """The model asks what the scripted questions ask, so that a person's script fits both."""
    asked = int(request.user.split("Уже задано вопросов: ")[1][0])
    question = ("Чем занимается фирма?", "Как вы решаете это?", "К какому сроку?", "")[asked]
    return {"verdict": "ask" if question else "ready", "question": question}


def _chat(number: str) -> str:
    return number if number.startswith("telegram:") else f"telegram:{number}"


def _kept(text: str) -> str:
    """A message as it was sent: without the answer that was shown beneath it later, and without its picture."""
    return _PICTURE.sub("", text.rsplit("\n✓ ", 1)[0]).strip()
