"""Generates the Java client from proto/: `python scripts/generate_java.py [OUT]`.

It needs Maven and takes protoc and its plugin from Maven Central, at the versions below, into .tools/.
"""

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import grpc_tools

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
SOURCES = "clients/java/src/main/java"
PACKAGE = "io/github/openai_grpc/v1"

# Generated code refuses an older runtime than its generator, so newer ones raise what every caller needs.
PROTOC = "com.google.protobuf:protoc:4.31.1"  # grpc_tools has no generator of Java
PLUGIN = "io.grpc:protoc-gen-grpc-java:1.76.0"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
SYSTEMS = {"Linux": "linux", "Darwin": "osx", "Windows": "windows"}
MACHINES = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "aarch_64", "arm64": "aarch_64"}


def generate(out: Path) -> None:
    """Writes the messages and the stubs under OUT/clients/java."""
    target = out / SOURCES
    shutil.rmtree(target / PACKAGE, ignore_errors=True)
    target.mkdir(parents=True, exist_ok=True)
    files = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    include = Path(grpc_tools.__file__).parent / "_proto"
    subprocess.run(
        [
            *(program(PROTOC), f"-I{PROTO}", f"-I{include}", f"--java_out={target}"),
            *(f"--plugin=protoc-gen-grpc-java={program(PLUGIN)}", f"--grpc-java_out=@generated=omit:{target}"),
            *files,
        ],
        check=True,
    )


def program(artifact: str) -> Path:
    """Returns the path of a program of Maven Central, which is installed if it is not there yet."""
    _, name, version = artifact.split(":")
    system = f"{SYSTEMS[platform.system()]}-{MACHINES[platform.machine()]}"
    folder = ROOT / ".tools/java"
    path = folder / f"{name}-{version}-{system}.exe"
    if not path.exists():
        wanted = [f"-Dartifact={artifact}:exe:{system}", f"-DoutputDirectory={folder}"]
        subprocess.run(["mvn", "--batch-mode", "--quiet", COPY, *wanted], check=True, cwd=ROOT)
        path.chmod(0o755)
    return path


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
