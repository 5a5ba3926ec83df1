"""Header compression (RFC 7541): a decoder, and an encoder without state.

Replies are encoded without a dynamic table: as literals, most of them encoded before. The decoder is our own because it
costs a tenth of the general one in Python; tests compare the two.
"""

from typing import Final

from openai_grpc_server.listen.http2.frames import COMPRESSION_ERROR, H2ConnectionError

Field = tuple[bytes, bytes]

TABLE_SIZE: Final = 4096  # the dynamic table that the peer may use: SETTINGS_HEADER_TABLE_SIZE's initial value
FIELD_OVERHEAD: Final = 32  # what a field counts for besides its octets (RFC 7541, section 4.1)
NO_DYNAMIC_TABLE: Final = b"\x20"  # size update to 0, at the start of a connection's first block
LONG: Final = 0x7F  # octets of a string whose length takes more than one
_LONGEST_INTEGER: Final = 4  # octets after the prefix: none of use is larger

STATIC: Final[tuple[Field, ...]] = (
    (b":authority", b""),
    (b":method", b"GET"),
    (b":method", b"POST"),
    (b":path", b"/"),
    (b":path", b"/index.html"),
    (b":scheme", b"http"),
    (b":scheme", b"https"),
    *((b":status", status) for status in (b"200", b"204", b"206", b"304", b"400", b"404", b"500")),
    (b"accept-charset", b""),
    (b"accept-encoding", b"gzip, deflate"),
    *(
        (name, b"")
        for name in (
            b"accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control "
            b"content-disposition content-encoding content-language content-length content-location content-range "
            b"content-type cookie date etag expect expires from host if-match if-modified-since if-none-match if-range "
            b"if-unmodified-since last-modified link location max-forwards proxy-authenticate proxy-authorization "
            b"range referer refresh retry-after server set-cookie strict-transport-security transfer-encoding "
            b"user-agent vary via www-authenticate"
        ).split()
    ),
)


class HeaderListTooLargeError(Exception):
    """Header list too large. The decoder's state stays valid."""


class Decoder:
    """Decodes the header blocks of one connection, in order.

    Args:
        max_list_size: The largest list of fields, each counted as in SETTINGS_MAX_HEADER_LIST_SIZE, in bytes.

    Attributes:
        generation: Grows whenever a block changes the dynamic table. In one generation equal blocks mean the same.
    """

    def __init__(self, max_list_size: int) -> None:
        self._max_list_size = max_list_size
        self._table: list[Field] = []  # the newest last
        self._size = 0
        self._capacity = TABLE_SIZE
        self.generation = 0

    def decode(self, block: bytes) -> list[Field]:
        """Returns the fields of a block.

        Raises:
            HeaderListTooLargeError: There are too many of them.
            H2ConnectionError: The block is not what RFC 7541 says.
        """
        try:
            return self._decode(block)
        except IndexError:
            raise H2ConnectionError(COMPRESSION_ERROR, "a header block ends inside a field") from None

    def _decode(self, block: bytes) -> list[Field]:
        fields: list[Field] = []
        left = self._max_list_size
        at, end = 0, len(block)
        while at < end:
            first = block[at]
            if first & 0x80:  # indexed
                index, at = (first & 0x7F, at + 1) if first != 0xFF else _integer(block, at, 0x7F)
                field = self._field(index)
            elif first & 0x40:  # a literal that enters the dynamic table
                name, value, at = self._literal(block, at, 0x3F)
                field = (name, value)
                self._add(field)
            elif first & 0x20:  # a new size of the dynamic table
                if fields:
                    raise H2ConnectionError(COMPRESSION_ERROR, "a table size update after a field")
                size, at = _integer(block, at, 0x1F)
                self._resize(size)
                continue
            else:  # a literal that does not
                name, value, at = self._literal(block, at, 0x0F)
                field = (name, value)
            left -= len(field[0]) + len(field[1]) + FIELD_OVERHEAD
            if left >= 0:
                fields.append(field)
        if left < 0:
            raise HeaderListTooLargeError
        return fields

    def _field(self, index: int) -> Field:
        if 0 < index <= len(STATIC):
            return STATIC[index - 1]
        place = index - len(STATIC)
        if not 0 < place <= len(self._table):
            raise H2ConnectionError(COMPRESSION_ERROR, f"no table has a field {index}")
        return self._table[-place]

    def _literal(self, block: bytes, at: int, mask: int) -> tuple[bytes, bytes, int]:
        index, at = _integer(block, at, mask)
        if index:
            name = self._field(index)[0]
        else:
            name, at = _string(block, at)
        value, at = _string(block, at)
        return name, value, at

    def _add(self, field: Field) -> None:
        self.generation += 1
        self._table.append(field)
        self._size += len(field[0]) + len(field[1]) + FIELD_OVERHEAD
        if self._size > self._capacity:
            self._evict()

    def _resize(self, capacity: int) -> None:
        if capacity > TABLE_SIZE:
            raise H2ConnectionError(COMPRESSION_ERROR, "a table size update over the limit")
        self.generation += 1
        self._capacity = capacity
        self._evict()

    def _evict(self) -> None:
        count = 0
        while self._size > self._capacity:
            name, value = self._table[count]
            self._size -= len(name) + len(value) + FIELD_OVERHEAD
            count += 1
        del self._table[:count]


def _integer(block: bytes, at: int, mask: int) -> tuple[int, int]:
    """Returns an integer and where it ends (RFC 7541, section 5.1)."""
    value = block[at] & mask
    at += 1
    if value < mask:
        return value, at
    for shift in range(0, 7 * _LONGEST_INTEGER, 7):
        byte = block[at]
        at += 1
        value += (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise H2ConnectionError(COMPRESSION_ERROR, "an integer is too large")


def _string(block: bytes, at: int) -> tuple[bytes, int]:
    """Returns a string and where it ends (RFC 7541, section 5.2)."""
    coded = block[at] & 0x80
    size, at = _integer(block, at, 0x7F)
    end = at + size
    if end > len(block):
        raise IndexError
    data = block[at:end]
    return (huffman_decode(data) if coded else data), end


def encode(name: bytes, value: bytes) -> bytes:
    """Returns a field as a literal without indexing."""
    if len(name) < LONG and len(value) < LONG:
        return b"\0%c%b%c%b" % (len(name), name, len(value), value)
    return b"\0" + encode_length(name) + name + encode_length(value) + value


def encode_length(data: bytes) -> bytes:
    """Returns the length of a string that is not Huffman-coded (RFC 7541, section 5.2): one octet below `LONG`."""
    size = len(data)
    if size < LONG:
        return bytes((size,))
    size -= LONG
    found = bytearray((LONG,))
    while size >= 0x80:
        found.append(size & 0x7F | 0x80)
        size >>= 7
    found.append(size)
    return bytes(found)


# The code of appendix B is canonical: the length of each symbol's code says it all.
_EOS: Final = 256
# fmt: off
_LENGTHS: Final = (
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
    28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6,
    7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5,
    5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24,
    24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22,
    23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26,
    27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23,
    22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
)
# fmt: on


class _Tables:
    """Huffman code as a state machine over 4-bit steps: no code is shorter, so a step ends one symbol at most.

    Attributes:
        steps: For each state and four bits, at state * 16 + bits: the next state, and the symbol that ended or -1.
        accepting: The states in which a string may end: nothing but up to seven ones after the last symbol.
    """

    def __init__(self) -> None:
        tree: list[list[int]] = [[0, 0]]  # of each inner node the children: nodes above 0, symbols as -1 - symbol
        code = length = 0
        for symbol in sorted(range(len(_LENGTHS)), key=lambda each: (_LENGTHS[each], each)):
            code <<= _LENGTHS[symbol] - length
            length = _LENGTHS[symbol]
            node = 0
            for shift in range(length - 1, 0, -1):
                bit = code >> shift & 1
                if not tree[node][bit]:
                    tree.append([0, 0])
                    tree[node][bit] = len(tree) - 1
                node = tree[node][bit]
            tree[node][code & 1] = -1 - symbol
            code += 1
        self.steps = [_step(tree, state, bits) for state in range(len(tree)) for bits in range(16)]
        self.accepting = {0}
        node = 0
        for _ in range(7):
            node = tree[node][1]
            self.accepting.add(node)


def _step(tree: list[list[int]], node: int, bits: int) -> tuple[int, int]:
    ended = -1
    for shift in (3, 2, 1, 0):
        node = tree[node][bits >> shift & 1]
        if node < 0:
            ended, node = -1 - node, 0
    return node, ended


_TABLES: Final = _Tables()


def huffman_decode(data: bytes) -> bytes:
    """Decodes a string.

    Raises:
        H2ConnectionError: It is not encoded as it must be.
    """
    steps = _TABLES.steps
    state = 0
    found = []
    for byte in data:
        state, symbol = steps[state << 4 | byte >> 4]
        if symbol >= 0:
            found.append(symbol)
        state, symbol = steps[state << 4 | byte & 0xF]
        if symbol >= 0:
            found.append(symbol)
    if state not in _TABLES.accepting or _EOS in found:
        raise H2ConnectionError(COMPRESSION_ERROR, "a string is not Huffman-coded as it must be")
    return bytes(found)
