"""The codes of every finding that reading files can give, each in one sentence, for `dialogue rules` and SARIF.

Law: a code is stable; a new kind of mistake gets a new line here (a test holds that none is missing).
"""

from __future__ import annotations

RULES: dict[str, str] = {
    # the bytes
    "encoding": "A file is not saved as UTF-8.",
    "control-character": "An invisible character stands in a file.",
    "empty-file": "A file holds nothing.",
    "file-too-big": "A file is larger than what is read at once.",
    # YAML that cannot be read, or is read as something else than it looks like
    "yaml-syntax": "YAML cannot read the file, and no better word is known for it.",
    "unquoted-braces": "A value begins with {{ or {% and does not stand in quotes, so YAML takes it for a map.",
    "unquoted-sign": "A text begins with a sign that means something else to YAML, such as * & ! @ % > | [ { - ?",
    "second-colon": "A text that is not in quotes holds a colon and a space.",
    "lost-comment": "A text that is not in quotes holds a space and #, so the rest of it is a comment.",
    "lost-dash": "A line begins with a dash, and is no item of a list but the end of the text above it.",
    "unclosed-quote": "A text in quotes has no closing quote.",
    "text-after-quote": "A text goes on behind its closing quote.",
    "unclosed-bracket": "A bracket of a list or map on one line is not closed, or a comma is missing in it.",
    "bad-escape": "A backslash in double quotes begins an escape that does not exist.",
    "tab-indentation": "A line is indented with a tab.",
    "bad-indentation": "A line stands in another column than the lines that it belongs to.",
    "missing-space": "There is no space after a key's colon.",
    "missing-colon": "A line that should be `key: value` has no colon.",
    "duplicate-key": "A key stands twice in one map.",
    "empty-key": "There is nothing before a colon.",
    "complex-key": "A list or a map stands where a key is expected.",
    "several-documents": "A file holds more than one YAML document.",
    "tag": "A YAML tag (!name) stands before a value.",
    "merge-key": "The merge key << is used.",
    "unused-anchor": "A YAML anchor (&name) is never used; perhaps it is the beginning of a text.",
    "unknown-alias": "A YAML alias (*name) refers to nothing; perhaps it is the beginning of a text.",
    "alias-loop": "A YAML alias refers to what it stands in.",
    "alias-bomb": "YAML aliases make the file many times larger.",
    "too-deep": "Lists and maps are nested too deep.",
    "front-matter": "The settings at the top of a prompt file are not closed by ---, or are no `key: value` lines.",
    # what the catalog's files say
    "unknown-key": "A key is not known at this place.",
    "missing-key": "A key that must be there is missing.",
    "unknown-value": "A value is none of those that are possible here.",
    "wrong-type": "A value is of another kind than what is wanted, such as a text instead of a list.",
    "bad-value": "A value is not right for its key.",
    "bad-name": "A name has letters that cannot be used, or is taken.",
    "duplicate-name": "Two files of the catalog have the same name.",
    "unknown-language": "A text is in a language that the bot does not speak.",
    "unknown-timezone": "A time zone does not exist.",
    "unknown-model": "A model is named that catalog/models.yaml does not have.",
    "fallback-circle": "Models fall back to one another in a circle.",
    "secret-in-file": "A secret stands in a file instead of in .env.",
    "unknown-type": "A field is of a type that does not exist.",
    "unknown-field": "A CSV column is no field of its collection.",
    "duplicate-column": "A CSV column stands twice in the header.",
    "duplicate-id": "Two rows of a catalog file have the same id.",
    "row-without-id": "A row has no id, and other rows of its file have one.",
    "id-differs": "A row's id is another than its key.",
    "unknown-word": "A sentence is changed that the engine does not have.",
    "bad-placeholder": "A changed sentence has a placeholder that is not filled, or an open brace.",
    "missing-placeholder": "A changed sentence leaves a placeholder out.",
    "foreign-words": "The engine has no sentences of its own in one of the bot's languages.",
}
