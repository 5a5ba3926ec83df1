"""An agent with two tools behind an HTTP API: `POST /ask` with a question as its body streams the answer as text.

python agent.py PORT        against OPENAI_GRPC_ADDRESS, with the model MODEL
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from pydantic import BaseModel, Field

from openai_grpc import APIError, Cancellation, Client, RateLimitError, RunError, system, tool, user

MAX_QUESTION = 64 << 10  # bytes


class City(BaseModel):
    """Arguments of `get_weather`."""

    city: str = Field(description="Its English name")


class Place(BaseModel):
    """Arguments of `get_time`."""

    longitude: float = Field(description="Degrees east", ge=-180, le=180)


@tool
def get_weather(at: City) -> dict[str, str | int]:
    """Current weather of a city."""
    return {"city": at.city, "celsius": len(at.city) + 10}


@tool
def get_time(at: Place) -> str:
    """Local time at a place."""
    return (datetime.now(UTC) + timedelta(hours=round(at.longitude / 15))).strftime("%H:%M")


class Agent(BaseHTTPRequestHandler):
    """Answers one question; the run is cancelled once whoever asked is gone."""

    client: ClassVar[Client]
    model: ClassVar[str]
    begun = False

    def do_POST(self) -> None:
        """Streams the answer; the status is that of the first failure, as long as no text has been sent."""
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or not 0 < int(length) <= MAX_QUESTION:
            self.send_error(413 if length.isdecimal() and int(length) else 400)
            return
        question = self.rfile.read(int(length)).decode(errors="replace")
        self.cancellation = Cancellation()
        try:
            self.client.chat.completions.run_tools(
                [get_weather, get_time],
                model=self.model,
                messages=[system("Use the tools. Be brief."), user(question)],
                max_rounds=5,
                on_text=self.write,
                cancellation=self.cancellation,
            )
        except (APIError, RunError) as error:
            self.fail(error)

    def write(self, text: str) -> None:
        """Sends a piece of the answer."""
        try:
            if not self.begun:
                self.begun = True
                self.send_response(200)
                self.send_header("content-type", "text/plain; charset=utf-8")
                self.end_headers()
            self.wfile.write(text.encode())
            self.wfile.flush()
        except OSError:
            self.cancellation.cancel()

    def fail(self, error: APIError | RunError) -> None:
        """Answers with a failure, if nothing has been sent."""
        print(f"failed: {type(error).__name__}", file=sys.stderr)
        self.close_connection = True
        if self.begun:
            return
        self.send_response(429 if isinstance(error, RateLimitError) else 502)
        if isinstance(error, RateLimitError) and error.retry_after is not None:
            self.send_header("retry-after", f"{error.retry_after:.0f}")
        self.end_headers()


if __name__ == "__main__":
    with Client() as Agent.client, ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Agent) as server:
        Agent.model = os.environ.get("MODEL", "gpt-4o-mini")
        print("listening on", server.server_port, flush=True)
        server.serve_forever()
