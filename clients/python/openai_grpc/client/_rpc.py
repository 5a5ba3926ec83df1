"""An RPC of the contract, for both clients."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from openai_grpc.client._request import Prepared, prepare, prepare_upload

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Rpc(Generic[M]):
    """An RPC.

    Attributes:
        request_type: The class of its request; of an upload, of its settings.
        reply_type: The class of its reply, or of each message of its reply stream.
        path: Its HTTP/2 path, such as `/openai_grpc.v1.ChatService/CreateChatCompletion`.
        doc: Its documentation.
        upload_type: For an upload, the class of the messages it takes: the settings, then chunks of a file.
        streams: Whether it answers with a stream.
        repeatable: Whether a second call does no harm: it has no side effects, or the same ones.
        id_field: The field of the request that an id alone stands for.
    """

    request_type: type[Message]
    reply_type: type[M]
    path: str
    doc: str
    upload_type: type[Message] | None = None
    streams: bool = False
    repeatable: bool = False
    id_field: str | None = None

    @property
    def upload(self) -> bool:
        """Whether it takes a stream."""
        return self.upload_type is not None

    def build(self, given: object = None, /, **params: Any) -> Prepared:
        """Builds its request from a caller's arguments.

        Args:
            given: The request, or an id, or None.
            **params: The fields of the request, and `CallParams`.

        Raises:
            OSError: A file can't be read.
            TypeError: An argument that the request does not have, or a value of a wrong type.
        """
        if self.upload_type is not None:
            return prepare_upload(self.request_type, self.upload_type, given, params, id_field=self.id_field)
        return prepare(self.request_type, given, params, id_field=self.id_field)
