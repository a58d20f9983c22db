"""Export: every file whole, followed back to its inputs, and the same every time."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import math
import os
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from wsis_nlp import InputError, export
from wsis_nlp._files import write_atomic
from wsis_nlp.display import table_text
from wsis_nlp.export import Exporter, find_out, read_provenance, saved_words, table_csv
from wsis_nlp.showing import sheet_cell

INPUTS = {"corpus/raw/a.txt": "0" * 64, "corpus/lexicon.toml": "1" * 64}
TABLE = pd.DataFrame({"doc_id": ["a", "b"], "rate": [1 / 3, np.nan], "count": [1, 0]})


def drawn(width_mm=84.0):
    figure = Figure(figsize=(width_mm / 25.4, 1.5))
    figure.add_axes((0.2, 0.2, 0.7, 0.7)).plot([0, 1], [0, 1])
    return figure


def exporter(out, **changed):
    return Exporter(**{"out": out, "notebook": "02_term_drift", "inputs": INPUTS, "reading": "new", **changed})


def save_figure(out, *, caption="Drift.", alt="A line that rises.", name="drift", **changed):
    return exporter(out, **changed).figure(drawn(), name=name, data=TABLE, caption=caption, alt=alt)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


# Files and their provenance


def test_a_figure_is_saved_in_three_formats_with_data_and_words(tmp_path):
    saved = save_figure(tmp_path / "deep" / "figures")
    assert {ending: path.name for ending, path in saved.paths.items()} == {
        "pdf": "drift.pdf", "svg": "drift.svg", "png": "drift.png", "csv": "drift.csv", "md": "drift.md"
    }  # fmt: skip
    assert [saved.paths[each].read_bytes()[:4] for each in ("pdf", "svg", "png")] == [b"%PDF", b"<?xm", b"\x89PNG"]
    assert pd.read_csv(saved.paths["csv"])["count"].tolist() == [1, 0]
    assert (
        saved.paths["md"].read_text("utf-8") == "# drift\n\nCaption: Drift.\n\nAlternative text: A line that rises.\n"
    )


def test_every_file_has_a_row_that_matches_its_bytes(tmp_path):
    save_figure(tmp_path)
    exporter(tmp_path).table(TABLE, name="rates", caption="Rates.", options={"k": 8, "seed": 0})
    rows = read_provenance(tmp_path)
    assert set(rows) == {path.name for path in tmp_path.iterdir()} - {"provenance.json"}
    for name, row in rows.items():
        assert row["sha256"] == digest(tmp_path / name)
        assert (row["notebook"], row["inputs"], row["reading"]) == ("02_term_drift", INPUTS, "new")
        assert row["packages"]["matplotlib"]
    assert rows["rates.csv"]["options"] == {"k": 8, "seed": 0}
    assert rows["drift.pdf"]["options"] == {}
    assert {row["item"] for row in rows.values()} == {"drift", "rates"}


def test_rows_of_an_earlier_run_keep_what_they_were_made_from(tmp_path):
    earlier = {"corpus/raw/a.txt": "9" * 64}
    exporter(tmp_path, inputs=earlier).table(TABLE, name="first", caption="First.")
    exporter(tmp_path).table(TABLE, name="second", caption="Second.")
    rows = read_provenance(tmp_path)
    assert rows["first.csv"]["inputs"] == earlier
    assert rows["second.csv"]["inputs"] == INPUTS
    exporter(tmp_path).table(TABLE, name="first", caption="First.")
    assert read_provenance(tmp_path)["first.csv"]["inputs"] == INPUTS


def test_saving_under_a_name_again_replaces_all_its_rows(tmp_path):
    save_figure(tmp_path, name="drift")
    exporter(tmp_path).table(TABLE, name="drift", caption="Now a table.")
    assert set(read_provenance(tmp_path)) == {"drift.csv", "drift.md"}


def test_two_saves_of_equal_input_are_equal_byte_by_byte(tmp_path):
    for folder in ("one", "two"):
        save_figure(tmp_path / folder)
        exporter(tmp_path / folder).table(TABLE, name="rates", caption="Rates.")
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "two").iterdir())
    assert [digest(tmp_path / "one" / name) for name in files] == [digest(tmp_path / "two" / name) for name in files]


def test_the_order_of_saving_leaves_no_trace(tmp_path):
    for folder, names in (("one", ["a", "b"]), ("two", ["b", "a"])):
        for name in names:
            exporter(tmp_path / folder).table(TABLE, name=name, caption="Rates.")
    assert digest(tmp_path / "one" / "provenance.json") == digest(tmp_path / "two" / "provenance.json")


def test_provenance_names_no_folder_of_this_machine(tmp_path):
    exporter(tmp_path).table(TABLE, name="rates", caption="Rates.")
    assert str(tmp_path) not in (tmp_path / "provenance.json").read_text("utf-8")


def test_a_file_of_another_maker_gets_a_row(tmp_path):
    write_atomic(tmp_path / "notebooks" / "01.ipynb", b"{}")
    exporter(tmp_path).record(tmp_path / "notebooks" / "01.ipynb", name="01")
    assert read_provenance(tmp_path)["notebooks/01.ipynb"]["sha256"] == hashlib.sha256(b"{}").hexdigest()


@pytest.mark.parametrize("place", ["../outside.txt", "absent.txt", "."])
def test_only_files_inside_the_folder_get_a_row(tmp_path, place):
    (tmp_path / "outside.txt").write_text("x")
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="is not a file inside"):
        exporter(tmp_path / "out").record(tmp_path / "out" / place, name="file")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        '{"rates": {}}',
        '{"rates": []}',
        '{"rates": {"files": 1}}',
        '{"rates": {"files": {"../a": ""}}}',
        '{"rates": {"files": {"/a": ""}}}',
    ],
)
def test_provenance_that_no_export_wrote_is_refused_before_anything_is_written(tmp_path, content):
    (tmp_path / "provenance.json").write_text(content)
    with pytest.raises(InputError, match="delete it and run again"):
        read_provenance(tmp_path)
    with pytest.raises(InputError, match="delete it and run again"):
        exporter(tmp_path).table(TABLE, name="rates", caption="Rates.")
    assert [path.name for path in tmp_path.iterdir()] == ["provenance.json"]


def test_a_folder_without_provenance_has_no_rows(tmp_path):
    assert read_provenance(tmp_path / "absent") == {}


# Whole files or none


@pytest.mark.parametrize("failing", ["replace", "fsync"])
def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, failing):
    path = tmp_path / "table.csv"
    write_atomic(path, b"old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    if failing == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InputError, match=r"table\.csv: cannot be written \(No space left on device\)") as refusal:
        write_atomic(path, b"new")
    assert "\n" not in str(refusal.value)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_figure_that_cannot_be_drawn_leaves_the_folder_as_it_was(tmp_path):
    save_figure(tmp_path)
    before = {path.name: digest(path) for path in tmp_path.iterdir()}
    with pytest.raises(InputError, match=r"width of figure 'drift' is 100\.0 mm"):
        exporter(tmp_path).figure(drawn(100), name="drift", data=TABLE, caption="Drift.", alt="A line.")
    assert {path.name: digest(path) for path in tmp_path.iterdir()} == before


def test_a_file_in_the_place_of_the_folder_is_told_in_one_line(tmp_path):
    (tmp_path / "figures").write_text("")
    with pytest.raises(InputError, match=r"cannot be|is not as") as refusal:
        exporter(tmp_path / "figures").table(TABLE, name="rates", caption="Rates.")
    assert "\n" not in str(refusal.value)


def test_a_written_file_has_the_permissions_of_any_other(tmp_path):
    write_atomic(tmp_path / "atomic", b"")
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "plain").stat().st_mode


# Refusals


@pytest.mark.parametrize("name", ["", "Drift", "a b", "../drift", "drift.pdf", "-drift", "drift\n", "größe"])
def test_a_name_that_is_no_plain_stem_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="allowed are lower case letters"):
        exporter(tmp_path).table(TABLE, name=name, caption="Rates.")
    with pytest.raises(InputError, match="allowed are lower case letters"):
        save_figure(tmp_path, name=name)
    assert list(tmp_path.iterdir()) == []


def test_a_reading_or_notebook_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(InputError, match="reading is 'final'; allowed are: printed, new, old"):
        exporter(tmp_path, reading="final")
    with pytest.raises(InputError, match="notebook is 'Drift study'"):
        exporter(tmp_path, notebook="Drift study")


@pytest.mark.parametrize("empty", ["caption", "alt"])
def test_a_figure_without_words_is_refused(tmp_path, empty):
    with pytest.raises(InputError, match="of 'drift' is empty"):
        save_figure(tmp_path, **{empty: " "})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [math.nan, math.inf, object(), b"bytes", Path("corpus"), {"a"}])
def test_an_option_that_json_cannot_hold_is_refused(tmp_path, value):
    with pytest.raises(InputError, match="cannot be kept"):
        exporter(tmp_path).table(TABLE, name="rates", caption="Rates.", options={"value": value})


def test_options_come_back_as_they_were(tmp_path):
    options = {"terms": ["a", "b"], "k": 8, "share": 0.5, "none": None, "more": {"seed": 0}}
    exporter(tmp_path).table(TABLE, name="rates", caption="Rates.", options=options)
    assert read_provenance(tmp_path)["rates.csv"]["options"] == options


# Tables as text


def test_csv_keeps_ten_digits_and_reads_lists():
    held = {"x": [0.1 + 0.2, 1e-12, np.nan], "terms": [["a", 0.1 + 0.2], ("b",), []]}
    assert table_csv(pd.DataFrame(held)) == "x,terms\n0.3,a; 0.3\n1e-12,b\n,\n"
    assert table_csv(pd.DataFrame(held).iloc[:0]) == "x,terms\n"


def test_csv_has_the_index_only_where_it_names_rows():
    assert table_csv(pd.DataFrame({"x": [1]})) == "x\n1\n"
    assert table_csv(pd.DataFrame({"x": [1]}, index=pd.Index(["a:1"], name="para_id"))) == "para_id,x\na:1,1\n"


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=20)
NUMBERS = st.floats(-1e200, 1e200, allow_subnormal=False)


@given(st.lists(st.tuples(WORDS, NUMBERS), min_size=1, max_size=5))
def test_csv_comes_back_as_it_was(rows):
    table = pd.DataFrame(rows, columns=["text", "value"])
    back = pd.read_csv(io.StringIO(table_csv(table)), dtype={"text": str}, keep_default_na=False, lineterminator="\n")
    assert back["text"].tolist() == [sheet_cell(text) for text, _ in rows]
    assert back["value"].to_numpy(float) == pytest.approx([value for _, value in rows], rel=1e-9)


def test_csv_changes_nothing_that_it_was_given():
    table = pd.DataFrame({"terms": [["a", "b"]]})
    table_csv(table)
    assert table["terms"].tolist() == [["a", "b"]]


def test_text_shows_every_row_and_column():
    table = pd.DataFrame({f"column_{n}": range(80) for n in range(30)})
    assert len(table_text(table).splitlines()) == 81
    assert all(name in table_text(table) for name in table.columns)


# What a notebook shows


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


def test_a_notebook_shows_the_figure_with_escaped_words(tmp_path):
    caption, alt = "<script>alert(1)</script> & more", '5" wide <b>'
    bundle = save_figure(tmp_path, caption=caption, alt=alt)._repr_mimebundle_()
    tags = Tags(bundle["text/html"])
    assert [tag for tag, _ in tags.found] == ["figure", "img", "figcaption"]
    assert tags.found[1][1]["alt"] == alt
    assert "".join(tags.words) == caption
    assert bundle["text/plain"] == alt
    assert tags.found[1][1]["src"] == f"data:image/png;base64,{bundle['image/png']}"


def test_the_words_of_a_figure_come_back_each_in_one_line(tmp_path):
    saved = save_figure(tmp_path, caption="Rates: by year,\n\nand more", alt="A  line:\nrising")
    words = {"Caption": "Rates: by year, and more", "Alternative text": "A line: rising"}
    assert saved_words(saved.paths["md"].read_text("utf-8")) == words


def test_a_notebook_shows_a_named_index_of_a_table(tmp_path):
    table = pd.DataFrame({"rate": [0.5]}, index=pd.Index(["ai"], name="concept"))
    page = Tags(exporter(tmp_path).table(table, name="rates", caption="Rates.")._repr_mimebundle_()["text/html"])
    assert {"concept", "ai", "rate", "0.5"} <= set(page.words)


def test_a_notebook_shows_the_first_rows_of_a_table(tmp_path):
    long = pd.DataFrame({"text": ["<i>"] * 40, "rate": [1234.5678] * 40})
    bundle = exporter(tmp_path).table(long, name="long", caption="Rates <all>.")._repr_mimebundle_()
    tags = Tags(bundle["text/html"])
    assert sum(tag == "tr" for tag, _ in tags.found) == export.SHOWN_ROWS + 1
    assert "i" not in {tag for tag, _ in tags.found}
    assert "Rates <all>. (First 30 of 40 rows.)" in tags.words
    assert "1,235" in bundle["text/plain"]
    assert bundle == exporter(tmp_path).table(long, name="long", caption="Rates <all>.")._repr_mimebundle_()


def test_records_are_frozen(tmp_path):
    for record in (exporter(tmp_path), exporter(tmp_path).table(TABLE, name="rates", caption="Rates.")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            record.name = "other"


# Where to write


def test_figures_lie_beside_the_nearest_corpus(tmp_path, monkeypatch):
    inner = tmp_path / "project" / "notebooks"
    (tmp_path / "project" / "corpus").mkdir(parents=True)
    inner.mkdir()
    assert find_out(inner) == inner / "figures"
    (tmp_path / "project" / "corpus" / "corpus.toml").write_text("")
    assert find_out(inner) == tmp_path / "project" / "figures"
    monkeypatch.chdir(inner)
    assert find_out() == tmp_path / "project" / "figures"
