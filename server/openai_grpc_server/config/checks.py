"""Checks of base URLs, header names, and parameters that a deployment adds or drops."""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.patterns import parse_pattern

VALUE = re.compile(r"[\t\x20-\x7e]*")  # RFC 9110, 5.5, without what it discourages beyond ASCII
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, 5.6.2

# What frames a message or belongs to one connection: nobody else sets it.
OF_THE_CONNECTION = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)

# What says who asks, and for whom: the gateway's configuration sets it, never a caller.
OF_THE_GATEWAY = frozenset(
    {"api-key", "authorization", "cookie", "forwarded", "via", "x-api-key", "x-client-request-id", "x-real-ip"}
)


def illegal(name: str) -> str:
    """Describes what is illegal in a header name; empty if nothing is."""
    if TOKEN.fullmatch(name):
        return ""
    bad = next((char for char in name if not TOKEN.fullmatch(char)), "")
    what = f"{name!r} has {bad!r} in it" if bad else "it is empty"
    return f"not a legal HTTP header name: {what}; names have letters, digits and hyphens (RFC 9110)"


def is_legal_value(value: str) -> bool:
    """Returns whether a header can have a value: visible ASCII, blanks and tabs."""
    return VALUE.fullmatch(value) is not None


OPENAI_BASE_URL = "https://api.openai.com/v1"
ENDPOINTS = (
    "/chat/completions",
    "/completions",
    "/responses",
    "/embeddings",
    "/audio/transcriptions",
    "/audio/translations",
    "/models",
)


def checked_base_url(url: str, where: str) -> str:
    """Returns a base URL without a trailing slash.

    Raises:
        ConfigError: The URL is not http(s), or holds credentials, a query or a fragment.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or True)
    except ValueError:  # an invalid port, an unclosed bracket
        usable = False
    if not usable:
        raise ConfigError(Problem("not an http or https URL", where, "http://host:port/v1"))
    if parts.username or parts.password:
        raise ConfigError(Problem("a URL must not hold credentials", where, "use api_key"))
    if parts.query or parts.fragment:
        raise ConfigError(Problem("a base URL has no query and no fragment", where))
    return url.rstrip("/")


def base_url_hint(url: str) -> str:
    """Returns what looks wrong about a base URL, without a full stop; empty if nothing does."""
    path = urlsplit(url).path.rstrip("/")
    if endpoint := next((each for each in ENDPOINTS if path.endswith(each)), None):
        return f"api_base ends with {endpoint}, which the gateway adds itself"
    if not any(part[:1] == "v" and part[1:2].isdigit() for part in path.split("/")):
        return "api_base has no /v1 in it, which most servers need"
    return ""


def base_url_warning(url: str, where: str) -> Problem | None:
    """Returns a warning about a base URL that looks like a mistake."""
    hint = base_url_hint(url)
    return Problem(f"calls may answer 404: {hint}", where) if hint else None


def is_openai(url: str) -> bool:
    """Returns whether a base URL is OpenAI's own."""
    host = urlsplit(url).hostname or ""
    return host == "api.openai.com" or host.endswith(".api.openai.com")


# Gateways whose names of OpenAI's models begin with `openai/`.
OPENAI_NAMES_HOSTS = ("openrouter.ai", "ai-gateway.vercel.sh", "models.github.ai", "router.requesty.ai")


def has_openai_names(url: str) -> bool:
    """Returns whether a base URL is that of a gateway that prefixes OpenAI's models with `openai/`."""
    host = urlsplit(url).hostname or ""
    return any(host == known or host.endswith(f".{known}") for known in OPENAI_NAMES_HOSTS)


def header_problems(names: Iterable[str], where: str) -> Iterator[Problem]:
    """Yields problems of the names in `extra_headers`."""
    for name in names:
        if illegal(name):  # which may be a secret in the wrong place
            yield Problem(
                "extra_headers: not a legal HTTP header name", where, "letters, digits and hyphens (RFC 9110)"
            )
        elif name.lower() in OF_THE_CONNECTION:
            yield Problem(f"extra_headers: {name} is reserved for the connection", where, "leave it out")


def pattern_problems(patterns: Iterable[str], where: str) -> Iterator[Problem]:
    """Yields problems of `additional_drop_params`."""
    for pattern in patterns:
        if pattern == "model":
            yield Problem("additional_drop_params: every request has a model", where, "leave it out")
        try:
            parse_pattern(pattern)
        except ValueError as error:
            yield Problem(f"additional_drop_params: {error}", where)


RAW_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_RAW_PATH = re.compile(r"(/(\*|\{\w+\}|[\w.~!$&'()+,=:@%-]+))*(/\*\*)?", re.ASCII)


def raw_problems(path: str, methods: Iterable[str], where: str) -> Iterator[Problem]:
    """Yields problems of an entry of `server.raw`."""
    if not path or not _RAW_PATH.fullmatch(path) or any(each in {".", ".."} for each in path.split("/")):
        hint = "write it below the base URL, as in /vector_stores/{id}/files or /vector_stores/**"
        yield Problem(f"raw: invalid path {path[:64]!r}", where, hint)
    for method in methods:
        if method not in RAW_METHODS:
            yield Problem(f"raw: unknown method {method[:16]!r}", where, f"known: {', '.join(RAW_METHODS)}")


def value_problems(values: Mapping[str, str | None], where: str) -> Iterator[Problem]:
    """Yields problems of values for headers, by key."""
    for name, value in values.items():
        if value is not None and not is_legal_value(value):
            yield Problem(f"{name}: has a character that no HTTP header can have", where)
