"""Similarity: cosines against scikit-learn, and the laws of a cosine."""

from __future__ import annotations

from itertools import combinations

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
    shared_language,
    similarity_grid,
    term_matrix,
    tf_idf,
)
from wsis_nlp import similarity as similarity_module
from wsis_nlp.homogeneity import (
    distance_p,
    sharing_p,
    similarity_at_length,
    similarity_limits,
    split_half_containment,
    split_half_similarity,
    unshared,
)

WORDS = ["data", "forum", "role", "zone"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=5), min_size=2, max_size=8)


def matrix_of(texts: dict[str, str]) -> TermMatrix:
    return term_matrix(*tables_of(texts))


def tables_of(texts: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    words = [(one, term) for one, text in texts.items() for term in text.split()]
    paragraphs = pd.DataFrame({"doc_id": [one.split(":")[0] for one in texts], "para_id": list(texts)})
    return pd.DataFrame(words, columns=["para_id", "term"]), paragraphs


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
    table = document_similarity(matrix, draws=29)
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
    with pytest.raises(InputError, match="draws is -1"):
        document_similarity(SMALL, draws=-1)
    with pytest.raises(InputError, match="n is 0; allowed are: 1, 2"):
        shared_language(*tables_of({"a:1": "data"}), n=0)
    for name, value in {"large": -1, "nearest": 0}.items():
        with pytest.raises(InputError, match=f"{name} is {value}"):
            shared_language(*tables_of({"a:1": "data"}), **{name: value})


# Floors, limits and p


def dealt(rows: int, size: int) -> np.ndarray:
    """All ways to deal rows to a group of a size and the rest, one a row."""
    return np.array([np.isin(np.arange(rows), chosen) for chosen in combinations(range(rows), size)])


PARAGRAPHS = {
    "a:1": "data data forum", "a:2": "data role", "a:3": "forum zone", "a:4": "data",
    "b:1": "zone forum", "b:2": "zone zone zone", "b:3": "role zone", "b:4": "zone data forum",
}  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), min_size=4, max_size=9), st.integers(0, 3))
def test_what_is_told_of_a_pair_is_defined_and_symmetric(texts: list[list[str]], empty: int) -> None:
    filled = {f"{'ab'[place % 2]}:{place}": " ".join(words) for place, words in enumerate(texts)}
    # Empty paragraphs, and every paragraph twice.
    filled |= {f"b:e{place}": "" for place in range(empty)} | {f"{one}~2": text for one, text in filled.items()}
    table = document_similarity(matrix_of(filled), draws=29).set_index(["doc_a", "doc_b"])
    assert np.isfinite(table).all(axis=None)
    assert (table["low"] <= table["similarity"] + 1e-12).all()
    assert (table["similarity"] <= table["high"] + 1e-12).all()
    assert table.min(axis=None) >= 0
    assert table.max(axis=None) <= 1 + 1e-12
    forth, back = table.loc[("a", "b")], table.loc[("b", "a")]
    swapped = back.rename({"floor_a": "floor_b", "floor_b": "floor_a"})[forth.index]
    assert np.allclose(forth, swapped, rtol=0, atol=1e-12)
    other = matrix_of(dict(sorted(filled.items(), key=lambda one: one[0][0], reverse=True)))
    listed = document_similarity(other, draws=29).set_index(["doc_a", "doc_b"])
    ordered = document_similarity(matrix_of(dict(sorted(filled.items(), key=lambda one: one[0][0]))), draws=29)
    assert list(dict.fromkeys(ordered["doc_a"])) == ["a", "b"]
    ordered = ordered.set_index(["doc_a", "doc_b"])
    pd.testing.assert_frame_equal(listed.loc[ordered.index], ordered, rtol=0, atol=1e-9)


def test_copies_of_a_text_are_never_told_apart() -> None:
    texts = {one: text for one, text in PARAGRAPHS.items() if one.startswith("a")}
    copies = texts | {one.replace("a", "b"): text for one, text in texts.items()}
    row = document_similarity(matrix_of(copies)).iloc[1]
    assert row["similarity"] <= 1
    assert np.allclose(row[["similarity", "low", "high", "p"]].astype(float), 1, rtol=0, atol=1e-12)
    assert row["floor_a"] == row["floor_b"] < 1
    assert shared_language(*tables_of(copies), n=2)[["containment", "p"]].eq(1).all(axis=None)


def test_without_draws_or_paragraphs_nothing_is_told_but_the_similarity() -> None:
    told = ["floor_a", "floor_b", "low", "high"]
    table = document_similarity(matrix_of(PARAGRAPHS), draws=0)
    assert table[[*told, "p"]].isna().all(axis=None)
    assert table["similarity"].notna().all()
    single = document_similarity(matrix_of({"a:1": "data", "a:2": "", "b:1": "forum", "b:2": "data"})).iloc[1]
    assert single[["floor_a", "low", "high"]].isna().all()
    assert single[["similarity", "floor_b", "p"]].notna().all()


def test_the_floor_is_the_mean_over_all_halvings() -> None:
    values = tf_idf(matrix_of(PARAGRAPHS)).values.toarray()
    halves = [(values[first].sum(axis=0), values[~first].sum(axis=0)) for first in dealt(8, 4)]
    expected = np.mean([a @ b / np.sqrt((a @ a) * (b @ b)) for a, b in halves])
    assert split_half_similarity(values @ values.T, draws=9999, random_state=0) == pytest.approx(expected, abs=0.005)


def test_the_floor_is_carried_to_the_lengths_of_the_pair() -> None:
    assert similarity_at_length(0.6, 100, 50, 50) == pytest.approx(0.6)
    assert similarity_at_length(0.6, 100, 100, 100) == pytest.approx(2 * 0.6 / 1.6)
    assert similarity_at_length(0.6, 100, 1e12, 1e12) == pytest.approx(1)
    assert similarity_at_length(0.6, 100, 50, 80) == similarity_at_length(0.6, 100, 80, 50)


def test_quarters_foretell_halves_of_the_corpus(study: Study) -> None:
    """What is expected of halves from the similarity of quarters is the similarity that halves have."""
    matrix = study.content_matrix
    own = matrix.select_rows((matrix.rows["doc_id"] == "wsis20-unesco").to_numpy())
    weighted = own.values.toarray() * 1.0
    products, generator, quarters = weighted @ weighted.T, np.random.default_rng(0), []
    for _ in range(100):
        a, b, *_ = np.array_split(generator.permutation(len(weighted)), 4)
        lengths = products[np.ix_(a, a)].sum() * products[np.ix_(b, b)].sum()
        quarters.append(products[np.ix_(a, b)].sum() / np.sqrt(lengths))
    halves = split_half_similarity(products, draws=199, random_state=0)
    assert np.mean(quarters) < halves - 0.05
    assert similarity_at_length(float(np.mean(quarters)), 0.5, 0.5, 0.5) == pytest.approx(halves, abs=0.02)


def test_p_counts_the_dealings_that_are_as_far_apart() -> None:
    values, in_a = tf_idf(matrix_of(PARAGRAPHS)).values, np.arange(8) < 4
    squares = [((values[one].mean(axis=0) - values[~one].mean(axis=0)) ** 2).sum() for one in dealt(8, 4)]
    expected = np.mean(np.array(squares) >= squares[0] - 1e-9)
    assert 0.01 < expected < 0.5
    assert distance_p(values, in_a, draws=9999, random_state=0) == pytest.approx(expected, abs=0.02)
    shared = [len(set(values[one].indices) & set(values[~one].indices)) for one in dealt(8, 4)]
    expected = np.mean(np.array(shared) <= shared[0])
    assert sharing_p(values, in_a, draws=9999, random_state=0) == pytest.approx(expected, abs=0.02)


def test_limits_lie_around_the_similarity_where_percentiles_do_not() -> None:
    values = np.random.default_rng(0).poisson(0.05, (40, 300)) * 1.0
    a, b = values[:20], values[20:]
    similarity = a.sum(axis=0) @ b.sum(axis=0) / np.linalg.norm(a.sum(axis=0)) / np.linalg.norm(b.sum(axis=0))
    low, high = similarity_limits(a @ a.T, b @ b.T, a @ b.T, draws=499, random_state=0)
    assert low < similarity < high
    generator = np.random.default_rng(1)
    sums = [
        [part[generator.integers(20, size=20)].sum(axis=0) for _ in range(499)] for part in (a, b)
    ]  # fmt: skip
    drawn = [one @ other / np.linalg.norm(one) / np.linalg.norm(other) for one, other in zip(*sums, strict=True)]
    assert np.quantile(drawn, 0.975) < similarity
    assert high - low == pytest.approx(np.quantile(drawn, 0.975) - np.quantile(drawn, 0.025), rel=0.3)


def test_what_both_have_word_for_word_is_no_difference() -> None:
    counts = matrix_of({"a:1": "data", "a:2": "data", "a:3": "forum", "b:1": "data", "b:2": "data data", "b:3": ""})
    assert unshared(counts.values, np.arange(6) < 3).tolist() == [False, True, True, False, True, True]


def test_a_document_differs_from_its_copy_with_another_series_in_it(study: Study) -> None:
    matrix = study.content_matrix
    own, other = (np.flatnonzero(matrix.rows["doc_id"] == one) for one in ("ecosoc-2023-3", "wsis10-draft"))
    changed = np.append(own[: -len(own) // 5], other[: len(own) // 5])
    rows = pd.DataFrame({"doc_id": np.repeat(["a", "b"], [len(own), len(changed)])})
    row = document_similarity(TermMatrix(matrix.values[np.append(own, changed)], rows, matrix.terms), draws=199).iloc[1]
    assert row["p"] < 0.05 < 0.9 < row["similarity"]


def test_blocks_of_rows_change_nothing(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = study.paragraph_similarity(top_n=2)
    monkeypatch.setattr(similarity_module, "ROWS_AT_ONCE", 37)
    pd.testing.assert_frame_equal(study.paragraph_similarity(top_n=2), expected)


# Shared language


def test_shared_ngrams_of_the_corpus_equal_scikit_learn(study: Study) -> None:
    from sklearn.feature_extraction.text import CountVectorizer

    table = shared_language(study.tokens, study.body, draws=0).set_index(["doc_a", "doc_b"])
    found = {}
    for doc_id, own in study.tokens.groupby("doc_id"):
        paragraphs = own.groupby("para_id")["term"].agg(list)
        vectorizer = CountVectorizer(analyzer="word", tokenizer=list, token_pattern=None, lowercase=False,
                                     ngram_range=(5, 5))  # fmt: skip
        found[doc_id] = set(vectorizer.fit(paragraphs).get_feature_names_out())
    for (a, b), row in table.iterrows():
        assert (row["ngrams"], row["shared"]) == (len(found[a]), len(found[a] & found[b]))
        assert row["containment"] == pytest.approx(len(found[a] & found[b]) / len(found[a]), abs=1e-12)
        assert row["low"] <= row["containment"] <= row["high"]
    assert table["p"].isna().all()


def test_shared_language_by_hand() -> None:
    texts = {"a:1": "the role of data", "a:2": "the role of forums", "a:3": "", "b:1": "a role of data", "c:1": "data"}
    table = shared_language(*tables_of(texts), n=2, draws=99).set_index(["doc_a", "doc_b"])
    # the role, role of, of data, of forums; a role, role of, of data
    assert table.loc[("a", "b"), ["ngrams", "shared", "containment"]].tolist() == [4, 2, 0.5]
    assert table.loc[("b", "a"), ["ngrams", "shared"]].tolist() == [3, 2]
    assert table.loc[("a", "a"), "floor"] == pytest.approx(2 / 3)
    assert table.loc["c", ["containment", "floor", "low", "high"]].isna().all(axis=None)
    assert table.loc[("a", "c"), ["shared", "containment", "floor"]].tolist() == [0, 0, 0]
    turned = shared_language(*tables_of(dict(reversed(texts.items()))), n=2, draws=99).set_index(["doc_a", "doc_b"])
    pd.testing.assert_frame_equal(turned.drop(columns="p").loc[table.index], table.drop(columns="p"))


def test_word_groups_stand_within_a_paragraph_wherever_its_tokens_are() -> None:
    tokens, paragraphs = tables_of({"a:1": "the role of data", "a:2": "of data", "b:1": "role of data and role"})
    mixed = tokens.assign(at=tokens.groupby("para_id").cumcount()).sort_values(["at", "para_id"]).drop(columns="at")
    expected = shared_language(tokens, paragraphs, n=2, draws=9)
    assert expected["ngrams"].tolist() == [3, 3, 4, 4]
    pd.testing.assert_frame_equal(shared_language(mixed, paragraphs, n=2, draws=9), expected)
    missing = tokens.assign(term=tokens["term"].mask(tokens["term"] == "of"))
    assert shared_language(missing, paragraphs, n=2, draws=0)["ngrams"].tolist() == [1, 1, 2, 2]
    unknown = pd.concat([tokens, tokens.assign(para_id="c:1")])
    pd.testing.assert_frame_equal(shared_language(unknown, paragraphs, n=2, draws=9), expected)


@given(st.lists(st.lists(st.sampled_from(range(12)), min_size=1, max_size=6), min_size=2, max_size=6), st.data())
def test_the_floor_of_sharing_is_that_of_all_ways_to_halve(rows: list[list[int]], data: st.DataObject) -> None:
    having = np.array([sum(term in row for row in rows) for term in range(12)])
    size, first = len(rows), len(rows) // 2
    other = data.draw(st.integers(0, size - first))
    both, one = 0, 0
    for chosen in combinations(range(size), first):
        rest = [place for place in range(size) if place not in chosen]
        own = {term for place in chosen for term in rows[place]}
        for drawn in combinations(rest, other):
            both += len(own & {term for place in drawn for term in rows[place]})
            one += len(own)
    found = split_half_containment(having[having > 0], size, other / size)
    assert found == pytest.approx(both / one, abs=1e-9)
