"""The benchmark's own parts: what they count and compare is true."""
