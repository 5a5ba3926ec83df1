"""Replay of recorded exchanges with real servers."""
