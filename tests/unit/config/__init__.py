"""Tests of what the gateway runs by."""
