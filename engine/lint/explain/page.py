"""The page docs/rules.md, made of the entries: `dialogue rules --markdown > docs/rules.md`."""

from __future__ import annotations

from engine.lint.explain import Rule, rules, shown

HEAD = """# What lint finds

Made by `dialogue rules --markdown`; a test holds it current. `dialogue rules CODE` explains one in the terminal.
Errors keep a save from going live; warnings are mistakes that a person would notice; infos are worth knowing and do
not count. A finding that must stay is let pass by a comment on its line or on the line above, with a reason:
`# lint: ignore[plain-http] this site has no other`.

| code | severity | what it finds |
| --- | --- | --- |
"""


def page() -> str:
    """The whole page, in Markdown."""
    rows = "".join(
        f"| [{rule.code}](#{rule.code}) | {rule.severity} | {_cell(rule.what)} |\n" for rule in rules().values()
    )
    return HEAD + rows + "".join(_section(rule) for rule in rules().values())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _section(rule: Rule) -> str:
    parts = [f"\n## {rule.code}\n\n{rule.what} ({rule.severity})\n\n{rule.why}\n"]
    for title, example in (("Wrong", rule.wrong), ("Right", rule.right)):
        if example:
            parts.append(f"\n{title}:\n\n```yaml\n{shown(example)}\n```\n")
    return "".join(parts)
