"""Every verb by its case table (law 8): `tests/steps/<verb>.yaml`, and the example that its own file gives.

The first entry is its shortest form, `shortest`: the keys that must be there. A case: `steps` (or `scenarios`),
`files`, `rows` (records that are there), `model` (replies in turn, `!word` fails),
then `talk`: lines of what the person does (`you` says, `burst` says several at once, `press`, `files`, `contact`,
`place`, `edit` with `text`), each with what comes back: `bot` (all texts), `buttons` and `links` beneath the last,
`media`, `silent` (where a text came out empty), `standing`, `variables` (some of them), `rows` (what is saved now),
`withdrawn`, `notified`, `asked` (what the model was told), `problem`.
"""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.effects import AskModel, SendMessage, Walked, WithdrawRecord
from engine.core.effects import Notify as NotifyEffect
from engine.steps import KINDS
from tests.driver import Driver, Failure, build
from tests.steps.cases import FOLDER, entries, shortest

PROMPT = "---\nreturns: {praise: text, advice: text}\n---\n{% block user %}{{ report }}{% endblock %}\n"
MEASURE = "inputs: {unit: кг}\nresult: '{{ weight }}'\nsteps:\n  - ask: weight\n    question: Вес?\n"


def cases() -> list[Any]:
    verbs = sorted(path.stem for path in FOLDER.glob("*.yaml"))
    return [pytest.param(case, id=f"{verb}: {case['case']}") for verb in verbs for case in entries(verb)[1:]]


@pytest.mark.parametrize("verb", sorted(KINDS))
def test_every_verb_is_described(verb: str) -> None:
    """A verb has a case table, a sentence for the reference, and an example that loads without a finding."""
    kind = KINDS[verb]
    assert (FOLDER / f"{verb}.yaml").exists(), f"write its case table, tests/steps/{verb}.yaml"
    assert verb in shortest(verb), f"tests/steps/{verb}.yaml begins with its shortest form: `- shortest: {{{verb}: …}}`"
    assert kind.doc.strip().endswith(".")
    assert f"- {verb}" in kind.example
    assert all(field.doc for field in kind.FIELDS.values())
    files = {"prompts/check_in_feedback.md.j2": PROMPT}
    build({"talk": kind.example.lstrip("\n"), "measure": MEASURE}, files)


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    """One row of a case table."""
    scenarios = case.get("scenarios") or {"talk": case["steps"]}
    replies = list(case.get("model", ()))

    def model(asked: AskModel) -> Any:
        reply = replies.pop(0) if replies else "!off"
        return Failure(reply[1:]) if isinstance(reply, str) and reply.startswith("!") else reply

    project = build(scenarios, case.get("files"), **case.get("settings", {}))
    driver = Driver(project, model=model, language=case.get("language", "ru"))
    for collection, rows in case.get("rows", {}).items():
        driver.rows[collection] = {row["id"]: row for row in rows}
    for line in case["talk"]:
        do(driver, line)
        check(driver, line)
    assert not replies, "the model was asked less often than the case says"


def do(driver: Driver, line: dict[str, Any]) -> None:
    if "you" in line:
        driver.say(str(line["you"]), line.get("message", ""))
    elif "burst" in line:
        driver.burst(*line["burst"])
    elif "press" in line:
        driver.press(line["press"])
    elif "files" in line:
        driver.files(*line["files"], caption=line.get("caption", ""), message=line.get("message", ""))
    elif "edit" in line:
        driver.edit(line["edit"], line["text"])
    elif "contact" in line:
        driver.contact(line["contact"], own=line.get("own", True))
    elif "place" in line:
        driver.place(*line["place"])


def check(driver: Driver, line: dict[str, Any]) -> None:
    said = [one for one in driver.effects if isinstance(one, SendMessage)]
    seen: dict[str, Any] = {
        "bot": [one.text for one in said],
        "buttons": [one.label for one in said[-1].buttons] if said else [],
        "links": [one.url for one in said[-1].buttons] if said else [],
        "media": [[one.media.kind, one.media.source or one.media.file] for one in said if one.media],
        "silent": [one.detail for one in driver.of(Walked) if one.what == "said_nothing"],
        "standing": driver.standing,
        "withdrawn": len(driver.of(WithdrawRecord)),
        "notified": [[one.to, one.subject, one.text] for one in driver.of(NotifyEffect)],
        "asked": [one.user for one in driver.of(AskModel)],
        "problem": driver.problems,
        "rows": {name: driver.records(name) for name in line.get("rows", ())},
    }
    for name, wanted in line.items():
        if name == "variables":
            assert {one: driver.variables.get(one) for one in wanted} == wanted
        elif name in seen:
            assert seen[name] == wanted, name
