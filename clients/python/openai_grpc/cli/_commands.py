"""The commands, built in and installed."""

import argparse
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Protocol

GROUP = "openai_grpc.commands"

# A command's module is imported when the command is used, so that help and mistakes are answered at once.
BUILT_IN = {
    "chat": "Chat with a model: one answer, or a conversation.",
    "respond": "Ask a model through the Responses API.",
    "responses": "Get, cancel, delete or resume a stored response.",
    "watch": "Watch a background response, a batch or a video until it is done.",
    "conversations": "Create, get, list or delete conversations that are stored upstream.",
    "files": "Upload, download, list, get or delete files.",
    "batches": "Create, get, list or cancel batches of requests.",
    "videos": "Create, get, download or delete videos.",
    "complete": "Complete a text (the older Completions API).",
    "embed": "Turn texts into vectors.",
    "transcribe": "Turn speech into text.",
    "speak": "Turn text into speech.",
    "image": "Generate or edit an image.",
    "moderate": "Check whether texts are harmful.",
    "call": "Call any operation with OpenAI's JSON: curl for gRPC.",
    "models": "List the models, or show what is known of one.",
    "keys": "Issue, list, rotate or revoke keys of the gateway.",
    "healthcheck": "Check whether a gateway serves; for containers.",
    "completion": "Print the completion script of a shell.",
}
OF_THE_SERVER = {
    "serve": "Serve OpenAI's API over gRPC.",
    "check-config": "Check a configuration file of the server.",
    "config-schema": "Print the JSON Schema of the configuration file.",
}
INSTALL_SERVER = "pip install openai-grpc-server"


class Command(Protocol):
    """A command; other distributions add theirs under the entry point group `openai_grpc.commands`."""

    name: str
    help: str

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments, description and examples."""

    def run(self, args: argparse.Namespace) -> int:
        """Runs the command and returns its exit code."""


def find(name: str) -> Command | None:
    """Returns the command with a name, or None."""
    if name in BUILT_IN:
        command: Command = import_module(f"openai_grpc.cli.{name}").COMMAND
        return command
    return dict(_installed(name)).get(name)


def names() -> list[str]:
    """Returns the names of all commands, without loading any."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - takes its time; most commands need none

    return [*dict.fromkeys([*(each.name for each in entry_points(group=GROUP)), *OF_THE_SERVER, *BUILT_IN])]


def summaries() -> Mapping[str, str]:
    """Returns the summary of each command, in the order of help."""
    missing = {name: f"{text} ({INSTALL_SERVER})" for name, text in OF_THE_SERVER.items()}
    return {**missing, **{name: command.help for name, command in _installed()}, **BUILT_IN}


def _installed(wanted: str | None = None) -> Iterator[tuple[str, Command]]:
    """Yields the commands of other distributions, or the one of a name."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - takes its time; most commands need none

    for entry_point in entry_points(group=GROUP):
        if wanted in {None, entry_point.name}:
            yield entry_point.name, entry_point.load()
