"""What a key may do."""

from dataclasses import dataclass, field

from grpc import StatusCode

from openai_grpc_server.config.patterns import Patterns
from openai_grpc_server.errors import GatewayError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a key may call; None: as much as it likes.

    Attributes:
        rpm: Requests per minute.
        tpm: Tokens per minute, of input and output together.
        max_parallel_requests: Calls at the same time.
        max_budget: US dollars in all.
    """

    rpm: int | None = None
    tpm: int | None = None
    max_parallel_requests: int | None = None
    max_budget: float | None = None

    def __bool__(self) -> bool:
        return any(limit is not None for limit in (self.rpm, self.tpm, self.max_parallel_requests, self.max_budget))


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, known by its key.

    Attributes:
        name: The key's name, in logs and metrics; owns what the key stores.
        models: The models that it may use, by the names that callers use.
        rpcs: The RPCs that it may call, such as `CreateChatCompletion`.
        limits: How much it may call.
    """

    name: str
    models: Patterns = field(default_factory=Patterns)
    rpcs: Patterns = field(default_factory=Patterns)
    limits: Limits = field(default_factory=Limits)

    @property
    def limited_to_models(self) -> bool:
        """Whether there are models that it may not use."""
        return not self.models.allow("")

    def check_rpc(self, name: str) -> None:
        """Checks the name of an RPC.

        Raises:
            GatewayError: PERMISSION_DENIED.
        """
        if not self.rpcs.allow(name):
            raise denied("RPC_NOT_ALLOWED", f"This key may not call {name}")

    def check_model(self, model: str) -> None:
        """Checks a model, by the name that the caller used.

        Raises:
            GatewayError: PERMISSION_DENIED.
        """
        if not self.models.allow(model):
            raise self.model_denied(model, "model")

    def model_denied(self, model: str, field: str) -> GatewayError:
        """Makes the error of a model that a field names and the key may not use."""
        where = "" if field == "model" else f", which {field} names"
        return denied("MODEL_NOT_ALLOWED", f"This key may not use the model {model!r}{where}", field)

    def model_missing(self) -> GatewayError:
        """Makes the error of a call that leaves its model to the upstream, by a key that is limited to some."""
        return denied("MODEL_NOT_ALLOWED", "This key may use certain models only: name one of them", "model")


def denied(reason: str, message: str, param: str | None = None) -> GatewayError:
    """Makes the error of a call that the key does not allow."""
    return GatewayError(message, code=StatusCode.PERMISSION_DENIED, reason=reason, param=param)
