"""A store has the tables of the plain way, byte for byte the same whoever made it and after whatever was there."""

from __future__ import annotations

import ast
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from docx_files import docx_file
from hypothesis import given
from hypothesis import strategies as st
from made_corpus import document_text, made_corpus
from pandas.testing import assert_frame_equal

import wsis_nlp
from wsis_nlp import InputError, Study, build_store, group_rows, open_store, open_study, term_matrix
from wsis_nlp.cli import main
from wsis_nlp.documents import unregistered_document
from wsis_nlp.readings import Reading
from wsis_nlp.scale import building, running, shards
from wsis_nlp.scale.shards import cut, held_document

pytest.importorskip("distributed")
CORPUS = Path(wsis_nlp.__file__).parents[1] / "corpus"
READINGS: tuple[Reading, ...] = ("new", "old", "printed")
SMALL = "import wsis_nlp.scale.shards as shards; shards.SMALLEST, shards.LARGEST = 8_000, 16_000"
CALL = f"{SMALL}; import sys; from wsis_nlp.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards of two or three of the made documents."""
    monkeypatch.setattr(shards, "SMALLEST", 8_000)
    monkeypatch.setattr(shards, "LARGEST", 16_000)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_corpus(tmp_path_factory.mktemp("made") / "texts")


@pytest.fixture(scope="module")
def fresh(texts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the made texts, built at once in one process."""
    out = tmp_path_factory.mktemp("store") / "fresh"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "SMALLEST", 8_000)
        patch.setattr(shards, "LARGEST", 16_000)
        build_store(texts, out)
    return out


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def assert_extents_equal(made: pd.DataFrame, plain: pd.DataFrame) -> None:
    pairs = list(zip(made["extents"], plain["extents"], strict=True))
    assert all(one.dtype == other.dtype == np.int32 and np.array_equal(one, other) for one, other in pairs)


def assert_study_equal(made: Study, plain: Study) -> None:
    assert made.store is not None
    assert_frame_equal(made.documents, plain.documents)
    assert_frame_equal(made.paragraphs.drop(columns="extents"), plain.paragraphs.drop(columns="extents"))
    assert_extents_equal(made.paragraphs, plain.paragraphs)
    assert_frame_equal(made.tokens, plain.tokens)
    assert_frame_equal(made.mentions, plain.mentions)
    assert made.inputs == plain.inputs


# What a store holds


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the five documents."""
    return build_store(CORPUS, tmp_path_factory.mktemp("store") / "five").out


@pytest.mark.parametrize("reading", READINGS)
def test_a_study_of_a_store_equals_the_plain_one(five: Path, reading: Reading) -> None:
    made, plain = open_study(five, reading=reading), open_study(CORPUS, reading=reading)
    assert_study_equal(made, plain)
    assert_frame_equal(made.drift(["ai", "gdc"]), plain.drift(["ai", "gdc"]))
    assert_frame_equal(made.overview(), plain.overview())
    assert made.content_matrix.terms == plain.content_matrix.terms
    assert (made.content_matrix.values != plain.content_matrix.values).nnz == 0


def test_a_store_keeps_tracked_changes_apart_by_reading(tmp_path: Path) -> None:
    folder = made_corpus(tmp_path / "texts", 3)
    runs = ["We welcome ", ["del", "digital"], ["ins", "all"], " cooperation among States on the Internet."]
    (folder / "tracked.docx").write_bytes(docx_file({"body": [["Outcome document"], ["1. ", *runs]]}))
    build_store(folder, tmp_path / "store")
    for reading in READINGS:
        assert_study_equal(open_study(tmp_path / "store", reading=reading), open_study(folder, reading=reading))
    store = open_store(tmp_path / "store")
    counted = {reading: store.terms(reading).set_index("term")["count"] for reading in READINGS}
    assert counted["old"].get("digital", 0) == counted["new"].get("digital", 0) + 1
    assert counted["new"].get("all", 0) == counted["old"].get("all", 0) + 1
    assert counted["printed"].get("digitalall") == 1


@pytest.mark.parametrize("others", [0, 2])
@pytest.mark.parametrize("smallest", [1, 8_000])
def test_documents_without_words_have_no_tokens(
    tmp_path: Path, others: int, smallest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "LARGEST", smallest)
    folder = made_corpus(tmp_path / "texts", others)
    (folder / "annex.txt").write_text("ANNEX\n", "utf-8")
    (folder / "signs.txt").write_text("1. ----\n\n2. !!!\n", "utf-8")
    build_store(folder, tmp_path / "store")
    made, plain = open_study(tmp_path / "store"), open_study(folder)
    assert_study_equal(made, plain)
    assert made.store is not None
    matrix, expected = made.store.term_matrix(), term_matrix(plain.tokens, plain.body)
    assert matrix.values.shape == expected.values.shape
    assert (matrix.values != expected.values).nnz == 0
    assert_frame_equal(matrix.rows, expected.rows)
    assert others or made.tokens.empty


def test_a_store_says_how_its_files_were_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = made_corpus(tmp_path / "texts", 2)
    french = "1. Réaffirmant la décision adoptée à Genève, le Conseil a noté l\u2019été.\n\n2. Très bientôt.\n"
    (folder / "french.txt").write_bytes(french.encode("cp1252"))
    (told,) = unregistered_document(folder / "french.txt").notes
    assert main(["build", str(folder), "--out", str(tmp_path / "store")]) == 0
    assert f"french: {told}" in capsys.readouterr().err
    assert main(["corpus", "list", "--corpus", str(tmp_path / "store")]) == 0
    assert f"french: {told}" in capsys.readouterr().err


@pytest.mark.parametrize("least", [1, 2, 5])
def test_the_matrix_of_a_store_is_that_of_its_tokens(texts: Path, fresh: Path, least: int) -> None:
    plain = open_study(texts)
    expected = term_matrix(plain.tokens, plain.body, min_paragraphs=least)
    store = open_store(fresh)
    made = store.term_matrix(min_paragraphs=least)
    assert made.terms == expected.terms
    assert_frame_equal(made.rows, expected.rows)
    assert (made.values != expected.values).nnz == 0
    parts = list(store.term_matrices(min_paragraphs=least))
    assert len(parts) == len(store.shards) > 2
    assert {part.terms for part in parts} == {expected.terms}
    whole = group_rows(expected).rows["doc_id"].tolist()
    assert sorted(doc_id for part in parts for doc_id in part.rows["doc_id"].unique()) == sorted(whole)
    table = store.terms(min_paragraphs=least)
    assert table["term"].tolist() == list(expected.terms)
    assert table["count"].tolist() == expected.values.sum(axis=0).tolist()
    assert table["paragraphs_with"].tolist() == (expected.values > 0).sum(axis=0).tolist()


def test_tables_come_by_shard_with_the_columns_asked_for(texts: Path, fresh: Path) -> None:
    store, plain = open_store(fresh), open_study(texts)
    parts = list(store.tables("tokens", columns=["para_id", "term"]))
    assert len(parts) == len(store.shards)
    made = pd.concat(parts, ignore_index=True).sort_values("para_id", kind="stable", ignore_index=True)
    expected = plain.tokens[["para_id", "term"]].sort_values("para_id", kind="stable", ignore_index=True)
    assert_frame_equal(made, expected)
    rows = pd.concat(store.tables("paragraphs", columns=["doc_id", "extents"]), ignore_index=True)
    assert rows["doc_id"].is_monotonic_increasing
    assert_extents_equal(rows, plain.paragraphs.sort_values("doc_id", kind="stable"))
    with pytest.raises(InputError, match="column 'word' is none of tokens"):
        list(store.tables("tokens", columns=["word"]))
    with pytest.raises(InputError, match="table is 'words'"):
        list(store.tables("words"))


def test_a_store_has_its_own_lexicon_and_stop_lists(tmp_path: Path) -> None:
    folder = made_corpus(tmp_path / "texts", 2)
    (folder / "lexicon.toml").write_text('[[concept]]\nid = "own"\nlabel = "Own"\nforms = ["Internet"]\n', "utf-8")
    build_store(folder, tmp_path / "store")
    expected = open_study(folder).mentions
    shutil.rmtree(folder)
    study = open_study(tmp_path / "store")
    assert study.lexicon.ids == ("own",)
    assert_frame_equal(study.mentions, expected)
    assert study.stop_words("general") == open_study(CORPUS).stop_words("general")


# The same store, whoever makes it


def test_two_processes_make_the_store_of_one(texts: Path, fresh: Path, tmp_path: Path) -> None:
    build_store(texts, tmp_path / "store", workers=2)
    assert contents(tmp_path / "store") == contents(fresh)


def test_the_order_of_listing_does_not_matter(texts: Path, fresh: Path, tmp_path: Path) -> None:
    files = sorted(texts.iterdir(), reverse=True)
    build_store(files, tmp_path / "store")
    assert contents(tmp_path / "store") == contents(fresh)


def test_a_second_build_does_nothing(texts: Path, fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in fresh.rglob("*")}
    again = build_store(texts, fresh)
    assert (again.made, again.changed) == ((), False)
    assert {path: path.stat().st_mtime_ns for path in fresh.rglob("*")} == before
    assert main(["build", str(texts), "--out", str(fresh)]) == 0
    assert "12 documents; nothing to do" in capsys.readouterr().err


def test_a_half_made_store_is_finished(texts: Path, fresh: Path, tmp_path: Path) -> None:
    out = tmp_path / "store"
    shutil.copytree(fresh, out)
    (out / "store.json").unlink()
    (out / "terms.parquet").unlink()
    gone, *_ = sorted((out / "shards").iterdir())
    held = {one["id"] for one in json.loads((gone / "shard.json").read_text())["documents"]}
    (out / "shards" / ".0123456789abcdef.part").mkdir()
    shutil.rmtree(gone)
    assert set(build_store(texts, out).made) == held
    assert contents(out) == contents(fresh)


def change(folder: Path) -> str:
    (folder / "text-5.txt").write_text(document_text(5, seed=2), "utf-8")
    return "text-5"


def grow(folder: Path) -> str:
    (folder / "text-5.txt").write_text(document_text(5, size=14_000, seed=2), "utf-8")
    return "text-5"


def add(folder: Path) -> str:
    (folder / "text-55.txt").write_text(document_text(55), "utf-8")
    return "text-55"


def remove(folder: Path) -> str:
    (folder / "text-5.txt").unlink()
    return ""


def correct(folder: Path) -> str:
    (folder / "corrections").mkdir()
    row = "start,end,printed,new,old,sort,sure\n0,7,Outcome,Result,Outcome,ocr,yes\n"
    (folder / "corrections" / "text-5.csv").write_text(row, "utf-8")
    return "text-5"


@pytest.mark.parametrize(
    ("step", "workers"), [(change, 1), (change, 2), (grow, 1), (add, 1), (remove, 1), (correct, 1)]
)
def test_only_what_changed_is_made_anew(fresh: Path, tmp_path: Path, step: Callable[[Path], str], workers: int) -> None:
    folder, out = made_corpus(tmp_path / "texts"), tmp_path / "store"
    shutil.copytree(fresh, out)
    named = step(folder)
    made = build_store(folder, out, workers=workers)
    assert made.made == ((named,) if named else ())
    assert made.changed
    build_store(folder, tmp_path / "other")
    assert contents(out) == contents(tmp_path / "other")
    assert_study_equal(open_study(out), open_study(folder))


def test_a_changed_title_makes_no_table_anew(tmp_path: Path) -> None:
    shutil.copytree(CORPUS, tmp_path / "corpus")
    registry = tmp_path / "corpus" / "corpus.toml"
    build_store(tmp_path / "corpus", tmp_path / "store")
    registry.write_text(registry.read_text("utf-8").replace("WSIS+10 draft outcome document", "Draft"), "utf-8")
    made = build_store(tmp_path / "corpus", tmp_path / "store")
    assert (made.made, made.changed) == ((), True)
    assert open_study(tmp_path / "store").document("wsis10-draft").title == "Draft"


def held(sizes: dict[str, int]) -> list[shards.Held]:
    blank = unregistered_document(CORPUS / "corpus.toml")
    made = []
    for name, size in sizes.items():
        made.append(held_document(wsis_nlp.documents.replace(blank, id=name), "", size))
    return made


@given(
    st.dictionaries(st.from_regex(r"[a-z0-9]{1,6}", fullmatch=True), st.integers(0, 30_000), max_size=60), st.randoms()
)
def test_shards_part_documents_by_id_whatever_their_order(sizes: dict[str, int], draw: random.Random) -> None:
    documents = held(sizes)
    parts = list(cut(documents))
    assert [one.document.id for part in parts for one in part.held] == sorted(sizes)
    assert all(len(part.held) == 1 or sum(one.size for one in part.held) <= shards.LARGEST for part in parts)
    draw.shuffle(documents)
    assert list(cut(documents)) == parts


def test_a_document_more_changes_the_shards_around_it() -> None:
    sizes = {f"text-{number}": 100 + number * 37 % 1_000 for number in range(1_000)}
    before = {part.name for part in cut(held(sizes))}
    changes = []
    for number in range(0, 1_000, 50):
        after = {part.name for part in cut(held({**sizes, f"text-{number}-more": 700}))}
        changes.append(len(before - after))
    assert len(before) > 40
    assert np.mean(changes) < 6


# Runs that are killed, and workers that die


def start(texts: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    call = [sys.executable, "-c", CALL, "build", str(texts), "--out", str(out), *more]
    return subprocess.Popen(call, stderr=subprocess.DEVNULL, start_new_session=True)


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs a system with process groups")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_killed_build_ends_right_when_run_again(texts: Path, fresh: Path, tmp_path: Path, workers: str) -> None:
    expected, out, draw = contents(fresh), tmp_path / "store", random.Random(3)
    for _ in range(3):
        process = start(texts, out, "--workers", workers)
        while not out.exists() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 0.8))
        process.kill()  # the process alone: its workers must end by themselves
        process.wait()
    deadline = time.monotonic() + 60
    while _alive(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(process.pid)
    build_store(texts, out)
    assert contents(out) == expected


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def after_first_shard(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Do something when the first shard is stored, while others are in flight."""

    def arrange(task: Callable[[], object]) -> None:
        write, done = building.write_shard, []

        def writing(*arguments: Any) -> Any:
            told = write(*arguments)
            if not done:
                done.append(task())
            return told

        monkeypatch.setattr(building, "write_shard", writing)

    return arrange


def test_a_worker_that_dies_does_not_end_the_build(
    texts: Path, fresh: Path, tmp_path: Path, after_first_shard: Callable[..., None]
) -> None:
    killed = []

    def kill() -> None:
        killed.append(multiprocessing.active_children()[0].pid)
        os.kill(killed[0], signal.SIGKILL)

    after_first_shard(kill)
    build_store(texts, tmp_path / "store", workers=2)
    assert len(killed) == 1
    assert contents(tmp_path / "store") == contents(fresh)


class Deadly:
    """Runs what is submitted at once; a shard with a certain document ends the pool."""

    names: tuple[str, ...] = ("text-7",)

    def __init__(self, *_: Any, **__: Any) -> None:
        self.broken = False

    def submit(self, work: Callable[..., Any], sources: list[shards.Source], recipe: str) -> Future[Any]:
        future: Future[Any] = Future()
        if self.broken:
            raise BrokenProcessPool
        if any(one.document.id in self.names for one in sources):
            self.broken = True
            future.set_exception(BrokenProcessPool())
        else:
            future.set_result(work(sources, recipe))
        return future

    def shutdown(self, **_: Any) -> None:
        pass


def test_a_shard_that_kills_each_worker_is_named_and_the_others_are_kept(
    texts: Path, fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "ProcessPoolExecutor", Deadly)
    with pytest.raises(InputError, match=r"over the shard of these documents: .*text-7") as fault:
        build_store(texts, tmp_path / "store", workers=2)
    assert "\n" not in str(fault.value)
    monkeypatch.undo()
    monkeypatch.setattr(shards, "SMALLEST", 8_000)
    monkeypatch.setattr(shards, "LARGEST", 16_000)
    made = build_store(texts, tmp_path / "store")
    assert "text-7" in made.made
    assert contents(tmp_path / "store") == contents(fresh)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes of Dask on this machine."""
    import logging

    from distributed import Client, LocalCluster

    given = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with LocalCluster(silence_logs=logging.CRITICAL, **given) as made, Client(made, set_as_default=False) as client:
        yield client


def test_dask_makes_the_store_of_one_process(texts: Path, fresh: Path, tmp_path: Path, cluster: Any) -> None:
    build_store(texts, tmp_path / "store", client=cluster)
    assert contents(tmp_path / "store") == contents(fresh)
    assert cluster.status == "running"


def test_the_command_uses_a_scheduler(
    texts: Path, fresh: Path, tmp_path: Path, cluster: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["build", str(texts), "--out", str(tmp_path / "store"), "--scheduler", cluster.scheduler.address]
    assert main(call) == 0
    assert "workers: 2" in capsys.readouterr().err
    assert contents(tmp_path / "store") == contents(fresh)


def test_dask_does_the_shards_of_a_lost_worker_again(
    texts: Path, fresh: Path, tmp_path: Path, cluster: Any, after_first_shard: Callable[..., None]
) -> None:
    before = cluster.run(os.getpid)
    after_first_shard(lambda: os.kill(next(iter(before.values())), signal.SIGKILL))
    build_store(texts, tmp_path / "store", client=cluster)
    assert contents(tmp_path / "store") == contents(fresh)


def test_a_worker_with_other_code_is_refused(texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "recipe", lambda: "another")
    with pytest.raises(InputError, match="a worker has another version of the package"):
        build_store(texts, tmp_path / "store")
    assert list((tmp_path / "store" / "shards").iterdir()) == []


def code_of_tables() -> set[str]:
    """Files of the package that the module of the tables imports, at whatever place, and what these import."""
    package = Path(wsis_nlp.__file__).parent
    found, left = set[Path](), [package / "scale" / "tables.py"]
    while left:
        file = left.pop()
        found.add(file)
        names = set[str]()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("wsis_nlp."):
                # A module that is imported by its name; where only the package is told, all of its modules.
                names |= {node.value, *(f"{node.value}{path.stem}" for path in package.rglob("*.py"))}
        for name in names:
            place = package.joinpath(*name.split(".")[1:]) if name.startswith("wsis_nlp.") else package
            files = {place.with_suffix(".py"), place / "__init__.py"} - {package / "__init__.py"}
            left += [path for path in files if path.is_file() and path not in found]
    return {path.relative_to(package).as_posix() for path in found}


def test_the_recipe_has_every_file_that_makes_tables() -> None:
    used = code_of_tables()
    assert {"segmentation/labels.py", "formats/pdf_fonts.py", "formats/docx.py"} <= used
    assert used == {*shards.recipe_files()}


def test_a_change_of_code_changes_the_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, files = shards.recipe(), shards.recipe_files()
    shutil.copy(files["segmentation/labels.py"], tmp_path / "labels.py")
    monkeypatch.setattr(shards, "recipe_files", lambda: files | {"segmentation/labels.py": tmp_path / "labels.py"})
    assert shards.recipe.__wrapped__() == before
    with (tmp_path / "labels.py").open("a") as file:
        file.write("#\n")
    assert shards.recipe.__wrapped__() != before


@pytest.fixture
def bare_cluster() -> Iterator[Any]:
    """A scheduler without workers, and its cluster, which may start some in threads of this process."""
    from distributed import Client, LocalCluster

    given = {
        "n_workers": 0,
        "threads_per_worker": 1,
        "processes": False,
        "protocol": "tcp://",
        "dashboard_address": ":0",
    }
    with LocalCluster(**given) as made, Client(made, set_as_default=False) as client:
        yield client


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PATIENCE", 0.2)
    monkeypatch.setattr(running, "LOOK", 0.05)


@pytest.mark.usefixtures("impatient")
def test_a_scheduler_without_workers_is_not_waited_for_without_end(
    texts: Path, tmp_path: Path, bare_cluster: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    address = bare_cluster.scheduler.addr
    assert main(["build", str(texts), "--out", str(tmp_path / "store"), "--scheduler", address]) == 2
    said = capsys.readouterr().err
    assert "workers: 0, waiting for one" in said
    assert f"the scheduler {address} has had no worker for 0.2 seconds; start one (dask worker {address})" in said
    assert said.count("\n") == 2


def test_a_cluster_that_starts_workers_for_tasks_is_waited_for(
    texts: Path, fresh: Path, tmp_path: Path, bare_cluster: Any
) -> None:
    bare_cluster.cluster.adapt(minimum=0, maximum=1, interval="50ms")
    build_store(texts, tmp_path / "store", client=bare_cluster)
    assert contents(tmp_path / "store") == contents(fresh)


@pytest.mark.usefixtures("impatient")
def test_a_build_ends_when_its_last_worker_is_gone_and_goes_on_when_run_again(
    texts: Path, fresh: Path, tmp_path: Path, bare_cluster: Any, after_first_shard: Callable[..., None]
) -> None:
    bare_cluster.cluster.scale(1)
    bare_cluster.wait_for_workers(1, timeout=30)
    (worker,) = bare_cluster.cluster.workers.values()
    after_first_shard(lambda: bare_cluster.sync(worker.close))
    with pytest.raises(InputError, match=r"has had no worker for 0\.2 seconds.*what is done is kept") as fault:
        build_store(texts, tmp_path / "store", client=bare_cluster)
    assert "\n" not in str(fault.value)
    made = build_store(texts, tmp_path / "store").made
    assert 0 < len(made) < 12
    assert contents(tmp_path / "store") == contents(fresh)


@given(st.lists(st.integers(0, 130), max_size=30), st.integers(1, 60))
def test_what_is_under_way_is_bounded_by_bytes(sizes: list[int], workers: int) -> None:
    """Of many workers no more are given work than memory has room for; what is larger than that goes alone."""
    tasks = [running.Task(shard, shard.held) for size in sizes for shard in cut(held({f"text-{len(sizes)}": size}))]
    sent: dict[Future[shards.Outcome], int] = {}
    loaded: list[int] = []

    def load(task: running.Task) -> list[shards.Source]:
        loaded.append(task.shard.held[0].size)
        return []

    def submit(*_: Any) -> Future[shards.Outcome]:
        future = Future[shards.Outcome]()
        sent[future] = loaded[-1]
        return future

    def finish_one(futures: Any, **_: Any) -> tuple[set[Any], None]:
        under_way.append([*sent.values()])
        assert set(futures) == set(sent)
        first = next(iter(sent))
        del sent[first]
        first.set_result(shards.Outcome({}, {}, {}, {}, {}))
        return {first}, None

    under_way: list[list[int]] = []
    executor = SimpleNamespace(submit=submit, shutdown=lambda **_: None)
    client = SimpleNamespace(
        get_executor=lambda **_: executor,
        nthreads=lambda: dict.fromkeys(range(workers), 1),
        scheduler=SimpleNamespace(addr="tcp://far:1"),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "IN_FLIGHT", 100)
        patch.setattr(running, "wait", finish_one)
        done = [task for task, _ in running.run(tasks, load, workers=1, client=client)]
    assert done == tasks
    assert loaded == sizes
    for at, held_now in enumerate(under_way):
        assert len(held_now) <= 2 * workers
        assert len(held_now) == 1 or sum(held_now) <= 100
        after = sizes[at + len(held_now) : at + len(held_now) + 1]
        assert not after or len(held_now) == 2 * workers or sum(held_now) + after[0] > 100, "no room is left unused"


def lost(kind: str) -> Exception:
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    made = {"killed": KilledWorker("task", None, 3), "cancelled": CancelledError(), "closed": CommClosedError("closed")}
    return made.get(kind) or ModuleNotFoundError("No module named 'wsis_nlp'")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("killed", "workers die, time and again, over the shard of these documents: text-1"),
        ("cancelled", "the scheduler tcp://far:1 is gone"),
        ("closed", "the scheduler tcp://far:1 is gone"),
        ("missing", "the workers of tcp://far:1 cannot run the package"),
    ],
)
def test_a_cluster_that_fails_is_told_in_one_line(texts: Path, tmp_path: Path, kind: str, said: str) -> None:
    class Failing:
        def submit(self, *_: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(lost(kind))
            return future

        def shutdown(self, **_: Any) -> None:
            pass

    client = SimpleNamespace(
        get_executor=lambda **_: Failing(), nthreads=lambda: {"far": 1}, scheduler=SimpleNamespace(addr="tcp://far:1")
    )
    with pytest.raises(InputError, match=said) as fault:
        build_store(texts, tmp_path / "store", client=client)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("fault", [OSError("Timed out"), AttributeError("'NoneType' object has no attribute 'ncores'")])
def test_a_scheduler_that_is_gone_when_it_is_asked_is_told_in_one_line(
    texts: Path, tmp_path: Path, fault: Exception
) -> None:
    """What Dask raises while it tries to connect again, and when it has given up."""

    def nthreads() -> dict[str, int]:
        raise fault

    executor = SimpleNamespace(shutdown=lambda **_: None)
    far = SimpleNamespace(addr="tcp://far:1")
    client = SimpleNamespace(get_executor=lambda **_: executor, nthreads=nthreads, scheduler=far)
    with pytest.raises(InputError, match="the scheduler tcp://far:1 is gone; build again"):
        build_store(texts, tmp_path / "store", client=client)


# Corpora from elsewhere


def test_a_corpus_in_memory_or_an_archive_is_built_as_a_folder(texts: Path, fresh: Path, tmp_path: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    for file in texts.iterdir():
        memory.pipe(f"/made/{file.name}", file.read_bytes())
    build_store("memory://made", tmp_path / "memory")
    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        for file in texts.iterdir():
            archive.write(file, f"texts/{file.name}")
    build_store(f"zip://texts::{tmp_path / 'texts.zip'}", tmp_path / "zip")
    assert contents(tmp_path / "memory") == contents(tmp_path / "zip") == contents(fresh)
    assert build_store(texts.as_uri(), fresh).changed is False


def test_an_archive_brings_registry_corrections_and_lexicon(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "corpus.zip", "w") as archive:
        for file in (path for path in CORPUS.rglob("*") if path.is_file()):
            archive.write(file, file.relative_to(CORPUS).as_posix())
        archive.writestr("raw/no-document.bin", b"\0" * 1_000)
    build_store(CORPUS, tmp_path / "folder")
    build_store(f"zip://::{tmp_path / 'corpus.zip'}", tmp_path / "zip")
    assert contents(tmp_path / "zip") == contents(tmp_path / "folder")


@pytest.mark.cases("store.json", "entries")
def test_names_of_an_archive_do_not_lead_out_of_the_copy(tmp_path: Path, case: dict[str, str]) -> None:
    with zipfile.ZipFile(tmp_path / "hostile.zip", "w") as archive:
        archive.writestr("texts/good.txt", document_text(1))
        archive.writestr(f"texts/{case['name']}", "1. We welcome this.\n")
    before = set(tmp_path.parent.rglob("out.*"))
    said = ""
    try:
        made = [one.id for one in build_store(f"zip://texts::{tmp_path / 'hostile.zip'}", tmp_path / "store").corpus]
    except InputError as fault:
        made, said = [], str(fault)
    assert made == ["good"] or "leads out of" in said
    assert set(tmp_path.parent.rglob("out.*")) == before


@pytest.mark.cases("store.json", "addresses")
def test_what_is_no_corpus_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Any) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as fault:
        build_store(case["corpus"], tmp_path / "store")
    assert case["said"] in str(fault.value)
    assert "\n" not in str(fault.value)
    assert "wsis-nlp-" not in str(fault.value), "the temporary copy is none of the reader's business"
    assert not (tmp_path / "store").exists()


def test_workers_and_a_scheduler_exclude_one_another(texts: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="workers is 2 and a scheduler is given"):
        build_store(texts, tmp_path / "store", workers=2, client="tcp://127.0.0.1:1")
    with pytest.raises(InputError, match="workers is 0"):
        build_store(texts, tmp_path / "store", workers=0)


@pytest.mark.cases("store.json", "schedulers")
def test_a_scheduler_that_is_none_ends_with_status_2(
    texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], case: Any
) -> None:
    assert main(["build", str(texts), "--out", str(tmp_path / "store"), "--scheduler", case["scheduler"]]) == 2
    said = capsys.readouterr().err
    assert case["said"] in said
    assert said.count("\n") == 1


# What cannot be used


@pytest.mark.cases("store.json", "places")
def test_nothing_but_a_store_is_written_over(texts: Path, tmp_path: Path, case: Any) -> None:
    out = tmp_path / "out"
    for name, text in case["files"].items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, "utf-8")
    before = contents(tmp_path)
    with pytest.raises(InputError, match=case["said"]):
        build_store(texts, out)
    assert contents(tmp_path) == before


@pytest.mark.cases("store.json", "manifests")
def test_a_manifest_that_cannot_be_used_is_refused_and_made_again(
    texts: Path, fresh: Path, tmp_path: Path, case: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "store"
    shutil.copytree(fresh, out)
    manifest = json.loads((out / "store.json").read_text("utf-8"))
    manifest["documents"][0] |= case.get("change", {})
    (out / "store.json").write_text(case.get("text") or json.dumps(manifest), "utf-8")
    assert main(["corpus", "list", "--corpus", str(out)]) in (0, 2)
    assert main(["drift", "--concept", "ai", "--corpus", str(out)]) == 2
    said = capsys.readouterr().err
    assert case["said"] in said
    assert "Traceback" not in said
    build_store(texts, out)
    assert contents(out) == contents(fresh)


@pytest.mark.parametrize("table", ["paragraphs", "tokens", "counts", "terms"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_a_damaged_table_is_found_out_and_made_again(
    texts: Path, fresh: Path, tmp_path: Path, table: str, damage: str
) -> None:
    out = tmp_path / "store"
    shutil.copytree(fresh, out)
    shard = sorted((out / "shards").iterdir())[1]
    for file in (shard / f"{table}.parquet", *([out / "terms.parquet"] if table == "terms" else [])):
        data = file.read_bytes()
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]
        file.unlink() if damage == "gone" else file.write_bytes(flipped if damage == "flipped" else data[:-20])
    store = open_store(out)
    read = {"paragraphs": store.paragraphs, "tokens": store.tokens, "counts": store.term_matrix, "terms": store.terms}
    with pytest.raises(InputError, match=rf"{table}\.parquet.*build the store again") as fault:
        read[table]()
    assert "\n" not in str(fault.value)
    held = {one["id"] for one in json.loads((shard / "shard.json").read_text())["documents"]}
    assert set(build_store(texts, out).made) == held
    assert contents(out) == contents(fresh)


def test_a_store_of_another_format_is_made_anew(
    texts: Path, fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "store"
    shutil.copytree(fresh, out)
    for file in out.rglob("*.json"):
        file.write_text(file.read_text("utf-8").replace('"format": 1', '"format": 0'), "utf-8")
    assert len(build_store(texts, out).made) == 12
    assert contents(out) == contents(fresh)


def test_a_document_that_changed_since_it_was_registered_ends_the_build(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(CORPUS, tmp_path / "corpus")
    build_store(tmp_path / "corpus", tmp_path / "store")
    before = contents(tmp_path / "store")
    with (tmp_path / "corpus" / "raw" / "ecosoc-2023-3.txt").open("a") as file:
        file.write("more")
    call = ["build", str(tmp_path / "corpus"), "--out", str(tmp_path / "store")]
    assert main(call) == 2
    assert "document 'ecosoc-2023-3' (ecosoc-2023-3.txt) has changed" in capsys.readouterr().err
    assert contents(tmp_path / "store") == before
    assert main([*call, "--keep-going"]) == 0
    assert [one.id for one in open_store(tmp_path / "store").corpus].count("ecosoc-2023-3") == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_cannot_be_read_is_left_out_only_when_asked(
    tmp_path: Path, workers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made_corpus(tmp_path / "texts", 4)
    (folder / "binary.txt").write_bytes(b"\0\1\2" * 50)
    (folder / "scan.pdf").write_bytes(b"%PDF-1.4\nno document\n")
    (folder / "table.xls").write_bytes(b"")
    call = ["build", str(folder), "--out", str(tmp_path / "store"), "--workers", workers]
    assert main(call) == 2
    said = capsys.readouterr().err
    assert "nor can 1 more; to leave out what cannot be read: --keep-going" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "store" / "store.json").exists()
    assert main([*call, "--keep-going"]) == 0
    said = capsys.readouterr().err
    assert said.count("skipped: document") == 2
    assert "table.xls" in said
    assert "4 documents; brought up to date" in said, "what was made before is not made again"
    study, plain = open_study(tmp_path / "store"), open_study(folder, keep_going=True)
    assert_study_equal(study, plain)
    assert study.corpus.skipped[0].why == plain.corpus.skipped[0].why
    assert [one.document.id for one in study.corpus.skipped] == [one.document.id for one in plain.corpus.skipped]
    assert study.corpus.no_documents == plain.corpus.no_documents == ("table.xls",)


def test_corrections_that_do_not_fit_end_the_build_with_their_line(tmp_path: Path) -> None:
    folder = made_corpus(tmp_path / "texts", 2)
    (folder / "corrections").mkdir()
    row = "start,end,printed,new,old,sort,sure\n0,7,Income,Result,Outcome,ocr,yes\n"
    (folder / "corrections" / "text-1.csv").write_text(row, "utf-8")
    for keep_going in (False, True):
        with pytest.raises(InputError, match=r"corrections/text-1\.csv, line 2: printed is 'Income'"):
            build_store(folder, tmp_path / "store", keep_going=keep_going)


def test_a_second_build_at_once_is_refused(texts: Path, tmp_path: Path, after_first_shard: Callable[..., None]) -> None:
    pytest.importorskip("fcntl")
    said = []

    def other() -> None:
        with pytest.raises(InputError) as fault:
            build_store(texts, tmp_path / "store")
        said.append(str(fault.value))

    after_first_shard(other)
    build_store(texts, tmp_path / "store")
    assert "another run works there now" in said[0]


@pytest.mark.parametrize(
    "call",
    [
        ["corpus", "check"],
        ["segment", "text-1"],
        ["verify"],
        ["reproduce"],
        ["page"],
        ["corpus", "remove", "text-1"],
        ["corpus", "add", "text.txt"],
    ],
    ids=" ".join,
)
def test_what_needs_files_says_that_a_store_has_none(
    fresh: Path, tmp_path: Path, call: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(CORPUS.parent / "figures", tmp_path / "out") if call == ["verify"] else None
    more = ["--out", str(tmp_path / "out")] if call[0] in ("verify", "reproduce", "page") else []
    assert main([*call, "--corpus", str(fresh), *more]) == 2
    assert "a store" in capsys.readouterr().err


def test_without_the_extra_one_line_says_what_to_install(
    texts: Path, fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "wsis_nlp.scale.tables", raising=False)
    for call in (["build", str(texts), "--out", str(tmp_path / "store")], ["drift", "--corpus", str(fresh)]):
        assert main(call) == 2
        said = capsys.readouterr().err
        assert "needs pyarrow; install it with: pip install 'wsis-nlp[scale]'" in said
        assert said.count("\n") == 1
