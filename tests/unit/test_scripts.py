"""The scripts that hold commits and versions to one form; the schedule of tests."""

import subprocess
import sys
from pathlib import Path

import pytest

from support import schedule

ROOT = Path(__file__).parents[2]


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "message",
    [
        "http2: bound idle connections",
        "proto, codec: embed vectors\n\nBecause.\n",
        "docs: process what is left\n# a comment of git's\n",
        "Merge branch 'x'",
    ],
)
def test_a_good_message(message: str, tmp_path: Path) -> None:
    path = tmp_path / "message"
    path.write_text(message)
    assert run("check_commit_message.py", str(path)).returncode == 0


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ("One compares ratios", "area: imperative verb"),
        ("", "area: imperative verb"),
        ("bench: compares ratios", "not a verb in the imperative"),
        ("bench: comparing ratios", "not a verb in the imperative"),
        ("bench: compared ratios", "not a verb in the imperative"),
        ("bench: Compare ratios", "not a verb in the imperative"),
        ("bench: the ratios", "not a verb in the imperative"),
        ("bench: compare ratios.", "full stop"),
        (f"bench: compare {'ratios ' * 10}again", "at most 72"),
        ("bench: compare ratios\nand more", "empty line"),
    ],
)
def test_a_bad_message(message: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "message"
    path.write_text(message)
    done = run("check_commit_message.py", str(path))
    assert done.returncode == 1
    assert problem in done.stderr


def test_all_packages_have_one_version() -> None:
    done = run("bump_version.py")
    assert done.returncode == 0, done.stdout
    assert len(done.stdout.splitlines()) == 8


def test_a_version_of_another_form_is_refused() -> None:
    done = run("bump_version.py", "1.0")
    assert done.returncode == 2
    assert "write it as 0.2.0" in done.stderr


def test_the_schedule_names_tests_that_exist() -> None:
    assert not schedule.missing()


def test_tests_of_a_group_run_in_one_process() -> None:
    one = f"{Path(__file__).relative_to(ROOT)}::{test_the_schedule_names_tests_that_exist.__name__}"
    command = [sys.executable, "-m", "pytest", "-v", "-n", "1", "--dist", "loadgroup", "--no-loadscope-reorder", one]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert f"PASSED {one}@unit/test_scripts.py" in done.stdout, done.stdout
