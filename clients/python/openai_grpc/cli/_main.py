"""Finds the command, runs it, and says in one line what went wrong."""

import argparse
import os
import sys
from collections.abc import Sequence

from openai_grpc.cli import _commands

FAILED = 1
INTERRUPTED = 130  # as shells report SIGINT
PIPE_CLOSED = 141  # as shells report SIGPIPE

DESCRIPTION = "OpenAI's API as typed gRPC, from the command line."
EPILOG = """\
examples:
  openai-grpc serve                                  start a gateway; without a key it runs a small local model
  openai-grpc chat "What is the capital of France?"
  git diff | openai-grpc chat -s "Review this." -
  openai-grpc transcribe talk.mp3 --format srt > talk.srt
  openai-grpc healthcheck --address gateway:50051

environment:
  OPENAI_GRPC_ADDRESS   where the gateway is (default: localhost:50051)
  OPENAI_GRPC_API_KEY   your key, where the gateway has none of its own; OPENAI_API_KEY is the gateway's and is
                        never sent from here

openai-grpc COMMAND --help tells more.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line.

    Args:
        argv: Its arguments. Default: the process's own.

    Returns:
        The exit code: 0, 1 when the call failed, 130 when it was interrupted.

    Raises:
        SystemExit: After help, and for wrong usage (2).
    """
    given = list(sys.argv[1:] if argv is None else argv)
    command = _commands.find(given[0]) if given else None
    if command is None and given[:1] and given[0] in _commands.OF_THE_SERVER:
        sys.stderr.write(f"openai-grpc: {given[0]} comes with the server: {_commands.INSTALL_SERVER}\n")
        return FAILED
    parser = _parser(command)
    if not given:
        parser.print_help()
        return 0
    args = parser.parse_args(given)
    if command is None:
        parser.error("a command is required")
    try:
        code = command.run(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as error:
        from openai_grpc.cli._problems import problem  # noqa: PLC0415 - needed when something went wrong

        described = problem(error, args)
        if described is None:
            raise
        sys.stderr.write(f"openai-grpc: {described}\n")
        return FAILED
    return code


def _parser(command: _commands.Command | None) -> argparse.ArgumentParser:
    """Returns the parser; only the command that is used is configured."""
    parser = argparse.ArgumentParser(
        prog="openai-grpc",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, help="print the version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    if command is None:
        for name, text in _commands.summaries().items():
            commands.add_parser(name, help=text)
    else:
        chosen = commands.add_parser(
            command.name,
            help=command.help,
            description=command.help,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.configure(chosen)
    return parser


class _Version(argparse.Action):
    """Prints the version; finding it takes its time, so it is found only then."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002 - argparse's name
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from openai_grpc._version import package_version  # noqa: PLC0415 - as the class says

        sys.stdout.write(f"openai-grpc {package_version()}\n")
        parser.exit()
