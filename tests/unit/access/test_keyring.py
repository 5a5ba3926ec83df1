"""Which keys are taken, and whose they are."""

from hashlib import sha256

import pytest

from openai_grpc_server.access.keyring import keyring
from openai_grpc_server.config import ConfigError, GeneralSettings, KeySettings, Secret
from openai_grpc_server.config.secret import weakness
from openai_grpc_server.errors import UnauthenticatedError

GOOD = "sk-v3R9xQ2mT7bK4wZ8nL5c"
OTHER = "sk-Jq6Xh1uYf0sD9gRe2aPo"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "sk-1234",
        "sk-12345678901234567890",
        "anything",
        "your-api-key",
        "sk-litellm-master-key",
        "sk-short",
        "hunter2hunter2",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "sk-abababababababababababab",
        "sk-abcdefghijklmnopqrstuvwxyz",
        "sk-XabcdefghijY0123456789Z",
    ],
)
def test_a_key_that_can_be_guessed_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        keyring(GeneralSettings(master_key=Secret(key)))
    (problem,) = caught.value.problems
    assert "weak key" in problem.message
    assert not key or key not in str(problem)


@pytest.mark.parametrize("key", [GOOD, OTHER, "0f8e1c7a9b3d5246e7f0a1b9c8d2e4f6", "correct horse battery staple"])
def test_a_good_key_is_taken(key: str) -> None:
    assert weakness(key) is None


HASHES = {
    "none at all": (KeySettings(name="a"), "one of key and hash"),
    "both": (KeySettings(name="a", key=Secret(GOOD), hash="0" * 64), "one of key and hash"),
    "not a SHA-256": (KeySettings(name="a", hash="abc"), "not a SHA-256"),
    "of a known key": (KeySettings(name="a", hash=sha256(b"sk-1234").hexdigest()), "weak key"),
}


@pytest.mark.parametrize(("settings", "message"), HASHES.values(), ids=HASHES)
def test_a_key_that_is_none(settings: KeySettings, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        keyring(GeneralSettings(keys=(settings,)))


TWICE = {
    "one name": (KeySettings(name="a", key=Secret(GOOD)), KeySettings(name="a", key=Secret(OTHER))),
    "one key": (KeySettings(name="a", key=Secret(GOOD)), KeySettings(name="b", key=Secret(GOOD))),
    "the master's name": (KeySettings(name="master", key=Secret(OTHER)),),
}


@pytest.mark.parametrize("keys", TWICE.values(), ids=TWICE)
def test_what_stands_twice_is_refused(keys: tuple[KeySettings, ...]) -> None:
    master = Secret(GOOD) if len(keys) == 1 else None
    with pytest.raises(ConfigError, match="duplicate key or name"):
        keyring(GeneralSettings(master_key=master, keys=keys))


def test_every_problem_is_told() -> None:
    keys = (KeySettings(name="a"), KeySettings(name="b", key=Secret("sk-1234")))
    with pytest.raises(ConfigError) as caught:
        keyring(GeneralSettings(master_key=Secret("sk-1234"), keys=keys))
    assert len(caught.value.problems) == 3


def test_whose_key_it_is() -> None:
    digest = sha256(OTHER.encode()).hexdigest().upper()
    ring = keyring(GeneralSettings(master_key=Secret(GOOD), keys=(KeySettings(name="team", hash=digest),)))
    assert ring is not None
    assert ring.identify(Secret(GOOD)).name == "master"
    assert ring.identify(Secret(OTHER)).name == "team"
    for wrong in (None, Secret(GOOD[:-1]), Secret(digest), Secret("ü")):
        with pytest.raises(UnauthenticatedError):
            ring.identify(wrong)


def test_without_keys_there_is_no_keyring() -> None:
    assert keyring(GeneralSettings()) is None
