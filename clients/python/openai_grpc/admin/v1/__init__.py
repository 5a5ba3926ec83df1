"""The messages and services of the package `openai_grpc.admin.v1`. Generated: do not edit."""

from openai_grpc.admin.v1.keys_pb2 import IssueKeyRequest as IssueKeyRequest
from openai_grpc.admin.v1.keys_pb2 import IssuedKey as IssuedKey
from openai_grpc.admin.v1.keys_pb2 import Key as Key
from openai_grpc.admin.v1.keys_pb2 import KeyList as KeyList
from openai_grpc.admin.v1.keys_pb2 import ListKeysRequest as ListKeysRequest
from openai_grpc.admin.v1.keys_pb2 import RevokeKeyRequest as RevokeKeyRequest
from openai_grpc.admin.v1.keys_pb2 import RotateKeyRequest as RotateKeyRequest
from openai_grpc.admin.v1.keys_pb2_grpc import KeysServiceServicer as KeysServiceServicer
from openai_grpc.admin.v1.keys_pb2_grpc import KeysServiceStub as KeysServiceStub

__all__ = [
    "IssueKeyRequest",
    "IssuedKey",
    "Key",
    "KeyList",
    "KeysServiceServicer",
    "KeysServiceStub",
    "ListKeysRequest",
    "RevokeKeyRequest",
    "RotateKeyRequest",
]
