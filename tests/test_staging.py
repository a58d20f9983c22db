"""Where results go: two runs do not meet, and nothing that a stranger wrote leads a run elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wsis_nlp import InputError, read_provenance, reproduce, reproduction, verify
from wsis_nlp._files import publish, staging, write_atomic

STAGE = """import sys
from pathlib import Path
from wsis_nlp._files import staging
with staging(Path(sys.argv[1])) as stage:
    (stage / "half").write_text("1")
    print(stage, flush=True)
    sys.stdin.read()
"""


def running(out: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that works in a staging folder until it is told to end, and the folder."""
    call = [sys.executable, "-c", STAGE, str(out)]
    process = subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_a_run_that_works_keeps_its_staging_folder_and_what_a_killed_one_left_is_removed(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    out = tmp_path / "figures [new]"
    working, held = running(out)
    killed, left = running(out)
    assert held != left
    os.utime(held.parent, (0, 0))  # that it is old does not matter
    killed.kill()
    killed.communicate()
    assert (left / "half").exists()
    assert not out.exists()
    mine = tmp_path / ".figures [new].wsis-nlp-abcd1234"
    mine.mkdir()
    (mine / "notes.txt").write_text("kept")
    with staging(out):
        assert (held / "half").exists()
        assert not left.parent.exists()
    working.communicate("")
    assert sorted(tmp_path.iterdir()) == [mine]


def test_parts_of_files_that_killed_runs_left_are_removed_a_day_later(tmp_path: Path) -> None:
    old, young = (tmp_path / f".wsis-nlp-{name}.part" for name in ("old", "young"))
    for path in (old, young):
        path.write_text("half")
    os.utime(old, (0, 0))
    write_atomic(tmp_path / "whole.txt", b"1")
    assert sorted(path.name for path in tmp_path.iterdir()) == [young.name, "whole.txt"]


def test_what_is_no_ordinary_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(InputError, match="is no ordinary file"):
            write_atomic(tmp_path / name, b"1")
    assert (tmp_path / "pipe").is_fifo()


def test_files_folders_links_and_rights_of_others_stay(tmp_path: Path) -> None:
    out, stage = tmp_path / "out", tmp_path / "stage"
    for folder in (out / ".git" / "refs", out / "empty", out / "notebooks", stage / "notebooks"):
        folder.mkdir(parents=True)
    (out / ".git" / "HEAD").write_text("ref")
    (out / ".hidden").write_text("kept")
    (out / "notebooks" / "mine").write_text("kept")
    (out / "notebooks").chmod(0o700)
    (out / "link").symlink_to("nowhere")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x").write_text("kept")
    (out / "far").symlink_to(tmp_path / "elsewhere")
    (stage / "notebooks" / "made").write_text("1")
    publish(stage, out, earlier=lambda folder: set(), last="made")
    assert (out / ".git" / "HEAD").read_text() == "ref"
    assert (out / ".git" / "refs").is_dir()
    assert (out / "empty").is_dir()
    assert (out / ".hidden").read_text() == (out / "notebooks" / "mine").read_text() == "kept"
    assert (out / "notebooks").stat().st_mode & 0o777 == 0o700
    assert (out / "link").readlink() == Path("nowhere")
    assert (out / "far").is_symlink()
    assert (tmp_path / "elsewhere" / "x").read_text() == "kept"
    assert (out / "notebooks" / "made").read_text() == "1"


@pytest.mark.parametrize("swapped", [True, False])
def test_a_link_in_the_place_of_a_folder_of_results_is_refused(swapped: bool, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("wsis_nlp._files.exchange", lambda one, other: swapped)
    out, stage, far = tmp_path / "out", tmp_path / "stage", tmp_path / "far"
    for folder in (out, far, stage / "notebooks"):
        folder.mkdir(parents=True)
    (stage / "notebooks" / "made").write_text("1")
    (out / "notebooks").symlink_to(far)
    with pytest.raises(InputError, match="is in the place of a folder of results"):
        publish(stage, out, earlier=lambda folder: set(), last="made")
    assert list(far.iterdir()) == []


@pytest.fixture
def project(tmp_path: Path, monkeypatch) -> Path:
    """A corpus of one document, and a call of the study that would make something if it were not refused before."""
    (tmp_path / "texts" / "raw").mkdir(parents=True)
    (tmp_path / "texts" / "a.txt").write_text("1. We welcome rooms.\n")
    (tmp_path / "work").mkdir()
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(reproduction, "_execute", lambda *given: pytest.fail("the study runs"))
    return tmp_path


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("texts", "is or holds the corpus"),
        ("", "is or holds the working folder"),
        ("work", "is or holds the working folder"),
        ("home", "is or holds your home folder"),
        ("/", "is or holds the working folder"),
        ("texts/a.txt", "is no folder"),
        ("pipe", "is no folder"),
        ("link", "is or holds the corpus"),
    ],
)
def test_a_place_where_files_of_others_would_be_swapped_away_is_refused(out: str, says: str, project: Path) -> None:
    os.mkfifo(project / "pipe")
    (project / "link").symlink_to("texts")
    before = [*sorted(project.iterdir()), *(project / "texts").rglob("*")]
    with pytest.raises(InputError, match=says):
        reproduce(project / out, corpus=project / "texts")
    assert [*sorted(project.iterdir()), *(project / "texts").rglob("*")] == before


def record(**changed: object) -> str:
    held = {"notebook": "01_one", "reading": "new", "inputs": {}, "options": {}, "packages": {}, "files": {}} | changed
    return json.dumps({"line": held})


@pytest.mark.parametrize(
    "name", ["../secret", "{}/secret", "far/secret", "link", "notes/../../secret", "loop/x", "a\0b"]
)
def test_provenance_of_a_stranger_leads_to_no_file_outside(name: str, project: Path) -> None:
    out, secret = project / "out", project / "secret"
    out.mkdir()
    secret.write_text("kept")
    (out / "far").symlink_to(project)
    (out / "link").symlink_to(secret)
    (out / "loop").symlink_to("loop")
    (out / "provenance.json").write_text(record(files={name.format(project): ""}))
    for call in (read_provenance, verify, lambda out: reproduce(out, corpus=project / "texts")):
        with pytest.raises(InputError, match="delete it and run again"):
            call(out)
    assert secret.read_text() == "kept"


@pytest.mark.parametrize("name", ["corpus/../secret", "corpus//etc/passwd", "corpus/link"])
def test_inputs_that_a_stranger_recorded_are_looked_for_in_the_corpus_alone(name: str, project: Path) -> None:
    out = project / "out"
    out.mkdir()
    (project / "secret").write_text("kept")
    (project / "texts" / "link").symlink_to(project / "secret")
    (out / "provenance.json").write_text(record(inputs={name: ""}, files={"line.csv": ""}))
    with pytest.raises(InputError, match="leads out of"):
        verify(out, corpus=project / "texts")


def test_a_file_that_was_changed_since_it_was_made_is_not_taken_away(tmp_path: Path) -> None:
    (tmp_path / "provenance.json").write_text(record(files={"mine.txt": "0" * 64, "gone.txt": ""}))
    (tmp_path / "mine.txt").write_text("kept")
    assert reproduction._as_recorded(tmp_path) == set()
