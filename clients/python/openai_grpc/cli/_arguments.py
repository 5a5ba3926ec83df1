"""Parser of a command's arguments; suggests the closest option for a mistake."""

import argparse
import difflib
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

USAGE_ERROR = 2


class UsageError(Exception):
    """The command line or an environment variable is wrong; the text says how and what to do."""


class Parser(argparse.ArgumentParser):
    """Parses the arguments of one command."""

    def parse_all(self, given: Sequence[str]) -> argparse.Namespace:
        """Parses arguments.

        Raises:
            SystemExit: After help (0), and for wrong arguments (2).
        """
        args, rest = self.parse_known_args(given)
        if rest:
            self.error(self._unexpected(given, rest))
        return args

    def error(self, message: str) -> NoReturn:
        """Prints the usage and an error, and exits with 2."""
        self.print_usage(sys.stderr)
        self.exit(USAGE_ERROR, f"openai-grpc: {message}\n")

    def options(self) -> list[str]:
        """Returns the names of all options."""
        return list(self._option_string_actions)

    def value_action(self, option: str) -> argparse.Action | None:
        """Returns the action of an option that takes a value, or None."""
        action = self._option_string_actions.get(option)
        return action if action is not None and action.nargs != 0 else None

    def positionals(self) -> list[argparse.Action]:
        """Returns the arguments that are not options."""
        return self._get_positional_actions()

    def short_usage(self) -> str:
        """Returns the command, `[options]` and the arguments, without the list of options."""
        formatter = self._get_formatter()
        formatter.add_usage(None, self.positionals(), [], prefix="")
        words = formatter.format_help().split()
        return " ".join([self.prog, "[options]", *words[len(self.prog.split()) :]])

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        choices = [str(choice) for choice in action.choices]
        raise argparse.ArgumentError(
            action, f"invalid value {value!r}: must be one of {', '.join(choices)}{did_you_mean(str(value), choices)}"
        )

    def _unexpected(self, given: Sequence[str], rest: Sequence[str]) -> str:
        option = next((word for word in rest if word.startswith("-") and word != "-"), None)
        if option is not None:
            name = option.partition("=")[0]
            known = [each[2:] for each in self.options() if each.startswith("--")]
            close = closest(name.lstrip("-"), known)
            hint = f"did you mean --{close[0]}?" if close else f"{self.prog} --help lists the options"
            return f"unknown option {name}: {hint}"
        positionals = self.positionals()
        if not positionals:
            return f"unexpected argument {rest[0]!r}: {self.prog} takes none"
        start = given.index(rest[0]) - 1
        words = " ".join(word for word in given[max(start, 0) :] if not word.startswith("-"))
        return f'unexpected argument {rest[0]!r}: quote a text of several words: {self.prog} "{words}"'


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Returns `: did you mean X?` for the closest name, or an empty text if none is close."""
    close = closest(name, known)
    return f": did you mean {close[0]}?" if close else ""


def closest(name: str, known: Iterable[str], count: int = 1) -> list[str]:
    """Returns the names that are close to one, the closest first; case does not count."""
    folded: dict[str, str] = {}
    for each in known:
        folded.setdefault(each.casefold(), each)
    return [folded[each] for each in difflib.get_close_matches(name.casefold(), folded, count, cutoff=0.65)]
