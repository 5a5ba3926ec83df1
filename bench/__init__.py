"""Benchmark of the gateway against a floor server. See `python -m bench --help`."""
