"""Agent frameworks on OpenAI's SDK over gRPC: `make test-frameworks`."""
