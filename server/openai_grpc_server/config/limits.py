"""Bounds of numbers, as metadata of the fields of settings classes."""

POSITIVE = {"above": 0}
NOT_NEGATIVE = {"minimum": 0}
