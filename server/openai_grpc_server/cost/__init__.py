"""Usage and cost of calls."""
