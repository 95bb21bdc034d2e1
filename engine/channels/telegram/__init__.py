"""Telegram, by long polling. `channel.TelegramChannel` is the way in; python-telegram-bot parses, encodes and sends."""
