"""The process that the gateway runs in: its resources, a thread for large messages, bounded caches."""
