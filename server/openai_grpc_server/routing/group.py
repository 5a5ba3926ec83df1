"""The deployments of one name."""

from collections.abc import Sequence

from openai_grpc_server.routing.budget import RetryBudget
from openai_grpc_server.routing.deployment import Deployment


class Group:
    """The deployments that serve calls under one name.

    Args:
        name: The `model_name` of the deployments; empty where they were not chosen by a name.
        deployments: The deployments; at least one.

    Attributes:
        name: As above.
        deployments: As above.
        budget: Bounds the retries of its calls.
    """

    __slots__ = ("budget", "deployments", "name")

    def __init__(self, name: str, deployments: Sequence[Deployment]) -> None:
        self.name = name
        self.deployments = tuple(deployments)
        self.budget = RetryBudget()
