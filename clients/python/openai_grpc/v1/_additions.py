"""Properties of messages that OpenAI's own client has, too. Type checkers read them in the stubs."""

from openai_grpc.v1.response_pb2 import Response


def _output_text(response: Response) -> str:
    """The text of all messages of the output, without refusals."""  # noqa: D401 - of a property
    contents = [item.message.content for item in response.output if item.HasField("message")]
    return "".join(each.text or "".join(part.output_text.text for part in each.parts.parts) for each in contents)


Response.output_text = property(_output_text)  # type: ignore[method-assign, assignment]  # the stub has it
