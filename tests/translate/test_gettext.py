"""Our files are those of gettext: its own tools and Babel read what we write, and we read what they write."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from engine.project.po import read_po
from tests.docs.test_tour import run
from tests.driver import sources

needs_gettext = pytest.mark.skipif(
    not (shutil.which("msgfmt") and shutil.which("msgmerge")),
    reason="gettext's own tools are not installed (Debian: apt-get install gettext)",
)
TALK = """
- ask: name
  question: "Как «тебя» зовут?\\nНапиши:\\t\\"имя\\""
- say: |
    {{ name }}, это длинный текст, который не помещается в одну строку файла и потому сворачивается по словам, а
    ещё в нём есть 100% процентов.
- say: Пока!
"""


def bot(folder: Path, steps: str) -> None:
    for name, content in sources({"talk": steps}, **{"catalog/bot.yaml": "languages: [ru, fr]\n"}).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


def filled(folder: Path) -> str:
    """The file with a translation of each text."""
    path = folder / "translations/fr.po"
    text = path.read_text("utf-8").replace('msgstr ""\n\n', 'msgstr "Traduit"\n\n').rstrip("\n")
    text = text.removesuffix('msgstr ""') + 'msgstr "Salut !"\n'
    path.write_text(text, "utf-8")
    return text


def tool(folder: Path, *words: str) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr + done.stdout


@needs_gettext
def test_msgfmt_takes_our_files(tmp_path: Path) -> None:
    """The template and a file with new, stale and set-aside entries pass `msgfmt --check`, with the counts we tell."""
    bot(tmp_path, TALK)
    run(tmp_path, "translate", "extract")
    tool(tmp_path, "msgfmt", "--check-format", "--check-domain", "-o", "all.mo", "translations/messages.pot")
    run(tmp_path, "translate", "update")
    filled(tmp_path)
    bot(tmp_path, TALK.replace("зовут?", "звать?").replace("- say: Пока!", "- say: Всё, теперь можно идти домой.\n"))
    assert "1 missing, 1 new, 1 obsolete, 1 stale" in run(tmp_path, "translate", "update")
    told = tool(tmp_path, "msgfmt", "--check-format", "--statistics", "-o", "fr.mo", "translations/fr.po")
    assert "1 translated message, 1 fuzzy translation, 1 untranslated message" in told


@needs_gettext
def test_we_read_what_msgmerge_writes(tmp_path: Path) -> None:
    """A translator's tool that merges the template by itself loses nothing; what it guessed is no translation."""
    bot(tmp_path, TALK)
    run(tmp_path, "translate", "update")
    filled(tmp_path)
    bot(tmp_path, TALK.replace("- say: Пока!", "- say: Пока!\n- say: Пока-пока!"))
    run(tmp_path, "translate", "extract")
    tool(tmp_path, "msgmerge", "--previous", "--update", "translations/fr.po", "translations/messages.pot")
    read = read_po((tmp_path / "translations/fr.po").read_bytes(), "translations/fr.po")
    assert read.findings == []
    entries = {one.name: one for one in read.entries}
    assert entries["talk/say#2.say"].text.text == "Salut !"
    assert entries["talk/say#3.say"].fuzzy
    assert entries["talk/say#3.say"].guessed
    assert "People read the scenario's own text" in run(tmp_path, "translate", "check", code=1)


@needs_gettext
def test_folded_and_unfolded_are_the_same(tmp_path: Path) -> None:
    """A tool that folds lines otherwise changes no translation; `update` folds them as before."""
    bot(tmp_path, TALK)
    run(tmp_path, "translate", "update")
    filled(tmp_path)
    run(tmp_path, "translate", "update")
    before = (tmp_path / "translations/fr.po").read_bytes()
    tool(tmp_path, "msgcat", "--no-wrap", "-o", "translations/fr.po", "translations/fr.po")
    assert (tmp_path / "translations/fr.po").read_bytes() != before
    assert "unchanged" not in run(tmp_path, "translate", "update")
    assert (tmp_path / "translations/fr.po").read_bytes() == before
