"""Similarity: cosines against scikit-learn, and the laws of a cosine."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import (
    InputError,
    Study,
    TermMatrix,
    document_similarity,
    group_rows,
    paragraph_similarity,
    similarity_grid,
    term_matrix,
    tf_idf,
)

WORDS = ["data", "forum", "role", "zone"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=5), min_size=2, max_size=8)


def matrix_of(texts: dict[str, str]) -> TermMatrix:
    tokens = pd.DataFrame(
        [(one, term) for one, text in texts.items() for term in text.split()], columns=["para_id", "term"]
    )
    return term_matrix(tokens, pd.DataFrame({"doc_id": [one.split(":")[0] for one in texts], "para_id": list(texts)}))


SMALL = matrix_of(
    {
        "a:1": "data forum role",
        "a:2": "",
        "b:1": "zone zone",
        "b:2": "data forum role",
        "b:3": "data forum role",
        "c:1": "data forum",
        "c:2": "role",
    }
)


def cosines(study: Study) -> np.ndarray:
    from sklearn.metrics.pairwise import cosine_similarity

    return np.asarray(cosine_similarity(tf_idf(study.content_matrix).values))


def test_paragraphs_of_the_corpus_equal_scikit_learn(study: Study) -> None:
    docs = study.content_matrix.rows["doc_id"].to_numpy()
    dense = cosines(study)
    grid = study.similarity_grid("ecosoc-2016-draft", "ecosoc-2023-3")
    expected = dense[np.ix_(docs == "ecosoc-2016-draft", docs == "ecosoc-2023-3")]
    assert np.allclose(grid.to_numpy(), expected, rtol=0, atol=1e-12)
    own = study.content_matrix.rows["para_id"]
    assert grid.index.tolist() == own[docs == "ecosoc-2016-draft"].tolist()
    assert grid.columns.tolist() == own[docs == "ecosoc-2023-3"].tolist()


def test_documents_of_the_corpus_equal_scikit_learn(study: Study) -> None:
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.metrics.pairwise import cosine_similarity

    transformer = TfidfTransformer().fit(study.content_matrix.values)
    expected = cosine_similarity(transformer.transform(group_rows(study.content_matrix).values))
    table = study.document_similarity()
    assert np.allclose(table["similarity"], expected.ravel(), rtol=0, atol=1e-12)


def test_top_pairs_agree_with_the_dense_grid(study: Study) -> None:
    rows = study.content_matrix.rows
    dense = cosines(study)
    place = {para_id: at for at, para_id in enumerate(rows["para_id"])}
    table = study.paragraph_similarity(top_n=2)
    pairs = list(zip(table["para_a"].map(place), table["para_b"].map(place), strict=True))
    assert np.allclose(table["similarity"], [dense[pair] for pair in pairs], rtol=0, atol=1e-12)
    found = table.groupby(["para_a", "doc_b"])["similarity"].agg(list)
    members = {doc_id: np.flatnonzero(rows["doc_id"] == doc_id) for doc_id in rows["doc_id"].unique()}
    for doc_a, para_a in rows[["doc_id", "para_id"]].itertuples(index=False):
        for doc_b, others in members.items():
            best = np.sort(dense[place[para_a], others])[::-1][:2]
            expected = [] if doc_b == doc_a else best[best >= 0.1]
            assert np.allclose(found.get((para_a, doc_b), []), expected, rtol=0, atol=1e-12)
    assert table["rank"].isin([1, 2]).all()


@given(TEXTS)
def test_cosines_are_symmetric_bounded_and_defined(texts: list[list[str]]) -> None:
    matrix = matrix_of({f"{'ab'[place % 2]}:{place}": " ".join(words) for place, words in enumerate(texts)})
    table = document_similarity(matrix)
    square = table.pivot(index="doc_a", columns="doc_b", values="similarity").to_numpy()
    assert np.isfinite(square).all()
    assert np.allclose(square, square.T, rtol=0, atol=1e-12)
    assert ((square >= 0) & (square <= 1)).all()
    for place, own in enumerate((texts[::2], texts[1::2])):
        assert square[place, place] == pytest.approx(1.0 if any(own) else 0.0, abs=1e-12)
    forth, back = similarity_grid(matrix, "a", "b"), similarity_grid(matrix, "b", "a")
    assert np.allclose(forth, back.T, rtol=0, atol=1e-12)
    assert forth.le(1).all(axis=None)


def test_self_similarity_of_the_corpus(study: Study) -> None:
    table = study.document_similarity()
    own = table[table["doc_a"] == table["doc_b"]]["similarity"]
    assert len(own) == 5
    assert (own <= 1).all()
    assert np.allclose(own, 1, rtol=0, atol=1e-12)
    for doc_id in study.documents["doc_id"]:
        diagonal = np.diag(study.similarity_grid(doc_id, doc_id))
        assert (diagonal <= 1).all()
        assert np.allclose(diagonal[diagonal > 0], 1, rtol=0, atol=1e-12)


def test_pairs_stand_in_order_of_the_matrix(study: Study) -> None:
    table = study.document_similarity()
    order = study.documents["doc_id"].tolist()
    assert table["doc_a"].tolist() == [one for one in order for _ in order]
    assert table["doc_b"].tolist() == order * len(order)


def test_empty_and_doubled_paragraphs_and_ties_by_hand() -> None:
    table = paragraph_similarity(SMALL, top_n=2, lowest=0.3)
    a = table[table["doc_a"] == "a"]
    assert a["para_a"].unique().tolist() == ["a:1"]
    assert a["doc_b"].tolist() == ["b", "b", "c", "c"]
    assert a["para_b"].tolist() == ["b:2", "b:3", "c:1", "c:2"]
    assert a["rank"].tolist() == [1, 2, 1, 2]
    assert np.allclose(a["similarity"].iloc[:2], 1, rtol=0, atol=1e-12)
    assert not table["similarity"].isna().any()
    assert "b:1" not in set(table["para_a"]) | set(table["para_b"])
    assert table["para_a"].tolist() == sorted(table["para_a"])


def test_lowest_and_top_n_bound_the_table() -> None:
    assert paragraph_similarity(SMALL, top_n=1).groupby(["para_a", "doc_b"]).size().max() == 1
    assert paragraph_similarity(SMALL, lowest=0.99)["similarity"].min() >= 0.99
    few, many = paragraph_similarity(SMALL, top_n=1), paragraph_similarity(SMALL, top_n=50)
    pd.testing.assert_frame_equal(few, many[many["rank"] == 1].reset_index(drop=True))


def test_one_document_and_no_terms_give_empty_tables() -> None:
    alone = paragraph_similarity(matrix_of({"a:1": "data", "a:2": "data"}))
    assert list(alone.columns) == ["doc_a", "para_a", "doc_b", "para_b", "rank", "similarity"]
    assert len(alone) == 0
    silent = matrix_of({"a:1": "", "b:1": ""})
    assert len(paragraph_similarity(silent)) == 0
    assert document_similarity(silent)["similarity"].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("lowest", [0, -0.1, 1.1, float("nan")])
@pytest.mark.parametrize("matrix", [SMALL, matrix_of({"a:1": "data"})], ids=["three documents", "one document"])
def test_bad_bounds_are_refused(lowest: float, matrix: TermMatrix) -> None:
    with pytest.raises(InputError, match=r"lowest is .*; allowed is a number above 0, at most 1"):
        paragraph_similarity(matrix, lowest=lowest)


def test_other_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match="top_n is 0"):
        paragraph_similarity(SMALL, top_n=0)
    with pytest.raises(InputError, match="document 'x' is unknown; known are: a, b, c"):
        similarity_grid(SMALL, "a", "x")
    for function in (document_similarity, paragraph_similarity):
        with pytest.raises(InputError, match="weighted by tf-idf"):
            function(tf_idf(SMALL))
