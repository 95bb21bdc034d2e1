"""Walks a bot's conversations by itself, every way it can think of, and tells what a person could run into.

Law: the same pure turn as the bot; records and model replies are made up from what the files declare.
"""
