"""Entry point: finds the command, runs it, and describes a failure in one line."""

import argparse
import os
import sys
from collections.abc import Sequence

from openai_grpc.cli import _commands
from openai_grpc.cli._arguments import USAGE_ERROR, Parser, UsageError, did_you_mean

FAILED = 1
INTERRUPTED = 130  # as shells report SIGINT
PIPE_CLOSED = 141  # as shells report SIGPIPE
COMPLETE = "__complete"  # called by the scripts of `completion`

DESCRIPTION = "OpenAI's API as typed gRPC, from the command line."
EPILOG = """\
examples:
  openai-grpc serve                                  start a gateway; without a key it runs a small local model
  openai-grpc chat                                   start a conversation
  openai-grpc chat "Write a haiku about rivers."
  git diff | openai-grpc chat -s "Review this." -
  openai-grpc transcribe talk.mp3 --format srt > talk.srt
  openai-grpc models

environment:
  OPENAI_GRPC_ADDRESS       address of the gateway (default: localhost:50051)
  OPENAI_GRPC_API_KEY       your key for the gateway, or for its upstream if the gateway has none of its own;
                            OPENAI_API_KEY belongs to the gateway: it is neither read nor sent here
  OPENAI_GRPC_TLS           1: use TLS
  OPENAI_GRPC_CA_FILE       CA certificates to trust (--ca)
  OPENAI_GRPC_CERT_FILE     client certificate (--cert)
  OPENAI_GRPC_KEY_FILE      its private key (--key)
  OPENAI_GRPC_SERVER_NAME   name in the gateway's certificate (--server-name)

exit codes:
  0 success   1 the call failed, or a file is unreadable   2 wrong usage   130 interrupted   141 output closed

openai-grpc COMMAND --help describes a command.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line.

    Args:
        argv: Its arguments. Default: the process's own.

    Returns:
        The exit code: 0; 1 if the call failed; 130 if it was interrupted; 141 if the reader of its output went away.

    Raises:
        SystemExit: After help, and for wrong usage (2).
    """
    # gRPC writes to standard error by itself, in lines that are no sentences; what fails is described here.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] == ["help"]:
        given = [*given[1:2], "--help"]
    if given[:1] == [COMPLETE]:
        from openai_grpc.cli.completion import complete  # noqa: PLC0415 - no other command needs it

        return complete(given[1:])
    command = _commands.find(given[0]) if given else None
    if command is not None:
        return _run(command, given[1:])
    if given[:1] and given[0] in _commands.OF_THE_SERVER:
        sys.stderr.write(f"openai-grpc: {given[0]} comes with the server: {_commands.INSTALL_SERVER}\n")
        return FAILED
    return _without_command(given)


def parser_of(command: _commands.Command) -> Parser:
    """Returns the parser of a command's arguments."""
    parser = Parser(
        prog=f"openai-grpc {command.name}",
        description=command.help,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.configure(parser)
    if parser.usage is None:
        parser.usage = parser.short_usage()
    return parser


def _without_command(given: Sequence[str]) -> int:  # noqa: RET503 - `error` exits
    """Prints help or the version, or refuses an unknown command."""
    parser = _overview()
    if not given:
        parser.print_help()
        return 0
    name = given[0]
    if not name.startswith("-"):
        hint = did_you_mean(name, _commands.names()) or ": openai-grpc --help lists the commands"
        parser.error(f"unknown command {name!r}{hint}")
    parser.parse_known_args(given[:1])  # exits after --help and --version
    parser.error(f"unknown option {name}: options of a command come after its name")


def _run(command: _commands.Command, given: Sequence[str]) -> int:
    parser = parser_of(command)
    args = parser.parse_all(given)
    try:
        code = command.run(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except UsageError as error:
        sys.stderr.write(f"openai-grpc: {error}\n")
        return USAGE_ERROR
    except Exception as error:
        from openai_grpc.cli._problems import problem  # noqa: PLC0415 - loaded after a failure

        described = problem(error, args)
        if described is None:
            raise
        sys.stderr.write(f"openai-grpc: {described}\n")
        return FAILED
    return code


def _overview() -> Parser:
    """Returns the parser of the program without a command, whose help lists the commands."""
    parser = Parser(
        prog="openai-grpc",
        usage="openai-grpc COMMAND [options]",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, help="print the version and exit")
    group = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, text in _commands.summaries().items():
        group.add_parser(name, help=text)
    return parser


class _Version(argparse.Action):
    """Prints the version; looked up lazily, as that is slow."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002 - argparse's name
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from openai_grpc._version import package_version  # noqa: PLC0415 - as the class says

        sys.stdout.write(f"openai-grpc {package_version()}\n")
        parser.exit()
