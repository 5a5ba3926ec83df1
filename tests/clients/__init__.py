"""Every client, in its own language, against the real gateway."""
