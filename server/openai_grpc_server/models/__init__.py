"""Catalog of models, and handling of unsupported parameters."""

from openai_grpc_server.models.catalog import ModelCatalog
from openai_grpc_server.models.parameters import ParameterRules

__all__ = ["ModelCatalog", "ParameterRules"]
