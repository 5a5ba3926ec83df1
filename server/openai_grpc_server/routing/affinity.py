"""Which deployment has which stored object."""

from openai_grpc_server.bounded_cache import BoundedCache

MAX_BYTES = 25 << 20  # some 100,000 ids of OpenAI's


class Affinity:
    """Remembers which deployment made an object, such as a response: only it can get, cancel or continue it.

    The ids that were not used for the longest time are forgotten first.

    Args:
        max_bytes: How many bytes of ids are remembered, as `BoundedCache` counts them.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._deployments: BoundedCache[str] = BoundedCache(max_bytes)

    def remember(self, object_id: str, deployment: str) -> None:
        """Notes the name of the deployment that has made an object."""
        self._deployments.put(object_id, deployment)

    def find(self, object_id: str) -> str | None:
        """Returns the name of the deployment that made an object, if that is known."""
        return self._deployments.get(object_id)
