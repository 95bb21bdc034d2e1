"""Telegram, by long polling. `channel.TelegramChannel` is the way in; python-telegram-bot parses, encodes and sends.

Nothing is imported here: `redact` must be usable before the library is loaded (80 ms).
"""
