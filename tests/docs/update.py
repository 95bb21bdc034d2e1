"""`python -m tests.docs.update [PAGE…]`: write into the pages what their talks really say.

Read the difference before you commit it: a talk that changed may be a bug.
"""

from __future__ import annotations

import sys

from tests.docs.pages import pages, sections
from tests.docs.talks import play
from tests.docs.test_examples import TOURS, versions

for page in pages():
    if sys.argv[1:] and page.name not in sys.argv[1:]:
        continue
    language = "en" if page.name == "README.md" else ""
    text = page.read_text(encoding="utf-8")
    for section in sections(page, tour=page.name in TOURS):
        for block in section.talks:
            try:
                played = "\n".join(line for line in play(block, versions(section), language) if line.strip())
            except Exception as error:  # shown, and the next one is played
                print(f"{block.place}: {error}")
                continue
            text = text.replace(f"```talk\n{block.text}```", f"```talk\n{played}\n```", 1)
    page.write_text(text, encoding="utf-8", newline="\n")
