"""An RPC of the contract, for both clients."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, ParamSpec, TypeVar

from google.protobuf.message import Message

from openai_grpc.client._request import Prepared

P = ParamSpec("P")
M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Rpc(Generic[P, M]):
    """An RPC.

    Attributes:
        build: Builds its request from a caller's arguments.
        reply_type: The class of its reply, or of each message of its reply stream.
        path: Its HTTP/2 path, such as `/openai_grpc.v1.ChatService/CreateChatCompletion`.
        upload: Whether it takes a stream: the settings, then chunks of a file.
        streams: Whether it answers with a stream.
        repeatable: Whether a second call does no harm: it has no side effects, or the same ones.
        doc: Its documentation.
    """

    build: Callable[P, Prepared]
    reply_type: type[M]
    path: str
    upload: bool
    streams: bool
    repeatable: bool
    doc: str
