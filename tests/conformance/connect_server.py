"""The server that connectconformance tests: says where it serves, and serves until SIGTERM.

    python -m conformance.connect_server KIND PROTOS

KIND is one of `servers.SERVERS`, PROTOS the directory of the suite's .proto files. What is wanted comes on standard
input as a ServerCompatRequest, what is served goes to standard output as a ServerCompatResponse, each after its length
in four bytes.
"""

import asyncio
import signal
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import uvloop

from conformance.connect_service import conformance_methods
from conformance.servers import Tls, started
from support.protos import message_classes

_FILES: Final = [f"connectrpc/conformance/v1/{name}.proto" for name in ("server_compat", "service")]
_LENGTH: Final = struct.Struct(">I")
_LARGE: Final = 64 << 20


async def main(kind: str, messages: dict[str, type[Any]]) -> None:
    """Serves.

    Args:
        kind: The server.
        messages: The message classes of the suite by name.
    """
    (size,) = _LENGTH.unpack(sys.stdin.buffer.read(_LENGTH.size))
    wanted = messages["ServerCompatRequest"].FromString(sys.stdin.buffer.read(size))
    methods = conformance_methods(messages)
    limit = wanted.message_receive_limit or _LARGE
    with tempfile.TemporaryDirectory() as directory:
        tls = _files(wanted, Path(directory)) if wanted.use_tls else None
        server, port = await started(kind, methods, tls=tls, max_message_size=limit)
    reply = messages["ServerCompatResponse"](host="127.0.0.1", port=port, pem_cert=wanted.server_creds.cert)
    data = reply.SerializeToString()
    sys.stdout.buffer.write(_LENGTH.pack(len(data)) + data)
    sys.stdout.buffer.flush()
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    await told.wait()
    await server.stop(0)


def _files(wanted: Any, directory: Path) -> Tls:
    certificate, key, authority = (directory / name for name in ("certificate.pem", "key.pem", "authority.pem"))
    certificate.write_bytes(wanted.server_creds.cert)
    key.write_bytes(wanted.server_creds.key)
    authority.write_bytes(wanted.client_tls_cert)
    return Tls(certificate, key, authority if wanted.client_tls_cert else None)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], message_classes(Path(sys.argv[2]), _FILES)))
