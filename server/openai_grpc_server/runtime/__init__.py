"""Process resources, a thread for large messages, bounded caches."""
