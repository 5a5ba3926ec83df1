"""Ownership of stored objects: unseals ids in requests, seals ids in replies.

Which fields hold one is read from the contract: those that name a response, a chat completion, a conversation, a file,
a batch, a video, a character, an upload or a part of one, or a realtime call.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from google.protobuf.message import Message
from grpc import StatusCode

from openai_grpc.codec import dumps, loads, name_problem, stem
from openai_grpc.options.v1 import json_pb2
from openai_grpc.v1 import batches_pb2, chat_pb2, files_pb2, responses_pb2, uploads_pb2, videos_pb2
from openai_grpc_server.access.identity import Identities
from openai_grpc_server.access.keyring import HINT, Keyring
from openai_grpc_server.access.names import (
    SEALED,
    STORED,
    RefusedNameError,
    check_untyped_size,
    checked,
    has_hint,
    holds_name,
    sealed_keys,
    visit,
)
from openai_grpc_server.config import ConfigError, GeneralSettings, Problem, Secret
from openai_grpc_server.config.secret import weakness
from openai_grpc_server.errors import GatewayError, InvalidArgumentError

if TYPE_CHECKING:
    from openai_grpc_server.access.keyring import Caller
    from openai_grpc_server.routing import Deployment

PREFIX = re.compile(r"[A-Za-z]*[_-]?")
VECTOR = 16  # bytes
SEPARATOR = "\0"

# Each message of a stream has the same id.
CACHED = 512  # ids
MAX_CACHED = 256  # characters of an id that is cached


@dataclass(frozen=True, slots=True)
class SealedId:
    """The content of a sealed id.

    Attributes:
        owner: The name of the caller that made the object; empty: anybody's.
        deployment: The name of the deployment that has it.
        object_id: The upstream's id.
    """

    owner: str
    deployment: str
    object_id: str


class Sealer:
    """Seals and opens ids.

    Args:
        secret: The secret that keys are derived from.
    """

    def __init__(self, secret: Secret) -> None:
        # Loaded only where ids are sealed: OpenSSL's bindings take 9 MB of memory.
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # noqa: PLC0415 - as above

        text = secret.reveal().encode()
        vector_key = _hmac(text, b"openai-grpc sealed ids: vector")
        cipher_key = _hmac(text, b"openai-grpc sealed ids: cipher")
        self._siv = AESSIV(vector_key + cipher_key)
        self._invalid = InvalidTag
        self._owner_key = _hmac(text, b"openai-grpc sealed ids: owner")
        self._cached = lru_cache(CACHED)(self._seal)
        self._tags = lru_cache(CACHED)(self._tag)

    def seal(self, sealed: SealedId) -> str:
        """Returns the id that callers get."""
        if len(sealed.object_id) <= MAX_CACHED:
            return self._cached(sealed)
        return self._seal(sealed)

    def _seal(self, sealed: SealedId) -> str:
        plain = SEPARATOR.join((sealed.owner, sealed.deployment, sealed.object_id)).encode()
        return _prefix(sealed.object_id) + urlsafe_b64encode(self._siv.encrypt(plain, None)).decode().rstrip("=")

    def open(self, text: str) -> SealedId | None:
        """Returns the content of an id, or None if it was not sealed with this secret."""
        prefix = _prefix(text)
        # The base64url of an id without a prefix may begin like one: `IHR_1S0M`.
        return self._open(text, prefix) or (self._open(text, "") if prefix else None)

    def _open(self, text: str, prefix: str) -> SealedId | None:
        data = _decoded(text[len(prefix) :])
        if len(data) <= VECTOR:
            return None
        try:
            plain = self._siv.decrypt(data, None)
        except self._invalid:
            return None
        owner, deployment, object_id = plain.decode().split(SEPARATOR, 2)
        return SealedId(owner, deployment, object_id) if _prefix(object_id) == prefix else None

    def owner_tag(self, owner: str) -> str:
        """Returns a pseudonym of an owner, for metadata that the upstream can read: 32 hexadecimal digits."""
        return self._tags(owner)

    def _tag(self, owner: str) -> str:
        return _hmac(self._owner_key, owner.encode()).hex()[:32]


def _prefix(text: str) -> str:
    """Returns the prefix of an id, which names the type of its object: `resp_`, `chatcmpl-`."""
    found = PREFIX.match(text)
    prefix = found[0] if found else ""
    return prefix if prefix.endswith(("_", "-")) else ""


def _decoded(text: str) -> bytes:
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        return b""
    # Base64 has several texts for some bytes; only the canonical one is an id.
    return data if urlsafe_b64encode(data).decode().rstrip("=") == text else b""


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


# The key in the metadata of stored chat completions that says whose they are: the upstream lists by metadata.
OWNER = "openai_grpc_owner"
SECTION = "general_settings"
_CONVERSATION = "conversation"
_NAMED = ("response", "completion", "file", "batch", "video", "character")
_HINTS = (
    *(f"{name}{mark}id" for name in _NAMED for mark in ("_", "", "-")),
    _CONVERSATION,
)

# Before the owner's name it makes an id a cursor: the end of a page that has nothing of the caller's. Lists can go on
# from it; it gets, changes and deletes nothing.
_CURSOR = "\x01"


class Opened(NamedTuple):
    """Ids unsealed from a request.

    Attributes:
        ids: The unsealed content of each.
        previous: The id of a response or conversation that JSON unknown to the contract says the request goes on from,
            or empty.
    """

    ids: tuple[SealedId, ...] = ()
    previous: str = ""


NOTHING = Opened()


class OwnedCall(Protocol):
    """Interface of a call for ownership; see `calls.call.Call`."""

    @property
    def caller(self) -> "Caller | None":
        """The caller."""

    @property
    def stores(self) -> bool:
        """True if it reads or creates objects that are stored upstream."""

    @property
    def names_rpc(self) -> bool:
        """True if the list of RPCs of the caller's key names its RPC, without a `*`."""

    @property
    def by_response(self) -> bool:
        """True if its chat completion has the id of a response, from which it is converted."""

    @property
    def untyped(self) -> bool:
        """True if its request may hold untyped JSON."""

    @property
    def chosen(self) -> "Deployment":
        """The deployment that serves it."""


class Ownership:
    """Seals and unseals the ids of stored objects.

    Args:
        sealer: Seals and opens ids.
        several_keys: Whether there are several keys, so that an id without an owner is nobody's.
        shared_files: Whether an id of a file without an owner is everybody's all the same.
    """

    def __init__(self, sealer: Sealer, *, several_keys: bool, shared_files: bool = False) -> None:
        self._sealer = sealer
        self._several_keys = several_keys
        self._shared_files = shared_files

    def open_request(self, call: OwnedCall, request: Any, *, named: bool = True) -> Opened:
        """Replaces sealed ids in a request with the upstream's. May run in a thread.

        Args:
            call: The call.
            request: The request.
            named: Whether its fields may hold an id.

        Raises:
            GatewayError: NOT_FOUND: an id is not one of the caller's.
            InvalidArgumentError: An id is invalid, or its key only resembles a known one.
        """
        opened = NOTHING
        if call.untyped or (named and holds_name(request, SEALED)):
            opening = _Opening(self, call, request)
            visit(request, opening, untyped=call.untyped)
            opened = Opened(tuple(opening.ids), opening.previous)
        if self._several_keys and _has_owner(call, request):
            self._mark(call, request)
        return opened

    def _mark(self, call: OwnedCall, request: Any) -> None:
        """Marks what a request makes, or asks for, as its caller's."""
        tag = self._tag(call)
        if isinstance(request, files_pb2.CreateFileRequest):
            # Files have no metadata. The name keeps its extension, which upstreams read the format off.
            if request.file.filename:
                request.file.filename = _marked(tag) + request.file.filename
        elif isinstance(request, uploads_pb2.CreateUploadRequest):
            if request.filename:
                request.filename = _marked(tag) + request.filename
        else:
            request.metadata[OWNER] = tag

    @property
    def several_keys(self) -> bool:
        """True if there are several keys, each with objects of its own."""
        return self._several_keys

    def open(
        self, owner: str, text: str, *, cursor: bool, is_file: bool = False, unsealed: bool = False
    ) -> SealedId | None:
        """Opens an id.

        Args:
            owner: The required owner.
            text: The id.
            cursor: Whether it may be one that lists go on from alone.
            is_file: Whether it is that of a file.
            unsealed: Whether it may be one that was never sealed.

        Returns:
            What is in it; None: it is another's, or not sealed though it would have to be.
        """
        opened = self._sealer.open(text)
        if opened is None:
            refused = self._several_keys and not unsealed and not (is_file and self._shared_files)
            return None if refused else SealedId("", "", text)
        return opened if opened.owner == owner or (cursor and opened.owner == _CURSOR + owner) else None

    def seal_reply(self, call: OwnedCall, message: Message) -> None:
        """Seals the ids in a reply, or a message of its stream."""
        kind = type(message)
        if kind in _PAGES:
            self._keep_own(call, message)
        chats = call.stores or call.by_response
        if holds_name(message, SEALED if chats else STORED):
            sealing = _Sealing(self._sealer, _owner(call), call.chosen.name, chats=chats, tag=self._tag(call))
            visit(message, sealing, untyped=False)
        if chats or kind in _OF_BATCHES:
            _hide_owner(message)

    def _keep_own(self, call: OwnedCall, page: Any) -> None:
        """Drops objects of other owners from a page, in case the upstream does not filter by metadata.

        Its ids are sealed afterwards, but for the cursor of a page that has nothing of the caller's.
        """
        owner, tag = _owner(call), self._tag(call)
        first, last = page.HasField("first_id"), page.HasField("last_id")
        end = page.last_id or (page.data[-1].id if page.data else "")
        if self._several_keys and owner:
            own = [each for each in page.data if _is_own(each, tag)]
            kept = type(page)(data=own)
            del page.data[:]
            page.data.extend(kept.data)
        for each in page.data:
            if not isinstance(each, files_pb2.FileObject):
                each.metadata.pop(OWNER, None)
        page.ClearField("first_id")
        page.ClearField("last_id")
        if page.data and first:
            page.first_id = page.data[0].id
        if page.data and last:
            page.last_id = page.data[-1].id
        elif page.has_more and end and not page.data:
            page.last_id = self._sealer.seal(SealedId(_CURSOR + owner, call.chosen.name, end))

    def _tag(self, call: OwnedCall) -> str:
        return self._sealer.owner_tag(_owner(call))


class _Opening:
    """Opens the ids in a request.

    Args:
        ownership: Opens each.
        call: The call.
        request: The request.

    Attributes:
        ids: The unsealed content of the ids.
        previous: The id of the response or conversation that untyped JSON goes on from.
    """

    seeks = SEALED

    def __init__(self, ownership: Ownership, call: OwnedCall, request: Message) -> None:
        self._request = request
        self._call = call
        self.ids: list[SealedId] = []
        self.previous = ""
        self._ownership = ownership
        self._owner = _owner(call)
        self._keys = sealed_keys(uploads=isinstance(request, _OF_UPLOADS))

    def name(self, message: Any, name: str, kind: int) -> None:
        several: list[str] = []
        for text in checked(message, name, kind):
            opened = self._open(
                text,
                name,
                cursor=name == "after",
                is_file=kind == json_pb2.JSON_NAMES_FILE,
                # That of a call over SIP comes from a webhook of upstream's.
                unsealed=kind == json_pb2.JSON_NAMES_REALTIME_CALL and self._call.names_rpc,
            )
            if type(getattr(message, name)) is str:
                setattr(message, name, opened)
            else:
                several.append(opened)
        if several:
            getattr(message, name)[:] = several

    def untyped(self, message: Any, name: str) -> None:
        text = getattr(message, name)
        conversation = isinstance(message, responses_pb2.ResponseConversation)
        if not conversation and not has_hint(text, _HINTS) and not isinstance(self._request, _ALWAYS_READ):
            return
        try:
            check_untyped_size(text)
            value = loads(text)
            found = False
            if conversation:
                value, found = self._open_conversation(value, name)
            elif message is self._request and isinstance(value, dict):
                # Further down it may be any word of the caller's, such as a property of a schema.
                found = self._open_conversations(value)
                if isinstance(message, _OF_VIDEOS):
                    found = self._open_references(value) or found
            found = self._open_keys(value) or found
            if found:
                setattr(message, name, dumps(value).decode())
        except RefusedNameError as refused:
            refused.steps.append(name)
            raise

    def _open_keys(self, value: Any) -> bool:
        """Opens the ids in JSON, in place; returns whether there were any."""
        found = False
        queue = [value]
        for current in queue:
            if isinstance(current, list):
                queue.extend(current)
            elif isinstance(current, dict):
                queue.extend(current.values())
                for key in [each for each in current if stem(each) in self._keys]:
                    found = self._open_key(current, key) or found
        return found

    def _open_conversations(self, value: dict[str, Any]) -> bool:
        found = False
        for key in [each for each in value if stem(each) == _CONVERSATION]:
            if key != _CONVERSATION:
                problem = f"this key can be read as {_CONVERSATION}: write it so"
                raise RefusedNameError(lambda path: InvalidArgumentError.of_field(path, problem), key[:64])  # noqa: B023 - raised at once
            value[key], opened = self._open_conversation(value[key], key)
            found = found or opened
        return found

    def _open_references(self, value: dict[str, Any]) -> bool:
        """Opens the ids of videos and characters that other servers may take, in place; returns whether any was."""
        found = False
        for key in [each for each in value if stem(each).startswith(_REFERENCES) and stem(each) not in sealed_keys()]:
            given = value[key]
            items = given if isinstance(given, list) else [given]
            for at, item in enumerate(items):
                if isinstance(item, dict):
                    for inner in [each for each in item if stem(each) == "id"]:
                        item[inner] = self._open_reference(item[inner], key)
                        found = True
                elif stem(key) in _PLAIN_REFERENCES and isinstance(item, str) and not _URL.search(item):
                    items[at] = self._open_reference(item, key)
                    found = True
            value[key] = items if isinstance(given, list) else items[0]
        return found

    def _open_reference(self, text: Any, key: str) -> str:
        if problem := _key_problem(text):
            raise RefusedNameError(lambda path: InvalidArgumentError.of_field(path, problem), key[:64])
        return self._open(str(text), key[:64])

    def _open_conversation(self, value: Any, name: str) -> tuple[Any, bool]:
        """Opens the id of a conversation, a string or in an object; returns the value, and whether there was any."""
        if value is None or (isinstance(value, dict) and "id" not in map(stem, value)):
            return value, False
        text = value.get("id") if isinstance(value, dict) and {*map(stem, value)} >= {"id"} <= value.keys() else value
        problem = name_problem(json_pb2.JSON_NAMES_CONVERSATION, text) if isinstance(text, str) else "must be an id"
        if problem:
            raise RefusedNameError(lambda path: InvalidArgumentError.of_field(path, problem), name)
        self.previous = self._open(str(text), name)
        return ({**value, "id": self.previous} if isinstance(value, dict) else self.previous), True

    def _open_key(self, value: dict[str, Any], key: str) -> bool:
        name, given = self._keys[stem(key)], value[key]
        is_file = "file" in name
        # A schema may have properties of these names.
        if given is None or (is_file and isinstance(given, dict)):
            return False
        several = name.endswith("_ids")
        texts = given if several and isinstance(given, list) else [given]
        problem = next(filter(None, (_key_problem(text) for text in texts)), "")
        if key != name:
            problem = f"this key can be read as {name}: write it so"
        if problem:
            raise RefusedNameError(lambda path: InvalidArgumentError.of_field(path, problem), key[:64])
        opened = [self._open(str(text), key, is_file=is_file) for text in texts]
        value[key] = opened if several else opened[0]
        if key == "previous_response_id":
            self.previous = value[key]
        return True

    def _open(
        self, text: str, name: str, *, cursor: bool = False, is_file: bool = False, unsealed: bool = False
    ) -> str:
        opened = self._ownership.open(self._owner, text, cursor=cursor, is_file=is_file, unsealed=unsealed)
        if opened is None:
            raise RefusedNameError(lambda path: _not_found(path, text), name)
        self.ids.append(opened)
        return opened.object_id


class _Sealing:
    """Seals the ids in a reply.

    Args:
        sealer: Seals each.
        owner: The name of the caller's key.
        deployment: The name of the deployment that has the objects.
        chats: Whether chat completions are stored.
        tag: The pseudonym of the owner, which the names of its files begin with.
    """

    def __init__(self, sealer: Sealer, owner: str, deployment: str, *, chats: bool, tag: str) -> None:
        self._sealer = sealer
        self._owner = owner
        self._deployment = deployment
        self.seeks = SEALED if chats else STORED
        self._mark = _marked(tag)

    def name(self, message: Any, name: str, kind: int) -> None:
        value = getattr(message, name)
        if type(value) is not str:
            value[:] = [self._seal(each) for each in value]
        elif name != "last_id" or not _is_empty_page(message):
            setattr(message, name, self._seal(value))
        if kind in _WITH_NAME and getattr(message, "filename", "").startswith(self._mark):
            message.filename = message.filename.removeprefix(self._mark)

    def _seal(self, object_id: str) -> str:
        return self._sealer.seal(SealedId(self._owner, self._deployment, object_id))

    def untyped(self, message: Any, name: str) -> None:
        """Skips untyped JSON in replies: unsealed ids there can't be used."""


def ownership(
    settings: GeneralSettings,
    keys: Keyring | None,
    known: Identities | None = None,
    *,
    several_upstreams: bool,
    issues: bool = False,
) -> Ownership | None:
    """Returns the ownership of a configuration; None: ids are not sealed.

    Args:
        settings: The configuration.
        keys: Its keys.
        known: Its identities.
        several_upstreams: Whether an id must say which upstream has its object.
        issues: Whether further keys may be issued.

    Raises:
        ConfigError: There are several callers, and nothing to seal ids with; or what there is can be guessed.
    """
    count = 0 if keys is None else len(keys.callers)
    if known is not None:
        count += known.count + known.dry_run  # in a dry run others may call as well
    several_keys = issues or count > 1
    secret = settings.sealing_key or settings.master_key
    if secret is None and several_keys:
        hint = "set sealing_key to a random text; what one caller stores is then no other's"
        text = "with several keys or identities a sealing_key or a master_key is needed"
        raise ConfigError(Problem(text, SECTION, hint))
    if secret is None or not (several_keys or several_upstreams):
        return None
    if why := weakness(secret.reveal()):
        raise ConfigError(Problem(f"weak key: {why}", f"{SECTION}.sealing_key", HINT))
    return Ownership(Sealer(secret), several_keys=several_keys, shared_files=settings.shared_files)


_OF_VIDEOS = (
    videos_pb2.CreateVideoRequest,
    videos_pb2.RemixVideoRequest,
    videos_pb2.EditVideoRequest,
    videos_pb2.ExtendVideoRequest,
    videos_pb2.CreateVideoCharacterRequest,
)
_OF_UPLOADS = (
    uploads_pb2.CreateUploadRequest,
    uploads_pb2.CreateUploadPartRequest,
    uploads_pb2.CompleteUploadRequest,
    uploads_pb2.CancelUploadRequest,
)
_ALWAYS_READ = _OF_VIDEOS + _OF_UPLOADS
# Objects whose `filename` begins with the mark of their owner.
_WITH_NAME = (json_pb2.JSON_NAMES_FILE, json_pb2.JSON_NAMES_UPLOAD)
# Beginnings of keys that hold a video or a character by its id, those that hold an id alone, and what is no id.
_REFERENCES = ("video", "character")
_PLAIN_REFERENCES = frozenset({"video", "videos", "character", "characters"})
_URL = re.compile(r"[:/]")

_PAGES = frozenset({chat_pb2.ChatCompletionList, files_pb2.FileList, batches_pb2.BatchList})
# Requests, besides those for a chat completion, that make or list objects with the mark of their owner.
_MARKED = frozenset(
    {
        batches_pb2.CreateBatchRequest,
        chat_pb2.ListChatCompletionsRequest,
        chat_pb2.UpdateChatCompletionRequest,
        files_pb2.CreateFileRequest,
        uploads_pb2.CreateUploadRequest,
    }
)
_OF_BATCHES = frozenset({batches_pb2.Batch, batches_pb2.BatchResult})


def _marked(tag: str) -> str:
    """Returns the beginning of the names of an owner's files."""
    return f"{tag}-"


def _is_own(item: Any, tag: str) -> bool:
    """Returns whether an object of a page is of an owner."""
    if isinstance(item, files_pb2.FileObject):
        return bool(item.filename.startswith(_marked(tag)))
    return bool(item.metadata.get(OWNER) == tag)


def _hide_owner(message: Any) -> None:
    """Removes the tag of the owner from the metadata of an object that is stored upstream."""
    if isinstance(message, chat_pb2.ChatCompletionChunk):
        message = message.accumulated if message.HasField("accumulated") else None
    elif isinstance(message, batches_pb2.BatchResult):
        message = message.chat_completion if message.HasField("chat_completion") else None
    if isinstance(message, chat_pb2.ChatCompletion | batches_pb2.Batch):
        message.metadata.pop(OWNER, None)


def _is_empty_page(message: Any) -> bool:
    """Returns whether a message is a page without objects, whose `last_id` is a cursor, sealed already."""
    return type(message) in _PAGES and not message.data


def _key_problem(text: Any) -> str:
    return name_problem(json_pb2.JSON_NAMES_RESPONSE, text) if isinstance(text, str) else "must be a string"


def _owner(call: OwnedCall) -> str:
    return call.caller.name if call.caller is not None else ""


def _not_found(field: str, text: str) -> GatewayError:
    return GatewayError(
        f"There is no object with the {field} {text!r}",
        code=StatusCode.NOT_FOUND,
        reason="OBJECT_NOT_FOUND",
        param=field,
    )


def _has_owner(call: OwnedCall, request: Any) -> bool:
    """Returns whether a request is about stored chat completions, a batch or a file, which are told apart by a mark."""
    kind = type(request)
    return call.stores if kind is chat_pb2.CreateChatCompletionRequest else kind in _MARKED
