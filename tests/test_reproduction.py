"""The study as a whole: it runs, it repeats to the byte, and it leaves nothing half done."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from wsis_nlp import read_provenance, reproduce
from wsis_nlp.reproduction import NotebookFailure, find_notebooks, study_notebooks

PROJECT = Path(__file__).parents[1]
FIGURES = PROJECT / "figures"
DRAWN = {
    "drift",
    "drift-all-concepts",
    "topics-over-documents",
    "topic-terms",
    "similarity-documents-heatmap",
    "similarity-wsis10-draft-wsis20-unesco",
    "similarity-ecosoc-2016-draft-ecosoc-2023-3",
    "corpus",
    "drift-difference-wsis10-draft-wsis20-unesco",
    "drift-difference-ecosoc-2023-3-wsis20-unesco",
    "drift-dispersion",
    "lineage-ribbons",
    "lineage-inherited",
    "keyness-wsis20-unesco-wsis10-draft-scatter",
    "keyness-ecosoc-2023-3-ecosoc-2016-draft-scatter",
}
TOLERANCE = 1e-6


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs of the study into two folders, under two hash seeds."""
    made = []
    for seed in ("1", "2"):
        out = tmp_path_factory.mktemp("run") / "figures"
        call = [sys.executable, "-m", "wsis_nlp.cli", "reproduce", "--out", str(out)]
        subprocess.run(call, check=True, cwd=PROJECT, env={**os.environ, "PYTHONHASHSEED": seed})
        made.append(out)
    return made


def test_the_study_draws_its_figures(runs):
    names = set(contents(runs[0]))
    for figure in DRAWN:
        assert {f"{figure}.{form}" for form in ("pdf", "svg", "png", "csv", "md")} <= names


def test_two_runs_are_equal_to_the_byte(runs):
    first, second = (contents(out) for out in runs)
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_every_file_has_a_row_with_its_hash(runs):
    files = contents(runs[0])
    rows = read_provenance(runs[0])
    assert set(rows) == set(files) - {"provenance.json"}
    for name, row in rows.items():
        assert row["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert row["reading"] == "new"
        assert row["inputs"]["corpus/raw/wsis20-unesco.txt"]


def test_executed_notebooks_hold_no_error_no_time_and_no_path(runs):
    notebooks = sorted((runs[0] / "notebooks").glob("*.ipynb"))
    assert [path.name for path in notebooks] == [path.name for path in study_notebooks(find_notebooks())]
    for path in notebooks:
        text = path.read_text("utf-8")
        assert str(runs[0].parent) not in text
        assert "start_time" not in text
        cells = [cell for cell in nbformat.reads(text, as_version=4).cells if cell.cell_type == "code"]
        assert all(cell.execution_count for cell in cells)
        assert not [output for cell in cells for output in cell.outputs if output.output_type in ("error", "stream")]


def test_images_in_notebooks_have_alternative_text(runs):
    pages = [
        output["data"]["text/html"]
        for path in (runs[0] / "notebooks").glob("*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    images = [image for page in pages for image in re.findall(r"<img [^>]*>", page)]
    assert len(images) == len(list(runs[0].glob("*.png")))
    assert all(re.search(r' alt="[^"]{30,}"', image) for image in images)


def test_the_published_results_are_those_of_this_code(runs):
    tables = sorted(path.name for path in FIGURES.glob("*.csv"))
    assert tables == sorted(path.name for path in runs[0].glob("*.csv"))
    for name in tables:
        published, made = (pd.read_csv(folder / name) for folder in (FIGURES, runs[0]))
        pd.testing.assert_frame_equal(published, made, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.fixture
def small(tmp_path):
    """A corpus of two undated documents in a bare folder."""
    folder = tmp_path / "texts"
    folder.mkdir()
    words = ["artificial intelligence", "data governance", "digital divides", "human rights", "connectivity"]
    for name, shift in (("first", 0), ("second", 1)):
        paragraphs = [f"{n}. We welcome {words[(n + shift) % 5]} and note {words[(n * 2) % 5]}." for n in range(1, 31)]
        (folder / f"{name}.txt").write_text("\n\n".join(paragraphs) + "\n")
    return folder


def test_notebooks_run_from_a_copy_on_another_corpus(small, tmp_path, monkeypatch):
    copy = tmp_path / "elsewhere"
    copy.mkdir()
    for notebook in study_notebooks(find_notebooks()):
        shutil.copy(notebook, copy)
    out = tmp_path / "out"
    monkeypatch.chdir(tmp_path)
    reproduce(Path("out"), corpus=small, notebooks=copy, reading="printed")
    assert (out / "topic-terms.svg").is_file()
    drift = pd.read_csv(out / "drift-main.csv")
    assert set(drift["doc_id"]) == {"first", "second"}
    assert (out / "similarity-first-second.svg").is_file()
    assert {row["reading"] for row in read_provenance(out).values()} == {"printed"}


def test_a_failing_notebook_leaves_what_was_there(small, tmp_path):
    books = tmp_path / "books"
    books.mkdir()
    parameters = nbformat.v4.new_code_cell("corpus = reading = out = None", metadata={"tags": ["parameters"]})
    cells = [parameters, nbformat.v4.new_code_cell("1 / 0")]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), books / "01_broken.ipynb")
    out = tmp_path / "out"
    out.mkdir()
    (out / "old.csv").write_text("kept\n")
    with pytest.raises(NotebookFailure, match=r"01_broken.ipynb, cell \d+: ZeroDivisionError"):
        reproduce(out, corpus=small, notebooks=books)
    assert contents(out) == {"old.csv": b"kept\n"}
    assert not list(tmp_path.glob(".out-*"))
