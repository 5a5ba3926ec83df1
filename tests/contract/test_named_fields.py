"""Fields that name a model, a stored object or a secret say so in the contract: what checks them is made from that."""

import re

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from contract.test_names import MESSAGES
from openai_grpc.options.v1 import json_pb2

LOOKS_LIKE_A_NAME = re.compile(
    r"(^|_)(models?|engine|deployment|fallbacks?|ids?|after|before|cursor|previous|headers?|auth|authorization"
    r"|(api_)?keys?|tokens?|secrets?|password|credentials?|cookies?)$"
)
REST = re.compile(r"(model|authoriz|secret|credential|password|api_?key|cookie)")

# Fields that look like one and are none, by what they are instead.
EXEMPT = {
    "a call of a tool: it ties a result to its call within one request": r"\.(tool_call_id|call_id|caller_id)$"
    r"|^ChatCompletionMessage(Function|Custom)ToolCall\.id$|Delta\.ToolCall\.id$|^SafetyCheck\.id$",
    "a text, or how many of them: a token of a model": r"\.(token|tokens|\w+_tokens|token_ids?|[be]os_token)$",
    "keys of a keyboard": r"^ComputerAction\.\w+Action\.keys$",
    "a key of a JSON object or of metadata": r"^(JsonConstant|ComparisonFilter)\.key$",
    "a group of requests in the prompt cache": r"\.prompt_cache_key$",
    "the caller's own, by which upstream groups requests": r"\.continuation_id$",
    "the position of an event": r"\.starting_after$",
    "one of a fixed list": r"^McpTool\.connector_id$|\.PluginConfig\.id$",
    "a part of one transcript": r"^Transcription\w*\.(id|segment_id)$",
    "of replies only, and nothing takes it: an id of a request": r"^(CallInfo|ZaiReply)\.request_id$"
    r"|\.generation_id$|^GroqInfo\.id$|^(CreateEmbeddingResponse|CreateModerationResponse|Completion)\.id$|^Response\.InputTransformation\.id$"
    r"|^Model\.Permission\.id$",
    "a chain of thought, which goes back as it came": r"^ReasoningDetail\.id$",
    "the gateway's own": r"^CallInfo\.deployment$|^CallOptions\.extra_headers$",
    "of raw calls: headers are checked against a list, events are passed on": r"^Raw\w+\.headers$|^RawEvent\.id$",
    "a lane of one connection": r"\.stream_id$",
    "a request or a result of one batch": r"^Batch(RequestInput|Result)\.(custom_id|id|request_id|cursor)$",
    "the position of a result": r"^StreamBatchResultsRequest\.after$",
    "an event of one session": r"^Realtime\w+\.event_id$",
    "the caller's own, by which upstream groups traces": r"\.group_id$",
    "input that waits within one connection": r"^ResponseSteer\.id$",
    "headers of an upstream's answer": r"^(ResponseSocketErrorEvent\.Error|VideoError)\.headers$",
    "what a checked file says of itself": r"^ContentProvenanceResult\.(synth_id|\w+\.model)$",
    "true or false": r"\.(allow_fallbacks|allow_create_engine)$",
    "what an item has taken, as upstream told it: it asks for nothing": r"\.SvgUsage\.model$",
    "how long an object lives": r"\.(output_)?expires_after$",
    "a price": r"_per_(image_)?token$",
    "of a list of models, which says what each of them is": r"^\w+Model\.(hugging_face_id|deprecation_replacement_model"
    r"|default_model_temperature|max_model_len)$|\.is_model_author$",
    "messages, in which every field counts for itself": r"^UsageBreakdown\.models$|\.domain_secrets$|\.model_info$",
}
EXEMPTIONS = {reason: re.compile(pattern) for reason, pattern in EXEMPT.items()}


def fields() -> list[FieldDescriptor]:
    return [field for message in MESSAGES for field in message.fields]


def names(field: FieldDescriptor) -> int:
    return int(field.GetOptions().Extensions[json_pb2.json].names)


def short(descriptor: Descriptor | FieldDescriptor) -> str:
    return str(descriptor.full_name.removeprefix("openai_grpc.v1."))


def test_every_field_that_looks_like_a_name_is_decided_on() -> None:
    undecided = [
        short(field)
        for field in fields()
        if (LOOKS_LIKE_A_NAME.search(field.name) or REST.search(field.name))
        and not names(field)
        and not any(pattern.search(short(field)) for pattern in EXEMPTIONS.values())
    ]
    assert undecided == [], "mark them with `names` (json.proto), or say here what they are instead"


@pytest.mark.parametrize("reason", EXEMPT)
def test_no_exemption_is_left_over(reason: str) -> None:
    assert any(EXEMPTIONS[reason].search(short(field)) and not names(field) for field in fields())


@pytest.mark.parametrize("field", [each for each in fields() if names(each)], ids=short)
def test_a_name_is_text(field: FieldDescriptor) -> None:
    value = field
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        value = field.message_type.fields_by_name["value"]
    assert value.type == FieldDescriptor.TYPE_STRING
