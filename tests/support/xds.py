"""A control plane for gRPC's clients: serves the resources of a file by ADS.

The few messages of xDS that such a file needs are declared here, in a pool of their own, with the numbers of Envoy's
API: the packages that have them all install files of others.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import any_pb2, duration_pb2, json_format, wrappers_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

SERVICE = "envoy.service.discovery.v3.AggregatedDiscoveryService"
_CORE, _LISTENER, _HTTP = (
    "envoy.config.core.v3",
    "envoy.config.listener.v3",
    "envoy.extensions.filters.network.http_connection_manager.v3",
)
_ROUTE, _CLUSTER, _ENDPOINT = "envoy.config.route.v3", "envoy.config.cluster.v3", "envoy.config.endpoint.v3"
_POLICIES = "envoy.extensions.load_balancing_policies"
_ROUND_ROBIN = f"{_POLICIES}.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin"
_ANY, _DURATION, _UINT32 = "google.protobuf.Any", "google.protobuf.Duration", "google.protobuf.UInt32Value"

# Fields of each message: number and type, which is a message's unless it is `string`, `number` or an enum's names; with
# a `*` it is repeated.
_MESSAGES: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "envoy.service.discovery.v3.DiscoveryRequest": {
        "version_info": (1, "string"),
        "resource_names": (3, "string*"),
        "type_url": (4, "string"),
        "response_nonce": (5, "string"),
    },
    "envoy.service.discovery.v3.DiscoveryResponse": {
        "version_info": (1, "string"),
        "resources": (2, f"{_ANY}*"),
        "type_url": (4, "string"),
        "nonce": (5, "string"),
    },
    f"{_CORE}.Ads": {},
    f"{_CORE}.ConfigSource": {"ads": (3, f"{_CORE}.Ads"), "resource_api_version": (6, "AUTO V2 V3")},
    f"{_CORE}.TypedExtensionConfig": {"name": (1, "string"), "typed_config": (2, _ANY)},
    f"{_CORE}.Locality": {"region": (1, "string"), "zone": (2, "string")},
    f"{_CORE}.SocketAddress": {"address": (2, "string"), "port_value": (3, "number")},
    f"{_CORE}.Address": {"socket_address": (1, f"{_CORE}.SocketAddress")},
    f"{_LISTENER}.ApiListener": {"api_listener": (1, _ANY)},
    f"{_LISTENER}.Listener": {"name": (1, "string"), "api_listener": (19, f"{_LISTENER}.ApiListener")},
    f"{_HTTP}.Rds": {"config_source": (1, f"{_CORE}.ConfigSource"), "route_config_name": (2, "string")},
    f"{_HTTP}.HttpFilter": {"name": (1, "string"), "typed_config": (4, _ANY)},
    f"{_HTTP}.HttpConnectionManager": {
        "stat_prefix": (2, "string"),
        "rds": (3, f"{_HTTP}.Rds"),
        "http_filters": (5, f"{_HTTP}.HttpFilter*"),
    },
    "envoy.extensions.filters.http.router.v3.Router": {},
    f"{_ROUTE}.RouteMatch": {"prefix": (1, "string")},
    f"{_ROUTE}.MaxStreamDuration": {"max_stream_duration": (1, _DURATION)},
    f"{_ROUTE}.RouteAction": {
        "cluster": (1, "string"),
        "max_stream_duration": (36, f"{_ROUTE}.MaxStreamDuration"),
    },
    f"{_ROUTE}.Route": {"match": (1, f"{_ROUTE}.RouteMatch"), "route": (2, f"{_ROUTE}.RouteAction")},
    f"{_ROUTE}.VirtualHost": {
        "name": (1, "string"),
        "domains": (2, "string*"),
        "routes": (3, f"{_ROUTE}.Route*"),
    },
    f"{_ROUTE}.RouteConfiguration": {"name": (1, "string"), "virtual_hosts": (2, f"{_ROUTE}.VirtualHost*")},
    f"{_CLUSTER}.EdsClusterConfig": {"eds_config": (1, f"{_CORE}.ConfigSource")},
    f"{_CLUSTER}.Policy": {"typed_extension_config": (4, f"{_CORE}.TypedExtensionConfig")},
    f"{_CLUSTER}.LoadBalancingPolicy": {"policies": (1, f"{_CLUSTER}.Policy*")},
    f"{_CLUSTER}.Cluster": {
        "name": (1, "string"),
        "type": (2, "STATIC STRICT_DNS LOGICAL_DNS EDS"),
        "eds_cluster_config": (3, f"{_CLUSTER}.EdsClusterConfig"),
        "connect_timeout": (4, _DURATION),
        "load_balancing_policy": (41, f"{_CLUSTER}.LoadBalancingPolicy"),
    },
    f"{_POLICIES}.wrr_locality.v3.WrrLocality": {"endpoint_picking_policy": (1, f"{_CLUSTER}.LoadBalancingPolicy")},
    _ROUND_ROBIN: {
        "blackout_period": (3, _DURATION),
        "weight_expiration_period": (4, _DURATION),
        "weight_update_period": (5, _DURATION),
    },
    f"{_ENDPOINT}.Endpoint": {"address": (1, f"{_CORE}.Address")},
    f"{_ENDPOINT}.LbEndpoint": {"endpoint": (1, f"{_ENDPOINT}.Endpoint")},
    f"{_ENDPOINT}.LocalityLbEndpoints": {
        "locality": (1, f"{_CORE}.Locality"),
        "lb_endpoints": (2, f"{_ENDPOINT}.LbEndpoint*"),
        "load_balancing_weight": (3, _UINT32),
    },
    f"{_ENDPOINT}.ClusterLoadAssignment": {
        "cluster_name": (1, "string"),
        "endpoints": (2, f"{_ENDPOINT}.LocalityLbEndpoints*"),
    },
}


def _declared() -> DescriptorPool:
    pool = DescriptorPool()
    known = (any_pb2, duration_pb2, wrappers_pb2)
    for each in known:
        pool.AddSerializedFile(each.DESCRIPTOR.serialized_pb)
    for package in dict.fromkeys(name.rpartition(".")[0] for name in _MESSAGES):
        file = FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
        needed = [each.DESCRIPTOR.name for each in known]
        for name, fields in _MESSAGES.items():
            if name.rpartition(".")[0] != package:
                continue
            message = file.message_type.add(name=name.rpartition(".")[2])
            for field, (number, kind) in fields.items():
                _add(message, field, number, kind)
                there = kind.rstrip("*").rpartition(".")[0]
                if kind.rstrip("*") in _MESSAGES and there != package:
                    needed.append(f"{there}.proto")
        file.dependency.extend(dict.fromkeys(needed))
        pool.Add(file)
    return pool


def _add(message: Any, name: str, number: int, kind: str) -> None:
    field = message.field.add(name=name, number=number, label=FieldDescriptorProto.LABEL_OPTIONAL)
    if kind.endswith("*"):
        field.label = FieldDescriptorProto.LABEL_REPEATED
        kind = kind.removesuffix("*")
    if kind == "string":
        field.type = FieldDescriptorProto.TYPE_STRING
    elif kind == "number":
        field.type = FieldDescriptorProto.TYPE_UINT32
    elif "." in kind:
        field.type, field.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".{kind}"
    else:
        values = message.enum_type.add(name=f"{name.title()}Values")
        for index, value in enumerate(kind.split()):
            values.value.add(name=value, number=index)
        field.type, field.type_name = FieldDescriptorProto.TYPE_ENUM, values.name


_POOL = _declared()
_Request: Any = GetMessageClass(_POOL.FindMessageTypeByName("envoy.service.discovery.v3.DiscoveryRequest"))
_Response: Any = GetMessageClass(_POOL.FindMessageTypeByName("envoy.service.discovery.v3.DiscoveryResponse"))


@contextmanager
def control_plane(resources: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Serves resources, each with its `@type`, to whoever asks; yields the address."""
    answers: dict[str, Any] = {}
    for each in resources:
        answer = answers.setdefault(each["@type"], _Response(version_info="1", nonce="1", type_url=each["@type"]))
        json_format.ParseDict(dict(each), answer.resources.add(), descriptor_pool=_POOL)

    def serve(requests: Iterator[Any], _: grpc.ServicerContext) -> Iterator[Any]:
        for request in requests:
            if not request.response_nonce:  # else it takes note of an answer
                yield answers[request.type_url]

    handler = grpc.stream_stream_rpc_method_handler(serve, _Request.FromString, _Response.SerializeToString)
    with ThreadPoolExecutor(4) as threads:
        server = grpc.server(threads)
        methods = {"StreamAggregatedResources": handler}
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, methods)])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(None).wait()
