"""Which calls are made again, and when."""

import json
from typing import Any

import pytest

from openai_grpc.client import _rpcs as rpcs
from openai_grpc.client._retry import SERVICE_CONFIG, pause_before_retry
from openai_grpc.client.errors import APIError, InternalError, RateLimitError, UnavailableError
from openai_grpc.client.metadata import CallMetadata

CREATE, STREAM, GET, UPLOAD = (
    rpcs.CREATE_CHAT_COMPLETION,
    rpcs.STREAM_CHAT_COMPLETION,
    rpcs.GET_CHAT_COMPLETION,
    rpcs.UPLOAD_TRANSCRIPTION,
)


def unavailable(pushback: str | None = None, reason: str = "UPSTREAM_CONNECT_FAILED") -> APIError:
    pairs = [] if pushback is None else [("grpc-retry-pushback-ms", pushback)]
    return UnavailableError("no", reason=reason, metadata=CallMetadata.from_pairs(pairs))


PAUSES: dict[str, tuple[Any, APIError, int, tuple[float, float] | None]] = {
    "the gateway says that nothing was billed": (CREATE, unavailable(), 1, (0.25, 0.5)),
    "again": (STREAM, unavailable(), 2, (0.5, 1.0)),
    "once too often": (CREATE, unavailable(), 3, None),
    "after as long as the gateway says": (CREATE, unavailable("30"), 1, (0.03, 0.03)),
    "the gateway forbids it": (CREATE, unavailable("-1"), 1, None),
    "a connection that was lost, perhaps with the call billed": (CREATE, unavailable(reason=""), 1, None),
    "what does no harm": (GET, unavailable(), 1, (0.25, 0.5)),
    "also when the connection is lost": (GET, unavailable(reason=""), 2, (0.5, 1.0)),
    "the file is gone": (UPLOAD, unavailable(), 1, None),
    "upstream failed": (CREATE, InternalError("no", reason="UPSTREAM_ERROR"), 1, None),
    "a rate limit is the caller's to mind": (
        CREATE,
        RateLimitError("no", reason="RATE_LIMITED", retry_after=1),
        1,
        None,
    ),
}


@pytest.mark.parametrize(("rpc", "error", "failures", "bounds"), PAUSES.values(), ids=PAUSES)
def test_pauses(rpc: Any, error: APIError, failures: int, bounds: tuple[float, float] | None) -> None:
    pause = pause_before_retry(rpc, error, failures, max_retries=2)
    if bounds is None:
        assert pause is None
    else:
        assert pause is not None
        assert bounds[0] <= pause <= bounds[1]


def test_what_does_no_harm() -> None:
    repeated = {rpc.path.rpartition("/")[2] for rpc in rpcs.ALL if rpc.repeatable}
    assert repeated == {
        *("GetChatCompletion", "ListChatCompletions", "UpdateChatCompletion", "DeleteChatCompletion"),
        *("ListChatCompletionMessages", "ListModels", "GetModel", "GetResponse", "ResumeResponse", "DeleteResponse"),
        *("CancelResponse", "ListResponseInputItems", "CountResponseInputTokens", "DeleteModel"),
        *("ListKeys", "RevokeKey"),
        *("GetConversation", "UpdateConversation", "DeleteConversation", "ListConversationItems"),
        *("GetConversationItem", "DeleteConversationItem"),
        *("GetVideo", "ListVideos", "DeleteVideo", "DownloadVideo", "GetVideoCharacter"),
        "CancelUpload",
        *("ListFiles", "GetFile", "DeleteFile", "DownloadFile", "ListBatches", "GetBatch", "CancelBatch"),
        *("WatchResponse", "WatchBatch", "StreamBatchResults", "WatchVideo"),
    }


def test_grpc_balances_and_does_not_retry() -> None:
    assert json.loads(SERVICE_CONFIG) == {"loadBalancingConfig": [{"round_robin": {}}]}
