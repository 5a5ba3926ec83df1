"""`openai-grpc image`."""

import argparse
from pathlib import Path
from typing import Any

from openai_grpc.cli import _connection, _output
from openai_grpc.cli._arguments import UsageError

KINDS = ("png", "webp", "jpeg", "gif", "svg")

EPILOG = """\
examples:
  openai-grpc image "a lighthouse at dusk"
  openai-grpc image "a lighthouse at dusk" -o lighthouse.webp --size 1536x1024 --quality high
  openai-grpc image "make it night" --edit lighthouse.png --mask sky.png -o night.png
  openai-grpc image "a logo" -n 3 -o logo.png        # logo-1.png, logo-2.png, logo-3.png
"""


class Image:
    """Generates or edits images and writes them to files."""

    name = "image"
    help = "Generate or edit an image."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("prompt", metavar="TEXT", help="description of the image, quoted")
        parser.add_argument("-m", "--model", help="model (default: the gateway's, if it has one)")
        parser.add_argument(
            "-o", "--output", type=Path, default=Path("image.png"), metavar="FILE", help="file (default: image.png)"
        )
        parser.add_argument("-n", type=int, metavar="N", help="number of images")
        parser.add_argument("--size", metavar="WxH", help="width and height in pixels, such as 1024x1024")
        parser.add_argument("--quality", help="quality, such as low, medium or high")
        parser.add_argument("--background", help="background: transparent or opaque")
        parser.add_argument(
            "--edit", action="append", type=Path, default=[], metavar="FILE", help="image to edit; repeatable"
        )
        parser.add_argument("--mask", type=Path, metavar="FILE", help="where to edit: the transparent part")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Writes the images and prints the names of their files."""
        if args.mask is not None and not args.edit:
            raise UsageError("a mask without an image: name the image with --edit FILE")
        kind = {"jpg": "jpeg"}.get(suffix := args.output.suffix.removeprefix(".").lower(), suffix)
        params: dict[str, Any] = {
            "prompt": args.prompt,
            "model": args.model,
            "n": args.n,
            "size": args.size,
            "quality": args.quality,
            "background": args.background,
            "output_format": kind if kind in KINDS and kind != "png" else None,
            "timeout": args.timeout,
        }
        with _connection.connect(args) as client:
            if args.edit:
                reply = client.images.edit(image=args.edit, mask=args.mask, **params)
            else:
                reply = client.images.generate(**params)
        for index, image in enumerate(reply.data, 1):
            if not image.b64_json:
                _output.print_text(image.url or "an image without data")
                continue
            file = args.output if len(reply.data) == 1 else args.output.with_stem(f"{args.output.stem}-{index}")
            file.write_bytes(image.b64_json)
            _output.print_text(str(file))
        return 0


COMMAND = Image()
