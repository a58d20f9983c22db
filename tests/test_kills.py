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

from wsis_nlp import (
    Exporter,
    InputError,
    add_documents,
    init_corpus,
    read_provenance,
    remove_document,
    reproduce,
    reproduction,
)
from wsis_nlp import _files as files
from wsis_nlp.cli import main
from wsis_nlp.documents import load_corpus
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


@pytest.fixture
def registered(tmp_path):
    """A corpus of two registered documents and a copy of it, and two files that are in neither."""
    corpus, added = tmp_path / "corpus", []
    init_corpus(corpus)
    for name in ("first", "second", "third", "fourth"):
        added.append(tmp_path / f"{name}.txt")
        added[-1].write_text(TEXT.format(name), "utf-8")
    add_documents(added[:2], corpus=corpus)
    shutil.copytree(corpus, tmp_path / "before")
    return corpus, tmp_path / "before", added[2:]


def ids_of(corpus: Path) -> str:
    """Documents that a corpus registers, if the bytes of each are there."""
    try:
        return " ".join(document.id for document in load_corpus(corpus))
    except InputError as fault:
        return str(fault)


@pytest.mark.parametrize("change", ["add", "remove"])
def test_a_change_of_the_registry_that_is_killed_is_done_or_not_and_can_be_done_again(change, registered):
    corpus, before, more = registered
    new = {"add": "first fourth second third", "remove": "second"}[change]

    def task() -> None:
        if change == "add":
            add_documents(more, corpus=corpus)
        else:
            remove_document("first", corpus=corpus)

    def restore() -> None:
        shutil.rmtree(corpus)
        shutil.copytree(before, corpus)

    seen = child(task, see=lambda: ids_of(corpus))
    assert ids_of(corpus) == new
    turn = seen.index(new)
    assert seen == ["first second"] * turn + [new] * (len(seen) - turn)
    assert turn > 1
    for point in range(len(seen)):
        restore()
        child(task, kill_at=point)
        assert ids_of(corpus) == ("first second" if point < turn else new)
        assert main(["corpus", "check", "--corpus", str(corpus)]) == 0
        if point < turn:
            task()
        assert ids_of(corpus) == new


def test_a_new_corpus_and_a_raw_text_are_there_whole_or_not_at_all(tmp_path):
    text, raw = tmp_path / "one.txt", tmp_path / "raw.txt"
    text.write_text(TEXT.format("new"), "utf-8")
    raw.write_text("old")
    calls = {
        tmp_path / "own" / "corpus.toml": ["corpus", "init", str(tmp_path / "own")],
        raw: ["segment", str(text), "--raw-out", str(raw), "--format", "csv"],
    }
    for path, call in calls.items():
        before = path.read_text("utf-8") if path.exists() else None
        seen = child(lambda: main(call), see=lambda: path.read_text("utf-8") if path.exists() else None)  # noqa: B023
        new = path.read_text("utf-8")
        assert new != before
        assert [*dict.fromkeys(seen)] in ([before], [before, new])


def test_a_figure_whose_writing_is_killed_is_old_or_new_or_told_by_its_hashes(tmp_path):
    from matplotlib.figure import Figure

    out = tmp_path / "out"

    def save(word: str) -> None:
        figure = Figure(figsize=(84 / 25.4, 1))
        figure.text(0.1, 0.5, word)
        table = pd.DataFrame({"word": [word]})
        Exporter(out, "01_one", {}, "new").figure(figure, name="line", data=table, caption=word, alt=word)

    def state() -> str:
        found = {name: held for name, held in contents(out).items() if not name.endswith(".part")}
        wrong = [name for name, row in read_provenance(out).items() if sha256(found[name]) != row["sha256"]]
        return "cut off" if wrong else found["line.md"].decode().split()[-1]

    save("old")
    old = contents(out)
    seen = child(lambda: save("new"), see=state)
    assert [*dict.fromkeys(seen)] == ["old", "cut off", "new"]
    assert len(contents(out)) == 6
    assert seen.count("cut off") == 5  # of six files the first five have taken their places
    first = seen.index("cut off")
    for point, left in ((first - 1, "old"), (first, "cut off"), (first + 5, "new")):
        for name, held in old.items():
            (out / name).write_bytes(held)
        child(lambda: save("new"), kill_at=point)
        assert state() == left
        save("new")
        assert state() == "new"
