"""Reads multipart/form-data as it comes, so that the one file of a request is sent on; others are held whole."""

import re
from collections.abc import Callable, Collection, Iterator
from urllib.parse import unquote

from openai_grpc.rest import HttpError, file_field
from openai_grpc.v1.common_pb2 import UploadFile

FILE = "file"
LOOKAHEAD = 1 << 20  # bytes of a file that are held to see what follows it
CHUNK = 1 << 18  # bytes of a message
_MAX_HEADERS = 1 << 14  # bytes of a part's headers
_MAX_FIELDS = 1 << 24  # bytes of all fields

_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]{1,70})"|([^\s";,]{1,70}))', re.IGNORECASE)
_PARAMETER = re.compile(r';\s*([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))')
_ESCAPED = re.compile(r"%(?:22|0D|0A)", re.IGNORECASE)


class Form:
    """A form whose only file is sent on as it comes, or that has files which are held whole.

    Args:
        content_type: The `Content-Type` of the request.
        length: The size of the body, if it is known.
        whole: The fields of files that are held whole; empty: there is only one file.
        only: The field of the only file.

    Attributes:
        fields: Names and texts of the fields, in order.
        file: Name, type and size of the only file; None before it has begun.
        sending: Whether a message was made of the fields, so that none may follow.

    Raises:
        HttpError: 400: the type has no boundary.
    """

    def __init__(self, content_type: str, length: int | None, whole: Collection[str] = (), only: str = FILE) -> None:
        found = _BOUNDARY.search(content_type)
        if found is None:
            raise _bad("the content type has no boundary")
        self._delimiter = b"\r\n--" + (found[1] or found[2]).encode("latin-1")
        self._length = length
        self._received = 0
        self._buffer = b"\r\n"  # so that the first delimiter is like the others
        self._state = self._skip
        self._name = ""
        self._text: list[bytes] = []
        self._texts = 0
        self._content: list[bytes] = []
        self._over = False
        self.fields: list[tuple[str, str]] = []
        self.file: UploadFile | None = None
        self.sending = False
        self._names = whole
        self._only = only or FILE
        self._whole: list[tuple[str, UploadFile, list[bytes]]] = []

    @property
    def settled(self) -> bool:
        """True if the call can begin: all of the form is there, or enough of its file."""
        return self._over or sum(map(len, self._content)) > LOOKAHEAD

    def feed(self, data: bytes) -> None:
        """Reads the next piece of the body.

        Raises:
            HttpError: 400: the form is malformed, has two files, or a field after a large file.
        """
        self._received += len(data)
        if self._over:
            return
        self._buffer += data
        while not self._over and self._state():
            pass

    def take(self) -> Iterator[bytes]:
        """Yields what has come of the file since it was last asked for."""
        content, self._content = self._content, []
        for data in content:
            for start in range(0, len(data), CHUNK):
                yield data[start : start + CHUNK]

    def end(self) -> None:
        """Says that the body has ended.

        Raises:
            HttpError: 400: the form has not.
        """
        if not self._over:
            raise _bad("it ends before its last boundary")

    def _skip(self) -> bool:
        """Leaves out what is before the first delimiter."""
        return self._until_delimiter(lambda _: None)

    def _read_text(self) -> bool:
        def put(data: bytes) -> None:
            self._texts += len(data)
            if self._texts > _MAX_FIELDS:
                raise _bad(f"its fields are larger than {_MAX_FIELDS} bytes")
            self._text.append(data)

        if not self._until_delimiter(put):
            return False
        self.fields.append((self._name, b"".join(self._text).decode("utf-8", "replace")))
        return True

    def _read_file(self) -> bool:
        return self._until_delimiter(self._content.append)

    def _read_whole(self) -> bool:
        return self._until_delimiter(self._whole[-1][2].append)

    def _until_delimiter(self, put: Callable[[bytes], object]) -> bool:
        """Gives what comes before the next delimiter to a function; whether the delimiter has come."""
        at = self._buffer.find(self._delimiter)
        if at < 0:
            ready = len(self._buffer) - len(self._delimiter) + 1
            if ready > 0:
                put(self._buffer[:ready])
                self._buffer = self._buffer[ready:]
            return False
        if at:
            put(self._buffer[:at])
        self._buffer = self._buffer[at + len(self._delimiter) :]
        self._state = self._read_boundary
        return True

    def _read_boundary(self) -> bool:
        if self._buffer.startswith(b"--"):
            self._over = True
            return False
        line, found, rest = self._buffer.partition(b"\r\n")
        if not found:
            if len(self._buffer) > _MAX_HEADERS:
                raise _bad("a boundary is not followed by a line end")
            return False
        if line.strip(b" \t"):
            raise _bad("a boundary is not followed by a line end")
        self._buffer = b"\r\n" + rest  # a part without headers begins with an empty line
        self._state = self._read_headers
        return True

    def _read_headers(self) -> bool:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            if len(self._buffer) > _MAX_HEADERS:
                raise _bad(f"the headers of a part are larger than {_MAX_HEADERS} bytes")
            return False
        self._buffer = rest
        self._begin(_headers(head))
        return True

    def _begin(self, headers: dict[str, str]) -> None:
        disposition = {
            name.lower(): quoted.replace('\\"', '"').replace("\\\\", "\\") if quoted else plain
            for name, quoted, plain in _PARAMETER.findall(headers.get("content-disposition", ""))
        }
        if "name" not in disposition:
            raise _bad("a part has no name")
        self._name = _unescaped(disposition["name"])
        filename = disposition.get("filename")
        if "filename*" in disposition:  # RFC 8187
            filename = unquote(disposition["filename*"].rpartition("'")[2])
        if self.sending:
            raise _bad(f"the field {self._name!r} follows the file: send it before")
        if filename is None:
            self._text = []
            self._state = self._read_text
            return
        described = UploadFile(filename=_unescaped(filename), content_type=headers.get("content-type"))
        if self._names:
            self._whole.append((file_field(self._name), described, []))
            self._state = self._read_whole
            return
        if self.file is not None or self._name != self._only:
            raise _bad(f"it has another file, {self._name!r}: the one file is the field {self._only!r}")
        self.file = described
        if self._length is not None:
            # The rest of the body without the last delimiter: no part may follow a file that is sent as it comes.
            left = self._length - self._received + len(self._buffer) - len(self._delimiter) - len(b"--\r\n")
            self.file.size = max(left, 0)
        self._state = self._read_file

    def settle(self) -> UploadFile | None:
        """Returns the description of the only file for the call, which begins now."""
        self.sending = True
        if self.file is not None and self._over:
            self.file.size = sum(map(len, self._content))
        return self.file

    @property
    def others(self) -> list[tuple[str, UploadFile]]:
        """The files that are held whole, by their fields."""
        for _, file, content in self._whole:
            file.data += b"".join(content)
            content.clear()
        return [(name, file) for name, file, _ in self._whole]


def _headers(head: bytes) -> dict[str, str]:
    found = {}
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        found[name.strip().lower()] = value.strip()
    return found


def _unescaped(text: str) -> str:
    """Undoes the escapes of WHATWG's HTML standard, 4.10.21.8."""
    return _ESCAPED.sub(lambda found: unquote(found[0]), text)


def _bad(why: str) -> HttpError:
    error = {"message": f"The form can't be read: {why}", "type": "invalid_request_error", "param": None, "code": None}
    return HttpError(400, {"error": error})
