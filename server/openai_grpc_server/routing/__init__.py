"""Routing: chooses the deployment of a call, retries and falls back."""

from openai_grpc_server.routing.deployment import Deployment, Group
from openai_grpc_server.routing.plan import Plan
from openai_grpc_server.routing.router import Affinity, ClientFactory, Router
from openai_grpc_server.routing.state import State

__all__ = ["Affinity", "ClientFactory", "Deployment", "Group", "Plan", "Router", "State"]
