"""Compares a release of OpenAI's package with the contract: `make api-drift`.

    PYTHONPATH=tests:scripts python -m api_drift [--version X] [--since X] [--write] [--report FILE] | --trial

Installs the package below `build/openai` and walks its types as `tests/contract/sdk_coverage.py` does, in a process of
its own. Without `--since` the report is what differs from the contract; operations and removals are those since the
version in this environment. With `--since` the contract is held as it was at that version, and each proposal against
what the contract has today; `--trial` does so for the steps of docs/api-drift.md and prints its table.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import Descriptor, ServiceDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from api_drift import operations, text, trial
from api_drift.contract import PACKAGE, Contract, next_revision
from api_drift.planner import Planner
from api_drift.report import markdown, removals, report

ROOT = Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto"
RELEASED = ROOT / "tests/contract/released"
BUF = ROOT / ".venv/bin/buf"


def install(version: str, index: Path) -> Path:
    """Installs a version of the package, empty for the newest, into a directory of its own; returns that."""
    directory = index / (version or "newest")
    if version and (directory / "openai").exists():
        return directory
    shutil.rmtree(directory, ignore_errors=True)
    wanted = f"openai=={version}" if version else "openai"
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*command, "--upgrade", "--target", str(directory), wanted], check=True)
    return directory


def inside(directory: Path | None, part: str, given: Any = None, *, writes: bool = False) -> Any:
    """Runs a part of this with the package of a directory, without one with that of the environment.

    Raises:
        SystemExit: The part fails.
    """
    path = [str(directory)] if directory else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*path, str(ROOT / "tests"), str(ROOT / "scripts")])}
    command = [sys.executable, "-m", "api_drift", "--part", part, *(["--write"] if writes else [])]
    done = subprocess.run(
        command, env=environment, input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        raise SystemExit(f"{done.stdout}api-drift: can't read the package of {directory or 'the environment'}")
    return json.loads(done.stdout)


def walker() -> Any:
    """Imports the walker, which imports the package.

    Raises:
        SystemExit: The package lacks a type that the walker's table names.
    """
    try:
        return import_module("contract.sdk_coverage")
    except ImportError as error:
        print(f"needs a person: tests/contract/sdk_coverage.py names a type that the package lacks: {error}")
        raise SystemExit(1) from error


def package() -> list[operations.Operation]:
    """Returns the operations of the package that this process imports."""
    resources = import_module("openai.resources").__file__ or ""
    return operations.operations(Path(resources).parent, "openai.resources")


def compared(given: dict[str, Any], *, writes: bool) -> dict[str, Any]:
    """Returns the report about the package that this process imports, and the verdicts of a trial."""
    walk = walker()
    from contract.evolution import Contract as Descriptors  # noqa: PLC0415 - of the tests

    built = [str(BUF), "build", str(PROTO), "--as-file-descriptor-set", "-o", "-"]
    files = FileDescriptorSet.FromString(subprocess.run(built, check=True, stdout=subprocess.PIPE).stdout)
    whole = Descriptors(files)
    present: dict[str, Descriptor] = whole.messages
    released, revision = next_revision(RELEASED, Descriptors)
    coverage, messages = walk.measure(lambda descriptor: present[descriptor.full_name]), present
    removed = removals(given["found"], coverage.found)
    added: set[str] = set()
    if given["trial"]:
        added = coverage.found - set(given["found"])
        messages = Descriptors(trial.stripped(files, added)).messages
        coverage = walk.measure(lambda descriptor: messages[descriptor.full_name])
    planner = Planner(Contract(messages, coverage.messages, released, revision), walk)
    proposals = planner.propose(coverage.gaps)
    rpcs = list(operations.compared(package(), set(given["operations"]), list(services(whole)), planner))
    lines = [f"openai {metadata.version('openai')}: {coverage.fields} fields of the contract's messages"]
    lines += report(proposals, removed, rpcs)
    verdicts = trial.Verdicts(present, messages, added).of(proposals) if given["trial"] else []
    if writes:
        changed = [
            *text.write(PROTO, proposals, messages, BUF),
            *pin(ROOT / "pyproject.toml", metadata.version("openai")),
        ]
        lines += [f"wrote {path.relative_to(ROOT)}" for path in changed]
    return {"lines": lines, "verdicts": [asdict(each) for each in verdicts]}


def pin(project: Path, version: str) -> Iterator[Path]:
    """Pins the package to a version in a pyproject.toml; yields that if it changes."""
    before = project.read_text(encoding="utf-8")
    after = re.sub(r'"openai==[^"]*"', f'"openai=={version}"', before)
    if after != before:
        project.write_text(after, encoding="utf-8")
        yield project


def services(contract: Any) -> Iterator[ServiceDescriptor]:
    """Yields the services of a contract."""
    for file in contract.files.file:
        if file.package == PACKAGE:
            yield from contract.pool.FindFileByName(file.name).services_by_name.values()


def tried(since: str, version: str, index: Path) -> tuple[list[str], list[trial.Verdict]]:
    """Returns the report and the verdicts of a step between two versions."""
    before = inside(install(since, index), "read")
    done = inside(install(version, index), "compare", {**before, "trial": True})
    return done["lines"], [trial.Verdict(**each) for each in done["verdicts"]]


def main(arguments: list[str]) -> int:
    """Prints the report; returns 1 if a trial finds an addition that is wrong without a question, else 0."""
    parser = argparse.ArgumentParser(prog="api_drift", description="compare OpenAI's package with the contract")
    parser.add_argument("--version", default="", help="the version of the package; default: the newest")
    parser.add_argument("--since", default="", help="hold the contract as it was at this version, and print verdicts")
    parser.add_argument("--write", action="store_true", help="insert the additions into proto/, and pin the version")
    parser.add_argument("--trial", action="store_true", help="print the table of docs/api-drift.md")
    parser.add_argument("--report", type=Path, help="write the report as Markdown to this file")
    parser.add_argument("--part", choices=("read", "compare"), help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.part == "read":
        found = {"found": sorted(walker().measure().found), "operations": sorted(each.key for each in package())}
        print(json.dumps(found))
        return 0
    if asked.part == "compare":
        print(json.dumps(compared(json.loads(sys.stdin.read()), writes=asked.write)))
        return 0
    index = ROOT / "build/openai"
    verdicts: list[trial.Verdict] = []
    if asked.trial:
        steps = [(before, after, tried(before, after, index)[1]) for before, after in trial.STEPS]
        lines, verdicts = list(trial.table(steps)), [each for _, _, found in steps for each in found]
    elif asked.since:
        lines, verdicts = tried(asked.since, asked.version, index)
        lines += [f"trial: {each.name}: {each.kind}{f': {each.text}' if each.text else ''}" for each in verdicts]
    else:
        before = inside(None, "read")
        given = {**before, "trial": False}
        lines = inside(install(asked.version, index), "compare", given, writes=asked.write)["lines"]
    print("\n".join(lines))
    if asked.report:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_text(markdown(lines), encoding="utf-8")
    return 1 if any(each.kind == trial.WRONG for each in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
