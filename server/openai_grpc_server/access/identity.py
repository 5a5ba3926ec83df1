"""Identities: callers by their certificates, by those that a trusted proxy forwards, or by JSON Web Tokens.

A proxy that ends the callers' TLS sends their certificates' names in `x-forwarded-client-cert` (XFCC, Envoy's format).
Only configured peers are believed. Such a peer is never a caller itself: a call that it forwards without the header is
from a caller that has shown no certificate.

One module, as all three forms end in names that the same entries match: reading certificates' names, the header, and
tokens with the keys of their issuers.
"""

import asyncio
import json
import logging
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from grpc import StatusCode

from openai_grpc_server.access.keyring import Caller, Keyring, caller_of, digest
from openai_grpc_server.config import (
    ConfigError,
    GeneralSettings,
    IdentitySettings,
    Problem,
    Secret,
    TokenIssuerSettings,
)
from openai_grpc_server.config.patterns import TrustedPeers, Wildcard
from openai_grpc_server.errors import GatewayError, UnauthenticatedError
from openai_grpc_server.runtime.bounded_cache import BoundedCache
from openai_grpc_server.telemetry.log import Log

if TYPE_CHECKING:
    from types import ModuleType

    import grpc.aio

    Context = grpc.aio.ServicerContext[Any, Any]

SECTION: Final = "general_settings"
XFCC: Final = "x-forwarded-client-cert"
SPIFFE: Final = "spiffe://"
CACHE_BYTES: Final = 1 << 22  # of callers by certificates, headers and tokens: some thousands of each
MAX_ELEMENTS: Final = 64  # of an XFCC header
JSON_START: Final = "eyJ"  # of a JSON object
MAX_TOKEN: Final = 16384  # characters
LEEWAY: Final = 30.0  # seconds by which the clocks of issuers may differ

# Kinds of keys, and the algorithms of signatures by them. No HMAC: its key would be a secret of both sides.
ALGORITHMS: Final = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "EC": ("ES256", "ES384", "ES512"),
    "OKP": ("EdDSA",),
}
FETCH_TIMEOUT: Final = 5.0  # seconds
FETCH_INTERVAL: Final = 10.0  # seconds between fetches for unknown key ids, or after a failed one
MAX_JWKS: Final = 1 << 20  # bytes


class Presented(NamedTuple):
    """Names that a caller has presented, verified.

    Attributes:
        spiffe: The SPIFFE id of its certificate; empty: none, or several URIs, which SPIFFE forbids.
        dns: DNS names of its certificate, in lower case.
        subject: Subject of its certificate, as parsed by `parse_subject`; empty: none.
        token: Issuer and subject of its token; None: no token.
    """

    spiffe: str = ""
    dns: tuple[str, ...] = ()
    subject: "Subject" = ()
    token: "tuple[str, str] | None" = None

    def __str__(self) -> str:
        if self.token is not None:
            return f"the token of {self.token[1]!r} by {self.token[0]}"
        return self.spiffe or ", ".join(self.dns) or text_of_subject(self.subject) or "a certificate without names"


class _Rule(NamedTuple):
    """An entry of `identities`, ready to match.

    Attributes:
        kind: `spiffe`, `dns`, `subject` or `token`.
        pattern: What the name must match; not for subjects.
        subject: The subject, for subjects.
        issuer: The issuer, for tokens.
        shared: Whether all that match are one caller.
        caller: The caller; its name counts only if `shared`.
    """

    kind: str
    pattern: Wildcard
    subject: "Subject"
    issuer: str
    shared: bool
    caller: Caller

    def match(self, presented: Presented) -> Caller | None:
        """Returns the caller with these names, or None."""
        found = self._found(presented)
        if found is None or self.shared:
            return None if found is None else self.caller
        return replace(self.caller, name=found)

    def _found(self, presented: Presented) -> str | None:
        if self.kind == "spiffe":
            return presented.spiffe if presented.spiffe and self.pattern.matches(presented.spiffe) else None
        if self.kind == "dns":
            return next((f"dns:{each}" for each in presented.dns if self.pattern.matches(each)), None)
        if self.kind == "subject":
            return f"subject:{text_of_subject(self.subject)}" if presented.subject == self.subject else None
        if presented.token is None or presented.token[0] != self.issuer or not self.pattern.matches(presented.token[1]):
            return None
        return f"token:{presented.token[0]}:{presented.token[1]}"


class Identities:
    """Callers without a key of the gateway's.

    Args:
        rules: Entries of `identities`; the first that matches counts.
        peers: Peers that forward the certificates of others.
        tokens: Verifies tokens; None: none are taken.
        dry_run: Whether what they refuse is only logged.

    Attributes:
        dry_run: As above.
    """

    def __init__(
        self, rules: Sequence[_Rule], peers: TrustedPeers, tokens: "TokenVerifier | None", *, dry_run: bool
    ) -> None:
        self._rules = tuple(rules)
        self._peers = peers
        self._forwards = bool(peers.networks or peers.names)
        self._known: BoundedCache[Caller] = BoundedCache(CACHE_BYTES)
        self._tokens = tokens
        self.dry_run = dry_run

    def takes(self, key: Secret) -> bool:
        """Returns whether a caller's key is a token that is verified here."""
        return self._tokens is not None and is_token(key)

    @property
    def count(self) -> int:
        """Number of callers; 2 for an entry that may match several."""
        return sum(1 if rule.shared or rule.kind == "subject" or rule.pattern.exact else 2 for rule in self._rules)

    def of_peer(self, context: "Context") -> Caller:
        """Returns the caller by the certificate of a call's peer, or of the one whose call it forwards.

        Raises:
            UnauthenticatedError: No certificate was shown.
            GatewayError: PERMISSION_DENIED: nobody with these names may call.
        """
        properties = context.auth_context()
        if self._forwards and self._peers.include(host_of(context.peer()), lambda: _san(properties)):
            text = ",".join(_text(value) for key, value in context.invocation_metadata() or () if key == XFCC)
            return self._known.get(f"xfcc {text}") or self._match(f"xfcc {text}", self._forwarded(text))
        encoded = next(iter(properties.get("x509_pem_cert", ())), None)
        if encoded is None:
            raise UnauthenticatedError("No key, certificate or token was sent, one of which this gateway needs")
        text = encoded.decode("latin-1")  # PEM, which begins as no other key of the cache does
        return self._known.get(text) or self._match(text, presented_by(properties))

    def of_known_token(self, token: Secret) -> Caller | None:
        """Returns the caller of a token that was verified before and is still valid, or None."""
        tokens = self._tokens
        if tokens is None or not token.reveal().startswith(JSON_START):
            return None
        verified = tokens.known(token)
        return None if verified is None else verified.caller

    async def of_token(self, token: Secret) -> Caller:
        """Returns the caller by its token.

        Raises:
            UnauthenticatedError: The token is invalid.
            GatewayError: PERMISSION_DENIED: nobody with these names may call. UNAVAILABLE: the issuer's keys can't be
                fetched.
        """
        if self._tokens is None:
            raise invalid_token("no general_settings.token_issuers are configured")
        verified = await self._tokens.verify(token)
        if verified.caller is None:
            issuer, subject = verified.presented.token or ("", "")
            key = f"token {len(issuer)} {issuer} {subject}"
            verified.caller = self._known.get(key) or self._match(key, verified.presented)
        return verified.caller

    def _match(self, key: str, presented: Presented) -> Caller:
        for rule in self._rules:
            if (caller := rule.match(presented)) is not None:
                self._known.put(key, caller)
                return caller
        raise GatewayError(
            f"Nobody known here has shown {str(presented)[:512]}: add it to general_settings.identities",
            code=StatusCode.PERMISSION_DENIED,
            reason="IDENTITY_NOT_ALLOWED",
        )

    def _forwarded(self, text: str) -> Presented:
        try:
            elements = parse_xfcc(text)
        except ValueError as error:
            raise UnauthenticatedError(f"{XFCC} can't be read: {error}", reason="INVALID_CERTIFICATE_HEADER") from None
        for presented in reversed(elements):
            if not self._peers.names & {presented.spiffe, *presented.dns}:
                return presented
        raise UnauthenticatedError("The proxy has forwarded no certificate of the caller")


def identities(
    settings: GeneralSettings, log: Log | None, keys: Keyring | None, *, shows_certificates: bool
) -> Identities | None:
    """Returns the identities of a configuration; None if it has none.

    Args:
        settings: The configuration.
        log: Where failures to fetch the keys of tokens are logged; None: nowhere.
        keys: The keys, whose names no identity may have.
        shows_certificates: Whether callers show certificates to the gateway itself.

    Raises:
        ConfigError: An entry is invalid, or nobody could be it.
    """
    problems = list(_problems(settings, shows_certificates=shows_certificates))
    taken = {caller.name for caller in keys.callers} if keys is not None else set()
    for index, each in enumerate(settings.identities):
        if each.name is not None and each.name in taken:
            problems.append(Problem(f"duplicate name {each.name!r}", f"{SECTION}.identities[{index}]"))
        taken.add(each.name or "")
    if problems:
        raise ConfigError(*problems)
    if not settings.identities:
        return None
    only = settings.token_issuers[0].issuer if settings.token_issuers else ""
    return Identities(
        [_rule(each, only) for each in settings.identities],
        TrustedPeers.parse(settings.xfcc_peers),
        TokenVerifier(settings.token_issuers, log) if settings.token_issuers else None,
        dry_run=settings.identities_dry_run,
    )


def _problems(settings: GeneralSettings, *, shows_certificates: bool) -> Iterator[Problem]:
    for index, each in enumerate(settings.identities):
        where = f"{SECTION}.identities[{index}]"
        given = [name for name in ("spiffe", "dns", "subject", "token_subject") if getattr(each, name) is not None]
        if len(given) != 1:
            yield Problem("exactly one of spiffe, dns, subject and token_subject is required", where)
            continue
        if given == ["token_subject"]:
            yield from _token_problems(each, settings.token_issuers, where)
            continue
        if not shows_certificates and not settings.xfcc_peers:
            hint = "set server.tls.client_ca, or xfcc_peers for proxies that end the callers' TLS"
            yield Problem(f"nobody can be {getattr(each, given[0])!r}: callers show no certificates", where, hint)
        if each.spiffe is not None and not _SPIFFE_PATTERN.fullmatch(each.spiffe):
            hint = "such as spiffe://example.org/ns/web/*, with `*` in the path only"
            yield Problem(f"invalid SPIFFE id {each.spiffe!r}", where, hint)
        if each.subject is not None:
            try:
                parse_subject(each.subject)
            except ValueError as error:
                yield Problem(f"invalid subject: {error}", where, "such as CN=web,O=Example,C=DE")
    yield from _peer_problems(settings, shows_certificates=shows_certificates)
    for index, issuer in enumerate(settings.token_issuers):
        yield from _issuer_problems(issuer, f"{SECTION}.token_issuers[{index}]")


def _token_problems(
    identity: IdentitySettings, issuers: Sequence[TokenIssuerSettings], where: str
) -> Iterator[Problem]:
    known = [each.issuer for each in issuers]
    if not known:
        yield Problem("token_subject without general_settings.token_issuers: nobody could be it", where)
    elif identity.token_issuer is None and len(known) > 1:
        yield Problem("token_issuer is required: there are several token_issuers", where)
    elif identity.token_issuer is not None and identity.token_issuer not in known:
        yield Problem(f"unknown token_issuer {identity.token_issuer!r}", where, f"known: {', '.join(known)}")


def _peer_problems(settings: GeneralSettings, *, shows_certificates: bool) -> Iterator[Problem]:
    where = f"{SECTION}.xfcc_peers"
    try:
        peers = TrustedPeers.parse(settings.xfcc_peers)
    except ValueError as error:
        yield Problem(str(error), where)
        return
    if peers.names and not shows_certificates and not peers.networks:
        hint = "set server.tls.client_ca, or give addresses"
        yield Problem(f"{', '.join(sorted(peers.names))} can't be verified: no certificates are shown", where, hint)


def _issuer_problems(settings: TokenIssuerSettings, where: str) -> Iterator[Problem]:
    if not settings.audiences:
        yield Problem("audiences must not be empty: a token for another service would be taken", where)
    url = urlsplit(settings.jwks)
    if url.scheme == "http" and not _is_loopback(url.hostname or ""):
        yield Problem("jwks must be fetched by https: whoever answers decides who may call", where)


def _rule(settings: IdentitySettings, only_issuer: str) -> _Rule:
    dns = None if settings.dns is None else settings.dns.lower()
    kind, text = next(
        (kind, text)
        for kind, text in (
            ("spiffe", settings.spiffe),
            ("dns", dns),
            ("subject", settings.subject),
            ("token", settings.token_subject),
        )
        if text is not None
    )
    return _Rule(
        kind=kind,
        pattern=Wildcard(text),
        subject=parse_subject(text) if kind == "subject" else (),
        issuer=settings.token_issuer or only_issuer,
        shared=settings.name is not None,
        caller=caller_of(settings),
    )


_SPIFFE_PATTERN: Final = re.compile(r"spiffe://[a-z0-9._-]+/[A-Za-z0-9._/*-]+")


def host_of(peer: str) -> str:
    """Returns the address of a peer as gRPC writes it, without the port; empty for one without."""
    family, _, rest = peer.partition(":")
    host = unquote(rest).rpartition(":")[0].strip("[]")
    return host if family in {"ipv4", "ipv6"} else ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _values(properties: Mapping[str, Iterable[bytes]], name: str) -> list[str]:
    return [each.decode("utf-8", "replace") for each in properties.get(name, ())]


def _san(properties: Mapping[str, Iterable[bytes]]) -> set[str]:
    """Returns the names by which a proxy is configured: SPIFFE ids and DNS names."""
    return {*_values(properties, "peer_uri"), *_values(properties, "peer_dns")}


def presented_by(properties: Mapping[str, Iterable[bytes]]) -> Presented:
    """Returns the names of a certificate, by its properties in gRPC's terms."""
    return _presented(
        _values(properties, "peer_uri"),
        _values(properties, "peer_dns"),
        next(iter(_values(properties, "x509_subject")), ""),
    )


def _presented(uris: Sequence[str], dns: Sequence[str], subject: str) -> Presented:
    spiffe = uris[0] if len(uris) == 1 and uris[0].startswith(SPIFFE) else ""
    try:
        parsed = parse_subject(subject)
    except ValueError:
        parsed = ()  # the names that can be read count
    return Presented(spiffe, tuple(each.lower() for each in dns), parsed)


def parse_xfcc(text: str) -> list[Presented]:
    """Reads an `x-forwarded-client-cert` header: an element for each hop, the nearest last.

    Raises:
        ValueError: It is malformed.
    """
    elements: list[Presented] = []
    for element in _split(text, ","):
        found: dict[str, list[str]] = {}
        for pair in _split(element, ";"):
            key, equals, value = pair.partition("=")
            if not equals:
                raise ValueError(f"{pair[:64]!r} has no =")
            found.setdefault(key.strip().lower(), []).append(_unquoted(value.strip()))
        uris, dns = ([each for each in found.get(key, ()) if each] for key in ("uri", "dns"))
        elements.append(_presented(uris, dns, next(iter(found.get("subject", ())), "")))
        if len(elements) > MAX_ELEMENTS:
            raise ValueError(f"more than {MAX_ELEMENTS} elements")
    return elements


def _split(text: str, separator: str) -> list[str]:
    """Splits a text at separators outside of double quotes; leaves out empty parts."""
    parts, start, quoted, at = [], 0, False, 0
    while at < len(text):
        letter = text[at]
        if letter == "\\" and quoted:
            at += 1
        elif letter == '"':
            quoted = not quoted
        elif letter == separator and not quoted:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    if quoted:
        raise ValueError("a quote is not closed")
    parts.append(text[start:])
    return [each for each in parts if each.strip()]


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return _QUOTED.sub(r"\1", value[1:-1])
    return value


_QUOTED: Final = re.compile(r'\\(["\\])')

# Parts of a subject, the most specific first, each a set of types and values.
Subject = tuple[frozenset[tuple[str, str]], ...]

_LONG_NAMES: Final = {
    "COMMONNAME": "CN",
    "COUNTRYNAME": "C",
    "DOMAINCOMPONENT": "DC",
    "EMAIL": "EMAILADDRESS",
    "LOCALITYNAME": "L",
    "ORGANIZATIONNAME": "O",
    "ORGANIZATIONALUNITNAME": "OU",
    "S": "ST",
    "STATEORPROVINCENAME": "ST",
    "STREETADDRESS": "STREET",
    "USERID": "UID",
}
_ATTRIBUTE: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9.-]*|[0-9.]+)\s*=\s*")
_VALUE: Final = re.compile(r"((?:\\[0-9A-Fa-f]{2}|\\.|[^\\,+])*)([,+]?)", re.DOTALL)
_ESCAPE: Final = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)


def parse_subject(text: str) -> Subject:
    """Reads the subject of a certificate as RFC 4514 writes it, such as `CN=web,O=Example,C=DE`.

    Raises:
        ValueError: It is not one.
    """
    parts: list[frozenset[tuple[str, str]]] = []
    part: set[tuple[str, str]] = set()
    at, more = 0, bool(text)
    while more:
        attribute = _ATTRIBUTE.match(text, at)
        if attribute is None:
            raise ValueError(f"expected NAME=VALUE at {text[at : at + 32]!r}")
        value = _VALUE.match(text, attribute.end())
        if value is None or (not value[2] and value.end() < len(text)):
            raise ValueError(f"can't be read at {text[attribute.end() : attribute.end() + 32]!r}")
        name = attribute[1].upper()
        part.add((_LONG_NAMES.get(name, name), _ESCAPE.sub(_unescaped, _trimmed(value[1]))))
        at, more = value.end(), bool(value[2])
        if value[2] != "+":
            parts.append(frozenset(part))
            part = set()
    return tuple(parts)


def _trimmed(value: str) -> str:
    trimmed = value.rstrip()
    return f"{trimmed} " if trimmed.endswith("\\") and trimmed != value else trimmed


def _unescaped(found: "re.Match[str]") -> str:
    if found[1]:
        return bytes.fromhex(found[1].replace("\\", "")).decode("utf-8", "replace")
    return found[2]


def text_of_subject(subject: Subject) -> str:
    """Writes a subject, for people."""
    return ",".join("+".join(f"{name}={value}" for name, value in sorted(part)) for part in subject)


class _Key(NamedTuple):
    """A public key of an issuer.

    Attributes:
        kid: Its id; None: it has none.
        algorithms: The algorithms that it may verify.
        key: The key.
    """

    kid: str | None
    algorithms: tuple[str, ...]
    key: Any


class TokenVerifier:
    """Verifies JSON Web Tokens (RFC 7519).

    Args:
        issuers: Their issuers.
        log: Where failures to fetch keys are logged; None: nowhere.

    Raises:
        ConfigError: PyJWT is not installed, or a file of keys can't be used.
    """

    def __init__(self, issuers: Sequence[TokenIssuerSettings], log: Log | None) -> None:
        try:
            import jwt  # noqa: PLC0415 - an extra; loaded where configured
        except ImportError:
            hint = "pip install 'openai-grpc-server[jwt]'"
            raise ConfigError(Problem("the package PyJWT is not installed", f"{SECTION}.token_issuers", hint)) from None
        self._jwt = jwt
        self._issuers = {each.issuer: _Issuer(each, log, jwt) for each in issuers}
        self._verified: BoundedCache[_Verified] = BoundedCache(CACHE_BYTES)

    def known(self, token: Secret) -> "_Verified | None":
        """Returns what a token is known by that was verified before; None: it must be verified, perhaps anew."""
        known = self._verified.get(digest(token))
        if known is not None and known.keys is known.issuer.keys and time.time() < known.expires:
            return known
        return None

    async def verify(self, token: Secret) -> "_Verified":
        """Verifies a token; returns what it is known by from now on.

        Raises:
            UnauthenticatedError: It is invalid, expired, or by another issuer.
            GatewayError: UNAVAILABLE: the keys of its issuer can't be fetched.
        """
        if (known := self.known(token)) is not None:
            return known
        text = token.reveal()
        try:
            header = self._jwt.get_unverified_header(text)
            claims = self._jwt.decode(text, options={"verify_signature": False})
        except self._jwt.PyJWTError as error:
            raise invalid_token(f"it can't be read ({type(error).__name__})") from None
        issuer = self._issuers.get(str(claims.get("iss")))
        if issuer is None:
            raise invalid_token("its issuer is not one of general_settings.token_issuers")
        key = await issuer.find(header.get("kid"), header.get("alg"))
        if key is None:
            raise invalid_token("its issuer has no such key for its algorithm")
        try:
            claims = self._jwt.decode(
                text,
                key.key,
                algorithms=[header["alg"]],
                audience=list(issuer.settings.audiences),
                issuer=issuer.settings.issuer,
                leeway=LEEWAY,
                options={"require": ["aud", "exp", "iss", "sub"]},
            )
        except self._jwt.PyJWTError as error:
            raise invalid_token(_REASONS.get(type(error).__name__, type(error).__name__)) from None
        presented = Presented(token=(issuer.settings.issuer, str(claims["sub"])))
        verified = _Verified(presented, float(claims["exp"]) + LEEWAY, issuer, issuer.keys)
        self._verified.put(digest(token), verified)
        return verified


_REASONS: Final = {
    "ExpiredSignatureError": "it has expired",
    "ImmatureSignatureError": "it is not valid yet",
    "InvalidAudienceError": "it is for another audience",
    "InvalidSignatureError": "its signature is wrong",
}


def invalid_token(why: str) -> UnauthenticatedError:
    """Returns the error of a token that is not accepted."""
    return UnauthenticatedError(f"The token is invalid: {why}", reason="INVALID_TOKEN")


def is_token(key: Secret) -> bool:
    """Returns whether a caller's key is a JSON Web Token: three parts, of which the first is a JSON object."""
    text = key.reveal()
    return text.startswith(JSON_START) and text.count(".") == 2


class _Issuer:
    """Public keys of an issuer, fetched again from time to time.

    While they can't be fetched the last ones count. A token with an unknown key id makes them be fetched at once, but
    no more often than each ten seconds.

    Args:
        settings: The issuer.
        log: Where a failure is logged; None: nowhere.
        jwt: The library.

    Attributes:
        settings: As above.
        keys: The keys; None: not fetched yet.

    Raises:
        ConfigError: The file of its keys can't be used.
    """

    def __init__(self, settings: TokenIssuerSettings, log: Log | None, jwt: "ModuleType") -> None:
        self.settings = settings
        self.keys: tuple[_Key, ...] | None = None
        self._log = log
        self._jwt = jwt
        self._is_url = urlsplit(settings.jwks).scheme in {"http", "https"}
        self._due = 0.0  # when they are fetched again, in `time.monotonic()` seconds
        self._tried = float("-inf")
        self._fetching: asyncio.Task[None] | None = None
        if not self._is_url:
            try:
                self._use(Path(settings.jwks).read_bytes())
            except (OSError, ValueError) as error:
                raise ConfigError(Problem(f"not a set of keys (JWKS): {error}", settings.jwks)) from error

    async def find(self, kid: object, algorithm: object) -> _Key | None:
        """Returns the key with an id for an algorithm; without an id the only one, if there is only one.

        Raises:
            GatewayError: UNAVAILABLE: no keys were fetched yet.
        """
        if self.keys is None:
            await self._fetched()
        elif time.monotonic() >= self._due:
            self._begin()
        found = self._find(kid, algorithm)
        if found is None and kid is not None and all(each.kid != kid for each in self.keys or ()):
            await self._fetched()
            found = self._find(kid, algorithm)
        if self.keys is None:
            raise GatewayError(
                "The keys of the token's issuer can't be fetched; retry a little later",
                code=StatusCode.UNAVAILABLE,
                reason="TOKENS_UNAVAILABLE",
            )
        return found

    def _find(self, kid: object, algorithm: object) -> _Key | None:
        fitting = [each for each in self.keys or () if algorithm in each.algorithms and kid in {None, each.kid}]
        return fitting[0] if len(fitting) == 1 else None

    async def _fetched(self) -> None:
        """Waits for a fetch; for none if the last one is not long ago."""
        if self._fetching is None and time.monotonic() < self._tried + FETCH_INTERVAL:
            return
        await asyncio.shield(self._begin())

    def _begin(self) -> "asyncio.Task[None]":
        if self._fetching is None:
            self._tried = time.monotonic()
            self._fetching = asyncio.create_task(self._fetch())
        return self._fetching

    async def _fetch(self) -> None:
        interval = FETCH_INTERVAL
        try:
            read = self._download() if self._is_url else asyncio.to_thread(Path(self.settings.jwks).read_bytes)
            self._use(await read)
            interval = self.settings.refresh_interval
        except Exception as error:  # noqa: BLE001 - whatever it is, the last keys count
            fields = {"issuer": self.settings.issuer, "error": f"{type(error).__name__}: {error}"}
            if self._log is not None:
                event = "keys of tokens not fetched"
                self._log.write_seldom(logging.WARNING, event, lambda: fields, self.settings.issuer)
        finally:
            self._due = time.monotonic() + interval
            self._fetching = None

    async def _download(self) -> bytes:
        import aiohttp  # noqa: PLC0415 - only with a URL

        timeout = aiohttp.ClientTimeout(total=FETCH_TIMEOUT)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(self.settings.jwks, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise ValueError(f"HTTP status {response.status}")
            data = bytearray()
            async for part in response.content.iter_any():
                data += part
                if len(data) > MAX_JWKS:
                    raise ValueError(f"more than {MAX_JWKS} bytes")
            return bytes(data)

    def _use(self, data: bytes) -> None:
        """Replaces the keys; those that are not for signatures, or not understood, are left out."""
        value = json.loads(data)
        listed = value.get("keys") if isinstance(value, dict) else None
        if not isinstance(listed, list):
            raise ValueError("it has no list of keys")  # noqa: TRY004 - JSON of another form is a wrong value
        keys = tuple(each for one in listed if (each := self._key(one)) is not None)
        if not keys:
            raise ValueError("none of its keys can verify a signature")
        self.keys = keys

    def _key(self, one: Any) -> _Key | None:
        if not isinstance(one, dict) or one.get("use") == "enc":
            return None
        algorithms = ALGORITHMS.get(str(one.get("kty")), ())
        if (own := one.get("alg")) is not None:
            algorithms = tuple(each for each in algorithms if each == own)
        if not algorithms:
            return None
        try:
            return _Key(one.get("kid"), algorithms, self._jwt.PyJWK(one).key)
        except self._jwt.PyJWTError:
            return None


@dataclass(slots=True)
class _Verified:
    """A verified token.

    Attributes:
        presented: Its issuer and subject.
        expires: When it expires, in Unix seconds.
        issuer: Its issuer.
        keys: The keys of its issuer when it was verified; with others it is verified anew.
        caller: The caller that has it; None: not looked up yet.
    """

    presented: Presented
    expires: float
    issuer: _Issuer
    keys: tuple[_Key, ...] | None
    caller: Caller | None = None
