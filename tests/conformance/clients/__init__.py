"""Conformance of the clients: cases as data, which all languages run against the same gateway."""
