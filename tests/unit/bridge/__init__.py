"""Tests of the bridges, message by message."""
