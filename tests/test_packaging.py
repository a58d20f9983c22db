"""What a user installs: the lock, the versions that must agree, and what lies in the wheel."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import wsis_nlp

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;]+)(?: ; (?P<marker>.+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?P<more> \\)?$")


def lock_faults(text: str) -> list[str]:
    """Lines of a lock that are neither an exact pin nor a hash of the pin above, and pins without a hash."""
    faults = []
    continued = False
    for number, line in enumerate(text.splitlines(), 1):
        pin, hashed = PIN.match(line), HASH.match(line)
        if continued and not hashed:
            faults.append(f"{number}: a hash is missing")
        if (hashed and not continued) or not (pin or hashed):
            faults.append(f"{number}: neither a pin nor a hash of one: {line}")
        continued = bool(pin or (hashed and hashed["more"]))
    if continued:
        faults.append("the last pin has no end")
    return faults


def locked_versions(text: str) -> dict[str, Version]:
    """The version of every package in a lock, by its canonical name."""
    pins = [pin for line in text.splitlines() if (pin := PIN.match(line))]
    versions = {canonicalize_name(pin["name"]): Version(pin["version"]) for pin in pins}
    assert len(versions) == len(pins), "a package is pinned twice"
    return versions


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def lock() -> str:
    return (ROOT / "requirements.lock").read_text("utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        yield archive


def declared_requirements(project: dict, *, without: str | None = "bench") -> list[Requirement]:
    """What is declared; what measurements compare with has a lock of its own."""
    table = project["project"]
    listed = [*project["build-system"]["requires"], *table["dependencies"]]
    for name, extra in table["optional-dependencies"].items():
        listed += extra if name != without else []
    return [Requirement(line) for line in listed]


def is_met(need: Requirement, versions: dict[str, Version]) -> bool:
    locked = versions.get(canonicalize_name(need.name))
    return locked is not None and need.specifier.contains(locked, prereleases=True)


# --- the lock ---------------------------------------------------------------------------------------------


def test_lock_holds_exact_pins_with_hashes_and_nothing_else(lock: str) -> None:
    assert lock_faults(lock) == []
    assert len(locked_versions(lock)) > 50


@pytest.mark.parametrize(
    "line",
    [
        "numpy>=2.0 \\",
        "numpy==2.4.6",
        "--index-url=somewhere",
        "numpy @ file:numpy.whl",
        "    --hash=md5:00",
        "# a comment",
    ],
)
def test_lock_check_refuses_other_lines(lock: str, line: str) -> None:
    assert lock_faults(f"{line}\n{lock}") != []
    assert lock_faults(f"{lock}{line}\n") != []


def test_lock_check_refuses_a_pin_without_a_hash(lock: str) -> None:
    first_pin = lock.splitlines()[0]
    assert lock_faults(f"{first_pin}\n{lock}") != []
    assert lock_faults(f"{lock}{first_pin}\n") != []


def test_lock_satisfies_every_declared_requirement(project: dict, lock: str) -> None:
    versions = locked_versions(lock)
    unmet = [str(need) for need in declared_requirements(project) if not is_met(need, versions)]
    assert unmet == [], "make lock"


def test_lock_of_measurements_has_the_same_versions_and_more(project: dict, lock: str) -> None:
    text = (ROOT / "bench" / "requirements.lock").read_text("utf-8")
    assert lock_faults(text) == []
    versions = locked_versions(text)
    assert versions.items() > locked_versions(lock).items()
    assert [need for need in declared_requirements(project, without=None) if not is_met(need, versions)] == []


def test_lock_satisfies_what_the_locked_packages_require(project: dict, lock: str) -> None:
    """The set-up installs the lock with `--no-deps`: what a package needs, extras included, must be in it.

    A package installed in another version than the locked one says nothing of the lock, and is passed over.
    """
    versions = locked_versions(lock)
    waiting, seen, unmet = declared_requirements(project), set(), []
    while waiting:
        need = waiting.pop()
        if not is_met(need, versions):
            unmet.append(str(need))
        for key in {(canonicalize_name(need.name), extra) for extra in ("", *need.extras)} - seen:
            seen.add(key)
            waiting += needs_of(*key, version=versions.get(key[0]))
    assert len(seen) > len(declared_requirements(project))
    assert unmet == [], "make lock"


def needs_of(name: str, extra: str, *, version: Version | None) -> list[Requirement]:
    """What the installed package needs on this system, where it is installed in the version given."""
    try:
        package = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return []
    if Version(package.version) != version:
        return []
    needs = map(Requirement, package.requires or [])
    return [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]


# --- versions that must agree -----------------------------------------------------------------------------


def test_one_version_everywhere(project: dict) -> None:
    version = project["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert importlib.metadata.version("wsis-nlp") == version
    assert wsis_nlp.__version__ == version
    assert citation["version"] == version
    assert f"\n## {version}" in changes


def test_citation_has_what_its_format_requires(project: dict) -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["license"] == project["project"]["license"]
    assert [author["name"] for author in citation["authors"]] == [
        author["name"] for author in project["project"]["authors"]
    ]


def test_every_public_name_can_be_had() -> None:
    """The names are loaded lazily: a name whose module is gone would show only on first use."""
    assert wsis_nlp.__all__
    assert set(wsis_nlp.__all__) <= set(dir(wsis_nlp))
    missing = [name for name in wsis_nlp.__all__ if getattr(wsis_nlp, name, None) is None]
    assert missing == []


# --- the wheel --------------------------------------------------------------------------------------------


def test_wheel_holds_package_corpus_and_notebooks(wheel: zipfile.ZipFile) -> None:
    """Every file of the three folders is packed, byte for byte."""
    packed = {name for name in wheel.namelist() if not name.endswith("/")}
    places = {"wsis_nlp": "wsis_nlp", "corpus": "wsis_nlp/_corpus", "notebooks": "wsis_nlp/_notebooks"}
    for folder, place in places.items():
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and not is_cache(path)]
        assert files
        for path in files:
            name = f"{place}/{path.relative_to(ROOT / folder).as_posix()}"
            assert name in packed
            assert wheel.read(name) == path.read_bytes()


def is_cache(path: Path) -> bool:
    return bool({"__pycache__", ".ipynb_checkpoints", ".mypy_cache", ".ruff_cache"} & set(path.parts))


def test_wheel_has_what_users_look_for_and_nothing_foreign(wheel: zipfile.ZipFile) -> None:
    packed = wheel.namelist()
    for name in ["py.typed", "__init__.pyi", "house.mplstyle", "_corpus/corpus.toml", "_corpus/lexicon.toml"]:
        assert f"wsis_nlp/{name}" in packed
    assert any(re.fullmatch(r"wsis_nlp/_notebooks/\w+\.ipynb", name) for name in packed)
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in packed)
    tops = {name.split("/")[0] for name in packed}
    assert tops == {"wsis_nlp", f"wsis_nlp-{wsis_nlp.__version__}.dist-info"}
    assert not any("__pycache__" in name or ".ipynb_checkpoints" in name for name in packed)


def test_unpacked_wheel_works_far_from_the_checkout(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Without a `corpus.toml` above the working folder the packed corpus is read, by the packed code."""
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    wheel.extractall(site)
    code = (
        "import sys; import wsis_nlp; print(wsis_nlp.__file__, file=sys.stderr);"
        "sys.argv = ['wsis-nlp', 'corpus', 'list']; from wsis_nlp.cli import main; sys.exit(main())"
    )
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=elsewhere, env=environment, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stderr.splitlines()[0]).is_relative_to(site)
    for name in ["wsis10-draft", "a-res-70-125", "ecosoc-2016-draft", "ecosoc-2023-3", "wsis20-unesco"]:
        assert name in done.stdout
