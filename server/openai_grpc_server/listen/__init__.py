"""The listening port."""
