"""Responses from an upstream that has chat completions only."""
