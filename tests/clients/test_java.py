"""The Java client builds, its own tests pass against the real gateway, and the README's programs run as written."""

import http.client
import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clients.live import JVM, MAVEN, README_ADDRESS, ROOT, TIME_LIMIT, Run, check, live_gateway, programs
from clients.upstream_script import script
from faults.stand_in import StandIn
from openai_grpc_server.config import TlsSettings
from support.certificates import Authority
from support.gateway import deployment, running_gateway

FOLDER = "clients/java"
EXAMPLES = ROOT / "examples/java"
LINES_WITH_OPENAI = 78  # of the same program with openai-java, not counting blank ones
# Versions that the README says the package runs with, and the tests that call a gateway.
OLDEST = ("-Dgrpc.version=1.76.0", "-Dprotobuf.version=4.31.1", "-Dtest=ClientTest,LiveTest")
# Has netty report buffers that nobody releases, which it learns as they are collected.
LEAKS = ("-Xmx192m", "-Dio.grpc.netty.shaded.io.netty.leakDetection.level=paranoid")
FIRST, IMPORTS, *RECIPES = programs(ROOT / FOLDER / "README.md", "java")
# Models of the scripted upstream that answer as the recipe's would.
MODELS = {"parse(": "by-schema", "runTools(": "tool-loop"}
PRINTED = (
    "Hello there, 6 tokens",
    "Hello there",
    "Hello there, 6 tokens",
    "city: Oslo",
    "sunny in Oslo",
    "Hello there",
    "Hello there completed\n",  # after what standard error has
    "3 numbers\n3 numbers\n3 numbers",
    "0: 3 numbers\n1: 3 numbers\n",
    "1000 bytes\nHello there",
    "1000 bytes up, 600000 down\nitem-0\n",
    "completed 0\n",
    "1 of /v1/chat/completions\na: one\nb: two\nc: Too late\n",
    "Hello there completed\n",
    '{"id":"vs_1",',
    "Hello there",
    "INVALID_ARGUMENT INVALID_REQUEST, billed: false\n",
    "left: OptionalLong[99]",
    "item-0\nitem-1\nitem-2\nitem-3\nitem-4\ngpt-4o-mini",
    'true {"future_key":1}',
    "",
)


@pytest.mark.parametrize("versions", [(), OLDEST], ids=["default", "oldest"])
@pytest.mark.usefixtures("java_build")
def test_live(versions: tuple[str, ...]) -> None:
    with live_gateway() as variables:
        options = " ".join((*JVM, *LEAKS))
        printed = check([*MAVEN, *versions, f"-DargLine={options}", "surefire:test"], FOLDER, variables)
    assert "LEAK" not in printed
    assert re.search(r"Tests run: [0-9]{2,}, Failures: 0, Errors: 0, Skipped: 0\s", printed)


@pytest.mark.parametrize(
    ("program", "printed"),
    [(FIRST, "Hello there"), *((program, "3 numbers") for program in programs(ROOT / "README.md", "java"))],
    ids=["stream", "first"],
)
def test_readme(run_java: Run, program: str, printed: str) -> None:
    with live_gateway() as variables:
        assert printed in run_java(program, variables["OPENAI_GRPC_ADDRESS"])


def test_recipes(run_java: Run) -> None:
    """Runs all recipes of the README as one program, each in a method of its own."""
    assert len(RECIPES) == len(PRINTED)
    methods = []
    for number, recipe in enumerate(RECIPES):
        model = next((model for mark, model in MODELS.items() if mark in recipe), "gpt-4o-mini")
        body = recipe.replace('"gpt-4o-mini"', f'"{model}"')
        methods.append(f"  static void recipe{number}(OpenAiGrpc client) throws Exception {{\n{body}  }}\n")
    calls = "".join(f'      System.out.println("<<"); recipe{number}(client);\n' for number in range(len(RECIPES)))
    main = f'    try (var client = OpenAiGrpc.connect("{README_ADDRESS}")) {{\n{calls}    }}\n'
    program = f"{IMPORTS}\nclass Main {{\n{''.join(methods)}"
    program += f"  public static void main(String[] args) throws Exception {{\n{main}  }}\n}}\n"
    with live_gateway() as variables:
        printed = run_java(program, variables["OPENAI_GRPC_ADDRESS"]).split("<<\n")[1:]
    assert [(text, got) for text, got in zip(PRINTED, printed, strict=True) if text not in got] == []


def test_certificates(run_java: Run, tmp_path: Path) -> None:
    """Calls a gateway that asks for a certificate: with it, without it, and without TLS."""
    ours = Authority(tmp_path / "ours")
    (certificate, key), (own, own_key) = ours.issue("server"), ours.issue("client")
    tls = TlsSettings(certificate=str(certificate), private_key=str(key), client_ca=str(ours.certificate))
    ca, *pair = (f'Path.of("{path}")' for path in (ours.certificate, own, own_key))
    with StandIn() as upstream, running_gateway(deployment(upstream.url), tls=tls) as gateway:
        script(upstream)
        clients = (f".tls({ca}, {', '.join(pair)})", f".tls({ca})", "")
        program = TLS_PROGRAM.replace("CLIENTS", ", ".join(f"builder(){each}" for each in clients))
        printed = run_java(program, gateway.target)
    assert printed.splitlines() == ["Hello there", "UNAVAILABLE", "UNAVAILABLE"]


TLS_PROGRAM = f"""
import io.github.openai_grpc.*;
import java.nio.file.Path;
import java.util.List;

class Main {{
  static OpenAiGrpc.Builder builder() {{
    return OpenAiGrpc.builder().address("{README_ADDRESS}").maxRetries(0);
  }}

  public static void main(String[] args) {{
    for (OpenAiGrpc.Builder each : List.of(CLIENTS)) {{
      try (var client = each.build()) {{
        System.out.println(Messages.outputText(client.chat().create("m", Messages.user("hi"))));
      }} catch (OpenAiGrpcException error) {{
        System.out.println(error.status());
      }}
    }}
  }}
}}
"""


def test_service(java_build: str, tmp_path: Path) -> None:
    """Runs the service program, which needs no more lines than the same program with OpenAI's SDK."""
    lines = [line for line in (EXAMPLES / "Service.java").read_text().splitlines() if line.strip()]
    assert len(lines) <= LINES_WITH_OPENAI
    (tmp_path / "speech.wav").write_bytes(bytes(1 << 20))
    with live_gateway() as variables:
        command = [
            "java",
            *JVM,
            "--class-path",
            java_build,
            str(EXAMPLES / "Service.java"),
            str(tmp_path / "speech.wav"),
        ]
        printed = check(command, FOLDER, variables)
    sections = dict(re.findall(r"== (.*)\n([^=]*)", printed))
    assert "Hello there" in sections["chat stream with a system message and a tool"]
    assert "NOT_FOUND" in sections["NOT_FOUND"]
    assert sections["deadline"] == "DEADLINE_EXCEEDED\n"
    assert sections["cancel half-way"] == "2 chunks\n"
    assert sections["responses events"].startswith("Hello there\ndone")
    assert sections["embedding"] == "3\n"
    assert sections["audio, streamed"] == "Hello there\nwhole: Hello there\n"


def test_agent(java_build: str) -> None:
    """Asks the agent, whose model calls a tool, says what that gave, and at last fails."""
    with live_gateway() as variables, agent(java_build, variables, "tool-loop") as port:
        assert ask(port, "POST", "weather?")[1] == b'{"city":"Oslo","celsius":14}'
        assert ask(port, "GET", "")[0].status == 405
        assert ask(port, "POST", "")[0].status == 400
    with live_gateway() as variables, agent(java_build, variables, "rate-limited") as port:
        refused, _ = ask(port, "POST", "weather?")
        assert (refused.status, refused.headers["retry-after"]) == (429, "7")


@contextmanager
def agent(class_path: str, variables: dict[str, str], model: str) -> Iterator[int]:
    """Runs the agent and yields its port."""
    command = ["java", *JVM, "--class-path", class_path, str(EXAMPLES / "Agent.java"), "0"]
    environment = {**os.environ, **variables, "MODEL": model}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().removeprefix("listening on "))
        finally:
            process.kill()


def ask(port: int, method: str, question: str) -> tuple[http.client.HTTPResponse, bytes]:
    """Sends a request to the agent and returns its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIME_LIMIT)
    try:
        connection.request(method, "/ask", question)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


@pytest.mark.usefixtures("java_build")
def test_install(tmp_path: Path) -> None:
    """Installs the package as the README says and uses it in a project of its own, in an empty folder."""
    readme = (ROOT / FOLDER / "README.md").read_text()
    assert "`mvn -f clients/java install`" in readme
    # The build of the fixture is taken, as of the repository of dependencies that is there.
    check([*MAVEN, "-DskipTests", "source:jar-no-fork", "jar:jar", "install:install"], FOLDER)
    (dependency,) = re.findall(r"<dependency>.*?</dependency>", readme, re.DOTALL)
    (tmp_path / "pom.xml").write_text(POM.format(dependency=dependency))
    source = tmp_path / "src/main/java/Main.java"
    source.parent.mkdir(parents=True)
    with live_gateway() as variables:
        source.write_text(FIRST.replace(README_ADDRESS, variables["OPENAI_GRPC_ADDRESS"]))
        listed = tmp_path / "classpath"
        check([*MAVEN, "compile", "dependency:build-classpath", f"-Dmdep.outputFile={listed}"], str(tmp_path))
        path = os.pathsep.join([str(tmp_path / "target/classes"), listed.read_text()])
        assert "Hello there" in check(["java", *JVM, "--class-path", path, "Main"], str(tmp_path))


@pytest.mark.usefixtures("java_build")
def test_the_javadoc_jar() -> None:
    """Builds the jar with the documentation, which has a page of each public class.

    Those of the generated messages, thousands that take a minute, are left out.
    """
    options = ("-DexcludePackageNames=io.github.openai_grpc.v1", f"-DadditionalJOption=-J{JVM[0]}")
    check([*MAVEN, "generate-sources", "javadoc:jar", *options], FOLDER)
    (built,) = (ROOT / FOLDER / "target").glob("*-javadoc.jar")
    with zipfile.ZipFile(built) as jar:
        pages = set(jar.namelist())
        client = jar.read("io/github/openai_grpc/OpenAiGrpc.html").decode()
    sources = (ROOT / FOLDER / "src/main/java/io/github/openai_grpc").glob("*.java")
    public = [path.stem for path in sources if re.search(PUBLIC.format(path.stem), path.read_text(), re.MULTILINE)]
    assert len(public) > 10
    assert not {f"io/github/openai_grpc/{name}.html" for name in public} - pages
    assert "io/github/openai_grpc/OpenAiGrpc.Chat.html" in pages
    assert "Returns the channel, which adds this client" in client


PUBLIC = r"^public (?:final |abstract )*(?:class|interface|enum) {}\b"
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId>
  <artifactId>caller</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>{dependency}</dependencies>
  <build><pluginManagement><plugins>
    <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
    <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
    <plugin><artifactId>maven-dependency-plugin</artifactId><version>3.8.1</version></plugin>
  </plugins></pluginManagement></build>
</project>
"""
