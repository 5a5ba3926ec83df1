"""Scheduling of tests: groups that share slow set-up, and tests of one HTTP/2 server only."""

from pathlib import Path

TESTS = Path(__file__).parents[1]
GO, JAVA, PYTHON, TYPESCRIPT = LANGUAGES = ("go", "java", "python", "typescript")
MODELS = "models"
CONFORMANCE = "conformance/clients/test_clients.py"
# Each test of these is in the group of its language, whose name begins its parameters.
OF_LANGUAGES = ("e2e/test_languages.py", "clients/test_openai_languages.py", CONFORMANCE)
# Files that build a client, which two processes can't at once, or load models. Every other file is its own group.
GROUPS = {
    "clients/test_go.py": GO,
    "clients/test_java.py": JAVA,
    "clients/test_template.py": JAVA,
    "clients/test_typescript.py": TYPESCRIPT,
    "clients/test_browser.py": TYPESCRIPT,
    "e2e/test_gateway.py": MODELS,
    "e2e/test_gateway_serve.py": MODELS,
    "e2e/test_local_batches.py": MODELS,
    "e2e/test_local_engine.py": MODELS,
    "e2e/test_local_processes.py": MODELS,
    "e2e/test_local_transcription.py": MODELS,
    "e2e/test_open_responses.py": MODELS,
    "e2e/test_workers.py": MODELS,
}
# Groups that take longest. They begin first, so that no process is left with one of them at the end.
FIRST = (
    JAVA,
    TYPESCRIPT,
    GO,
    "clients/test_another_language.py",
    "container/test_image.py",
    MODELS,
    "conformance/test_replay.py",
    "conformance/test_interop.py",
    "conformance/test_connect.py",
    "conformance/test_bridged.py",
    "conformance/test_http2_state_machine.py",
    "conformance/test_h2spec.py",
    "fuzz/test_fuzz.py",
    "faults/test_memory.py",
    "integration/test_envoy.py",  # a generation of 40 s
)
# Files, and tests of them, that `make test` runs and `make test-http2` does not repeat.
ONCE = {
    **dict.fromkeys(
        (
            "conformance/test_connect.py",
            "conformance/test_h2spec.py",
            "conformance/test_http2_state_machine.py",
            "conformance/test_interop.py",
            "faults/test_bad_messages.py",
            "faults/test_http2_amplification.py",
            "faults/test_http2_attacks.py",
            "faults/test_http2_header_table.py",
            "faults/test_http2_limits.py",
            "faults/test_http_attacks.py",
            "integration/test_http_pages.py",
            "integration/test_http_repeated.py",
            "integration/test_prometheus.py",
            "faults/test_http2_small_peers.py",
            "faults/test_memory.py",
            "faults/test_request_memory.py",
            "faults/test_what_calls_leave.py",
            "integration/test_http2_calls.py",
            "integration/test_http2_connections.py",
            "integration/test_http2_tls.py",
            "integration/test_rolling_restart.py",
        ),
        "names the servers that it starts",
    ),
    **dict.fromkeys(
        (
            "conformance/test_compare.py",
            "conformance/test_verdict.py",
            "faults/test_stand_in.py",
            "integration/test_check_config.py",
            "integration/test_deploy.py",
        ),
        "starts no server",
    ),
    "clients/test_sdk_methods.py": "requests and replies are the same on both, and test_openai_sdk.py is run on both",
    "conformance/test_replay.py::test_recorded_exchanges_come_through": "the invented exchanges go through both",
    "conformance/test_replay.py::test_invented_bodies_come_through_the_codec": "starts no server",
    "conformance/test_replay.py::test_every_route_has_an_invented_exchange": "starts no server",
    "conformance/test_bridged.py": "bridges are above the servers",
    "conformance/test_open_responses.py": "calls the HTTP port",
    "conformance/test_replay.py::test_recorded_exchanges_come_through_the_transport": "as above",
    **dict.fromkeys(
        (
            "clients/test_go.py::test_codec",
            "clients/test_go.py::test_staticcheck",
            "clients/test_go.py::test_vet",
            "clients/test_typescript.py::test_lint",
            "clients/test_typescript.py::test_the_codec_loses_nothing",
            "clients/test_typescript.py::test_the_codec_reads_odd_values_as_that_of_python",
        ),
        "starts no server",
    ),
    **dict.fromkeys(
        (
            "clients/test_go.py::test_install_and_recipes",
            "clients/test_go.py::test_readme",
            "clients/test_go.py::test_tour",
            "clients/test_java.py::test_agent",
            "clients/test_java.py::test_install",
            "clients/test_java.py::test_the_javadoc_jar",
            "clients/test_java.py::test_readme",
            "clients/test_java.py::test_recipes",
            "clients/test_java.py::test_service",
            "clients/test_typescript.py::test_a_process_ends_with_its_calls",
            "clients/test_typescript.py::test_installs_in_an_empty_folder",
            "clients/test_typescript.py::test_readme",
            "clients/test_typescript.py::test_the_agent_of_the_examples",
            "clients/test_typescript.py::test_the_service_of_the_examples",
        ),
        "the client's own tests make the same calls",
    ),
    "integration/test_issued_keys.py": "keys and their stores are above the servers",
    "clients/test_another_language.py": "its calls are those of any other client",
    "clients/test_browser.py": "calls the HTTP port",
    **dict.fromkeys(
        (
            "clients/test_cli.py",
            "clients/test_cli_call.py",
            "clients/test_cli_commands.py",
            "clients/test_cli_talks.py",
            "clients/test_python_install.py",
            "clients/test_python_readme.py",
        ),
        "the client's own tests make the same calls",
    ),
    **dict.fromkeys(
        (
            "integration/test_config_forms.py",
            "integration/test_local_batches.py",
            "integration/test_serve_config.py",
            "integration/test_standard_error.py",
            "integration/test_terminal.py",
            "integration/test_workers_hang.py",
            "integration/test_workers_shared.py",
        ),
        "the command and its processes are above the servers",
    ),
    **dict.fromkeys(
        ("integration/test_grpc_web.py", "integration/test_http_server.py", "integration/test_http_uploads.py"),
        "calls the HTTP port",
    ),
    "clients/test_python_checkers.py": "starts no server",
    "clients/test_openai_languages.py": "calls the HTTP port",
    "clients/test_template.py": "starts no server",
    f"{CONFORMANCE}::test_type": "types are above the servers",
    **{path: "the models are above the servers" for path in (*GROUPS, *OF_LANGUAGES) if path.startswith("e2e/")},
}


def group_of(path: str, name: str = "") -> str:
    """Returns the group of a test: the file's, whose path is relative to `tests`, or its language's."""
    if path in OF_LANGUAGES:
        return next((each for each in LANGUAGES if f"[{each}]" in name or f"[{each}-" in name), path)
    return GROUPS.get(path, path)


def rank_of(path: str, name: str) -> int:
    """Returns the rank of a test in the order of a run."""
    group = group_of(path, name)
    return FIRST.index(group) if group in FIRST else len(FIRST)


def runs_once(path: str, name: str) -> bool:
    """Returns whether a test runs with one HTTP/2 server only."""
    return path in ONCE or f"{path}::{name}" in ONCE


def missing() -> list[str]:
    """Returns names listed here that do not exist."""
    named = {*GROUPS, *OF_LANGUAGES, *ONCE, *(path for path in FIRST if path.endswith(".py"))}
    return sorted(each for each in named if not _exists(*each.split("::")))


def _exists(path: str, test: str = "") -> bool:
    file = TESTS / path
    return file.is_file() and (not test or f"def {test}(" in file.read_text())
