"""The five scenarios, chatted through over Telegram's wire with a model that answers."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.stage import jpeg, outcomes, rows, stage, talk

LEADS = ["timestamp", "chat_id", "client_name", "contact", "intent", "notes", "source", "status"]
ANKETA = (
    ("/register", "Девять коротких вопросов"),
    ("!Начать", "Твой пол"),
    ("!Женский", "Сколько тебе лет"),
    ("7", "от 10 до 100"),
    ("34 года", "рост"),
    ("95", "от 100 до 250"),
    ("метр 75", "весишь"),
    ("82,5 кг", "давно ты тренируешься"),
    ("!1-3 года", "добиться"),
    ("Похудение", "К какому весу"),
    ("75", "раз в неделю"),
    ("3", "Где будешь"),
    ("!В зале", "Проверь, всё верно?"),
)


async def test_onboarding_then_a_goal_with_a_photo_then_a_check_in_by_voice(tmp_path: Path) -> None:
    """Who comes first is asked three things; the goal's photo is seen by the model; the voice report is transcribed."""
    async with stage(tmp_path) as play:
        play.llm.reply({"profile": "Ты любишь бегать.", "first_step": "Надень кроссовки."}, when="главная цель")
        play.llm.reply({"motivation": "Видно горы на фото.", "first_step": "Выйди из дома."}, when="Фото приложено")
        play.llm.reply({"praise": "Пять километров!", "advice": "Завтра отдохни."}, when="сегодняшний отчёт")
        play.llm.transcript = "пробежала пять километров"
        anna = play.telegram.person(5, name="Анна")
        await talk(
            anna,
            ("/start", "Привет! Я Ориентир"),
            ("", "Как тебя зовут?"),
            ("Аня", "Приятно познакомиться, Аня!"),
            ("Пробежать марафон", "Где ты живёшь?"),
            ("!Москва", "Ты любишь бегать."),
            ("", "Чем займёмся?"),
            ("!🎯 Поставить цель", "Назови цель одной фразой"),
            ("10 км в мае", "Почему это важно"),
            ("Хочу медаль", "Пришли фото"),
        )
        await anna.sends_photo("мудборд", jpeg())
        await talk(
            anna,
            ("", "Видно горы на фото."),
            ("/checkin", "К какой цели отчёт?"),
            ("!10 км в мае", "Сколько ты весишь"),
            ("Пропустить", "Как прошёл день?"),
        )
        await anna.sends_voice()
        await anna.hears(containing="Пять километров!")
        assert await play.stop() == 0
        vision = next(one for one in play.llm.requests if "Фото приложено" in one.user)
        assert "image_url" in str(vision.messages[-1]["content"])
        assert "пробежала пять километров" in play.llm.requests[-1].text()
        [person], [goal], [checkin] = (rows(play.data / f"{name}.csv") for name in ("people", "goals", "checkins"))
        assert (person["name"], person["profile"], person["timezone"]) == ("Аня", "Ты любишь бегать.", "Europe/Moscow")
        assert (goal["title"], goal["status"]) == ("10 км в мае", "active")
        assert (play.data / goal["image"]).read_bytes()[:2] == b"\xff\xd8"
        assert (checkin["goal"], checkin["weight"]) == (goal["id"], "")
        [stored] = outcomes(play.data, "checkins")
        assert stored["feedback"] == {"praise": "Пять километров!", "advice": "Завтра отдохни."}


async def test_a_second_start_greets_by_name(tmp_path: Path) -> None:
    """Who is known is greeted by the name they gave, also after a restart, and gets the menu."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5, name="anna_2000")
        await talk(anna, ("/start", "зовут"), ("Аня", "цель"), ("Марафон", "живёшь"), ("!Москва", "Чем займёмся?"))
        await play.kill()
        await play.start()
        await talk(anna, ("/cancel", "остановились"), ("/start", "С возвращением, Аня!"), ("", "Чем займёмся?"))


async def test_registration_confirmed_after_a_correction_then_a_workout(tmp_path: Path) -> None:
    """Nine answers, one corrected line, nothing else asked again; then a workout of the catalog's exercises only."""
    async with stage(tmp_path) as play:
        plan = {
            "title": "Ноги и спина",
            "intro": "Бережно.",
            "exercises": [
                {"id": "barbell_squat", "sets": 3, "reps": "10", "weight": "", "rest": 60, "note": ""},
                {"id": "made_up_by_the_model", "sets": 3, "reps": "10", "weight": "", "rest": 60, "note": ""},
            ],
        }
        play.llm.reply(plan)
        anna = play.telegram.person(5)
        summary = await talk(anna, *ANKETA)
        assert "Вес, кг: 82,5" in summary.text
        await talk(anna, ("!Исправить", "Что исправить?"), ("!Вес, кг: 82,5", "весишь"), ("80", "Вес, кг: 80"))
        await talk(anna, ("!Всё верно", "Анкета готова"), ("/workout", "Ноги и спина"), ("", "Хорошей тренировки"))
        await talk(anna, ("!🏁 Завершить тренировку", "Отличная работа!"), ("получить тренировку", "Мышцы растут"))
        assert await play.stop() == 0
        [profile] = rows(play.data / "profiles.csv")
        assert {name: profile[name] for name in ("age", "height", "weight", "frequency", "equipment")} == {
            "age": "34", "height": "175", "weight": "80", "frequency": "3", "equipment": "gym",
        }  # fmt: skip
        [workout] = outcomes(play.data, "workouts")
        assert workout["status"] == "completed"
        assert [one["id"] for one in workout["exercises"]] == ["barbell_squat"]  # type: ignore[attr-defined] # a list
        links = [button["url"] for message in anna.chat.messages.values() for row in _rows(message) for button in row]
        assert links
        assert all(link.startswith("https://") for link in links)


async def test_a_lead_reaches_the_csv_and_the_managers_mailbox(tmp_path: Path) -> None:
    """The model chooses the questions; the contact is shared by Telegram's button; the manager gets one letter."""
    async with stage(tmp_path) as play:
        questions = iter(["Сколько заявок в день?", "Какая CRM?"])
        play.llm.reply(
            lambda request: (
                {"verdict": "ask", "question": question}
                if (question := next(questions, ""))
                else {"verdict": "ready", "question": ""}
            ),
            when="Уже задано вопросов",
        )
        play.llm.reply(
            {
                "service_ids": ["chat_bot", "invented"],
                "message": "Вам поможет бот.",
                "intent": "бот",
                "notes": "20 заявок",
            },
            when="Язык поля message",
        )
        boris = play.telegram.person(7, name="=Борис", username="boris")
        await talk(
            boris,
            ("/start consult_site", "Помогаем компаниям"),
            ("", "Какую задачу"),
            ("Теряем заявки", "Сколько заявок в день?"),
            ("Двадцать", "Какая CRM?"),
            ("Никакой", "Вам поможет бот."),
            ("", "Как с вами связаться?"),
        )
        assert "📱 Поделиться контактом" in boris.keyboard
        await boris.presses("📱 Поделиться контактом")
        await boris.hears(containing="Передал менеджеру")
        assert not boris.keyboard
        assert await play.stop() == 0
        header, *_ = (play.data / "leads.csv").read_text(encoding="utf-8-sig").splitlines()
        assert header.split(",") == LEADS
        [lead] = rows(play.data / "leads.csv")
        assert (lead["chat_id"], lead["contact"], lead["intent"]) == ("7", "+79161234567", "бот")
        assert lead["client_name"] == "'=Борис"
        assert (lead["source"], lead["status"]) == ("telegram", "qualified")
        assert lead["timestamp"].endswith("+03:00")  # the bot's time zone
        [letter] = play.mail.mails
        assert letter.recipients == ["manager@orientir.test"]
        assert "+79161234567" in letter.message.get_content()
        code, history, _ = await play.command("history", "export", "--person", "telegram:7")
        assert code == 0
        assert "Теряем заявки" in history
        assert "Вам поможет бот." in history


async def test_without_a_model_every_scenario_still_ends_well(tmp_path: Path) -> None:
    """Every llm step takes its `if_fails`, and the lead's contact is still collected."""
    async with stage(tmp_path, with_model=False) as play:
        boris = play.telegram.person(7, name="Борис")
        await talk(
            boris,
            ("/consult", "Какую задачу"),
            ("Нужен бот", "Чем занимается ваша компания"),
            ("Цветы", "Как вы решаете"),
            ("!Затрудняюсь ответить", "К какому сроку"),
            ("Весна", "Сервис временно недоступен, давайте обменяемся контактами"),
            ("", "Как с вами связаться?"),
            ("даже не знаю", "Не похоже на контакт"),
            ("@boris_flowers", "Передал менеджеру"),
        )
        await talk(boris, *ANKETA, ("!Всё верно", "Анкета готова"), ("/workout", "проверенную базовую тренировку"))
        await talk(
            boris,
            ("/new_goal", "Назови цель"), ("Цель", "Почему"), ("Так", "Пришли фото"),
            ("!Без фото", "Мозг коуча сейчас перезагружается"),
        )  # fmt: skip
        assert await play.stop() == 0
        [lead] = rows(play.data / "leads.csv")
        assert (lead["contact"], lead["status"], lead["intent"]) == ("@boris_flowers", "new", "Нужен бот")
        assert len(play.mail.mails) == 1


async def test_a_refused_contact_is_respected(tmp_path: Path) -> None:
    """No contact, no letter; the lead is kept as rejected."""
    async with stage(tmp_path, with_model=False) as play:
        boris = play.telegram.person(7, name="Борис")
        await talk(boris, ("/consult", "Какую задачу"), ("Бот", "Чем"), ("А", "Как"), ("Б", "К какому"))
        await talk(boris, ("В", "Как с вами связаться?"), ("Не сейчас", "Понимаю. Если передумаете"))
        assert await play.stop() == 0
        [lead] = rows(play.data / "leads.csv")
        assert (lead["contact"], lead["status"]) == ("", "rejected")
        assert not play.mail.mails


async def test_the_menu_of_commands_is_published_in_both_languages(tmp_path: Path) -> None:
    """Telegram's menu lists the scenarios' commands with their titles."""
    async with stage(tmp_path, with_model=False) as play:
        await play.telegram.until(lambda: len(play.telegram.world.commands) >= 2, 30)
        russian, english = (
            {one["command"]: one["description"] for one in commands}
            for (_, language), commands in sorted(play.telegram.world.commands.items())
            if language in ("", "en")
        )
        assert (russian["workout"], english["workout"]) == ("Тренировка", "Workout")


def _rows(message: dict[str, object]) -> list[list[dict[str, str]]]:
    markup = message.get("reply_markup") or {}
    rows = markup.get("inline_keyboard", [])  # type: ignore[attr-defined] # raw JSON
    return [[button for button in row if "url" in button] for row in rows]
