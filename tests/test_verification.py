"""Verification: what holds passes, and one changed byte anywhere is told with all that depends on it."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from PIL import Image, ImageChops, ImageDraw

from wsis_nlp import read_provenance, reproduce, verification, verify
from wsis_nlp.agreement import LEVELS_ACROSS_VERSIONS, file_agreement
from wsis_nlp.cli import main
from wsis_nlp.reproduction import NotebookFailure

ROOT = Path(__file__).parents[1]
TEXTS = {
    "first": "1. We welcome artificial intelligence.\n\n2. We note Al and the Internet.\n",
    "second": "1. We welcome artificial intelligence and AI.\n\n2. We recall data governance.\n",
}
INPUTS = (
    "corpus.toml", "raw/first.txt", "raw/second.txt", "corrections/first.csv", "lexicon.toml",
    "stoplists/general.txt", "stoplists/un-boilerplate.txt",
)  # fmt: skip
MADE = {"01_tables": {"01_tables", "rates", "words"}, "02_figure": {"02_figure", "line"}, "": {"index"}}
ITEMS = set().union(*MADE.values())
OUTPUTS = {
    "rates.csv": "rates", "words.md": "words", "line.csv": "line", "line.pdf": "line", "line.png": "line",
    "line.svg": "line", "notebooks/01_tables.ipynb": "01_tables",
}  # fmt: skip
SETUP = """from wsis_nlp import open_study

study = open_study(corpus, reading=reading)
export = study.exporter({name!r}, out)
drift = study.drift(["ai"])[["doc_id", "count", "rate_per_1000"]]"""
CELLS = {
    "01_tables": [
        'export.table(drift, name="rates", caption="Rates.")',
        'export.table(drift[["count"]], name="words", caption="Counts.")',
    ],
    "02_figure": [
        "from matplotlib.figure import Figure\n\n"
        "figure = Figure(figsize=(84 / 25.4, 1.5))\n"
        'figure.add_axes((0.2, 0.2, 0.7, 0.7)).plot(drift["rate_per_1000"], linewidth=4)\n'
        'export.figure(figure, name="line", data=drift, caption="Rates.", alt="A line that rises.")'
    ],
}


def write_corpus(folder):
    (folder / "raw").mkdir(parents=True)
    for part in ("corrections", "stoplists"):
        (folder / part).mkdir()
    entries = []
    for name, text in TEXTS.items():
        (folder / "raw" / f"{name}.txt").write_bytes(text.encode())
        digest = hashlib.sha256(text.encode()).hexdigest()
        entries.append(
            f'[[document]]\nid = "{name}"\ntitle = "{name}"\nsymbol = ""\nbody = ""\ndate = "2020"\nstage = "draft"\n'
            f'series = ""\nlanguage = "en"\nfile = "raw/{name}.txt"\nsha256 = "{digest}"\n'
            'source = ""\nrights = ""\n'
        )
    at = TEXTS["first"].index("Al ")
    rows = f"start,end,printed,new,old,sort,sure\n{at},{at + 2},Al,AI,AI,ocr,yes\n"
    concept = '[[concept]]\nid = "ai"\nlabel = "AI"\nforms = ["artificial intelligence", "AI"]\n'
    held = {"corpus.toml": "\n".join(entries), "corrections/first.csv": rows, "lexicon.toml": concept,
            "stoplists/general.txt": "and\nthe\n", "stoplists/un-boilerplate.txt": "welcome\n"}  # fmt: skip
    for name, text in held.items():
        (folder / name).write_bytes(text.encode())


def write_notebooks(folder):
    folder.mkdir()
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    for name, sources in CELLS.items():
        cells = [nbformat.v4.new_code_cell("corpus = reading = out = None", metadata={"tags": ["parameters"]})]
        cells += [nbformat.v4.new_code_cell(text) for text in (SETUP.format(name=name), *sources)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / f"{name}.ipynb")


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A project of two documents and two notebooks, with the results that they make."""
    project = tmp_path_factory.mktemp("project")
    write_corpus(project / "corpus")
    write_notebooks(project / "notebooks")
    reproduce(project / "figures", corpus=project / "corpus", notebooks=project / "notebooks")
    return project


@pytest.fixture
def project(original, tmp_path, monkeypatch):
    """A copy of the project to change, from which commands are called."""
    copy = tmp_path / "project"
    shutil.copytree(original, copy)
    monkeypatch.chdir(copy)
    return copy


@pytest.fixture
def anew(original, tmp_path, monkeypatch):
    """In place of a run, results that it would make, to change before; and what it was called with."""
    made = SimpleNamespace(folder=tmp_path / "anew", calls=[])
    shutil.copytree(original / "figures", made.folder)

    def run(out, **given):
        made.calls.append(given)
        shutil.copytree(made.folder, out)

    monkeypatch.setattr(verification, "reproduce", run)
    return made


def flip(path, at):
    """Another byte at a place, told as a share of the file."""
    held = bytearray(path.read_bytes())
    held[int(at * (len(held) - 1))] ^= 1
    path.write_bytes(held)


def change_record(out, item, **changed):
    path = out / "provenance.json"
    records = json.loads(path.read_text("utf-8"))
    records[item] |= changed
    path.write_text(json.dumps(records), "utf-8")


def rewrite(out, file, content):
    """Another content of a file, as if it had been made so."""
    (out / file).write_bytes(content)
    rows = read_provenance(out)
    item = rows[file]["item"]
    files = {name: row["sha256"] for name, row in rows.items() if row["item"] == item}
    change_record(out, item, files=files | {file: hashlib.sha256(content).hexdigest()})


def statuses(found, status):
    return set(found.items.loc[found.items["status"] == status, "name"])


def told(found):
    return {(row["input"], row["why"]): set(row["items"]) for row in found.inputs.to_dict("records")}


def run(capsys, *call):
    status = main(list(call))
    shown = capsys.readouterr()
    return status, shown.out, shown.err


# What holds


def test_what_was_made_passes_when_it_is_made_anew(project, capsys):
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    status, out, err = run(capsys, "verify")
    lines = [line.split() for line in out.splitlines()]
    assert (status, {line[0] for line in lines}) == (0, {"PASS"}), out
    assert [" ".join(line[1:3]) for line in lines] == [
        "table rates", "table words", "figure line", "notebook 01_tables", "notebook 02_figure", "page index",
    ]  # fmt: skip
    # The folder of the corpus, which the first run was told and this one was not, is no difference.
    assert [" ".join(line[3:]) for line in lines[:3]] == ["byte for byte"] * 3
    assert err.splitlines()[-1] == "6 of 6 agree with what was computed anew"
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_the_published_results_are_of_this_corpus_and_these_notebooks(anew):
    shutil.rmtree(anew.folder)
    shutil.copytree(ROOT / "figures", anew.folder)
    found = verify(ROOT / "figures", corpus=ROOT / "corpus", notebooks=ROOT / "notebooks")
    assert found.report().count("FAIL") == 0
    assert found.holds
    assert len(anew.calls) == 1


def test_a_saved_notebook_with_outputs_has_the_same_source(project, anew):
    path = project / "notebooks" / "02_figure.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells[1].outputs = [nbformat.v4.new_output("stream", text="run in JupyterLab")]
    nbformat.write(book, path)
    assert verify(project / "figures").holds


# Inputs


@pytest.mark.parametrize("at", [0, 0.5, 1])
@pytest.mark.parametrize("name", INPUTS)
def test_one_changed_byte_of_an_input_is_told_with_all_that_depends_on_it(project, anew, name, at, capsys):
    path, figures = project / "corpus" / name, project / "figures"
    flip(path, at)
    found = verify(figures)
    assert told(found) == {(f"corpus/{name}", "has changed"): ITEMS}
    assert statuses(found, "FAIL") == ITEMS
    status, out, err = run(capsys, "verify")
    assert status == 1
    assert err.splitlines()[-1] == "6 of 6 do not hold; nothing was computed anew"
    lines = [line.split() for line in out.splitlines()]
    assert lines[0][:3] == ["FAIL", "input", f"corpus/{name}"]
    assert {line[2] for line in lines[1:]} == ITEMS
    assert anew.calls == []
    flip(path, at)
    assert verify(figures).holds


@pytest.mark.parametrize("name", [name for name in INPUTS if not name.startswith(("lexicon", "stop"))])
def test_a_missing_input_is_told(project, anew, name):
    (project / "corpus" / name).unlink()
    found = verify(project / "figures", corpus=project / "corpus", notebooks=project / "notebooks")
    assert told(found) == {(f"corpus/{name}", "is missing"): ITEMS}
    assert anew.calls == []


def test_a_lexicon_that_is_missing_is_that_of_the_package(project, anew):
    (project / "corpus" / "lexicon.toml").unlink()
    assert told(verify(project / "figures")) == {("corpus/lexicon.toml", "has changed"): ITEMS}


def test_a_new_input_is_told(project, anew):
    (project / "corpus" / "corrections" / "second.csv").write_text("start,end,printed,new,old,sort,sure\n")
    assert told(verify(project / "figures")) == {("corpus/corrections/second.csv", "is new"): ITEMS}


def test_what_is_new_to_a_part_is_told_of_that_part(project, anew):
    path = project / "corpus" / "corrections" / "second.csv"
    path.write_text("start,end,printed,new,old,sort,sure\n")
    known = read_provenance(project / "figures")["line.csv"]["inputs"]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    change_record(project / "figures", "line", inputs=known | {"corpus/corrections/second.csv": digest})
    found = verify(project / "figures")
    assert told(found) == {("corpus/corrections/second.csv", "is new"): ITEMS - {"line"}}
    assert statuses(found, "SKIP") == {"line"}


@pytest.mark.parametrize("name", CELLS)
def test_a_changed_notebook_is_told_with_what_it_makes(project, anew, name, capsys):
    path = project / "notebooks" / f"{name}.ipynb"
    path.write_text(path.read_text("utf-8").replace("Rates.", "Rites."), "utf-8")
    found = verify(project / "figures")
    dependants = MADE[name] | {"index"}
    assert told(found) == {(f"notebooks/{name}.ipynb", "has changed"): dependants}
    assert statuses(found, "FAIL") == dependants
    assert statuses(found, "SKIP") == ITEMS - dependants
    status, out, _ = run(capsys, "verify")
    assert status == 1
    assert {line.split()[2] for line in out.splitlines()} == dependants | {f"notebooks/{name}.ipynb"}
    assert anew.calls == []


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"cells": [{}]}'])
def test_a_notebook_that_is_none_any_more_has_changed(project, anew, content):
    (project / "notebooks" / "02_figure.ipynb").write_text(content)
    found = verify(project / "figures")
    assert told(found) == {("notebooks/02_figure.ipynb", "has changed"): MADE["02_figure"] | {"index"}}


def test_missing_and_new_notebooks_are_told(project, anew):
    (project / "notebooks" / "02_figure.ipynb").rename(project / "notebooks" / "03_figure.ipynb")
    found = verify(project / "figures")
    assert told(found) == {
        ("notebooks/02_figure.ipynb", "is missing"): MADE["02_figure"] | {"index"},
        ("notebooks/03_figure.ipynb", "is new"): {"index"},
    }
    assert not found.holds


# Outputs


@pytest.mark.parametrize("at", [0, 0.5, 1])
@pytest.mark.parametrize("file", OUTPUTS)
def test_one_changed_byte_of_a_result_is_told(project, anew, file, at):
    path = project / "figures" / file
    flip(path, at)
    found = verify(project / "figures")
    assert told(found) == {}
    assert found.items.set_index("name")["why"][OUTPUTS[file]] == f"{file} has changed"
    assert (statuses(found, "FAIL"), statuses(found, "SKIP")) == ({OUTPUTS[file]}, ITEMS - {OUTPUTS[file]})
    flip(path, at)
    assert verify(project / "figures").holds


@pytest.mark.parametrize("file", OUTPUTS)
def test_a_missing_result_is_told(project, anew, file):
    (project / "figures" / file).unlink()
    found = verify(project / "figures")
    assert statuses(found, "FAIL") == {OUTPUTS[file]}
    assert f"{file} is missing" in found.report()
    assert anew.calls == []


def test_a_stray_file_and_another_version_are_told_and_no_failure(project, anew):
    (project / "figures" / "notes.txt").write_text("mine")
    (project / "figures" / ".hidden").write_text("of an editor")
    change_record(project / "figures", "rates", packages={"matplotlib": "1.0", "absent": "2.0"})
    found = verify(project / "figures")
    assert found.holds
    assert [note.split("; ")[0] for note in found.notes[1:3]] == ["made with absent 2.0", "made with matplotlib 1.0"]
    assert found.notes[3].endswith("but not of the study: notes.txt")


# What is computed anew


@pytest.mark.parametrize(("count", "status"), [("2", "PASS"), ("3", "FAIL")])
def test_a_count_is_compared_with_its_new_making(project, anew, count, status):
    text = (anew.folder / "rates.csv").read_text("utf-8")
    assert ",2," in text
    rewrite(anew.folder, "rates.csv", text.replace(",2,", f",{count},").encode())
    found = verify(project / "figures")
    assert found.holds == (status == "PASS")
    assert statuses(found, "PASS") == (ITEMS if status == "PASS" else ITEMS - {"rates"})
    assert found.summary().endswith(f"\n{5 + found.holds} of 6 agree with what was computed anew")


def test_items_of_one_side_alone_fail(project, anew):
    records = json.loads((anew.folder / "provenance.json").read_text("utf-8"))
    records["words-again"] = records.pop("words")
    (anew.folder / "provenance.json").write_text(json.dumps(records))
    files = {name: digest for name, digest in records["line"]["files"].items() if name != "line.svg"}
    change_record(anew.folder, "line", files=files)
    change_record(anew.folder, "rates", options={"k": 8})
    whys = verify(project / "figures").items.set_index("name")
    assert whys.loc[whys["status"] == "FAIL", "why"].to_dict() == {
        "words": "is not made any more", "words-again": "is made now, and was not",
        "line": "svg: is made no more", "rates": "options: {} and, made anew, {'k': 8}",
    }  # fmt: skip


@pytest.mark.parametrize("reading", ["printed", "old"])
def test_results_of_another_reading_are_made_anew_in_it(project, anew, reading):
    for folder in (project / "figures", anew.folder):
        for item in ITEMS:
            change_record(folder, item, reading=reading)
    assert verify(project / "figures", corpus=project / "corpus").holds
    assert [call["reading"] for call in anew.calls] == [reading]


def test_results_of_two_readings_do_not_hold(project, anew):
    change_record(project / "figures", "rates", reading="printed")
    found = verify(project / "figures")
    assert (statuses(found, "FAIL"), anew.calls) == ({"rates"}, [])
    assert "its reading is 'printed', that of others 'new'" in found.report()


@pytest.mark.cases("agreement.json", "tables")
def test_tables_agree_but_for_a_tolerance(case):
    agrees, words = file_agreement("rates.csv", case["published"].encode(), case["made"].encode())
    assert agrees == case["agrees"]
    assert case["says"] in words
    assert bool(words) == (case["published"] != case["made"])


@pytest.mark.cases("agreement.json", "notebooks")
def test_notebooks_agree_in_sources_and_words(case):
    image = {"image/png": "AAAA", "text/html": ['<img src="data:image/png;base64,AAAA" alt="A line.">'],
             "text/plain": ["A line."]}  # fmt: skip
    shown = [{"output_type": "display_data", "metadata": {}, "data": image}]
    cell = {
        "cell_type": "code",
        "id": "draw",
        "metadata": {},
        "execution_count": 1,
        "source": ["draw()"],
        "outputs": shown,
    }
    cells = [cell, cell | case["change"]] if case.get("added") else [cell | case["change"]]
    both = [json.dumps({"cells": held}).encode() for held in ([cell], cells)]
    agrees, words = file_agreement("notebooks/01_a.ipynb", *both)
    assert agrees == case["agrees"]
    assert case["says"] in words


def drawing(*bars, size=(480, 240), mode="RGB"):
    image = Image.new(mode, size, "white")
    for left, top, colour in bars:
        ImageDraw.Draw(image).rectangle((left, top, left + 47, 239), fill=colour)
    stream = io.BytesIO()
    image.save(stream, "png")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("made", "same", "across"),
    [
        (drawing((96, 96, "navy"), mode="RGBA"), True, True),
        (drawing((97, 96, "navy")), False, True),
        (drawing((96, 72, "navy")), False, False),
        (drawing((96, 96, "orange")), False, False),
        (drawing(), False, False),
        (drawing((96, 96, "navy"), size=(480, 241)), False, False),
        (b"no image", False, False),
    ],
    ids=["form of file", "moved by a pixel", "higher", "other colour", "left out", "other size", "no image"],
)
def test_drawings_agree_but_for_what_another_version_moves(made, same, across):
    published = drawing((96, 96, "navy"))
    assert file_agreement("line.png", published, made)[0] == same
    assert file_agreement("line.png", published, made, levels=LEVELS_ACROSS_VERSIONS)[0] == across


@pytest.mark.parametrize(("version", "status"), [(None, "FAIL"), ("1.0", "PASS")])
def test_another_version_of_matplotlib_may_draw_some_pixels_away(project, anew, version, status):
    stream = io.BytesIO()
    ImageChops.offset(Image.open(anew.folder / "line.png"), 0, 3).save(stream, "png")
    rewrite(anew.folder, "line.png", stream.getvalue())
    if version:
        change_record(project / "figures", "line", packages={"matplotlib": version})
    found = verify(project / "figures")
    assert "line" in statuses(found, status)
    assert "png: colours differ by up to" in found.report()


def test_words_agree_where_they_are_equal_and_the_image_speaks_for_its_drawings():
    assert file_agreement("rates.md", b"Rates.", b"Rites.") == (False, "other bytes")
    assert file_agreement("line.svg", b"<svg/>", b"<svg></svg>") == (True, "other bytes")


def test_pages_agree_where_their_words_are_equal():
    page = b'<p>Two <b>rates</b>: 0.25</p><img src="a.png" alt="A line.">'
    assert file_agreement("index.html", page, page.replace(b"<b>", b'<b class="x">\n'))[0]
    assert file_agreement("index.html", page, page.replace(b"0.25", b"0.26")) == (False, "its words differ")


# Calls


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"rates": {"files": {"rates.csv": ""}}}'])
def test_results_without_provenance_are_no_results(project, anew, capsys, content):
    path = project / "figures" / "provenance.json"
    path.unlink()
    if content is not None:
        path.write_text(content)
    status, out, err = run(capsys, "verify")
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert "provenance.json" in err


def test_a_run_that_ends_early_leaves_nothing(project, monkeypatch, tmp_path, capsys):
    faults = {KeyboardInterrupt(): (130, "interrupted"), NotebookFailure("01_tables.ipynb, cell 2"): (1, "cell 2")}
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    for fault, (ends, says) in faults.items():

        def run_into(out, fault=fault, **_):
            out.mkdir()
            (out / "half.csv").write_text("1")
            raise fault

        monkeypatch.setattr(verification, "reproduce", run_into)
        status, out, err = run(capsys, "verify")
        assert (status, out, len(err.splitlines())) == (ends, "", 1)
        assert says in err
        assert list((tmp_path / "temporary").iterdir()) == []
