"""`python -m openai_grpc.cli` is `openai-grpc`."""

import sys

from openai_grpc.cli import main

if __name__ == "__main__":
    sys.exit(main())
