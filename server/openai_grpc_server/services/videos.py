"""`VideosService`: jobs that generate videos, and their files."""

import re
from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import CodecError, loads
from openai_grpc.v1 import videos_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.calls.reply import begin, measure
from openai_grpc_server.calls.rest import uses_own_key
from openai_grpc_server.cost.usage import Usage
from openai_grpc_server.errors import (
    GatewayError,
    InvalidArgumentError,
    UpstreamProtocolError,
    from_error_object,
    stated_error,
)
from openai_grpc_server.errors.upstream import BOM, plain_text
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.base import JSON, note_model, read_reply
from openai_grpc_server.services.files import Downloads
from openai_grpc_server.services.jobs import Job, JobService
from openai_grpc_server.services.media import files_form, files_of, form_request, note_usage
from openai_grpc_server.upstream import UpstreamRequest, UpstreamResponse

_SECONDS = re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)

# Final statuses of a video.
DONE = frozenset({"", "completed", "failed", "cancelled"})
VIDEO = Job(
    Rpc.from_descriptor(videos_pb2.DESCRIPTOR.services_by_name["VideosService"].methods_by_name["GetVideo"]),
    lambda video: video.status in DONE,
)

Edited = videos_pb2.EditVideoRequest | videos_pb2.ExtendVideoRequest


class VideosService(Downloads, JobService):
    """Videos, made of texts, images and other videos; and characters for them."""

    descriptor = videos_pb2.DESCRIPTOR.services_by_name["VideosService"]
    job = VIDEO

    async def watch_video(self, call: Call, request: videos_pb2.GetVideoRequest) -> None:
        """Serves `WatchVideo`."""
        await self.watch(call, request)

    async def create_video(self, call: Call, request: videos_pb2.CreateVideoRequest) -> Message:
        """Serves `CreateVideo`."""
        return await self.route(call, request, self._make)

    async def remix_video(self, call: Call, request: videos_pb2.RemixVideoRequest) -> Message:
        """Serves `RemixVideo`."""
        return await self.route(call, request, self._make)

    async def edit_video(self, call: Call, request: videos_pb2.EditVideoRequest) -> Message:
        """Serves `EditVideo`."""
        return await self._edit(call, request)

    async def extend_video(self, call: Call, request: videos_pb2.ExtendVideoRequest) -> Message:
        """Serves `ExtendVideo`."""
        return await self._edit(call, request)

    async def create_video_character(self, call: Call, request: videos_pb2.CreateVideoCharacterRequest) -> Message:
        """Serves `CreateVideoCharacter`.

        Raises:
            InvalidArgumentError: There is no video.
        """
        if not request.HasField("video"):
            raise InvalidArgumentError.of_field("video", "is required")
        return await self.route(call, request, self._make)

    async def list_videos(self, call: Call, request: videos_pb2.ListVideosRequest) -> Message:
        """Serves `ListVideos`.

        Raises:
            GatewayError: PERMISSION_DENIED: keys have videos of their own, and the caller's does not name the RPC.
        """
        caller = call.access.caller
        if caller is not None and call.ownership is not None and call.ownership.several_keys:
            caller.check_named_rpc(call.rpc.path)
        return await self.unary(call, request)

    async def download_video(self, call: Call, request: videos_pb2.DownloadVideoRequest) -> None:
        """Serves `DownloadVideo`."""
        await self.download(call, request)

    async def relay(self, call: Call, response: UpstreamResponse, offset: int, end: int | None) -> None:
        """Relays the bytes of a video.

        Raises:
            GatewayError: It is none.
        """
        if (response.content_type or "").startswith((JSON, "text/")):
            raise no_video(call, response, await response.read())
        await super().relay(call, response, offset, end)

    async def _edit(self, call: Call, request: Edited) -> Message:
        """Begins to change a video.

        Raises:
            GatewayError: PERMISSION_DENIED: the caller's key is restricted to models, and does not name the RPC, which
                takes a video of any model.
        """
        caller = call.access.caller
        if caller is not None and caller.limited_to_models and request.HasField("video"):
            caller.check_named_rpc(call.rpc.path)
        return await self.route(call, request, self._make)

    async def _make(self, call: Call, request: Message) -> Message:
        value = await beside_loop(call.received.large, self.prepare, call, request)
        response = await self.send(call, call.rpc, await self._written(call, request, value))
        try:
            data = await response.read()
        finally:
            await response.close()
        reply: Any = await beside_loop(measure(call, data), read_reply, call, call.rpc, data)
        if isinstance(reply, videos_pb2.Video):
            note_model(call, reply.model)
            note_usage(call, Usage(video_seconds=seconds_of(reply) or seconds_of(request)))
            reply.call_info.CopyFrom(call.info())
        await begin(call)
        return reply  # type: ignore[no-any-return]  # of the class that the RPC names

    async def _written(self, call: Call, request: Message, value: dict[str, Any]) -> UpstreamRequest:
        as_form = call.route.chosen.config.videos_as_forms and not call.rpc.path_fields
        if not as_form and not any(files_of(request)):
            return await self._request(call, call.rpc, value)
        form = files_form(request, value)
        body = b"".join([piece async for piece in form])  # in memory, so that it can be sent again
        return form_request(call, form, body, self.settings.key_header, streaming=False)


def seconds_of(message: Any) -> float:
    """Returns the length that a request or a job says; 0: it says none."""
    text = getattr(message, "seconds", "")
    return float(text) if _SECONDS.fullmatch(text) else 0.0


def no_video(call: Call, response: UpstreamResponse, data: bytes) -> GatewayError:
    """Returns the error of a reply that should be a video; its own, if it is an error."""
    try:
        value = loads(data.removeprefix(BOM))
    except CodecError:
        value = None
    if isinstance(value, dict) and (error := stated_error(value)) is not None:
        return from_error_object(error, safe=call.rpc.safe, own_key=uses_own_key(call))
    text = plain_text(data, response.content_type or "")
    return UpstreamProtocolError(
        f"The upstream answered with {response.content_type} instead of a video: {text}", maybe_billed=False
    )
