"""gRPC's standard services: health checking, load reports, and reflection with comments, for grpcurl and other tools.

In place of two servicers. That of `grpcio-health-checking` holds a lock while it writes to a watcher, so that one that
does not read keeps the server from draining; and when one of several watchers leaves, the others are told nothing any
more. That of `grpcio-reflection` serves `v1alpha` alone, finds no methods (https://github.com/grpc/grpc/issues/34743),
has no comments, and sends a file with all of its imports each time.

Sources: gRPC's health checking protocol, `grpc.health.v1.Health`; out-of-band load reports,
`xds.service.orca.v3.OpenRcaService`; gRPC's reflection protocol,
`grpc.reflection.v1.ServerReflection`, of which `v1alpha` has the same messages.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

import grpc
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import Default, DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed
from grpc_reflection.v1alpha import reflection_pb2  # type: ignore[import-untyped]  # ships no py.typed

from openai_grpc_server.listen.server import Registry
from openai_grpc_server.pipeline.load_reports import POOL, SERVICE, LoadReports, OrcaLoadReportRequest

_Status = health_pb2.HealthCheckResponse


class Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc]  # the base class has no types
    """Health of services by full name; "" is the whole server.

    Args:
        names: The services, which serve until `stop`.
    """

    def __init__(self, names: list[str]) -> None:
        self._status = dict.fromkeys(["", *names], _Status.SERVING)
        self._changed = asyncio.Event()

    async def Check(self, request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:  # noqa: N802 - the RPC's name
        """Answers with the status of a service; NOT_FOUND if there is no such service."""
        status = self._status.get(request.service)
        if status is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "unknown service: name one that this server has, or none")
        return _Status(status=status)

    async def Watch(self, request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> None:  # noqa: N802 - the RPC's name
        """Streams the status of a service, initially and on each change."""
        told = None
        while True:
            changed = self._changed
            status = self._status.get(request.service, _Status.SERVICE_UNKNOWN)
            if status != told:
                await context.write(_Status(status=status))
                told = status
            await changed.wait()

    def stop(self) -> None:
        """Reports NOT_SERVING for all services."""
        self._tell(_Status.NOT_SERVING)

    def resume(self) -> None:
        """Reports SERVING for all services."""
        self._tell(_Status.SERVING)

    def _tell(self, status: Any) -> None:
        self._status = dict.fromkeys(self._status, status)
        self._changed.set()
        self._changed = asyncio.Event()


def enable_load_reports(reports: LoadReports, server: Registry) -> None:
    """Serves `OpenRcaService`: the load of this process, at the interval that each caller asks for."""

    async def stream(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        interval = max(request.report_interval.ToTimedelta().total_seconds(), reports.min_interval)
        while True:
            await context.write(reports.out_of_band())
            await asyncio.sleep(interval)

    handler: Any = grpc.unary_stream_rpc_method_handler(stream, request_deserializer=OrcaLoadReportRequest.FromString)
    methods = {"StreamCoreMetrics": handler}
    server.add_registered_method_handlers(SERVICE, methods)
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, methods)])


_VERSIONS: Final = ("grpc.reflection.v1", "grpc.reflection.v1alpha")
_SERVICE: Final = "ServerReflection"
_METHOD: Final = "ServerReflectionInfo"

_Request = reflection_pb2.ServerReflectionRequest
_Response = reflection_pb2.ServerReflectionResponse


def enable_reflection(services: Iterable[str], server: Registry) -> None:
    """Serves reflection of services and of itself.

    Args:
        services: Full names.
        server: Serves it.
    """
    own = [f"{package}.{_SERVICE}" for package in _VERSIONS]
    reflection = Reflection([*services, *own])
    handler = grpc.stream_stream_rpc_method_handler(
        reflection.answer,
        request_deserializer=_Request.FromString,
        response_serializer=_Response.SerializeToString,
    )
    for name in own:
        server.add_registered_method_handlers(name, {_METHOD: handler})
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(name, {_METHOD: handler})])


class Reflection:
    """Reflection service. Files are loaded on the first request for one.

    Args:
        services: The services to list, by their full names.
    """

    def __init__(self, services: Iterable[str]) -> None:
        self._services = sorted(services)

    async def answer(self, requests: AsyncIterator[Any], _: object) -> AsyncIterator[Any]:
        """Answers the requests of a stream. Imported files are sent once per stream."""
        sent: set[str] = set()
        async for request in requests:
            response = self._answer(request, sent)
            response.valid_host = request.host
            response.original_request.CopyFrom(request)
            yield response

    def _answer(self, request: Any, sent: set[str]) -> Any:
        kind = request.WhichOneof("message_request")
        try:
            match kind:
                case "list_services":
                    names = [reflection_pb2.ServiceResponse(name=name) for name in self._services]
                    response = _Response(list_services_response=reflection_pb2.ListServiceResponse(service=names))
                case "file_by_filename":
                    response = _files(_file(request.file_by_filename), sent)
                case "file_containing_symbol":
                    response = _files(_file_of_symbol(request.file_containing_symbol), sent)
                case "file_containing_extension":
                    asked = request.file_containing_extension
                    response = _files(_file_of_extension(asked.containing_type, asked.extension_number), sent)
                case "all_extension_numbers_of_type":
                    name = request.all_extension_numbers_of_type
                    numbers = sorted(each.number for each in _extensions(name))
                    listed = reflection_pb2.ExtensionNumberResponse(base_type_name=name, extension_number=numbers)
                    response = _Response(all_extension_numbers_response=listed)
                case _:
                    response = _error(grpc.StatusCode.INVALID_ARGUMENT, "nothing is asked for: set message_request")
        except KeyError:
            response = _error(grpc.StatusCode.NOT_FOUND, "not found: list_services lists what is here")
        return response


def _error(code: grpc.StatusCode, message: str) -> Any:
    return _Response(error_response=reflection_pb2.ErrorResponse(error_code=code.value[0], error_message=message))


def _files(file: FileDescriptor, sent: set[str]) -> Any:
    """Returns a file and its imports, without those already sent."""
    new = [file, *(each for each in _imports(file) if each.name not in sent)]
    sent.update(each.name for each in new)
    written = [_written(each) for each in new]
    return _Response(file_descriptor_response=reflection_pb2.FileDescriptorResponse(file_descriptor_proto=written))


@cache
def _imports(file: FileDescriptor) -> Sequence[FileDescriptor]:
    """Returns the transitive imports of a file, each once."""
    found: dict[str, FileDescriptor] = {}
    for each in file.dependencies:
        found |= {every.name: every for every in (each, *_imports(each))}
    return tuple(found.values())


@cache
def _written(file: FileDescriptor) -> bytes:
    """Returns a serialized file descriptor with comments."""
    proto = FileDescriptorProto()
    file.CopyToProto(proto)
    for line, (path, leading, trailing, detached) in enumerate(_comments(file.name)):
        proto.source_code_info.location.add(
            path=_indexes(proto, path),
            span=(line, 0, 0),  # tools put elements in this order
            leading_comments=leading or None,
            trailing_comments=trailing or None,
            leading_detached_comments=detached,
        )
    return proto.SerializeToString()


def _indexes(proto: FileDescriptorProto, path: list[int | str]) -> list[int]:
    """Returns the path of a location, from one with names of elements for their indexes."""
    found: list[int] = []
    element: Any = proto
    for step in path:
        if len(found) % 2 == 0:
            found.append(int(step))
            element = getattr(element, element.DESCRIPTOR.fields_by_number[step].name)
        else:
            found.append(step if isinstance(step, int) else [each.name for each in element].index(step))
            element = element[found[-1]]
    return found


def _comments(name: str) -> Any:
    """Returns the commented locations of a contract file; empty for other files."""
    found = files(__package__).joinpath("comments", name.removesuffix(".proto") + ".json")
    return json.loads(found.read_text(encoding="utf-8")) if found.is_file() else ()


@cache
def _pools() -> tuple[DescriptorPool, ...]:
    """Returns the pools to search: that of generated code, one with reflection `v1`, which has none, and ORCA's."""
    new, old = _VERSIONS
    renamed = FileDescriptorProto()
    reflection_pb2.DESCRIPTOR.CopyToProto(renamed)
    renamed.name, renamed.package = "grpc/reflection/v1/reflection.proto", new
    for message in renamed.message_type:
        for field in message.field:
            if field.type_name:
                field.type_name = field.type_name.replace(f".{old}.", f".{new}.")
    for service in renamed.service:
        for method in service.method:
            method.input_type = method.input_type.replace(f".{old}.", f".{new}.")
            method.output_type = method.output_type.replace(f".{old}.", f".{new}.")
    own = DescriptorPool()
    own.Add(renamed)
    return Default(), own, POOL


def _found(find: Callable[[DescriptorPool], Any]) -> Any:
    """Returns the result of the first pool that has one.

    Raises:
        KeyError: None has.
    """
    for pool in _pools():
        try:
            return find(pool)
        except KeyError:
            continue
    raise KeyError


def _file(name: str) -> FileDescriptor:
    found: FileDescriptor = _found(lambda pool: pool.FindFileByName(name))
    return found


def _file_of_symbol(name: str) -> FileDescriptor:
    """Returns the file of a symbol by its full name, including methods and extensions."""
    name = name.removeprefix(".")
    ways: tuple[Callable[[DescriptorPool], FileDescriptor], ...] = (
        lambda pool: pool.FindFileContainingSymbol(name),
        lambda pool: pool.FindMethodByName(name).containing_service.file,
        lambda pool: _file_of(pool.FindExtensionByName(name)),
    )
    for way in ways:
        try:
            file: FileDescriptor = _found(way)
        except KeyError:
            continue
        return file
    raise KeyError(name)


def _file_of_extension(name: str, number: int) -> FileDescriptor:
    return {each.number: _file_of(each) for each in _extensions(name)}[number]


def _file_of(extension: Any) -> FileDescriptor:
    file: FileDescriptor = extension.file
    return file


def _extensions(name: str) -> Iterator[Any]:
    """Yields the extensions of a message.

    Raises:
        KeyError: There is no such message.
    """
    message = _found(lambda pool: pool.FindMessageTypeByName(name))
    yield from message.file.pool.FindAllExtensions(message)
