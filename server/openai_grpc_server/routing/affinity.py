"""Which deployment has which stored object."""

from collections import OrderedDict

CAPACITY = 100_000  # ids; some 15 MB


class Affinity:
    """Remembers which deployment made an object, such as a response: only it can get, cancel or continue it.

    The ids that were not used for the longest time are forgotten first.

    Args:
        capacity: How many ids are remembered.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._deployments: OrderedDict[str, str] = OrderedDict()

    def remember(self, object_id: str, deployment: str) -> None:
        """Notes the name of the deployment that has made an object."""
        self._deployments[object_id] = deployment
        self._deployments.move_to_end(object_id)
        if len(self._deployments) > self._capacity:
            self._deployments.popitem(last=False)

    def find(self, object_id: str) -> str | None:
        """Returns the name of the deployment that made an object, if that is known."""
        deployment = self._deployments.get(object_id)
        if deployment is not None:
            self._deployments.move_to_end(object_id)
        return deployment
