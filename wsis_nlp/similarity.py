"""Similarity of documents and of paragraphs, and the language that documents share."""

from __future__ import annotations

from functools import reduce
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from scipy import sparse

from wsis_nlp._checks import InputError, check_columns, check_known, check_one_of, check_whole
from wsis_nlp.homogeneity import (
    distance_p,
    sharing_p,
    similarity_at_length,
    similarity_limits,
    split_half_containment,
    split_half_similarity,
    unshared,
)
from wsis_nlp.intervals import rate_interval
from wsis_nlp.matrix import TermMatrix, group_rows, inverse_document_frequency, term_matrix, tf_idf

ROWS_AT_ONCE = 512


def document_similarity(matrix: TermMatrix, *, draws: int = 999, random_state: int = 0) -> pd.DataFrame:
    """Cosine similarity of documents, beside that of texts of one kind.

    Parameters
    ----------
    matrix : TermMatrix
        Counts by paragraph. They are summed by document and weighted by the idf of the paragraphs (see `tf_idf`).
    draws, random_state : whole numbers of at least 0
        Random halvings, draws and dealings of paragraphs, without which the floors, limits and p are NaN; and the seed.

    Returns
    -------
    DataFrame
        One row for each ordered pair, a document with itself among them, in the order of the matrix
        ``doc_a``, ``doc_b`` : ids
        ``similarity`` : from 0 to 1; a document with itself 1; 0 where one has no term
        ``floor_a``, ``floor_b`` : what is to be expected of two texts as long as these, were both of the kind of
        ``doc_a`` or both of the kind of ``doc_b``. Halves are shorter than the documents, and short texts less alike:
        the mean similarity of random halves (see `split_half_similarity`) is carried to the lengths of the pair, in
        counted terms (see `similarity_at_length`). NaN where fewer than two paragraphs have a term
        ``low``, ``high`` : limits of the similarity at 95 per cent (see `similarity_limits`): how far it would move if
        as many paragraphs of the same sorts were drafted anew, those of either document apart from the other's. NaN
        where one has fewer than two paragraphs with a term
        ``p`` : how easily two texts dealt out at random from the paragraphs of both would be as far apart. The distance
        is not 1 less the similarity, which sees less, but that of the mean weights of the paragraphs (see
        `distance_p`). Paragraphs that both have word for word stay in both, so that p of two versions of a text asks
        about the rest: whether what one took out and what the other put in are of one kind. It is 1 where one has
        nothing of its own. Reworded paragraphs count as different ones, and make p the larger.
    """
    for name, value in {"draws": draws, "random_state": random_state}.items():
        check_whole(value, name=name)
    idf = inverse_document_frequency(matrix)
    weights, counts = tf_idf(group_rows(matrix), idf=idf), matrix.values
    names, lengths = weights.rows["doc_id"].tolist(), np.asarray(counts.sum(axis=1))
    places = {one: np.flatnonzero((matrix.rows["doc_id"] == one) & (lengths > 0)) for one in names}
    single, weighted = tf_idf(matrix, idf=idf).values, sparse.csr_array(counts * idf[None, :])
    random = {"draws": draws, "random_state": random_state}
    own = {one: (weighted[at] @ weighted[at].T).toarray() for one, at in places.items()}
    halves = {one: split_half_similarity(own[one], **random) for one in names}
    totals = {one: float(lengths[at].sum()) for one, at in places.items()}
    floors, limits = {}, {}
    for a, b in combinations_with_replacement(sorted(names), 2):
        rows, in_a = np.append(places[a], places[b]), np.arange(len(places[a]) + len(places[b])) < len(places[a])
        rest = unshared(counts[rows], in_a)
        p = distance_p(single[rows[rest]], in_a[rest], **random)
        across = (weighted[places[a]] @ weighted[places[b]].T).toarray()
        limits[a, b] = limits[b, a] = (*similarity_limits(own[a], own[b], across, **random), p)
        for one, other in ((a, b), (b, a)):
            floors[one, other] = similarity_at_length(halves[one], totals[one], totals[one], totals[other])
    cosine = _cosine(weights.values, weights.values)
    table = [
        (a, b, cosine[i, j], floors[a, b], floors[b, a], *limits[a, b])
        for i, a in enumerate(names) for j, b in enumerate(names)
    ]  # fmt: skip
    return pd.DataFrame(table, columns=["doc_a", "doc_b", "similarity", "floor_a", "floor_b", "low", "high", "p"])


def shared_language(
    tokens: pd.DataFrame, paragraphs: pd.DataFrame, *, n: int = 5, draws: int = 999, random_state: int = 0
) -> pd.DataFrame:
    """Wording that documents share: the share of the word n-grams of one that another has (containment, Broder 1997).

    Parameters
    ----------
    tokens : DataFrame
        ``para_id, term`` in order of the text, without options: an n-gram is n terms in a row within a paragraph.
    paragraphs : DataFrame
        ``doc_id, para_id``.
    n : whole number from 1 to 20
    draws, random_state : whole numbers of at least 0
        Random dealings behind ``p``, which is NaN where it is 0; and the seed.

    Returns
    -------
    DataFrame
        One row for each ordered pair, a document with itself among them, in the order of the paragraphs
        ``doc_a``, ``doc_b`` : ids
        ``ngrams``, ``shared`` : distinct n-grams of ``doc_a``, and those of them that ``doc_b`` has
        ``containment`` : their ratio; NaN where there is none
        ``floor`` : the same for two halves of ``doc_a``, the second cut to the length of ``doc_b`` (in paragraphs of
        ``doc_a``) where that is shorter: what formulae alone make two texts of its kind share (see
        `split_half_containment`)
        ``low``, ``high`` : limits of the containment at 95 per cent, paragraphs of ``doc_a`` being the units (see
        `rate_interval`) and each n-gram counting in the first that has it; ``doc_b`` is taken as it is
        ``p`` : how easily two texts dealt out at random from the paragraphs of both, but for those that both have word
        for word, would share as few n-grams

    Broder, A. Z. (1997). On the resemblance and containment of documents. Compression and Complexity of Sequences,
    21-29.
    """
    check_one_of(n, range(1, 21), name="n")
    for name, value in {"draws": draws, "random_state": random_state}.items():
        check_whole(value, name=name)
    following = check_columns(tokens, ["para_id", "term"], name="tokens").groupby("para_id", sort=False)["term"]
    runs = reduce(lambda run, step: run + " " + following.shift(-step), range(1, n), tokens["term"])
    matrix = term_matrix(tokens.assign(term=runs), paragraphs)
    places = {one: np.flatnonzero(matrix.rows["doc_id"] == one) for one in dict.fromkeys(matrix.rows["doc_id"])}
    parts = {one: matrix.values[at] for one, at in places.items()}
    p = {}
    for a, b in combinations_with_replacement(sorted(parts), 2):
        both, in_a = sparse.csr_array(sparse.vstack([parts[a], parts[b]])), np.arange(len(places[a]) + len(places[b]))
        rest = unshared(both, in_a < len(places[a]))
        p[a, b] = p[b, a] = sharing_p(both[rest], in_a[rest] < len(places[a]), draws=draws, random_state=random_state)
    rows = [(a, b, *_containment(parts[a], parts[b]), p[a, b]) for a in parts for b in parts]
    columns = ["doc_a", "doc_b", "ngrams", "shared", "containment", "floor", "low", "high", "p"]
    return pd.DataFrame(rows, columns=columns)


def paragraph_similarity(matrix: TermMatrix, *, top_n: int = 3, lowest: float = 0.1) -> pd.DataFrame:
    """Most similar paragraphs of other documents, for each paragraph.

    At most ``top_n`` of each other document, and at least as similar as ``lowest``. Columns
    ``doc_a, para_a, doc_b, para_b``, ``rank`` (1 is the most similar; ties in order of the text), ``similarity`` (above
    0 to 1); in order of ``para_a`` in the matrix, then of ``doc_b``, then of rank.
    """
    check_whole(top_n, name="top_n", least=1)
    if not 0 < lowest <= 1:
        raise InputError(f"lowest is {lowest!r}; allowed is a number above 0, at most 1")
    rows, weights = matrix.rows, tf_idf(matrix).values
    codes = pd.factorize(rows["doc_id"])[0]
    tables = []
    # All pairs at once would not fit in memory where paragraphs are many.
    for start in range(0, max(len(rows), 1), ROWS_AT_ONCE):
        near = (weights[start : start + ROWS_AT_ONCE] @ weights.T).tocoo()
        a, b = near.row + start, near.col
        found = pd.DataFrame({"a": a, "b": b, "doc": codes[b], "similarity": np.minimum(near.data, 1.0)})
        found = found[(near.data >= lowest) & (codes[a] != codes[b])]
        found = found.sort_values(["a", "doc", "similarity", "b"], ascending=[True, True, False, True])
        found["rank"] = found.groupby(["a", "doc"]).cumcount() + 1
        tables.append(found[found["rank"] <= top_n])
    pairs = pd.concat(tables, ignore_index=True)
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    names, docs = rows["para_id"].to_numpy(), rows["doc_id"].to_numpy()
    return pd.DataFrame({
        "doc_a": docs[a], "para_a": names[a], "doc_b": docs[b], "para_b": names[b],
        "rank": pairs["rank"], "similarity": pairs["similarity"],
    })  # fmt: skip


def similarity_grid(matrix: TermMatrix, doc_a: str, doc_b: str) -> pd.DataFrame:
    """Cosine similarity of every paragraph of one document with every paragraph of another, from counts by paragraph.

    Rows are the ``para_id`` of ``doc_a``, columns those of ``doc_b``; weights are fitted on the whole matrix.
    """
    check_known([doc_a, doc_b], dict.fromkeys(matrix.rows["doc_id"]), name="document")
    weights = tf_idf(matrix)
    parts = [weights.select_rows((weights.rows["doc_id"] == one).to_numpy()) for one in (doc_a, doc_b)]
    return pd.DataFrame(
        _cosine(parts[0].values, parts[1].values),
        index=pd.Index(parts[0].rows["para_id"], name="para_a"),
        columns=pd.Index(parts[1].rows["para_id"], name="para_b"),
    )


def _cosine(left: sparse.csr_array, right: sparse.csr_array) -> np.ndarray:
    """Products of rows of length 1, rounding kept within 0 and 1."""
    return np.asarray(np.clip((left @ right.T).toarray(), 0.0, 1.0))


def _containment(own: sparse.csr_array, other: sparse.csr_array) -> tuple[object, ...]:
    """Distinct n-grams of a document, how many another has, their share, its floor and its limits."""
    ngrams, first, having = np.unique(own.indices, return_index=True, return_counts=True)
    counted = own.indptr[1:] > own.indptr[:-1]
    rows = np.searchsorted(own.indptr, first, side="right") - 1
    found = np.isin(ngrams, other.indices)
    interval = rate_interval(
        np.bincount(rows[found], minlength=len(counted)), np.bincount(rows, minlength=len(counted))
    )
    ratio = min(other.sum() / max(own.sum(), 1), 1.0)
    floor = split_half_containment(having, int(counted.sum()), ratio)
    return len(ngrams), int(found.sum()), interval.estimate, floor, interval.low, interval.high
