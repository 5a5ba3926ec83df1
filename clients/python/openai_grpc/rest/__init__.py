"""Mapping of OpenAI's REST API to RPCs of `openai_grpc.v1`, and back.

    match = routes.match("POST", "/v1/chat/completions")
    prepared = match.prepare(match.read_json(body))       # or read_query, read_form
    reply = ...                                           # call prepared.operation.path with prepared.message
    content_type, data = prepared.body(reply)             # or, of a stream, prepared.events()
    status, headers, data = http_error(failed).parts()    # of a grpc.RpcError

Everything is read from the descriptors of the contract and their options: no operation is named here, and an RPC
with a `rest` option is a REST call without further code.
"""

from openai_grpc.rest._errors import HttpError, http_error
from openai_grpc.rest._headers import reply_headers, request_metadata
from openai_grpc.rest._openapi import openapi
from openai_grpc.rest._operations import Operation, Route
from openai_grpc.rest._raw import UNKNOWN, RawCall, refuses_raw
from openai_grpc.rest._reply import EVENT_STREAM, JSON, TEXT, Body, Events
from openai_grpc.rest._request import Match, Prepared, file_field
from openai_grpc.rest._routes import Routes, admin_routes, below, routes

__all__ = [
    "EVENT_STREAM",
    "JSON",
    "TEXT",
    "UNKNOWN",
    "Body",
    "Events",
    "HttpError",
    "Match",
    "Operation",
    "Prepared",
    "RawCall",
    "Route",
    "Routes",
    "admin_routes",
    "below",
    "file_field",
    "http_error",
    "openapi",
    "refuses_raw",
    "reply_headers",
    "request_metadata",
    "routes",
]
