"""Start-up messages and progress on the terminal."""

import os
import shutil
import sys
import threading
from pathlib import Path
from typing import TextIO

from openai_grpc_server.config import Config

COMMANDS_DEFAULT = "localhost:50051"  # where the client's commands look for a server


def welcome(address: str, config: Config, http_port: int = 0, *, open_page: bool = False) -> None:
    """Prints where calls go and how to make one.

    Args:
        address: Address of the gRPC port.
        config: The configuration.
        http_port: Port of HTTP, or 0 if it is not served.
        open_page: Whether a browser is opened at the chat page.
    """
    host, _, port = address.rpartition(":")
    here = {"0.0.0.0", "[::]", "127.0.0.1", "[::1]"}  # noqa: S104 - compared, not bound
    target = f"localhost:{port}" if host in here else address
    first = config.deployments[0]
    default = next((each.model for each in config.deployments if each.model_name is None), None)
    model = default or (first.model_name if first.model_name and "*" not in first.model_name else "gpt-4o-mini")
    request = f'{{"model": "{model}", "messages": [{{"user": {{"content": {{"text": "hello"}}}}}}]}}'
    flags, named = (f" -m {model}", f', model="{model}"') if default is None else ("", "")
    flags = flags if target == COMMANDS_DEFAULT else f" --address {target}{flags}"
    client, plaintext = f'Client("{target}")', "-plaintext "
    if config.server.tls:
        flags, client, plaintext = f"{flags} --tls", f'Client("{target}", tls=True)', ""
    lines = [
        f"openai-grpc serves on {address}",
        *(f"  {line}" for line in summary(config)),
        "Call it from another terminal:",
        f'  {on_path("openai-grpc")} chat{flags} "hello"',
        f"  grpcurl {plaintext}-d '{request}' {target} openai_grpc.v1.ChatService/StreamChatCompletion",
        f"  {on_path('python')} -c 'from openai_grpc import Client; print({client}.chat(\"hello\"{named}))'",
    ]
    if http_port:
        root = f"{'https' if config.server.tls else 'http'}://{target.rpartition(':')[0]}:{http_port}"
        base, chat = f"{root}/v1", f"{root}/chat"
        lines.insert(1, f"  OpenAI's REST API is at {base}")
        if config.server.http.chat_page:
            lines.insert(2, f"  A chat page is at {chat}")
        key = '-H "Authorization: Bearer $KEY" ' if config.general.master_key or config.general.keys else ""
        body = f'{{"model": "{model}", "messages": [{{"role": "user", "content": "hello"}}]}}'
        lines.insert(-1, f"  curl {base}/chat/completions {key}-H 'Content-Type: application/json' -d '{body}'")
    elif config.server.http.port is not None:
        lines.insert(
            1, f"  no HTTP: another program has port {config.server.http.port}; --http-port 0 takes a free one"
        )
    for line in lines:
        tell(line)
    if open_page and http_port:
        # A browser of the terminal runs until its user leaves it.
        threading.Thread(target=open_browser, args=(chat,), name="browser", daemon=True).start()


def open_browser(url: str) -> None:
    """Opens a web page for the user; says so if there is no browser."""
    import webbrowser  # noqa: PLC0415 - commands that open none start sooner

    if not webbrowser.open(url):
        tell(f"no browser was found: open {url}")


def summary(config: Config) -> list[str]:
    """Returns where calls go, one line per deployment."""
    if not config.deployments:
        return ["any model -> the local model on this machine"]
    lines = []
    for each in config.deployments:
        own_key = "a key of its own" if each.api_key else "no key"
        key = "the caller's key" if each.api_key is None else own_key
        model = f" as {each.model}" if each.model not in {None, each.model_name} else ""
        lines.append(f"{each.model_name or 'any model'} -> {each.base_url}{model}, with {key}")
    return lines


def on_path(program: str) -> str:
    """Returns the command of a program of this environment; with its path if the shell finds another one."""
    own = Path(sys.executable).with_name(program)
    found = shutil.which(program)
    if not own.exists() or (found and Path(found).parent.resolve() == own.parent.resolve()):
        return program
    return os.path.relpath(own) if own.is_relative_to(Path.cwd()) else str(own)


def tell(line: str) -> None:
    """Prints a line to the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Progress:
    """Progress: one rewritten line on a terminal; elsewhere, one line per finished part.

    Args:
        out: Where it is written.
        title: Heading of the parts.
    """

    def __init__(self, out: TextIO, title: str) -> None:
        self._out = out
        self._title = title
        self._parts: dict[str, float] = {}
        self._live = out.isatty()

    def report(self, name: str, fraction: float) -> None:
        """Updates the progress of a part, from 0 to 1."""
        before = self._parts.get(name, 0.0)
        self._parts[name] = fraction
        if self._live:
            parts = "  ".join(f"{part} {done:4.0%}" for part, done in self._parts.items())
            self._out.write(f"\r{self._title}: {parts}")
        elif before < 1 <= fraction:
            self._out.write(f"{self._title}: {name} is ready\n")
        self._out.flush()

    def end(self) -> None:
        """Ends the line."""
        if self._live and self._parts:
            self._out.write("\n")
            self._out.flush()
