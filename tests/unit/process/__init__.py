"""The parts of which several workers are made."""
