"""Setting up: what the Makefile says where Python will not do, and that every way of setting up installs the same."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
INSTALL = ["--no-deps --require-hashes -r requirements.lock", "--no-build-isolation --no-deps -e ."]
NO_PYTHON = "no Python 3.11 or newer found; install one, or name it: make PYTHON=/path/to/python3"
NO_VENV = "{} cannot make environments (no venv or ensurepip); on Debian or Ubuntu: apt-get install python3-venv"
OLD = "exit 1"
WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1;; esac'
needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def script(path: Path, line: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
    path.chmod(0o755)
    return path


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@needs_make
@pytest.mark.parametrize(
    ("pythons", "line"),
    [
        ({}, NO_PYTHON),
        ({"python3": OLD}, NO_PYTHON),
        ({"python3": WITHOUT_VENV}, NO_VENV.format("python3")),
        ({"python3.11": WITHOUT_VENV, "python3": OLD}, NO_VENV.format("python3.11")),
    ],
    ids=["none", "too old", "without venv", "one without venv, one too old"],
)
def test_make_says_in_one_line_what_it_lacks_of_python(pythons: dict[str, str], line: str, tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for name, says in pythons.items():
        script(tmp_path / "bin" / name, says)
    environment = {"PATH": str(tmp_path / "bin")}
    done = subprocess.run(
        [str(shutil.which("make")), "figures"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode
    assert done.stderr.splitlines()[0] == line
    assert not (tmp_path / ".venv").exists()


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_ci_names_what_is_missing_where_there_is_no_apt(tmp_path: Path) -> None:
    for name in ("make", "chromium"):
        script(tmp_path / "bin" / name, "exit 0")
    (tmp_path / "bin" / "dirname").symlink_to(str(shutil.which("dirname")))
    call = [str(shutil.which("bash")), str(ROOT / ".ci" / "run")]
    done = subprocess.run(call, env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "missing, and no apt-get to install it: libatomic1 poppler-utils python3-venv\n"


def test_every_way_installs_alike() -> None:
    """The lines of README.md install what `make setup` installs."""
    for line in INSTALL:
        assert line.replace("requirements.lock", "$(LOCK)") in read("Makefile")
    lines = [line for line in read("README.md").splitlines() if "requirements.lock" in line]
    assert len(lines) == 3
    for line in lines:
        assert re.findall(r"-m pip install (.*?) &&", line) == INSTALL


def test_binder_has_the_environment_of_a_checkout_and_opens_as_make_lab_does() -> None:
    commands = [line for line in read(".binder/postBuild").splitlines() if not line.startswith("#")]
    assert commands[:2] == ["set -euo pipefail", "make setup"]
    assert os.access(ROOT / ".binder" / "postBuild", os.X_OK)
    opened = re.search(r"--LabApp\.default_url=(\S+)", read("Makefile"))
    assert opened is not None
    settings = json.loads(read(".binder/jupyter_config.json"))
    assert {held["default_url"] for held in settings.values()} == {opened[1]}
    python = read(".binder/runtime.txt").strip().removeprefix("python-")
    assert (
        f"Programming Language :: Python :: {python}" in tomllib.loads(read("pyproject.toml"))["project"]["classifiers"]
    )
