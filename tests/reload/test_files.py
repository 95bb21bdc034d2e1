"""Which files a bot has: links, circles, what cannot be read, and contents that are read once."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.core.session import Conversation, Session
from engine.memory.port import Memory
from engine.memory.sqlite import SqliteMemory
from engine.project import files as module
from engine.project.files import LARGEST, Files, look
from engine.project.load import Loader
from engine.runtime.snapshots import Kept
from tests.driver import sources
from tests.reload.stage import put


def test_links_stay_inside(tmp_path: Path) -> None:
    """A link within the bot's folder is followed, one out of it is refused, a circle is walked once."""
    put(tmp_path / "bot", {"talk": "- say: Да."})
    put(tmp_path / "else", {"secret": "- say: Нет."})
    folder = tmp_path / "bot/scenarios"
    (folder / "again").symlink_to(".")
    (folder / "out").symlink_to(tmp_path / "else/scenarios")
    (folder / "one.yaml").symlink_to(tmp_path / "else/scenarios/secret.yaml")
    (folder / "lost.yaml").symlink_to("nowhere.yaml")
    (folder / "shelf.yaml").mkdir()
    (tmp_path / "bot/shared").mkdir()
    (tmp_path / "bot/shared/in.yaml").write_text("format: 1\n")
    (folder / "shared").symlink_to("../shared")
    seen = look(tmp_path / "bot")
    assert sorted(seen.files) == ["scenarios/shared/in.yaml", "scenarios/talk.yaml"]
    assert sorted(file for file, *_ in seen.refused) == ["scenarios/lost.yaml", "scenarios/one.yaml", "scenarios/out"]
    _, findings = Files(tmp_path / "bot").read()
    assert [one.code for one in findings] == ["unreadable"] * 3


def test_a_file_too_large_and_one_that_is_no_file(tmp_path: Path) -> None:
    """The first is a finding, a pipe is left alone; the others are read."""
    put(tmp_path, {"talk": "- say: Да."})
    (tmp_path / "scenarios/big.yaml").write_bytes(b"#" * (LARGEST + 1))
    os.mkfifo(tmp_path / "scenarios/pipe.yaml")
    found, findings = Files(tmp_path).read()
    assert list(found) == ["scenarios/talk.yaml"]
    assert [one.message for one in findings] == ["This file is larger than 2 MB."]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(tmp_path: Path) -> None:
    """A file and a folder without the right to read are findings, not files that are gone."""
    put(tmp_path, {"talk": "- say: Да."}, {"catalog/rooms.yaml": "- {id: a}\n"})
    (tmp_path / "scenarios/talk.yaml").chmod(0)
    (tmp_path / "catalog").chmod(0)
    _, findings = Files(tmp_path).read()
    (tmp_path / "catalog").chmod(0o700)
    assert [one.span.file for one in findings] == ["catalog", "scenarios/talk.yaml"]


def test_a_content_is_read_again_only_when_it_may_be_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same object comes back; a file changed just before it was read is read again, whatever its stamp says."""
    put(tmp_path, {"talk": "- say: Да."})
    path = tmp_path / "scenarios/talk.yaml"
    kept = Files(tmp_path)
    first, _ = kept.read()
    stamp = path.stat()
    path.write_bytes(path.read_bytes().replace("Да".encode(), "Не".encode()))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    young, _ = kept.read()
    assert young != first
    monkeypatch.setattr(module, "YOUNG", -1.0)
    again, _ = kept.read()
    assert again["scenarios/talk.yaml"] is kept.read()[0]["scenarios/talk.yaml"]


def test_unchanged_scenarios_are_the_same_objects() -> None:
    """Only what changed, and what runs it, is made anew; steps that live people are on are never changed."""
    prompt = "{%% block user %%}{{ %s }}{%% endblock %%}"
    talks = {"a": "- run: b", "b": "- say: Да.", "c": "- ask: x\n  question: X?\n- llm: y\n  prompt: p\n"}
    loader = Loader(Path())
    first = loader.build(sources(talks, **{"prompts/p.md.j2": prompt % "x"})).project
    second = loader.build(sources({**talks, "b": "- say: Нет."}, **{"prompts/p.md.j2": prompt % "x"})).project
    assert first is not None
    assert second is not None
    same = [name for name in talks if first.scenarios[name] is second.scenarios[name]]
    assert same == ["c"]
    assert first.prompts["p"] is second.prompts["p"]
    third = loader.build(sources(talks, **{"prompts/p.md.j2": prompt % "today"})).project
    assert third is not None
    assert first.scenarios["c"].steps[1].reads == ("x",)
    assert third.scenarios["c"].steps[1].reads == ("today",)
    assert third.scenarios["c"].version == first.scenarios["c"].version


KEEP = "mid_flow_edits: finish_old\nsteps:\n"
SUB = "- ask: x\n  question: X?\n"


def kept_with(memory: Memory) -> tuple[Kept, Loader]:
    loader = Loader(Path())
    return Kept(memory, loader), loader


def test_two_talks_that_need_two_versions_of_one_scenario() -> None:
    """The active one has its way; the parked one follows."""
    memory = SqliteMemory(":memory:")
    kept, loader = kept_with(memory)
    old = loader.build(sources({"a": KEEP + "- run: sub", "b": "- run: sub", "sub": SUB}))
    new = loader.build(sources({"a": KEEP + "- run: sub", "b": "- run: sub", "sub": SUB + "- say: Да.\n"}))
    assert old.project is not None
    assert new.project is not None
    asyncio.run(kept.start(old))
    asyncio.run(kept.swap(new, old))
    was = Conversation("1", "a", 0.0, {}, version=old.project.scenarios["a"].version)
    today = Conversation("2", "b", 0.0, {}, version=new.project.scenarios["b"].version)
    assert kept.project_for(Session(active=today, parked=[was]), new.project) is new.project
    mine = kept.project_for(Session(active=was, parked=[today]), new.project)
    assert mine.scenarios["sub"] is old.project.scenarios["sub"]
    assert mine.scenarios["b"] is new.project.scenarios["b"]
    stuck = replace(was, version="!")
    assert kept.project_for(Session(active=stuck), new.project) is new.project  # it began before all that is known
    assert len(kept) == 1
    asyncio.run(kept.prune(new.project))
    assert len(kept) == 0
    memory.close()


def test_a_version_that_comes_back_is_today_s(caplog: pytest.LogCaptureFixture) -> None:
    """Edited and edited back: nobody finishes on anything old, and the memory has it once. A memory that takes nothing
    is told in the log."""
    memory = SqliteMemory(":memory:")
    kept, loader = kept_with(memory)
    one, two = (loader.build(sources({"a": KEEP + SUB + more})) for more in ("", "- say: Да.\n"))
    asyncio.run(kept.start(one))
    asyncio.run(kept.swap(two, one))
    assert len(kept) == 1
    asyncio.run(kept.swap(one, two))
    assert [snapshot.retired == 0 for snapshot in memory.snapshots()].count(True) == 1
    assert one.project is not None
    began = Conversation("1", "a", 0.0, {}, version=one.project.scenarios["a"].version)
    assert kept.project_for(Session(active=began), one.project) is one.project
    memory.close()
    asyncio.run(kept.swap(two, one))
    assert "could not be kept for a restart" in caplog.text
