"""Loads of a server during measurement."""

from bench.loads.cancelled import Cancelled
from bench.loads.load import Load
from bench.loads.paced import Paced
from bench.loads.repeated import Repeated
from bench.loads.scheduled import Scheduled
from bench.loads.stalled import Stalled

__all__ = ["Cancelled", "Load", "Paced", "Repeated", "Scheduled", "Stalled"]
