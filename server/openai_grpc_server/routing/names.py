"""Finds deployments by the names that callers use."""

from collections.abc import Iterable, Mapping

from openai_grpc_server.config.deployment import matches
from openai_grpc_server.routing.deployment import Deployment
from openai_grpc_server.routing.group import Group


class ModelNames:
    """The groups of deployments, by name.

    A name is first looked for as it is, then among the names with a `*`, the longest first, and then with the
    deployments that take any name.

    Args:
        deployments: All deployments.
        aliases: Other names of groups.
        hidden: Those of the aliases that lists leave out.

    Attributes:
        groups: The groups whose names callers use as they are, without aliases.
        any: The group that takes every name that no other has.
    """

    def __init__(
        self, deployments: Iterable[Deployment], aliases: Mapping[str, str], hidden: frozenset[str] = frozenset()
    ) -> None:
        members: dict[str | None, list[Deployment]] = {}
        for deployment in deployments:
            members.setdefault(deployment.config.model_name, []).append(deployment)
        nameless = members.pop(None, None)
        self.any = Group("", nameless) if nameless else None
        groups = {name: Group(name, each) for name, each in members.items() if name is not None}
        self.groups = {name: group for name, group in groups.items() if "*" not in name}
        self._patterns = sorted(
            (group for name, group in groups.items() if "*" in name), key=lambda each: -len(each.name)
        )
        self._aliases = aliases
        self._hidden = hidden

    def meaning(self, name: str) -> str:
        """Returns the name that an alias stands for; another name as it is."""
        return self._aliases.get(name, name)

    def find(self, name: str) -> Group | None:
        """Returns the group of a name that is no alias."""
        group = self.groups.get(name)
        if group is None:
            group = next((each for each in self._patterns if matches(each.name, name)), self.any)
        return group

    def listed(self) -> dict[str, Deployment]:
        """Returns the first deployment of every name that callers can be told of."""
        aliases = {alias: name for alias, name in self._aliases.items() if alias not in self._hidden}
        names = {name: name for name in self.groups} | aliases
        return {name: group.deployments[0] for name, meaning in names.items() if (group := self.find(meaning))}

    def single(self) -> str | None:
        """Returns the only name there is, without aliases, if there is only one."""
        return next(iter(self.groups)) if len(self.groups) == 1 and not self._patterns else None
