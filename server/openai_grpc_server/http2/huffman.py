"""The Huffman code of HPACK (RFC 7541, section 5.2 and appendix B).

The code is canonical: the length of each symbol's code says it all.
"""

from typing import Final

from openai_grpc_server.http2.errors import COMPRESSION_ERROR, H2ConnectionError

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
    """The code as a machine that takes four bits at a time: no code is shorter, so they end one symbol at most.

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
