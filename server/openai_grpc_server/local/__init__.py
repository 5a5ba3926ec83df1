"""Local engine: small models behind OpenAI's REST API on loopback.

It is what `openai-grpc serve` runs when there is neither a key nor a configuration; it needs no account, and no network
once its packages are installed. SmolLM2-135M-Instruct answers chat, responses, completions and embeddings through
llama.cpp's own HTTP server; Whisper tiny.en answers transcriptions through a small one of ours. To the gateway both are
upstreams like any other.
"""

from openai_grpc_server.local.engine import (
    CHAT_MODEL,
    INSTALL_HINT,
    TRANSCRIPTION_MODEL,
    LocalEngine,
    LocalEngineError,
    LocalUpstream,
    LocalUpstreams,
    local_extra_installed,
)

__all__ = [
    "CHAT_MODEL",
    "INSTALL_HINT",
    "TRANSCRIPTION_MODEL",
    "LocalEngine",
    "LocalEngineError",
    "LocalUpstream",
    "LocalUpstreams",
    "local_extra_installed",
]
