"""Tests of keys, limits, sealed ids and prices."""
