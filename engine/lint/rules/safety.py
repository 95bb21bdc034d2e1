"""Files and addresses: media that is not there, paths that leave the folder, open connections, secrets."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from engine.core.finding import Span
from engine.core.media import KINDS
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.project import Scenario
from engine.lint.world import World
from engine.project.places import lines_of, position
from engine.project.spoken import every
from engine.project.yaml import read

SECRET = re.compile(
    rb"(?<![\w-])(?:\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])|sk-[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{36}|AKIA[0-9A-Z]{16}(?!\w)"
    rb"|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[0-9A-Za-z_-]{35})|-----BEGIN [A-Z ]*PRIVATE KEY-----|://[^\s/:@'\"{}<>]+:[^\s/:@'\"{}<>]{6,}@"
)
BEGINNINGS = (b"sk-", b"AKIA", b"xox", b"AIza", b"-----BEGIN", b"://")
# All digits of a Telegram token as one, and so the letters of `ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_`: to look for few
# things first is far quicker than the pattern.
ALIKE, BEGINNINGS_ALIKE = bytes.maketrans(b"123456789ousr", b"000000000pppp"), (b"0" * 8, b"ghp_")
HTTP = re.compile(r"http://(?!localhost|127\.|10\.|192\.168\.|\[::1\]|host\.docker\.internal)[^\s'\"<>)\]{]+")
SURELY = {  # what a file with one of these endings is; all others may be anything
    "photo": (".jpg", ".jpeg", ".png", ".webp", ".bmp"),
    "video": (".mp4", ".mov", ".avi", ".mkv", ".webm"),
    "voice": (".ogg", ".oga", ".opus", ".mp3", ".m4a", ".wav", ".flac"),
    "document": (
        ".pdf",
        ".txt",
        ".md",
        ".csv",
        ".doc",
        ".docx",
        ".xls",
        ".xlsx",
        ".ppt",
        ".pptx",
        ".zip",
        ".rar",
        ".7z",
    ),
}
TAKES = {"photo": ("photo",), "video": ("video",), "video_note": ("video",), "voice": ("voice", "video")}
MEDIA = re.compile(r"media/[^\n{}:]+\.\w{2,5}")


def check(world: World) -> None:
    root = Path(world.project.root)
    for scenario in world.scenarios.values():
        bare = {one.scalar.span for one in world.bare[scenario.id] if one.key in KINDS}  # which is told as that
        for step in scenario.steps if world.facts[scenario.id].names("media") else ():
            for reference in step.references:
                if reference.kind == "media" and reference.span not in bare:
                    kind = next((one for one in KINDS if _stands(step.node, one, reference.span)), "")
                    _media(world, root, reference.name, reference.span, kind)
        if b"http://" in world.loaded.sources.get(scenario.file, b""):
            _addresses(world, scenario)
    for file, content in world.loaded.sources.items():
        if not world.leads and not file.startswith("scenarios/"):
            continue
        if b"http://" in content and file == "catalog/models.yaml":
            _in_models(world)
        if b"media/" in content and file.startswith("catalog/"):
            _of_rows(world, root, file, content)
        alike = content.translate(ALIKE)
        begins = any(one in content for one in BEGINNINGS) or any(one in alike for one in BEGINNINGS_ALIKE)
        if begins and SECRET.search(content):
            _secrets(world, file, content)


def _stands(node: Node | None, key: str, at: Span) -> bool:
    value = node.get(key) if isinstance(node, Mapping) else None
    return value is not None and value.span == at


def _unlike(kind: str, ending: str) -> str | None:
    """What a file with this ending is, where it is surely not what its word says."""
    found = next((one for one, endings in SURELY.items() if ending.lower() in endings), None)
    return found if kind in TAKES and found is not None and found not in TAKES[kind] else None


def _media(world: World, root: Path, name: str, at: Span, kind: str = "") -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name):
        world.report(
            "path-leaves-root",
            "error",
            at,
            "This path leads out of the bot's folder.",
            "Put the file into the folder, for example into media/.",
        )
    elif (root / name).is_file() and not (root / name).resolve().is_relative_to(root.resolve()):
        message = "This file is a link that leads out of the bot's folder, so it is not sent."
        world.report("path-leaves-root", "error", at, message, "Put the file itself there.")
    elif (verb := _unlike(kind, path.suffix)) is not None:
        message = f"A `{path.suffix}` file is no {kind.replace('_', ' ')}, so people do not get it."
        world.report("wrong-media", "warning", at, message, f"Write `{verb}: {name}`, or name another file.")
    elif not (root / name).is_file():
        world.report(
            "missing-media",
            "info",
            at,
            f"There is no file {name}; until there is, the text is said without it.",
            "Put it there, or take this line out.",
        )


def _of_rows(world: World, root: Path, file: str, content: bytes) -> None:
    """Rows name the files that a step sends: `photo: "{{ row.photo }}"`."""
    node = read(content, file)[0]
    for one in every(node) if node is not None else ():
        if isinstance(one, Scalar) and MEDIA.fullmatch(one.text):
            _media(world, root, one.text, one.span)


def _addresses(world: World, scenario: Scenario) -> None:
    """Every text of the file that bears an open address."""
    file = world.loaded.files[scenario.file]
    queue: list[Node | None] = [file.node]
    while queue:
        node = queue.pop()
        if isinstance(node, Mapping):
            queue += [value for _, value in node.entries.values()]
        elif isinstance(node, Sequence):
            queue += node.items
        elif isinstance(node, Scalar):
            for found in HTTP.finditer(node.text):
                line, column = position(node, found.start())
                _plain_http(world, Span(scenario.file, line, column, line, column + len(found.group())), found.group())


def _plain_http(world: World, at: Span, address: str) -> None:
    world.report(
        "plain-http",
        "warning",
        at,
        "Anybody on the way can read and change what goes over http://.",
        f"Write `{address.replace('http://', 'https://', 1)}`.",
    )


def _in_models(world: World) -> None:
    file = "catalog/models.yaml"
    for number, line in enumerate(lines_of(world.loaded.sources[file].decode("utf-8", "replace")), 1):
        found = HTTP.search(line.split(" #")[0])
        if found and not line.lstrip().startswith("#"):
            _plain_http(world, Span(file, number, found.start() + 1, number, found.end() + 1), found.group())


def _secrets(world: World, file: str, content: bytes) -> None:
    """The value itself is never repeated."""
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    pattern = re.compile(SECRET.pattern.decode())
    told = {one.span[:2] for one in world.loaded.findings if one.code == "secret-in-file"}
    for number, line in enumerate(lines_of(text), 1):
        found = pattern.search(line)
        if found and (file, number) not in told:
            span = Span(file, number, found.start() + 1, number, found.end() + 1)
            world.report(
                "secret-in-file",
                "error",
                span,
                "This looks like a key, a token or a password, which does not belong into this file.",
                "Put it into .env, and make a new one: this one may have been seen.",
            )
