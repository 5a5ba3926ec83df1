"""The events of a response as the chunks of a chat completion."""

from typing import Any

from openai_grpc.codec import dumps
from openai_grpc.v1 import chat_pb2, response_event_pb2, response_pb2
from openai_grpc_server.bridge.chat_to_responses.reply import (
    SAME,
    carry_rest,
    failure,
    finish_reason,
    provider_fields,
)
from openai_grpc_server.bridge.chat_to_responses.stream_items import ItemDeltas
from openai_grpc_server.bridge.chat_to_responses.stream_texts import Streamed, TextDeltas
from openai_grpc_server.bridge.losses import copy_fields
from openai_grpc_server.bridge.usage import chat_usage

Chunk = chat_pb2.ChatCompletionChunk
Event = response_event_pb2.ResponseStreamEvent
BEGUN = frozenset({"created", "in_progress", "queued"})
FINAL = frozenset({"completed", "incomplete", "failed"})


class ResponseChunks:
    """Writes the events of one response as chunks.

    Args:
        usage: Whether the caller gets a last chunk with the usage.
    """

    def __init__(self, *, usage: bool) -> None:
        self._usage = usage
        self._response = response_pb2.Response()
        self._began = False
        streamed = Streamed()
        texts = TextDeltas(streamed)
        self._items = items = ItemDeltas(texts, streamed)
        self._write = {
            "output_item_added": items.added,
            "output_item_done": items.item_done,
            "output_text_delta": texts.text_delta,
            "output_text_done": texts.text_done,
            "output_text_annotation_added": texts.annotation_added,
            "refusal_delta": texts.refusal_delta,
            "refusal_done": texts.refusal_done,
            "reasoning_summary_text_delta": texts.summary_delta,
            "reasoning_summary_text_done": texts.summary_done,
            "reasoning_text_delta": texts.reasoning_delta,
            "reasoning_text_done": texts.reasoning_done,
            "function_call_arguments_delta": items.arguments_delta,
            "function_call_arguments_done": items.arguments_done,
            "custom_tool_call_input_delta": items.input_delta,
            "custom_tool_call_input_done": items.input_done,
            "image_generation_call_partial_image": items.partial_image,
            "audio_delta": items.audio_delta,
            "audio_transcript_delta": items.transcript_delta,
        }

    def read(self, event: Event) -> list[Chunk]:
        """Returns the chunks that stand for an event. The progress of a hosted tool stands for none.

        Raises:
            GatewayError: The response has failed.
        """
        kind = event.WhichOneof("kind") or ""
        if kind in BEGUN:
            self._response = getattr(event, kind).response
            return []
        if kind in FINAL:
            return self._end(getattr(event, kind).response)
        write = self._write.get(kind)
        if write is None:
            return []
        chunk = self._top()
        choice = chunk.choices.add(index=0)
        value: Any = getattr(event, kind)
        write(value, choice)
        if not choice.delta.ListFields() and not choice.HasField("logprobs"):
            return []
        if "obfuscation" in value.DESCRIPTOR.fields_by_name and value.obfuscation:
            chunk.obfuscation = value.obfuscation
        self._begin(choice)
        return [chunk]

    def _top(self) -> Chunk:
        chunk = Chunk(created=self._response.created_at)
        copy_fields(self._response, chunk, SAME - {"metadata", "moderation"})
        return chunk

    def _begin(self, choice: Any) -> None:
        choice.delta.SetInParent()
        if not self._began:
            self._began = True
            choice.delta.role = "assistant"

    def _end(self, response: response_pb2.Response) -> list[Chunk]:
        if response.status == "failed":
            raise failure(response, started=self._began)
        done = self._items.done
        output = list(response.output) or [done[index] for index in sorted(done)]
        chunks: list[Chunk] = []
        for index, item in enumerate(output):
            if index not in done:
                whole = response_event_pb2.ResponseOutputItemDoneEvent(item=item, output_index=index)
                chunks += self.read(Event(output_item_done=whole))
        self._response = response
        chunks.append(self._last(response, output))
        if self._usage and response.HasField("usage"):
            usage = self._top()
            usage.usage.CopyFrom(chat_usage(response.usage))
            chunks.append(usage)
        return chunks

    def _last(self, response: response_pb2.Response, output: Any) -> Chunk:
        chunk = self._top()
        choice = chunk.choices.add(index=0)
        self._begin(choice)
        whole = response_pb2.Response(output=output)
        copy_fields(response, whole, {"status", "incomplete_details"})
        reason = finish_reason(whole)
        if reason:
            choice.finish_reason = reason
        fields = provider_fields(output)
        if fields:
            choice.delta.provider_specific_fields_json = dumps(fields).decode()
        carry_rest(response, chunk)
        copy_fields(response, chunk, {"moderation"})
        return chunk
