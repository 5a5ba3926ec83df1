"""The server's commands: `serve` and `check-config`.

What is heavy is imported by the command that needs it, so that `--help` and mistakes are answered at once.
"""

import argparse
import os
import sys
from pathlib import Path

from openai_grpc_server.config import Config, ConfigError, load_config

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
    """`serve`: runs the gateway until it is told to stop (SIGTERM or SIGINT)."""

    name = "serve"
    help = "Serve OpenAI's API over gRPC."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("--config", type=Path, metavar="FILE", help="a YAML file: models, upstreams, the server")
        parser.add_argument(
            "--host", help="the address to listen on; containers need 0.0.0.0 (default: 127.0.0.1, this machine only)"
        )
        parser.add_argument("--port", type=port, help="the port to listen on; 0 takes a free one (default: 50051)")
        parser.add_argument("--log-level", choices=["debug", "info", "warning", "error"], help="(default: info)")
        parser.add_argument("--log-format", choices=["json", "text"], help="(default: json)")

    def run(self, args: argparse.Namespace) -> int:
        """Serves; returns 0 after an orderly stop."""
        from openai_grpc_server.serve import serve  # noqa: PLC0415 - gRPC takes its time to load

        try:
            config = load_config(args.config, os.environ)
            return serve(config, args)
        except ConfigError as error:
            return refuse(error)


class CheckConfig:
    """`check-config`: reads a configuration and says what is wrong with it."""

    name = "check-config"
    help = "Check a configuration file, without sending anything."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.add_argument("file", type=Path, nargs="?", help="the YAML file (default: the environment alone)")

    def run(self, args: argparse.Namespace) -> int:
        """Prints what calls would go where, or every problem."""
        try:
            config = load_config(args.file, os.environ)
        except ConfigError as error:
            return refuse(error)
        sys.stdout.write("".join(f"{line}\n" for line in summary(config)))
        return 0


def port(text: str) -> int:
    """Reads a port number."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is no port: they go up to 65535")
    return number


def summary(config: Config) -> list[str]:
    """Says where calls go, one line a model."""
    if not config.deployments:
        return ["any model -> the local model on this machine"]
    lines = []
    for each in config.deployments:
        own_key = "a key of its own" if each.api_key else "no key"
        key = "the caller's key" if each.api_key is None else own_key
        model = f" as {each.model}" if each.model not in {None, each.model_name} else ""
        lines.append(f"{each.model_name or 'any model'} -> {each.base_url}{model}, with {key}")
    return lines


def refuse(error: ConfigError) -> int:
    """Prints every problem and returns the exit code for it."""
    for problem in error.problems:
        sys.stderr.write(f"openai-grpc: {problem}\n")
    return USAGE_ERROR


SERVE = Serve()
CHECK_CONFIG = CheckConfig()
