"""A gateway that was upgraded before its callers: the contract grew, they did not.

The gateway runs as a process with code generated from a made-up successor of the contract (`contract.successor`). The
test's own code is that of the callers who were not regenerated.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message_factory import GetMessageClass

from contract.evolution import Contract
from contract.successor import REVISION, successor
from contract.test_evolution import PRESENT
from faults import answers
from faults.stand_in import StandIn
from integration.three_apis import CHAT, CHAT_COMPLETION, RESPONSE, RESPONSES
from openai_grpc import codec
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc, response_tool_pb2, responses_pb2, responses_pb2_grpc
from support.failure import failure_of
from support.gateway import HTTP2, LIMIT, deployment, running_gateway
from support.process import ServerProcess, server_process

ROOT = Path(__file__).parents[2]
NEWER = Contract(successor(PRESENT.files))
MOODY = {**CHAT_COMPLETION, "mood": "calm"}
NAVIGATING = {"type": "response.browser_call.navigating", "url": "https://x", "sequence_number": 3}
COMPLETED = {"type": "response.completed", "sequence_number": 4, "response": RESPONSE}
OLD_CALLERS = [(), (("openai-grpc-contract", str(REVISION - 1)),), (("openai-grpc-contract", "no number"),)]
NEW_CALLER = (("openai-grpc-contract", str(REVISION)),)
CREATE_CHAT = "/openai_grpc.v1.ChatService/CreateChatCompletion"
STREAM_RESPONSE = "/openai_grpc.v1.ResponsesService/StreamResponse"


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def gateway(upstream: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A gateway of the successor, before the stand-in."""
    folder = tmp_path_factory.mktemp("successor")
    generate(folder, NEWER, revision=REVISION)
    config = folder / "config.yaml"
    config.write_text(
        f"server: {{http2: {HTTP2}}}\n"
        "model_list:\n"
        f"- {{model_name: m, litellm_params: {{model: openai/m, api_base: {upstream.url}/v1, api_key: sk-x}}}}\n"
        "- {model_name: bridged, litellm_params: {model: openai/m, use_chat_completions_api: true,"
        f" api_base: {upstream.url}/v1, api_key: sk-x}}}}\n"
    )
    env = {"PYTHONPATH": str(folder)}
    with server_process(folder / "log", "--config", str(config), env=env) as process:
        yield process


def generate(folder: Path, contract: Contract, revision: int) -> None:
    """Writes the package `openai_grpc` as it is, but with the messages of another contract."""
    package = folder / "openai_grpc"
    shutil.copytree(ROOT / "clients/python/openai_grpc", package)
    described = folder / "contract.binpb"
    described.write_bytes(contract.files.SerializeToString())
    names = [file.name for file in contract.files.file if file.name.startswith("openai_grpc/")]
    command = [sys.executable, "-m", "grpc_tools.protoc", f"--descriptor_set_in={described}", f"--python_out={folder}"]
    subprocess.run([*command, *names], check=True)
    (package / "v1/revision.py").write_text(f"CONTRACT_REVISION = {revision}\n")


@pytest.fixture
def channel(gateway: ServerProcess) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(gateway.address) as opened:
        yield opened


def newer(name: str) -> Any:
    """Returns a class of the successor's messages."""
    return GetMessageClass(NEWER.messages[f"openai_grpc.v1.{name}"])


def chat_request(request_type: Any = chat_pb2.CreateChatCompletionRequest, **fields: Any) -> Any:
    request = request_type(model="m", **fields)
    request.messages.add().user.content.text = "Hi"
    return request


@pytest.mark.parametrize("metadata", OLD_CALLERS, ids=str)
def test_an_older_caller_reads_a_newer_field_in_extra_json(
    channel: grpc.Channel, upstream: StandIn, metadata: Any
) -> None:
    upstream.on("POST", CHAT, answers.json(MOODY))
    stub = chat_pb2_grpc.ChatServiceStub(channel)
    reply = stub.CreateChatCompletion(chat_request(), metadata=metadata, timeout=LIMIT)
    assert codec.loads(reply.extra_json) == {"mood": "calm"}
    assert reply.choices[0].message.content == "Yo"


def test_a_caller_of_the_same_revision_reads_the_field(channel: grpc.Channel, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.json(MOODY))
    call: Any = channel.unary_unary(CREATE_CHAT)
    data = call(chat_request().SerializeToString(), metadata=NEW_CALLER, timeout=LIMIT)
    reply = newer("ChatCompletion").FromString(data)
    assert reply.mood == "calm"
    assert not reply.extra_json


@pytest.mark.parametrize("metadata", OLD_CALLERS, ids=str)
def test_an_older_caller_reads_a_newer_event_in_unknown(
    channel: grpc.Channel, upstream: StandIn, metadata: Any
) -> None:
    upstream.on("POST", RESPONSES, answers.stream(answers.events([NAVIGATING, COMPLETED], done=False)))
    stub = responses_pb2_grpc.ResponsesServiceStub(channel)
    request = responses_pb2.CreateResponseRequest(model="m")
    first, second = stub.StreamResponse(request, metadata=metadata, timeout=LIMIT)
    assert codec.loads(first.unknown) == NAVIGATING
    assert second.completed.response.id == "resp_1"


@pytest.mark.parametrize("metadata", OLD_CALLERS, ids=str)
def test_an_older_caller_reads_texts_between_newer_events(
    channel: grpc.Channel, upstream: StandIn, metadata: Any
) -> None:
    texts = ["The", " tide", " turns", " at", " six"]
    deltas = [
        {"type": "response.output_text.delta", "item_id": "msg_1", "delta": text, "sequence_number": number}
        for number, text in enumerate(texts)
    ]
    sent = answers.events([*deltas[:3], NAVIGATING, *deltas[3:], COMPLETED], done=False)
    upstream.on("POST", RESPONSES, answers.stream(sent))
    stub = responses_pb2_grpc.ResponsesServiceStub(channel)
    request = responses_pb2.CreateResponseRequest(model="m")
    *events, last = stub.StreamResponse(request, metadata=metadata, timeout=LIMIT)
    assert codec.loads(events.pop(3).unknown) == NAVIGATING
    assert [event.output_text_delta.delta for event in events] == texts
    assert [event.output_text_delta.sequence_number for event in events] == [*range(5)]
    assert last.completed.response.id == "resp_1"


def test_a_caller_of_the_same_revision_reads_the_event(channel: grpc.Channel, upstream: StandIn) -> None:
    upstream.on("POST", RESPONSES, answers.stream(answers.events([NAVIGATING, COMPLETED], done=False)))
    call: Any = channel.unary_stream(STREAM_RESPONSE)
    request = responses_pb2.CreateResponseRequest(model="m").SerializeToString()
    first, _ = call(request, metadata=NEW_CALLER, timeout=LIMIT)
    assert newer("ResponseStreamEvent").FromString(first).browser_call_navigating.url == "https://x"


@pytest.mark.parametrize(
    ("request_type", "fields"),
    [
        (chat_pb2.CreateChatCompletionRequest, {"extra_json": '{"pause_ms":7}'}),
        (newer("CreateChatCompletionRequest"), {"pause_ms": 7}),
    ],
    ids=["older", "newer"],
)
def test_a_key_reaches_the_upstream_from_extra_json_and_from_its_field(
    channel: grpc.Channel, upstream: StandIn, request_type: Any, fields: dict[str, Any]
) -> None:
    upstream.on("POST", CHAT, answers.json(CHAT_COMPLETION))
    channel.unary_unary(CREATE_CHAT)(chat_request(request_type, **fields).SerializeToString(), timeout=LIMIT)
    assert upstream.requests[-1].json()["pause_ms"] == 7


def test_a_newer_caller_is_told_what_its_older_gateway_would_lose() -> None:
    request = chat_request(newer("CreateChatCompletionRequest"), pause_ms=7)
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as older:
        upstream.on("POST", CHAT, answers.json(CHAT_COMPLETION))
        call: Any = older.channel.unary_unary(CREATE_CHAT)
        failure = failure_of(lambda: call(request.SerializeToString(), metadata=NEW_CALLER, timeout=LIMIT))
        assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
        assert f"revision {REVISION}" in failure.message
        request.ClearField("pause_ms")
        call(request.SerializeToString(), metadata=NEW_CALLER, timeout=LIMIT)
        assert len(upstream.requests) == 1


def test_a_key_that_contradicts_its_field_is_refused(channel: grpc.Channel) -> None:
    request = chat_request(newer("CreateChatCompletionRequest"), pause_ms=7, extra_json='{"pause_ms":8}')
    call: Any = channel.unary_unary(CREATE_CHAT)
    failure = failure_of(lambda: call(request.SerializeToString(), timeout=LIMIT))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "pause_ms" in failure.message


@pytest.mark.parametrize("typed", [False, True], ids=["older", "newer"])
def test_a_bridge_passes_a_newer_tool_on_typed_or_not(channel: grpc.Channel, upstream: StandIn, typed: bool) -> None:
    upstream.on("POST", CHAT, answers.json(CHAT_COMPLETION))
    tool = {"type": "browser", "start_url": "https://x"}
    if typed:
        request = newer("CreateResponseRequest")(model="bridged")
        request.tools.add().browser.start_url = "https://x"
    else:
        request = responses_pb2.CreateResponseRequest(
            model="bridged", tools=[codec.from_object(response_tool_pb2.ResponseTool, tool)]
        )
        assert request.tools[0].WhichOneof("kind") == "unknown"
    request.input.text = "Hi"
    call: Any = channel.unary_unary("/openai_grpc.v1.ResponsesService/CreateResponse")
    call(request.SerializeToString(), timeout=LIMIT)
    assert upstream.requests[-1].json()["tools"] == [tool]


def test_both_forms_of_a_content_are_refused_by_their_names(channel: grpc.Channel) -> None:
    request = chat_pb2.CreateChatCompletionRequest(model="m")
    request.messages.add().assistant.content = "a"
    request.messages[0].assistant.content_parts.add().text.text = "b"
    stub = chat_pb2_grpc.ChatServiceStub(channel)
    failure = failure_of(lambda: stub.CreateChatCompletion(request, timeout=LIMIT))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "content_parts and content are both set" in failure.message
