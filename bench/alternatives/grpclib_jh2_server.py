"""grpclib on jh2, a fork of h2 whose HPACK is in Rust, in h2's place."""

import sys
from importlib import import_module

import jh2  # type: ignore[import-not-found]  # is in the candidate's environment alone

for _name in ("config", "connection", "errors", "events", "exceptions", "settings"):
    sys.modules[f"h2.{_name}"] = import_module(f"jh2.{_name}")
sys.modules["h2"] = jh2

from bench.alternatives.grpclib_server import server  # noqa: E402 - once h2 is replaced

__all__ = ["server"]
