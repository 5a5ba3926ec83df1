"""Conversion of upstream streams to messages: relaying, accumulating, synthesizing."""
