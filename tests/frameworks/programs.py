"""One tool loop of each framework, whole and streaming: `python programs.py TARGET...`.

A target is a gateway's address, called over gRPC, or the base URL of its HTTP port. Runs the frameworks that
the environment has. Prints a line for each: its name, and `ok` or how it failed.
"""

import asyncio
import sys
import traceback
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import httpx
import openai
from pydantic import BaseModel

from openai_grpc.transport import AsyncGrpcTransport, GrpcTransport

try:
    import httpx2 as http
except ImportError:  # with an SDK before 3.0
    import httpx as http

KEY = "sk-of-the-caller"
QUESTION = "When is high water in Brest?"
SAID = "High water in Brest at six"


class Tide(BaseModel):
    """When the water is high."""

    port: str


def base_of(target: str) -> str:
    """Returns the base URL of a target; over gRPC its host says nothing."""
    return target if target.startswith("http") else "http://gateway/v1"


def clients(target: str, library: Any = http) -> tuple[Any, Any]:
    """Returns HTTP clients of a library for a target; by default the library that the SDK has."""
    if target.startswith("http"):
        return library.Client(), library.AsyncClient()
    blocking = library.Client(transport=GrpcTransport(target, module=library))
    return blocking, library.AsyncClient(transport=AsyncGrpcTransport(target, module=library))


def tide(port: str) -> str:
    """Returns when the water is high at a port."""
    return f"{port}: 06:00"


def langgraph(target: str, *, responses: bool, streaming: bool) -> None:
    """LangChain's model in a loop of langgraph's."""
    from langchain_core.tools import tool
    from langchain_openai import ChatOpenAI
    from langgraph.prebuilt import create_react_agent

    blocking, asynchronous = clients(target)
    model = ChatOpenAI(
        model="m",
        api_key=KEY,
        base_url=base_of(target),
        http_client=blocking,
        http_async_client=asynchronous,
        use_responses_api=responses,
        streaming=streaming,
    )
    agent = create_react_agent(model, [tool(tide)])
    asked = {"messages": [("user", QUESTION)]}

    async def run() -> Any:
        return await agent.ainvoke(asked)

    for result in (agent.invoke(asked), asyncio.run(run())):
        last = result["messages"][-1]
        assert SAID in str(last.content), last
        assert [type(each).__name__ for each in result["messages"]][2] == "ToolMessage"


def langchain_embeddings(target: str) -> None:
    """LangChain's embeddings."""
    from langchain_openai import OpenAIEmbeddings

    blocking, asynchronous = clients(target)
    model = OpenAIEmbeddings(
        model="e",
        api_key=KEY,
        base_url=base_of(target),
        http_client=blocking,
        http_async_client=asynchronous,
        check_embedding_ctx_length=False,
    )
    assert model.embed_documents(["a", "b"]) == [[0.25, -0.5]] * 2


def pydantic_ai(target: str, *, responses: bool, streaming: bool) -> None:
    """pydantic-ai's agent."""
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    async def run() -> str:
        sdk = openai.AsyncOpenAI(api_key=KEY, base_url=base_of(target), http_client=clients(target)[1])
        kind = OpenAIResponsesModel if responses else OpenAIChatModel
        agent = Agent(kind("m", provider=OpenAIProvider(openai_client=sdk)))
        agent.tool_plain(tide)
        if not streaming:
            return str((await agent.run(QUESTION)).output)
        async with agent.run_stream(QUESTION) as stream:
            return str(await stream.get_output())

    assert asyncio.run(run()) == SAID


def agents_sdk(target: str, *, responses: bool, streaming: bool) -> None:
    """OpenAI's Agents SDK."""
    from agents import (
        Agent,
        OpenAIChatCompletionsModel,
        OpenAIResponsesModel,
        Runner,
        function_tool,
        set_tracing_disabled,
    )

    set_tracing_disabled(True)

    async def run() -> str:
        sdk = openai.AsyncOpenAI(api_key=KEY, base_url=base_of(target), http_client=clients(target)[1])
        kind = OpenAIResponsesModel if responses else OpenAIChatCompletionsModel
        agent = Agent(name="pilot", model=kind("m", sdk), tools=[function_tool(tide)])
        if not streaming:
            return str((await Runner.run(agent, QUESTION)).final_output)
        result = Runner.run_streamed(agent, QUESTION)
        async for _ in result.stream_events():
            pass
        return str(result.final_output)

    assert asyncio.run(run()) == SAID


def llama_index(target: str, *, streaming: bool) -> None:
    """llama-index's model and its function calls."""
    from llama_index.core.llms import ChatMessage
    from llama_index.core.tools import FunctionTool
    from llama_index.llms.openai import OpenAI

    model = OpenAI(model="gpt-4o", api_key=KEY, api_base=base_of(target), http_client=clients(target)[0])
    if streaming:
        *_, last = model.stream_chat([ChatMessage(role="user", content=QUESTION)])
        assert last.message.content == SAID
        return
    assert model.chat([ChatMessage(role="user", content=QUESTION)]).message.content == SAID
    answer = model.predict_and_call([FunctionTool.from_defaults(fn=tide)], user_msg=QUESTION)
    assert "06:00" in str(answer), answer


def instructor(target: str) -> None:
    """Response models of instructor."""
    from instructor import from_openai

    client = from_openai(openai.OpenAI(api_key=KEY, base_url=base_of(target), http_client=clients(target)[0]))
    made = client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": QUESTION}], response_model=Tide
    )
    assert made.port == "Brest", made


def legacy_httpx(target: str) -> None:
    """A client of httpx, which older SDKs take."""
    messages: Any = [{"role": "user", "content": QUESTION}]
    blocking, asynchronous = clients(target, httpx)
    with openai.OpenAI(api_key=KEY, base_url=base_of(target), http_client=blocking) as client:
        said = client.chat.completions.create(model="m", messages=messages).choices[0].message.content
        stream = client.chat.completions.create(model="m", messages=messages, stream=True)
        assert said == "".join(each.choices[0].delta.content or "" for each in stream if each.choices) == SAID

    async def run() -> str | None:
        async with openai.AsyncOpenAI(api_key=KEY, base_url=base_of(target), http_client=asynchronous) as client:
            return (await client.chat.completions.create(model="m", messages=messages)).choices[0].message.content

    assert asyncio.run(run()) == SAID


FORMS = {
    f"{api}, {form}": {"responses": api == "responses", "streaming": form == "stream"}
    for api in ("chat", "responses")
    for form in ("whole", "stream")
}
PROGRAMS: dict[str, tuple[str, Callable[..., None], dict[str, Any]]] = {
    **{f"langgraph, {name}": ("langgraph", langgraph, form) for name, form in FORMS.items()},
    "LangChain, embeddings": ("langchain-openai", langchain_embeddings, {}),
    **{f"pydantic-ai, {name}": ("pydantic-ai-slim", pydantic_ai, form) for name, form in FORMS.items()},
    **{f"Agents SDK, {name}": ("openai-agents", agents_sdk, form) for name, form in FORMS.items()},
    "llama-index, whole": ("llama-index-llms-openai", llama_index, {"streaming": False}),
    "llama-index, stream": ("llama-index-llms-openai", llama_index, {"streaming": True}),
    "instructor": ("instructor", instructor, {}),
    "httpx instead of httpx2": ("httpx", legacy_httpx, {}),
}


def main() -> int:
    """Runs every program. Returns 0 when all of them went well."""
    warnings.simplefilter("ignore")
    failed = 0
    print(f"openai {version('openai')}, {http.__name__} {http.__version__}")
    for name, (package, program, form) in PROGRAMS.items():
        target = ""
        try:
            version(package)
        except PackageNotFoundError:
            continue
        try:
            for target in sys.argv[1:]:
                program(target, **form)
        except Exception:
            failed += 1
            print(f"FAILED {name} ({package} {version(package)}) at {target}\n{traceback.format_exc()}")
        else:
            print(f"ok {name} ({package} {version(package)})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
