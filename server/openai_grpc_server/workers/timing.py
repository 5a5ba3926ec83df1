"""How long connections last, and how long it takes for a worker to be rid of them. In seconds."""

from openai_grpc_server.config import ServerSettings

# Connections spread over the workers as fast as they age, and a worker that is replaced waits for as long.
MAX_CONNECTION_AGE = 30.0
# gRPC closes connections at their age, more or less a tenth, once the client has answered.
JITTER, ANSWER = 1.1, 1.0
STOP_MARGIN = 15.0  # by which a worker may stop late


def connection_age(settings: ServerSettings) -> float:
    """Returns when the clients of a worker are asked to reconnect."""
    return settings.max_connection_age or MAX_CONNECTION_AGE


def drain_limit(settings: ServerSettings) -> float:
    """Returns after how long every client of a worker that accepts no more connections was asked to."""
    return connection_age(settings) * JITTER + ANSWER
