"""Problems of a configuration, with their places in the file."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem.

    Attributes:
        message: The problem, in a sentence without a full stop.
        where: `file:line:column`, or the name of an environment variable, or empty.
        hint: The remedy, or empty.
    """

    message: str
    where: str = ""
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} ({self.hint})" if self.hint else text


class ConfigError(ValueError):
    """Invalid configuration.

    Attributes:
        problems: Everything that was found, in the order of the file; at least one.
        warnings: Settings without effect, and likely mistakes.
    """

    def __init__(self, *problems: Problem, warnings: Sequence[Problem] = ()) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
        self.warnings = tuple(warnings)
