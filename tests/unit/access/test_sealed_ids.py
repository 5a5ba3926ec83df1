"""Sealed ids say nothing to callers, and can't be made or changed by them."""

import hmac
import re
from base64 import urlsafe_b64decode

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from openai_grpc_server.access.ownership import SealedId, Sealer
from openai_grpc_server.config import Secret

SECRET = Secret("Wf4Yp9Ts2Gd7Xk1Nb6Vm")
SEALER = Sealer(SECRET)
USES = ("vector", "cipher")

IDS = {
    "a response": (SealedId("team", "gpt-4o", "resp_68a1b2c3"), "resp_"),
    "a chat completion": (SealedId("team", "gpt-4o", "chatcmpl-Bx7"), "chatcmpl-"),
    "of nobody": (SealedId("", "gpt-4o", "resp_68a1b2c3"), "resp_"),
    "no prefix": (SealedId("team", "gpt-4o", "9f8e7d"), ""),
    "long, and not ASCII": (SealedId("t" * 100, "größer", "resp_" + "x" * 300), "resp_"),
}


@pytest.mark.parametrize(("sealed", "prefix"), IDS.values(), ids=IDS)
def test_there_and_back(sealed: SealedId, prefix: str) -> None:
    text = SEALER.seal(sealed)
    assert text == SEALER.seal(sealed)
    assert SEALER.open(text) == sealed
    assert text.startswith(prefix)
    assert sealed.deployment not in text
    assert sealed.object_id.removeprefix(prefix) not in text


def test_ids_without_a_prefix_may_look_as_if_they_had_one() -> None:
    ids = [SealedId("team", "gpt-4o", f"9f8e7d{number}") for number in range(100)]
    texts = [SEALER.seal(each) for each in ids]
    assert any(re.match("[A-Za-z]*[_-]", each) for each in texts)
    assert [SEALER.open(each) for each in texts] == ids


def test_the_form_is_that_of_aes_siv() -> None:
    text = SEALER.seal(SealedId("team", "gpt-4o", "resp_1"))
    sealed = urlsafe_b64decode(text.removeprefix("resp_") + "=" * (-len(text.removeprefix("resp_")) % 4))
    assert len(sealed) == 16 + len("team gpt-4o resp_1")
    keys = [hmac.digest(SECRET.reveal().encode(), f"openai-grpc sealed ids: {use}".encode(), "sha256") for use in USES]
    assert AESSIV(b"".join(keys)).decrypt(sealed, None) == b"team\0gpt-4o\0resp_1"


def test_what_differs_is_not_alike() -> None:
    texts = [SEALER.seal(SealedId(owner, "gpt-4o", "resp_1")) for owner in ("a", "b")]
    assert texts[0][5:25] != texts[1][5:25]


def test_a_changed_id_is_none() -> None:
    text = SEALER.seal(SealedId("team", "gpt-4o", "resp_68a1b2c3"))
    for place in range(len("resp_"), len(text)):
        other = "A" if text[place] != "A" else "B"
        assert SEALER.open(text[:place] + other + text[place + 1 :]) is None


@pytest.mark.parametrize(
    "text", ["", "resp_", "resp_68a1b2c3", "resp_ü", "resp_" + "A" * 64, "resp_" + "A" * 22, "resp_A", "x\0y"]
)
def test_an_id_that_was_not_sealed_is_none(text: str) -> None:
    assert SEALER.open(text) is None


def test_an_id_under_another_prefix_or_secret_is_none() -> None:
    text = SEALER.seal(SealedId("team", "gpt-4o", "resp_1"))
    assert SEALER.open("chatcmpl-" + text.removeprefix("resp_")) is None
    assert Sealer(Secret("another secret text")).open(text) is None
