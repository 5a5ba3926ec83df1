"""Callers without a key: known by their certificates, by those that a proxy forwards, or by tokens."""

import hmac
import json
import re
import ssl
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc, models_pb2, models_pb2_grpc, responses_pb2, responses_pb2_grpc
from openai_grpc_server.access import identity
from openai_grpc_server.config import (
    ConfigError,
    GeneralSettings,
    HttpSettings,
    IdentitySettings,
    KeySettings,
    Secret,
    TlsSettings,
    TokenIssuerSettings,
)
from support.certificates import Authority
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, running_gateway

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="small")
COMPLETION = {"id": "c1", "object": "chat.completion", "model": "m", "choices": []}
KEY = "sk-v3R9xQ2mT7bK4wZ8nL5c"
SEALING_KEY = Secret("Wf4Yp9Ts2Gd7Xk1Nb6Vm")
XFCC = "x-forwarded-client-cert"
MESH = "spiffe://prod.example/ns"
ISSUER, AUDIENCE = "https://issuer.example", "openai-grpc"
DAY = 86_400  # seconds: some tokens are made when the tests are collected, and used when a long run comes to them

IDENTITIES = (
    IdentitySettings(name="checkout", spiffe=f"{MESH}/shop/sa/checkout", models=("small",), project="proj-shop"),
    IdentitySettings(spiffe=f"{MESH}/shop/*", rpm=2),
    IdentitySettings(name="reports", dns="*.reports.internal", rpcs=("ListModels", "*Response")),
    IdentitySettings(name="ops", subject=r"CN=ops\, on call,O=Example,C=DE"),
)
# Names of certificates, and their subjects.
CALLERS = {
    "checkout": (f"URI:{MESH}/shop/sa/checkout", None),
    "cart": (f"URI:{MESH}/shop/sa/cart", None),
    "search": (f"URI:{MESH}/shop/sa/search", None),
    "nightly": ("DNS:nightly.Reports.internal", None),
    "ops": ("DNS:laptop", "/C=DE/O=Example/CN=ops, on call"),
    "stranger": (f"URI:{MESH}/other/sa/x", None),
    "two ids": (f"URI:{MESH}/shop/sa/checkout,URI:{MESH}/shop/sa/cart", None),
}

Pairs = tuple[tuple[str, str], ...]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("identities") / "ca")


@pytest.fixture(scope="module")
def certificates(authority: Authority) -> dict[str, tuple[Path, Path]]:
    return {name: authority.issue(name, *given) for name, given in CALLERS.items()}


@pytest.fixture(scope="module")
def tls(authority: Authority) -> TlsSettings:
    certificate, key = authority.issue("server")
    return TlsSettings(certificate=str(certificate), private_key=str(key), client_ca=str(authority.certificate))


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        running.on("POST", CHAT, answers.json(COMPLETION))
        running.on("GET", "/v1/responses/resp_1", answers.json({"id": "resp_1", "object": "response"}))
        running.on("POST", "/v1/responses", answers.json({"id": "resp_1", "object": "response"}))
        yield running


@contextmanager
def serving(upstream: StandIn, general: GeneralSettings, tls: TlsSettings | None = None) -> Iterator[RunningGateway]:
    both = [deployment(upstream.url, name=name, model_name=name, model=name) for name in ("small", "big")]
    with running_gateway(*both, general=general, tls=tls, http=HttpSettings(port=0)) as gateway:
        yield gateway


@pytest.fixture
def gateway(upstream: StandIn, tls: TlsSettings) -> Iterator[RunningGateway]:
    general = GeneralSettings(
        identities=IDENTITIES, keys=(KeySettings(name="old", key=Secret(KEY)),), sealing_key=SEALING_KEY
    )
    with serving(upstream, general, tls) as running:
        yield running


class Caller:
    """A caller that shows a certificate, by gRPC and by HTTP."""

    def __init__(self, gateway: RunningGateway, authority: Authority, shown: tuple[Path, Path]) -> None:
        certificate, key = shown
        pem = authority.certificate.read_bytes(), key.read_bytes(), certificate.read_bytes()
        self.channel = grpc.secure_channel(gateway.target, grpc.ssl_channel_credentials(*pem))
        self._url = gateway.url.replace("http://", "https://")
        self._tls = ssl.create_default_context(cafile=authority.certificate)
        self._tls.load_cert_chain(certificate, key)
        self.chat = chat_pb2_grpc.ChatServiceStub(self.channel)
        self.responses = responses_pb2_grpc.ResponsesServiceStub(self.channel)
        self.models = models_pb2_grpc.ModelsServiceStub(self.channel)

    def by_grpc(self, model: str = "small", metadata: Pairs = ()) -> Any:
        return chat(self.chat, model, metadata)

    def by_http(self, model: str = "small", headers: Pairs = ()) -> httpx2.Response:
        return post(self._url, model, headers, self._tls)


def chat(stub: Any, model: str = "small", metadata: Pairs = ()) -> Any:
    return stub.CreateChatCompletion(
        chat_pb2.CreateChatCompletionRequest(model=model), metadata=metadata, timeout=LIMIT
    )


def post(url: str, model: str = "small", headers: Pairs = (), tls: ssl.SSLContext | None = None) -> httpx2.Response:
    with httpx2.Client(verify=tls or True, timeout=LIMIT) as client:
        return client.post(f"{url}/chat/completions", json={"model": model, "messages": []}, headers=list(headers))


@pytest.fixture
def callers(
    gateway: RunningGateway, authority: Authority, certificates: dict[str, tuple[Path, Path]]
) -> Iterator[dict[str, Caller]]:
    found = {name: Caller(gateway, authority, shown) for name, shown in certificates.items()}
    yield found
    for each in found.values():
        each.channel.close()


def keys_of(gateway: RunningGateway) -> list[str | None]:
    return [line.get("key") for line in gateway.logged("rpc")]


LET_IN = {
    "checkout": "checkout",
    "cart": f"{MESH}/shop/sa/cart",
    "ops": "ops",
}


@pytest.mark.parametrize(("caller", "name"), LET_IN.items())
def test_a_certificate_is_enough(
    gateway: RunningGateway, callers: dict[str, Caller], upstream: StandIn, caller: str, name: str
) -> None:
    assert callers[caller].by_grpc().id == "c1"
    assert callers[caller].by_http().json()["id"] == "c1"
    assert keys_of(gateway) == [name, name]
    sent = upstream.requests[-1].header("openai-project")
    assert sent == ("proj-shop" if caller == "checkout" else None)


DENIED = {
    "a model that it may not use": ("checkout", "big", "MODEL_NOT_ALLOWED"),
    "an RPC that it may not call": ("nightly", "small", "RPC_NOT_ALLOWED"),
    "an id that no entry names": ("stranger", "small", "IDENTITY_NOT_ALLOWED"),
    "a certificate with two URIs, which is none of SPIFFE's": ("two ids", "small", "IDENTITY_NOT_ALLOWED"),
}


@pytest.mark.parametrize(("caller", "model", "reason"), DENIED.values(), ids=DENIED)
def test_denied(callers: dict[str, Caller], upstream: StandIn, caller: str, model: str, reason: str) -> None:
    before = len(upstream.exchanges)
    failure = failure_of(lambda: callers[caller].by_grpc(model))
    assert (failure.code, failure.reason) == (grpc.StatusCode.PERMISSION_DENIED, reason)
    assert callers[caller].by_http(model).status_code == 403
    assert len(upstream.exchanges) == before


def test_an_rpc_is_allowed_by_the_method_that_serves_it(gateway: RunningGateway, callers: dict[str, Caller]) -> None:
    caller = callers["nightly"]
    assert {each.id for each in caller.models.ListModels(models_pb2.ListModelsRequest(), timeout=LIMIT).data} == {
        "small",
        "big",
    }
    service = "openai_grpc.v1.ChatService/CreateChatCompletion"
    for path in (f"//{service}", f"/{service}/", f"/{service}?ListModels", f"/{service.lower()}"):
        method: Any = caller.channel.unary_unary(path)
        failed = method.future(b"", timeout=LIMIT)
        assert failed.code() is grpc.StatusCode.UNIMPLEMENTED
    assert {line["method"] for line in gateway.logged("rpc")} == {"/openai_grpc.v1.ModelsService/ListModels"}


def test_the_limit_of_each_id(callers: dict[str, Caller]) -> None:
    assert callers["cart"].by_grpc().id == "c1"
    assert callers["cart"].by_http().status_code == 200
    failure = failure_of(callers["cart"].by_grpc)
    (violation,) = failure.details["QuotaFailure"].violations
    assert (failure.reason, violation.subject) == ("KEY_LIMIT_EXCEEDED", f"identity:{MESH}/shop/sa/cart")
    assert callers["cart"].by_http().status_code == 429
    assert callers["search"].by_grpc().id == "c1"


def test_stored_objects_belong_to_the_id_that_made_them(callers: dict[str, Caller]) -> None:
    request = responses_pb2.CreateResponseRequest(model="small")
    made = callers["nightly"].responses.CreateResponse(request, timeout=LIMIT)
    wanted = responses_pb2.GetResponseRequest(response_id=made.id)
    assert callers["nightly"].responses.GetResponse(wanted, timeout=LIMIT).id == made.id
    failure = failure_of(lambda: callers["ops"].responses.GetResponse(wanted, timeout=LIMIT))
    assert failure.reason == "OBJECT_NOT_FOUND"


def test_a_key_counts_before_the_certificate(gateway: RunningGateway, callers: dict[str, Caller]) -> None:
    with_key = (("authorization", f"Bearer {KEY}"),)
    assert callers["stranger"].by_grpc("big", with_key).id == "c1"
    assert callers["checkout"].by_http("big", with_key).status_code == 200
    assert keys_of(gateway) == ["old", "old"]
    wrong = (("authorization", f"Bearer {KEY}x"),)
    assert failure_of(lambda: callers["checkout"].by_grpc("small", wrong)).reason == "INVALID_KEY"
    assert callers["checkout"].by_http("small", wrong).status_code == 401


# Names forwarded by proxies.


def forwarding(**settings: Any) -> GeneralSettings:
    return GeneralSettings(**{"identities": IDENTITIES, "sealing_key": SEALING_KEY, **settings})


def xfcc(*elements: str) -> Pairs:
    return ((XFCC, ",".join(elements)),)


CHECKOUT = f"By=spiffe://prod.example/gateway;Hash=1f;URI={MESH}/shop/sa/checkout"
FORWARDED = {
    "a SPIFFE id": (xfcc(CHECKOUT), "checkout"),
    "the nearest of two": (xfcc(f"URI={MESH}/shop/sa/cart", CHECKOUT), "checkout"),
    "two headers": ((*xfcc(f"URI={MESH}/shop/sa/cart"), *xfcc(CHECKOUT)), "checkout"),
    "the one behind another proxy": (xfcc(CHECKOUT, "Hash=2;URI=spiffe://prod.example/ns/mesh/sa/ingress"), "checkout"),
    "a DNS name": (xfcc("Hash=1;URI=;DNS=laptop;DNS=q.reports.internal"), "reports"),
    "a subject in quotes": (xfcc(r'Hash=1;Subject="CN=ops\\, on call,O=Example,C=DE";URI='), "ops"),
}


@pytest.mark.parametrize(("headers", "name"), FORWARDED.values(), ids=FORWARDED)
def test_a_proxy_says_who_calls(upstream: StandIn, headers: Pairs, name: str) -> None:
    peers = ("127.0.0.0/8", "spiffe://prod.example/ns/mesh/sa/ingress")
    with serving(upstream, forwarding(xfcc_peers=peers)) as gateway:
        models = models_pb2.ListModelsRequest()
        assert gateway.models.ListModels(models, metadata=headers, timeout=LIMIT).data
        if name != "reports":
            assert chat(gateway.chat, metadata=headers).id == "c1"
            assert post(gateway.url, headers=headers).status_code == 200
            assert (
                failure_of(lambda: chat(gateway.chat, "nowhere", headers)).code is not grpc.StatusCode.UNAUTHENTICATED
            )
        assert set(keys_of(gateway)) == {name}


NOT_FORWARDED = {
    "no header: the proxy's caller has shown no certificate": ((), "UNAUTHENTICATED"),
    "the proxies alone": (xfcc("Hash=2;URI=spiffe://prod.example/ns/mesh/sa/ingress"), "UNAUTHENTICATED"),
    "a stranger": (xfcc(f"URI={MESH}/other/sa/x"), "IDENTITY_NOT_ALLOWED"),
    "no names": (xfcc("Hash=2"), "IDENTITY_NOT_ALLOWED"),
    "an id inside another value": (xfcc(f'Subject="CN=x;URI={MESH}/shop/sa/checkout"'), "IDENTITY_NOT_ALLOWED"),
    "an open quote": (xfcc(f'Subject="CN=x;URI={MESH}/shop/sa/checkout'), "INVALID_CERTIFICATE_HEADER"),
    "no pair": (xfcc("checkout"), "INVALID_CERTIFICATE_HEADER"),
}


@pytest.mark.parametrize(("headers", "reason"), NOT_FORWARDED.values(), ids=NOT_FORWARDED)
def test_what_a_proxy_does_not_say(upstream: StandIn, headers: Pairs, reason: str) -> None:
    peers = ("127.0.0.0/8", "spiffe://prod.example/ns/mesh/sa/ingress")
    with serving(upstream, forwarding(xfcc_peers=peers)) as gateway:
        assert failure_of(lambda: chat(gateway.chat, metadata=headers)).reason == reason
        assert post(gateway.url, headers=headers).status_code == (403 if reason == "IDENTITY_NOT_ALLOWED" else 401)


def test_the_header_of_anyone_else_is_ignored(upstream: StandIn) -> None:
    with serving(upstream, forwarding(xfcc_peers=("10.0.0.0/8",))) as gateway:
        assert failure_of(lambda: chat(gateway.chat, metadata=xfcc(CHECKOUT))).reason == "UNAUTHENTICATED"
        assert post(gateway.url, headers=xfcc(CHECKOUT)).status_code == 401


def test_a_proxy_known_by_its_certificate(upstream: StandIn, tls: TlsSettings, authority: Authority) -> None:
    sidecar = f"{MESH}/mesh/sa/sidecar"
    with serving(upstream, forwarding(xfcc_peers=(sidecar,)), tls) as gateway:
        proxy = Caller(gateway, authority, authority.issue("sidecar", f"URI:{sidecar}"))
        other = Caller(gateway, authority, authority.issue("cart2", f"URI:{MESH}/shop/sa/cart"))
        with proxy.channel, other.channel:
            assert proxy.by_grpc(metadata=xfcc(CHECKOUT)).id == "c1"
            assert proxy.by_http(headers=xfcc(CHECKOUT)).status_code == 200
            assert failure_of(proxy.by_grpc).reason == "UNAUTHENTICATED"  # it is nobody itself
            assert other.by_grpc(metadata=xfcc(CHECKOUT)).id == "c1"
        assert keys_of(gateway) == ["checkout", "checkout", None, f"{MESH}/shop/sa/cart"]


# Tokens.


class Signer:
    """An issuer's key."""

    def __init__(self, kid: str, *, elliptic: bool = True) -> None:
        self.kid = kid
        self._elliptic = elliptic
        self._key: Any = ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)

    def jwk(self) -> dict[str, Any]:
        algorithm = jwt.get_algorithm_by_name("ES256" if self._elliptic else "RS256")
        text: Any = algorithm.to_jwk(self._key.public_key())
        return {**json.loads(text), "kid": self.kid, "use": "sig"}

    def token(self, **claims: Any) -> str:
        now = int(time.time())
        said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "build/nightly", "exp": now + DAY, "iat": now, **claims}
        said = {key: value for key, value in said.items() if value is not None}
        return jwt.encode(said, self._key, "ES256" if self._elliptic else "RS256", headers={"kid": self.kid})


def issued(jwks: str, **settings: Any) -> GeneralSettings:
    return GeneralSettings(
        identities=(IdentitySettings(token_subject="build/*", models=("small",)),),
        token_issuers=(TokenIssuerSettings(issuer=ISSUER, audiences=(AUDIENCE,), jwks=jwks, **settings),),
        sealing_key=SEALING_KEY,
    )


def bearer(token: str) -> Pairs:
    return (("authorization", f"Bearer {token}"),)


@pytest.mark.parametrize("elliptic", [True, False], ids=["EC", "RSA"])
def test_a_token_is_enough(upstream: StandIn, tmp_path: Path, elliptic: bool) -> None:
    signer = Signer("one", elliptic=elliptic)
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [signer.jwk(), {"kty": "new"}, "?"]}))
    metadata = bearer(signer.token())
    with serving(upstream, issued(str(file))) as gateway:
        assert chat(gateway.chat, metadata=metadata).id == "c1"
        assert post(gateway.url, headers=metadata).status_code == 200
        assert failure_of(lambda: chat(gateway.chat, "big", metadata)).reason == "MODEL_NOT_ALLOWED"
        assert set(keys_of(gateway)) == {f"token:{ISSUER}:build/nightly"}


OURS, THEIRS = Signer("one"), Signer("one")
HEAD, BODY, SIGNATURE = OURS.token().split(".")
INVALID = {
    "expired": (OURS.token(exp=int(time.time()) - 60), "it has expired"),
    "without an end": (OURS.token(exp=None), "MissingRequiredClaimError"),
    "not valid yet": (OURS.token(nbf=int(time.time()) + DAY), "it is not valid yet"),
    "for another service": (OURS.token(aud="another"), "it is for another audience"),
    "for nobody": (OURS.token(aud=None), "MissingRequiredClaimError"),
    "by another issuer": (OURS.token(iss="https://elsewhere.example"), "its issuer is not one of"),
    "by another's key": (THEIRS.token(), "its signature is wrong"),
    "cut": (f"{HEAD}.{BODY}.", "signature"),
    "not signed": (
        jwt.encode({"iss": ISSUER, "aud": AUDIENCE, "sub": "build/x", "exp": 9e9}, "", "none"),
        "no such key",
    ),
    "no JSON": ("eyJ.eyJ.eyJ", "it can't be read"),
}


@pytest.mark.parametrize(("token", "why"), INVALID.values(), ids=INVALID)
def test_an_invalid_token(upstream: StandIn, tmp_path: Path, token: str, why: str) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [OURS.jwk()]}))
    with serving(upstream, issued(str(file))) as gateway:
        failure = failure_of(lambda: chat(gateway.chat, metadata=bearer(token)))
        assert (failure.code, failure.reason) == (grpc.StatusCode.UNAUTHENTICATED, "INVALID_TOKEN")
        assert why in failure.message
        assert post(gateway.url, headers=bearer(token)).status_code == 401


def test_a_secret_of_both_sides_signs_nothing(upstream: StandIn, tmp_path: Path) -> None:
    """A public key is no password: a token signed by HMAC with it is not taken."""
    file = tmp_path / "jwks.json"
    shared = b"known to issuer and gateway, and so no key"
    secret = {"kty": "oct", "kid": "two", "k": encoded(shared)}
    file.write_text(json.dumps({"keys": [OURS.jwk(), secret]}))
    with serving(upstream, issued(str(file))) as gateway:
        for kid, password in (("one", json.dumps(OURS.jwk()).encode()), ("two", shared)):
            head = encoded(json.dumps({"alg": "HS256", "kid": kid}).encode())
            signature = encoded(hmac.digest(password, f"{head}.{BODY}".encode(), "sha256"))
            refused = bearer(f"{head}.{BODY}.{signature}")
            failed = gateway.chat.CreateChatCompletion.future(REQUEST, metadata=refused, timeout=LIMIT)
            assert failed.code() is grpc.StatusCode.UNAUTHENTICATED


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def test_keys_of_an_issuer_change(monkeypatch: pytest.MonkeyPatch, upstream: StandIn) -> None:
    monkeypatch.setattr(identity, "FETCH_INTERVAL", 0.0)
    old, new = Signer("old"), Signer("new")
    with StandIn() as issuer:
        issuer.on("GET", "/keys", answers.json({"keys": [old.jwk()]}))
        with serving(upstream, issued(f"{issuer.url}/keys")) as gateway:
            for _ in range(2):
                assert chat(gateway.chat, metadata=bearer(old.token())).id == "c1"
            assert len(issuer.exchanges) == 1
            issuer.on("GET", "/keys", answers.json({"keys": [new.jwk()]}))
            assert chat(gateway.chat, metadata=bearer(new.token())).id == "c1"
            assert len(issuer.exchanges) == 2
            assert failure_of(lambda: chat(gateway.chat, metadata=bearer(old.token()))).reason == "INVALID_TOKEN"


def test_an_issuer_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, upstream: StandIn) -> None:
    monkeypatch.setattr(identity, "FETCH_INTERVAL", 0.0)
    signer = Signer("one")
    with StandIn() as issuer:
        issuer.on("GET", "/keys", answers.json({"error": "out of order"}, status=503))
        with serving(upstream, issued(f"{issuer.url}/keys", refresh_interval=0.001)) as gateway:
            failure = failure_of(lambda: chat(gateway.chat, metadata=bearer(signer.token())))
            assert (failure.code, failure.reason) == (grpc.StatusCode.UNAVAILABLE, "TOKENS_UNAVAILABLE")
            (line,) = gateway.logged("keys of tokens not fetched")
            assert (line["issuer"], line["error"]) == (ISSUER, "ValueError: HTTP status 503")
            issuer.on("GET", "/keys", answers.json({"keys": [signer.jwk()]}))
            assert chat(gateway.chat, metadata=bearer(signer.token())).id == "c1"
            issuer.on("GET", "/keys", answers.json({"keys": []}))
            for _ in range(3):  # what is fetched now is no key; the last ones count
                assert chat(gateway.chat, metadata=bearer(signer.token())).id == "c1"


# A dry run.


def would_be_refused(gateway: RunningGateway) -> list[tuple[str, str | None]]:
    return [(line["reason"], line.get("key")) for line in gateway.logged("would be refused")]


def test_a_dry_run_only_logs(upstream: StandIn) -> None:
    with serving(upstream, forwarding(xfcc_peers=("127.0.0.1",), identities_dry_run=True)) as gateway:
        assert chat(gateway.chat).id == "c1"
        assert post(gateway.url, headers=xfcc(f"URI={MESH}/other/sa/x")).status_code == 200
        assert chat(gateway.chat, "big", xfcc(CHECKOUT)).id == "c1"
        assert chat(gateway.chat, "small", xfcc("DNS=q.reports.internal")).id == "c1"
        for _ in range(3):
            assert chat(gateway.chat, "small", xfcc(f"URI={MESH}/shop/sa/cart")).id == "c1"
        request = chat_pb2.CreateChatCompletionRequest(model="small", extra_json='{"router": {"model": "big"}}')
        assert gateway.chat.CreateChatCompletion(request, metadata=xfcc(CHECKOUT), timeout=LIMIT).id == "c1"
        listed = gateway.models.ListModels(models_pb2.ListModelsRequest(), metadata=xfcc(CHECKOUT), timeout=LIMIT)
        assert {each.id for each in listed.data} == {"small", "big"}
        assert would_be_refused(gateway) == [
            ("UNAUTHENTICATED", None),
            *([("IDENTITY_NOT_ALLOWED", None)]),
            ("MODEL_NOT_ALLOWED", "checkout"),
            ("RPC_NOT_ALLOWED", "reports"),
            ("KEY_LIMIT_EXCEEDED", f"{MESH}/shop/sa/cart"),
            ("MODEL_NOT_ALLOWED", "checkout"),
        ]


def test_keys_are_required_in_a_dry_run_too(upstream: StandIn) -> None:
    general = forwarding(
        xfcc_peers=("127.0.0.1",), identities_dry_run=True, keys=(KeySettings(name="old", key=Secret(KEY)),)
    )
    with serving(upstream, general) as gateway:
        assert failure_of(lambda: chat(gateway.chat)).reason == "UNAUTHENTICATED"
        assert chat(gateway.chat, metadata=bearer(KEY)).id == "c1"
        assert chat(gateway.chat, metadata=xfcc(CHECKOUT)).id == "c1"
        assert keys_of(gateway) == [None, "old", "checkout"]


def test_a_token_that_is_not_accepted_goes_to_no_upstream(upstream: StandIn, tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [OURS.jwk()]}))
    general = replace(issued(str(file)), identities_dry_run=True)
    with running_gateway(deployment(upstream.url, api_key=None), general=general) as gateway:
        assert chat(gateway.chat, metadata=bearer(THEIRS.token())).id == "c1"
        assert upstream.requests[-1].header("authorization") is None
        assert chat(gateway.chat, metadata=bearer("sk-for-the-upstream")).id == "c1"
        assert upstream.requests[-1].header("authorization") == "Bearer sk-for-the-upstream"
        assert [reason for reason, _ in would_be_refused(gateway)] == ["INVALID_TOKEN", "UNAUTHENTICATED"]


# Configurations.

ONE = IdentitySettings(spiffe=f"{MESH}/a")
NOT_CONFIGURED = {
    "no name": ({"identities": (IdentitySettings(name="x"),)}, "exactly one of spiffe, dns, subject and token_subject"),
    "two names": ({"identities": (IdentitySettings(dns="a", spiffe="b"),)}, "exactly one of"),
    "no certificates": ({"identities": (ONE,)}, "callers show no certificates"),
    "a trust domain with a wildcard": ({"identities": (IdentitySettings(spiffe="spiffe://*/a"),)}, "invalid SPIFFE id"),
    "no subject": ({"identities": (IdentitySettings(subject="web"),)}, "expected NAME=VALUE at 'web'"),
    "no issuer": ({"identities": (IdentitySettings(token_subject="x"),)}, "without general_settings.token_issuers"),
    "an unknown issuer": (
        {
            "identities": (IdentitySettings(token_subject="x", token_issuer="y"),),
            "token_issuers": (TokenIssuerSettings(issuer=ISSUER, audiences=("a",), jwks="/none"),),
        },
        "unknown token_issuer 'y'",
    ),
    "no audience": (
        {"token_issuers": (TokenIssuerSettings(issuer=ISSUER, audiences=(), jwks="/none"),)},
        "audiences must not be empty",
    ),
    "keys by plain HTTP": (
        {"token_issuers": (TokenIssuerSettings(issuer=ISSUER, audiences=("a",), jwks="http://keys.example/"),)},
        "jwks must be fetched by https",
    ),
    "no keys": (
        {
            "identities": (IdentitySettings(token_subject="x"),),
            "token_issuers": (TokenIssuerSettings(issuer=ISSUER, audiences=("a",), jwks="/none"),),
        },
        "not a set of keys (JWKS)",
    ),
    "a peer that can't be verified": ({"xfcc_peers": ("spiffe://a/b",)}, "can't be verified"),
    "a broken network": ({"xfcc_peers": ("10.0.0.0/99",)}, "10.0.0.0/99"),
    "a name twice": (
        {
            "identities": (IdentitySettings(name="old", token_subject="x"),),
            "keys": (KeySettings(name="old", key=Secret(KEY)),),
        },
        "duplicate name 'old'",
    ),
}


@pytest.mark.parametrize(("settings", "problem"), NOT_CONFIGURED.values(), ids=NOT_CONFIGURED)
def test_a_configuration_that_is_refused(upstream: StandIn, settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(problem)), serving(upstream, GeneralSettings(**settings)):
        pass


def test_ids_of_several_need_a_sealing_key(upstream: StandIn) -> None:
    general = forwarding(xfcc_peers=("127.0.0.1",), sealing_key=None)
    with pytest.raises(ConfigError, match="with several keys or identities a sealing_key"), serving(upstream, general):
        pass
