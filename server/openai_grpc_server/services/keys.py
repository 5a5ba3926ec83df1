"""`KeysService`: issues, lists, rotates and revokes keys at run time."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from google.protobuf.message import Message
from grpc import StatusCode

from openai_grpc.admin.v1 import keys_pb2
from openai_grpc_server.access.issued import IssuedKey, IssuedKeys, KeyStoreError, keys_unavailable
from openai_grpc_server.access.keyring import MASTER, budget_conflicts, denied, digest, period
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.reply import begin
from openai_grpc_server.config import KeySettings, Secret, ServerSettings
from openai_grpc_server.config.checks import is_legal_value
from openai_grpc_server.errors import GatewayError, InvalidArgumentError
from openai_grpc_server.routing import Router
from openai_grpc_server.services.base import Service
from openai_grpc_server.telemetry.log import Log

# Without a colon, which names of identities have, so that no key is taken for one.
NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._@/-]{0,254}[A-Za-z0-9._@/-])?")
KEY_BYTES: Final = 32
HINT: Final = 4  # characters of a key that are kept
MAX_PATTERNS: Final = 1000
MAX_PATTERN: Final = 256  # characters
LONGEST_LIFE: Final = 10 * 366 * 86400  # seconds
LONGEST_GRACE: Final = 7 * 86400  # seconds
PAGE: Final = 100
LONGEST_PAGE: Final = 1000
COUNTS: Final = ("rpm", "tpm", "max_parallel_requests")
BUDGETS: Final = ("max_budget", "soft_budget")
TEXTS: Final = ("organization", "project")
LIMITS: Final = (*COUNTS, *BUDGETS, "budget_duration", *TEXTS)


class KeysService(Service):
    """Keys issued at run time, for callers that may administer keys.

    Args:
        router: Finds deployments.
        settings: Settings of the gateway.
        issued: The keys.
        taken: Returns the names of the configuration's keys and identities.
        log: Where each change is logged.
    """

    descriptor = keys_pb2.DESCRIPTOR.services_by_name["KeysService"]

    def __init__(
        self,
        router: Router,
        settings: ServerSettings,
        issued: IssuedKeys,
        taken: Callable[[], Collection[str]],
        log: Log,
    ) -> None:
        super().__init__(router, settings)
        self._issued = issued
        self._taken = taken
        self._log = log

    async def issue_key(self, call: Call, request: keys_pb2.IssueKeyRequest) -> Message:
        """Serves `IssueKey`."""
        admin = self._admin(call)
        check_request(request)
        if request.name == MASTER or request.name in self._taken():
            raise name_taken(request.name)
        secret, now = new_secret(), int(time.time())
        key = IssuedKey(
            id=f"key_{secrets.token_hex(12)}",
            name=request.name,
            hash=digest(Secret(secret)),
            hint=secret[-HINT:],
            created_at=now,
            created_by=admin,
            models=tuple(request.models),
            rpcs=tuple(request.rpcs),
            expires_at=now + request.expires_in if request.HasField("expires_in") else None,
            **{name: getattr(request, name) for name in LIMITS if request.HasField(name)},
        )
        if not await self._save(key):
            raise name_taken(request.name)
        self._audit("key issued", call, key)
        await begin(call)
        return keys_pb2.IssuedKey(secret=secret, key=message_of(key))

    async def list_keys(self, call: Call, request: keys_pb2.ListKeysRequest) -> Message:
        """Serves `ListKeys`."""
        self._admin(call)
        limit = request.limit if request.HasField("limit") else PAGE
        if not 1 <= limit <= LONGEST_PAGE:
            raise InvalidArgumentError.of_field("limit", f"must be 1 to {LONGEST_PAGE}")
        await self._refresh()
        keys = self._issued.newest()
        if request.after:
            index = next((index for index, key in enumerate(keys) if key.id == request.after), None)
            if index is None:
                raise key_not_found(request.after)
            keys = keys[index + 1 :]
        await begin(call)
        return keys_pb2.KeyList(data=map(message_of, keys[:limit]), has_more=len(keys) > limit)

    async def rotate_key(self, call: Call, request: keys_pb2.RotateKeyRequest) -> Message:
        """Serves `RotateKey`."""
        self._admin(call)
        grace = request.grace_period
        if not 0 <= grace <= LONGEST_GRACE:
            raise InvalidArgumentError.of_field("grace_period", f"must be 0 to {LONGEST_GRACE} seconds")
        key = await self._find(request.key_id)
        if key.revoked_at is not None:
            raise GatewayError(
                f"The key {key.id} is revoked: issue another one",
                code=StatusCode.FAILED_PRECONDITION,
                reason="KEY_REVOKED",
            )
        secret, now = new_secret(), int(time.time())
        rotated = key.changed(
            hash=digest(Secret(secret)),
            hint=secret[-HINT:],
            rotated_at=now,
            previous_hash=key.hash if grace else None,
            previous_until=now + grace if grace else None,
        )
        await self._replace(rotated)
        self._audit("key rotated", call, rotated, grace_period=grace)
        await begin(call)
        return keys_pb2.IssuedKey(secret=secret, key=message_of(rotated))

    async def revoke_key(self, call: Call, request: keys_pb2.RevokeKeyRequest) -> Message:
        """Serves `RevokeKey`."""
        self._admin(call)
        key = await self._find(request.key_id)
        if key.revoked_at is None:
            key = key.changed(revoked_at=int(time.time()), previous_hash=None, previous_until=None)
            await self._replace(key)
            self._audit("key revoked", call, key)
        await begin(call)
        return message_of(key)

    def _admin(self, call: Call) -> str:
        """Returns the name of a caller that may administer keys. A dry run of identities lets nobody else.

        Raises:
            GatewayError: PERMISSION_DENIED.
        """
        caller = call.access.caller
        if caller is not None and caller.admin:
            return caller.name
        fields = {"method": call.rpc.path, "key": None if caller is None else caller.name}
        self._log.write(logging.WARNING, "key administration refused", {**fields, "request_id": call.head.request_id})
        raise denied(
            "ADMIN_REQUIRED", "This caller may not administer keys: use the master key or one with admin: true"
        )

    async def _find(self, key_id: str) -> IssuedKey:
        """Returns a key.

        Raises:
            GatewayError: NOT_FOUND; UNAVAILABLE: the store does not answer.
        """
        await self._refresh()
        key = self._issued.get(key_id)
        if key is None:
            raise key_not_found(key_id)
        return key

    async def _refresh(self) -> None:
        try:
            await self._issued.refresh()
        except KeyStoreError as error:
            raise keys_unavailable(error) from None

    async def _save(self, key: IssuedKey) -> bool:
        try:
            return await self._issued.save(key)
        except KeyStoreError as error:
            raise keys_unavailable(error) from None

    async def _replace(self, key: IssuedKey) -> None:
        if not await self._save(key):
            raise GatewayError(
                f"Another change of the key {key.id} came first: look at it, and try again",
                code=StatusCode.ABORTED,
                reason="KEY_CHANGED",
            )

    def _audit(self, event: str, call: Call, key: IssuedKey, **more: Any) -> None:
        caller = call.access.caller
        limits = {name: value for name in LIMITS if (value := getattr(key, name)) is not None}
        fields = {
            "by": None if caller is None else caller.name,
            "name": key.name,
            "key_id": key.id,
            "models": list(key.models) or None,
            "rpcs": list(key.rpcs) or None,
            **limits,
            "expires_at": key.expires_at,
            **more,
            "request_id": call.head.request_id,
        }
        self._log.write(logging.WARNING, event, fields)  # so that few log levels hide it


def new_secret() -> str:
    """Returns a new key."""
    return f"sk-{secrets.token_urlsafe(KEY_BYTES)}"


def check_request(request: Any) -> None:
    """Checks the fields of a key to issue.

    Raises:
        InvalidArgumentError: One is invalid.
    """
    for field, text in (*text_problems(request), *number_problems(request)):
        raise InvalidArgumentError.of_field(field, text)
    given = budgets(request)
    try:
        period(given.budget_duration)
    except ValueError as error:
        raise InvalidArgumentError.of_field("budget_duration", str(error)) from None
    for problem in budget_conflicts(given):
        raise InvalidArgumentError(problem)


def text_problems(request: Any) -> Iterator[tuple[str, str]]:
    """Yields fields with an invalid text, and what they must be."""
    if not NAME.fullmatch(request.name):
        yield "name", "must be 1 to 256 letters, digits, blanks and ._@/-, and begin with a letter or digit"
    for name in ("models", "rpcs"):
        given = getattr(request, name)
        if len(given) > MAX_PATTERNS or not all(0 < len(each) <= MAX_PATTERN for each in given):
            yield name, f"must be at most {MAX_PATTERNS} names of 1 to {MAX_PATTERN} characters"
    for name in TEXTS:
        text = getattr(request, name)
        if request.HasField(name) and (not text or len(text) > MAX_PATTERN or not is_legal_value(text)):
            yield name, f"must be 1 to {MAX_PATTERN} visible ASCII characters"


def number_problems(request: Any) -> Iterator[tuple[str, str]]:
    """Yields fields with an invalid number, and what they must be."""
    for name in COUNTS:
        if request.HasField(name) and getattr(request, name) <= 0:
            yield name, "must be more than 0"
    for name in BUDGETS:
        if request.HasField(name) and not 0 <= getattr(request, name) < float("inf"):
            yield name, "must be a number of US dollars, at least 0"
    if request.HasField("expires_in") and not 0 < request.expires_in <= LONGEST_LIFE:
        yield "expires_in", f"must be 1 to {LONGEST_LIFE} seconds"


def budgets(request: Any) -> KeySettings:
    """Returns the budgets of a request, as of a configured key."""
    names = (*BUDGETS, "budget_duration")
    return KeySettings(name="", **{name: getattr(request, name) for name in names if request.HasField(name)})


def message_of(key: IssuedKey) -> keys_pb2.Key:
    """Returns the message of a key, without its hashes."""
    names = [field.name for field in keys_pb2.Key.DESCRIPTOR.fields]
    return keys_pb2.Key(**{name: value for name in names if (value := getattr(key, name)) is not None})


def name_taken(name: str) -> GatewayError:
    """Returns the error of a name that a key has, or had."""
    return GatewayError(
        f"The name {name!r} is taken, perhaps by a revoked key: choose another one",
        code=StatusCode.ALREADY_EXISTS,
        reason="KEY_NAME_TAKEN",
        param="name",
    )


def key_not_found(key_id: str) -> GatewayError:
    """Returns the error of an unknown id."""
    return GatewayError(
        f"There is no issued key with the id {key_id[:64]!r}", code=StatusCode.NOT_FOUND, reason="KEY_NOT_FOUND"
    )
