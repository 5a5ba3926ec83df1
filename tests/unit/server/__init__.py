"""Tests of the server's own modules."""
