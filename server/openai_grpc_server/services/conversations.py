"""`ConversationsService`: conversations and their items."""

from functools import partial
from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import loads
from openai_grpc.v1 import conversations_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.rest import uses_own_key
from openai_grpc_server.errors import from_error_object, stated_error
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.base import Service


class ConversationsService(Service):
    """Conversations that are stored upstream, and their items."""

    descriptor = conversations_pb2.DESCRIPTOR.services_by_name["ConversationsService"]

    async def get_conversation_item(self, call: Call, request: Message) -> Message:
        """Serves `GetConversationItem`."""
        return await self.route(call, request, self._item)

    async def _item(self, call: Call, request: Message) -> Message:
        value = await beside_loop(call.received.large, self.prepare, call, request)
        return await self.fetch(call, call.rpc, value, partial(item, call))


def item(call: Call, reply: Any) -> Message:
    """Returns a reply that is an item.

    Raises:
        GatewayError: It is an error after all: an item may be any JSON.
    """
    kind = reply.item.WhichOneof("kind")
    value = loads(reply.item.unknown) if kind == "unknown" else None
    error = stated_error(value) if isinstance(value, dict) else None
    if error is not None:
        raise from_error_object(error, safe=call.rpc.safe, own_key=uses_own_key(call))
    return reply  # type: ignore[no-any-return]  # of the class that the RPC names
