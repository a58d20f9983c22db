"""Emergence: planted texts, NLTK's and SciPy's own values, and a slow second way over random texts."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from wsis_nlp import InputError, Study, emerging_terms, first_appearance, token_table, word_groups
from wsis_nlp.emergence import EMERGENCE_COLUMNS
from wsis_nlp.intervals import rate_interval

FUNCTION_WORDS = frozenset({"the", "of", "and", "or", "on"})
ABOUT = ["doc_id", "date", "stage", "series"]
DATED = pd.DataFrame(
    [("a", "2010", "draft", "x"), ("b", "2011", "draft", "x"), ("c", "2012", "draft", "x")], columns=ABOUT
)
PARAGRAPH = st.lists(st.sampled_from(["data", "forum", "zone", "of", "7", "air"]), max_size=6).map(" ".join)
TEXTS = st.fixed_dictionaries({f"{one}:{place}": PARAGRAPH for one, place in product("abc", (1, 2))})


@pytest.mark.cases("emergence.json", "planted")
def test_planted_terms_are_found(case: dict[str, Any], make_paragraphs) -> None:  # type: ignore[no-untyped-def]
    paragraphs = make_paragraphs(case["texts"])
    documents = pd.DataFrame(case["documents"], columns=ABOUT)
    options = {"function_words": FUNCTION_WORDS, **case.get("options", {})}
    table = emerging_terms(documents, paragraphs, token_table(paragraphs), **options)
    assert tuple(table.columns) == EMERGENCE_COLUMNS
    named = ["doc_id", "term", "count", "paragraphs_with", "first_para"]
    assert table[named].to_numpy().tolist() == case["rows"]
    assert table["words"].tolist() == [len(term.split()) for term in table["term"]]


def groups_of(text: str) -> list[str]:
    """All groups of one to three words, function words and numbers at neither end."""
    words = text.split()
    found = [words[at : at + size] for size in (1, 2, 3) for at in range(len(words) - size + 1)]
    return [" ".join(one) for one in found if not {one[0], one[-1]} & {"of", "7"}]


@given(TEXTS)
def test_a_slow_second_way_finds_the_same(texts: dict[str, str]) -> None:
    rows = [
        (para_id[0], para_id, text, np.array([(at, at + 1) for at in range(len(text))], np.int32).reshape(-1, 2))
        for para_id, text in texts.items()
    ]
    paragraphs = pd.DataFrame(rows, columns=["doc_id", "para_id", "text", "extents"])
    table = emerging_terms(DATED, paragraphs, token_table(paragraphs), function_words=FUNCTION_WORDS, min_count=1)
    found = {(row.doc_id, row.term): row for row in table.itertuples()}
    expected = {}
    for doc_id in "bc":
        earlier = [text for para_id, text in texts.items() if para_id[0] < doc_id]
        known = {term for text in earlier for term in groups_of(text)}
        own = [groups_of(texts[f"{doc_id}:{place}"]) for place in (1, 2)]
        counts = {term: sum(one.count(term) for one in own) for one in own for term in one if term not in known}
        longer = {
            other
            for other in counts
            for term in counts
            if other != term and f" {other} " in f" {term} " and counts[other] == counts[term] > 1
        }
        if any(text for text in earlier):
            expected |= {(doc_id, term): count for term, count in counts.items() if term not in longer}
    assert {name: row.count for name, row in found.items()} == expected
    for (doc_id, term), row in found.items():
        having = [para_id for para_id, text in texts.items() if para_id[0] == doc_id and term in groups_of(text)]
        assert (row.paragraphs_with, row.first_para) == (len(having), having[0])
        assert row.earlier_tokens == sum(len(text.split()) for name, text in texts.items() if name[0] < doc_id)
    assert table["doc_id"].is_monotonic_increasing
    assert table[["rate_per_1000", "earlier_high", "chance"]].notna().all(axis=None)


@pytest.fixture(scope="module")
def emerged(study: Study) -> pd.DataFrame:
    """Emergence of the corpus."""
    return study.emergence()


def test_association_is_that_of_nltk(study: Study, emerged: pd.DataFrame) -> None:
    from nltk.collocations import (
        BigramAssocMeasures,
        BigramCollocationFinder,
        TrigramAssocMeasures,
        TrigramCollocationFinder,
    )

    own = study.tokens[study.tokens["doc_id"] == "ecosoc-2023-3"]
    texts = [list(terms) for _, terms in own.groupby("para_id", sort=False)["term"]]
    rows = emerged[emerged["doc_id"] == "ecosoc-2023-3"]
    for words, finder, measures in (
        (2, BigramCollocationFinder.from_documents(texts), BigramAssocMeasures),
        (3, TrigramCollocationFinder.from_documents(texts), TrigramAssocMeasures),
    ):
        table = rows[rows["words"] == words]
        assert len(table) > 10
        for name in ("likelihood_ratio", "pmi"):
            scores = {" ".join(group): score for group, score in finder.score_ngrams(getattr(measures, name))}
            assert np.allclose(table[name], table["term"].map(scores), rtol=1e-12, atol=0)
        assert table["count"].tolist() == [finder.ngram_fd[tuple(term.split())] for term in table["term"]]
    assert rows.loc[rows["words"] == 1, ["likelihood_ratio", "pmi"]].isna().all(axis=None)


def test_association_that_nltk_cannot_tell_is_missing(make_paragraphs) -> None:  # type: ignore[no-untyped-def]
    paragraphs = make_paragraphs({"a:1": "forum", "b:1": "data data"})
    table = emerging_terms(DATED, paragraphs, token_table(paragraphs), min_count=1)
    assert table["term"].tolist() == ["data", "data data"]
    assert table["likelihood_ratio"].isna().all()
    assert table["pmi"].notna().tolist() == [False, True]


def test_chance_is_that_of_scipy(study: Study, emerged: pd.DataFrame) -> None:
    sizes = study.body.groupby("doc_id").size()
    whole = [one for one in study.documents["doc_id"] if one != "a-res-70-125"]
    for doc_id in whole[1:]:
        rows = emerged[emerged["doc_id"] == doc_id]
        here, before = sizes[doc_id], sizes[whole[: whole.index(doc_id)]].sum()
        k = rows["paragraphs_with"]
        assert np.allclose(rows["chance"], hypergeom.pmf(k, here + before, k, here), rtol=1e-9, atol=0)
        assert rows["chance"].is_monotonic_increasing


def test_rates_and_their_limits(study: Study, emerged: pd.DataFrame) -> None:
    sizes = study.tokens.groupby("doc_id").size()
    assert np.allclose(emerged["rate_per_1000"], 1000 * emerged["count"] / emerged["doc_id"].map(sizes), rtol=1e-12)
    assert (emerged["low"] < emerged["rate_per_1000"]).all()
    assert np.allclose(emerged["earlier_high"], 1000 * (1 - 0.025 ** (1 / emerged["earlier_tokens"])), rtol=1e-9)
    assert set(emerged.loc[emerged["doc_id"] == "ecosoc-2016-draft", "earlier_tokens"]) == {sizes["wsis10-draft"]}
    words = study.tokens["para_id"].value_counts(sort=False)
    for row in emerged[emerged["doc_id"] == "ecosoc-2023-3"].head(20).to_dict("records"):
        own = study.evidence(term=row["term"], doc_id="ecosoc-2023-3")["para_id"].tolist()
        names = study.body[study.body["doc_id"] == "ecosoc-2023-3"]["para_id"]
        low = rate_interval([own.count(name) for name in names], [words.get(name, 0) for name in names]).low
        assert row["low"] == pytest.approx(1000 * low, rel=1e-9)


def test_what_emerges_in_the_corpus(study: Study, emerged: pd.DataFrame) -> None:
    assert emerged["doc_id"].drop_duplicates().tolist() == study.documents["doc_id"].tolist()[1:]
    assert not emerged.duplicated(["doc_id", "term"]).any()
    pd.testing.assert_frame_equal(
        study.emergence("wsis20-unesco"), emerged[emerged["doc_id"] == "wsis20-unesco"].reset_index(drop=True)
    )
    once = study.emergence("ecosoc-2023-3", min_count=1)["term"].tolist()
    assert {"artificial intelligence", "data governance"} <= set(once)


def test_every_count_opens_to_its_tokens(study: Study, emerged: pd.DataFrame) -> None:
    for row in emerged.to_dict("records"):
        evidence = study.evidence(term=row["term"], doc_id=row["doc_id"])
        assert len(evidence) == row["count"]
        assert evidence["para_id"].nunique() == row["paragraphs_with"]
        assert evidence["para_id"].iloc[0] == row["first_para"]


def test_every_count_of_keyness_opens_to_its_tokens(study: Study) -> None:
    a, b = "wsis20-unesco", ["ecosoc-2016-draft", "ecosoc-2023-3"]
    table = study.keyness(a, b, permutations=0)
    for row in table.head(200).to_dict("records"):
        evidence = study.evidence(term=row["term"])
        for side, group in (("a", [a]), ("b", b)):
            own = evidence[evidence["doc_id"].isin(group)]
            assert (len(own), own["para_id"].nunique()) == (row[f"count_{side}"], row[f"paragraphs_{side}"])


def test_evidence_shows_the_place(study: Study, raws: dict[str, str]) -> None:
    rows = study.evidence(term="data governance", doc_id="ecosoc-2023-3")
    assert rows["match"].str.lower().tolist() == ["data governance"]
    row = rows.iloc[0]
    assert raws["ecosoc-2023-3"][row["start"] : row["end"]].lower().split() == ["data", "governance"]
    assert len(study.evidence(concept="ai")) > len(study.evidence(term="ai"))
    assert study.evidence(term="zzz").empty


@given(st.lists(PARAGRAPH, max_size=4), st.integers(1, 4))
def test_groups_are_neighbours_of_one_paragraph(texts: list[str], words: int) -> None:
    rows = [
        ("a", f"a:{place}", text, np.array([(at, at + 1) for at in range(len(text))], np.int32).reshape(-1, 2))
        for place, text in enumerate(texts)
    ]
    paragraphs = pd.DataFrame(rows, columns=["doc_id", "para_id", "text", "extents"])
    table = word_groups(token_table(paragraphs), words=words)
    expected = [
        (f"a:{place}", " ".join(terms[at : at + words]))
        for place, terms in enumerate(text.split() for text in texts)
        for at in range(len(terms) - words + 1)
    ]
    assert list(zip(table["para_id"], table["term"], strict=True)) == expected
    for row in table.itertuples():
        assert texts[int(row.para_id[2:])][row.start : row.end] == row.term


def test_words_that_are_left_out_make_no_group() -> None:
    tokens = pd.DataFrame({
        "doc_id": "a", "para_id": "a:1", "start": [0, 5, 10], "end": [4, 9, 14], "term": ["data", None, "zone"],
    })  # fmt: skip
    assert word_groups(tokens.astype({"term": "str"}), words=1)["term"].tolist() == ["data", "zone"]
    assert word_groups(tokens.astype({"term": "str"}), words=2).empty


def test_bad_input_is_refused(study: Study) -> None:
    for call, message in (
        (lambda: study.emergence("wsis-30"), "'wsis-30'"),
        (lambda: study.emergence(earlier="before"), "earlier is 'before'; allowed are: whole, all, series"),
        (lambda: study.emergence(min_count=0), "min_count is 0; allowed is a whole number of at least 1"),
        (lambda: study.evidence(), "concept is None and term is None; exactly one of them is needed"),
        (lambda: study.evidence(concept="ai", term="ai"), "exactly one of them is needed"),
        (lambda: study.evidence(concept="blockchain"), "concept 'blockchain' is unknown"),
        (lambda: word_groups(study.tokens, words=0), "words of a group is 0; allowed is a whole number of at least 1"),
        (lambda: study.evidence(term="ai", doc_id="wsis-30"), "'wsis-30'"),
        (lambda: study.evidence(term="AI"), "lower case"),
        (lambda: study.evidence(term=""), "lower case"),
        (lambda: emerging_terms(DATED[["doc_id"]], study.body, study.tokens), "documents lacks the column date"),
    ):
        with pytest.raises(InputError, match=message):
            call()


def test_a_concept_appears_first_in_the_earliest_dated_document_that_has_it(study: Study) -> None:
    drift = study.drift()
    table = first_appearance(drift).set_index("concept")
    assert table.loc[["ai", "data-governance", "gdc"], "doc_id"].tolist() == ["ecosoc-2023-3"] * 3
    assert "human-rights" not in table.index  # the first text on file has it
    for row in table.to_dict("records"):
        earlier = drift[(drift["date"] < row["date"]) & (drift["stage"] != "fragment") & (drift["concept"] == "ai")]
        assert row["earlier_paragraphs"] == earlier["paragraphs"].sum()
        assert row["earlier_tokens"] == earlier["tokens"].sum()
        every, here = row["paragraphs"] + row["earlier_paragraphs"], row["paragraphs"]
        having = row["paragraphs_with"]
        assert row["chance"] == pytest.approx(hypergeom.pmf(having, every, having, here), rel=1e-9)
    shuffled = drift.sample(frac=1, random_state=1).reset_index(drop=True)
    other = first_appearance(shuffled).set_index("concept").loc[table.index]
    pd.testing.assert_frame_equal(other, table)


def test_without_dates_nothing_appears_first_and_a_fragment_takes_the_news_away(study: Study) -> None:
    drift = study.drift()
    assert first_appearance(drift.assign(date="")).empty
    assert first_appearance(drift.assign(date=None)).empty
    mention = (drift["stage"] == "fragment") & (drift["concept"] == "ai")
    known = drift.assign(count=drift["count"].where(~mention, 1))
    assert "ai" not in set(first_appearance(known)["concept"])
    with pytest.raises(InputError, match="drift table lacks the column"):
        first_appearance(drift.drop(columns="stage"))
