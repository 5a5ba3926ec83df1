"""A service's use of the API: `python service.py FILE.wav`, against `OPENAI_GRPC_ADDRESS`."""

import sys

from openai_grpc import APIError, Client, DeadlineExceededError, NotFoundError, function_tool, tool_calls

PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

with Client(timeout=60) as client:
    print("== chat stream with a system message and a tool")
    stream = client.chat.completions.stream(
        model="gpt-4o-mini",
        messages=[
            {"role": "system", "content": "You are terse. Use tools."},
            {"role": "user", "content": "What is the weather in Paris?"},
        ],
        tools=[function_tool("get_weather", "Current weather of a city", PARAMETERS)],
        max_tokens=60,
        timeout=30,
    )
    for chunk in stream:
        for choice in chunk.choices:
            print(choice.delta.content, end="", flush=True)
            for piece in choice.delta.tool_calls:
                print(f"[{piece.index} {piece.function.name}{piece.function.arguments}]", end="")
    print()
    for call in tool_calls(stream.get_final_completion()):
        print("TOOL", call.id, call.function.name, call.function.arguments)

    print("== NOT_FOUND")
    try:
        client.responses.retrieve("resp_nope")
    except NotFoundError as error:
        print(error, error.status, error.reason, error.http_status, error.code, error.param, error.request_id)

    print("== deadline")
    story = client.with_options(max_retries=0).chat_stream("tell a very long story", model="m", timeout=0.000001)
    try:
        print(*story)
    except DeadlineExceededError as error:
        print(isinstance(error, APIError), error)

    print("== cancel half-way")
    n = 0
    for n, _ in enumerate(client.chat_stream("tell a very long story", model="m"), 1):
        if n == 2:
            break  # cancels the call, and the request upstream
    print(n)

    print("== responses events")
    for event in client.responses.create(model="m", input="Say hello", max_output_tokens=40, stream=True):
        match event.WhichOneof("kind"):
            case "output_text_delta":
                print(event.output_text_delta.delta, end="")
            case "completed":
                print("\ndone", event.completed.response.usage.total_tokens, event.completed.response.output_text)

    print("== embedding")
    print(len(client.embeddings.create(model="text-embedding-3-small", input="hello").data[0].embedding))

    print("== audio, whole and streamed")
    print(client.transcribe(sys.argv[1]).text)
    for text in client.audio.transcriptions.stream(model="gpt-4o-transcribe", file=sys.argv[1]).text():
        print(text, end="")
