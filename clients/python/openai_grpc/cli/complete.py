"""`openai-grpc complete`."""

import argparse

from openai_grpc.cli import _connection, _output
from openai_grpc.client.params import CreateCompletionParams
from openai_grpc.v1 import Completion

EPILOG = """\
examples:
  openai-grpc complete -m gpt-3.5-turbo-instruct --max-tokens 40 "Once upon a time"
  openai-grpc complete -m qwen2.5-coder --suffix "    return result" "def add(a, b):"
"""


class Complete:
    """Completes a text."""

    name = "complete"
    help = "Complete a text (the older Completions API)."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("prompt", nargs="?", metavar="PROMPT", help="the text; - or none reads standard input")
        parser.add_argument("-m", "--model", help="model (default: the gateway's, if it has one)")
        parser.add_argument("--suffix", metavar="TEXT", help="text that comes after the completion")
        parser.add_argument("--echo", action="store_true", help="print the prompt before the completion")
        parser.add_argument("--stop", action="append", metavar="TEXT", help="text to stop at; repeatable")
        parser.add_argument("--max-tokens", type=int, metavar="N", help="limit of the completion, in tokens")
        parser.add_argument("--temperature", type=float, metavar="T", help="randomness, 0 to 2")
        parser.add_argument("--no-stream", action="store_true", help="print the completion when it is complete")
        parser.add_argument(
            "--json", action="store_true", help="print OpenAI's JSON; of a stream, one line for each chunk"
        )
        _output.add_usage_argument(parser)
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the completion."""
        params = CreateCompletionParams(
            prompt=_output.read_text(args.prompt, 'openai-grpc complete "Once upon a time"'),
            model=args.model,
            suffix=args.suffix,
            echo=True if args.echo else None,
            stop=args.stop,
            max_tokens=args.max_tokens,
            temperature=args.temperature,
            timeout=args.timeout,
        )
        args.show_reasoning = False
        clock = _output.Clock(args)
        last = Completion()
        with _connection.connect(args) as client:
            if args.no_stream:
                last = client.completions.create(**params)
                if args.json:
                    _output.print_message(last)
                else:
                    _output.print_text(_text(last))
                _output.note_cut(_finish(last))
            else:
                reasons: list[str] = []
                with client.completions.stream(**params) as chunks:

                    def piece(chunk: Completion) -> str:
                        nonlocal last
                        reasons.append(_finish(chunk))
                        if chunk.HasField("usage") or not last.HasField("usage"):
                            last = chunk
                        return _text(chunk)

                    _output.print_stream(clock.seen(chunks, piece), _text, lambda _: "", args)
                _output.note_cut(next(filter(None, reversed(reasons)), ""))
        clock.report(last)
        return 0


def _text(completion: Completion) -> str:
    return "".join(choice.text for choice in completion.choices if not choice.index)


def _finish(completion: Completion) -> str:
    return next((choice.finish_reason for choice in completion.choices if choice.finish_reason), "")


COMMAND = Complete()
