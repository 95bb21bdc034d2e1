"""Pictures in a real browser: nothing is fetched, nothing overlaps, all can be read by day, by night, and on a phone.

Run by `make test-web`, which installs the browser (Debian's chromium) and playwright into build/web; its name keeps it
out of `make test`. Screenshots for the eye stand in build/web/shots afterwards. CHROMIUM names another browser.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from engine.cli.main import main
from engine.core.project import Project
from engine.picture.draft import Draft, Figures, drafted, overview
from engine.picture.mermaid import mermaid
from engine.picture.page import page as html
from engine.picture.svg import svg
from engine.project.load import Loader
from tests.docs.pages import pages, sections

ROOT = Path(__file__).parents[2]
WEB = ROOT / "build/web"
SHOTS = WEB / "shots"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCENARIOS = sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))
CHECKS = (Path(__file__).parent / "in_browser.js").read_text(encoding="utf-8")
READABLE = 4.5  # contrast of small text (WCAG 2, AA)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=QUIET)
        yield made
        made.close()


class Window:
    """A page that notes every complaint of the browser and every request but for the file itself."""

    def __init__(self, browser: Browser, file: Path, width: int = 1280, night: bool = False) -> None:
        self.page: Page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if night else "light"
        )
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)
        self.page.goto(file.as_uri())
        self.file = file

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith("data:"):
            self.requests.append(request.url)

    def shot(self, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    def check(self, what: str) -> Any:
        """A function of in_browser.js: what it finds wrong."""
        return self.page.evaluate(f"() => {{ {CHECKS}\nreturn {what}() }}")


def bot(files: dict[str, bytes]) -> Project | None:
    return Loader(ROOT, {}).build(files).project


def shipped() -> Project:
    loaded = Loader(ROOT, {}).load()
    assert loaded.project is not None
    return loaded.project


def documented() -> Iterator[tuple[str, Project]]:
    """Every bot of the docs."""
    for place in pages():
        for section in sections(place, tour=place.name in ("README.md", "tutorial.md")):
            files = {file: versions[-1].encode() for file, versions in section.files.items()}
            project = bot(files) if any(file.startswith("scenarios/") for file in files) else None
            if project is not None:
                yield section.name, project


def lived_in(drafts: list[Draft]) -> list[Draft]:
    """With figures of all sizes, as `--live` lays them on."""
    chance = random.Random(5)
    for draft in drafts:
        draft.begun, draft.finished = 1234, 777
        draft.arrows = [replace(one, count=chance.choice([0, 7, 98, 1234, 12345])) for one in draft.arrows]
        for box in draft.boxes:
            if box.key and box.look in ("question", "model"):
                asked = chance.randint(0, 20_000)
                box.figures = Figures(
                    chance.choice([0, 1, 1234]),
                    1,
                    asked,
                    asked // chance.randint(2, 9),
                    3,
                    10.0 ** chance.randint(0, 5),
                )
    return drafts


def written(tmp_path: Path, project: Project, language: str = "", live: bool = False) -> Path:
    drafts = [drafted(project, one, language) for one in project.scenarios.values()]
    if live:
        lived_in(drafts)
    file = tmp_path / "bot.html"
    file.write_text(html(drafts, overview(project, language), "Bot"), encoding="utf-8")
    return file


KINDS = [
    pytest.param(language, live, id=f"{language}{' live' if live else ''}")
    for language in ("ru", "en")
    for live in (0, 1)
]


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize(("language", "live"), KINDS)
def test_the_page(browser: Browser, tmp_path: Path, language: str, live: int, night: bool) -> None:
    """The shipped bot's page: no complaint, nothing fetched, nothing overlaps, texts in their boxes and readable."""
    window = Window(browser, written(tmp_path, shipped(), language, bool(live)), night=night)
    window.shot(f"page-{language}{'-live' if live else ''}{'-night' if night else ''}")
    assert window.complaints == []
    assert window.requests == [window.file.as_uri()]
    assert window.check("overlaps") == []
    assert window.check("outside") == []
    assert [one for one in window.check("contrasts") if one["contrast"] < READABLE] == []


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
def test_on_a_phone(browser: Browser, tmp_path: Path, night: bool) -> None:
    """390 pixels wide: the page itself does not scroll sideways, pictures do; letters keep a size that can be read."""
    window = Window(browser, written(tmp_path, shipped(), live=True), width=390, night=night)
    window.shot(f"phone{'-night' if night else ''}")
    assert window.page.evaluate("document.scrollingElement.scrollWidth") == 390
    assert window.check("letters") >= 9
    assert window.check("outside") == []


def test_links(browser: Browser, tmp_path: Path) -> None:
    """Each link of the page, also a box that runs a scenario, brings that scenario's picture into the window."""
    window = Window(browser, written(tmp_path, shipped()))
    links = window.page.locator('a[href^="#"]')
    assert links.count() >= 2 * len(SCENARIOS)
    for number in range(links.count()):
        link = links.nth(number)
        target = str(link.get_attribute("href"))
        link.click()
        assert window.page.evaluate("location.hash") == target
        top = window.page.locator(f'section[id="{target[1:]}"]').bounding_box()
        assert top is not None
        assert -1 <= top["y"] < 900, target
    assert window.complaints == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_picture_alone(browser: Browser, tmp_path: Path, name: str) -> None:
    """`--format svg`, with figures and without, opened by itself by day and by night."""
    project = shipped()
    for live in (False, True):
        draft = drafted(project, project.scenarios[name])
        file = tmp_path / f"{name}.svg"
        file.write_text(svg(lived_in([draft])[0] if live else draft), encoding="utf-8")
        for night in (False, True):
            window = Window(browser, file, night=night)
            assert window.complaints == []
            assert window.requests == [file.as_uri()]
            assert window.check("overlaps") == []
            assert window.check("outside") == []
            assert [one for one in window.check("contrasts") if one["contrast"] < READABLE] == []
            window.page.close()
    shown = tmp_path / "shown.html"
    shown.write_text(f'<!doctype html><body style="margin:0"><img src="{name}.svg"></body>', encoding="utf-8")
    Window(browser, shown).shot(name)


def test_every_bot_of_the_docs(browser: Browser, tmp_path: Path) -> None:
    """Recipes, examples and tours are drawn without a clash too."""
    names = []
    for name, project in documented():
        window = Window(browser, written(tmp_path, project, live=True))
        wrong = {what: found for what in ("overlaps", "outside") if (found := window.check(what))}
        assert (name, wrong) == (name, {})
        assert (window.complaints, len(window.requests)) == ([], 1)
        window.page.close()
        names.append(name)
    assert len(names) > 30


def test_a_new_bot(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `dialogue new` and `dialogue graph` make on a machine with nothing."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "bot", "mine"]) == 0
    for like in ("lead", "survey", "quiz", "booking", "check_in"):
        assert main(["--root", "mine", "new", "scenario", f"my_{like}", "--like", like]) == 0
    assert main(["--root", "mine", "graph", "-o", "bot.html", "--live"]) == 1  # no bot has run here yet
    assert main(["--root", "mine", "graph", "-o", "bot.html"]) == 0
    window = Window(browser, tmp_path / "bot.html")
    window.shot("new-bot")
    assert (window.complaints, window.check("overlaps"), window.check("outside")) == ([], [], [])


def test_the_talk_of_the_readme(browser: Browser, tmp_path: Path) -> None:
    """docs/img/talk.svg, as README shows it: all words are inside their bubbles, with contrast."""
    file = tmp_path / "readme.html"
    picture = (ROOT / "docs/img/talk.svg").read_text(encoding="utf-8")
    file.write_text(f"<!doctype html><body>{picture}</body>", encoding="utf-8")
    window = Window(browser, file)
    window.shot("talk")
    assert window.complaints == []
    assert window.check("bubbles") == []


def test_mermaid_reads_it(browser: Browser, tmp_path: Path) -> None:
    """What GitHub draws Mermaid with takes every diagram, in both languages, with figures and without."""
    project = shipped()
    drafts = [drafted(project, one, language) for one in project.scenarios.values() for language in ("ru", "en")]
    drafts += [*lived_in([drafted(project, one) for one in project.scenarios.values()]), overview(project)]
    file = tmp_path / "mermaid.html"
    library = (WEB / "mermaid.min.js").as_uri()
    file.write_text(
        f'<!doctype html><meta charset="utf-8"><script src="{library}"></script><div id="at"></div>', "utf-8"
    )
    window = Window(browser, file)
    window.page.evaluate("mermaid.initialize({startOnLoad: false})")
    for number, draft in enumerate(drafts):
        diagram = json.dumps(mermaid(draft))
        drawn = window.page.evaluate(f"mermaid.render('d{number}', {diagram}).then(one => one.svg.length)")
        assert drawn > 1000
    window.page.evaluate(
        f"mermaid.render('last', {json.dumps(mermaid(drafts[-2]))}).then(one => at.innerHTML = one.svg)"
    )
    window.shot("mermaid")
    assert window.complaints == []
