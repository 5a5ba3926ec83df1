"""The upstream of the cases, which answers each as it says, and the gateways before it."""

from __future__ import annotations

import email
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from integration.test_contract_growth import NEWER, generate

from conformance.corpus import dumps
from contract.evolution import Contract
from contract.successor import predecessor
from contract.test_evolution import PRESENT
from faults import answers
from faults.stand_in import StandIn, refusing
from openai_grpc_server.config import GeneralSettings, KeySettings, ModelInfo, RouterConfig, Secret
from support.gateway import HTTP2, Drained, deployment, running_gateway
from support.process import server_process

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from conformance.clients.cases import Case
    from faults.exchange import Answer, Exchange
    from faults.http_request import ReceivedRequest
    from support.gateway import RunningGateway

OLDER = Contract(predecessor(PRESENT.files))
UNEXPECTED = {"status": 418, "json": {"error": {"message": "no request was expected"}}}
PRICES = ModelInfo(input_cost_per_token=1e-6, output_cost_per_token=2e-6)
KEYS = GeneralSettings(
    sealing_key=Secret("Wf4Yp9Ts2Gd7Xk1Nb6Vm"),
    keys=(
        KeySettings(name="narrow", key=Secret("sk-narrow-v3R9xQ2mT7bK4wZ8"), models=("no-other",)),
        KeySettings(name="slow", key=Secret("sk-slow-Jq6Xh1uYf0sD9gRe2a"), rpm=1),
        KeySettings(name="poor", key=Secret("sk-poor-Wf4Yp9Ts2Gd7Xk1Nb6"), max_budget=0.0),
    ),
)


class Upstream(StandIn):
    """Answers the requests of each case as the case says, and keeps them by its key.

    Args:
        cases: The cases.

    Attributes:
        seen: The exchanges of each case.
        draining: The gateway that drains while it gets an answer of a case of it.
    """

    draining: RunningGateway

    def __init__(self, cases: Iterable[Case]) -> None:
        super().__init__()
        self.seen: dict[str, list[Exchange]] = defaultdict(list)
        self._cases = {case.key: case for case in cases}

    def _answer(self, request: ReceivedRequest) -> Answer:
        async def answer(exchange: Exchange) -> None:
            await exchange.body()
            key = self._key_of(request)
            count = len(self.seen[key])
            self.seen[key].append(exchange)
            scripted = self._cases[key].answers
            last = scripted[min(count, len(scripted) - 1)] if scripted else UNEXPECTED
            gates = {1: Drained(self.draining)} if self._cases[key].gateway == "draining" else None
            await answer_of(last, gates)(exchange)

        return answer

    def _key_of(self, request: ReceivedRequest) -> str:
        told = dict(request.query).get("model") or model_of(request)
        if told in self._cases:
            return str(told)
        for part in request.path.split("/"):
            for prefix in ("chatcmpl-", "resp_", ""):
                if part.removeprefix(prefix) in self._cases:
                    return part.removeprefix(prefix)
        raise LookupError(f"no case has the request {request.method} {request.target}")


def model_of(request: ReceivedRequest) -> object:
    """Returns the model that a request names, or None."""
    if (request.header("content-type") or "").startswith("multipart/form-data"):
        return form(request).get("model")
    if request.method != "POST" or not request.body:
        return None
    return request.json().get("model")


def form(request: ReceivedRequest) -> dict[str, Any]:
    """Returns the fields of an upload's form; those with a file's name as bytes."""
    head = f"content-type: {request.header('content-type')}\r\n\r\n".encode()
    message = email.message_from_bytes(head + bytes(request.body))
    fields = {}
    for part in message.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            name = str(part.get_param("name", header="content-disposition"))
            fields[name] = content.decode() if part.get_filename() is None else content
    return fields


def answer_of(scripted: Mapping[str, Any], gates: Any = None) -> Answer:
    """Returns what the stand-in does for an answer of a case; a stream waits at gates."""
    headers = scripted.get("headers")
    match scripted:
        case {"stall": True}:
            return answers.stall()
        case {"close": True}:
            return answers.close()
        case {"text": text}:
            return answers.body(text.encode(), content_type=scripted["content_type"], headers=headers)
        case {"json": value}:
            return answers.body(dumps(value), status=scripted.get("status", 200), headers=headers)
        case {"events": _}:
            named = scripted.get("named", False)
            sent = [answers.event(dumps(each), name=each["type"] if named else None) for each in events_of(scripted)]
            then = scripted.get("then", "end")
            if not named and then == "end":
                sent.append(answers.event("[DONE]"))
            return answers.stream(sent, headers=headers, then=then, gates=gates)
    raise ValueError(f"a case has the answer {scripted}")


def events_of(scripted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns the events that an answer sends."""
    events: list[dict[str, Any]] = scripted["events"][: scripted.get("only")]
    times: int = scripted.get("times", 1)
    return events * times


@contextmanager
def gateways(upstream: Upstream, names: set[str], folder: Path) -> Iterator[dict[str, str]]:
    """Runs the gateways of these names and yields their addresses."""
    own = deployment(upstream.url, info=PRICES)
    with ExitStack() as stack:

        def start(name: str) -> str:
            match name:
                case "plain" | "draining":
                    running = stack.enter_context(running_gateway(own))
                    if name == "draining":
                        upstream.draining = running
                    return running.target
                case "retrying":
                    return stack.enter_context(running_gateway(own, router=RouterConfig())).target
                case "keys":
                    return stack.enter_context(running_gateway(own, general=KEYS)).target
                case "keyless":
                    return stack.enter_context(running_gateway(deployment(upstream.url, api_key=None))).target
                case "none":
                    return stack.enter_context(refusing()).removeprefix("http://")
            contract, revision = (NEWER, 2) if name == "newer" else (OLDER, 0)
            generate(folder / name, contract, revision)
            config = folder / f"{name}.yaml"
            model = f"model: openai/*, api_base: {upstream.url}/v1, api_key: sk-x"
            config.write_text(
                f"server: {{http2: {HTTP2}}}\nmodel_list: [{{model_name: '*', litellm_params: {{{model}}}}}]\n"
            )
            env = {"PYTHONPATH": str(folder / name)}
            process = server_process(folder / f"{name}.log", "--config", str(config), env=env)
            return stack.enter_context(process).address

        yield {name: start(name) for name in sorted(names)}
