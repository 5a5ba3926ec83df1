"""Serving in one process, or in several workers on one port under a supervisor."""
