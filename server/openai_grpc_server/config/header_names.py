"""Names of HTTP headers that the gateway sets itself, and which names and values are legal."""

import re

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
    """Says what makes a header's name illegal, or nothing if it is legal."""
    if TOKEN.fullmatch(name):
        return ""
    bad = next((char for char in name if not TOKEN.fullmatch(char)), "")
    what = f"{name!r} has {bad!r} in it" if bad else "it is empty"
    return f"not a legal HTTP header name: {what}; names have letters, digits and hyphens (RFC 9110)"


def is_legal_value(value: str) -> bool:
    """Whether a header can have a value: visible ASCII, blanks and tabs."""
    return VALUE.fullmatch(value) is not None
