"""Bridges: serve a call of one API by an upstream that has another.

Each is a set of plain functions from messages to messages. What a bridge can't express is not lost in silence: it is
INVALID_ARGUMENT, naming the field, unless the configuration asked to drop it.
"""
