"""One model at one upstream."""

from openai_grpc_server.config import DeploymentConfig
from openai_grpc_server.model_facts import ModelTable, ParameterRules
from openai_grpc_server.routing.health import Health
from openai_grpc_server.routing.load import Load
from openai_grpc_server.upstream import UpstreamClient


class Deployment:
    """One model at one upstream, the client that reaches it, and how it fares.

    Attributes:
        name: Names it in logs and replies.
        label: The name in ASCII, for metadata.
        config: What is configured about it.
        client: Sends its requests.
        upstream: What it shares with deployments that hold the same stored objects.
        limited: Whether it takes only so many calls.
        health: Whether it is left alone for a while.
        load: What it has to do.
        models: What is known of the models that it may serve.
        rules: What it does with parameters; None: they are sent as they come.
    """

    __slots__ = ("client", "config", "health", "label", "limited", "load", "models", "name", "rules", "upstream")

    def __init__(self, config: DeploymentConfig, client: UpstreamClient) -> None:
        self.name = config.name
        self.label = config.name.encode("ascii", "replace").decode()
        self.config = config
        self.client = client
        self.upstream = (config.base_url, config.api_key, config.organization, config.project)
        self.limited = not (config.rpm is config.tpm is config.max_parallel_requests is None)
        self.health = Health()
        self.load = Load()
        self.models = ModelTable(config.models, config.info)
        rules = ParameterRules(config, self.models)
        self.rules = None if rules.idle else rules
