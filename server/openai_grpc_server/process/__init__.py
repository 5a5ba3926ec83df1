"""Serving in one process, or in workers behind one port that a supervisor starts, replaces and stops."""
