"""The state of one RPC while it is served, and what is read of its metadata."""
