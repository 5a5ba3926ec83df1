"""`python -m openai_grpc_server`: the server's commands, without the client's."""

import argparse
import sys

from openai_grpc_server.cli import CHECK_CONFIG, CONFIG_SCHEMA, SERVE


def main() -> int:
    """Runs the command that the arguments name and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m openai_grpc_server", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (SERVE, CHECK_CONFIG, CONFIG_SCHEMA):
        added = commands.add_parser(
            command.name,
            help=command.help,
            description=command.help,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.configure(added)
        added.set_defaults(run=command.run)
    args = parser.parse_args()
    code: int = args.run(args)
    return code


if __name__ == "__main__":
    sys.exit(main())
