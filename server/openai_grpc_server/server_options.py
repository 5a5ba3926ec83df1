"""gRPC's channel arguments for a server of ours."""

from openai_grpc_server.config import ServerSettings

# What a call may still take after the upstream's limit: writing out what a slow caller has not read yet.
SLACK = 30.0
MEBIBYTE = 1 << 20
LARGEST = (1 << 31) - 1  # that a channel argument can say


def server_options(settings: ServerSettings, longest_call: float) -> list[tuple[str, int]]:
    """Returns the channel arguments.

    Args:
        settings: The configuration.
        longest_call: The longest that an upstream call may take, in seconds. A connection that is asked to close for
            its age lives on until calls as long as that are done.
    """
    keepalive = settings.keepalive
    options = {
        "grpc.max_receive_message_length": receive_limit(settings.max_message_bytes),
        "grpc.max_send_message_length": settings.max_message_bytes,
        "grpc.so_reuseport": int(settings.reuse_port),
        "grpc.keepalive_time_ms": _milliseconds(keepalive.time),
        "grpc.keepalive_timeout_ms": _milliseconds(keepalive.timeout),
        "grpc.keepalive_permit_without_calls": 1,
        "grpc.http2.min_recv_ping_interval_without_data_ms": _milliseconds(keepalive.min_ping_interval),
        "grpc.http2.max_pings_without_data": 0,
    }
    if settings.max_connection_age is not None:
        options["grpc.max_connection_age_ms"] = _milliseconds(settings.max_connection_age)
        options["grpc.max_connection_age_grace_ms"] = _milliseconds(longest_call + SLACK)
    return list(options.items())


def receive_limit(max_message_bytes: int) -> int:
    """Returns the size up to which gRPC itself takes a request.

    gRPC refuses a larger one before any method sees it: without details, and without a line in the log. So its limit
    is above the configured one, which the methods hold requests to.
    """
    return min(max_message_bytes + max(max_message_bytes // 4, MEBIBYTE), LARGEST)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
