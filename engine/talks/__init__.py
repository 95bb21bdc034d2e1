"""Scripted talks: people's lines and what the bot is expected to do, as YAML files that an author can write.

Law: a talk runs the same pure turn as the bot (`engine.core.turn.advance`), with a clock, a model and records of its
own; nothing is read from the environment, so a talk gives the same result everywhere.
"""
