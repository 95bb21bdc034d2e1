"""What the bot leans on outside of this machine: Telegram, the servers of its models, the mail server.

Law: one harmless call each; it costs nothing and sends nobody anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from engine.channels.port import DeliveryFailed

if TYPE_CHECKING:
    from engine.core.project import Model
    from engine.outputs.mail import Mailer
    from engine.settings import Settings

PATIENCE = 10.0  # s for the mail server


async def look_outside(settings: Settings, models: Mapping[str, Model]) -> list[tuple[str, str]]:
    """(ok, note or wrong; a sentence) for each part that is switched on."""
    parts = []
    if settings.telegram_on:
        from engine.channels.telegram.check import check as telegram

        parts.append(telegram(settings.telegram_bot_token, settings.telegram_api_url, settings.admin_chat_id))
    if settings.llm_on or any(model.key_variable in settings.variables for model in models.values()):
        from engine.models.check import check as of_models

        parts.append(of_models(settings.variables, models))
    if settings.mail_on:
        parts.append(_mail(settings))
    return [found for part in await asyncio.gather(*parts) for found in part]


def mailer(
    settings: Settings, on_trouble: Callable[[str], None] = lambda _reason: None, timeout: float = 60.0
) -> Mailer:
    from engine.outputs.mail import Mailer

    return Mailer(
        host=settings.smtp_host,
        manager=settings.manager_email,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=settings.smtp_from,
        timeout=timeout,
        on_trouble=on_trouble,
    )


async def _mail(settings: Settings) -> list[tuple[str, str]]:
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        await mailer(settings, timeout=PATIENCE).login()
    except DeliveryFailed as problem:
        return [("wrong", f"e-mail by {where}: {problem}")]
    return [("ok", f"the mail server {where} lets the bot in")]
