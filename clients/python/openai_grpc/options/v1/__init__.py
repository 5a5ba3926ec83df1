"""The messages and services of the package `openai_grpc.options.v1`. Generated: do not edit."""

from openai_grpc.options.v1.json_pb2 import JsonConstant as JsonConstant
from openai_grpc.options.v1.json_pb2 import JsonField as JsonField
from openai_grpc.options.v1.json_pb2 import JsonForm as JsonForm
from openai_grpc.options.v1.json_pb2 import JsonMessage as JsonMessage
from openai_grpc.options.v1.json_pb2 import JsonNames as JsonNames
from openai_grpc.options.v1.json_pb2 import JsonOneof as JsonOneof
from openai_grpc.options.v1.json_pb2 import RestRoute as RestRoute
from openai_grpc.options.v1.json_pb2 import RestText as RestText
from openai_grpc.options.v1.json_pb2 import StreamFraming as StreamFraming

__all__ = [
    "JsonConstant",
    "JsonField",
    "JsonForm",
    "JsonMessage",
    "JsonNames",
    "JsonOneof",
    "RestRoute",
    "RestText",
    "StreamFraming",
]
