"""Streams of the upstream as streams of messages: relaying, accumulating, synthesizing."""
