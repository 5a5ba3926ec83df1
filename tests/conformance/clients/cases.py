"""Cases of `calls.yaml` and `types.yaml`, as drivers get them and as their results are judged."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from conformance.corpus import Number, dumps

HERE = Path(__file__).parent
TIMES_LEFT = 3  # how often a loop is left: the fastest counts, on a machine that is busy


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        group: Its group.
        name: Its name within it.
        facts: The entry in the file, without what is shorthand.
    """

    group: str
    name: str
    facts: dict[str, Any] = field(hash=False)

    @property
    def id(self) -> str:
        """The name that tests show."""
        return f"{self.group}: {self.name}"

    @property
    def key(self) -> str:
        """Its model, by which the upstream knows it; also a part of ids of stored objects."""
        return "".join(char if char.isalnum() else "-" for char in self.id.lower())

    @property
    def does(self) -> str:
        """What the client does: `call`, `stream`, ..."""
        return str(self.facts.get("do", "call"))

    @property
    def gateway(self) -> str:
        """The gateway that is called."""
        return str(self.facts.get("gateway", "plain"))

    @property
    def sees(self) -> dict[str, Any]:
        """What the caller must see."""
        return dict(self.facts.get("sees", {}))

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The upstream's answers."""
        return list(self.facts.get("answers", []))

    @property
    def request(self) -> dict[str, Any]:
        """The request, as JSON."""
        request = dict(self.facts.get("request", {}))
        by_id = {"completion_id", "response_id", "model"} & request.keys()
        if not by_id and self.does != "schema":
            request["model"] = self.key
        return request

    @property
    def requests(self) -> int:
        """How often its call is made."""
        return TIMES_LEFT if self.does.startswith("leave") else 1

    def runs(self, language: str) -> bool:
        """Returns whether a language runs the case."""
        return language not in self.facts.get("not_in", {})

    def for_drivers(self) -> dict[str, Any]:
        """Returns what a driver is told."""
        options = (
            "rpc",
            "key",
            "timeout",
            "max_retries",
            "metadata",
            "accumulate",
            "read",
            "most",
            "type",
            "rounds",
            "fails",
            "stops",
        )
        upload = ("file", "size", "from")
        told = {key: self.facts[key] for key in (*options, *upload) if key in self.facts}
        described = {"described": True} if self.facts.get("described") else {}
        request = dumps(self.request).decode()
        return {
            "case": self.key,
            "do": self.does,
            "gateway": self.gateway,
            "request": request,
            "repeat": self.facts.get("calls", self.requests),
            **told,
            **described,
        }


@cache
def calls() -> list[Case]:
    """Returns the cases of calls."""
    groups = yaml.safe_load((HERE / "calls.yaml").read_text())
    found = [Case(group["group"], each["name"], each) for group in groups for each in group["cases"]]
    return [Case(case.group, case.name, _whole(case.facts, case.key)) for case in found]


@cache
def types() -> list[Case]:
    """Returns the cases of types: schemas, and replies that are of them or are not."""
    return [case for each in yaml.safe_load((HERE / "types.yaml").read_text()) for case in _of_type(_whole(each, ""))]


def _of_type(each: dict[str, Any]) -> list[Case]:
    name = each["type"]
    group = f"the type {name}"
    if "refused" in each:
        return [Case(group, "is refused", {"do": "schema", "type": name, "sees": {"refused": each["refused"]}})]
    found = [Case(group, "as a schema", {"do": "schema", "type": name, "sees": {"schema": each["schema"]}})]
    if "described" in each:
        facts = {"do": "schema", "type": name, "described": True, "sees": {"schema": each["described"]}}
        found.append(Case(group, "with comments", facts))
    if "reply" in each:
        found.append(_reply(group, "as a value", name, dumps(each["reply"]).decode(), {"value": each["value"]}))
    for why, invalid in each.get("invalid", {}).items():
        reply = {key: item for key, item in each["reply"].items() if key != invalid.get("without")}
        text = invalid.get("text", dumps({**reply, **invalid.get("with", {})}).decode())
        sees = {"no_value": "invalid", "text": text, "says": invalid["says"]}
        found.append(_reply(group, f"and {why}", name, text, sees))
    return found


def _reply(group: str, name: str, type_name: str, text: str, sees: dict[str, Any]) -> Case:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    completion = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    request = {"messages": [{"role": "user", "content": "hello"}]}
    facts = {
        "do": "parse",
        "rpc": "chat.create",
        "type": type_name,
        "request": request,
        "answers": [{"json": completion}],
    }
    return Case(group, name, {**facts, "sees": sees})


def _whole(value: Any, key: str) -> Any:
    """Returns a value without shorthand."""
    whole = value
    match value:
        case {"$repeat": [text, times]}:
            whole = text * times
        case {"$number": token}:
            whole = Number(token)
        case dict():
            whole = {name: _whole(each, key) for name, each in value.items()}
            if isinstance(properties := whole.get("closed"), dict):
                closed = {"type": "object", "properties": properties, "required": [*properties]}
                whole = {**closed, "additionalProperties": False, **whole}
                del whole["closed"]
        case list():
            whole = [_whole(each, key) for each in value]
        case float():
            whole = Number(repr(value))
        case str() if key:
            whole = value.replace("{name}", key)
    return whole


def loads(text: str) -> Any:
    """Reads JSON, its numbers exactly."""
    return json.loads(text, parse_float=Number)
