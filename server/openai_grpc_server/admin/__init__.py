"""Port for operators: probes, metrics, live calls, deployments, configuration, and switches. Callers never see it."""

from openai_grpc_server.admin.port import AdminPort, Source
from openai_grpc_server.admin.state import ConnectionInfo, Operations, merged

__all__ = ["AdminPort", "ConnectionInfo", "Operations", "Source", "merged"]
