"""Fuzzers: each tries inputs for a time, and says what it found."""
