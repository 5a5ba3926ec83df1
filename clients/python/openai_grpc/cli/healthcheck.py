"""`openai-grpc healthcheck`."""

import argparse

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed

from openai_grpc.cli import _connection, _output
from openai_grpc.client._failure import api_error

DEFAULT_TIMEOUT = 5.0  # seconds; container runtimes give up soon

EPILOG = """\
exit code 0 if it serves, 1 if it does not or nothing answers.

examples:
  openai-grpc healthcheck
  openai-grpc healthcheck --service openai_grpc.v1.ChatService
  openai-grpc healthcheck --ca ca.pem --server-name gateway.example.com
  HEALTHCHECK CMD ["openai-grpc", "healthcheck"]          (in a Dockerfile)

for a port with TLS, set in the container's environment OPENAI_GRPC_CA_FILE; with server.tls.client_ca also
OPENAI_GRPC_CERT_FILE and OPENAI_GRPC_KEY_FILE; and OPENAI_GRPC_SERVER_NAME unless the certificate is for localhost
"""


class Healthcheck:
    """Checks a gateway by `grpc.health.v1`."""

    name = "healthcheck"
    help = "Check whether a gateway serves; for containers."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("--service", default="", metavar="NAME", help="a service (default: the whole server)")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the status; returns 0 for `SERVING`, else 1."""
        with _connection.connect(args) as client:
            stub = health_pb2_grpc.HealthStub(client.channel)
            request = health_pb2.HealthCheckRequest(service=args.service)
            try:
                reply = stub.Check(request, timeout=args.timeout or DEFAULT_TIMEOUT)
            except grpc.RpcError as error:
                raise api_error(error) from error
        _output.print_text(health_pb2.HealthCheckResponse.ServingStatus.Name(reply.status))
        return 0 if reply.status == health_pb2.HealthCheckResponse.SERVING else 1


COMMAND = Healthcheck()
