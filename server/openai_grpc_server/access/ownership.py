"""Whose the stored objects are: ids are opened in requests and sealed in replies."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from google.protobuf.message import Message
from grpc import StatusCode

from openai_grpc.v1 import chat_pb2, response_event_pb2, response_pb2, responses_pb2
from openai_grpc_server.access.keyring import HINT, Keyring
from openai_grpc_server.access.sealed_ids import SealedId, Sealer
from openai_grpc_server.access.weak_keys import weakness
from openai_grpc_server.config import ConfigError, GeneralSettings, Problem
from openai_grpc_server.errors import GatewayError

if TYPE_CHECKING:
    from openai_grpc_server.routing import Affinity
    from openai_grpc_server.services.call import Call

# The key in the metadata of stored chat completions that says whose they are: the upstream lists by metadata.
OWNER = "openai_grpc_owner"
SECTION = "general_settings"


class Ownership:
    """Knows stored objects by their ids.

    Args:
        sealer: Seals and opens ids.
        several_keys: Whether there are several keys, so that an id without an owner is nobody's.
    """

    def __init__(self, sealer: Sealer, *, several_keys: bool) -> None:
        self._sealer = sealer
        self._several_keys = several_keys

    def open_request(self, call: "Call", request: Any, affinity: "Affinity | None") -> None:
        """Puts the upstream's ids into a request, and tells the router where their objects are.

        Raises:
            GatewayError: NOT_FOUND: an id is not one of the caller's.
        """
        for message, field in _ids_in(call, request):
            given = getattr(message, field)
            if given:
                opened = self._open(call, field, given)
                setattr(message, field, opened.object_id)
                if affinity is not None and opened.deployment:
                    affinity.remember(opened.object_id, opened.deployment)
        if self._several_keys and _is_of_chats(call, request):
            request.metadata[OWNER] = self._tag(call)

    def seal_reply(self, call: "Call", message: Message) -> None:
        """Puts sealed ids into a reply, or a message of its stream."""
        seal = _SEALS.get(type(message))
        if seal is not None:
            seal(Seal(self._sealer, _owner(call), call.chosen.name, self._tag(call), call.stores), message)

    def _open(self, call: "Call", field: str, text: str) -> SealedId:
        opened = self._sealer.open(text)
        if opened is not None and opened.owner == _owner(call):
            return opened
        if opened is None and not self._several_keys:
            return SealedId("", "", text)
        raise GatewayError(
            f"There is no object with the {field} {text!r}",
            code=StatusCode.NOT_FOUND,
            reason="OBJECT_NOT_FOUND",
            param=field,
        )

    def _tag(self, call: "Call") -> str:
        return self._sealer.owner_tag(_owner(call))


def ownership(settings: GeneralSettings, keys: Keyring | None, *, several_upstreams: bool) -> Ownership | None:
    """Makes what a configuration needs of it; None: ids stay as the upstream gives them.

    Raises:
        ConfigError: There are several keys, and nothing to seal ids with; or what there is can be guessed.
    """
    several_keys = keys is not None and len(keys.callers) > 1
    secret = settings.sealing_key or settings.master_key
    if secret is None and several_keys:
        hint = "set sealing_key to a random text; what one key stores is then no other's"
        raise ConfigError(Problem("with several keys a sealing_key or a master_key is needed", SECTION, hint))
    if secret is None or not (several_keys or several_upstreams):
        return None
    if why := weakness(secret.reveal()):
        raise ConfigError(Problem(f"the key can be guessed: {why}", f"{SECTION}.sealing_key", HINT))
    return Ownership(Sealer(secret), several_keys=several_keys)


class Seal(NamedTuple):
    """Seals the ids of one caller's objects at one deployment.

    Attributes:
        sealer: Seals ids.
        owner: The name of the caller's key.
        deployment: The name of the deployment.
        tag: What stands for the owner in metadata.
        stores: Whether the call is about objects that are stored.
    """

    sealer: Sealer
    owner: str
    deployment: str
    tag: str
    stores: bool

    def fields(self, message: Any, *names: str) -> None:
        """Seals fields, those that are there."""
        for name in names:
            if object_id := getattr(message, name):
                setattr(message, name, self.sealer.seal(SealedId(self.owner, self.deployment, object_id)))


def _owner(call: "Call") -> str:
    return call.caller.name if call.caller is not None else ""


def _ids_in(call: "Call", request: Any) -> list[tuple[Any, str]]:
    """The messages and fields of a request that hold ids of stored objects."""
    fields = request.DESCRIPTOR.fields_by_name
    found = [(request, field) for field in call.rpc.path_fields if field in {"response_id", "completion_id"}]
    if "previous_response_id" in fields:
        found.append((request, "previous_response_id"))
    if "prompt_cache_options" in fields and request.HasField("prompt_cache_options"):
        found.append((request.prompt_cache_options, "comparison_response_id"))
    if isinstance(request, chat_pb2.ListChatCompletionsRequest):
        found.append((request, "after"))
    return found


def _is_of_chats(call: "Call", request: Any) -> bool:
    """Whether a request's metadata is that of stored chat completions."""
    if isinstance(request, chat_pb2.CreateChatCompletionRequest):
        return call.stores
    return isinstance(request, chat_pb2.ListChatCompletionsRequest | chat_pb2.UpdateChatCompletionRequest)


def _response(seal: Seal, response: Any) -> None:
    seal.fields(response, "id", "previous_response_id")


def _event(seal: Seal, event: Any) -> None:
    kind = event.WhichOneof("value")
    if kind in _WITH_RESPONSE:
        _response(seal, getattr(event, kind).response)


def _deleted(seal: Seal, deleted: Any) -> None:
    seal.fields(deleted, "id")


def _chat(seal: Seal, completion: Any) -> None:
    if seal.stores:
        seal.fields(completion, "id")
        completion.metadata.pop(OWNER, None)


def _chunk(seal: Seal, chunk: Any) -> None:
    if seal.stores:
        seal.fields(chunk, "id")
        if chunk.HasField("accumulated"):
            _chat(seal, chunk.accumulated)


def _chats(seal: Seal, page: Any) -> None:
    """Seals a page, and leaves out what is another's, should the upstream not filter by metadata."""
    own = [each for each in page.data if not seal.owner or each.metadata.get(OWNER) == seal.tag]
    kept = chat_pb2.ChatCompletionList(data=own)
    for each in kept.data:
        _chat(seal, each)
    del page.data[:]
    page.data.extend(kept.data)
    seal.fields(page, "first_id", "last_id")


_WITH_RESPONSE = frozenset(
    arm.name
    for arm in response_event_pb2.ResponseStreamEvent.DESCRIPTOR.oneofs_by_name["value"].fields
    if arm.message_type is not None
    and "response" in arm.message_type.fields_by_name
    and arm.message_type.fields_by_name["response"].message_type is response_pb2.Response.DESCRIPTOR
)

_SEALS: dict[type[Message], Callable[[Seal, Any], None]] = {
    response_pb2.Response: _response,
    response_event_pb2.ResponseStreamEvent: _event,
    responses_pb2.ResponseDeleted: _deleted,
    chat_pb2.ChatCompletion: _chat,
    chat_pb2.ChatCompletionChunk: _chunk,
    chat_pb2.ChatCompletionDeleted: _deleted,
    chat_pb2.ChatCompletionList: _chats,
}
