"""Large corpora: the nearest rows are those of the whole table, and results are those of the way for small ones."""

from __future__ import annotations

from typing import Any

import edit_histories as made
import numpy as np
import pandas as pd
import planted_topics
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from wsis_nlp import (
    InputError,
    Study,
    TermMatrix,
    document_similarity,
    fit_topics,
    match_topics,
    paragraph_similarity,
    scan_topics,
    shared_language,
    similarity_grid,
    tf_idf,
)
from wsis_nlp import descent as descent_module
from wsis_nlp import nearest as nearest_module
from wsis_nlp import similarity as similarity_module
from wsis_nlp.alignment import off_the_run
from wsis_nlp.documents import is_before
from wsis_nlp.lineage import paragraph_lineage
from wsis_nlp.nearest import nearest_rows, other_group, with_nearest
from wsis_nlp.topics import factors as factors_module

ROWS = st.lists(st.tuples(st.integers(0, 3), st.lists(st.integers(0, 5), max_size=4)), min_size=1, max_size=40)


def rows_of(given_rows: list[tuple[int, list[int]]]) -> tuple[sparse.csr_array, np.ndarray]:
    counts = np.zeros((len(given_rows), 6))
    for row, (_, terms) in enumerate(given_rows):
        np.add.at(counts[row], terms, 1)
    lengths = np.linalg.norm(counts, axis=1, keepdims=True)
    scaled = np.divide(counts, lengths, out=np.zeros_like(counts), where=lengths > 0)
    return sparse.csr_array(scaled), np.array([group for group, _ in given_rows])


def all_ranked(
    weights: sparse.csr_array, allowed: np.ndarray, n: int, lowest: float, sign: int
) -> list[tuple[int, int]]:
    """The same by a table of all pairs."""
    table = np.minimum((weights @ weights.T).toarray(), 1)
    pairs = []
    for row, products in enumerate(table):
        good = [at for at in range(len(products)) if allowed[row, at] and products[at] >= lowest]
        pairs += [(row, at) for at in sorted(good, key=lambda at: (-products[at], sign * at))[:n]]
    return pairs


@pytest.mark.parametrize("library", [True, False], ids=["by the library", "without it"])
@given(given_rows=ROWS, n=st.integers(1, 4), beside=st.integers(0, 2), last_first=st.booleans())
def test_the_nearest_are_those_of_the_table_of_all_pairs(
    library: bool, given_rows: list[tuple[int, list[int]]], n: int, beside: int, last_first: bool
) -> None:
    if library:
        pytest.importorskip("sparse_dot_topn")
    weights, groups = rows_of(given_rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest_module, "BESIDE", beside)
        patch.setattr(nearest_module, "ROWS_AT_ONCE", 7)
        patch.setattr(nearest_module, "CELLS_AT_ONCE", 50)
        if not library:
            patch.setattr(nearest_module, "find_spec", lambda name: None)
        near = nearest_rows(weights, n, lowest=0.2, allowed=other_group(groups), last_first=last_first)
        every = nearest_rows(weights, None, lowest=0.2, allowed=other_group(groups), last_first=last_first)
    allowed, sign = groups[:, None] != groups, -1 if last_first else 1
    for found, most in ((near, n), (every, len(groups))):
        pairs = list(zip(found.row.tolist(), found.column.tolist(), strict=True))
        assert pairs == all_ranked(weights, allowed, most, 0.2, sign)
        table = np.minimum((weights @ weights.T).toarray(), 1)
        assert found.product.tolist() == [table[pair] for pair in pairs]


def test_neighbours_in_the_own_document_take_no_place_from_others() -> None:
    own = [(0, [0, 1])] * 60
    weights, groups = rows_of([*own, (1, [0, 1, 2]), (2, [0, 1, 2, 3])])
    near = nearest_rows(weights, 2, lowest=0.1, allowed=other_group(groups))
    assert near.column[near.row == 7].tolist() == [60, 61]


@pytest.mark.parametrize("last_first", [False, True])
def test_copies_are_multiplied_once(last_first: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = []
    multiply = nearest_module._exhaustively

    def counted(own: sparse.csr_array, others: sparse.csr_array, *given: Any) -> Any:
        cells.append(own.shape[0] * others.shape[0])
        return multiply(own, others, *given)

    monkeypatch.setattr(nearest_module, "_exhaustively", counted)
    monkeypatch.setattr(nearest_module, "find_spec", lambda name: None)
    weights, groups = rows_of([(at // 2, [at % 3]) for at in range(600)])
    near = nearest_rows(weights, 2, lowest=0.1, allowed=other_group(groups), last_first=last_first)
    assert near.column[near.row == 6].tolist() == ([597, 594] if last_first else [0, 3])
    assert len(near.row) == 1200
    assert sum(cells) == 3 * 3


def test_of_many_paragraphs_the_nearest_are_the_first_of_the_exhaustive_table(study: Study) -> None:
    matrix = study.content_matrix
    every = paragraph_similarity(matrix, top_n=len(matrix.rows))
    place = pd.Series(range(len(matrix.rows)), index=matrix.rows["para_id"])
    keys = [every["para_a"].map(place), -every["similarity"], every["para_b"].map(place)]
    order = pd.concat(keys, axis=1, keys=["a", "s", "b"]).sort_values(["a", "s", "b"]).index
    expected = every.loc[order].groupby("para_a", sort=False).head(4).reset_index(drop=True)
    found = paragraph_similarity(matrix, top_n=4, large=0)
    names = ["doc_a", "para_a", "doc_b", "para_b", "similarity"]
    pd.testing.assert_frame_equal(found[names], expected[names], check_exact=True)
    assert found["rank"].tolist() == (found.groupby("para_a", sort=False).cumcount() + 1).tolist()


def test_of_many_documents_each_has_its_nearest(study: Study) -> None:
    matrix = study.content_matrix
    every = document_similarity(matrix, draws=0)
    near = document_similarity(matrix, large=0, nearest=4)
    pd.testing.assert_frame_equal(near, every.assign(p=np.nan), check_exact=False, rtol=0, atol=1e-12)
    two = document_similarity(matrix, large=0, nearest=2)
    best = every[every["doc_a"] != every["doc_b"]].groupby("doc_a")["similarity"].nlargest(2)
    others = two[two["doc_a"] != two["doc_b"]]
    assert sorted(others["similarity"].round(9)) == sorted(best.round(9))
    assert two[["floor_a", "low", "high", "p"]].isna().all(axis=None)


def test_what_needs_too_large_a_table_of_paragraphs_is_not_known(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, beside = study.content_matrix, ["floor_a", "floor_b", "low", "high", "p"]
    every = document_similarity(matrix, draws=19)
    sizes = matrix.rows["doc_id"].value_counts()
    both = every["doc_a"].map(sizes) + every["doc_b"].map(sizes)
    assert both.nunique() > 2
    monkeypatch.setattr(similarity_module, "MOST_CELLS", int(both.median()) ** 2)
    expected = every.assign(**{name: every[name].mask(both > int(both.median())) for name in beside})
    assert expected["p"].isna().any()
    assert expected["p"].notna().any()
    pd.testing.assert_frame_equal(document_similarity(matrix, draws=19), expected, check_exact=True)


def test_shared_language_of_many_documents_is_that_of_few(study: Study) -> None:
    every = shared_language(study.tokens, study.body, draws=0)
    near = shared_language(study.tokens, study.body, large=0, nearest=4)
    pd.testing.assert_frame_equal(near, every)
    assert shared_language(study.tokens, study.body, large=0, nearest=1).groupby("doc_a").size().max() == 2


def test_each_row_stands_with_itself_and_its_nearest() -> None:
    weights, _ = rows_of([(0, [0]), (1, [0, 1]), (2, [5])])
    pairs = list(zip(*(one.tolist() for one in with_nearest(weights, 2)), strict=True))
    assert pairs == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2)]


def test_a_grid_that_no_memory_holds_is_refused(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity_module, "MOST_CELLS", 100)
    with pytest.raises(InputError, match="a grid has at most 100 cells"):
        similarity_grid(study.content_matrix, "wsis10-draft", "wsis20-unesco")


@pytest.mark.parametrize("seed", range(4))
def test_lineage_by_enough_candidates_is_that_of_all_pairs(seed: int) -> None:
    tables = made.history_frames(made.edit_history(seed))
    every, near = paragraph_lineage(*tables), paragraph_lineage(*tables, large=0, candidates=len(tables[1]))
    pd.testing.assert_frame_equal(near.edges, every.edges, check_exact=True)
    pd.testing.assert_frame_equal(near.words, every.words, check_exact=True)


@pytest.mark.parametrize("seed", range(4))
def test_lineage_by_small_blocks_is_that_by_large_ones(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = made.history_frames(made.edit_history(seed))
    whole = paragraph_lineage(*tables)
    monkeypatch.setattr(descent_module, "PAIRS_AT_ONCE", 1)
    monkeypatch.setattr(descent_module, "LINKS_AT_ONCE", 1)
    parts = paragraph_lineage(*tables)
    pd.testing.assert_frame_equal(parts.edges, whole.edges, check_exact=True)
    pd.testing.assert_frame_equal(parts.words, whole.words, check_exact=True)


def test_twenty_candidates_lose_nothing_of_the_corpus(study: Study) -> None:
    near = paragraph_lineage(study.documents, study.body, study.tokens, large=0)
    pd.testing.assert_frame_equal(near.edges, study.lineage.edges, check_exact=True)


DATES = st.sampled_from(["", "2001", "2001-05", "2001-05-03", "2001-06", "2002", "2002-01-01", "1999-12"])


@given(dates=st.lists(DATES, min_size=1, max_size=8))
def test_dates_of_texts_keep_their_order(dates: list[str]) -> None:
    from wsis_nlp.descent import read_texts

    tokens = pd.DataFrame({"doc_id": ["a"], "para_id": ["a:1"], "surface": ["x"], "term": ["x"]})
    texts = read_texts(pd.Series(dates), np.array([0]), np.array([0]), tokens)
    found = texts.ended[:, None] < texts.began
    assert found.tolist() == [[is_before(one, other) for other in dates] for one in dates]


@given(places=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=9), data=st.data())
def test_longest_runs_are_those_of_all_chains(places: set[tuple[int, int]], data: st.DataObject) -> None:
    pairs = sorted(places)
    shared = data.draw(st.lists(st.integers(1, 5), min_size=len(pairs), max_size=len(pairs)))
    chains: list[tuple[int, int, frozenset[int]]] = [(0, 0, frozenset())]
    for at, (_, end) in enumerate(pairs):
        chains += [
            (size + 1, weight + shared[at], held | {at}) for size, weight, held in chains
            if all(pairs[one][1] <= end for one in held)
        ]  # fmt: skip
    best = max((size, weight) for size, weight, _ in chains)
    on = frozenset().union(*(held for *told, held in chains if tuple(told) == best))
    assert off_the_run(np.array(pairs), np.array(shared)).tolist() == [at not in on for at in range(len(pairs))]


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_topics_in_mini_batches_are_those_of_the_whole(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factors_module, "BATCH", 60)
    matrix = planted_topics.matrix_of(planted_topics.planted([200, 160, 120, 90], own=0.8))
    options = {"topics": 4, "method": method}
    whole, batches = fit_topics(matrix, **options), fit_topics(matrix, large=100, **options)
    partner, _ = match_topics(whole.factors.terms, batches.factors.terms)
    one, other = whole.factors.terms, batches.factors.terms[partner]
    cosine = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    assert cosine.min() >= 0.9
    again = fit_topics(planted_topics.reordered(matrix), large=100, **options)
    assert np.array_equal(again.factors.terms, batches.factors.terms)
    assert np.allclose(batches.paragraphs.groupby("para_id")["share"].sum(), 1)


def test_a_scan_of_too_many_paragraphs_is_refused() -> None:
    matrix = planted_topics.matrix_of(planted_topics.planted([30, 30]))
    with pytest.raises(InputError, match="there are 60 paragraphs with terms; a scan"):
        scan_topics(matrix, large=59)


def test_weights_are_not_changed() -> None:
    matrix: TermMatrix = planted_topics.matrix_of(planted_topics.planted([20, 20]))
    before = tf_idf(matrix).values.toarray()
    paragraph_similarity(matrix, large=0)
    assert np.array_equal(tf_idf(matrix).values.toarray(), before)
