"""Server-sent events, cut anywhere, against the standard's algorithm and what goes beyond it."""

import random
from itertools import pairwise

from unit.upstream.test_sse import by_the_book

from fuzz.target import FaultError, mutated_bytes
from openai_grpc_server.upstream import SSEDecoder
from openai_grpc_server.upstream.sse import UNFRAMED, apart

_FRAGMENTS = (
    *(b"data: {}\n\n", b'data: {"a": 1}\r\n\r\n', b"event: x\ndata: {}\n\n", b"data: [DONE]\n\n", b": ping\n\n"),
    *(
        b"data",
        b"data:",
        b"event: ",
        b"id: 7\n",
        b"id: \0\n",
        b"retry: 10\n",
        b"retry: 9x\n",
        b":",
        b" ",
        b"\xef\xbb\xbf",
    ),
    *(b"\n", b"\r", b"\r\n", b"\n\n", b"\r\r", b"\xff", b"x" * 3000),
)
Input = tuple[bytes, list[int]]


class Events:
    """The decoder of event streams."""

    name = "events"

    def make(self, rng: random.Random) -> Input:
        """Makes a stream, and where it is cut."""
        stream = b"".join(rng.choices(_FRAGMENTS, k=rng.randrange(40)))
        stream = mutated_bytes(rng, stream)
        return stream, sorted(rng.randrange(len(stream) + 1) for _ in range(rng.randrange(12)))

    def check(self, data: Input) -> str:
        """Decodes it whole, in its pieces and byte by byte."""
        stream, cuts = data
        expected = [each for event in by_the_book(stream) for each in apart(event)]
        edges = [0, *cuts, len(stream)]
        ways = {
            "whole": [stream],
            "cut": [stream[start:end] for start, end in pairwise(edges)],
            "byte by byte": [stream[at : at + 1] for at in range(len(stream))],
        }
        for way, pieces in ways.items():
            decoder = SSEDecoder()
            events = [event for piece in pieces for event in decoder.feed(piece)]
            found = [event for event in events if event.event != UNFRAMED]  # the standard ignores them
            if found != expected:
                raise FaultError(f"{way}: {found[:20]} instead of {expected[:20]}")
        return f"{'some' if expected else 'no'} events"

    def close(self) -> list[str]:
        """Nothing is left of a decoder."""
        return []
