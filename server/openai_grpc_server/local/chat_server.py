"""Chat model: llama.cpp's own server of OpenAI's REST API, with SmolLM2-135M-Instruct.

Before it is one of ours, which has files and batches, and passes everything else on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import xllamacpp
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector, web

from openai_grpc_server.local import batches
from openai_grpc_server.local.batch_runner import Activity
from openai_grpc_server.local.engine import CHAT_CONTEXT, CHAT_MODEL, GatewayPipe, chat_weights
from openai_grpc_server.local.store import RefusedError

_SLOTS = 2
_LONGEST_ANSWER = 320  # tokens, when the request sets no limit: the tiny model may repeat itself without end
_LONGEST_EMBEDDED = 512  # tokens an input of embeddings; memory grows by 0.4 MB with each
_HTTP_THREADS = 32  # a kept-alive connection occupies one
_SILENT = -1
_VERBOSE = 4
_LARGEST_BODY = 1 << 30  # bytes; the gateway has a limit of its own
# Headers of one connection, or that the client of the other one writes itself.
_OF_A_CONNECTION = frozenset(
    {"connection", "content-length", "host", "keep-alive", "transfer-encoding", "date", "server"}
)


def serve(parent: GatewayPipe, *, threads: int, debug: bool, directory: Path) -> None:
    """Loads the model, reports the port and serves until the process ends.

    Args:
        parent: Receives the progress of loading.
        threads: Threads to compute with.
        debug: Lets llama.cpp log to stderr.
        directory: Where files and batches are kept.
    """
    params = xllamacpp.CommonParams()
    params.model.path = str(chat_weights())
    params.model_alias = {CHAT_MODEL}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.verbosity = _VERBOSE if debug else _SILENT
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.n_threads_http = _HTTP_THREADS
    params.n_parallel = _SLOTS
    params.n_ctx = _SLOTS * CHAT_CONTEXT
    params.kv_unified_per_slot = CHAT_CONTEXT
    params.n_predict = _LONGEST_ANSWER
    # One server answers chat and embeddings: pooling gives a vector for an input, and chat does not mind.
    params.embedding = True
    params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    # With a cache for each slot, inputs of different lengths are computed in parts and pooled wrongly.
    params.kv_unified = True
    params.n_ubatch = _LONGEST_EMBEDDED
    params.use_jinja = True
    params.chat_template = files(__package__).joinpath("chat_template.jinja").read_text("utf-8")
    # So small a model soon rambles when chance decides much; a request that says otherwise is obeyed.
    params.sampling.temp = 0.3
    # Else most answers are loops of the same lines. With stronger penalties the model no longer copies the name of a
    # tool, or what the tool returned.
    params.sampling.penalty_repeat = 1.03
    params.sampling.penalty_last_n = 32
    params.sampling.dry_multiplier = 1.0
    params.sampling.dry_allowed_length = 5
    # Its default is 8 GiB of old prompts in RAM.
    params.cache_ram_mib = 0
    params.ui = False
    params.endpoint_slots = False
    parent.loading(0.3)
    server = xllamacpp.Server(params)
    port = urlsplit(server.listening_address).port
    if port is None:
        raise RuntimeError(f"llama.cpp listens on {server.listening_address!r}")
    asyncio.run(front(f"http://127.0.0.1:{port}", directory, parent.ready))


async def front(model: str, directory: Path, ready: Callable[[int], None]) -> None:
    """Serves the API of a model with files and batches, until it is cancelled.

    Args:
        model: Address of llama.cpp's server.
        directory: Where files and batches are kept.
        ready: Is told the port.
    """
    # A kept connection would occupy one of its threads, and may be closed just as it is used.
    connector = TCPConnector(force_close=True, limit=_HTTP_THREADS - 2)
    timeout = ClientTimeout(total=None)
    async with ClientSession(connector=connector, timeout=timeout, auto_decompress=False) as session:
        activity = Activity()
        async with batches.serving(directory, f"{model}/v1", session, activity) as api:
            app = web.Application(middlewares=[_errors], client_max_size=_LARGEST_BODY)
            api.add_to(app.router)
            app.router.add_route("*", "/{tail:.*}", Forward(model, session, activity).serve)
            # A request that its client has given up must not hold the model.
            runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0)
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                ready(runner.addresses[0][1])
                await asyncio.Event().wait()
            finally:
                await runner.cleanup()


class Forward:
    """Passes requests on to llama.cpp's server.

    Args:
        model: Its address.
        session: Sends them.
        activity: Counts them.
    """

    def __init__(self, model: str, session: ClientSession, activity: Activity) -> None:
        self._model = model
        self._session = session
        self._activity = activity

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serves a request."""
        headers = [(key, value) for key, value in request.headers.items() if key.lower() not in _OF_A_CONNECTION]
        body = await request.read()
        with self._activity.call():
            url = f"{self._model}{request.raw_path}"
            try:
                asked = self._session.request(request.method, url, headers=headers, data=body or None)
                async with asked as reply:
                    return await _pass_on(request, reply)
            except ClientError as error:
                told = f"The local model did not answer: {type(error).__name__}"
                return _error(502, {"message": told, "type": "server_error", "param": None, "code": None})


async def _pass_on(request: web.Request, reply: ClientResponse) -> web.StreamResponse:
    headers = {key: value for key, value in reply.headers.items() if key.lower() not in _OF_A_CONNECTION}
    if "content-length" in reply.headers:
        return web.Response(status=reply.status, headers=headers, body=await reply.read())
    response = web.StreamResponse(status=reply.status, headers=headers)
    await response.prepare(request)
    async for chunk in reply.content.iter_any():
        await response.write(chunk)
    await response.write_eof()
    return response


@web.middleware
async def _errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except RefusedError as error:
        return _error(error.status, error.error)


def _error(status: int, error: dict[str, str | None]) -> web.Response:
    return web.Response(status=status, body=orjson.dumps({"error": error}), content_type="application/json")
