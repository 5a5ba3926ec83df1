"""Which deployment serves a call."""

from collections.abc import Callable, Iterable, Mapping

from grpc import StatusCode

from openai_grpc_server.config import DeploymentConfig, matches
from openai_grpc_server.errors import GatewayError, InvalidArgumentError
from openai_grpc_server.upstream import UpstreamClient

ClientFactory = Callable[[DeploymentConfig], UpstreamClient]


class Deployment:
    """One model at one upstream, and the client that reaches it.

    Attributes:
        name: Names it in logs and replies.
        label: The name in ASCII, for metadata.
        config: What is configured about it.
        client: Sends its requests.
    """

    __slots__ = ("client", "config", "label", "name")

    def __init__(self, config: DeploymentConfig, client: UpstreamClient) -> None:
        self.name = config.name
        self.label = config.name.encode("ascii", "replace").decode()
        self.config = config
        self.client = client


class Router:
    """Finds deployments by the names that callers use.

    Args:
        configs: The deployments; one without a `model_name` takes every name that no other has.
        connect: Makes the client of a deployment; deployments that differ only in their models share one.

    Attributes:
        default_model: The model of a call that names none, where there is but one to choose from.
    """

    def __init__(self, configs: Iterable[DeploymentConfig], connect: ClientFactory) -> None:
        clients: dict[tuple[object, ...], UpstreamClient] = {}
        self._by_model: dict[str, Deployment] = {}
        self._wildcards: dict[str, Deployment] = {}
        self._any: Deployment | None = None
        for config in configs:
            key = (config.base_url, config.verify, config.client_certificate, config.timeouts)
            if key not in clients:
                clients[key] = connect(config)
            deployment = Deployment(config, clients[key])
            if config.model_name is None:
                self._any = deployment
            elif "*" in config.model_name:
                self._wildcards[config.model_name] = deployment
            else:
                self._by_model[config.model_name] = deployment
        self._clients = list(clients.values())
        self._only = self._any or self._single_upstream()
        single = self._any or (self._only if len(self._by_model) == 1 and not self._wildcards else None)
        self.default_model = single.config.model if single else None

    def for_model(self, model: str) -> Deployment:
        """Returns the deployment of a name.

        Raises:
            GatewayError: NOT_FOUND: no deployment has the name.
        """
        deployment = self._by_model.get(model) or self._by_wildcard(model) or self._any
        if deployment is None:
            raise GatewayError(
                f"The model {model!r} is not configured here",
                code=StatusCode.NOT_FOUND,
                reason="MODEL_NOT_FOUND",
                param="model",
            )
        return deployment

    def named(self) -> Mapping[str, Deployment]:
        """Returns the deployments that have names, by name."""
        return self._by_model

    def without_model(self) -> Deployment:
        """Returns the deployment of a call that names no model, such as getting a stored response.

        Raises:
            InvalidArgumentError: There are several upstreams, so that the call has to name a model.
        """
        if self._only is None:
            raise InvalidArgumentError.of_field("model", "several upstreams are configured; name the model")
        return self._only

    async def aclose(self) -> None:
        """Closes all connections."""
        for client in self._clients:
            await client.aclose()

    def _by_wildcard(self, model: str) -> Deployment | None:
        """The deployment with the longest wildcard that a name matches."""
        found = [pattern for pattern in self._wildcards if matches(pattern, model)]
        return self._wildcards[max(found, key=len)] if found else None

    def _single_upstream(self) -> Deployment | None:
        """The first deployment, if all of them are at one upstream under one key."""
        all_of_them = (*self._by_model.values(), *self._wildcards.values())
        upstreams = {(each.config.base_url, each.config.api_key) for each in all_of_them}
        return all_of_them[0] if len(upstreams) == 1 else None
