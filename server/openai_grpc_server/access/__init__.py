"""Access: keys, their permissions and limits, ownership of stored objects."""
