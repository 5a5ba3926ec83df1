"""SETTINGS of both sides (RFC 9113, section 6.5), and the limits that this side keeps to."""

import struct
from dataclasses import dataclass, replace
from typing import Final

from openai_grpc_server.http2.errors import FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, PROTOCOL_ERROR, H2ConnectionError
from openai_grpc_server.http2.frames import DEFAULT_FRAME_SIZE, SETTINGS, frame
from openai_grpc_server.http2.peer import NOBODY, Peer, TrustedPeers

_ENABLE_PUSH: Final = 2
_MAX_CONCURRENT_STREAMS: Final = 3
_INITIAL_WINDOW_SIZE: Final = 4
_MAX_FRAME_SIZE: Final = 5
_MAX_HEADER_LIST_SIZE: Final = 6
_SETTING: Final = struct.Struct(">HL")

DEFAULT_WINDOW: Final = (1 << 16) - 1
LARGEST_WINDOW: Final = (1 << 31) - 1
LARGEST_FRAME: Final = (1 << 24) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What connections may cost. Times are in seconds, sizes in bytes.

    Attributes:
        max_message_size: The largest message of a request.
        max_small_message_size: The same for services that are added by their names.
        max_concurrent_streams: RPCs at once.
        max_header_list_size: The fields of one request, as SETTINGS_MAX_HEADER_LIST_SIZE counts them.
        stream_window: How much of a request may come before its method reads.
        connection_window: How much of all requests may come before it is looked at.
        setup_timeout: Until TLS, preface and SETTINGS are there.
        keepalive_time: How long a connection is silent before it is pinged.
        keepalive_timeout: How long a ping may stay unanswered.
        min_ping_interval: How often the peer may ping while no data goes to it.
        max_connection_age: When the peer is asked to reconnect, a tenth more or less; None: never.
        max_connection_age_grace: How long its calls may then still take.
        max_connection_idle: How long a connection may be without an RPC before it is closed; None: for ever.
        max_connections: Connections at once; those over it are closed as they come, but for those of trusted addresses.
        connections_per_address: The same, from one address; of IPv6, from one network of 64 bits.
        trusted_peers: Whose connections carry the RPCs of many callers.
        trusted_factor: How many times as much of all that follows these may do.
        resets_per_second: Streams that are reset before their answer, or break the rules, over those that end well.
            More are refused.
        empty_frames_per_second: Frames that carry nothing. More end the connection; so does all that follows.
        late_frames_per_second: Frames on streams that were refused or are closed.

    Ten times the last three may come at once.
    """

    max_message_size: int
    max_small_message_size: int = 1 << 14
    max_concurrent_streams: int = 10_000
    max_header_list_size: int = 1 << 14
    stream_window: int = 1 << 18
    connection_window: int = 1 << 20
    setup_timeout: float = 20.0
    keepalive_time: float = 60.0
    keepalive_timeout: float = 20.0
    min_ping_interval: float = 10.0
    max_connection_age: float | None = None
    max_connection_age_grace: float = 600.0
    max_connection_idle: float | None = None
    max_connections: int = 10_000
    connections_per_address: int = 1000
    trusted_peers: TrustedPeers = NOBODY
    trusted_factor: float = 10.0
    resets_per_second: float = 100.0
    empty_frames_per_second: float = 100.0
    late_frames_per_second: float = 1000.0

    def of(self, peer: Peer) -> "Limits":
        """Returns the limits of a peer's connection."""
        if not self.trusted_peers.include(peer):
            return self
        factor = self.trusted_factor
        return replace(
            self,
            resets_per_second=self.resets_per_second * factor,
            empty_frames_per_second=self.empty_frames_per_second * factor,
            late_frames_per_second=self.late_frames_per_second * factor,
        )

    def settings_frame(self) -> bytes:
        """Returns the SETTINGS that the peer is told."""
        values = {
            _MAX_CONCURRENT_STREAMS: self.max_concurrent_streams,
            _INITIAL_WINDOW_SIZE: self.stream_window,
            _MAX_HEADER_LIST_SIZE: self.max_header_list_size,
        }
        return frame(SETTINGS, 0, 0, b"".join(_SETTING.pack(*each) for each in values.items()))


class PeerSettings:
    """What the peer has said of itself.

    Attributes:
        initial_window: What may be sent on a new stream.
        max_frame_size: The largest payload that it takes.
        max_header_list_size: The largest list of fields that it takes, in bytes as SETTINGS_MAX_HEADER_LIST_SIZE
            counts them; None: any.
    """

    __slots__ = ("initial_window", "max_frame_size", "max_header_list_size")

    def __init__(self) -> None:
        self.initial_window = DEFAULT_WINDOW
        self.max_frame_size = DEFAULT_FRAME_SIZE
        self.max_header_list_size: int | None = None

    def update(self, payload: bytes) -> None:
        """Takes up the payload of a SETTINGS frame.

        Raises:
            H2ConnectionError: It says what can't be.
        """
        if len(payload) % _SETTING.size:
            raise H2ConnectionError(FRAME_SIZE_ERROR, "SETTINGS of a wrong size")
        for name, value in _SETTING.iter_unpack(payload):
            if name == _ENABLE_PUSH and value > 1:
                raise H2ConnectionError(PROTOCOL_ERROR, "SETTINGS_ENABLE_PUSH is neither 0 nor 1")
            if name == _INITIAL_WINDOW_SIZE:
                if value > LARGEST_WINDOW:
                    raise H2ConnectionError(FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE is too large")
                self.initial_window = value
            elif name == _MAX_FRAME_SIZE:
                if not DEFAULT_FRAME_SIZE <= value <= LARGEST_FRAME:
                    raise H2ConnectionError(PROTOCOL_ERROR, "SETTINGS_MAX_FRAME_SIZE is out of its range")
                self.max_frame_size = value
            elif name == _MAX_HEADER_LIST_SIZE:
                self.max_header_list_size = value
