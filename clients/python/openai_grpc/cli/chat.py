"""`openai-grpc chat`."""

import argparse

from openai_grpc.cli import _connection, _output
from openai_grpc.client._text import chat_messages, chat_piece, chat_reasoning, chat_reasoning_piece, chat_text
from openai_grpc.client.params import CreateChatCompletionParams

EPILOG = """\
examples:
  openai-grpc chat "Tell me a joke"
  openai-grpc chat -m gpt-4o-mini -s "You are a pirate." "Tell me a joke"
  cat notes.txt | openai-grpc chat -s "Summarise this in three lines."
  openai-grpc chat --no-stream --json "hello" | jq .usage
"""


class Chat:
    """Chats with a model."""

    name = "chat"
    help = "Chat with a model; the answer is printed as it comes."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        _output.add_arguments(parser)
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the answer."""
        params = CreateChatCompletionParams(
            messages=chat_messages(_output.read_message(args), args.system),
            model=args.model,
            max_completion_tokens=args.max_tokens,
            temperature=args.temperature,
            timeout=args.timeout,
        )
        with _connection.connect(args) as client:
            completions = client.chat.completions
            if not args.no_stream:
                with completions.stream(**params) as chunks:
                    _output.print_stream(chunks, chat_piece, chat_reasoning_piece, args)
                return 0
            completion = completions.create(**params)
        if args.json:
            _output.print_message(completion)
            return 0
        if args.show_reasoning and (reasoning := chat_reasoning(completion)):
            _output.print_reasoning(f"{reasoning}\n\n")
        _output.print_text(chat_text(completion))
        return 0


COMMAND = Chat()
