"""Chat model: llama.cpp's own server of OpenAI's REST API, with SmolLM2-135M-Instruct."""

import threading
from importlib.resources import files
from urllib.parse import urlsplit

import xllamacpp

from openai_grpc_server.local.engine import CHAT_CONTEXT, CHAT_MODEL, GatewayPipe, chat_weights

_SLOTS = 2
_LONGEST_ANSWER = 320  # tokens, when the request sets no limit: the tiny model may repeat itself without end
_LONGEST_EMBEDDED = 512  # tokens an input of embeddings; memory grows by 0.4 MB with each
_HTTP_THREADS = 32  # a kept-alive connection occupies one
_SILENT = -1
_VERBOSE = 4


def serve(parent: GatewayPipe, *, threads: int, debug: bool) -> None:
    """Loads the model, reports the port and serves until the process ends.

    Args:
        parent: Receives the progress of loading.
        threads: Threads to compute with.
        debug: Lets llama.cpp log to stderr.
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
    parent.ready(port)
    threading.Event().wait()
