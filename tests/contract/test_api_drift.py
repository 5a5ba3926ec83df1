"""A release of OpenAI's package becomes lines of proto, or a question to a person: `make api-drift`."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal, Required, TypedDict

import pydantic
import pytest
from api_drift import __main__ as command
from api_drift import operations, text, trial
from api_drift.contract import Contract
from api_drift.planner import Planner
from api_drift.proposal import Proposal
from api_drift.report import markdown, removals, report
from google.protobuf.descriptor import Descriptor, FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from openai.resources import chat

import openai_grpc.v1 as pb
from contract import evolution, sdk_coverage
from openai_grpc.v1 import CreateChatCompletionRequest, CreateResponseRequest, ResponseStreamEvent

ROOT = Path(__file__).parents[2]
BUF = Path(sys.executable).parent / "buf"


class Palette(TypedDict, total=False):
    hue: Required[str]
    """The main color. [Learn more](https://example.org/a)."""


class MoodOptions(TypedDict, total=False):
    depth: float
    """The depth of the mood."""


class Reasoning(TypedDict, total=False):
    effort: str


class Calm(TypedDict):
    calm: str


class Wild(TypedDict):
    wild: str


class Request(TypedDict, total=False):
    mood_name: str
    """A mood."""
    mood_list_names: list[str]
    """Moods."""
    mood_map: dict[str, str]
    """Moods by name."""
    mood_kind: Literal["calm", "wild"]
    """The kind of mood."""
    palette: Required[Palette]
    """Colors of the mood."""
    mood_options: MoodOptions
    """Options of the mood."""
    mood_reasoning: Reasoning
    """Reasoning in this mood."""
    service_tier: Literal["auto", "moody"]
    mood_span: int
    """A span."""
    mood_id: str
    """A mood."""
    mood_choice: Calm | Wild
    """A choice."""
    mood_parts: list[object]
    """Parts."""


class ChatRequest(TypedDict, total=False):
    mood_options: MoodOptions
    """Options of the mood."""


class Mood(pydantic.BaseModel):
    names: list[str]
    """Its names."""


class MoodEvent(pydantic.BaseModel):
    type: Literal["response.mood.changed"]
    mood_text: str
    """The mood."""
    moods: list[Mood]
    """All moods."""


def walked(*pairs: tuple[object, Descriptor]) -> sdk_coverage.Coverage:
    coverage = sdk_coverage.Coverage()
    for sdk, message in pairs:
        coverage.message(sdk, message, message.name)
    return coverage


def files(*roots: FileDescriptor) -> FileDescriptorSet:
    """Returns files with those that they import, in the order of their imports."""
    found: dict[str, FileDescriptor] = {}

    def add(file: FileDescriptor) -> None:
        for each in file.dependencies:
            add(each)
        found.setdefault(file.name, file)

    for root in roots:
        add(root)
    described = FileDescriptorSet()
    for each in found.values():
        each.CopyToProto(described.file.add())
    return described


@pytest.fixture(scope="module")
def whole() -> evolution.Contract:
    return evolution.Contract(files(*{each.DESCRIPTOR.file for _, each in sdk_coverage.MESSAGES}))


@pytest.fixture(scope="module")
def planner(whole: evolution.Contract) -> Planner:
    names = frozenset(whole.messages)
    return Planner(Contract(whole.messages, {}, names, whole.revision + 1), sdk_coverage)


@pytest.fixture(scope="module")
def proposals(planner: Planner, whole: evolution.Contract) -> list[Proposal]:
    contract = whole.messages
    return planner.propose(
        walked(
            (Request, contract[CreateResponseRequest.DESCRIPTOR.full_name]),
            (ChatRequest, contract[CreateChatCompletionRequest.DESCRIPTOR.full_name]),
            (MoodEvent, contract[ResponseStreamEvent.DESCRIPTOR.full_name]),
        ).gaps
    )


def test_additions_are_decided_or_asked_about(proposals: list[Proposal]) -> None:
    found = {
        f"{each.message.name}.{each.line.name}": (each.line.label, each.line.type)
        for each in proposals
        if each.line is not None
    }
    assert found == {
        "CreateResponseRequest.mood_name": ("optional", "string"),
        "CreateResponseRequest.mood_list_names": ("repeated", "string"),
        "CreateResponseRequest.mood_map": ("", "map<string, string>"),
        "CreateResponseRequest.mood_kind": ("optional", "string"),
        "CreateResponseRequest.palette": ("", "CreateResponseRequest.Palette"),
        "CreateResponseRequest.mood_options": ("", "MoodOptions"),
        "CreateChatCompletionRequest.mood_options": ("", "MoodOptions"),
        "CreateResponseRequest.mood_reasoning": ("", "Reasoning"),
        "ResponseStreamEvent.mood_changed": ("", "ResponseMoodEvent"),
    }
    left = {each.key: each.questions[0].text for each in proposals if each.line is None and not each.values}
    assert left == {
        "mood_span": "an integer of 32 or of 64 bits (unit, limits)?",
        "mood_id": "does `CreateResponseRequest.mood_id` name a model, a stored object or a secret (`names`)?",
        "mood_choice": "a union of Calm, Wild: name its arms",
        "mood_parts": "a list of any JSON values: as one text, or as a list of texts?",
    }
    asked = {question.about for each in proposals for question in each.questions if question.subject == "type"}
    assert asked == {
        "CreateResponseRequest.Palette",
        "MoodOptions",
        "CreateResponseRequest.mood_reasoning",
        "ResponseMoodEvent",
        "ResponseMoodEvent.Mood",
    }


def test_the_report_has_lines_questions_and_a_summary(proposals: list[Proposal]) -> None:
    lines = list(report(proposals, ["A.x"], ["not in the contract: /moods: GET /moods (moods.list)"]))
    assert (
        "add values of `service_tier` in openai_grpc/v1/responses.proto: message CreateResponseRequest: moody" in lines
    )
    assert "add to openai_grpc/v1/common.proto, as several messages have it:" in lines
    assert "needs a person: CreateResponseRequest.mood_choice: a union of Calm, Wild: name its arms" in lines
    text = markdown(["openai 4.0: 2 fields", *lines])
    assert "- [ ] CreateResponseRequest.mood_choice: a union of Calm, Wild: name its arms\n" in text
    assert "## Removed\n\n- [ ] A.x\n" in text
    assert lines[-2:] == [
        "removed: A.x",
        f"10 to add, {sum(len(each.questions) for each in proposals)} for a person, 1 removed",
    ]


def test_written_additions_pass_buf(tmp_path: Path, proposals: list[Proposal], whole: evolution.Contract) -> None:
    shutil.copytree(ROOT / "proto", tmp_path / "proto")
    shutil.copy(ROOT / "buf.yaml", tmp_path)
    changed = text.write(tmp_path / "proto", proposals, whole.messages, BUF)
    assert {path.name for path in changed} == {"responses.proto", "response_event.proto", "chat.proto", "common.proto"}
    for command_line in (["lint"], ["build", "-o", "built.binpb"], ["format", "--diff", "--exit-code", "proto"]):
        done = subprocess.run([BUF, *command_line], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    after = evolution.Contract.read(tmp_path / "built.binpb").messages
    for sdk, name in ((Request, "CreateResponseRequest"), (MoodEvent, "ResponseStreamEvent")):
        left = walked((sdk, after[f"openai_grpc.v1.{name}"]))
        assert {each.key for each in left.gaps} <= {"mood_span", "mood_id", "mood_choice", "mood_parts"}
    responses = (tmp_path / "proto/openai_grpc/v1/responses.proto").read_text()
    assert "// Known values: `calm`, `wild`." in responses
    assert "    // The main color. Required.\n" in responses
    assert "  // Colors of the mood. Required.\n" in responses
    assert (
        "write_empty: true"
        in (tmp_path / "proto/openai_grpc/v1/response_event.proto").read_text().partition("MoodEvent {")[2]
    )
    revision = f"since: {whole.revision + 1}"
    assert responses.count(revision) == (ROOT / "proto/openai_grpc/v1/responses.proto").read_text().count(revision) + 7


def test_the_version_is_pinned(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('dev = [\n    "openai==1.0",\n    "openai-agents==1.0",\n]\n')
    assert list(command.pin(project, "2.0")) == [project]
    assert project.read_text() == 'dev = [\n    "openai==2.0",\n    "openai-agents==1.0",\n]\n'
    assert not list(command.pin(project, "2.0"))


@pytest.mark.parametrize(
    ("before", "after", "gone"),
    [
        (["A.x", "A.y"], ["A.y"], ["A.x"]),
        (["A.x", "B.y"], ["B.y"], ["A (message)"]),
        (["A.x", "A.x=v"], ["A.x"], ["A.x=v"]),
    ],
)
def test_removals(before: list[str], after: list[str], gone: list[str]) -> None:
    assert removals(before, after) == gone


RESOURCES = {
    "responses.py": '''
from typing import TypedDict
from pydantic import BaseModel
class ArchiveParams(TypedDict, total=False):
    reason: str
    """The reason."""
    depth: int
    """The depth."""
class Archived(BaseModel):
    """An archived response."""
    done: bool
    """Whether it is done."""
class Responses:
    def archive(self, response_id, *, reason):
        """Archive a response.

        Args:
          reason: The reason.
        """
        return self._post(
            path_template("/responses/{response_id}/archive", response_id=response_id),
            body=maybe_transform({"reason": reason}, ArchiveParams),
            cast_to=Archived,
        )
    def retrieve(self, response_id):
        return self._get(path_template("/responses/{id}?beta=true", id=response_id), cast_to=Archived)
    def drop(self, response_id):
        return self._delete(path_template("/responses/{response_id}/drop", response_id=response_id))
class AsyncResponses:
    def archive(self):
        return self._post("/responses/asynchronous", cast_to=Archived)
''',
    "moods.py": """
class Moods:
    def list(self):
        return self._get_api_list("/moods", page=Page)
    def one(self, mood):
        return self._get(path_template("/moods/{mood}", mood=mood), cast_to=Mood)
    def two(self):
        return self._put("/moods/two")
    def three(self):
        return self._patch("/moods/three")
""",
}


def test_operations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: evolution.Contract, planner: Planner
) -> None:
    package = tmp_path / "invented_openai"
    package.mkdir()
    for name, source in RESOURCES.items():
        (package / name).write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = operations.operations(package, "invented_openai")
    services = list(command.services(whole))
    lines = list(operations.compared(found, set(), services, planner))
    written = "\n".join(lines)
    heads = [each.partition("\n")[0] for each in lines]
    assert heads[0].startswith("needs a person: responses.archive: an RPC for `POST /responses/{response_id}/archive`")
    assert heads[2].startswith("needs a person: responses.drop: an RPC for `DELETE /responses/{response_id}/drop`")
    assert heads[3] == "    not written: a reply of type `None`: name its message"
    assert heads[4].startswith("not in the contract: /moods: GET /moods (moods.list), GET /moods/{mood} (moods.one)")
    assert heads[4].endswith(", and 1 more")
    assert len(heads) == len(RESOURCES) + 3
    for line in (
        "// service ResponsesService",
        "// Archive a response.",
        "rpc ArchiveResponse(ArchiveResponseRequest) returns (Archived) {",
        'path: "/responses/{response_id}/archive"',
        "string response_id = 1",
        "names: JSON_NAMES_RESPONSE",
        "optional string reason = 2;",
        "message Archived {",
        "optional bool done = 1;",
        "// needs a person: ArchiveResponseRequest.depth: an integer of 32 or of 64 bits (unit, limits)?",
    ):
        assert line in written, line
    known = {each.key for each in found}
    in_short = list(operations.compared(found, known, services, planner))
    assert [line.partition(": GET")[0].partition(": POST")[0] for line in in_short] == [
        "not in the contract: /moods",
        "not in the contract: /responses",
    ]


class Model(pydantic.BaseModel):
    id: str
    object: Literal["model"]
    owned_by: str
    """The owner."""
    created: int
    """When it was created."""


class Kept(pydantic.BaseModel):
    kept: str


class Gone(pydantic.BaseModel):
    gone: str


class OtherModel(pydantic.BaseModel):
    id: str
    created: str
    """When it was created."""
    owned_by: list[str]
    """The owners."""
    shutdown_date: Kept | Gone


@pytest.mark.parametrize(
    ("sdk", "kinds"),
    [
        (Model, {"Model.created": trial.EQUAL, "Model.owned_by": trial.EQUAL}),
        (OtherModel, {"Model.created": trial.WRONG, "Model.owned_by": trial.WRONG, "Model.shutdown_date": trial.LEFT}),
    ],
)
def test_a_trial_tells_right_from_wrong(whole: evolution.Contract, sdk: type, kinds: dict[str, str]) -> None:
    older = evolution.Contract(trial.stripped(whole.files, kinds)).messages
    coverage = walked((sdk, older["openai_grpc.v1.Model"]))
    planner = Planner(Contract(older, coverage.messages, frozenset(older), 2), sdk_coverage)
    verdicts = trial.Verdicts(whole.messages, older, kinds).of(planner.propose(coverage.gaps))
    assert {each.name: each.kind for each in verdicts} == kinds
    assert trial.Verdicts(whole.messages, older, kinds).of([])[0].text == "not proposed"
    assert list(trial.table([("1.0", "1.1", verdicts)]))[-1].startswith(f"| 1.0 | 1.1 | {len(kinds)} | ")


def test_the_command_compares_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk_coverage, "MESSAGES", [(Model, pb.Model)])
    resources = Path(chat.__file__).parent
    found = operations.operations(resources, chat.__name__)
    assert "POST /chat/completions" in {each.key for each in found}
    monkeypatch.setattr(command, "package", lambda: found)
    given = {"found": ["Model.created", "Model.mood"], "operations": [], "trial": False}
    lines = command.compared(given, writes=False)["lines"]
    assert lines[-2:] == ["removed: Model.mood", "0 to add, 0 for a person, 1 removed"]
    tried = command.compared({"found": ["Model.id", "Model.object"], "operations": [], "trial": True}, writes=False)
    assert {each["name"]: each["kind"] for each in tried["verdicts"]} == {
        "Model.created": trial.EQUAL,
        "Model.owned_by": trial.EQUAL,
    }
