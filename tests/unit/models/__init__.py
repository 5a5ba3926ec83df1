"""Model facts."""
