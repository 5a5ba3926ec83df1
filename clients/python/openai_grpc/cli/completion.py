"""`openai-grpc completion`, and the candidates for its scripts."""

import argparse
import sys
from collections.abc import Iterable, Sequence

from openai_grpc.cli import _commands

MODEL_LOOKUP_SECONDS = 1.0  # a prompt must not wait longer

SCRIPTS = {
    "bash": """\
_openai_grpc() {
    local IFS=$'\\n'
    COMPREPLY=($(openai-grpc __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _openai_grpc openai-grpc
""",
    "zsh": """\
#compdef openai-grpc
_openai_grpc() {
    local -a found
    found=("${(@f)$(openai-grpc __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "${found[1]}" ]]; then compadd -- "${found[@]}"; else _files; fi
}
if [[ "${funcstack[1]}" == _openai_grpc ]]; then _openai_grpc "$@"; else compdef _openai_grpc openai-grpc; fi
""",
    "fish": """\
function __openai_grpc_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    openai-grpc __complete $words[2..-1] "$current" 2>/dev/null
end
complete -c openai-grpc -n __fish_use_subcommand -f -a '(__openai_grpc_complete)'
complete -c openai-grpc -n 'not __fish_use_subcommand' -a '(__openai_grpc_complete)'
""",
}
EPILOG = """\
to load it in each new shell:
  bash   echo 'eval "$(openai-grpc completion bash)"' >> ~/.bashrc
  zsh    echo 'eval "$(openai-grpc completion zsh)"' >> ~/.zshrc          (after compinit)
  fish   openai-grpc completion fish > ~/.config/fish/completions/openai-grpc.fish

Commands, options and their values are completed, and after -m the models of the gateway in OPENAI_GRPC_ADDRESS.
"""


class Completion:
    """Prints the completion script of a shell."""

    name = "completion"
    help = "Print the completion script of a shell."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's argument."""
        parser.epilog = EPILOG
        parser.add_argument("shell", choices=list(SCRIPTS), metavar="SHELL", help="bash, zsh or fish")

    def run(self, args: argparse.Namespace) -> int:
        """Prints the script."""
        sys.stdout.write(SCRIPTS[args.shell])
        return 0


def complete(words: Sequence[str]) -> int:
    """Prints the candidates for the last word of a command line, one on each line.

    Args:
        words: The words after the program's name; the last one is being typed.
    """
    current = words[-1] if words else ""
    found = [each for each in _candidates(words[:-1], current) if each.startswith(current)]
    sys.stdout.write("".join(f"{each}\n" for each in found))
    return 0


def _candidates(before: Sequence[str], current: str) -> Iterable[str]:
    """Returns the candidates after some words; empty where the shell should offer files."""
    if not before:
        return ["--help", "--version"] if current.startswith("-") else _commands.names()
    command = _commands.find(before[0])
    if command is None:
        return []
    from openai_grpc.cli._main import parser_of  # noqa: PLC0415 - that module imports this one

    parser = parser_of(command)
    action = parser.value_action(before[-1])
    if action is not None:
        return _values(action)
    if current.startswith("-"):
        return parser.options()
    positionals = parser.positionals()
    if positionals and len(before) == 1:
        return _values(positionals[0])
    return []


def _values(action: argparse.Action) -> Iterable[str]:
    if action.choices is not None:
        return [str(choice) for choice in action.choices]
    return _models() if action.dest == "model" else []


def _models() -> list[str]:
    """Returns the models of the gateway in the environment; empty if it does not answer at once."""
    from openai_grpc.cli import _connection  # noqa: PLC0415 - only for the names of models
    from openai_grpc.cli._arguments import UsageError  # noqa: PLC0415 - as above
    from openai_grpc.client.errors import OpenAIGrpcError  # noqa: PLC0415 - as above

    parser = argparse.ArgumentParser()
    _connection.add_arguments(parser)
    try:
        with _connection.connect(parser.parse_args([]), max_retries=0) as client:
            return [model.id for model in client.models.list(timeout=MODEL_LOOKUP_SECONDS).data]
    except (OpenAIGrpcError, OSError, UsageError):
        return []


COMMAND = Completion()
