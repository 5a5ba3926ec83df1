"""Client. Made of `_async_client.py`: do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, Unpack

from openai_grpc.client import _text, resources
from openai_grpc.client._channel import (
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
    settings,
)
from openai_grpc.client._sync import Connection
from openai_grpc.client.reply import Reply
from openai_grpc.client.text_stream import TextStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    import grpc

    from openai_grpc.client._call_params import Metadata
    from openai_grpc.client._channel import Interceptors, Key, Options, Tls
    from openai_grpc.client._files import File
    from openai_grpc.client.params import (
        CreateChatCompletionParams,
        CreateEmbeddingParams,
        CreateResponseParams,
        UploadTranscriptionParams,
    )
    from openai_grpc.v1 import ChatCompletion, Response, Transcription, TranscriptionTextDoneEvent


class Client:
    """A client of the gateway.

    Every RPC of the contract is a method of one of its namespaces, which have the names of OpenAI's own client, and
    takes either the request message or keyword arguments with plain values. It returns the reply message; `with_call`
    of it returns the reply and its `CallMetadata`. The shortcuts `chat`, `respond`, `embed` and `transcribe` take and
    return the text.

    A client can be shared. It connects at its first call, and again whenever that is needed.

    Args:
        target: The gateway's address: `host`, `host:port`, or as gRPC resolves it, `dns:///host:port`, `unix:path`.
            Several in a list, or with commas between them, share the calls. Default: `OPENAI_GRPC_ADDRESS`, or else
            `localhost:50051`. The port is 50051 where none is given.
        api_key: Sent as `authorization: Bearer ...`; a gateway without a key of its own passes it on. A function is
            asked before each call, for a token that changes. Default: `OPENAI_GRPC_API_KEY`, or none.
        organization: Sent as `openai-organization`.
        project: Sent as `openai-project`.
        tls: False: none. True: TLS with gRPC's own CA certificates. A path: TLS with the CA certificates in that PEM
            file. Credentials (`grpc.ssl_channel_credentials`): these, such as for mutual TLS.
        timeout: The deadline of calls with one reply, in seconds; `math.inf` for none. Streams have none by default.
        max_retries: Maximum number of retries of a call that failed as UNAVAILABLE, before anything could be billed.
        metadata: Metadata for every call.
        options: Channel arguments of gRPC, which override this client's own.
        interceptors: Interceptors of gRPC, the outermost first; each sees every attempt of a call.

    Raises:
        OSError: The file of CA certificates can't be read.
        TypeError: An argument is of a wrong type.
        ValueError: An address is invalid, or a number is out of range.

    Attributes:
        chat: Chat completions. Called, it is the shortcut: `client.chat("hello").text`.
        responses: Responses.
        completions: Completions of a text, the older API.
        models: The models that can be named.
        embeddings: Embeddings.
        audio: Transcription, translation and speech.
        images: Generation and editing of images.
        moderations: Classification of harmful texts and images.
        keys: Keys of the gateway's callers: issue, list, rotate, revoke. For those who may administer them.
        conversations: Conversations that are stored upstream, and their items.
        files: Uploaded files.
        batches: Batches of requests.
    """

    def __init__(  # noqa: PLR0913 - keyword arguments with defaults
        self,
        target: str | Sequence[str] | None = None,
        *,
        api_key: Key | None = None,
        organization: str | None = None,
        project: str | None = None,
        tls: Tls = False,
        timeout: float = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_MAX_RETRIES,
        metadata: Metadata = (),
        options: Options = (),
        interceptors: Interceptors = (),
    ) -> None:
        self._connect(
            Connection(
                settings(
                    target,
                    api_key=api_key,
                    organization=organization,
                    project=project,
                    tls=tls,
                    timeout=timeout,
                    max_retries=max_retries,
                    metadata=metadata,
                    options=options,
                    interceptors=interceptors,
                )
            )
        )

    def _connect(self, connection: Connection) -> None:
        self._connection = connection
        self.chat = resources.Chat(connection)
        self.responses = resources.Responses(connection)
        self.completions = resources.Completions(connection)
        self.models = resources.Models(connection)
        self.embeddings = resources.Embeddings(connection)
        self.audio = resources.Audio(connection)
        self.images = resources.Images(connection)
        self.moderations = resources.Moderations(connection)
        self.keys = resources.Keys(connection)
        self.conversations = resources.Conversations(connection)
        self.files = resources.Files(connection)
        self.batches = resources.Batches(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def channel(self) -> grpc.Channel:
        """The gRPC channel, for your own stubs."""
        return self._connection.link.channel

    def close(self) -> None:
        """Closes the channel and cancels its calls, those of copies too. Later calls raise `ClientClosedError`."""
        self._connection.link.close()

    def with_options(
        self,
        *,
        timeout: float | None = None,
        max_retries: int | None = None,
        extra_metadata: Metadata = (),
        api_key: Key | None = None,
    ) -> Self:
        """Returns a copy with other options, which shares the channel.

        Args:
            timeout: The deadline of calls with one reply, in seconds.
            max_retries: Maximum number of retries of a call.
            extra_metadata: Metadata for every call, besides that of this client.
            api_key: Another key.

        Raises:
            TypeError: An argument is of a wrong type.
            ValueError: A number is out of range.
        """
        connection = self._connection
        changed = connection.settings.changed(timeout, max_retries, extra_metadata, api_key)
        copy = object.__new__(type(self))
        copy._connect(Connection(changed, connection.link))
        return copy

    def chat_stream(
        self, prompt: _text.Prompt, /, *, system: str | None = None, **params: Unpack[CreateChatCompletionParams]
    ) -> TextStream[ChatCompletion]:
        """Completes a chat and streams the text; same arguments as `chat`."""
        params["messages"] = _text.chat_messages(prompt, system)
        params["call_options"] = _text.accumulating(params.get("call_options"))
        return TextStream(self.chat.completions.stream(**params), _text.chat_reader())

    def respond(self, prompt: _text.Input, /, **params: Unpack[CreateResponseParams]) -> Reply[Response]:
        """Responds to a prompt.

        Args:
            prompt: The user's message, or input items.
            **params: Further arguments, as of `responses.create`.

        Raises:
            APIError: The call failed.
            ResponseFailedError: The response did.
        """
        params["input"] = prompt
        response, metadata = self.responses.create.with_call(**params)
        return Reply(_text.response_text(_text.check_response(response)), response, metadata)

    def respond_stream(self, prompt: _text.Input, /, **params: Unpack[CreateResponseParams]) -> TextStream[Response]:
        """Responds to a prompt and streams the text; same arguments as `respond`."""
        params["input"] = prompt
        return TextStream(self.responses.stream(**params), _text.response_reader())

    def embed(self, texts: str | Sequence[str], /, **params: Unpack[CreateEmbeddingParams]) -> list[list[float]]:
        """Returns a vector for each text.

        Args:
            texts: One text, or several.
            **params: Further arguments, as of `embeddings.create`.

        Raises:
            APIError: The call failed.
        """
        params["input"] = [texts] if isinstance(texts, str) else texts
        return _text.vectors(self.embeddings.create(**params))

    def transcribe(self, file: File, /, **params: Unpack[UploadTranscriptionParams]) -> Reply[Transcription]:
        """Transcribes a recording of any size, sent in chunks.

        Args:
            file: A path, an open file, or a pair of a name and its content.
            **params: Further arguments, as of `audio.transcriptions.upload`. Default model: `whisper-1`.

        Raises:
            APIError: The call failed.
            OSError: The file can't be read.
        """
        transcription, metadata = self.audio.transcriptions.upload.with_call(**_text.transcription(file, params))
        return Reply(transcription.text, transcription, metadata)

    def transcribe_stream(
        self, file: File, /, **params: Unpack[UploadTranscriptionParams]
    ) -> TextStream[TranscriptionTextDoneEvent]:
        """Transcribes a recording and streams the text; same arguments as `transcribe`.

        The model must be one that streams, such as `gpt-4o-transcribe`, which is the default here.
        """
        stream = self.audio.transcriptions.stream(**_text.transcription(file, params, streams=True))
        return TextStream(stream, _text.transcription_reader())
