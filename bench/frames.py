"""Frames of HTTP/2 (RFC 9113, section 4) and gRPC messages, as needed by the caller."""

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, ACK, END_HEADERS = 1, 1, 4
FRAME_HEAD = 9
LARGEST_FRAME = 16384  # that any receiver takes
DEFAULT_WINDOW = 65535
LARGEST_WINDOW = 2**31 - 1
HEADER_TABLE_SIZE, ENABLE_PUSH, INITIAL_WINDOW_SIZE = 1, 2, 4
CANCEL = (8).to_bytes(4, "big")
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """Returns a frame."""
    return b"".join((len(payload).to_bytes(3, "big"), bytes((kind, flags)), stream.to_bytes(4, "big"), payload))


def opening(initial_window: int) -> bytes:
    """Returns the connection preface of a client.

    Args:
        initial_window: How many bytes the server may send on each stream; on the connection as many as can be said.
    """
    settings = ((HEADER_TABLE_SIZE, 0), (ENABLE_PUSH, 0), (INITIAL_WINDOW_SIZE, initial_window))
    payload = b"".join(number.to_bytes(2, "big") + value.to_bytes(4, "big") for number, value in settings)
    opened = (LARGEST_WINDOW - DEFAULT_WINDOW).to_bytes(4, "big")
    return PREFACE + frame(SETTINGS, 0, 0, payload) + frame(WINDOW_UPDATE, 0, 0, opened)


def initial_window(settings: bytes) -> int | None:
    """Returns the initial window that a SETTINGS frame announces."""
    for at in range(0, len(settings), 6):
        if int.from_bytes(settings[at : at + 2], "big") == INITIAL_WINDOW_SIZE:
            return int.from_bytes(settings[at + 2 : at + 6], "big")
    return None


def message(data: bytes) -> bytes:
    """Returns a message with gRPC's prefix."""
    return b"\0" + len(data).to_bytes(4, "big") + data


def header(name: bytes, value: bytes) -> bytes:
    """Returns a header as a literal that changes no table (RFC 7541, section 6.2.2)."""
    return b"\0" + text(name) + text(value)


def text(value: bytes) -> bytes:
    """Returns a string, not Huffman-coded (RFC 7541, section 5.2)."""
    size = len(value)
    if size < 0x7F:
        return bytes((size,)) + value
    size -= 0x7F
    found = bytearray((0x7F,))
    while size >= 0x80:
        found.append(size & 0x7F | 0x80)
        size >>= 7
    found.append(size)
    return bytes(found) + value
