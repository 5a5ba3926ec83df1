"""Dispatch of a call: where it may go, one attempt after the other, reading on after a cancel."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar, cast

from google.protobuf.message import Message

from openai_grpc_server.access.names import check_models, check_names
from openai_grpc_server.access.ownership import NOTHING, Opened
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.errors.frames import forget_frames
from openai_grpc_server.routing import Plan, Router
from openai_grpc_server.runtime.offload import beside_loop


async def plan_of(router: Router, call: Call, request: Message) -> Plan:
    """Returns where a call may go: by its model, or by the stored object that it is about.

    Raises:
        GatewayError: NOT_FOUND: the model is not configured. PERMISSION_DENIED: the caller's key does not allow it.
        InvalidArgumentError: A name is too long, or can't be one. Or there are several upstreams, and the call says
            nothing that tells one.
    """
    check_names(request)
    model = named_model(router, call, request)
    call.model = model or ""
    limited = call.caller is not None and call.caller.limited_to_models
    if call.caller is not None and limited:
        if model is not None:
            call.caller.check_model(model)
        elif call.rpc.has_body and "model" in request.DESCRIPTOR.fields_by_name:
            raise call.caller.model_missing()
    opened = NOTHING
    if limited or call.ownership is not None:
        call.stores = not call.rpc.creates or keeps_object(call.rpc, request)
        opened = await _read_names(call, request, limited=limited)
    object_id = ""
    if router.affinity is not None:
        for each in opened.ids:
            if each.deployment:
                router.affinity.remember(each.object_id, each.deployment)
        object_id = named_object(call.rpc, request) or opened.previous
        if keeps_object(call.rpc, request):
            call.keeper = router.affinity
    return router.plan(model, object_id, streaming=call.rpc.server_streaming, deadline=call.deadline)


async def _read_names(call: Call, request: Message, *, limited: bool) -> Opened:
    """Checks the models that a request names and opens its ids; that of a large request holds up no other call."""

    def read() -> Opened:
        if call.caller is not None and limited:
            check_models(call.caller, request, untyped=call.untyped)
        return NOTHING if call.ownership is None else call.ownership.open_request(call, request)

    return await beside_loop(call.large, read)


def named_model(router: Router, call: Call, request: Any) -> str | None:
    """Returns the model that a request names, or the only one that there is; None: it has none."""
    if "model" not in request.DESCRIPTOR.fields_by_name:
        return None
    if request.HasField("model"):
        return str(request.model)
    return router.default_model if call.rpc.has_body else None


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


T = TypeVar("T")


async def serve(call: Call, attempt: Callable[[], Awaitable[T]]) -> T:
    """Makes attempts until one succeeds or nothing more can be done; `call.chosen` says where each goes.

    Nothing is repeated once the caller has got a part of the answer, or has sent a stream that can't be had again.

    Args:
        call: The call, with its plan.
        attempt: Carries it out once.

    Raises:
        GatewayError: What the last attempt failed with.
    """
    plan = call.plan
    call.deployment = await plan.first()
    while True:
        call.attempts += 1
        present = plan.attempt
        try:
            result = await attempt()
        except GatewayError as error:
            if present is not None:
                await present.failed(error)
            if call.begun or call.spent or call.gone:
                raise
            call.deployment = await plan.after(error, call.chosen)
            call.begin_again(error)
            forget_frames(error)  # nobody is told of it
        except BaseException:
            if present is not None:
                present.abandoned()
            raise
        else:
            if present is not None:
                await present.succeeded(
                    streaming=call.rpc.server_streaming,
                    first_message=call.first_message,
                    tokens=getattr(call.usage, "total_tokens", 0),
                )
            return result


async def drained(call: Call, work: Coroutine[Any, Any, T], limit: Callable[[], float]) -> T:
    """Serves a call; once its caller cancels, nothing is written any more, and the work goes on for a while.

    A second cancel, when the server stops, ends the work at once.

    Args:
        call: The call.
        work: What serves it.
        limit: Returns the seconds that it may take after the cancel.

    Raises:
        asyncio.CancelledError: The caller has cancelled, and the work is over.
    """
    task = asyncio.create_task(outcome(work))
    try:
        result, error = await asyncio.shield(task)
    except asyncio.CancelledError:
        call.gone = True
        try:
            await asyncio.wait({task}, timeout=limit())
        finally:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled() and (error := task.result()[1]) is not None:  # nobody is left to be told of it
                forget_frames(error)
        raise
    finally:
        del task
    if error is None:
        return cast("T", result)
    try:
        raise error
    finally:
        del error  # it holds this frame


async def outcome(work: Coroutine[Any, Any, T]) -> tuple[T | None, BaseException | None]:
    """Returns what some work returns, or what it raises: a task would keep the frames that an error passed through."""
    try:
        return await work, None
    except BaseException as error:  # noqa: BLE001 - raised by who is told of it
        return None, error
