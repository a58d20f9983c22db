"""The study as one page: its numbers are the published ones, its text is text, it asks for nothing, it repeats."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hostile_corpus import STRINGS, hostile_corpus
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import open_study
from wsis_nlp.cli import main
from wsis_nlp.page import page_data, render_page
from wsis_nlp.page.rendering import TEMPLATES, VIEWS, embedded
from wsis_nlp.page.tables import corrected_table
from wsis_nlp.page.topics import TopicView
from wsis_nlp.showing import sheet_text

FIGURES = Path(__file__).parents[1] / "figures"
CORPUS = Path(__file__).parents[1] / "corpus"
TOLERANCE = 1e-6
LARGEST = 2_000_000
TEXTS = {
    "first": "1. We welcome artificial intelligence in the halls.\n\n2. We note the digital divide.\n",
    "second": "1. We welcome artificial intelligence in all halls.\n\n2. We recall the report on rivers.\n",
}
WORDS = ("rivers", "hills", "woods", "lakes", "birds")
FEW = "".join(f"{n}. We note {WORDS[n % 5]} and {WORDS[(n * n + 1) % 5]} there.\n\n" for n in range(1, 13))


@pytest.fixture(scope="module")
def data(study):
    """The data of the page of the project's corpus, with every number computed."""
    return page_data(study)


@pytest.fixture(scope="module")
def page(data):
    return render_page(data)


def cells(text):
    return list(csv.reader(io.StringIO(text)))


def same(one, other):
    """Whether two cells hold the same text, or numbers that another machine may round otherwise."""
    if one == other:
        return True
    try:
        return abs(float(one) - float(other)) <= TOLERANCE * max(abs(float(one)), abs(float(other)))
    except ValueError:
        return False


def unpacked(signs):
    return [ord(sign) - (0x83F if ord(sign) > 0xDFFF else 63) for sign in signs]


def unpacked_grid(signs, rows):
    values = [int(signs[at : at + 4], 32) / 1e6 for at in range(0, len(signs), 4)]
    return np.array(values).reshape(rows, -1)


def written(folder, texts):
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


def names_of(data):
    documents = data["documents"]["id"]
    units = data["units"]
    return [f"{documents[at]}:{name}" for at, name in zip(units["document"], units["name"], strict=True)]


class Elements(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_comment(self, data):
        self.found.append(("comment", {}))


# --- numbers ----------------------------------------------------------------------------------------------


def test_every_cell_of_every_table_is_the_published_one(data):
    published = {path.stem for path in FIGURES.glob("*.csv")}
    assert set(data["tables"]) - published == {"readings"}
    count = 0
    for name in set(data["tables"]) & published:
        own, other = cells(data["tables"][name]["csv"]), cells((FIGURES / f"{name}.csv").read_text("utf-8"))
        assert [len(row) for row in own] == [len(row) for row in other], name
        pairs = [pair for rows in zip(own, other, strict=True) for pair in zip(*rows, strict=True)]
        assert [pair for pair in pairs if not same(*pair)] == [], name
        count += len(pairs)
    assert count > 10_000


def test_the_corrected_places_are_those_of_the_corrections(data):
    rows = list(csv.DictReader(io.StringIO(data["tables"]["readings"]["csv"])))
    text = (CORPUS / "corrections" / "wsis20-unesco.csv").read_text("utf-8")
    given = list(csv.DictReader(io.StringIO(text)))
    columns = ("start", "end", "new", "old", "sort", "sure")
    assert [[row[name] for name in columns] for row in rows] == [[row[name] for name in columns] for row in given]
    assert [sheet_text(row["printed"]).split() for row in rows] == [row["printed"].split() for row in given]


def test_the_grids_are_the_published_ones_to_a_millionth(data):
    drawn = [path for path in FIGURES.glob("similarity-*-*.csv") if path.with_suffix(".svg").exists()]
    checked = 0
    for path in drawn:
        head, *rows = cells(path.read_text("utf-8"))
        if head[0] != "para_a":
            continue
        a, b = rows[0][0].partition(":")[0], head[1].partition(":")[0]
        values = unpacked_grid(data["grids"][f"{a} {b}"], len(rows))
        assert np.abs(values - np.array([row[1:] for row in rows], dtype=float)).max() <= 1e-6
        body = [name for name, kind in zip(names_of(data), data["units"]["kind"], strict=True)
                if data["units"]["kinds"][kind] in data["body"]]  # fmt: skip
        assert [row[0] for row in rows] == [name for name in body if name.startswith(f"{a}:")]
        assert head[1:] == [name for name in body if name.startswith(f"{b}:")]
        checked += values.size
    assert checked > 30_000


def test_every_grid_is_that_of_the_study(data, study):
    assert len(data["grids"]) == 10
    for pair, signs in data["grids"].items():
        grid = study.similarity_grid(*pair.split())
        assert np.array_equal(unpacked_grid(signs, len(grid)), grid.to_numpy().round(6))


def test_words_mentions_and_origins_are_those_of_the_study(data, study):
    units, names = data["units"], names_of(data)
    order = data["documents"]["id"]
    assert units["text"] == study.paragraphs.set_index("para_id").loc[names, "text"].tolist()
    surfaces = study.tokens.groupby("para_id")["surface"].agg(list)
    origins = study.origins.groupby(study.tokens["para_id"]).agg(list)
    for at, name in enumerate(names):
        ends = [0, *np.cumsum(unpacked(units["words"][at])).tolist()]
        found = [units["text"][at][start:end] for start, end in list(pairwise(ends))[1::2]]
        assert found == surfaces.get(name, [])
        own = [order[place] for place in unpacked(units["origins"][at])] or [name.partition(":")[0]] * len(found)
        assert own == origins.get(name, [])
    mentions = data["mentions"]
    told = [(names[unit], data["concepts"]["id"][concept]) for unit, concept in
            zip(mentions["unit"], mentions["concept"], strict=True)]  # fmt: skip
    assert told == list(study.mentions[["para_id", "concept"]].itertuples(index=False, name=None))
    assert mentions["position"] == study.mentions["position"].tolist()
    assert mentions["words"] == study.mentions["words"].tolist()


def test_every_unit_but_furniture_stands_in_the_page_once(data, study):
    shown = study.paragraphs[(study.paragraphs["kind"] != "furniture") & (study.paragraphs["text"] != "")]
    assert names_of(data) == shown["para_id"].tolist()


def test_places_of_words_count_as_scripts_do(tmp_path):
    written(tmp_path, {"note": "1. We note \U0001f409 dragons \U0001f409 and artificial intelligence.\n"})
    units = page_data(open_study(tmp_path))["units"]
    text = units["text"][0].encode("utf-16-le")
    ends = np.cumsum(unpacked(units["words"][0])).tolist()
    words = [text[2 * start : 2 * end].decode("utf-16-le") for start, end in zip(ends[::2], ends[1::2], strict=True)]
    assert words == ["We", "note", "dragons", "and", "artificial", "intelligence"]


# --- the file ---------------------------------------------------------------------------------------------


def test_the_page_is_one_small_file_that_asks_for_nothing(page):
    assert len(page) < LARGEST
    elements = Elements(page.decode()).found
    addresses = [attributes[name] for _, attributes in elements for name in ("src", "href") if name in attributes]
    assert set(addresses) == {"data:,", "#main"}
    [policy] = [held["content"] for tag, held in elements if held.get("http-equiv") == "Content-Security-Policy"]
    parts = dict(part.split(" ", 1) for part in policy.split("; "))
    assert parts["default-src"] == parts["base-uri"] == parts["form-action"] == "'none'"
    assert parts["img-src"] == "data:"
    assert all(re.fullmatch(r"'sha256-[\w+/=]{44}'", parts[name]) for name in ("script-src", "style-src"))
    assert set(parts) == {"default-src", "base-uri", "form-action", "img-src", "script-src", "style-src"}


def test_the_scripts_make_no_markup_of_text():
    scripts = {name: (TEMPLATES / f"{name}.js").read_text("utf-8") for name in VIEWS}
    assert {path.stem for path in TEMPLATES.glob("*.js")} == set(VIEWS)
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|fetch\(|XMLHttp|import\("
    assert [name for name, text in scripts.items() if re.search(forbidden, text)] == []


def test_the_page_holds_its_data_unchanged(page, data):
    [held] = re.findall(rb'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert json.loads(held) == json.loads(json.dumps(data))


def test_hostile_text_stays_in_its_element(tmp_path, monkeypatch):
    monkeypatch.setattr("wsis_nlp.page.data.topic_view", lambda study: TopicView("none here"))
    data = page_data(open_study(hostile_corpus(tmp_path)))
    page = render_page(data).decode()
    kinds = [tag for tag, _ in Elements(page).found]
    assert kinds == [tag for tag, _ in Elements(render_page(data | {"units": {}, "documents": {}}).decode()).found]
    text = json.dumps(data, ensure_ascii=False)
    assert [one for one in STRINGS[:16] if json.dumps(one, ensure_ascii=False)[1:-1] not in text] == []


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("<>&\u2028\u202e\U000e0041")))
def test_embedded_text_comes_back_and_ends_no_element(text):
    held = embedded({"a": text})
    assert json.loads(held) == {"a": text}
    assert not re.search("[<>&\u2028\u2029\u202a-\u202e\U000e0000-\U000e00ff]", held)


def test_the_same_texts_give_the_same_bytes(tmp_path):
    (tmp_path / "texts").mkdir()
    written(tmp_path / "texts", TEXTS)
    digests = set()
    for seed in ("1", "2"):
        out = tmp_path / seed / "page.html"
        call = [sys.executable, "-m", "wsis_nlp.cli", "page", "--corpus", str(tmp_path / "texts"), "--out", str(out)]
        done = subprocess.run(call, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        assert done.stderr.splitlines()[-1].startswith(f"{out}: ")
        digests.add(hashlib.sha256(out.read_bytes()).hexdigest())
        assert [path.name for path in out.parent.iterdir()] == ["page.html"]
    assert len(digests) == 1


# --- corpora that lack something --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "views"),
    [
        ({"one": "1. We note the rivers.\n"}, {"drift", "concepts", "similarity", "lineage", "readings", "topics"}),
        (TEXTS, {"drift", "lineage", "readings", "topics"}),
        ({"few": FEW}, {"drift", "concepts", "similarity", "lineage", "readings"}),
        ({"head": "Rivers\n", "note": "1. We note AI.\n"}, {"drift", "similarity", "lineage", "readings", "topics"}),
    ],
    ids=["one document", "without dates", "few paragraphs", "without paragraphs"],
)
def test_what_cannot_be_shown_is_told_in_one_sentence(texts, views, tmp_path):
    data = page_data(open_study(written(tmp_path, texts)))
    assert set(data["empty"]) == views
    assert all(re.fullmatch(r"[A-Z][^\n]*\.", why) for why in data["empty"].values())
    assert len(render_page(data)) < LARGEST


@pytest.mark.parametrize("reading", ["printed", "new", "old"])
def test_the_places_of_corrections_are_the_same_in_each_reading(reading):
    table = corrected_table(open_study(reading=reading))
    assert len(table) == 78
    assert set(table["sort"]) <= {"tracked", "ocr", "residue"}


def test_a_document_is_not_overwritten(tmp_path, capsys):
    written(tmp_path, TEXTS)
    status = main(["page", "--corpus", str(tmp_path), "--out", str(tmp_path / "first.txt")])
    shown = capsys.readouterr()
    assert (status, shown.out) == (2, "")
    assert "which is corpus/first.txt of the corpus; name another file" in shown.err
    assert (tmp_path / "first.txt").read_text("utf-8") == TEXTS["first"]
