"""Secrets: text that is never printed, detection of secrets, weak keys."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from math import log2
from pathlib import Path
from typing import Final

from openai_grpc_server.config.errors import ConfigError, Problem

# Short words, perhaps numbered, as names of keys and variables are; keys mix letters and digits, or are longer.
_WORDS = re.compile("(?:[A-Z]{1,15}|[A-Z]?[a-z]{1,15})[0-9]{0,2}(?:[_.-](?:[A-Z]{1,15}|[A-Z]?[a-z]{1,15}|)[0-9]{0,2})*")
_LONGEST_NAME = 64  # characters


class Secret:
    """A key or password. `reveal` is the only way to its text; `str`, `repr` and formatting hide it."""

    __slots__ = ("_digest", "_text")

    def __init__(self, text: str) -> None:
        self._text: Final = text
        self._digest = ""  # until it is asked for

    def reveal(self) -> str:
        """Returns the text, for sending."""
        return self._text

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        if not self._digest:
            self._digest = sha256(self._text.encode("utf-8", "surrogateescape")).hexdigest()
        return self._digest

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, _: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled")


Fingerprint = tuple[int, ...]


def fingerprint(path: str | Path) -> Fingerprint:
    """Returns a fingerprint of a file, to detect changes; empty for a missing file."""
    try:
        stat = Path(path).stat()
    except (OSError, ValueError):  # of a path with a NUL
        return ()
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


LONGEST_SECRET = 1 << 20  # bytes of a file


def secret_in_file(path: str | Path) -> str:
    """Reads a file with a secret.

    Raises:
        ConfigError: It can't be read, is not UTF-8, or has more than 1 MiB.
    """
    try:
        with Path(path).open("rb") as opened:
            data = opened.read(LONGEST_SECRET + 1)
        if len(data) > LONGEST_SECRET:
            raise ConfigError(Problem("too large for a secret: at most 1 MiB", str(path)))
        return data.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(
            Problem(f"{path} can't be read: {error.strerror}", hint="name a file with the secret")
        ) from None
    except ValueError:  # also of a path with a NUL
        raise ConfigError(Problem(f"{path} is not a file in UTF-8", hint="name a file with the secret")) from None


class Environment(Mapping[str, str]):
    """Environment variables; if only `NAME_FILE` is set, `NAME` is the text of that file.

    Args:
        environ: The environment.
        file: A file of `NAME=VALUE` lines, for variables that the environment does not have.

    Attributes:
        files: Paths of the files with secrets that were read, each with its fingerprint from before.

    Raises:
        ConfigError: The file can't be read, or a line of it is neither `NAME=VALUE` nor a comment.
    """

    def __init__(self, environ: Mapping[str, str], file: str | None = None) -> None:
        self.files: dict[str, Fingerprint] = {}
        self._environ = environ
        if file is not None:
            self._environ = {**variables_of_file(self.secret(file), file), **environ}

    def __getitem__(self, name: str) -> str:
        """Returns a variable.

        Raises:
            KeyError: It is not set.
            ConfigError: Its file can't be read.
        """
        if name in self._environ or not (path := self._environ.get(f"{name}_FILE")):
            return self._environ[name]
        return self.secret(path).strip()

    def with_variable(self, name: str, value: str) -> "Environment":
        """Returns this environment with another value of a variable."""
        other = Environment({**self._environ, name: value})
        other.files = self.files
        return other

    def secret(self, path: str | Path) -> str:
        """Reads a file with a secret.

        Raises:
            ConfigError: It can't be read, is not UTF-8, or has more than 1 MiB.
        """
        self.files[str(path)] = fingerprint(path)
        return secret_in_file(path)

    def __contains__(self, name: object) -> bool:
        return name in self._environ or bool(self._environ.get(f"{name}_FILE"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._environ)

    def __len__(self) -> int:
        return len(self._environ)


LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?')
SINGLE_QUOTED = re.compile(r"'([^']*)'\s*(?:#.*)?")
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def variables_of_file(text: str, file: str) -> dict[str, str]:
    """Reads the lines of a file of variables, as Docker Compose and dotenv write them.

    Values may be quoted, with escapes in double quotes; ` #` begins a comment. Nothing is filled into values.

    Raises:
        ConfigError: A line is neither `NAME=VALUE` nor a comment.
    """
    found: dict[str, str] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if match is None:
            raise ConfigError(Problem("invalid line: must be NAME=VALUE or a comment", f"{file}:{number}"))
        name, value = match.groups()
        if quoted := DOUBLE_QUOTED.fullmatch(value):
            found[name] = re.sub(r"\\(.)", lambda escape: ESCAPES.get(escape[1], escape[1]), quoted[1])
        elif quoted := SINGLE_QUOTED.fullmatch(value):
            found[name] = quoted[1]
        else:
            found[name] = re.split(r"(?:^|\s+)#", value, maxsplit=1)[0]
    return found


def may_be_shown(text: str) -> bool:
    """Returns whether a text in place of a name is certainly not a secret."""
    return len(text) <= _LONGEST_NAME and _WORDS.fullmatch(text) is not None


MIN_LENGTH = 16
MIN_ENTROPY = 40.0  # bits, by the frequencies of the key's own characters

# What documentation and examples say; whoever looks for open gateways tries these first.
KNOWN = ("sk-1234", "sk-12345", "sk-123456", "sk-master", "sk-litellm", "sk-test", "anything", "your-api-key")
KNOWN_START = re.compile(
    r"(sk-)?(1234|0000|test|litellm|master|password|changeme|your|my-|secret|example)", re.IGNORECASE
)
KNOWN_START_LENGTH = 32  # a longer key is not guessed because of how it begins
RUNS = ("abcdefghijklmnopqrstuvwxyz", "0123456789")
LONG_RUN = 8  # characters


def weakness(key: str) -> str | None:
    """Describes why a key is weak; None for a strong one."""
    body = key.removeprefix("sk-")
    if key in KNOWN or (len(key) < KNOWN_START_LENGTH and KNOWN_START.match(key)):
        return "it is one of those that examples use"
    if len(body) < MIN_LENGTH:
        return f"it has fewer than {MIN_LENGTH} characters"
    if entropy(body) < MIN_ENTROPY or has_long_run(body.lower()):
        return "its characters repeat, or follow each other in order"
    return None


def entropy(text: str) -> float:
    """Returns the Shannon entropy of a text, in bits, by the frequencies of its own characters."""
    size = len(text)
    return -sum(count * log2(count / size) for count in Counter(text).values())


def has_long_run(text: str) -> bool:
    """Returns whether a text has a long run of consecutive letters or digits."""
    pieces = {text[start : start + LONG_RUN] for start in range(len(text) - LONG_RUN + 1)}
    return any(piece in run for run in RUNS for piece in pieces)
