"""Python runs this at its start in the servers of a test run: `server.http2` is what the run says unless configured."""

import os

from openai_grpc_server.config import ServerSettings

defaults = ServerSettings.__init__.__kwdefaults__
assert defaults is not None
defaults["http2"] = os.environ["OPENAI_GRPC_TEST_HTTP2"]
