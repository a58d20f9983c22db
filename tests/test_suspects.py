"""Suspects: what is found and what must not be, exact places, an order that can be relied on."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import InputError, read_corrections
from wsis_nlp.documents import corrections_path
from wsis_nlp.readings import character_extents
from wsis_nlp.spelling import guess_language, read_dictionary
from wsis_nlp.suspects import SUSPECT_COLUMNS, suspect_words

CURATED = "wsis20-unesco"


def unit(text: str, *, kind: str = "operative") -> pd.DataFrame:
    """Paragraph table of one unit whose text is its own raw text."""
    extents = character_extents(np.arange(len(text), dtype=np.int32))
    return pd.DataFrame({"para_id": ["d:1"], "kind": [kind], "text": [text], "extents": [extents]})


@pytest.fixture(scope="session")
def clean(printed) -> pd.DataFrame:
    """Paragraphs of the documents that have no corrections."""
    return printed.paragraphs[printed.paragraphs["doc_id"] != CURATED]


@pytest.fixture(scope="session")
def curated(printed, clean) -> pd.DataFrame:
    """Suspects of the document whose corrections were curated."""
    return suspect_words(printed.paragraphs[printed.paragraphs["doc_id"] == CURATED], clean)


def suspects_of(case: dict, clean: pd.DataFrame) -> pd.DataFrame:
    """Suspects of the text of a case, which an English one is compared with a resolution."""
    language = case.get("language", "en")
    others = clean[clean["doc_id"] == "ecosoc-2023-3"] if language == "en" else None
    return suspect_words(unit(case["text"]), others, language=language)


@pytest.mark.cases("suspects.json", "found")
def test_what_is_spoilt_is_found(case, clean):
    table = suspects_of(case, clean)
    assert case["printed"] in table["printed"].tolist()
    row = table[table["printed"] == case["printed"]].iloc[-1]
    assert row["sort"] == case["sort"]
    assert row["proposal"] == case.get("proposal", row["proposal"])
    assert case["text"][row["start"] : row["end"]] == case["printed"]
    assert row["evidence"]


@pytest.mark.cases("suspects.json", "clean")
def test_what_is_sound_is_left_alone(case, clean):
    assert suspects_of(case, clean)["printed"].tolist() == []


@pytest.mark.cases("suspects.json", "language")
def test_language_is_told_by_its_words(case):
    assert guess_language(case["text"]) == case["language"]


def test_places_are_exact_in_every_document(printed):
    tables = printed.paragraphs
    for doc_id in tables["doc_id"].unique():
        table = suspect_words(tables[tables["doc_id"] == doc_id], tables[tables["doc_id"] != doc_id])
        raw = printed.corpus[doc_id].read().text
        for row in table.itertuples():
            assert " ".join(raw[row.start : row.end].split()) == row.printed
            assert row.para_id.startswith(f"{doc_id}:")


def test_the_best_come_first_and_rows_do_not_overlap(curated):
    assert curated.columns.tolist() == SUSPECT_COLUMNS
    assert curated["score"].is_monotonic_decreasing
    assert curated["score"].between(0.5, 1).all()
    assert set(curated["sort"]) <= {"tracked", "ocr", "residue"}
    places = curated.sort_values("start")
    assert (places["end"].to_numpy()[:-1] <= places["start"].to_numpy()[1:]).all()


def test_the_order_of_the_other_documents_changes_nothing(printed, clean, curated):
    own = printed.paragraphs[printed.paragraphs["doc_id"] == CURATED]
    pd.testing.assert_frame_equal(suspect_words(own, clean.iloc[::-1], language="en"), curated)


def test_the_curated_places_are_found(printed, curated):
    document = printed.corpus[CURATED]
    places = read_corrections(corrections_path(printed.corpus, document), document.read().text)
    right = [any(row.start < one.end and one.start < row.end for one in places) for row in curated.itertuples()]
    assert np.mean(right[:20]) >= 0.9
    assert np.mean(right[:50]) >= 0.9
    single = [one for one in places if " " not in one.printed]
    found = [((curated["start"] < one.end) & (one.start < curated["end"])).any() for one in single]
    assert np.mean(found) >= 0.8


def test_clean_documents_have_few_suspects(clean):
    for doc_id in clean["doc_id"].unique():
        table = suspect_words(clean[clean["doc_id"] == doc_id], clean[clean["doc_id"] != doc_id])
        assert len(table) <= 5


@pytest.mark.parametrize(
    "damage",
    [
        lambda word: f"{word} {word}",
        lambda word: word[0] + word.capitalize(),
        lambda word: f"-{word}",
        lambda word: f"{word}.,",
        lambda word: f"our the {word}",
        lambda word: f"particularly{word}",
    ],
    ids=["word twice", "first letter twice", "hyphen", "two marks", "two articles", "two words"],
)
def test_planted_damage_is_found(damage, clean):
    body = clean[(clean["kind"] == "operative") & (clean["doc_id"] == "ecosoc-2023-3")].head(60)
    units, places = [], {}
    for para_id, text in zip(body["para_id"], body["text"], strict=True):
        word = max((one for one in text.split(" ")[1:-1] if one.isalpha() and one.islower()), key=len)
        start = text.index(f" {word} ") + 1
        places[para_id] = start, start + len(damage(word))
        units.append(unit(text[:start] + damage(word) + text[start + len(word) :]).assign(para_id=para_id))
    found = suspect_words(pd.concat(units), clean, language="en").groupby("para_id")
    missed = []
    for para_id, (start, end) in places.items():
        rows = found.get_group(para_id) if para_id in found.groups else found.head(0)
        missed += [] if ((rows["start"] < end) & (start < rows["end"])).any() else [para_id]
    assert missed == []


@given(st.text(st.sampled_from("abeIl10Oo -–—_.,;:'’\"() \n\tÉéالة中ﬁ@/AZ"), max_size=120) | st.text(max_size=120))
def test_any_text_is_read(text):
    table = suspect_words(unit(text), language="en")
    for row in table.itertuples():
        assert 0 <= row.start < row.end <= len(text)
        assert text[row.start : row.end] == row.printed


def test_a_place_does_not_reach_over_what_is_not_printed():
    text = "It concerns the the society."
    extents = character_extents(np.arange(len(text), dtype=np.int32))
    extents[16:] += 5  # five characters of mark-up stood between the two
    table = suspect_words(unit(text).assign(extents=[extents]), language="en")
    assert table[["printed", "start", "end"]].values.tolist() == [["the", 21, 24]]


def test_furniture_is_read_for_words_that_stand_alone():
    assert suspect_words(unit("A/RES/1 the the", kind="furniture"), language="en").empty
    assert suspect_words(unit("standards.", kind="furniture"), language="en")["printed"].tolist() == ["standards."]


def test_a_higher_threshold_gives_the_first_rows(printed, clean, curated):
    own = printed.paragraphs[printed.paragraphs["doc_id"] == CURATED]
    table = suspect_words(own, clean, lowest=0.8)
    pd.testing.assert_frame_equal(table, curated.head(len(table)))
    assert 0 < len(table) < len(curated)


def test_a_language_without_a_dictionary_needs_no_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "spellchecker", None)
    read_dictionary.cache_clear()
    assert suspect_words(unit("Das das Protokoll über brqx"), language="de")["printed"].tolist() == ["Das das"]
    with pytest.raises(InputError, match=r"spellchecker.*pip install 'wsis-nlp\[documents\]'"):
        suspect_words(unit("the report"), language="en")


@pytest.mark.parametrize("piece", ["a", "a_", "a-", "the ", "a, ", "中", "—", "A/", "x@", "lI", "a. ", "aé '"])
def test_a_long_text_without_words_is_read(piece):
    text = piece * (20_000 // len(piece))
    table = suspect_words(unit(text), language="en")
    assert all(text[row.start : row.end] == row.printed for row in table.itertuples())


@pytest.mark.parametrize("lowest", [0, -1, 1.1, float("nan")])
def test_a_threshold_out_of_range_is_refused(lowest):
    with pytest.raises(InputError, match="lowest is"):
        suspect_words(unit("the report"), lowest=lowest)


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(InputError, match="paragraphs lacks the column kind"):
        suspect_words(unit("x").drop(columns="kind"))
    with pytest.raises(InputError, match="others lacks the column text"):
        suspect_words(unit("x"), unit("x").drop(columns="text"))
