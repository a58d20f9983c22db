"""A run that is killed at any point leaves the results as they were, or as it makes them: whole, either way."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from wsis_nlp import _files as files
from wsis_nlp import read_provenance, reproduce, reproduction
from wsis_nlp.study import open_study

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")
CHANGES = {
    "os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate",
    "shutil.rmtree", "ctypes.dlsym", "ctypes.dlsym/handle",
}  # fmt: skip
"""What Python tells an audit hook before it changes files, beside the opening of a file to write."""
TEXT = "1. We welcome {}.\n\n2. We note digital divides.\n"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def child(task: Callable[[], object], see: Callable[[], object] = int, kill_at: int | None = None) -> list[object]:
    """Do a task in a process of its own; what is seen before each change of files, until it is killed at one."""
    with tempfile.TemporaryFile() as told:
        if (process := os.fork()) == 0:
            seen: list[object] = []

            def watch(event: str, arguments: tuple[object, ...]) -> None:
                opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
                if event in CHANGES or opened:
                    if len(seen) == kill_at:
                        os.kill(os.getpid(), signal.SIGKILL)
                    seen.append(see())

            try:
                sys.addaudithook(watch)
                task()
                told.write(json.dumps(seen).encode())
                told.flush()
            finally:
                os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        assert status == (0 if kill_at is None else -signal.SIGKILL)
        told.seek(0)
        return [] if status else json.load(told)


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A task that makes results of a corpus of two documents, with notebooks whose cells are not run."""

    def execute(source, stage, parameters, progress):
        held = open_study(parameters["corpus"])
        saved = held.exporter(source.stem, stage)
        saved.table(held.overview(), name=f"{source.stem}-words", caption="Words.")
        saved.table(pd.DataFrame({"text": held.body["text"]}), name=f"{source.stem}-texts", caption="Texts.")
        return nbformat.read(source, 4)

    monkeypatch.setattr(reproduction, "_execute", execute)
    books, corpus = tmp_path / "books", tmp_path / "texts"
    books.mkdir()
    corpus.mkdir()
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    for stem in ("01_one", "02_two"):
        nbformat.write(nbformat.v4.new_notebook(metadata=kernel), books / f"{stem}.ipynb")

    def make(out: Path, word: str) -> None:
        for name in ("first", "second"):
            (corpus / f"{name}.txt").write_text(TEXT.format(word), "utf-8")
        reproduce(out, corpus=corpus, notebooks=books)

    return make


@pytest.fixture
def states(study, tmp_path):
    """Old results with a file of the user's, and functions that put them back and tell in which state they are."""
    old, new, out = tmp_path / "old", tmp_path / "new", tmp_path / "results" / "figures"
    study(old, "data governance")
    (old / "notes").mkdir()
    (old / "notes" / "mine.txt").write_text("kept")
    study(new, "artificial intelligence")
    whole = {"old": contents(old), "new": contents(new) | {"notes/mine.txt": b"kept"}}
    assert whole["old"].keys() == whole["new"].keys()
    assert whole["old"] != whole["new"]

    def restore() -> None:
        shutil.rmtree(out.parent, ignore_errors=True)
        shutil.copytree(old, out)

    def state() -> str | None:
        return next((name for name, held in whole.items() if held == contents(out)), None)

    return out, restore, state


def test_a_run_that_is_killed_leaves_old_or_new_results_whole(study, states):
    out, restore, state = states
    restore()
    seen = child(lambda: study(out, "artificial intelligence"), see=state)
    turn = seen.index("new")
    assert seen == ["old"] * turn + ["new"] * (len(seen) - turn)  # what a kill before each change would leave
    assert turn > 40
    for point in (0, turn // 2, turn - 1, turn, len(seen) - 1):
        restore()
        child(lambda: study(out, "artificial intelligence"), kill_at=point)
        assert state() == ("old" if point < turn else "new")
    study(out, "artificial intelligence")
    assert state() == "new"


def test_where_folders_cannot_be_swapped_the_hashes_tell_a_run_that_was_killed(study, states, monkeypatch):
    out, restore, state = states
    monkeypatch.setattr(files, "exchange", lambda one, other: False)
    restore()
    seen = child(lambda: study(out, "artificial intelligence"), see=state)
    assert state() == "new"
    first, turn = seen.index(None), seen.index("new")
    assert {*seen[:first]} == {"old"}
    assert {*seen[turn:]} == {"new"}
    restore()
    child(lambda: study(out, "artificial intelligence"), kill_at=(first + turn) // 2)
    assert state() is None
    changed = [name for name, row in read_provenance(out).items() if sha256((out / name).read_bytes()) != row["sha256"]]
    assert changed
    study(out, "artificial intelligence")
    assert state() == "new"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
