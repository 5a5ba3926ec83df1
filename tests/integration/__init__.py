"""Tests of the real server on a real port, in front of a stand-in upstream."""
