"""gRPC's interoperability tests: grpc-go's client against both servers.

Of the client's cases seven are not here: they need credentials of Google's (`compute_engine_creds`,
`service_account_creds`, `jwt_token_creds`, `per_rpc_creds`, `oauth2_auth_token`, `google_default_credentials`,
`compute_engine_channel_credentials`).
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.live import require
from conformance.interop_service import interop_methods
from conformance.servers import SERVERS, Tls, started
from support.certificates import Authority
from support.gateway import on_loop

PROGRAM = "grpc-interop-client"
INSTALLED = Path(sys.executable).with_name(PROGRAM)  # by scripts/install_tools.sh
CASES = (
    "empty_unary",
    "large_unary",
    "client_streaming",
    "server_streaming",
    "ping_pong",
    "empty_stream",
    "timeout_on_sleeping_server",
    "cancel_after_begin",
    "cancel_after_first_response",
    "status_code_and_message",
    "special_status_message",
    "custom_metadata",
    "unimplemented_method",
    "unimplemented_service",
    "pick_first_unary",
    "orca_per_rpc",
    "orca_oob",
)
CREDENTIALS = (
    "compute_engine_creds",
    "service_account_creds",
    "jwt_token_creds",
    "per_rpc_creds",
    "oauth2_auth_token",
    "google_default_credentials",
    "compute_engine_channel_credentials",
)
SOAKS = ("rpc_soak", "channel_soak")
SOAK = ("-soak_iterations", "1000", "-soak_num_threads", "10", "-soak_overall_timeout_seconds", "100")
SOAK_LATENCY = ("-soak_per_iteration_max_acceptable_latency_ms", "20000")  # nobody's machine is measured here
LOAD_REPORTS = ("orca_per_rpc", "orca_oob")
BALANCER = ("-service_config_json", '{"loadBalancingConfig":[{"test_backend_metrics_load_balancer":{}}]}')
LIMIT = 120.0  # seconds for a case


def program() -> str:
    if INSTALLED.exists():
        return str(INSTALLED)
    require(PROGRAM)
    return PROGRAM


@pytest.fixture(scope="module", params=["plaintext", "TLS"])
def tls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Tls | None, list[str]]:
    if request.param == "plaintext":
        return None, []
    authority = Authority(tmp_path_factory.mktemp("interop") / "authority")
    certificate, key = authority.issue("server")
    checked = ["-use_tls", "-use_test_ca", "-ca_file", str(authority.certificate)]
    return Tls(certificate, key), [*checked, "-server_host_override", "localhost"]


@pytest.fixture(scope="module", params=SERVERS)
def address(request: pytest.FixtureRequest, tls: tuple[Tls | None, list[str]]) -> Iterator[list[str]]:
    files, arguments = tls
    server, port = on_loop(started(request.param, interop_methods(), tls=files))
    yield ["-server_host", "127.0.0.1", "-server_port", str(port), *arguments]
    on_loop(server.stop(0))


@pytest.mark.parametrize("case", [*CASES, *SOAKS])
def test_case(case: str, address: list[str]) -> None:
    arguments = SOAK + SOAK_LATENCY if case in SOAKS else BALANCER if case in LOAD_REPORTS else ()
    command = [program(), *address, "-test_case", case, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT)
    assert done.returncode == 0, done.stderr


def test_all_cases_of_the_client_are_known() -> None:
    done = subprocess.run([program(), "-help"], capture_output=True, text=True, check=False)
    listed = done.stderr.partition("Valid options are:")[2].partition("-use_alts")[0]
    assert set(re.findall(r"^\s+(\w+)\s*:", listed, re.MULTILINE)) == {*CASES, *CREDENTIALS}
