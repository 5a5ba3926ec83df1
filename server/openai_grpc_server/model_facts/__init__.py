"""What is known of models, and what becomes of parameters that a model is known not to take."""

from openai_grpc_server.model_facts.rules import ParameterRules
from openai_grpc_server.model_facts.table import ModelTable

__all__ = ["ModelTable", "ParameterRules"]
