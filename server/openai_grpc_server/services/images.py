"""`ImagesService`: generation, edits and variations of images."""

from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import CodecError, dumps, loads
from openai_grpc.v1 import images_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.reply import begin, measure
from openai_grpc_server.cost.usage import Usage, read_usage
from openai_grpc_server.errors import UnframedReplyError, stated_error
from openai_grpc_server.errors.upstream import BOM
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.base import (
    Lines,
    Service,
    is_event_stream,
    mark_synthetic,
    no_event_stream,
    read_reply,
)
from openai_grpc_server.services.media import TypedEvents, files_form, files_of, form_request, note_usage
from openai_grpc_server.upstream import UpstreamRequest, UpstreamResponse

GENERATIONS = "/images/generations"
# Of a whole reply, what each of its images has in the event of a stream.
SHARED = ("background", "output_format", "quality", "safety_identifier", "size")
OF_STREAMS = ("stream", "partial_images")


class ImagesService(Service):
    """Images of a text, of other images and a text, or of an image alone; whole, or as a stream of events."""

    descriptor = images_pb2.DESCRIPTOR.services_by_name["ImagesService"]

    async def create_image(self, call: Call, request: images_pb2.CreateImageRequest) -> Message:
        """Serves `CreateImage`."""
        return await self.route(call, request, self._create)

    async def stream_image(self, call: Call, request: images_pb2.CreateImageRequest) -> None:
        """Serves `StreamImage`."""
        await self.route(call, request, self._stream)

    async def create_image_edit(self, call: Call, request: images_pb2.CreateImageEditRequest) -> Message:
        """Serves `CreateImageEdit`."""
        return await self.route(call, request, self._create)

    async def stream_image_edit(self, call: Call, request: images_pb2.CreateImageEditRequest) -> None:
        """Serves `StreamImageEdit`."""
        await self.route(call, request, self._stream)

    async def create_image_variation(self, call: Call, request: images_pb2.CreateImageVariationRequest) -> Message:
        """Serves `CreateImageVariation`."""
        return await self.route(call, request, self._create)

    async def _create(self, call: Call, request: Message) -> Message:
        value = await beside_loop(call.received.large, self.prepare, call, request)
        response = await self._send(call, request, value, streaming=False)
        try:
            data = await response.read()
        finally:
            await response.close()
        reply: Any = await beside_loop(measure(call, data), read_reply, call, call.rpc, data)
        if read_usage(reply.usage).tokens == 0:
            note_usage(call, Usage(images=len(reply.data)))
            reply.call_info.CopyFrom(call.info())
        await begin(call)
        return reply  # type: ignore[no-any-return]  # of the class that the RPC names

    async def _stream(self, call: Call, request: Any) -> None:
        value = await beside_loop(call.received.large, self.prepare, call, request)
        can_stream = call.route.chosen.models.find(value.get("model", "")).supports_native_streaming is not False
        for key in () if can_stream else OF_STREAMS:
            value.pop(key, None)
        response = await self._send(call, request, value | ({"stream": True} if can_stream else {}), streaming=True)
        try:
            if is_event_stream(response) or await response.begins_as_events():
                await self.forward(call, response, self._events(call, max(request.n, 1)))
                return
            data = await response.read()
        except UnframedReplyError as error:
            data = error.data
        finally:
            await response.close()
        events = await beside_loop(measure(call, data), whole_reply, call, response, data)
        mark_synthetic(call)
        await self.forward(call, Lines(b"\n".join(events)), self._events(call, len(events)))

    def _events(self, call: Call, images: int) -> TypedEvents[images_pb2.ImageStreamEvent]:
        total = Usage()

        def note(event: images_pb2.ImageCompletedEvent) -> None:
            nonlocal total
            used = read_usage(event.usage)
            total = total.plus(used if used.tokens else Usage(images=1))
            if total.tokens:
                call.note_usage(total)
            else:
                note_usage(call, total)

        arms = images_pb2.ImageStreamEvent.DESCRIPTOR.fields_by_name
        completing = {arm: note for arm in arms if arm.endswith("_completed")}
        return TypedEvents(call, images_pb2.ImageStreamEvent, completing, images)

    async def _send(self, call: Call, request: Message, value: dict[str, Any], *, streaming: bool) -> UpstreamResponse:
        if call.rpc.http_path == GENERATIONS or ("images" in value and not any(files_of(request))):
            sent = await self._request(call, call.rpc, value, streaming=streaming)
        else:
            sent = await self._form(call, request, value, streaming=streaming)
        return await self.send(call, call.rpc, sent)

    async def _form(self, call: Call, request: Message, value: dict[str, Any], *, streaming: bool) -> UpstreamRequest:
        form = files_form(request, value)
        body = b"".join([piece async for piece in form])  # in memory, so that it can be sent again
        return form_request(call, form, body, self.settings.key_header, streaming=streaming)


def whole_reply(call: Call, response: UpstreamResponse, data: bytes) -> list[bytes]:
    """Returns a non-streaming reply as the events of a stream, each as JSON; the last has the usage.

    Raises:
        GatewayError: It is an error, or has no images.
    """
    try:
        value = loads(data.removeprefix(BOM))
    except CodecError:
        value = None
    images = value.get("data") if isinstance(value, dict) and stated_error(value) is None else None
    if not isinstance(images, list) or not images or not all(isinstance(each, dict) for each in images):
        raise no_event_stream(call, response, data)
    kind = "image_generation" if call.rpc.http_path == GENERATIONS else "image_edit"
    shared = {key: value[key] for key in SHARED if value.get(key) is not None}
    if value.get("created") is not None:
        shared["created_at"] = value["created"]
    events = [{"type": f"{kind}.completed", **shared, **image} for image in images]
    if value.get("usage") is not None:
        events[-1]["usage"] = value["usage"]
    return [dumps(event) for event in events]
