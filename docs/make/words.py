"""docs/words.md: every sentence that the engine itself says, so that an author can find and change it."""

from __future__ import annotations

from docs.make.table import NOTICE, cell, code, table
from engine.project.words import FOLDER, engine_words


def words_page() -> str:
    words = engine_words()
    languages = sorted(words)
    keys = list(dict.fromkeys(key for language in languages for key in words[language]))
    rows = [(code(key), *(_shown(words[language].get(key, "")) for language in languages)) for key in keys]
    polite = engine_words(FOLDER / "formal")
    formal = [
        (code(key), *(_shown(polite[language].get(key, "")) for language in sorted(polite)))
        for key in keys
        if any(key in sentences for sentences in polite.values())
    ]
    return f"""# The engine's own sentences

{NOTICE}

What the bot says by itself: buttons such as "Skip", remarks such as "please send a number", the words that stand for
/cancel. To change one, write its key into `catalog/words.yaml` under the language:

```yaml catalog/words.yaml
en:
  button_skip: Not now
  wrong_number: "A number, please, such as {{example}}."
  cancel_words: cancel, stop, never mind
ru:
  button_skip: Потом
```

Placeholders in braces (`{{min}}`) are filled in by the engine; keep those that the sentence has. A language that the
engine does not know is spoken in English until you write its sentences here.

{table(("key", *languages), rows)}

## «Вы» in place of «ты»

A bot whose `catalog/bot.yaml` says `formal: true` says «вы» in its own sentences, and so does any bot in a scenario
that says it; yours are as you write them.

{table(("key", *sorted(polite)), formal)}
"""


def _shown(sentence: str) -> str:
    return cell(sentence).replace("*", "\\*") if sentence else ""
