"""Pictures: what is a box and what an arrow, where they stand, and that every form is well made."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from textwrap import dedent

import pytest
from msgspec.structs import replace

from engine.core.project import Project
from engine.core.triggers import Trigger
from engine.picture.draft import Draft, Figures, brief, drafted, overview
from engine.picture.layout import planned
from engine.picture.mermaid import mermaid
from engine.picture.page import page
from engine.picture.starts import start
from engine.picture.svg import svg
from engine.project.load import Loader

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))


@pytest.fixture(scope="module")
def project() -> Project:
    loaded = Loader(ROOT, {}).load()
    assert loaded.project is not None
    return loaded.project


def draft_of(steps: str, **more: str) -> Draft:
    """The draft of a scenario with these steps."""
    head = "format: 1\nscenario: talk\nstarts_on: [/talk]\nsteps:\n"
    files = {
        "scenarios/talk.yaml": (head + dedent(steps).strip("\n")).encode(),
        **{name: dedent(text).encode() for name, text in more.items()},
    }
    loaded = Loader(Path("/nowhere"), {}).build(files)
    assert loaded.project is not None, loaded.findings
    return drafted(loaded.project, loaded.project.scenarios["talk"])


def shown(draft: Draft) -> list[str]:
    """Arrows as `from -label-> to`."""

    def name(number: int) -> str:
        return draft.boxes[number].text.replace("\n", " ")

    return [f"{name(one.source)} -{one.label}-> {name(one.target)}" for one in draft.arrows]


def test_what_people_see_is_a_box() -> None:
    """Questions, messages, branches and ends are boxes; set, goto and end are only ways through."""
    draft = draft_of("""
        - ask: age
          question: "Сколько тебе лет, **{{ person.name }}**?"
          answer: integer
        - set: {old: "{{ age > 60 }}"}
        - if: old
          then:
            - say: Береги себя!
            - end
        - say: Ура
        - goto: age
    """)
    assert shown(draft) == [
        "/talk --> Сколько тебе лет, ‹person.name›?",
        "Сколько тебе лет, ‹person.name›? --> old?",
        "old? -да-> Береги себя!",
        "old? -нет-> Ура",
        "Береги себя! --> Конец",
        "Ура --> Сколько тебе лет, ‹person.name›?",
    ]
    assert [box.look for box in draft.boxes] == ["start", "question", "branch", "message", "message", "end"]


def test_choices_lead_by_their_labels() -> None:
    """A choice that leads elsewhere, and a switch on what was just chosen, are arrows with the button's words."""
    draft = draft_of("""
        - ask: drink
          question: Что налить?
          choices:
            tea: Чай
            milk: {label: Молоко, goto: bye}
        - switch: drink
          cases:
            tea: [{say: Вот чай}]
        - say: Пока
          name: bye
    """)
    assert shown(draft) == [
        "/talk --> Что налить?",
        "Что налить? -Чай-> Вот чай",
        "Что налить? -иначе, Молоко-> Пока",
        "Вот чай --> Пока",
        "Пока --> Конец",
    ]
    assert draft.boxes[1].choices == ("Чай", "Молоко")


def test_loops_models_records() -> None:
    """A loop's body leads back to it; a model's failure, records and notices are told in words."""
    draft = draft_of(
        """
        - find: orders
          in: orders
        - each: order
          in: orders
          do:
            - say: "{{ order.title }}"
        - llm: wish
          prompt: wish
          if_fails: [{say: Приятного}]
        - notify: manager
          text: Да
        - say: "{{ wish }}"
        """,
        **{
            "prompts/wish.md.j2": "{% block user %}Да{% endblock %}",
            "catalog/outcomes.yaml": "orders: {title: Заказы, fields: {title: text}}",
        },
    )
    assert shown(draft) == [
        "/talk --> Найти: Заказы",
        "Найти: Заказы --> Для каждого из orders",
        "Для каждого из orders -каждый-> ‹order.title›",
        "Для каждого из orders -дальше-> Модель: wish",
        "‹order.title› -следующий-> Для каждого из orders",
        "Модель: wish --> Письмо менеджеру",
        "Модель: wish -модель молчит-> Приятного",
        "Письмо менеджеру --> ‹wish›",
        "Приятного --> Письмо менеджеру",
        "‹wish› --> Конец",
    ]


def test_an_endless_goto_is_drawn() -> None:
    """A circle of gotos, which the engine stops, does not stop the picture."""
    draft = draft_of("- goto: there\n- goto: there\n  name: there\n")
    assert len(draft.boxes) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Привет**, {{ name }}!", "Привет, ‹name›!"),
        ("{{ a + b }} и {{ c | d }}. Да", "… и …. Да"),
        ("{% if x %}Да{% endif %} `код`", "Да код"),
        ("слово " * 40, "слово " * 17 + "слово …"),
    ],
)
def test_brief_texts(text: str, expected: str) -> None:
    """No formatting and no code in a picture for managers."""
    assert brief(text) == expected.replace("…. Да", "… Да")


def test_boxes_stand_apart_and_arrows_lead_down() -> None:
    """No two boxes touch; every arrow goes down but the ones that lead back."""
    sizes = [(100.0, 40.0)] * 9
    arrows = [
        (0, 1),
        (0, 2),
        (0, 3),
        (1, 4),
        (2, 4),
        (3, 5),
        (4, 6),
        (5, 6),
        (6, 0),
        (6, 7),
        (0, 7),
        (7, 7),
        (1, 8),
        (8, 1),
    ]
    plan = planned(sizes, arrows, {0: 36.0})
    for one in range(len(sizes)):
        for other in range(one):
            a, b = plan.places[one], plan.places[other]
            assert abs(a.x - b.x) >= 100 or abs(a.y - b.y) >= 40
    for (source, target), line in zip(arrows, plan.lines, strict=True):
        if (source, target) in ((6, 0), (8, 1)):
            assert line[0][1] > line[-1][1]
        elif source != target:
            assert line[0][1] < line[-1][1]
    assert plan.width > 300
    assert planned([], []).height == 0


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios(project: Project, name: str) -> None:
    """Each is a well-formed picture in which every box can be reached, in each language."""
    for language in project.languages:
        draft = drafted(project, project.scenarios[name], language)
        assert {box.id for box in draft.boxes[1:]} == {arrow.target for arrow in draft.arrows} - {0}
        root = ET.fromstring(svg(draft))  # noqa: S314 - our own text
        assert root.tag.endswith("svg")
        assert float(root.attrib["width"]) < 2500
        text = mermaid(draft)
        assert text.startswith("flowchart TD\n")
        assert text.count("\n") > len(draft.boxes)


TIPS = """
- ask: goal
  question: Какая у тебя цель?
  choices: {slim: Похудеть к лету и удержать вес, mass: Набрать мышечную массу, well: Здоровье, other: Другое}
- switch: goal
  cases:
    slim: [{say: Начнём с прогулок.}]
    mass: [{say: Тогда железо.}]
    well: [{say: Тогда сон.}]
    other: [{say: Расскажи.}]
- each: row
  in: "[1, 2, 3]"
  do:
    - say: "Шаг {{ row }}"
- say: Всё
"""


@pytest.mark.parametrize("live", [False, True])
def test_no_label_hides_where_an_arrow_leads(live: bool) -> None:
    """The words on arrows stand clear of the arrows' heads, with figures of real people and without."""
    draft = draft_of(TIPS)
    draft.arrows[:] = [replace(one, count=7 if live else None) for one in draft.arrows]
    picture = svg(draft)
    ends = re.findall(r'<path class="arrow[^"]*" d="[^"]* ([\d.]+),([\d.]+)"', picture)
    plates = re.findall(r'class="plate" x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)"', picture)
    assert len(ends) == len(draft.arrows)
    assert len(plates) >= 7
    heads = [
        (float(x), float(y) - 11 if up == "down" else float(y)) for (x, y), up in zip(ends, ways(draft), strict=True)
    ]
    hidden = [
        (head, plate)
        for head in heads
        for plate in plates
        if abs(head[0] - float(plate[0]) - float(plate[2]) / 2) < float(plate[2]) / 2 + 5
        and float(plate[1]) - 11 < head[1] < float(plate[1]) + float(plate[3])
    ]
    assert hidden == []


def ways(draft: Draft) -> list[str]:
    """Of each arrow whether it leads down; boxes stand in the order of the talk."""
    return ["down" if one.target > one.source else "up" for one in draft.arrows]


def test_mermaid() -> None:
    """Signs that would end a label are entities."""
    draft = draft_of('- ask: a\n  question: "Ты \\"за\\" [да] <b> #1?"\n  choices: [да, нет]\n')
    draft.boxes[1].figures = Figures(standing=3)
    assert mermaid(draft) == dedent("""\
        flowchart TD
          n0(["/talk"])
          n1["Ты #quot;за#quot; [да] #lt;b#gt; #35;1?<br/>да · нет<br/>👥 3"]
          n2(("Конец"))
          n0 --> n1
          n1 --> n2
          class n0 start1
          class n1 question1
          class n2 end1
          classDef question1 fill:#e8f1fd,stroke:#2f6fd0
          classDef start1 fill:#24324a,stroke:#24324a,color:#ffffff
          classDef end1 fill:#24324a,stroke:#24324a,color:#ffffff
        """)


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.wanted: set[str] = set()
        self.there: set[str] = set()
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "href" and value:
                self.wanted.add(value.removeprefix("#"))
            if name == "id" and value:
                self.there.add(value)
            outside = name in ("src", "href") and not (value or "").startswith(("#", "data:,"))
            self.outside += [str(value)] if outside else []


def test_page_is_whole(project: Project) -> None:
    """One file: nothing is fetched, every link leads to a picture."""
    drafts = [drafted(project, scenario, "en") for scenario in project.scenarios.values()]
    text = page(drafts, overview(project, "en"), name="A bot")
    links = Links()
    links.feed(text)
    assert links.outside == []
    assert links.wanted - {"data:,"} <= links.there
    assert set(project.scenarios) <= links.there
    assert "Which runs which" in text
    assert "<h1>A bot</h1>" in text
    assert "<table>" not in text


def test_overview(project: Project) -> None:
    """Which scenario runs which."""
    draft = overview(project)
    assert "Меню --> Чек-ин" in shown(draft)
    assert len(draft.boxes) == len(project.scenarios)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"note (?P<what>\w+)", "note …"),
        (r"^weight\s+([0-9]+([.,][0-9]+)?) kg$", "weight … kg"),
        (r"\bhelp me\b", "help me"),
        (r"remind.* at \d{1,2}", "remind … at …"),
        (r"what\?", "what?"),
    ],
)
def test_patterns_are_for_managers(pattern: str, words: str) -> None:
    assert start(Trigger("pattern", pattern)) == words
