"""Counts and weights, against scikit-learn as a second authority."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from wsis_nlp import (
    InputError,
    Study,
    TermMatrix,
    TokenOptions,
    group_rows,
    idf_comparison,
    term_matrix,
    term_weights,
    tf_idf,
    tf_idf_change,
    token_ids,
    token_table,
)
from wsis_nlp.matrix import inverse_document_frequency

TEXTS = st.lists(st.lists(st.sampled_from(["data", "forum", "Ä", "zone", "a"]), max_size=6), min_size=1, max_size=6)


def matrix_of(texts: list[list[str]], *, min_paragraphs: int = 1) -> TermMatrix:
    """Texts as lists of terms; every second one belongs to another document."""
    ids = [f"{'ab'[place % 2]}:{place}" for place in range(len(texts))]
    tokens = pd.DataFrame(
        [(para_id, term) for para_id, terms in zip(ids, texts, strict=True) for term in terms],
        columns=["para_id", "term"],
    )
    paragraphs = pd.DataFrame({"doc_id": [one[0] for one in ids], "para_id": ids})
    return term_matrix(tokens, paragraphs, min_paragraphs=min_paragraphs)


@pytest.fixture(scope="module")
def term_lists(study: Study) -> list[list[str]]:
    """Terms of each body paragraph of the corpus."""
    options = TokenOptions(stop_words=study.stop_words("general"))
    tokens = token_table(study.body, options=options).dropna(subset="term")
    by_paragraph = tokens.groupby("para_id")["term"].agg(list)
    return [by_paragraph.get(para_id, []) for para_id in study.body["para_id"]]


def test_counts_of_the_corpus_equal_those_of_scikit_learn(study: Study, term_lists: list[list[str]]) -> None:
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(analyzer=lambda terms: terms)
    expected = vectorizer.fit_transform(term_lists)
    matrix = study.content_matrix
    assert matrix.terms == tuple(vectorizer.get_feature_names_out())
    assert (sparse.csr_array(expected) != matrix.values).nnz == 0
    assert matrix.rows["para_id"].tolist() == study.body["para_id"].tolist()


@pytest.mark.parametrize("at_once", [1, 700, 1 << 16])
def test_counts_of_numbers_are_those_of_the_table(study: Study, monkeypatch, at_once: int) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("wsis_nlp.matrix.AT_ONCE", at_once)
    options = TokenOptions(stop_words=frozenset({"the"}), numbers="drop")
    ids, tokens = token_ids(study.body, options=options), token_table(study.body, options=options)
    counted = tokens.dropna(subset="term").groupby(["para_id", "term"]).size()
    chosen = [study.body, study.body.sample(frac=1, random_state=1), study.body.iloc[::3], study.body.iloc[:0]]
    for body in (rows.reset_index(drop=True) for rows in chosen):
        for held in (ids, tokens, tokens.sample(frac=1, random_state=2)):
            matrix = term_matrix(held, body)
            cells = matrix.values.tocoo()
            names = zip(body["para_id"].to_numpy()[cells.row], np.array(matrix.terms)[cells.col], strict=True)
            expected = counted[counted.index.get_level_values(0).isin(body["para_id"])]
            assert dict(zip(names, cells.data.tolist(), strict=True)) == expected.to_dict()
            assert matrix.terms == tuple(sorted(set(expected.index.get_level_values(1))))


def test_weights_of_the_corpus_equal_those_of_scikit_learn(study: Study) -> None:
    from sklearn.feature_extraction.text import TfidfTransformer

    transformer = TfidfTransformer().fit(study.content_matrix.values)
    expected = transformer.transform(study.content_matrix.values)
    weights = tf_idf(study.content_matrix)
    assert abs(weights.values - expected).max() < 1e-12
    assert np.allclose(inverse_document_frequency(study.content_matrix), transformer.idf_, rtol=0, atol=1e-12)
    assert weights.weighting == "tf-idf"


@given(TEXTS)
def test_weights_of_any_texts_equal_those_of_scikit_learn(texts: list[list[str]]) -> None:
    from sklearn.feature_extraction.text import TfidfTransformer

    matrix = matrix_of(texts)
    weights = tf_idf(matrix).values.toarray()
    assert weights.shape == (len(texts), len(matrix.terms))
    assert np.isfinite(weights).all()
    if matrix.terms:
        assert np.allclose(weights, TfidfTransformer().fit_transform(matrix.values).toarray(), rtol=0, atol=1e-12)
    lengths = np.linalg.norm(weights, axis=1)
    assert np.allclose(lengths, [1.0 if terms else 0.0 for terms in texts], rtol=0, atol=1e-12)


DOCUMENTS = ["wsis10-draft", "a-res-70-125", "ecosoc-2016-draft", "ecosoc-2023-3", "wsis20-unesco"]


def test_mean_weights_of_documents_equal_those_of_scikit_learn(study: Study, term_lists: list[list[str]]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    weights = TfidfVectorizer(analyzer=lambda terms: terms).fit_transform(term_lists).toarray()
    table = term_weights(study.content_matrix)
    assert table["doc_id"].drop_duplicates().tolist() == DOCUMENTS
    for doc_id, own in table.groupby("doc_id"):
        assert tuple(own["term"]) == study.content_matrix.terms
        rows = (study.body["doc_id"] == doc_id).to_numpy()
        assert np.allclose(own["tfidf"], weights[rows].mean(axis=0), rtol=0, atol=1e-9)
        terms = [term for terms, kept in zip(term_lists, rows, strict=True) if kept for term in terms]
        assert own["count"].sum() == len(terms)
        assert own.set_index("term").loc["digital", "count"] == terms.count("digital")


def test_idf_equals_that_of_scikit_learn(study: Study, term_lists: list[list[str]]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    documents = [
        [term for terms, one in zip(term_lists, study.body["doc_id"], strict=True) if one == doc_id for term in terms]
        for doc_id in DOCUMENTS
    ]
    table = idf_comparison(study.content_matrix).set_index("term")
    assert sorted(table.index) == list(study.content_matrix.terms)
    for unit, texts in (("paragraphs", term_lists), ("documents", documents)):
        # Without smoothing scikit-learn's is the textbook's plus 1.
        for formula, smooth, more in (("smoothed", True, 0), ("textbook", False, 1)):
            fitted = TfidfVectorizer(analyzer=lambda terms: terms, smooth_idf=smooth).fit(texts)
            found = table.loc[fitted.get_feature_names_out(), f"{unit}_{formula}"]
            assert np.allclose(found + more, fitted.idf_, rtol=0, atol=1e-9)
        having = [sum(term in set(terms) for terms in texts) for term in table.index[:50]]
        assert table[f"{unit}_with"].head(50).tolist() == having


def test_a_term_of_every_document_is_worth_nothing_by_the_textbook(study: Study) -> None:
    table = idf_comparison(study.content_matrix)
    shared = table["documents_with"] == 5
    assert shared.any()
    assert (table["documents_textbook"].eq(0) == shared).all()
    assert table.loc[shared, "documents_smoothed"].eq(1).all()
    assert (table["paragraphs_textbook"] > 0).all()
    assert table["documents_with"].is_monotonic_decreasing


@given(TEXTS)
def test_change_of_weights_by_hand(texts: list[list[str]]) -> None:
    matrix = matrix_of([["data"], ["forum"], *texts])
    table = tf_idf_change(matrix, "a", "b")
    assert set(table["term"]) == set(matrix.terms)
    weights = tf_idf(matrix).values.toarray()
    for row in table.to_dict("records"):
        at = matrix.terms.index(row["term"])
        for side, first in (("a", 0), ("b", 1)):
            assert row[f"count_{side}"] == matrix.values.toarray()[first::2, at].sum()
            assert row[f"tfidf_{side}"] == pytest.approx(weights[first::2, at].mean(), abs=1e-12)
        assert row["difference"] == row["tfidf_b"] - row["tfidf_a"]
    sizes = table["difference"].abs().tolist()
    assert all(one >= other - 1e-11 for one, other in pairwise(sizes))
    back = tf_idf_change(matrix, "b", "a")
    assert back["term"].tolist() == table["term"].tolist()
    assert back["difference"].tolist() == (-table["difference"]).tolist()


def test_terms_of_neither_document_do_not_change() -> None:
    matrix = term_matrix(
        pd.DataFrame({"para_id": ["a:1", "b:1", "c:1"], "term": ["data", "forum", "zone"]}),
        pd.DataFrame({"doc_id": ["a", "b", "c"], "para_id": ["a:1", "b:1", "c:1"]}),
    )
    assert tf_idf_change(matrix, "a", "b")["term"].tolist() == ["data", "forum"]


@given(TEXTS)
def test_cells_are_plain_counts(texts: list[list[str]]) -> None:
    matrix = matrix_of(texts)
    assert matrix.terms == tuple(sorted({term for terms in texts for term in terms}))
    expected = [[terms.count(term) for term in matrix.terms] for terms in texts]
    assert matrix.values.toarray().tolist() == expected
    assert matrix.values.dtype.kind == "i"


@given(TEXTS, st.randoms(use_true_random=False))
def test_order_of_paragraphs_is_the_order_of_rows(texts: list[list[str]], random) -> None:  # type: ignore[no-untyped-def]
    matrix = matrix_of(texts)
    order = list(range(len(texts)))
    random.shuffle(order)
    permuted = matrix_of([texts[place] for place in order])
    assert permuted.terms == matrix.terms
    assert permuted.values.toarray().tolist() == matrix.values.toarray()[order].tolist()
    assert np.allclose(tf_idf(permuted).values.toarray(), tf_idf(matrix).values.toarray()[order], rtol=0, atol=1e-15)


@given(TEXTS, st.integers(1, 4))
def test_rare_terms_are_left_out(texts: list[list[str]], least: int) -> None:
    matrix = matrix_of(texts, min_paragraphs=least)
    kept = {term for terms in texts for term in terms if sum(term in other for other in texts) >= least}
    assert set(matrix.terms) == kept
    assert matrix.values.shape == (len(texts), len(kept))
    assert matrix.values.toarray().tolist() == [[terms.count(term) for term in sorted(kept)] for terms in texts]


@given(TEXTS)
def test_groups_are_sums(texts: list[list[str]]) -> None:
    matrix = matrix_of(texts)
    grouped = group_rows(matrix)
    assert grouped.terms == matrix.terms
    assert grouped.rows["doc_id"].tolist() == ["a", "b"][: len(texts)]
    for place, row in enumerate(grouped.values.toarray()):
        assert row.tolist() == matrix.values.toarray()[place::2].sum(axis=0).tolist()


def test_tokens_of_other_paragraphs_and_missing_terms_do_not_count() -> None:
    tokens = pd.DataFrame({"para_id": ["d:1", "d:9", "d:1"], "term": ["data", "forum", None]})
    matrix = term_matrix(tokens, pd.DataFrame({"doc_id": ["d", "d"], "para_id": ["d:1", "d:2"]}))
    assert matrix.terms == ("data",)
    assert matrix.values.toarray().tolist() == [[1], [0]]


def test_rows_keep_the_sections_of_paragraphs_that_have_them(study: Study) -> None:
    assert study.content_matrix.rows["section"].tolist() == study.body["section"].tolist()
    assert matrix_of([["data"]]).rows.columns.tolist() == ["doc_id", "para_id"]


def test_weights_can_be_applied_with_the_idf_of_another_matrix() -> None:
    matrix = matrix_of([["data", "forum"], ["data"], ["data", "zone"]])
    idf = inverse_document_frequency(matrix)
    rows = tf_idf(group_rows(matrix), idf=idf).values.toarray()
    plain = group_rows(matrix).values.toarray() * idf
    assert np.allclose(rows, plain / np.linalg.norm(plain, axis=1, keepdims=True), rtol=0, atol=1e-15)


def test_what_is_weighted_is_not_weighted_or_grouped_again() -> None:
    weights = tf_idf(matrix_of([["data"], ["forum"]]))
    for again in (tf_idf, group_rows, inverse_document_frequency, term_weights, idf_comparison):
        with pytest.raises(InputError) as raised:
            again(weights)
        assert str(raised.value) == "the matrix is weighted by tf-idf; needed is one weighted by count"


def test_chosen_rows_keep_their_names() -> None:
    matrix = matrix_of([["data"], ["forum"], ["zone"]])
    chosen = matrix.select_rows(np.array([False, True, True]))
    assert chosen.rows["para_id"].tolist() == ["b:1", "a:2"]
    assert chosen.values.toarray().tolist() == matrix.values.toarray()[1:].tolist()
    assert chosen.terms == matrix.terms


def test_inputs_are_not_altered() -> None:
    matrix = matrix_of([["data", "forum"], []])
    before, rows = matrix.values.toarray(), matrix.rows.copy()
    tf_idf(matrix)
    group_rows(matrix)
    assert matrix.values.toarray().tolist() == before.tolist()
    pd.testing.assert_frame_equal(matrix.rows, rows)


def test_bad_input_is_refused() -> None:
    paragraphs = pd.DataFrame({"doc_id": ["d"], "para_id": ["d:1"]})
    tokens = pd.DataFrame({"para_id": ["d:1"], "term": ["data"]})
    with pytest.raises(InputError, match="tokens lacks the column term; it has: para_id"):
        term_matrix(tokens[["para_id"]], paragraphs)
    with pytest.raises(InputError, match="min_paragraphs is 0"):
        term_matrix(tokens, paragraphs, min_paragraphs=0)
    with pytest.raises(InputError, match="rows of the matrix lacks the column date; it has: doc_id, para_id"):
        group_rows(term_matrix(tokens, paragraphs), by="date")
    with pytest.raises(InputError, match="document 'e' is unknown; known are: d"):
        tf_idf_change(term_matrix(tokens, paragraphs), "d", "e")
    with pytest.raises(InputError, match="formula is 'plain'; allowed are: smoothed, textbook"):
        inverse_document_frequency(term_matrix(tokens, paragraphs), formula="plain")  # type: ignore[arg-type]


def test_tokens_without_a_paragraph_do_not_count_and_paragraphs_are_given_once() -> None:
    paragraphs = pd.DataFrame({"doc_id": ["d", "d"], "para_id": ["x", "y"]})
    tokens = pd.DataFrame({"para_id": ["x", "y", None], "term": ["a", "b", "c"]})
    assert term_matrix(tokens, paragraphs).values.toarray().tolist() == [[1, 0], [0, 1]]
    with pytest.raises(InputError, match="the paragraph 'x' twice; allowed is one row for each"):
        term_matrix(tokens, paragraphs.assign(para_id="x"))
