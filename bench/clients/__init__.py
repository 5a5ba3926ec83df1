"""Cost of each client beside OpenAI's own library of its language."""
