"""Which deployment serves a call, and which one after it when that one fails."""

from openai_grpc_server.routing.affinity import Affinity
from openai_grpc_server.routing.deployment import Deployment
from openai_grpc_server.routing.group import Group
from openai_grpc_server.routing.plan import Plan
from openai_grpc_server.routing.router import ClientFactory, Router
from openai_grpc_server.routing.state import State

__all__ = ["Affinity", "ClientFactory", "Deployment", "Group", "Plan", "Router", "State"]
