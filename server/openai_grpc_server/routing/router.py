"""Router: finds the deployments that may serve a call, by model name or stored object."""

from collections.abc import Callable, Iterable, Mapping

from grpc import StatusCode

from openai_grpc_server.config import DeploymentConfig, RouterConfig
from openai_grpc_server.config.deployment import matches, openai_name
from openai_grpc_server.errors import GatewayError, InvalidArgumentError
from openai_grpc_server.routing.concurrency import AdaptiveLimit
from openai_grpc_server.routing.deployment import STRATEGIES, Deployment, Group, Left, Listed
from openai_grpc_server.routing.plan import Plan, Target
from openai_grpc_server.routing.state import LocalState, State
from openai_grpc_server.runtime.bounded_cache import BoundedCache
from openai_grpc_server.upstream import UpstreamClient

MAX_BYTES = 25 << 20  # some 100,000 ids of OpenAI's
ClientFactory = Callable[[DeploymentConfig], UpstreamClient]


class Affinity:
    """Deployments by id of a stored object: only its creator can get, cancel or continue it.

    The least recently used ids are dropped first.

    Args:
        max_bytes: Maximum size of the ids, as `BoundedCache` counts it.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._deployments: BoundedCache[str] = BoundedCache(max_bytes)

    def remember(self, object_id: str, deployment: str) -> None:
        """Records the deployment that created an object."""
        self._deployments.put(object_id, deployment)

    def find(self, object_id: str) -> str | None:
        """Returns the deployment that created an object, if known."""
        return self._deployments.get(object_id)


class ModelNames:
    """Groups of deployments by model name.

    Lookup tries the exact name, then patterns with a `*`, the longest first, then the deployments that take any name.

    Args:
        deployments: All deployments.
        aliases: Other names of groups.
        hidden: Aliases that lists leave out.

    Attributes:
        groups: Groups by exact name, without aliases.
        any: Group of every other name.
    """

    def __init__(
        self, deployments: Iterable[Deployment], aliases: Mapping[str, str], hidden: frozenset[str] = frozenset()
    ) -> None:
        members: dict[str | None, list[Deployment]] = {}
        for deployment in deployments:
            members.setdefault(deployment.config.model_name, []).append(deployment)
        nameless = members.pop(None, None)
        self.any = Group("", nameless) if nameless else None
        groups = {name: Group(name, each) for name, each in members.items() if name is not None}
        self.groups = {name: group for name, group in groups.items() if "*" not in name}
        self._patterns = sorted(
            (group for name, group in groups.items() if "*" in name), key=lambda each: -len(each.name)
        )
        self._aliases = aliases
        self._hidden = hidden

    def meaning(self, name: str) -> str:
        """Returns the target of an alias; other names unchanged."""
        return self._aliases.get(name, name)

    def find(self, name: str) -> Group | None:
        """Returns the group of a name that is not an alias."""
        group = self.groups.get(name) or self._matching(name)
        if group is None and self._patterns and (other := openai_name(name)) is not None:
            group = self._matching(other[0])
        return group or self.any

    def _matching(self, name: str) -> Group | None:
        return next((each for each in self._patterns if matches(each.name, name)), None)

    def listed(self) -> dict[str, Deployment]:
        """Returns the first deployment of every name that can be listed without querying an upstream."""
        aliases = {alias: name for alias, name in self._aliases.items() if alias not in self._hidden}
        names = {name: name for name in self.groups} | aliases
        found = {name: group.deployments[0] for name, meaning in names.items() if (group := self.find(meaning))}
        for deployment in self.any.deployments if self.any else ():
            if deployment.config.model is not None:
                found.setdefault(deployment.config.model, deployment)
        return found

    def open(self) -> dict[tuple[object, ...], list[Deployment]]:
        """Returns the deployments with wildcard names, by upstream."""
        groups = [*self._patterns, *([self.any] if self.any else [])]
        found: dict[tuple[object, ...], list[Deployment]] = {}
        for deployment in (each for group in groups for each in group.deployments):
            if deployment.config.model is None or "*" in deployment.config.model:
                found.setdefault(deployment.upstream, []).append(deployment)
        return found

    def single(self) -> str | None:
        """Returns the only name, aliases excluded, if there is exactly one."""
        return next(iter(self.groups)) if len(self.groups) == 1 and not self._patterns else None


class Router:
    """Finds the deployments that may serve a call.

    Args:
        configs: The deployments; those without a `model_name` take every name that no other has.
        connect: Makes the client of a deployment; deployments that differ only in their models share one.
        settings: Load balancing, retries, cooldowns and fallbacks.
        affinity: Known deployments of stored objects.
        state: State shared with other replicas; None without replicas. It is closed with the router.

    Attributes:
        affinity: Deployments of stored objects; None if one upstream has them all.
        deployments: The deployments.
        default_model: The model of a call that names none, if there is only one.
        has_fallbacks: Whether any model has fallbacks.
        passes_keys: Whether any deployment has no key, so that the caller's is sent.
        settings: As above.
        state: State of deployments, shared with other replicas if Redis is configured.
        strategy: Load balancing strategy.
    """

    def __init__(
        self,
        configs: Iterable[DeploymentConfig],
        connect: ClientFactory,
        settings: RouterConfig | None = None,
        affinity: Affinity | None = None,
        state: State | None = None,
    ) -> None:
        clients: dict[tuple[object, ...], UpstreamClient] = {}
        self._deployments: dict[str, Deployment] = {}
        self.settings = settings or RouterConfig()
        everything: list[Deployment] = []
        for config in configs:
            key = (config.base_url, config.verify, config.client_certificate, config.timeouts)
            if key not in clients:
                clients[key] = connect(config)
            everything.append(Deployment(config, clients[key]))
        self.deployments = tuple(everything)
        self.passes_keys = any(each.config.api_key is None for each in everything)
        listed: dict[tuple[object, ...], Listed] = {}
        for each in everything:
            each.listed = listed.setdefault(each.upstream, each.listed)
        self._clients = list(clients.values())
        self._deployments = {each.name: each for each in reversed(everything)}
        self._names = ModelNames(everything, self.settings.aliases, self.settings.hidden)
        self._alone = {each.name: Group("", [each]) for each in everything}
        self._upstreams = Group("", list({each.upstream: each for each in reversed(everything)}.values())[::-1])
        self._targets = {name: Target(name, group, group.deployments) for name, group in self._names.groups.items()}
        self._only = self._names.any or (self._upstreams if len(self._upstreams.deployments) == 1 else None)
        self.affinity = (affinity or Affinity()) if len(self._upstreams.deployments) > 1 else None
        self.default_model = self._single_model()
        given = self.settings
        self.has_fallbacks = bool(
            given.fallbacks
            or given.default_fallbacks
            or given.context_window_fallbacks
            or given.content_policy_fallbacks
        )
        if self.settings.adaptive_concurrency is not None:
            for each in everything:
                each.limit_concurrency(AdaptiveLimit(self.settings.adaptive_concurrency))
        self.strategy = STRATEGIES[self.settings.routing_strategy]
        self.state: State = state or LocalState()

    def plan(self, model: str | None, object_id: str, *, streaming: bool, deadline: float | None) -> Plan:
        """Returns the plan of a call.

        Args:
            model: The model that it names; None: it names none.
            object_id: The id of the stored object that it is about or continues; empty without one.
            streaming: Whether it is a stream.
            deadline: Deadline of the call, in `time.monotonic()` seconds.

        Raises:
            GatewayError: NOT_FOUND: no deployment has the name.
            InvalidArgumentError: Several upstreams are configured, and the call identifies none.
        """
        owner = self._owner(object_id) if object_id else None
        if model is None:
            target = self._without_model(object_id, owner)
        else:
            name = self._names.meaning(model)
            target = (self._targets.get(name) if owner is None else None) or self._of_model(name, owner)
        return Plan(self, target, streaming=streaming, deadline=deadline)

    def plan_at(self, deployment: Deployment, model: str, *, deadline: float | None) -> Plan:
        """Returns the plan of a call that has to go to the upstream of a deployment.

        Args:
            deployment: The deployment.
            model: The model that the call names.
            deadline: Deadline of the call, in `time.monotonic()` seconds.

        Raises:
            GatewayError: NOT_FOUND: no deployment has the name.
            InvalidArgumentError: Only other upstreams have it.
        """
        name = self._names.meaning(model)
        found = self._of_model(name, None)
        there = tuple(each for each in found.deployments if each.upstream == deployment.upstream)
        if not there:
            told = f"{model!r} is served by another upstream than that of {deployment.name!r}"
            raise InvalidArgumentError.of_field("model", told)
        return Plan(self, Target(name, found.group, there, movable=False), streaming=False, deadline=deadline)

    def check_place(self, object_id: str, deployment: Deployment) -> None:
        """Checks that a stored object is at the upstream of a deployment, or that nobody knows where it is.

        Raises:
            InvalidArgumentError: It is at another one.
        """
        owner = self._owner(object_id) if object_id else None
        if owner is not None and owner.upstream != deployment.upstream:
            raise InvalidArgumentError(
                f"An object that this request names is stored at another upstream than that of {deployment.name!r}"
            )

    def for_model(self, model: str) -> tuple[Deployment, str]:
        """Returns the first deployment of a name, and the upstream's name of the model.

        Raises:
            GatewayError: NOT_FOUND: no deployment has the name.
        """
        name = self._names.meaning(model)
        deployment = self._of_model(name, None).deployments[0]
        return deployment, deployment.resolve(name).model

    def serves(self, deployment: Deployment, name: str) -> bool:
        """Returns whether calls for a name may go to a deployment."""
        group = self._names.find(self._names.meaning(name))
        return group is not None and deployment in group.deployments

    def by_name(self, name: str) -> Deployment | None:
        """Returns the deployment with a deployment name."""
        return self._deployments.get(name)

    def named(self) -> Mapping[str, Deployment]:
        """Returns the first deployment of each name that can be listed without querying an upstream."""
        return self._names.listed()

    def open_deployments(self) -> list[list[Deployment]]:
        """Returns the deployments with wildcard names, grouped by upstream."""
        return list(self._names.open().values())

    def upstreams(self) -> list[Deployment]:
        """Returns one deployment of each upstream."""
        return list(self._upstreams.deployments)

    def fallback(self, name: str) -> Target | None:
        """Returns the target of a fallback."""
        name = self._names.meaning(name)
        group = self._names.find(name)
        return Target(name, group, group.deployments) if group else None

    def limits_left(self) -> list[Left]:
        """Returns the limits left of each deployment."""
        minute, deployments = self.state.this_minute(), self._deployments.values()
        for each in deployments:
            each.load.turn(minute)
        return [each.left() for each in deployments]

    def share(self) -> None:
        """Begins to share with other replicas what upstreams refuse, where Redis is configured."""
        self.state.share(self._deployments)

    async def aclose(self) -> None:
        """Closes all connections."""
        for client in self._clients:
            await client.aclose()
        await self.state.aclose()

    def _owner(self, object_id: str) -> Deployment | None:
        """Returns the deployment that created an object, if known and relevant."""
        name = self.affinity.find(object_id) if self.affinity is not None else None
        return self._deployments.get(name) if name is not None else None

    def _of_model(self, name: str, owner: Deployment | None) -> Target:
        group = self._names.find(name)
        if group is None:
            raise GatewayError(
                f"The model {name!r} is not configured here",
                code=StatusCode.NOT_FOUND,
                reason="MODEL_NOT_FOUND",
                type="invalid_request_error",
                upstream_code="model_not_found",
                param="model",
            )
        if owner is None:
            return Target(name, group, group.deployments)
        there = tuple(each for each in group.deployments if each.upstream == owner.upstream)
        if not there:
            raise InvalidArgumentError.of_field(
                "model", f"what the request goes on from is stored at another upstream, that of {owner.name!r}"
            )
        return Target(name, group, there, movable=False)

    def _without_model(self, object_id: str, owner: Deployment | None) -> Target:
        if owner is not None:
            return Target("", self._alone[owner.name], (owner,), movable=False)
        if self._only is not None:
            return Target("", self._only, self._only.deployments, movable=False)
        if object_id:
            return Target("", self._upstreams, self._upstreams.deployments, movable=False)
        told = "several upstreams are configured; name the model, or one in the metadata openai-grpc-model"
        raise InvalidArgumentError.of_field("model", told)

    def _single_model(self) -> str | None:
        """Returns the name of the only model."""
        if self._names.any is not None:
            return self._names.any.deployments[0].config.model
        return self._names.single() if self._only is not None else None
