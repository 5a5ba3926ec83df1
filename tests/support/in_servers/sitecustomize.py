"""Python runs this at its start in the servers of a test run.

`server.http2` is what the run says unless configured, and the event loop of the server is watched.
"""

import os
import sys
from pathlib import Path

import uvloop

from openai_grpc_server.config import ServerSettings

if "OPENAI_GRPC_TEST_HTTP2" in os.environ:
    defaults = ServerSettings.__init__.__kwdefaults__
    assert defaults is not None
    defaults["http2"] = os.environ["OPENAI_GRPC_TEST_HTTP2"]

if "OPENAI_GRPC_TEST_HELD" in os.environ:
    sys.path.append(str(Path(__file__).parents[2]))
    from support.loop_watch import WatchedLoop

    uvloop.new_event_loop = WatchedLoop
