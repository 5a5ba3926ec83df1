"""The files of `deploy/`, each checked by the tool that reads it, and against each other."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf.descriptor_pb2 import MethodOptions

from clients.live import require
from openai_grpc.v1 import audio_pb2, chat_pb2, completions_pb2, embeddings_pb2, models_pb2, responses_pb2
from openai_grpc_server.check import check
from openai_grpc_server.config import Config, load_config
from support.envoy import configured, validate

CONTRACT = (audio_pb2, chat_pb2, completions_pb2, embeddings_pb2, models_pb2, responses_pb2)
ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "openai-grpc"
MANIFEST = DEPLOY / "kubernetes" / "openai-grpc.yaml"
HEAD = """\
# Written by: helm template openai-grpc deploy/helm/openai-grpc --namespace ai
# `kubectl apply --namespace ai --filename deploy/kubernetes/` takes it; docs/operations.md says what it needs.
"""
LIMIT = 60.0  # seconds
# Kubernetes itself; of what others define, kubernetes-validate has no schema.
OWN = {"apps/v1", "autoscaling/v2", "networking.k8s.io/v1", "policy/v1", "v1"}
SETS = {
    "as it is": (),
    "without the admin port": ("config.server.admin=null",),
    "with all": (
        "autoscaling.enabled=true",
        "certificates.secretName=openai-grpc-tls",
        "config.server.tls.certificate=/certs/tls.crt",
        "config.server.tls.private_key=/certs/tls.key",
        "grpcRoute.enabled=true",
        "grpcRoute.envoyGateway=true",
        "grpcRoute.parentRefs[0].name=ingress",
        "imagePullSecrets[0].name=registry",
        "networkPolicy.callers[0].podSelector.matchLabels.app=web",
        "nodeSelector.pool=gateways",
        "serviceMonitor.enabled=true",
        "tolerations[0].key=gateways",
    ),
}


def tool(name: str, *arguments: str) -> str:
    """Runs a tool of the development environment; returns what it prints."""
    program = Path(sys.executable).with_name(name)
    if not program.exists():
        require(name)
    command = [str(program) if program.exists() else name, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rendered(*values: str) -> str:
    """Returns the chart's objects."""
    given = [part for value in values for part in ("--set", value)]
    place = ("--kube-version", "1.34.0", "--namespace", "ai")
    text = tool("helm", "template", "openai-grpc", str(CHART.relative_to(ROOT)), *place, *given)
    return "".join(f"{line}\n" for line in text.splitlines() if not line.startswith("# Source:"))


def objects(text: str) -> list[Any]:
    return [each for each in yaml.safe_load_all(text) if each]


def one(found: list[Any], kind: str, name: str = "openai-grpc") -> Any:
    (only,) = (each for each in found if each["kind"] == kind and each["metadata"]["name"] == name)
    return only


def loaded(text: str, directory: Path) -> Config:
    """Returns a configuration, checked as `serve` does it; secrets and certificates are made up."""
    for name in ("openai-api-key", "master-key", "sealing-key"):
        (directory / name).write_text(f"sk-Jq6Xh1uYf0sD9gRe2aPo{name[:2]}\n")
    file = directory / "config.yaml"
    file.write_text(text.replace("/secrets/", f"{directory}/"))
    names = ("OPENAI_API_KEY", "OPENAI_GRPC_MASTER_KEY", "OPENAI_GRPC_SEALING_KEY")
    config = load_config(file, dict.fromkeys(names, "Wf4Yp9Ts2Gd7Xk1Nb6Vm"))
    check(config)
    return config


def test_the_chart() -> None:
    tool("helm", "lint", "--strict", "--kube-version", "1.34.0", str(CHART))


def test_the_manifests_are_those_of_the_chart() -> None:
    assert MANIFEST.read_text() == HEAD + rendered(), "write it anew with the command at its top"


@pytest.mark.parametrize("values", SETS.values(), ids=SETS)
def test_kubernetes_takes_what_the_chart_makes(values: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "objects.yaml"
    found = objects(rendered(*values))
    file.write_text(yaml.safe_dump_all(each for each in found if each["apiVersion"] in OWN))
    assert tool("kubernetes-validate", "--strict", str(file)).count("passed") == len(list(objects(file.read_text())))
    others = {each["kind"] for each in found if each["apiVersion"] not in OWN}
    assert others == (
        {"BackendTrafficPolicy", "GRPCRoute", "ServiceMonitor"} if "grpcRoute.enabled=true" in values else set()
    )


def test_a_pod_fits_its_configuration(tmp_path: Path) -> None:
    found = objects(rendered())
    config = loaded(one(found, "ConfigMap")["data"]["config.yaml"], tmp_path)
    pod = one(found, "Deployment")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    ports = {each["name"]: each["containerPort"] for each in container["ports"]}
    server = config.server
    listens = {"grpc": server.port, "http": server.http.port, "metrics": server.metrics_port}
    assert ports == {**listens, "admin": server.admin.port}
    assert (
        pod["terminationGracePeriodSeconds"]
        > server.grace_period + container["lifecycle"]["preStop"]["sleep"]["seconds"]
    )
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "admin"}
    without = one(objects(rendered(*SETS["without the admin port"])), "Deployment")["spec"]["template"]["spec"]
    assert without["containers"][0]["readinessProbe"]["grpc"]["port"] == server.port
    assert server.reload_on_change
    mounts = {each["mountPath"]: each for each in container["volumeMounts"]}
    assert container["args"][-1].startswith("/config/")
    assert {"/config", "/secrets"} < set(mounts)
    assert {each["name"] for each in pod["volumes"]} == {each["name"] for each in mounts.values()}


def test_a_pod_has_no_rights() -> None:
    pod = one(objects(rendered()), "Deployment")["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_objects_find_each_other() -> None:
    found = objects(rendered(*SETS["with all"]))
    template = one(found, "Deployment")["spec"]["template"]
    labels = template["metadata"]["labels"].items()
    ports = {each["name"] for each in template["spec"]["containers"][0]["ports"]}
    selectors = [
        one(found, "Service")["spec"]["selector"],
        one(found, "Service", "openai-grpc-metrics")["spec"]["selector"],
        one(found, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        one(found, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
        one(found, "Deployment")["spec"]["selector"]["matchLabels"],
    ]
    assert all(each.items() <= labels for each in selectors)
    policy = one(found, "NetworkPolicy")["spec"]["ingress"]
    assert {port["port"] for rule in policy for port in rule["ports"]} == ports - {"admin"}  # by port-forward
    metrics = one(found, "Service", "openai-grpc-metrics")
    monitor = one(found, "ServiceMonitor")["spec"]
    assert monitor["selector"]["matchLabels"].items() <= metrics["metadata"]["labels"].items()
    assert not monitor["selector"]["matchLabels"].items() <= one(found, "Service")["metadata"]["labels"].items()
    assert {each["port"] for each in monitor["endpoints"]} <= {each["name"] for each in metrics["spec"]["ports"]}
    (rule,) = one(found, "GRPCRoute")["spec"]["rules"]
    assert rule["backendRefs"] == [{"name": "openai-grpc", "port": 50051}]
    assert one(found, "BackendTrafficPolicy")["spec"]["timeout"]["http"]["requestTimeout"] == "0s"
    assert one(found, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["name"] == "openai-grpc"


def test_the_compose_file(tmp_path: Path) -> None:
    file = DEPLOY / "compose" / "compose.yaml"
    tool("compose-go", "-no-interpolation", str(file))
    composed = yaml.safe_load(file.read_text())
    config = loaded((DEPLOY / "compose" / "gateway.yaml").read_text(), tmp_path)
    gateway = composed["services"]["gateway"]
    ports = {int(each.rpartition(":")[2]) for each in gateway["ports"]}
    assert ports == {config.server.port, config.server.http.port}
    assert int(gateway["stop_grace_period"].removesuffix("s")) > config.server.grace_period
    scraped = yaml.safe_load((DEPLOY / "compose" / "prometheus.yml").read_text())
    (job,) = scraped["scrape_configs"]
    assert job["dns_sd_configs"] == [{"names": ["gateway"], "type": "A", "port": config.server.metrics_port}]
    assert config.router.redis_url is not None
    assert config.server.telemetry is not None
    assert config.server.telemetry.endpoint == "http://collector:4317"
    collector = yaml.safe_load((DEPLOY / "compose" / "collector.yaml").read_text())
    assert set(collector["service"]["pipelines"]) == {"traces"}
    assert collector["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"].endswith(":4317")
    assert collector["exporters"]["otlp/jaeger"]["endpoint"].partition(":")[0] in composed["services"]
    assert {each["target"]: each["source"] for each in composed["services"]["prometheus"]["configs"]} == {
        "/etc/prometheus/prometheus.yml": "prometheus",
        scraped["rule_files"][0]: "rules",
    }
    for each in composed["configs"].values():
        assert (file.parent / each["file"]).is_file()
    hosts = {each.base_url.split("/")[2].partition(":")[0] for each in config.deployments} - {"api.openai.com"}
    assert hosts <= set(composed["services"])


def named(*texts: str) -> set[str]:
    """Returns the metrics of the gateway that some queries name, without the endings of histograms."""
    found = {name for text in texts for name in re.findall(r"\b(?:openai_grpc|process)_\w+", text)}
    return {re.sub(r"_seconds_(bucket|sum|count)$", "_seconds", name) for name in found}


def test_the_alerts() -> None:
    """They fire for what they name, by Prometheus' own tests, and the page says what each means."""
    folder = DEPLOY / "prometheus"
    tool("promtool", "check", "rules", str(folder / "rules.yaml"))
    tool("promtool", "test", "rules", str(folder / "rules_test.yaml"))
    (group,) = yaml.safe_load((folder / "rules.yaml").read_text())["groups"]
    (tests,) = yaml.safe_load((folder / "rules_test.yaml").read_text())["tests"]
    page = (ROOT / "docs/operations.md").read_text()
    names = {each["alert"] for each in group["rules"]}
    assert {each["alertname"] for each in tests["alert_rule_test"] if each["exp_alerts"]} == names
    assert set(re.findall(r"^\| `(OpenaiGrpc\w+)` \|", page, re.MULTILINE)) == names
    documented = set(re.findall(r"^\| `((?:openai_grpc|process)_\w+)` \|", page, re.MULTILINE))
    assert named(*(each["expr"] for each in group["rules"])) <= documented


def test_the_dashboard(tmp_path: Path) -> None:
    """Prometheus parses each query; together they show all that the page lists of the gateway itself."""
    dashboard = json.loads((DEPLOY / "grafana" / "openai-grpc.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    variables = {each["name"] for each in dashboard["templating"]["list"]}
    rules = []
    for number, query in enumerate(queries):
        assert set(re.findall(r"\$(\w+)", query)) <= {*variables, "__rate_interval"}
        expression = query.replace("$__rate_interval", "1m").replace("$model", ".*")
        rules.append({"record": f"query_{number}", "expr": expression})
    file = tmp_path / "queries.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    tool("promtool", "check", "rules", str(file))
    page = (ROOT / "docs/operations.md").read_text()
    documented = set(re.findall(r"^\| `((?:openai_grpc|process)_\w+)` \|", page, re.MULTILINE))
    shown = named(*queries)
    assert shown <= documented
    assert {each for each in documented if each.startswith("openai_grpc_")} - shown == set()
    places = [tuple(panel["gridPos"][key] for key in "xy") for panel in dashboard["panels"]]
    assert len(set(places)) == len(places)


def test_the_image() -> None:
    tool("hadolint", "Dockerfile")


def documents() -> Iterator[Any]:
    for file in sorted(DEPLOY.glob("*/*.y*ml")):
        for number, each in enumerate(yaml.safe_load_all(file.read_text())):
            if isinstance(each, dict) and "kind" in each:
                yield pytest.param(each, id=f"{file.parent.name}/{file.name}:{number}")


@pytest.mark.parametrize("document", list(documents()))
def test_objects_of_meshes(document: Any) -> None:
    """Every object has a name and a version of an API, and what it names is the gateway's."""
    assert set(document) <= {"apiVersion", "kind", "metadata", "spec", "data", "automountServiceAccountToken"}
    assert document["apiVersion"].rpartition("/")[2].startswith("v1")
    assert document["metadata"]["name"]
    spec = document.get("spec", {})
    for selector in ("selector", "podSelector"):
        labels = spec.get(selector, {}).get("matchLabels", {})
        assert labels.get("app.kubernetes.io/name", "openai-grpc") == "openai-grpc"


def test_istio_ends_no_generation() -> None:
    found = objects((DEPLOY / "istio" / "openai-grpc.yaml").read_text())
    (route,) = one(found, "VirtualService")["spec"]["http"]
    assert (route["timeout"], route["retries"]) == ("0s", {"attempts": 0})
    (patch,) = one(found, "EnvoyFilter", "openai-grpc-idle")["spec"]["configPatches"]
    idle = patch["patch"]["value"]["typed_config"]["stream_idle_timeout"]
    assert float(idle.removesuffix("s")) > max(Config().server.timeouts.first_token, Config().server.timeouts.idle)
    allowed = one(found, "AuthorizationPolicy")["spec"]["rules"][0]["to"][0]["operation"]["paths"]
    assert "/openai_grpc.v1.*" in allowed


def methods() -> dict[str, Any]:
    """Returns the RPCs of the contract by their paths."""
    services = (each for file in CONTRACT for each in file.DESCRIPTOR.services_by_name.values())
    return {f"/{service.full_name}/{each.name}": each for service in services for each in service.methods}


def test_envoy_takes_the_files_for_balancing_by_load(tmp_path: Path) -> None:
    """And asks the rate limit service for what that one knows."""
    assert validate(configured("load-reports.yaml", tmp_path, {})) == ""
    config = yaml.safe_load((DEPLOY / "envoy" / "load-reports.yaml").read_text())
    limits = yaml.safe_load((DEPLOY / "envoy" / "ratelimit.yaml").read_text())
    http = config["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    asking = http["http_filters"][0]["typed_config"]
    assert asking["domain"] == limits["domain"]
    clusters = {each["name"] for each in config["static_resources"]["clusters"]}
    assert asking["rate_limit_service"]["grpc_service"]["envoy_grpc"]["cluster_name"] in clusters
    route = http["route_config"]["virtual_hosts"][0]["routes"][0]["route"]
    assert route["timeout"] == "0s"
    of_caller, of_method = (each["actions"] for each in route["rate_limits"])
    (caller,) = limits["descriptors"]
    assert [next(iter(each)) for each in of_caller] == [caller["key"]]
    assert of_method[1]["request_headers"] == {"header_name": ":path", "descriptor_key": "method"}
    assert {each["key"] for each in caller["descriptors"]} == {"method"}
    assert {each["value"] for each in caller["descriptors"]} < set(methods())


def test_a_service_config_repeats_only_what_changes_nothing() -> None:
    """A lost connection reads as UNAVAILABLE: any other call may have been billed by then."""
    config = json.loads((DEPLOY / "grpc" / "service-config.json").read_text())
    (retried,) = config["methodConfig"]
    assert retried["retryPolicy"]["retryableStatusCodes"] == ["UNAVAILABLE"]
    known = methods()
    for each in retried["name"]:
        method = known[f"/{each['service']}/{each['method']}"]
        assert method.GetOptions().idempotency_level == MethodOptions.NO_SIDE_EFFECTS


def plain_listener(resource: Any, **changes: Any) -> Any:
    """Returns a listener with the HTTP of an API listener, which Envoy's program has not."""
    http = {**resource["api_listener"]["api_listener"], **changes}
    address = {"socket_address": {"address": "127.0.0.1", "port_value": 0}}
    return {
        "name": resource["name"],
        "address": address,
        "filter_chains": [{"filters": [{"name": "http", "typed_config": http}]}],
    }


def test_envoy_knows_every_field_of_the_xds_resources(tmp_path: Path) -> None:
    """GRPC's clients pass over fields that they do not know; with test_load_reports.py, where they use them."""
    resources = yaml.safe_load_all((DEPLOY / "xds" / "resources.yaml").read_text())
    listener, routes, cluster, assignment = (
        {key: value for key, value in each.items() if key != "@type"} for each in resources
    )
    listener["api_listener"]["api_listener"].pop("rds")
    fixed = {key: value for key, value in cluster.items() if key != "eds_cluster_config"}
    config = {
        "listeners": [plain_listener(listener, route_config=routes)],
        "clusters": [fixed | {"type": "STATIC", "load_assignment": assignment}],
    }
    file = tmp_path / "xds.yaml"
    file.write_text(json.dumps({"static_resources": config}))
    assert validate(file) == ""
    routes["virtual_hosts"][0]["routes"][0]["route"]["max_stream_durations"] = {}
    file.write_text(json.dumps({"static_resources": config}))
    assert "max_stream_durations" in validate(file)
    assert {cluster["name"], listener["name"], routes["name"], assignment["cluster_name"]} == {"openai-grpc"}
