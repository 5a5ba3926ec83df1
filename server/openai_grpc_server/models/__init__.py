"""Catalog of models, and the handling of parameters that a model does not take."""

from openai_grpc_server.models.catalog import ModelCatalog
from openai_grpc_server.models.parameters import ParameterRules

__all__ = ["ModelCatalog", "ParameterRules"]
