"""State of an RPC in progress, and its metadata."""
