"""The notebooks of drift and keyness: what they count can be opened, and no number of their prose is typed.

The tables are those in ``figures/``; that they are what the notebooks make now, `test_reproduction` holds.
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from wsis_nlp import Study, open_study, read_provenance
from wsis_nlp.display import SortableTable

PROJECT = Path(__file__).parents[1]
FIGURES = PROJECT / "figures"
NOTEBOOKS = ("02_term_drift", "06_keyness")
PARAGRAPHS = {"paragraphs_with": "doc_id", "paragraphs_a": "doc_a", "paragraphs_b": "doc_b"}
NONE = pd.DataFrame({"para_id": []})
COUNTS = {"count": "doc_id", "count_printed": "doc_id", "count_a": "doc_a", "count_b": "doc_b"}
# Names and units, which are no findings: code, years, symbols, "WSIS+10", "per 1,000", the level of the intervals.
NAMES = r"`[^`]*`|\b(19|20)\d\d\b|WSIS\+\d0|A/RES/70/125|\b1,000\b|\b95 per cent\b"
Cell = tuple[str, str, str, str, int]


@cache
def opened(key: str, named: str, printed: bool) -> dict[str, pd.DataFrame]:
    """Evidence of a concept or term, by document."""
    study = open_studies()[printed]
    found = study.evidence(concept=named) if key == "concept" else study.evidence(term=named)
    return {str(doc_id): rows for doc_id, rows in found.groupby("doc_id", sort=False)}


@cache
def open_studies() -> dict[bool, Study]:
    study = open_study()
    return {False: study, True: study.printed}


def tables_with_counts() -> Iterator[str]:
    for name, row in sorted(read_provenance(FIGURES).items()):
        if row["notebook"] in NOTEBOOKS and name.endswith(".csv"):
            columns = (FIGURES / name).read_text("utf-8").partition("\n")[0].split(",")
            if set(COUNTS) & set(columns):
                yield name


def cells(name: str) -> list[Cell]:
    """Every count of a table: column, "concept" or "term", which of them, document, count."""
    options = {f"doc_{side}": doc_id for side, doc_id in read_provenance(FIGURES)[name]["options"].items()}
    table = pd.read_csv(FIGURES / name, keep_default_na=False, na_values=[""], dtype={"term": str})
    key = "concept" if "concept" in table else "term"
    columns = [column for column in COUNTS if column in table]
    found = []
    for row in table.to_dict("records"):
        place: dict[Any, Any] = row | options
        found += [(column, key, row[key], place[COUNTS[column]], row[column]) for column in columns]
    return found


def displayed() -> Iterator[str]:
    """Every cell of the notebooks' tables that opens, as they show it."""
    for notebook in NOTEBOOKS:
        for cell in nbformat.read(FIGURES / "notebooks" / f"{notebook}.ipynb", as_version=4).cells:
            for output in cell.get("outputs", ()):
                yield from re.findall(
                    r"<details>(.*?)</details>", output.get("data", {}).get("text/html", ""), re.DOTALL
                )


def test_what_a_notebook_shows_opens_to_as_many_places_as_it_says():
    opened_cells = list(displayed())
    assert len(opened_cells) > 150
    for cell in opened_cells:
        count = re.search(r"<summary>(.*?)</summary>", cell)
        assert count is not None
        assert cell.count("<li>") == int(count[1].replace(",", ""))


@pytest.mark.parametrize("path", sorted((FIGURES / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_published_notebook_ran_as_it_stands(path):
    cells = nbformat.read(path, as_version=4).cells
    source = nbformat.read(PROJECT / "notebooks" / path.name, as_version=4).cells
    assert [cell.source for cell in cells] == [cell.source for cell in source]


def test_the_notebooks_export_the_tables_of_their_question():
    names = {re.sub(r"-(wsis|ecosoc).*", "", name.removesuffix(".csv")) for name in tables_with_counts()}
    assert names >= {"drift-main", "drift-all", "drift-differences", "drift-tfidf-change", "keyness", "emergence"}


@pytest.mark.parametrize("name", list(tables_with_counts()))
def test_every_count_opens_to_as_many_places(name):
    rows = cells(name)
    assert rows
    for column, key, named, doc_id, count in rows:
        places = opened(key, named, column == "count_printed").get(doc_id, ())
        assert len(places) == count, f"{column} of {key} {named!r} in {doc_id}"


def test_paragraphs_are_those_of_the_places():
    found = 0
    for name in tables_with_counts():
        options = {f"doc_{side}": doc_id for side, doc_id in read_provenance(FIGURES)[name]["options"].items()}
        table = pd.read_csv(FIGURES / name, keep_default_na=False, na_values=[""], dtype={"term": str})
        key = "concept" if "concept" in table else "term"
        for row, (column, doc) in product(table.to_dict("records"), PARAGRAPHS.items()):
            if column in row:
                found += 1
                places = opened(key, row[key], False).get((row | options)[doc], NONE)
                assert row[column] == places["para_id"].nunique(), f"{column} of {row[key]!r} in {name}"
                if row[column] and "first_para" in row:
                    assert row["first_para"] == places["para_id"].iloc[0]
    assert found > 1000


def prose(path: Path) -> Iterator[str]:
    """What a notebook says in words: Markdown without formulas, and the fixed parts of strings in code."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            yield re.sub(r"\$\$.*?\$\$|\$.*?\$", "", cell.source, flags=re.DOTALL)
        elif "parameters" not in cell.metadata.get("tags", ()):
            strings = [node.value for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Constant)]
            yield from (text for text in strings if isinstance(text, str) and " " in text)


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_no_number_of_the_prose_is_typed(notebook):
    texts = list(prose(PROJECT / "notebooks" / f"{notebook}.ipynb"))
    assert len(texts) > 20
    assert [text for text in texts if re.search(r"\d", re.sub(NAMES, "", text))] == []


TABLE = pd.DataFrame({"term": ["<b>", "of"], "count": [2, 0], "rate": [1234.5678, float("nan")]})
PLACES = pd.DataFrame({"para_id": ["d:1", "d:2"], "left": ["a & b", ""], "match": ["<b>"] * 2, "right": ["", "c"]})


def shown(**options: Any) -> str:
    return SortableTable(TABLE, "Terms & counts", **options)._repr_mimebundle_()["text/html"]


def test_a_table_to_sort_holds_all_values_escaped_and_fetches_nothing():
    page = shown()
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page)
    assert re.findall(r"<button [^<>]*>(.*?)</button>", page) == list(TABLE.columns)
    assert [html.unescape(cell) for cell in cells] == ["<b>", "2", "1,235", "of", "0", "–"]
    assert "Terms &amp; counts" in page
    assert "<b>" not in page
    assert not re.search(r"https?:|src=|import", page)
    assert page == shown()


def test_names_numbers_and_sentences_are_told_apart():
    table = pd.DataFrame({"doc_id": ["a-1"], "count": [2], "left": ["of the"]})
    page = SortableTable(table, "Places")._repr_mimebundle_()["text/html"]
    assert re.findall(r'<th(?: class="(\w+)")?>', page) == ["word", "", "word"]
    assert re.findall(r'<td(?: class="(\w+)")?>', page) == ["word", "", "text"]


def test_a_truth_value_is_told_in_words():
    page = SortableTable(pd.DataFrame({"moved": [True, False]}), "Edges")._repr_mimebundle_()["text/html"]
    assert re.findall(r"<td[^>]*>(.*?)</td>", page) == ["yes", "no"]


def test_a_count_with_no_places_told_stays_closed():
    assert "<details>" not in shown(opened={"count": lambda row: None})


def test_a_count_opens_to_its_places_and_zero_to_none():
    page = shown(opened={"count": lambda row: PLACES.head(row["count"])})
    assert page.count("<details>") == 1
    assert "<summary>2</summary>" in page
    assert re.findall(r"<li>(.*?)</li>", page) == [
        "d:1: a &amp; b <mark>&lt;b&gt;</mark>",
        "d:2:  <mark>&lt;b&gt;</mark> c",
    ]
