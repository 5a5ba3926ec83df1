"""Protobuf messages of `openai_grpc.v1` to and from OpenAI's JSON, without loss.

How a message maps to JSON is declared in the protos, by the options of `openai_grpc/options/v1/json.proto`; nothing
here knows a message by name. What the fields of a message can't hold stays in its `extra_json`, in both directions.

Values are kept, not text: `1.0` may come back as `1`, keys may come in another order, and `null` reads as absent unless
`keep_nulls` says otherwise.
"""

from openai_grpc.codec._api import from_json, from_object, from_plain, source, to_json, to_object
from openai_grpc.codec._elements import count_elements, count_json_elements
from openai_grpc.codec._errors import CodecError
from openai_grpc.codec._exact import RawNumber, RawString, dumps, loads, loads_in_steps
from openai_grpc.codec._extra import MARK, has_unknown_fields, read_extra
from openai_grpc.codec._names import folded, is_plain_name, name_problem, stem
from openai_grpc.codec._revision import to_revision

__all__ = [
    "MARK",
    "CodecError",
    "RawNumber",
    "RawString",
    "count_elements",
    "count_json_elements",
    "dumps",
    "folded",
    "from_json",
    "from_object",
    "from_plain",
    "has_unknown_fields",
    "is_plain_name",
    "loads",
    "loads_in_steps",
    "name_problem",
    "read_extra",
    "source",
    "stem",
    "to_json",
    "to_object",
    "to_revision",
]
