"""The server's commands: `serve`, `check-config` and `config-schema`.

What is heavy is imported by the command that needs it, so that `--help` and mistakes are answered at once.
"""

import argparse
import os
import sys
from dataclasses import fields
from pathlib import Path
from typing import Literal

from openai_grpc_server.config import Config, ConfigError, Environment, Problem, ServeOptions, load_config
from openai_grpc_server.telemetry.log import drain_standard_streams, own_standard_streams
from openai_grpc_server.terminal import summary

USAGE_ERROR = 2

EPILOG = """\
without a configuration file the environment says where calls go:
  OPENAI_API_KEY        the upstream's key; with it, everything goes to OpenAI
  OPENAI_BASE_URL       another upstream's base URL, with its /v1
  OPENAI_ORGANIZATION   sent as OpenAI-Organization
  OPENAI_PROJECT        sent as OpenAI-Project
with none of them a small model answers on this machine: pip install 'openai-grpc-server[local]'
"""


class Serve:
    """`serve`: runs the gateway until SIGTERM or SIGINT."""

    name = "serve"
    help = "Serve OpenAI's API over gRPC, and over HTTP."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("--config", type=Path, metavar="FILE", help="a YAML file, such as LiteLLM's config.yaml")
        parser.add_argument("--model", metavar="NAME", help="without a file: serve every call with this model")
        add_env_file(parser)
        parser.add_argument(
            "--api-base", metavar="URL", help="without a file: the upstream's base URL (default: OPENAI_BASE_URL)"
        )
        parser.add_argument(
            "--host", help="address to listen on; containers need 0.0.0.0 (default: 127.0.0.1, this machine only)"
        )
        parser.add_argument("--port", type=port, help="port to listen on; 0 takes a free one (default: 50051)")
        parser.add_argument(
            "--http-port",
            type=http_port,
            metavar="PORT",
            help="port of OpenAI's REST API; 0 takes a free one, null serves none (default: 4000)",
        )
        parser.add_argument("--open", action="store_true", help="open a browser at the chat page of the HTTP port")
        parser.add_argument("--workers", type=workers, metavar="N", help="number of processes (default: 1)")
        parser.add_argument("--log-level", choices=["debug", "info", "warning", "error"], help="(default: info)")
        parser.add_argument("--log-format", choices=["json", "text"], help="(default: text on a terminal, else json)")
        parser.add_argument(
            "--detailed-debug",
            "--detailed_debug",
            dest="log_level",
            action="store_const",
            const="debug",
            help="log every upstream request, without its content: --log-level debug",
        )

    def run(self, args: argparse.Namespace) -> int:
        """Serves; returns 0 after a graceful shutdown."""
        from openai_grpc_server.process.signals import keep_hangups  # noqa: PLC0415 - asyncio takes its time to load

        keep_hangups()
        silence_grpc()
        own_standard_streams()
        options = ServeOptions(**{each.name: getattr(args, each.name) for each in fields(ServeOptions)})
        try:
            return serve(options)
        except ConfigError as error:
            return refuse(error)
        finally:
            drain_standard_streams()


class CheckConfig:
    """`check-config`: reads a configuration and prints its problems."""

    name = "check-config"
    help = "Check a configuration file; nothing is sent without --live."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.add_argument("file", type=Path, nargs="?", help="YAML file (default: environment variables only)")
        add_env_file(parser)
        parser.add_argument("--live", action="store_true", help="ask each upstream for its models")

    def run(self, args: argparse.Namespace) -> int:
        """Prints the deployments of each model, or every problem."""
        silence_grpc()
        try:
            config, taken = checked(load_config(args.file, Environment(os.environ, args.env_file)))
        except ConfigError as error:
            return refuse(error)
        from openai_grpc_server.check import check_upstreams, worker_warnings  # noqa: PLC0415 - errors in the file are told first

        for warning in (*config.warnings, *worker_warnings(config), *taken):
            tell(f"warning: {warning}")
        sys.stdout.write("".join(f"{line}\n" for line in summary(config)))
        if not args.live:
            return 0
        problems = check_upstreams(config)
        return refuse(ConfigError(*problems)) if problems else 0


class ConfigSchema:
    """`config-schema`: prints the JSON Schema of a configuration file."""

    name = "config-schema"
    help = "Print the JSON Schema of the configuration file, for editors."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds nothing: the command has no arguments."""

    def run(self, args: argparse.Namespace) -> int:  # noqa: ARG002 - as every command's
        """Prints the schema."""
        from openai_grpc_server.config.schema import schema_text  # noqa: PLC0415 - the other commands need no schema

        sys.stdout.write(schema_text())
        return 0


def add_env_file(parser: argparse.ArgumentParser) -> None:
    """Adds the option that names a file of environment variables."""
    parser.add_argument(
        "--env-file",
        metavar="FILE",
        help="NAME=VALUE lines, for variables that the environment does not have; read anew"
        " when the file changes, and on SIGHUP",
    )


def port(text: str) -> int:
    """Reads a port number."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"invalid port {number}: must be 0 to 65535")
    return number


def http_port(text: str) -> int | Literal["null"]:
    """Reads the port number of HTTP, or `null` for none."""
    return "null" if text == "null" else port(text)


def workers(text: str) -> int:
    """Reads a number of workers."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"invalid number of workers {number}: must be at least 1")
    return number


def checked(config: Config) -> tuple[Config, list[Problem]]:
    """Checks that a configuration can be served, as far as is known before serving.

    Returns:
        The configuration, and the ports that another program has.

    Raises:
        ConfigError: With every problem, and the warnings of what could be read.
    """
    from openai_grpc_server.check import check, check_addresses  # noqa: PLC0415 - errors in the file are told first

    problems: list[Problem] = []
    try:
        check(config)
    except ConfigError as error:
        problems += error.problems
    refused, taken = check_addresses(config)
    if problems or refused:
        raise ConfigError(*problems, *refused, warnings=config.warnings)
    return config, taken


def serve(options: ServeOptions) -> int:
    """Serves, in this process or in workers.

    Raises:
        ConfigError: It can't be served like that.
    """
    config, taken = checked(options.load())
    if taken:
        raise ConfigError(*taken, warnings=config.warnings)
    if config.server.workers > 1:
        from openai_grpc_server.process.supervisor import supervise  # noqa: PLC0415 - as below

        return supervise(config, options)
    from openai_grpc_server.process.serve import serve as serve_alone  # noqa: PLC0415 - gRPC takes its time to load

    return serve_alone(config, options)


def silence_grpc() -> None:
    """Silences the log of gRPC's C library, also in workers, unless the environment sets its verbosity."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")


def refuse(error: ConfigError) -> int:
    """Prints every problem and warning; returns the exit code."""
    for warning in error.warnings:
        tell(f"warning: {warning}")
    for problem in error.problems:
        tell(str(problem))
    return USAGE_ERROR


def tell(text: str) -> None:
    """Prints a line to the terminal."""
    sys.stderr.write(f"openai-grpc: {text}\n")


SERVE = Serve()
CHECK_CONFIG = CheckConfig()
CONFIG_SCHEMA = ConfigSchema()
