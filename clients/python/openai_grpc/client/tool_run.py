"""Runs of tools. Made of `async_tool_run.py`: do not edit."""

import json
from collections.abc import Sequence
from typing import Any

from openai_grpc.client import _rpcs as rpcs
from openai_grpc.client import _text
from openai_grpc.client._parallel import carry_out, run
from openai_grpc.client.errors import RunError, ToolError, TooManyRoundsError
from openai_grpc.client.schema import TypeMismatchError
from openai_grpc.client.tools import Bounds, Call, Tool, ToolRun, result_text
from openai_grpc.client.typed_request import copied, options_of
from openai_grpc.v1 import ChatCompletion, ChatCompletionRequestMessage, Response, ResponseItem


def run_chat(
    completions: Any, given: Any, tools: Sequence[Tool[Any]], params: dict[str, Any], bounds: Bounds
) -> ToolRun[ChatCompletion, ChatCompletionRequestMessage]:
    """Asks for chat completions and runs the tools that they call, until one calls none.

    Args:
        completions: The namespace.
        given: The request, or None.
        tools: The tools.
        params: The fields of the request, and the options of each call.
        bounds: Bounds and observers.
    """
    options = options_of(params)
    base: Any = copied(rpcs.CREATE_CHAT_COMPLETION.build(given, **params).request)
    others = {each.function.function.name for each in base.tools}
    base.MergeFrom(rpcs.CREATE_CHAT_COMPLETION.build(tools=[each.chat for each in tools]).request)
    for rounds in range(1, bounds.max_rounds + 1):
        reply: ChatCompletion = _ask(completions, base, options, bounds)
        message = next((each.message for each in reply.choices if not each.index), None)
        if message is not None:
            base.messages.add().assistant.CopyFrom(message)
        found = list(message.tool_calls) if message is not None else []
        names = [each.function.function.name if each.HasField("function") else None for each in found]
        if not found or _are_foreign(names, tools, others):
            return ToolRun(reply, list(base.messages), rounds)
        calls = [
            Call(each.function.id, each.function.function.name, each.function.function.arguments) for each in found
        ]
        for call, result in zip(calls, _results(calls, tools, bounds, base.messages), strict=True):
            answer = base.messages.add().tool
            answer.tool_call_id = call.id
            answer.content.text = result
        if base.tool_choice.HasField("function") or base.tool_choice.mode == "required":
            base.ClearField("tool_choice")  # a model that must call a tool never answers
    raise TooManyRoundsError(_too_many(bounds), list(base.messages))


def run_responses(
    responses: Any, given: Any, tools: Sequence[Tool[Any]], params: dict[str, Any], bounds: Bounds
) -> ToolRun[Response, ResponseItem]:
    """Asks for responses and runs the tools that they call, until one calls none.

    Args:
        responses: The namespace.
        given: The request, or None.
        tools: The tools.
        params: The fields of the request, and the options of each call.
        bounds: Bounds and observers.
    """
    options = options_of(params)
    base: Any = copied(rpcs.CREATE_RESPONSE.build(given, **params).request)
    others = {each.function.name for each in base.tools if each.HasField("function")}
    base.MergeFrom(rpcs.CREATE_RESPONSE.build(tools=[each.response for each in tools]).request)
    items: list[ResponseItem] = list(base.input.items.items)
    if base.input.text:
        items.append(ResponseItem(message={"role": "user", "content": {"text": base.input.text}}))  # type: ignore[arg-type]  # as a message's constructor takes it
    begin = 0  # of what upstream does not have yet
    for rounds in range(1, bounds.max_rounds + 1):
        base.input.Clear()
        base.input.items.items.extend(items[begin:])
        reply: Response = _text.check_response(_ask(responses, base, options, bounds))
        items += reply.output
        if base.HasField("conversation"):
            begin = len(items)
        calls = [
            Call(each.function_call.call_id, each.function_call.name, each.function_call.arguments)
            for each in reply.output
            if each.HasField("function_call")
        ]
        if not calls or _are_foreign([call.name for call in calls], tools, others):
            return ToolRun(reply, items, rounds)
        for call, result in zip(calls, _results(calls, tools, bounds, items), strict=True):
            item = ResponseItem()
            item.function_call_output.call_id = call.id
            item.function_call_output.output.text = result
            items.append(item)
        if base.tool_choice.HasField("function") or base.tool_choice.mode == "required":
            base.ClearField("tool_choice")
    raise TooManyRoundsError(_too_many(bounds), items)


def _ask(namespace: Any, request: Any, options: dict[str, Any], bounds: Bounds) -> Any:
    if not bounds.streams:
        return namespace.create(request, **options)
    cancellation = bounds.cancellation
    if cancellation is not None:
        cancellation.check()
    with namespace.stream(request, **options) as stream:
        text = stream.text()
        if cancellation is not None:
            cancellation.watch(stream.close)
        try:
            for piece in text:
                if bounds.on_text is not None:
                    bounds.on_text(piece)
        finally:
            if cancellation is not None:
                cancellation.watch(None)
                cancellation.check()
        return _text.whole(text.message)


def _results(calls: Sequence[Call], tools: Sequence[Tool[Any]], bounds: Bounds, messages: Any) -> list[str]:
    by_name = {each.name: each for each in tools}

    def carry(call: Call) -> str:
        if bounds.cancellation is not None:
            bounds.cancellation.check()
        found = by_name.get(call.name)
        if found is None:
            return f"There is no tool {json.dumps(call.name)}. The tools are: {', '.join(by_name)}."
        if bounds.on_call is not None:
            bounds.on_call(call.name, call.arguments)
        try:
            arguments = found.read(call.arguments)
        except TypeMismatchError as error:
            return f"The arguments are invalid: {error}"  # which the model can correct
        try:
            return result_text(run(found, arguments))
        except RunError:
            raise
        except Exception as error:
            if not bounds.stop_on_error:
                return f"error: {str(error) or type(error).__name__}"
            raise ToolError(f"the tool {call.name} failed: {error}", list(messages), call.name) from error

    return carry_out(calls, bounds.max_parallel, carry)


def _are_foreign(names: Sequence[str | None], tools: Sequence[Tool[Any]], others: set[str]) -> bool:
    """Returns whether a call is the caller's to answer: of a tool of the request, or of another kind."""
    own = {each.name for each in tools}
    return any(name is None or (name not in own and name in others) for name in names)


def _too_many(bounds: Bounds) -> str:
    return f"the model still calls tools after {bounds.max_rounds} replies: raise max_rounds"
