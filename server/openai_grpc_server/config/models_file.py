"""The file of facts about models, `server.models_file`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.model_settings import ModelInfo
from openai_grpc_server.config.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsFile:
    """What the file says.

    Attributes:
        models: What is known of models, by the upstream's names of them, with the keys of `model_info`.
    """

    models: Mapping[str, ModelInfo] = field(default_factory=dict)


def read_models_file(path: str, environ: Mapping[str, str]) -> Mapping[str, ModelInfo]:
    """Reads the file.

    Args:
        path: A YAML or JSON file.
        environ: What `os.environ/NAME` refers to.

    Raises:
        ConfigError: With every problem of the file.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(Problem(f"can't be read: {error}", path)) from error
    return Reader(path, environ).read(text, ModelsFile).models
