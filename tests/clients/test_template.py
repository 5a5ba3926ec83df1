"""The template of `docs/another-language.md` generates code from the descriptor set.

It is in the group of Java, whose build brings protoc.
"""

import os
import re
import shutil
import sys
from pathlib import Path

from clients.live import ROOT, check, programs

PAGE = ROOT / "docs/another-language.md"
(TEMPLATE,) = programs(PAGE, "yaml")
(BUILD,) = re.findall(r"^ *(buf build .*)$", PAGE.read_text(), re.MULTILINE)
# Stands in for the plugins of NuGet and RubyGems: writes a file of the methods that it is asked to generate.
PLUGIN = f"""#!{sys.executable}
import sys
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
for file in request.proto_file:
    for service in file.service if file.name in request.file_to_generate else ():
        response.file.add(name=service.name, content=" ".join(method.name for method in service.method))
sys.stdout.buffer.write(response.SerializeToString())
"""
PLUGINS = ("grpc_csharp_plugin", "grpc_tools_ruby_protoc_plugin")


def test_template(java_build: str, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    shutil.copy(protoc(java_build), tools / "protoc")
    for name in PLUGINS:
        (tools / name).write_text(PLUGIN)
    for tool in tools.iterdir():
        tool.chmod(0o755)
    path = {"PATH": os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])}
    (tmp_path / "buf.gen.yaml").write_text(TEMPLATE)
    check(BUILD.replace("openai_grpc.binpb", f"{tmp_path}/openai_grpc.binpb").split(), ".", path)
    check(["buf", "generate"], str(tmp_path), path)
    for language in ("csharp", "ruby"):
        assert "StreamChatCompletion" in (tmp_path / language / "ChatService").read_text()
    chat = (tmp_path / "csharp/OpenaiGrpc/V1/Chat.cs").read_text()
    assert "class CreateChatCompletionRequest" in chat
    assert "CreateChatCompletionRequest = " in (tmp_path / "ruby/openai_grpc/v1/chat_pb.rb").read_text()


def protoc(class_path: str) -> Path:
    """Returns the protoc that the Java build has put into the repository of its dependencies."""
    (repository,) = {
        re.sub(r"/com/google/protobuf/protobuf-java/.*", "", jar)
        for jar in class_path.split(os.pathsep)
        if "/protobuf-java/" in jar
    }
    (version,) = re.findall(r"<protoc.version>(.*)</protoc.version>", (ROOT / "clients/java/pom.xml").read_text())
    (found,) = Path(repository, "com/google/protobuf/protoc", version).glob("*.exe")
    return found
