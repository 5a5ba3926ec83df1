"""`general_settings`: who may call, and what of the caller goes upstream."""

from dataclasses import dataclass, field

from openai_grpc_server.config.limits import ANY_TEXT, NOT_NEGATIVE, POSITIVE
from openai_grpc_server.config.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """A key that callers may use. One of `key` and `hash` is given.

    Attributes:
        name: Names the key in logs and metrics.
        key: The key.
        hash: Its SHA-256 in hexadecimal, so that the file holds no secret.
        models: The models that it may name, also with a `*`; absent: all.
        rpcs: The RPCs that it may call, such as `CreateChatCompletion`, also with a `*`; absent: all.
        rpm: Requests a minute.
        tpm: Tokens a minute.
        max_parallel_requests: Calls at once.
        max_budget: What it may cost, in US dollars.
    """

    name: str
    key: Secret | None = None
    hash: str | None = None
    models: tuple[str, ...] = ()
    rpcs: tuple[str, ...] = ()
    rpm: int | None = field(default=None, metadata=POSITIVE)
    tpm: int | None = field(default=None, metadata=POSITIVE)
    max_parallel_requests: int | None = field(default=None, metadata=POSITIVE)
    max_budget: float | None = field(default=None, metadata=NOT_NEGATIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralSettings:
    """Who may call, and what of the caller goes upstream.

    Attributes:
        master_key: The key that may do everything. With it or `keys`, callers must show one.
        keys: Further keys, each with what it may do. Our own key of the file: LiteLLM keeps them in a database.
        sealing_key: What the ids of stored objects are sealed with; default: it is made from `master_key`.
        forward_openai_org_id: Whether the caller's `openai-organization` goes upstream in place of the configured one.
    """

    master_key: Secret | None = None
    keys: tuple[KeySettings, ...] = ()
    sealing_key: Secret | None = field(default=None, metadata=ANY_TEXT)
    forward_openai_org_id: bool = True
