# ruff: noqa: E501 the prose of the page, as it is to stand there
"""docs/reference.md: the language, from the step kinds, the answer types and the declared fields themselves."""

from __future__ import annotations

from docs.make.expressions import expressions_part
from docs.make.files import catalog_part, prompts_part, settings_part
from docs.make.table import NOTICE, code, fence, fields_table, table
from engine.answers.registry import TYPES
from engine.core.answer import AnswerType
from engine.core.builtin import BUILTIN
from engine.core.choices import MADE, OPTION
from engine.core.step import Step
from engine.project.scenario import FIELDS
from engine.project.words import engine_words
from engine.steps import KINDS
from engine.steps.say import LINK

ORDER = (
    *("say", "ask", "confirm", "llm", "set", "if", "switch", "each", "goto", "run"),
    *("find", "save", "update", "notify", "end"),
)
SCENARIO = """
format: 1
scenario: check_in
title: Check-in
description: A word about the day, and a word back
starts_on:
  - /checkin                     # a command: small Latin letters, digits, _
  - /start promo*                # a link t.me/YourBot?start=promo5: start.payload is promo5
  - отчёт                        # the whole message, in any case
  - {pattern: "(?P<count>\\\\d+) push-?ups"}   # start.match.count
steps:
  - ask: report
    question: "How was your day{{ ', promo friend' if start.payload else '' }}?"
  - say: Noted!
renamed: {mood: report}          # the step was called mood: people who are mid-way keep their answer
mid_flow_edits: follow
"""
GIVEN = """
format: 1
scenario: measure
inputs: {unit: kg, what: weight}   # with defaults; [unit, what] would make them needed
result: "{{ amount }} {{ unit }}"
steps:
  - ask: amount
    question: "Your {{ what }}, {{ unit }}?"
    answer: number
"""


def kinds() -> dict[str, type[Step]]:
    """The verbs in the order in which they are met; a new one comes last."""
    return {verb: KINDS[verb] for verb in (*ORDER, *KINDS) if verb in KINDS}


def reference_page() -> str:
    return f"""# Language reference, format 1

{NOTICE}

New here? [The tutorial](tutorial.md) takes ten minutes; [the cookbook](cookbook.md) has what people want most.

- [A scenario file](#a-scenario-file)
- Steps: {", ".join(f"[{verb}](#{verb})" for verb in kinds())}
- [Answer types](#answer-types): {", ".join(f"[{name}](#{name})" for name in sorted(TYPES))}
- [Texts, values and conditions](#texts-values-and-conditions)
- [Prompts](#prompts)
- [Catalog](#catalog)
- [Always at hand](#always-at-hand)
- [Settings](#settings)

{_scenario()}
{_steps()}
{_answers()}
{expressions_part()}

{prompts_part()}
{catalog_part()}
{_built_in()}
{settings_part()}"""


def _scenario() -> str:
    return f"""## A scenario file

`scenarios/<name>.yaml` is one conversation, read from top to bottom as the talk goes.

{fence(SCENARIO, "yaml scenarios/check_in.yaml")}

{fields_table(FIELDS)}

A scenario that others [run](#run) is given `inputs` and gives back a `result`:

{fence(GIVEN, "yaml scenarios/measure.yaml")}

Three things to know about the files:

- Numbers, `no`, `12:30`, `+7916…` and dates are just what they look like; nothing turns into something else. Quote a
  text that holds `: ` or ` #`, or begins with `{{{{`, `[`, `*`, `&`, `!`, `>`, `@`.
- A scenario called `fallback` answers what nobody understands (`start.text` is the message).
- An edit counts at the next message, for people who are mid-way too: their answers stay, and what the new file asks
  beside is asked. Renamed a step or a variable? Tell `renamed`. Changed what a question *means*? Give it a new name, so that it is
  asked again. Renamed the whole scenario, and so its file? `was: old_name` lets people who are in the middle of it go on;
  a file that is deleted and comes back has taken no answer with it. `mid_flow_edits: finish_old` lets those who have begun finish on the old file.
"""


def _steps() -> str:
    parts = [
        """## Steps

A step begins with its verb. `ask`, `confirm`, `llm`, `find` and `each` are named by what they remember (`ask: weight` is
the step `weight`, and the variable); any other step may have a `name: …`, for a [goto](#goto) to lead to. One step may
stand where a list of steps is expected.

In the tables, *a text* may hold Markdown and `{{ }}`, and may be one for each language; *a value* that is exactly one
`{{ expression }}` keeps its type; *an expression* is written without braces. [More on these](#texts-values-and-conditions).
"""
    ]
    parts += [_step(verb, kind) for verb, kind in kinds().items()]
    return "\n".join(parts)


def _step(verb: str, kind: type[Step]) -> str:
    more = {"ask": _choices(), "say": f"A button of `say`:\n\n{fields_table(LINK)}\n"}.get(verb, "")
    return f"""### {verb}

{kind.doc}

{fence(kind.example)}

{fields_table(kind.FIELDS)}

{more}"""


def _choices() -> str:
    literal = """
- ask: plan
  question: Which plan?
  choices:
    free: Free
    pro: Everything
    none: {label: Just looking, goto: bye}
    team: {label: For a team, if: "person.username"}
- say: "You chose {{ labels.plan }} ({{ plan }})."
- end
- say: See you!
  name: bye
"""
    made = """
- set: {services: [{id: bot, title: Chatbot, price: 90}, {id: crm, title: CRM, price: 150}]}
- ask: service
  question: What interests you?
  choices: {from: services, label: "{{ item.title }}, from {{ item.price }}", if: item.price < 100}
- say: "{{ service.title }} it is."
"""
    return f"""**Choices that are written out**: `value: label`, or a list of values that are their own labels. In place of a label there may be

{fields_table(OPTION)}

{fence(literal)}

**Choices that are made from a list** of records or catalog rows:

{fields_table(MADE)}

{fence(made)}
"""


def _answers() -> str:
    rows = [_answer(name, TYPES[name]) for name in sorted(TYPES)]
    return f"""## Answer types

`answer: number`, or several, `answer: [text, photo, voice]`: the first that fits counts, a free text last. What does not
fit is asked again. Russian and English habits are understood: decimal commas, units, number words, «завтра», 👍.

{chr(10).join(rows)}"""


def _answer(name: str, kind: AnswerType) -> str:
    limits = ", ".join(code(limit) for limit in sorted(kind.limits)) or "none"
    examples = [(typed, code(repr(value) if not isinstance(value, str) else value)) for typed, value in kind.examples]
    shown = f"\n{table(('typed', 'value'), examples)}\n" if examples else ""
    return f"""### {name}

{kind.doc} Value: {kind.value}. Limits: {limits}.
{shown}"""


def _built_in() -> str:
    words = engine_words()
    rows = []
    for name in BUILTIN:
        said = ", ".join(words["en"][f"{name}_words"].split(", ") + words["ru"][f"{name}_words"].split(", "))
        unique = ", ".join(dict.fromkeys(said.split(", ")))
        rows.append((code(f"/{name}"), words["en"][f"about_{name}"], unique))
    override = """
format: 1
scenario: help
steps:
  - say: "Ask me anything about training. Start with /workout."
"""
    change = """
en:
  command_cancel: stop, quit
  cancel_words: stop, enough
  cancelled: All right, another time.
"""
    return f"""## Always at hand

These work at any moment of any conversation, without being written:

{table(("command", "what it does", "texts that do the same"), rows)}

`/start`, which Telegram's own button sends first, is `/help` when no scenario starts on it or is called `start`.

A text does it when it is the whole message, at a question for any text too. Where the question itself offers the word, as
a choice, as its skip button, or in quotes in its text (Write "stop" when you are done), it is an answer. `/forget_me`
asks first, and only a plain yes deletes. In a bot of one language the words for `/language` are words like others.

Outside of a conversation a greeting, thanks, a goodbye or a lone 👍 gets a word of its own; where the bot's `fallback` does
more than say something, only thanks and a goodbye do. A lone greeting at a question that does not take it, and at any question
hours after the conversation began, is greeted back, and the question is asked again. A second thought about an earlier answer
(«не 34, а 35», "sorry, I meant 35") is asked back, and corrects it after a yes.

A person can also edit an earlier message of theirs: that answer is corrected, and what depended on it is asked or
computed anew. Starting another scenario puts this one aside; once something was answered in it, it is offered again
afterwards.

To replace one, write a scenario of that name (or one that starts on the same command):

{fence(override.strip(), "yaml scenarios/help.yaml")}

To change its words, `catalog/words.yaml`; all of them are in [words.md](words.md):

{fence(change.strip(), "yaml catalog/words.yaml")}
"""
