"""A worker; started by the supervisor, not by hand."""

import sys

from openai_grpc_server.workers.worker import main

if __name__ == "__main__":
    sys.exit(main())
