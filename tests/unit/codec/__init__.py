"""Tests of the codec: Protobuf messages to OpenAI's JSON and back."""
