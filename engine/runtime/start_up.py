"""What start-up says of the bot's own files, beneath what `Settings.parts` says of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from engine.core.project import Project
from engine.project.bot import unset


def of_files(project: Project, sources: Mapping[str, bytes], variables: Mapping[str, str]) -> str:
    """Whole lines: models that have an address of their own, settings that nobody set."""
    lines = []
    homes = [
        f"{model.name} at {urlsplit(model.base_url).hostname}"
        + (f" (no {model.key_variable})" if model.key_variable not in variables else "")
        for model in project.models.values()
        if model.base_url
    ]
    if homes:
        lines.append(f"LLM of catalog/models.yaml: on, {', '.join(homes)}\n")
    if absent := unset(sources, project.settings):
        lines.append(f"Settings: {', '.join(absent)} not set; null in the scenarios that name them\n")
    return "".join(lines)
