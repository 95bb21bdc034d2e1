"""Write every generated page of docs/."""

from docs.make.pages import PAGES, ROOT

for name, page in PAGES.items():
    path = ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(), encoding="utf-8", newline="\n")
    print(f"wrote {name}")  # noqa: T201 a command prints its answer
