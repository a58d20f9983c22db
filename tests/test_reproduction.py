"""The study as a whole: it runs, it repeats to the byte, and it leaves nothing half done."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from wsis_nlp import read_provenance, reproduce
from wsis_nlp._files import publish
from wsis_nlp.cli import main
from wsis_nlp.export import read_records, saved_words
from wsis_nlp.pages import gallery_page, notebook_page
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
PARAMETERS = "corpus = None\nout = None\nreading = 'new'\nkeep_going = False"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def reversed_corpus(folder: Path) -> Path:
    """A copy of the corpus whose registry lists the documents the other way round."""
    copy = shutil.copytree(PROJECT / "corpus", folder / "corpus")
    head, *entries = (copy / "corpus.toml").read_text("utf-8").split("[[document]]")
    text = "[[document]]".join([head, *(f"{entry.rstrip()}\n\n" for entry in reversed(entries))])
    (copy / "corpus.toml").write_text(text, "utf-8")
    return copy


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The study in one run; and its notebooks one by one, from the last, in as other circumstances as there are."""
    whole, single = (tmp_path_factory.mktemp(name) for name in ("whole", "single"))
    call = [sys.executable, "-m", "wsis_nlp.cli", "reproduce", "--out", str(whole / "figures")]
    at_once = subprocess.Popen(call, cwd=PROJECT, env={**os.environ, "PYTHONHASHSEED": "1"})
    given = {"corpus": str(reversed_corpus(single)), "out": str(single / "figures")}
    parameters = [part for name, value in given.items() for part in ("-p", name, value)]
    threads = {f"{name}_NUM_THREADS": "2" for name in ("OPENBLAS", "OMP", "MKL")}
    environment = {**os.environ, **threads, "PYTHONHASHSEED": "2", "IPYTHONDIR": str(single / "ipython")}
    for notebook in reversed(study_notebooks(find_notebooks())):
        call = [sys.executable, "-m", "papermill", "--no-progress-bar", str(notebook), str(single / notebook.name)]
        subprocess.run([*call, *parameters], check=True, cwd=single, env=environment, capture_output=True)
    assert at_once.wait() == 0
    return [whole / "figures", single / "figures"]


def test_the_study_draws_its_figures(runs):
    names = set(contents(runs[0]))
    for figure in DRAWN:
        assert {f"{figure}.{form}" for form in ("pdf", "svg", "png", "csv", "md")} <= names


def test_seed_of_hashes_threads_listing_and_order_of_notebooks_change_no_byte(runs):
    whole, single = (
        {name: held for name, held in contents(out).items() if not name.endswith((".html", ".ipynb", ".json"))}
        for out in runs
    )
    assert len(whole) > 5 * len(DRAWN)
    assert set(whole) == set(single)
    assert [name for name in whole if whole[name] != single[name]] == []


def shown_by(path: Path) -> list[tuple[str, list[dict]]]:
    """Sources of the cells of an executed notebook and what they show; parameters that a run was given are left out."""
    cells = nbformat.read(path, as_version=4).cells
    return [
        (cell.source, [dict(output) | {"execution_count": None} for output in cell.get("outputs", [])])
        for cell in cells
        if "injected-parameters" not in cell.metadata.get("tags", ())
    ]


def test_notebooks_show_the_same_in_both_runs_and_their_pages_are_made_again_alike(runs):
    names = [path.name for path in study_notebooks(find_notebooks())]
    stems = [Path(name).stem for name in names]
    for name, stem in zip(names, stems, strict=True):
        executed = runs[0] / "notebooks" / name
        assert shown_by(executed) == shown_by(runs[1].parent / name)
        page = notebook_page(nbformat.read(executed, as_version=4), stem, stems, runs[0])
        assert page == executed.with_suffix(".html").read_bytes()
    assert gallery_page(read_records(runs[0]), stems, runs[0]) == (runs[0] / "index.html").read_bytes()


def test_rows_of_provenance_differ_in_the_listing_alone(runs):
    whole, single = (read_provenance(out) for out in runs)
    listing = "corpus/corpus.toml"
    assert len({row["inputs"][listing] for row in (*whole.values(), *single.values())}) == 2
    whole, single = (
        {name: row | {"inputs": row["inputs"] | {listing: ""}} for name, row in rows.items()}
        for rows in (whole, single)
    )
    assert {name: row for name, row in whole.items() if not name.endswith((".html", ".ipynb"))} == single


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


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def told_of_figures(out: Path) -> dict[str, str]:
    return {path.stem: saved_words(path.with_suffix(".md").read_text("utf-8"))["Alternative text"]
            for path in out.glob("*.svg")}  # fmt: skip


def test_every_figure_is_told_in_words_in_its_notebook(runs):
    pages = [
        output["data"]["text/html"]
        for path in (runs[0] / "notebooks").glob("*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    alts = [image["alt"] for page in pages for image in Tags(page).all("img")]
    assert sorted(alts) == sorted(told_of_figures(runs[0]).values())
    assert min(map(len, alts)) >= 30


def test_pages_show_the_figures_by_their_files_with_their_words(runs):
    words = told_of_figures(runs[0])
    gallery = Tags((runs[0] / "index.html").read_text("utf-8")).all("img")
    assert {image["src"]: image["alt"] for image in gallery} == {f"{name}.png": words[name] for name in words}
    pages = [Tags(path.read_text("utf-8")) for path in sorted((runs[0] / "notebooks").glob("*.html"))]
    assert len(pages) == len(study_notebooks(find_notebooks()))
    shown = {image["src"]: image["alt"] for page in pages for image in page.all("img")}
    assert shown == {f"../{name}.png": words[name] for name in words}


def test_pages_fetch_nothing_and_lead_nowhere_that_is_not_there(runs):
    for path in (runs[0] / "index.html", *(runs[0] / "notebooks").glob("*.html")):
        page = Tags(path.read_text("utf-8"))
        assert not page.all("link")
        assert not [script for script in page.all("script") if script]
        assert not re.search(r"url\(|@import|srcset", path.read_text("utf-8"))
        links = [one["href"] for one in page.all("a")]
        local = [one for one in links if not one.startswith(("#", "https://"))] + [
            one["src"] for one in page.all("img")
        ]
        assert len(local) > 6
        assert [one for one in local if not (path.parent / one).is_file()] == []


def test_published_results_are_few_enough_to_lie_in_the_repository():
    """A clone takes them all, at each change."""
    assert sum(path.stat().st_size for path in FIGURES.rglob("*") if path.is_file()) < 10_000_000


def test_pages_have_formulas_that_browsers_draw(runs):
    for path in (runs[0] / "notebooks").glob("*.html"):
        page = path.read_text("utf-8")
        source = path.with_suffix(".ipynb").read_text("utf-8")
        assert page.count('display="block"') == source.count("$$") // 2
        formulas = re.findall(r"<math.*?</math>", page, re.DOTALL)
        assert [formula for formula in formulas if "\\" in formula] == []
        assert "$" not in re.sub(r"<script>.*?</script>|<pre>.*?</pre>", "", page, flags=re.DOTALL)


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
    assert not list(tmp_path.glob(".out*"))


def test_a_document_that_cannot_be_read_ends_the_run_before_it_begins_or_is_left_out(
    small, tmp_path, monkeypatch, capsys
):
    (small / "broken.pdf").write_text("%PDF-1.7")
    books, out = tmp_path / "books", tmp_path / "out"
    books.mkdir()
    cells = [
        nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(
            "from wsis_nlp import open_study\n"
            "study = open_study(corpus, reading=reading, keep_going=keep_going)\n"
            "saved = study.exporter('01_words', out).table(study.overview(), name='words', caption='Words.')"
        ),
    ]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), books / "01_words.ipynb")
    monkeypatch.setattr("wsis_nlp.reproduction.find_notebooks", lambda: books)
    monkeypatch.setattr("wsis_nlp.verification.find_notebooks", lambda: books)
    call = ["--corpus", str(small), "--out", str(out)]
    assert main(["reproduce", *call]) == 2
    assert "'broken' (broken.pdf)" in capsys.readouterr().err
    assert not out.exists()
    assert main(["reproduce", "--keep-going", *call]) == 0
    assert "skipped: document 'broken' (broken.pdf)" in capsys.readouterr().err
    assert pd.read_csv(out / "words.csv")["doc_id"].tolist() == ["first", "second"]
    assert "corpus/broken.pdf" in read_provenance(out)["words.csv"]["inputs"]
    assert main(["verify", *call]) == 2
    assert "'broken' (broken.pdf)" in capsys.readouterr().err
    assert main(["verify", "--keep-going", *call]) == 0
    assert "FAIL" not in capsys.readouterr().out
    (small / "broken.pdf").write_text("%PDF-1.4")
    assert main(["verify", "--keep-going", *call]) == 1
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["FAIL", "input", "corpus/broken.pdf", "has", "changed"] in told


def test_of_two_runs_at_once_one_is_left_whole(small, tmp_path, monkeypatch):
    """The runs end at one time, in threads of their own; their results differ in names and content."""
    out, made = tmp_path / "out", {}
    for name in ("one", "two"):
        reproduced = tmp_path / name
        (reproduced / "sub").mkdir(parents=True)
        for count in range(40):
            (reproduced / "sub" / f"{name}-{count}").write_text(name)
        (reproduced / "same").write_text(name)
        made[name] = contents(reproduced)
    out.mkdir()
    (out / "mine").write_text("mine")

    def names(folder):
        return {path for held in made.values() for path in held if (folder / path).exists()}

    for _ in range(20):
        stages = [tmp_path / f"stage-{name}" for name in made]
        for name, stage in zip(made, stages, strict=True):
            shutil.copytree(tmp_path / name, stage)
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda stage: publish(stage, out, earlier=names, last="same"), stages))
        found = contents(out)
        assert found.pop("mine") == b"mine"
        assert found in made.values()
        for stage in stages:
            shutil.rmtree(stage, ignore_errors=True)
