"""Keyring: callers by the hashes of their keys, with the permissions and limits of each."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from hmac import compare_digest
from math import ceil
from typing import Literal, NamedTuple, Protocol, Self

from grpc import StatusCode

from openai_grpc_server.config import ConfigError, GeneralSettings, IdentitySettings, KeySettings, Problem, Secret
from openai_grpc_server.config.patterns import Patterns, RpcPatterns
from openai_grpc_server.config.secret import KNOWN, weakness
from openai_grpc_server.errors import GatewayError, UnauthenticatedError
from openai_grpc_server.runtime.fair_queue import PRIORITIES, USUAL, Standing

MASTER = "master"
HASH = re.compile("[0-9a-f]{64}")
HINT = "make one with: python -c \"import secrets; print('sk-' + secrets.token_urlsafe(32))\""
MINUTE = 60.0
PARALLEL_RETRY = 1.0  # seconds: when another call ends can't be known


SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
MONDAY = 4 * 86400  # the first one, in seconds since the epoch
DURATION = re.compile(r"([1-9][0-9]{0,5})(s|m|h|d|w|mo)")


class Period(NamedTuple):
    """Period of a budget, in UTC: a number of seconds since the epoch, or a number of calendar months.

    Attributes:
        months: Number of months; 0: `seconds` counts.
        seconds: Length in seconds.
    """

    months: int = 0
    seconds: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `1h`, `1d` or `1mo`, with LiteLLM's meaning of `30d`: a calendar month.

        Raises:
            ValueError: The text is no duration.
        """
        found = DURATION.fullmatch(text)
        if found is None:
            raise ValueError(f"invalid budget_duration {text!r}: must be a number with s, m, h, d, w or mo, such as 1d")
        count, unit = int(found[1]), found[2]
        if unit == "mo" or text == "30d":
            return cls(months=count if unit == "mo" else 1)
        return cls(seconds=count * SECONDS[unit])

    def start(self, now: float) -> float:
        """Returns when the period began that a time is in, in seconds since the epoch."""
        if self.months:
            return self._month(self._index(now))
        offset = 0 if self.seconds % SECONDS["w"] else MONDAY
        return (now - offset) // self.seconds * self.seconds + offset

    def end(self, now: float) -> float:
        """Returns when that period ends, in seconds since the epoch."""
        return self._month(self._index(now) + self.months) if self.months else self.start(now) + self.seconds

    def _index(self, now: float) -> int:
        day = datetime.fromtimestamp(now, UTC)
        return (day.year * 12 + day.month - 1) // self.months * self.months

    def _month(self, index: int) -> float:
        return datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of a key; None: unlimited.

    Attributes:
        rpm: Requests per minute.
        tpm: Tokens per minute, of input and output together.
        max_parallel_requests: Calls in flight.
        max_budget: Cost in a period, in US dollars.
        soft_budget: Cost in a period from which calls are warned, in US dollars.
        period: Period of the budgets; None: all time.
        has_budget: Whether a limit is on cost.
        metered: Whether a limit is on tokens or cost, which are only known once a call has ended.
        any: Whether there is a limit.
    """

    rpm: int | None = None
    tpm: int | None = None
    max_parallel_requests: int | None = None
    max_budget: float | None = None
    soft_budget: float | None = None
    period: Period | None = None

    has_budget: bool = field(init=False, compare=False, repr=False)
    metered: bool = field(init=False, compare=False, repr=False)
    any: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        has_budget = self.max_budget is not None or self.soft_budget is not None
        metered = self.tpm is not None or has_budget
        object.__setattr__(self, "has_budget", has_budget)
        object.__setattr__(self, "metered", metered)
        object.__setattr__(self, "any", metered or self.rpm is not None or self.max_parallel_requests is not None)

    def __bool__(self) -> bool:
        return self.any


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Caller: the permissions of a key or an identity.

    Attributes:
        name: Its name, in logs and metrics; owner of its stored objects.
        models: Allowed models, by the names that callers use.
        rpcs: Allowed RPCs, such as `CreateChatCompletion`.
        limits: Its limits.
        organization: `OpenAI-Organization` of its calls; None: the deployment's.
        project: `OpenAI-Project` of its calls; None: the deployment's.
        kind: By which it is known.
        admin: Whether it may administer keys.
        report: Takes what would be refused, in a dry run; None: it is refused.
        standing: Its standing in the queue of `server.admission`.
        limited_to_models: Whether it is restricted to some models.
    """

    name: str
    models: Patterns = field(default_factory=Patterns)
    rpcs: RpcPatterns = field(default_factory=RpcPatterns)
    limits: Limits = field(default_factory=Limits)
    organization: str | None = None
    project: str | None = None
    kind: Literal["key", "identity"] = "key"
    admin: bool = False
    report: Callable[[GatewayError], None] | None = None
    standing: Standing = USUAL

    limited_to_models: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "limited_to_models", not self.models.allow(""))

    def refuse(self, error: GatewayError) -> None:
        """Refuses a call, unless in a dry run.

        Raises:
            GatewayError: The error.
        """
        if self.report is None:
            raise error
        self.report(error)

    def may_list(self, model: str) -> bool:
        """Returns whether lists of models show it a model."""
        return self.report is not None or self.models.allow(model)

    def check_rpc(self, path: str) -> None:
        """Checks the path of an RPC.

        Raises:
            GatewayError: PERMISSION_DENIED.
        """
        if not self.rpcs.allow(path):
            self.refuse(denied("RPC_NOT_ALLOWED", f"This {self.kind} may not call {path.rpartition('/')[2]}"))

    def check_named_rpc(self, path: str) -> None:
        """Checks the path of an RPC that a key without a list of RPCs, or with a `*`, does not cover.

        Raises:
            GatewayError: PERMISSION_DENIED.
        """
        if not self.rpcs.name(path):
            name = path.rpartition("/")[2]
            told = f"This {self.kind} may not call {name}: it must be named in its allowed RPCs, without a *"
            self.refuse(denied("RPC_NOT_ALLOWED", told))

    def check_model(self, model: str) -> None:
        """Checks a model, by the name that the caller used.

        Raises:
            GatewayError: PERMISSION_DENIED.
        """
        if not self.models.allow(model):
            self.refuse(self.model_denied(model, "model"))

    def model_denied(self, model: str, field: str) -> GatewayError:
        """Returns the error for a model that the key may not use, with the field that names it."""
        where = "" if field == "model" else f", which {field} names"
        return denied("MODEL_NOT_ALLOWED", f"This {self.kind} may not use the model {model!r}{where}", field)

    def model_missing(self) -> GatewayError:
        """Returns the error for a call without a model, with a key restricted to some models."""
        return denied("MODEL_NOT_ALLOWED", f"This {self.kind} may use certain models only: name one of them", "model")


def denied(reason: str, message: str, param: str | None = None) -> GatewayError:
    """Returns the error of a call that the key does not allow."""
    return GatewayError(message, code=StatusCode.PERMISSION_DENIED, reason=reason, param=param)


class Limit(Enum):
    """A limit of a key, by its name in the configuration."""

    RPM = "rpm"
    TPM = "tpm"
    PARALLEL = "max_parallel_requests"
    BUDGET = "max_budget"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Token bucket of a limit per minute; refills within a minute.

    Attributes:
        balance: Tokens left; negative after a call that took more.
        at: Time of the balance, in seconds of the store's clock.
    """

    balance: float
    at: float

    def filled(self, size: int, now: float) -> "Bucket":
        """Returns the bucket filled up to now; unchanged if the clock has gone back."""
        if not size:
            return Bucket(0.0, now)
        passed = max(now - self.at, 0.0)
        return Bucket(min(self.balance + passed * size / MINUTE, size), now)

    def less(self, amount: float) -> "Bucket":
        """Returns the bucket after taking an amount."""
        return Bucket(self.balance - amount, self.at)

    def wait(self, size: int, needed: float) -> float:
        """Returns the seconds until the needed amount is available, in whole milliseconds."""
        return ceil(max(needed - self.balance, 0.0) * MINUTE / size * 1000) / 1000


@dataclass(frozen=True, slots=True)
class State:
    """Usage of a key.

    Attributes:
        requests: Bucket of `rpm`.
        tokens: Bucket of `tpm`.
        running: Calls in flight.
        spent: Cost of its calls in the period, in US dollars.
        period: Start of the period, in seconds since the epoch; 0 if the budget has no period.
    """

    requests: Bucket
    tokens: Bucket
    running: int = 0
    spent: float = 0.0
    period: float = 0.0

    def counted(self, limits: Limits, *, requests: int = 0, tokens: int = 0, cost: float = 0.0) -> "State":
        """Returns the state after usage; without a limit nothing is taken from its bucket."""
        return State(
            self.requests if limits.rpm is None else self.requests.less(requests),
            self.tokens if limits.tpm is None else self.tokens.less(tokens),
            self.running,
            self.spent + cost,
            self.period,
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Refusal of a call.

    Attributes:
        limit: The exceeded limit.
        retry_after: Seconds until a retry may succeed; None: waiting does not help.
    """

    limit: Limit
    retry_after: float | None


class Notice(Enum):
    """Warning to a call that is let in."""

    SOFT_BUDGET = "soft_budget"


def spent_refusal(limits: Limits, now: float) -> Refusal:
    """Returns the refusal of a call whose budget is spent.

    Args:
        limits: The limits.
        now: The time, in seconds since the epoch.
    """
    return Refusal(Limit.BUDGET, None if limits.period is None else ceil((limits.period.end(now) - now) * 1000) / 1000)


def refusal(limits: Limits, state: State, now: float, *, begun: bool = False) -> Refusal | None:
    """Returns why another call is refused, or None; the buckets must be filled up to now.

    Tokens and cost are settled at the end of a call: a call may begin while any are left, and the next one waits for
    the overdraft.

    Args:
        limits: The limits.
        state: What was used.
        now: The time, in seconds since the epoch.
        begun: Whether the call is counted already, so that limits of calls don't matter.
    """
    if limits.max_budget is not None and state.spent >= limits.max_budget:
        return spent_refusal(limits, now)
    if not begun and limits.max_parallel_requests is not None and state.running >= limits.max_parallel_requests:
        return Refusal(Limit.PARALLEL, PARALLEL_RETRY)
    waits = []
    if not begun and limits.rpm is not None and (wait := state.requests.wait(limits.rpm, 1)):
        waits.append(Refusal(Limit.RPM, wait))
    if limits.tpm is not None and (wait := state.tokens.wait(limits.tpm, 1)):
        waits.append(Refusal(Limit.TPM, wait))
    return max(waits, key=lambda each: each.retry_after or 0.0, default=None)


def limit_error(caller: Caller, refused: Refusal) -> GatewayError:
    """Returns the error of a call over a limit."""
    name = refused.limit.value
    value = getattr(caller.limits, name)
    text = f"The {caller.kind} {caller.name!r} is at its limit: {name} {value}"
    return GatewayError(
        text,
        code=StatusCode.RESOURCE_EXHAUSTED,
        reason="BUDGET_EXCEEDED" if refused.limit is Limit.BUDGET else "KEY_LIMIT_EXCEEDED",
        retry_after=refused.retry_after,
        quota=[(f"{caller.kind}:{caller.name}", f"{name}: {value}")],
    )


class Keyring:
    """Callers by the SHA-256 of their keys; the keys themselves are not kept.

    A plain hash is enough: the keys are random and long, which is checked, so that no dictionary leads back to them; a
    slow hash would only slow down every call.

    Args:
        callers: The callers, by the SHA-256 of their keys in hexadecimal.
        issued: Looks up the caller of a key issued at run time by the key's hash; None: no keys are issued at run time.
            An issued key never has the name of a configured one.

    Attributes:
        by_hash: The callers, as above.
    """

    def __init__(self, callers: Mapping[str, Caller], issued: Callable[[str], Caller | None] | None = None) -> None:
        self.by_hash = self._callers = dict(callers)
        self._issued = issued
        self._names = {caller.name for caller in callers.values()}

    @property
    def callers(self) -> tuple[Caller, ...]:
        """The callers."""
        return tuple(self._callers.values())

    def identify(self, key: Secret | None) -> Caller:
        """Returns the caller of a key.

        Raises:
            UnauthenticatedError: There is no key, or it is unknown.
        """
        if key is None:
            raise UnauthenticatedError("No key was sent; send one as the metadata authorization: Bearer <key>")
        caller = self.find(key)
        if caller is None:
            raise UnauthenticatedError("The key is not one of this gateway's", reason="INVALID_KEY")
        return caller

    def find(self, key: Secret) -> Caller | None:
        """Returns the caller of a key; None: it is unknown.

        Every stored hash is compared, each in constant time, so that the time says nothing of where or how far a key
        differs.
        """
        given = digest(key)
        found = [caller for known, caller in self._callers.items() if compare_digest(known, given)]
        if found:
            return found[0]
        # By the hash: who could tell by the time how much of it is right has still to find a key for it.
        caller = None if self._issued is None else self._issued(given)
        return None if caller is None or caller.name in self._names else caller


def keyring(settings: GeneralSettings) -> Keyring | None:
    """Returns the keyring of a configuration; None: no keys are configured, calls need none.

    Raises:
        ConfigError: Keys that can be guessed, are duplicate or invalid.
    """
    callers: dict[str, Caller] = {}
    names: set[str] = set()
    problems = list(budget_problems(settings))
    if problems:
        raise ConfigError(*problems)
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


def budget_problems(settings: GeneralSettings) -> Iterator[Problem]:
    """Yields what is wrong with the budgets of keys and identities."""
    for section in ("keys", "identities"):
        for index, each in enumerate(getattr(settings, section)):
            where = f"general_settings.{section}[{index}]"
            try:
                period(each.budget_duration)
            except ValueError as error:
                yield Problem(str(error), where)
            yield from (Problem(text, where) for text in budget_conflicts(each))


class Budgets(Protocol):
    """Budgets of a caller, as configured or as in a request."""

    @property
    def max_budget(self) -> float | None:
        """The limit, in US dollars."""

    @property
    def soft_budget(self) -> float | None:
        """Cost from which calls are warned, in US dollars."""

    @property
    def budget_duration(self) -> str | None:
        """The period."""


def budget_conflicts(given: Budgets) -> Iterator[str]:
    """Yields which budgets of a caller have no effect together."""
    soft, hard = given.soft_budget, given.max_budget
    if given.budget_duration is not None and soft is None and hard is None:
        yield "budget_duration without max_budget or soft_budget: there is no budget that could begin anew"
    if soft is not None and hard is not None and soft >= hard:
        yield f"soft_budget {soft} must be less than max_budget {hard}: nothing would be warned of"


def period(text: str | None) -> Period | None:
    """Returns the period of a `budget_duration`; None: all time.

    Raises:
        ValueError: The text is no duration.
    """
    return None if text is None else Period.parse(text)


def digest(key: Secret) -> str:
    """Returns the SHA-256 of a key, in hexadecimal."""
    return key.digest


def _entries(settings: GeneralSettings) -> Iterator[tuple[str, str, str | Problem, Caller]]:
    if settings.master_key is not None:
        where = "general_settings.master_key"
        yield MASTER, where, _checked(settings.master_key, where), Caller(name=MASTER, admin=True)
    for index, key in enumerate(settings.keys):
        where = f"general_settings.keys[{index}]"
        yield key.name, where, _hash(key, where), caller_of(key)


def _hash(settings: KeySettings, where: str) -> str | Problem:
    if (settings.key is None) == (settings.hash is None):
        return Problem("exactly one of key and hash is required", where)
    if settings.key is not None:
        return _checked(settings.key, where)
    hashed = (settings.hash or "").lower()
    if not HASH.fullmatch(hashed):
        return Problem("invalid hash: not a SHA-256 in hexadecimal", where, "64 digits, as sha256sum prints")
    if hashed in {digest(Secret(known)) for known in KNOWN}:
        return Problem("weak key: it is one of those that examples use", where, HINT)
    return hashed


def _checked(key: Secret, where: str) -> str | Problem:
    why = weakness(key.reveal())
    return Problem(f"weak key: {why}", where, HINT) if why else digest(key)


def caller_of(settings: KeySettings | IdentitySettings) -> Caller:
    """Returns the permissions of a configured key or identity; an identity may have no name yet."""
    return Caller(
        name=settings.name or "",
        models=Patterns(settings.models),
        rpcs=RpcPatterns(settings.rpcs),
        limits=Limits(
            rpm=settings.rpm,
            tpm=settings.tpm,
            max_parallel_requests=settings.max_parallel_requests,
            max_budget=settings.max_budget,
            soft_budget=settings.soft_budget,
            period=period(settings.budget_duration),
        ),
        organization=settings.organization,
        project=settings.project,
        kind="key" if isinstance(settings, KeySettings) else "identity",
        standing=Standing(
            weight=settings.weight,
            priority=PRIORITIES.index(settings.priority),
            max_priority=PRIORITIES.index(settings.max_priority or settings.priority),
            max_streams=settings.max_parallel_streams,
            max_bytes=settings.max_in_flight_bytes,
        ),
        admin=settings.admin,
    )
