"""Bounds that cannot be read or that no answer meets: lengths, sizes, marks, how many choices, patterns, endings."""

from __future__ import annotations

import re
from typing import Any

from engine.answers.bounds import number_limit
from engine.answers.text import PATTERN_LENGTH
from engine.core.asking import LIMITS
from engine.core.choices import Literal
from engine.core.finding import Span
from engine.core.template import Value
from engine.lint.patterns import HELP, MESSAGE, SLASHES, is_slow, within_slashes
from engine.lint.rules.answers import NOTHING, constant_of
from engine.lint.world import World
from engine.project.suggest import proposal

COUNTS, SIZES = ("min_length", "max_length"), ("min_size", "max_size")
MARKS = 5  # of a rating, unless it is set
MOST_MB = 4000  # of one file (telegram.org/faq)
BUTTONS = 100  # of one message (core.telegram.org/bots/api)
ENDINGS = frozenset(
    re.findall(
        r"\w+",
        "pdf doc docx odt rtf txt md csv tsv xls xlsx ods ppt pptx odp pages numbers key epub fb2 mobi djvu html xml "
        "json yaml jpg jpeg png gif webp heic heif bmp tif tiff svg psd ai eps mp3 ogg oga wav m4a flac aac mp4 mov "
        "avi mkv webm zip rar 7z tar gz apk exe dwg dxf",
    )
)
NO_ENDINGS = {
    **dict.fromkeys(("image", "images", "photo", "picture", "фото", "картинка"), "jpg, png"),
    **dict.fromkeys(("document", "word", "документ", "ворд"), "docx, pdf"),
    **dict.fromkeys(("excel", "table", "таблица", "эксель"), "xlsx, csv"),
    **dict.fromkeys(("video", "видео"), "mp4"),
    **dict.fromkeys(("audio", "music", "аудио"), "mp3"),
    **dict.fromkeys(("text", "текст"), "txt"),
}


def check(world: World) -> None:
    for step in world.by_verb["ask"]:
        if step.node.entries.keys().isdisjoint(LIMITS):
            continue
        meant = frozenset().union(*(kind.limits for kind in step.types))
        _numbers(world, step, meant)
        if "pattern" in meant and step.pattern is not None:
            _pattern(world, step)
        if "formats" in meant and constant_of(step.formats) not in NOTHING:
            _formats(world, step)


def _numbers(world: World, step: Any, meant: frozenset[str]) -> None:
    """Lengths, sizes, and the bounds of a number are numbers, which some answer can meet."""
    kind = step.types[0].name if len(step.types) == 1 else ""
    bounds = ("min", "max") if kind in ("number", "integer", "rating", "choices") else ()
    for name in (*COUNTS, *SIZES, *bounds):
        value = getattr(step, name, None)
        if value is None or name not in meant:
            continue
        constant = constant_of(value)
        if constant in NOTHING[1:]:
            continue
        if (constant is not None and number_limit(constant) is None) or _is_collection(value):
            digits = re.fullmatch(r"\D*?(\d+)\D*", str(constant))
            help = f"Write `{digits[1]}`." if digits else "Write a number."
            _tell(world, step, name, f"This is no number, so `{name}` is not looked at.", help)
            continue
        number = number_limit(constant)
        if number is not None and kind not in ("number", "integer"):
            _reachable(world, step, name, number, kind)
    least, most = (number_limit(constant_of(getattr(step, name, None))) for name in ("min", "max"))
    if kind == "rating" and most is None and (least or 1) > MARKS:
        message = f"`min` is above {MARKS}, which `max` is where it is not set, so no answer fits."
        _tell(world, step, "min", message, "Write `max:` too.")
    elif kind == "rating" and (most or MARKS) - (least or 1) >= BUTTONS:
        message = f"Only {BUTTONS} buttons fit beneath a message, so the higher marks have none."
        _tell(
            world, step, "max" if most is not None else "min", message, "Write `answer: integer`, or a shorter scale."
        )


def _reachable(world: World, step: Any, name: str, number: float, kind: str) -> None:
    """A bound of what is counted or weighed."""
    counted = name not in SIZES
    if not counted and number > MOST_MB:
        message = f"`{name}` is in MB, and no file has so many."
        _tell(world, step, name, message, f"Write `{max(round(number / 1024**2), 1)}`." if number >= 1024**2 else "")
    elif number < 0 or (counted and number != int(number)):
        what = "a whole number" if counted else "a number"
        _tell(world, step, name, f"`{name}` is {what}, 0 or more.", f"Write {what}.")
    elif number == 0 and name.startswith("max"):
        _tell(world, step, name, "With this nothing can be answered.", "Write a larger number.")
    elif name == "min_length" and number > PATTERN_LENGTH and not step.gather:
        _tell(world, step, name, f"No message has more than {PATTERN_LENGTH} characters.", "Write a smaller number.")
    elif kind == "choices" and isinstance(step.choices, Literal) and number > (there := len(step.choices.options)) > 0:
        most = number_limit(constant_of(getattr(step, "max", None)))
        if name == "min" and most is not None and most < number:
            return  # which is told
        if name == "min":
            _tell(
                world,
                step,
                name,
                f"There are only {there} choices, so nobody can choose {number}.",
                "Write a smaller number.",
            )
        else:
            message = f"There are only {there} choices, so `max` never counts."
            _tell(world, step, name, message, "Write a smaller number, or take it out.", "warning")


def _is_collection(value: Any) -> bool:
    """One with something in it: that there is nothing is told by another rule."""
    return isinstance(value, Value) and isinstance(value.data, (dict, list)) and bool(value.data)


def _pattern(world: World, step: Any) -> None:
    import regex  # type: ignore[import-untyped]  # it ships no types; late: most bots have no pattern

    pattern, at = constant_of(step.pattern), step.at("pattern")
    if pattern == "" or (isinstance(pattern, (list, dict)) and pattern) or _is_collection(step.pattern):
        help = "Write it in single quotes: `pattern: '[0-9]{4}'`."
        world.report("bad-pattern", "error", at, "A pattern is one text.", help)
        return
    if not isinstance(pattern, str):
        return
    try:
        regex.compile(pattern)
    except (regex.error, OverflowError, RecursionError) as error:
        help = "A sign such as ( [ + * ? that stands for itself is written with a `\\` before it."
        world.report("bad-pattern", "error", at, f"This pattern cannot be read: {error}.", help)
        return
    if bare := within_slashes(pattern):
        world.report("bad-pattern", "error", at, SLASHES, f"Write it without them: `{bare}`.")
        return
    if is_slow(pattern):
        world.report("slow-pattern", "warning", at, MESSAGE, HELP)


def _formats(world: World, step: Any) -> None:
    """Endings such as `pdf`: no types such as `image/png`, and none that is surely misspelt."""
    formats = constant_of(step.formats)
    listed = (
        formats if isinstance(formats, list) else re.split(r"[\s,]+", formats) if isinstance(formats, str) else None
    )
    if listed is None:
        if isinstance(step.formats, Value) and step.formats.constant:
            _tell(world, step, "formats", "This is no list of endings.", "For example `formats: [pdf, docx]`.")
        return
    for place, written in enumerate(listed or ()):
        ending = str(written).strip(" .").lower()
        at = _item(step, place) or step.at("formats")
        meant = NO_ENDINGS.get(ending) or _meant(ending)
        if not re.fullmatch(r"\w{1,12}", ending):
            world.report(
                "bad-limit", "error", at, f"`{written}` is no ending of a file.", "For example `pdf` or `docx`."
            )
        elif meant:
            message = f"`{ending}` is no ending that files have."
            world.report("bad-limit", "warning", at, message, proposal(str(meant)))


def _item(step: Any, place: int) -> Span | None:
    items = getattr(step.node.get("formats"), "items", None)
    return items[place].span if isinstance(items, list) and place < len(items) else None


def _meant(ending: str) -> str | None:
    """The usual ending that has the same letters, or one letter more or less. Others there may be as well."""
    if ending in ENDINGS or len(ending) < 3:
        return None
    same = (one for one in sorted(ENDINGS) if sorted(one) == sorted(ending))
    longer = (one for one in sorted(ENDINGS) if min(len(one), len(ending)) >= 3 and _one_more(one, ending))
    return next(same, None) or next(longer, None)


def _one_more(one: str, other: str) -> bool:
    """One of the two has a letter twice that the other has once: `pdff`, `jpegg`."""
    long, short = (one, other) if len(one) > len(other) else (other, one)
    doubled = (long[:place] + long[place + 1 :] for place in range(1, len(long)) if long[place] == long[place - 1])
    return short in doubled


def _tell(world: World, step: Any, name: str, message: str, help: str, severity: str = "error") -> None:
    world.report("bad-limit", severity, step.at(name), message, help)
