"""What a configuration file may say. The YAML mirrors these classes: a field is a key.

`server` is our own; the other sections have the shape and the meaning of LiteLLM's `config.yaml`. Times are in seconds,
sizes in bytes.
"""

from dataclasses import dataclass, field

from openai_grpc_server.config.general_settings import GeneralSettings
from openai_grpc_server.config.litellm_settings import LitellmSettings, RouterSettings
from openai_grpc_server.config.model_settings import ModelSettings
from openai_grpc_server.config.server_settings import ServerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole configuration file.

    Attributes:
        model_list: The models that callers can name. Empty: every name goes to the upstream of the environment.
        litellm_settings: Defaults for all models.
        router_settings: How calls are spread over deployments.
        general_settings: Who may call.
        server: How the gateway itself runs.
    """

    model_list: tuple[ModelSettings, ...] = ()
    litellm_settings: LitellmSettings = field(default_factory=LitellmSettings)
    router_settings: RouterSettings = field(default_factory=RouterSettings)
    general_settings: GeneralSettings = field(default_factory=GeneralSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
