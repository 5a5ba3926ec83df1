"""The methods that are served, for servers that want to know them before they start."""

from bench.alternatives import echo


def paths() -> list[str]:
    """Returns the path of each RPC of the gateway's own services, and of the echo."""
    from openai_grpc_server.services import SERVICES  # noqa: PLC0415 - loads the gateway

    services = [service.descriptor for service in SERVICES]
    return [*echo.PATHS, *(f"/{each.full_name}/{method.name}" for each in services for method in each.methods)]
