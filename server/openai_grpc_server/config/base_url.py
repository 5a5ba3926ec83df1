"""Base URLs of upstreams, and the mistakes that people make with them."""

from urllib.parse import urlsplit

from openai_grpc_server.config.errors import ConfigError, Problem

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
        ConfigError: It is none, or holds credentials.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or True)
    except ValueError:  # a port that is none, a bracket that is not closed
        usable = False
    if not usable:
        raise ConfigError(Problem("not an http or https URL", where, "http://host:port/v1"))
    if parts.username or parts.password:
        raise ConfigError(Problem("a URL must not hold credentials", where, "use api_key"))
    if parts.query or parts.fragment:
        raise ConfigError(Problem("a base URL has no query and no fragment", where))
    return url.rstrip("/")


def base_url_hint(url: str) -> str:
    """Returns what looks wrong about a base URL, in a sentence without a full stop; empty: nothing does."""
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
    """Whether a base URL is OpenAI's own."""
    host = urlsplit(url).hostname or ""
    return host == "api.openai.com" or host.endswith(".api.openai.com")
