"""What a request says of where it may go."""

from typing import Any

from google.protobuf.message import Message

from openai_grpc_server.access.models import check_models
from openai_grpc_server.access.names import check_names
from openai_grpc_server.routing import Plan, Router
from openai_grpc_server.services.call import Call
from openai_grpc_server.services.rpc import Rpc


def plan_of(router: Router, call: Call, request: Message) -> Plan:
    """Returns where a call may go: by its model, or by the stored object that it is about.

    Raises:
        GatewayError: NOT_FOUND: the model is not configured. PERMISSION_DENIED: the caller's key does not allow it.
        InvalidArgumentError: A name is too long, or can't be one. Or there are several upstreams, and the call says
            nothing that tells one.
    """
    check_names(request)
    fields = request.DESCRIPTOR.fields_by_name
    model: str | None = None
    if "model" in fields:
        if request.HasField("model"):
            model = getattr(request, "model")  # noqa: B009 - not all messages have it
        elif call.rpc.has_body:
            model = router.default_model
    call.model = model or ""
    if call.caller is not None and call.caller.limited_to_models:
        if model is not None:
            call.caller.check_model(model)
        elif call.rpc.has_body and "model" in fields:
            raise call.caller.model_missing()
        check_models(call.caller, request, untyped=call.untyped)
    previous = ""
    if call.ownership is not None:
        call.stores = not call.rpc.creates or keeps_object(call.rpc, request)
        previous = call.ownership.open_request(call, request, router.affinity)
    object_id = ""
    if router.affinity is not None:
        object_id = named_object(call.rpc, request) or previous
        if keeps_object(call.rpc, request):
            call.keeper = router.affinity
    return router.plan(model, object_id, streaming=call.rpc.server_streaming, deadline=call.deadline)


def named_object(rpc: Rpc, request: Any) -> str:
    """Returns the id of the stored object that a request is about, or goes on from; empty: there is none."""
    if rpc.path_fields:
        return str(getattr(request, rpc.path_fields[0]))
    return str(getattr(request, "previous_response_id", ""))


def keeps_object(rpc: Rpc, request: Any) -> bool:
    """Whether a call makes an object that is stored: upstream stores responses unless told otherwise, chats if told."""
    fields = request.DESCRIPTOR.fields_by_name
    if rpc.path_fields or "store" not in fields:
        return False
    return bool(request.store) if request.HasField("store") else "previous_response_id" in fields
