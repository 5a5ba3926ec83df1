"""Tests of HTTP/2's parts that need no connection."""
