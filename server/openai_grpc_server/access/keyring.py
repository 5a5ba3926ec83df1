"""Keyring: callers by the hashes of their keys."""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from hmac import compare_digest

from openai_grpc_server.access.limits import Caller, Limits
from openai_grpc_server.config import ConfigError, GeneralSettings, KeySettings, Problem, Secret
from openai_grpc_server.config.patterns import Patterns
from openai_grpc_server.config.secret import KNOWN, weakness
from openai_grpc_server.errors import UnauthenticatedError

MASTER = "master"
HASH = re.compile("[0-9a-f]{64}")
HINT = "make one with: python -c \"import secrets; print('sk-' + secrets.token_urlsafe(32))\""


class Keyring:
    """Callers by the SHA-256 of their keys; the keys themselves are not kept.

    A plain hash is enough: the keys are random and long, which is checked, so that no dictionary leads back to them; a
    slow hash would only slow down every call.

    Args:
        callers: The callers, by the SHA-256 of their keys in hexadecimal.
    """

    def __init__(self, callers: Mapping[str, Caller]) -> None:
        self._callers = dict(callers)

    @property
    def callers(self) -> tuple[Caller, ...]:
        """The callers."""
        return tuple(self._callers.values())

    def identify(self, key: Secret | None) -> Caller:
        """Returns the caller of a key.

        Every stored hash is compared, each in constant time, so that the time says nothing of where or how far a key
        differs.

        Raises:
            UnauthenticatedError: There is no key, or it is unknown.
        """
        if key is None:
            raise UnauthenticatedError("No key was sent; send one as the metadata authorization: Bearer <key>")
        given = digest(key)
        found = [caller for known, caller in self._callers.items() if compare_digest(known, given)]
        if not found:
            raise UnauthenticatedError("The key is not one of this gateway's", reason="INVALID_KEY")
        return found[0]


def keyring(settings: GeneralSettings) -> Keyring | None:
    """Returns the keyring of a configuration; None: no keys are configured, and anybody may call.

    Raises:
        ConfigError: Keys that can be guessed, are duplicate or invalid.
    """
    callers: dict[str, Caller] = {}
    names: set[str] = set()
    problems: list[Problem] = []
    for name, where, hashed, caller in _entries(settings):
        if isinstance(hashed, Problem):
            problems.append(hashed)
        elif hashed in callers or name in names:
            problems.append(Problem("duplicate key or name", where))
        else:
            callers[hashed] = caller
            names.add(name)
    if problems:
        raise ConfigError(*problems)
    return Keyring(callers) if callers else None


def digest(key: Secret) -> str:
    """Returns the SHA-256 of a key, in hexadecimal."""
    return sha256(key.reveal().encode("utf-8", "surrogateescape")).hexdigest()


def _entries(settings: GeneralSettings) -> Iterator[tuple[str, str, str | Problem, Caller]]:
    if settings.master_key is not None:
        where = "general_settings.master_key"
        yield MASTER, where, _checked(settings.master_key, where), Caller(name=MASTER)
    for index, key in enumerate(settings.keys):
        where = f"general_settings.keys[{index}]"
        yield key.name, where, _hash(key, where), caller_of(key)


def _hash(settings: KeySettings, where: str) -> str | Problem:
    if (settings.key is None) == (settings.hash is None):
        return Problem("one of key and hash has to be given", where)
    if settings.key is not None:
        return _checked(settings.key, where)
    hashed = (settings.hash or "").lower()
    if not HASH.fullmatch(hashed):
        return Problem("the hash is no SHA-256 in hexadecimal", where, "64 digits, as sha256sum prints")
    if hashed in {digest(Secret(known)) for known in KNOWN}:
        return Problem("the key can be guessed: it is one of those that examples use", where, HINT)
    return hashed


def _checked(key: Secret, where: str) -> str | Problem:
    why = weakness(key.reveal())
    return Problem(f"the key can be guessed: {why}", where, HINT) if why else digest(key)


def caller_of(settings: KeySettings) -> Caller:
    """Returns the permissions of a configured key."""
    return Caller(
        name=settings.name,
        models=Patterns(settings.models),
        rpcs=Patterns(settings.rpcs),
        limits=Limits(
            rpm=settings.rpm,
            tpm=settings.tpm,
            max_parallel_requests=settings.max_parallel_requests,
            max_budget=settings.max_budget,
        ),
        organization=settings.organization,
        project=settings.project,
    )
