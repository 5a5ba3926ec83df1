"""Worker process; started by the supervisor, not by hand."""

import sys

from openai_grpc_server.process.worker import main

if __name__ == "__main__":
    sys.exit(main())
