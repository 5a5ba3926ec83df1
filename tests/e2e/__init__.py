"""The product with real models, from a call to an answer."""
