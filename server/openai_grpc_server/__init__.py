"""The gateway: OpenAI's API over gRPC to callers, OpenAI's REST to the upstream."""
