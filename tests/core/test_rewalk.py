"""The rules of re-walking (design.md, law 3), one by one, where a person would notice."""

from __future__ import annotations

from engine.core.effects import (
    AskModel,
    CloseQuestion,
    FindRecords,
    Notify,
    SaveRecord,
    SendMessage,
    Walked,
    WithdrawRecord,
)
from engine.core.events import FilesReceived, RecordsFound, TextReceived
from engine.core.session import Session
from tests.driver import HOLD, Driver, Failure, build

TWO = """
  - ask: a
    question: a?
  - ask: b
    question: b?
"""


def at_b(steps: str = TWO, **more: object) -> Driver:
    driver = Driver(build(steps), **more)  # type: ignore[arg-type] # what Driver takes
    driver.say("/talk")
    driver.say("x")
    return driver


# rule 2: keys ---------------------------------------------------------------------------------------------------


def test_second_visit_has_a_place_of_its_own() -> None:
    """A step that is met twice in one walk is two entries."""
    driver = Driver(
        build("""
  - goto: second
  - name: first
    say: one
  - ask: a
    question: "{{ a }}?"
  - if: a == 'stop'
    then: end
  - goto: last
  - name: second
    say: two
  - goto: first
  - name: last
    say: last
  - ask: z
    question: z?
""")
    )
    assert driver.say("/talk") == ["two", "one", "?"]
    assert driver.say("x") == ["last", "z?"]


def test_items_are_known_by_identity() -> None:
    """A list that changes its order loses no answer."""
    steps = """
  - each: one
    in: catalog.things
    do:
      - ask: n
        question: "{{ one.title }}?"
      - save: sets
        fields: {thing: "{{ one.id }}", n: "{{ n }}"}
"""
    old = {"catalog/things.yaml": "[{id: a, title: Раз}, {id: b, title: Два}, {id: c, title: Три}]"}
    new = {
        "catalog/things.yaml": "[{id: c, title: Три}, {id: n, title: Новый}, {id: b, title: Два}, {id: a, title: Раз}]"
    }
    driver = Driver(build(steps, old))
    driver.say("/talk")
    driver.say("1")
    assert driver.say("2") == ["Три?"]
    driver.project = build(steps + "  - say: Всё\n", new)
    assert driver.say("3") == ["Новый?"]
    assert driver.say("4") == ["Всё"]
    assert {row["thing"]: row["n"] for row in driver.records("sets")} == {"a": "1", "b": "2", "c": "3", "n": "4"}


# rules 3 and 4: entries -----------------------------------------------------------------------------------------


def test_changed_limits_ask_again_with_a_word_why() -> None:
    """A kept answer is read by today's step; one that fits no more is asked again, the others are not."""
    driver = at_b("""
  - ask: a
    question: a?
    answer: text
  - ask: b
    question: b?
""")
    driver.project = build("""
  - ask: a
    question: a?
    answer: integer
  - ask: b
    question: b?
  - say: "{{ a }} {{ b }}"
""")
    said = driver.say("bee")
    assert said == ["На этот вопрос уже был ответ, но теперь он не подходит.\nНужно целое число, например 5.\n\na?"]
    assert driver.say("5") == ["5 bee"]


def test_deleted_step_that_comes_back() -> None:
    """What a walk does not meet stays, so deleting a step and bringing it back loses nothing."""
    driver = at_b(TWO)
    driver.project = build("  - ask: b\n    question: b?\n  - ask: c\n    question: c?\n")
    assert driver.say("y") == ["c?"]
    driver.project = build(TWO + "  - ask: c\n    question: c?\n  - say: '{{ a }}{{ b }}{{ c }}'\n")
    assert driver.say("z") == ["xyz"]


def test_branch_flipped_and_flipped_back() -> None:
    """The answers of a branch that a correction left are still there when the correction is taken back."""
    driver = at_b("""
  - ask: a
    question: a?
  - if: a == 'x'
    then:
      - ask: inner
        question: inner?
  - ask: b
    question: b?
""")
    assert driver.say("deep") == ["b?"]
    driver.edit("m4", "y")
    assert driver.standing == "b"
    assert "inner" not in driver.variables
    driver.edit("m4", "x")
    assert driver.standing == "b"
    assert driver.variables["inner"] == "deep"


def test_date_of_another_day() -> None:
    """«завтра» and `min: today` mean what they meant when they were answered."""
    driver = Driver(
        build("""
  - ask: day
    question: day?
    answer: date
    min: today
  - ask: b
    question: b?
  - say: "{{ day }}"
""")
    )
    driver.say("/talk")
    driver.say("завтра")
    driver.at += 30 * 86_400
    driver.say("/back")
    assert driver.standing == "day"
    driver.say("/language ru")
    driver.at += 30 * 86_400
    driver.session.active.reopened = ""  # type: ignore[union-attr] # the person has a talk
    driver.say("/language ru")
    assert driver.standing == "b"
    assert driver.say("x") == ["2026-11-19"]


# rule 5: loops --------------------------------------------------------------------------------------------------

LOOP = """
  - ask: before
    question: before?
  - set: {count: 0, all: []}
  - ask: what
    question: "what {{ count }}?"
    choices: {a: А, b: Б}
  - set: {count: "{{ count + 1 }}", all: "{{ all + [what] }}"}
  - save: things
    fields: {what: "{{ what }}", before: "{{ before }}"}
  - ask: more
    question: more?
    answer: yes_no
  - if: more
    then: {goto: what}
  - ask: z
    question: "{{ count }} {{ all }} {{ labels.what }}"
"""


def test_loop_keeps_its_counters_over_edits() -> None:
    """Counters and lists of finished rounds stay over a re-walk; each round saves its own record."""
    driver = Driver(build(LOOP))
    for line in ("/talk", "x", "a", "да", "b", "да"):
        driver.say(line)
    driver.project = build(LOOP + "  - say: end\n")
    driver.say("a")
    assert driver.say("нет") == ["3 a, b, a А"]
    assert [row["what"] for row in driver.records("things")] == ["a", "b", "a"]
    assert len({one.id for one in driver.ever(SaveRecord)}) == 3


def test_back_goes_one_round_back_at_most() -> None:
    """/back leads into the round before, where all stands as it did then; from there it leads to before the loop, which
    begins as at first. What the finished rounds saved stays."""
    driver = Driver(build(LOOP))
    for line in ("/talk", "x", "a", "да", "b", "да"):
        driver.say(line)
    assert driver.standing == "what"
    assert driver.say("/back") == ["more?"]
    assert driver.variables["all"] == ["a", "b"]
    assert driver.say("/back") == ["what 1?"]
    assert driver.variables["all"] == ["a"]
    assert driver.say("/back") == ["before?"]
    assert "all" not in driver.variables
    assert driver.say("y") == ["what 0?"]
    driver.say("b")
    assert driver.say("нет") == ["1 b Б"]
    kept = {"what": "a", "before": "x"}
    assert driver.records("things") == [kept, {"what": "b", "before": "y"}]


def test_a_correction_before_a_loop_leaves_its_finished_rounds() -> None:
    """Their values stay."""
    driver = Driver(build(LOOP))
    driver.say("/talk")
    driver.say("x", message="first")
    driver.say("a")
    driver.say("да")
    driver.edit("first", "y")
    assert driver.standing == "what"
    driver.say("b")
    assert driver.say("нет") == ["2 a, b Б"]
    assert driver.records("things") == [{"what": "a", "before": "x"}, {"what": "b", "before": "y"}]


def test_a_corrected_branch_does_not_answer_for_the_next_round() -> None:
    """What a correction left dormant within the loop goes when the loop starts anew."""
    driver = Driver(
        build("""
  - ask: head
    question: head?
  - if: head == 'x'
    then:
      - ask: inner
        question: inner?
  - ask: more
    question: more?
    answer: yes_no
  - if: more
    then: {goto: head}
""")
    )
    driver.say("/talk")
    driver.say("x", message="head1")
    driver.say("one")
    driver.edit("head1", "y")
    assert driver.standing == "more"
    driver.say("да")
    assert driver.say("x") == ["inner?"]


def test_renamed_head_keeps_its_counters() -> None:
    """`renamed` names the loop's head too; without it the counters begin anew."""
    for renamed, wanted in (("renamed: {what: item}\n", "2 a, b Б"), ("", "1 b Б")):
        driver = Driver(build(LOOP))
        for line in ("/talk", "x", "a", "да"):
            driver.say(line)
        new = LOOP.replace("ask: what", "ask: item").replace("goto: what", "goto: item")
        driver.project = build(
            renamed
            + "steps:\n"
            + new.replace("[what]", "[item]")
            .replace("{{ what }}", "{{ item }}")
            .replace("labels.what", "labels.item")
            .lstrip("\n")
        )
        driver.say("b")
        if not renamed:
            assert driver.standing == "item"
            driver.say("b")
        assert driver.say("нет") == [wanted]


def test_renamed_variables_keep_their_values() -> None:
    """`renamed` names variables too: a counter goes on, and nobody confirms again what only has another name."""
    steps = """
  - set: {n: 0}
  - ask: what
    question: what?
  - set: {n: "{{ n + 1 }}"}
  - confirm: sure
    text: "{{ n }}?"
    lines: {what: What}
  - ask: more
    question: more?
    answer: yes_no
  - if: more
    then: [{goto: what}]
  - say: "{{ n }}"
"""
    for renamed, asked in (("renamed: {n: rounds}\n", "more"), ("", "sure")):
        driver = Driver(build(steps))
        for line in ("/talk", "a", "да", "да", "b", "да"):
            driver.say(line)
        assert driver.variables["n"] == 2
        new = steps.replace("{n: ", "{rounds: ").replace("{{ n", "{{ rounds")
        driver.project = build(f"{renamed}steps:\n" + new.lstrip("\n"))
        driver.say("эм")
        assert driver.standing == asked
        assert driver.variables["rounds"] == (2 if renamed else 1)


def test_goto_out_of_a_list_of_items() -> None:
    """A round that begins anew around a list drops what was answered in it."""
    driver = Driver(
        build("""
  - name: top
    say: top
  - each: one
    in: "[1, 2]"
    do:
      - ask: q
        question: "{{ one }}?"
        choices: {on: Дальше, again: {label: Заново, goto: top}}
      - set: {last: "{{ one }}"}
  - ask: z
    question: "{{ last }}"
""")
    )
    assert driver.say("/talk") == ["top", "1?"]
    driver.say("on")
    assert driver.say("again") == ["top", "1?"]
    driver.say("on")
    assert driver.say("on") == ["2"]


# rules 7 and 8: what is pending, after an edit ------------------------------------------------------------------


def test_renamed_question_takes_the_answer() -> None:
    """An answer to a question that was renamed meanwhile is its answer."""
    driver = at_b()
    driver.project = build(
        "renamed: {b: bee, a: ay}\nsteps:\n  - ask: ay\n    question: a?\n  - ask: bee\n"
        "    question: b?\n  - say: '{{ ay }}{{ bee }}'\n"
    )
    assert driver.say("y") == ["xy"]


def test_same_question_is_not_asked_again() -> None:
    """An edit elsewhere is not noticed by the person who answers."""
    driver = at_b()
    driver.project = build(TWO.replace("a?", "A??") + "  - say: '{{ a }}{{ b }}'\n")
    assert driver.say("y") == ["xy"]


def test_wrong_answer_after_an_edit() -> None:
    """The question that still stands tells what is wrong; nothing else is said."""
    driver = at_b()
    driver.project = build(TWO + "    answer: integer\n  - say: ok\n")
    assert driver.say("y") == ["Нужно целое число, например 5."]
    assert driver.say("5") == ["ok"]


def test_question_before_is_asked_after_the_answer() -> None:
    """A question put before the standing one is asked next, and the answer just given is kept."""
    driver = at_b()
    driver.project = build(
        "  - ask: new\n    question: new?\n" + TWO.lstrip("\n") + "  - say: '{{ new }}{{ a }}{{ b }}'\n"
    )
    assert driver.say("y") == ["new?"]
    assert driver.say("n") == ["nxy"]


def test_deleted_question_gives_way() -> None:
    """The answer to a question that is gone is not used; the one now standing is asked with a word why."""
    driver = at_b()
    driver.project = build("  - ask: a\n    question: a?\n  - ask: c\n    question: c?\n")
    (said,) = driver.say("y")
    assert said.startswith("Пока мы разговаривали")
    assert said.endswith("c?")


def test_deleted_last_question_lets_the_ending_be_said() -> None:
    """When nothing is left to ask, what stands at the end is said."""
    driver = at_b()
    driver.project = build("  - ask: a\n    question: a?\n  - say: 'Спасибо, {{ a }}'\n")
    assert driver.say("y") == ["Спасибо, x"]
    assert driver.talk is None


def test_press_after_an_edit_counts_for_the_standing_question() -> None:
    """A button counts for the question now shown, whatever version drew it."""
    steps = "  - ask: a\n    question: a?\n    choices: {x: Икс, y: Игрек}\n"
    driver = Driver(build(steps))
    driver.say("/talk")
    driver.project = build("  - say: hi\n" + steps + "  - say: '{{ labels.a }}'\n")
    assert driver.press("Игрек") == ["Игрек"]
    assert driver.of(CloseQuestion)


def test_answers_after_an_edit_are_counted_once() -> None:
    """Pictures and coverage count the first answer after an edit as any other, and the buttons of a summary go."""
    steps = "  - ask: a\n    question: a?\n  - confirm: ok\n    lines: [a]\n"
    driver = Driver(build(steps))
    driver.say("/talk")
    driver.project = build("  - say: hi\n" + steps)
    driver.say("x")
    driver.project = build("  - say: hello\n" + steps + "  - say: done\n")
    assert driver.say("да") == ["done"]
    assert [(way.step, way.detail) for way in driver.all if isinstance(way, Walked) and way.what == "answered"] == [
        ("a", ""),
        ("ok", "yes"),
    ]
    assert driver.of(CloseQuestion)


def test_confirm_after_an_edit() -> None:
    """A summary is confirmed when its values are those of before, else shown again."""
    steps = "  - ask: a\n    question: a?\n  - confirm: ok\n    lines: [a]\n"
    for change, wanted in (("  - say: done\n", ["done"]), ("  - ask: b\n    question: b?\n", ["b?"])):
        driver = Driver(build(steps))
        driver.say("/talk")
        driver.say("x")
        driver.project = build(steps + change)
        assert driver.say("да") == wanted
    driver = Driver(build(steps))
    driver.say("/talk")
    driver.say("x")
    driver.project = build(
        steps.replace("lines: [a]", "lines: [a, b]").replace("  - confirm", "  - ask: b\n    question: b?\n  - confirm")
        + "  - say: done\n"
    )
    assert driver.say("да") == ["b?"]
    assert driver.say("y") == ["Проверь, всё ли верно:\n\na: x\nb: y"]
    assert driver.say("да") == ["done"]


PROMPT = {"prompts/p.md.j2": "{% block user %}{{ a }}{% endblock %}"}
THINKS = """
  - ask: a
    question: a?
  - llm: m
    prompt: p
    if_fails: нет
  - say: "{{ m }}"
  - ask: b
    question: b?
"""


def thinking(steps: str = THINKS) -> Driver:
    driver = Driver(build(steps, PROMPT), model=lambda asked: HOLD)
    driver.say("/talk")
    driver.say("x")
    return driver


def test_reply_across_an_edit() -> None:
    """The model's reply finds its step in today's file, and is asked for only once."""
    driver = thinking()
    driver.project = build("  - say: new" + THINKS + "  - say: '{{ b }}'\n", PROMPT)
    assert driver.reply("умно") == ["умно", "b?"]
    assert len(driver.ever(AskModel)) == 1


def test_reply_to_a_deleted_step() -> None:
    """A reply that nobody needs any more is kept aside; the talk goes on."""
    driver = thinking()
    driver.project = build(TWO)
    assert driver.reply("умно") == ["b?"]
    driver.project = build(THINKS + "  - say: end\n", PROMPT)
    driver.say("/language ru")
    assert driver.variables["m"] == "умно"


def test_late_repeated_and_unknown_replies_are_dropped() -> None:
    """A reply is used once, and only for what it was asked for."""
    driver = thinking()
    first = next(iter(driver.asked))
    driver.edit("m4", "y")
    (second,) = (one.request for one in driver.of(AskModel))
    assert driver.reply("стар", first) == []
    assert driver.reply("нов", second) == ["нов", "b?"]
    assert driver.reply("нов", second) == []
    assert driver.reply("нов", "unknown") == []


def test_edit_while_thinking_does_not_ask_twice() -> None:
    """A correction that changes nothing the prompt reads goes on waiting for the same reply."""
    driver = Driver(build("  - ask: n\n    question: n?" + THINKS, PROMPT), model=lambda asked: HOLD)
    driver.say("/talk")
    driver.say("1")
    driver.say("x")
    driver.edit("m4", "2")
    assert driver.of(AskModel) == []
    assert driver.reply("умно") == ["умно", "b?"]


def test_failure_across_an_edit() -> None:
    """A failed call is an entry too."""
    driver = thinking()
    driver.project = build("  - say: new" + THINKS, PROMPT)
    assert driver.reply(Failure("timeout")) == ["нет", "b?"]


def test_prompt_that_reads_a_new_name_keeps_the_reply() -> None:
    """The author lets the prompt see one answer more: who has the reply keeps it, also when it is on its way. When
    that other answer is corrected it stays too, for it was not made from it; a correction of what it was made from
    asks anew."""
    steps = "  - ask: n\n    question: n?" + THINKS + "  - ask: c\n    question: c?\n"
    reads_more = {"prompts/p.md.j2": "{% block user %}{{ a }} {{ n }}{% endblock %}"}
    for before_reply in (True, False):
        driver = Driver(build(steps, PROMPT), model=lambda asked: HOLD)
        driver.say("/talk")
        driver.say("1", message="n1")
        driver.say("x", message="a1")
        if before_reply:
            driver.project = build(steps, reads_more)
            driver.say("/language ru")
            assert driver.reply("умно") == ["умно", "b?"]
        else:
            driver.reply("умно")
            driver.project = build(steps, reads_more)
        assert driver.say("y") == ["c?"]
        driver.edit("n1", "2")
        assert len(driver.ever(AskModel)) == 1
        driver.edit("a1", "z")
        assert [one.user for one in driver.ever(AskModel)] == ["x", "z 2"]


def test_renamed_answer_keeps_the_reply() -> None:
    """A reply made from an answer that was renamed is made from it under its new name."""
    renamed = "renamed: {a: ay}\nsteps:\n" + THINKS.lstrip("\n").replace("ask: a", "ask: ay")
    prompt = {"prompts/p.md.j2": "{% block user %}{{ ay }}{% endblock %}"}
    for before_reply in (True, False):
        driver = thinking()
        if before_reply:
            driver.project = build(renamed, prompt)
            driver.say("/language ru")
            assert driver.reply("умно") == ["умно", "b?"]
        else:
            driver.reply("умно")
            driver.project = build(renamed, prompt)
        driver.say("/back")
        assert driver.standing == "ay"
        driver.say("x")
        assert len(driver.ever(AskModel)) == 1
        driver.say("/back")
        driver.say("z")
        assert [one.user for one in driver.ever(AskModel)] == ["x", "z"]


# rule 9: back and corrections -----------------------------------------------------------------------------------


def test_back_keeps_the_answer_until_a_new_one() -> None:
    """/back asks again; a wrong answer leaves the old one, a restart of the process too."""
    driver = at_b()
    assert driver.say("/back") == ["a?"]
    assert driver.say("/back") == ["Это первый вопрос, раньше ничего не было."]
    driver.session = Session.load(driver.session.dump())
    assert driver.talk is not None
    assert driver.talk.journal["a"]["a"] == "x"
    assert driver.say("y") == ["b?"]
    assert driver.variables["a"] == "y"


def test_back_at_the_head_of_a_later_round() -> None:
    """What was answered two rounds ago is out of reach, and the head is not called the first question."""
    driver = Driver(
        build("""
  - ask: what
    question: what?
  - ask: more
    question: more?
    answer: yes_no
  - if: more
    then:
      goto: what
""")
    )
    for line in ("/talk", "a", "да", "b", "да"):
        driver.say(line)
    assert driver.standing == "what"
    assert driver.say("/back") == ["more?"]
    assert driver.say("/back") == ["what?"]
    assert driver.say("/back") == ["Дальше назад уже не вернуться."]


def test_back_after_an_edit() -> None:
    """/back after a rename, or when the last answer's step is gone, leads to what can be asked today."""
    driver = at_b()
    driver.project = build("renamed: {a: first}\nsteps:\n" + TWO.replace("ask: a", "ask: first").lstrip("\n"))
    assert driver.say("/back") == ["a?"]
    driver = at_b(TWO + "  - ask: c\n    question: c?\n")
    driver.say("y")
    driver.project = build("  - ask: a\n    question: a?\n  - ask: c\n    question: c?\n")
    assert driver.say("/back") == ["a?"]


def test_correction_speaks_after_it() -> None:
    """An edited message corrects its answer: only what follows from it is said."""
    driver = Driver(
        build("""
  - ask: a
    question: a?
  - say: always
  - say: "got {{ a }}"
  - ask: b
    question: b?
""")
    )
    driver.say("/talk")
    driver.say("x", message="first")
    assert driver.edit("first", "y") == ["Исправил.", "got y", "b?"]


def test_edit_of_no_answer_of_this_talk() -> None:
    """An edit that cannot be used is not passed over in silence: after the end of its talk, or of what was no answer.
    When its talk was left for another one, that is offered again."""
    driver = Driver(build({"talk": TWO, "other": TWO}))
    unused = ["Эту правку я уже не могу учесть. Напиши новым сообщением; что я умею — в /help."]
    driver.say("/talk", message="command")
    driver.say("x", message="first")
    assert driver.edit("command", "/other") == unused
    driver.say("/other")
    assert driver.edit("first", "y") == ["Вернёмся к разговору «talk»?"]
    assert driver.say("да") == ["b?"]
    driver.say("z")
    driver.say("нет")
    assert driver.talk is None
    assert driver.edit("first", "w") == unused


def test_edit_of_what_waits_for_the_model() -> None:
    """What was sent while the model thinks is taken after its reply, and so is an edit of it."""
    driver = thinking()
    driver.say("y", message="early")
    assert driver.edit("early", "z") == []
    driver.project = build(THINKS + "  - ask: c\n    question: '{{ b }}?'\n", PROMPT)
    assert driver.reply("умно") == ["умно", "b?", "y?", "Исправил.", "z?"]


def test_edit_of_a_caption() -> None:
    """The words beneath a photo are corrected, the photo stays."""
    driver = Driver(build("  - ask: p\n    question: p?\n    answer: [photo, text]\n  - ask: b\n    question: b?\n"))
    driver.say("/talk")
    driver.send(
        FilesReceived(id="p", at=driver.at, files=({"kind": "photo", "id": "1", "path": "media/1.jpg"},), message="pic")
    )
    driver.edit("pic", "new words")
    assert driver.variables["p"]["kind"] == "photo"
    assert driver.variables["p"]["caption"] == "new words"


def test_correction_that_does_not_fit() -> None:
    """The answer of before stays."""
    driver = at_b("  - ask: a\n    question: a?\n    max_length: 3\n  - ask: b\n    question: b?\n")
    (said,) = driver.edit("m4", "much too long")
    assert said.startswith("Так исправить не получится")
    assert driver.variables["a"] == "x"


def test_correction_after_a_rename() -> None:
    """An edit of the file between the message and its correction."""
    driver = at_b()
    driver.project = build("renamed: {a: first}\nsteps:\n" + TWO.replace("ask: a", "ask: first").lstrip("\n"))
    assert driver.edit("m4", "y")[0] == "Исправил."
    assert driver.variables["first"] == "y"


def test_edited_wrong_answer_is_another_try() -> None:
    """Mending the message that was not understood answers the question."""
    driver = Driver(build("  - ask: n\n    question: n?\n    answer: integer\n  - ask: b\n    question: b?\n"))
    driver.say("/talk")
    driver.say("пто", message="typo")
    assert driver.edit("typo", "5") == ["b?"]


def test_notified_once() -> None:
    """What left the house is not sent again, whatever is corrected."""
    driver = at_b(
        "  - ask: a\n    question: a?\n  - notify: manager\n    text: '{{ a }}'\n  - ask: b\n    question: b?\n"
    )
    driver.edit("m4", "y")
    driver.say("z")
    assert [one.text for one in driver.ever(Notify)] == ["x"]


def test_withdrawn_records_come_back() -> None:
    """A record is withdrawn only when the new way has come to its end."""
    driver = at_b("""
  - ask: a
    question: a?
  - if: a == 'x'
    then:
      - save: things
        fields: {a: "{{ a }}"}
  - ask: b
    question: b?
""")
    driver.edit("m4", "y")
    driver.edit("m4", "x")
    driver.say("z")
    assert driver.ever(WithdrawRecord) == []
    assert driver.records("things") == [{"a": "x"}]


def test_buttons_of_a_renamed_question() -> None:
    """They behave as those of any answered question: told so, and a button to correct it."""
    steps = "  - ask: a\n    question: a?\n    choices: {x: Икс, y: Игрек}\n  - ask: b\n    question: b?\n"
    driver = Driver(build(steps))
    driver.say("/talk")
    driver.press("Икс")
    old = next(one.token for one in driver.buttons() if one.label == "Игрек")
    renamed = "renamed: {a: first}\nsteps:\n" + steps.replace("ask: a", "ask: first")
    driver.project = build(renamed + "  - ask: c\n    question: '{{ first }}'\n")
    assert driver.tap(old) == ["На этот вопрос уже есть ответ. Его можно исправить."]
    assert driver.press("Исправить ответ") == ["a?"]
    assert driver.press("Игрек") == ["b?"]
    driver.say("z")
    assert driver.tap(old) == []  # a double click on what was chosen
    assert driver.tap(old.replace(":y", ":x")) == ["На этот вопрос уже есть ответ. Его можно исправить."]
    assert driver.variables["first"] == "y"


ONCE = """
  - ask: a
    question: a?
  - if: a != 'no'
    then:
      - save: things
        fields: {a: "{{ a }}"}
        once_per: ["'one'"]
  - ask: b
    question: b?
"""


def test_a_record_of_another_conversation_stays() -> None:
    """One conversation saved it, another saved it too and takes that back by a correction: it stays as last written.
    A third that made its own and takes it back withdraws it."""
    driver = Driver(build(ONCE))
    for line in ("/talk", "x", "z", "/talk"):
        driver.say(line)
    driver.say("y", message="second")
    assert driver.records("things") == [{"a": "y"}]
    driver.edit("second", "no")
    driver.say("z")
    assert driver.talk is None
    assert driver.records("things") == [{"a": "y"}]
    driver = Driver(build(ONCE))
    driver.say("/talk")
    driver.say("x", message="only")
    driver.edit("only", "no")
    driver.say("z")
    assert driver.records("things") == []


def test_a_record_that_a_round_before_has_saved_stays() -> None:
    """A finished round keeps what it saved, also when the next one saves the same record and takes that back."""
    driver = Driver(build(ONCE + "    choices: [again, on]\n  - if: b == 'again'\n    then: {goto: a}\n"))
    for line in ("/talk", "x", "again"):
        driver.say(line)
    driver.say("y", message="second")
    driver.edit("second", "no")
    driver.say("on")
    assert driver.talk is None
    assert driver.records("things") == [{"a": "y"}]


def test_what_a_correction_left_is_withdrawn_with_its_round() -> None:
    """A loop that starts anew forgets the entries of the round, but not that a record of it was left."""
    driver = Driver(
        build("""
  - ask: a
    question: a?
  - if: a != 'no'
    then:
      - save: things
        fields: {a: "{{ a }}"}
  - ask: more
    question: more?
    answer: yes_no
  - if: more
    then: {goto: a}
""")
    )
    driver.say("/talk")
    driver.say("x")
    driver.say("да")
    driver.say("y", message="second")
    driver.edit("second", "no")
    for line in ("да", "z", "нет"):
        driver.say(line)
    assert driver.records("things") == [{"a": "x"}, {"a": "z"}]


# rule 10: says --------------------------------------------------------------------------------------------------


def test_inserted_says() -> None:
    """A say put before the question that stands stays silent; one that still lies ahead is said."""
    driver = at_b()
    driver.project = build(
        "  - say: one\n"
        + TWO.replace("  - ask: b", "  - say: two\n  - ask: b").lstrip("\n")
        + "  - say: three\n  - ask: c\n    question: c?\n"
    )
    assert driver.say("y") == ["three", "c?"]


def test_says_that_moved_or_changed_are_not_repeated() -> None:
    """Deleting the first of two says, or mending a text, repeats nothing."""
    steps = "  - ask: a\n    question: a?\n  - say: one\n  - say: two\n  - ask: b\n    question: b?\n"
    driver = at_b(steps)
    driver.project = build(
        steps.replace("  - say: one\n", "").replace("b?", "B??") + "  - say: end\n  - ask: c\n    question: c?\n"
    )
    assert driver.say("/back") == ["a?"]
    assert driver.say("x") == ["B??"]
    driver.project = build(steps.replace("one", "One!") + "  - say: end\n")
    assert driver.say("y") == ["end"]


# rule 11: moved steps -------------------------------------------------------------------------------------------


def test_moved_into_a_scenario_of_its_own() -> None:
    """A question that moved into a sub-scenario takes its answer along, with `renamed` and without."""
    for renamed in ("renamed: {a: part.a}\nsteps:\n", ""):
        driver = at_b()
        driver.project = build(
            {
                "talk": renamed
                + "  - run: part\n    as: a2\n".replace("as: a2", "as: part" if renamed else "as: a2")
                + "  - ask: b\n    question: b?\n  - say: '{{ b }}'\n",
                "part": "result: '{{ a }}'\nsteps:\n  - ask: a\n    question: a?\n",
            }
        )
        assert driver.say("y") == ["y"]


def test_scenario_deleted_under_a_person() -> None:
    """A talk whose scenario is gone ends with a word; nothing is said of parked ones, and none of them is offered."""
    driver = Driver(build({"talk": TWO, "other": TWO}))
    driver.say("/talk")
    driver.say("x")
    driver.say("/other")
    driver.say("x")
    driver.project = build({"third": TWO})
    assert driver.say("y")[0].startswith("Этот разговор больше не ведётся")
    assert driver.session.offer is None
    assert driver.talk is None
    assert driver.say("y")[0].startswith("Я пока не понимаю")


def test_sub_scenario_changed_under_a_person() -> None:
    """The version of a conversation counts all scenarios that it can run."""
    talk = "  - run: part\n  - say: done\n"
    driver = Driver(build({"talk": talk, "part": TWO}))
    driver.say("/talk")
    driver.say("x")
    driver.project = build({"talk": talk, "part": TWO + "  - ask: c\n    question: c?\n"})
    assert driver.say("y") == ["c?"]
    assert driver.say("z") == ["done"]


def test_request_ids_of_rounds_differ() -> None:
    """A loop asks the model anew in each round, by another id."""
    driver = Driver(
        build(
            """
  - ask: a
    question: a?
  - llm: m
    prompt: p
  - ask: more
    question: "{{ m }}?"
    answer: yes_no
  - if: more
    then: {goto: a}
""",
            PROMPT,
        ),
        model=lambda asked: asked.user,
    )
    for line in ("/talk", "x", "да", "x", "нет"):
        driver.say(line)
    assert len({one.request for one in driver.ever(AskModel)}) == 2
    assert [one.text for one in driver.ever(SendMessage)].count("x?") == 2


def test_choice_of_before_is_no_yes() -> None:
    """The id of a choice that an edit took away does not turn into another type's word."""
    driver = at_b("  - ask: a\n    question: a?\n    choices: {x: Икс, y: Игрек}\n  - ask: b\n    question: b?\n")
    driver.say("/back")
    driver.press("Игрек")
    driver.project = build("  - ask: a\n    question: a?\n    answer: yes_no\n  - ask: b\n    question: b?\n")
    assert driver.say("bee")[0].endswith("a?")


def test_records_across_an_edit() -> None:
    """Records that come after an edit are looked up again for today's file."""
    steps = "  - ask: a\n    question: a?\n  - find: f\n    in: things\n  - ask: b\n    question: '{{ f | length }}?'\n"
    driver = Driver(build(steps))
    driver.say("/talk")
    (asked,) = (one for one in driver.turn(text(driver, "x")) if isinstance(one, FindRecords))
    driver.project = build("  - say: new\n" + steps)
    (again,) = (one for one in driver.turn(found(driver, asked)) if isinstance(one, FindRecords))
    driver.turn(found(driver, again))
    assert driver.standing == "b"


def test_question_that_fails_today_is_passed_over() -> None:
    """When the standing question's own template is broken, the message goes to what can be asked before it."""
    driver = at_b()
    driver.project = build(
        "  - ask: new\n    question: new?\n" + TWO.lstrip("\n") + "    max_length: '{{ a.nope.more }}'\n"
    )
    assert driver.say("y")[0].endswith("new?")


def test_renames_in_a_circle_end() -> None:
    """`renamed: {a: b, b: a}` without either step is a mistake that stops nobody."""
    driver = at_b()
    driver.project = build("renamed: {a: z, z: a}\nsteps:\n  - ask: b\n    question: b?\n  - say: '{{ b }}'\n")
    assert driver.say("y") == ["y"]


def text(driver: Driver, said: str) -> TextReceived:
    return TextReceived(id=f"t{len(driver.all)}", at=driver.at, sender=driver.sender, text=said, message="t")


def found(driver: Driver, asked: FindRecords) -> RecordsFound:
    return RecordsFound(id=f"r{len(driver.all)}", at=driver.at, request=asked.request)
