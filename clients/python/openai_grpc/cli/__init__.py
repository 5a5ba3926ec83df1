"""The command line, `openai-grpc`."""

from openai_grpc.cli._main import main

__all__ = ["main"]
