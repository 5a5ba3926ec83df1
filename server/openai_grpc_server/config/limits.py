"""Bounds of numbers and texts, as metadata of the fields of settings classes."""

POSITIVE = {"above": 0}
NOT_NEGATIVE = {"minimum": 0}
# Of a secret that never goes into a header, and so may have any characters.
ANY_TEXT = {"any_text": True}
