"""Cases of the benchmark: loads and servers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import cpu_count

from bench.loads import Cancelled, Load, Paced, Repeated, Scheduled, Stalled
from bench.servers import ASYNCIO, ENVOY, FLOOR, HTTP, LITELLM, OURS, PORTKEY, WORKERS, Setting

ALL = (FLOOR, OURS, ASYNCIO, HTTP, LITELLM, PORTKEY, ENVOY)
CONVERTING = ALL[1:]  # the floor has no vectors
FAST = (FLOOR, OURS, ASYNCIO, HTTP, PORTKEY, ENVOY)
GRPC = (FLOOR, OURS, ASYNCIO)
GATEWAY = (OURS, ASYNCIO)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One way to load servers.

    Attributes:
        name: Its name in the tables.
        load: The load.
        unit: What is counted: `call`, or the messages of a stream.
        servers: Which servers it is measured with.
        lighter: Lighter loads for servers that could not keep up.
        setting: How the servers are set up.
        fresh: Whether each measurement has a new process, because what a process has held before would count as free.
    """

    name: str
    load: Load
    unit: str
    servers: tuple[str, ...] = GATEWAY
    lighter: Mapping[str, Load] = field(default_factory=dict)
    setting: Setting = Setting.PLAIN
    fresh: bool = False

    def load_of(self, server: str) -> Load:
        """Returns the load for a server."""
        return self.lighter.get(server, self.load)


UNARY_1 = Case(name="unary, 1 in flight", load=Repeated("chat", 1), unit="call", servers=ALL)
UNARY = Case(name="unary, 32 in flight", load=Repeated("chat", 32), unit="call", servers=ALL)
BACK_TO_BACK = Case(
    name="chat chunks back to back, 32 streams",
    load=Repeated("chat stream", 32),
    lighter={LITELLM: Repeated("chat stream", 4)},
    unit="chunk",
    servers=ALL,
)
PACED = Case(
    name="chat chunks, 1,000/s on 100 streams",
    load=Paced("steady chat stream", 100),
    lighter={LITELLM: Paced("steady chat stream", 30)},
    unit="chunk",
    servers=ALL,
)
PACED_10000 = Case(
    name="chat chunks, 10,000/s on 100 streams", load=Paced("fast chat stream", 100), unit="chunk", servers=FAST
)
STREAMS_1000 = Case(
    name="1,000 streams of 10 chunks/s",
    load=Paced("long chat stream", 1000, opening=2.5, watch=2.0),
    lighter={LITELLM: Paced("long chat stream", 50, opening=0.5)},
    unit="chunk",
    servers=(FLOOR, OURS, ASYNCIO, HTTP, LITELLM, ENVOY),
    fresh=True,
)
STREAMS_5000 = Case(
    name="5,000 streams of 1 chunk/s",
    load=Paced("slow chat stream", 5000, opening=9.0),
    unit="chunk",
    fresh=True,
)
EMBEDDING = Case(name="embedding, 1 x 1536", load=Repeated("embedding", 8), unit="call", servers=CONVERTING)
EMBEDDINGS = Case(name="embeddings, 16 x 1536", load=Repeated("16 embeddings", 8), unit="call", servers=CONVERTING)
# Numbers are what a caller by gRPC gets in any case; the gateway asks for base64 upstream and unpacks it.
EMBEDDING_AS_NUMBERS = Case(
    name="embedding, 1 x 1536, as JSON numbers",
    load=Repeated("embedding as numbers", 8),
    unit="call",
    servers=(HTTP, LITELLM, PORTKEY, ENVOY),
)
EMBEDDINGS_AS_NUMBERS = Case(
    name="embeddings, 16 x 1536, as JSON numbers",
    load=Repeated("16 embeddings as numbers", 8),
    unit="call",
    servers=(HTTP, LITELLM, PORTKEY, ENVOY),
)
RESPONSES = Case(
    name="response events back to back, 32 streams",
    load=Repeated("response stream", 32),
    unit="event",
    servers=(FLOOR, OURS, ASYNCIO, HTTP, ENVOY),
)
LONG_PROMPTS = Case(
    name="prompts of 400 KB, 8 in flight",
    load=Repeated("long prompt", 8),
    unit="call",
    servers=(FLOOR, OURS, ASYNCIO, HTTP, LITELLM, ENVOY),
)
CANCELLED = Case(name="streams cancelled at their first chunk", load=Cancelled(), unit="stream")
STALLED = Case(
    name="chat chunks, 1,000/s, beside 64 readers that stall",
    load=Stalled(Paced("steady chat stream", 100)),
    unit="chunk",
)

RATE_1000 = Case(name="unary, 1,000 calls/s", load=Scheduled("chat", 1000), unit="call", servers=GRPC)
RATE_2500 = Case(name="unary, 2,500 calls/s", load=Scheduled("chat", 2500), unit="call", servers=GRPC)
STREAMS_25000 = Case(
    name="500 streams of 50 chunks/s",
    load=Paced("brisk chat stream", 500, opening=1.5),
    unit="chunk",
    servers=GRPC,
)
# The same 1,000 chunks a second on fewer and more streams than `PACED` has.
GROWTH_STREAMS = {
    load.streams: Case(
        name=f"chat chunks, 1,000/s on {load.streams:,} stream{'s' * (load.streams > 1)}",
        load=load,
        unit="chunk",
        servers=(FLOOR, ASYNCIO),
    )
    for load in (
        Paced("single chat stream", 1, opening=0.1),
        Paced("fast chat stream", 10, opening=0.1),
        Paced("slow chat stream", 1000, opening=2.0),
        Paced("sparse chat stream", 10_000, opening=10.0, settle=10.3, cancel=True),
    )
}
GROWTH_WORKERS = {
    workers: Case(
        name=f"unary, 64 in flight, {workers} worker{'s' * (workers > 1)}",
        load=Repeated("chat", 64, connections=16),
        unit="call",
        setting=setting,
    )
    for workers, setting in ((1, Setting.PLAIN), *((workers, setting) for setting, workers in WORKERS.items()))
    if workers <= (cpu_count() or 1)
}

FEATURES = (
    *(Setting.KEYS, Setting.LIMITS, Setting.ROUTING, Setting.IDENTITY, Setting.METRICS, Setting.SAMPLED),
    Setting.EVERYTHING,
)
"""Settings whose share of a call is told, by `UNARY`; the last one is all of them."""
WITH_FEATURES = {
    setting: Case(
        name=f"{UNARY.name}, with {setting}",
        load=UNARY.load,
        unit=UNARY.unit,
        servers=GATEWAY if setting is Setting.SAMPLED else (ASYNCIO,),
        setting=setting,
    )
    for setting in FEATURES
}

QUICK = (UNARY_1, UNARY, BACK_TO_BACK, PACED, PACED_10000)
CASES = (
    *(UNARY_1, UNARY, BACK_TO_BACK, PACED, PACED_10000, STREAMS_1000, STREAMS_5000, EMBEDDING, EMBEDDINGS),
    *(EMBEDDING_AS_NUMBERS, EMBEDDINGS_AS_NUMBERS, RESPONSES, RATE_1000, RATE_2500, STREAMS_25000),
    *GROWTH_STREAMS.values(),
    Case(name="responses by chat, 32 streams", load=Repeated("response by chat", 32), unit="event"),
    Case(name="chat by responses, 32 streams", load=Repeated("chat by response", 32), unit="chunk"),
    LONG_PROMPTS,
    STALLED,
    CANCELLED,
    *(
        Case(name=f"{case.name}, with {setting}", load=case.load, unit=case.unit, servers=servers, setting=setting)
        for setting, servers, repeated in (
            (Setting.PRODUCTION, GATEWAY, (UNARY, BACK_TO_BACK, PACED)),
            (Setting.TLS, GRPC, (UNARY, BACK_TO_BACK)),
            (Setting.TELEMETRY, GATEWAY, (UNARY, BACK_TO_BACK)),
            (Setting.SAMPLED, GATEWAY, (BACK_TO_BACK,)),
        )
        for case in repeated
    ),
    *WITH_FEATURES.values(),
    *GROWTH_WORKERS.values(),
)
