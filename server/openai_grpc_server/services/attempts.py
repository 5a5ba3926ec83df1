"""Serves a call by one deployment after the other."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from openai_grpc_server.calls.call import Call
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.errors.frames import forget_frames

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
