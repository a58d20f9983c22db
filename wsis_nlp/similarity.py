"""Similarity of documents and of paragraphs."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from wsis_nlp._checks import InputError, check_known, check_whole
from wsis_nlp.homogeneity import distance_p, similarity_at_length, similarity_limits, split_half_similarity, unshared
from wsis_nlp.matrix import TermMatrix, group_rows, inverse_document_frequency, tf_idf
from wsis_nlp.nearest import LARGE, LARGE_DOCUMENTS, NEAREST_DOCUMENTS, Places, nearest_rows, other_group, with_nearest

ROWS_AT_ONCE = 512
MOST_CELLS = 50_000_000  # of a table of two documents: 400 MB
JUDGED_BY = ("floor_a", "floor_b", "low", "high", "p")


def document_similarity(
    matrix: TermMatrix, *, draws: int = 999, random_state: int = 0, large: int = LARGE_DOCUMENTS,
    nearest: int = NEAREST_DOCUMENTS,
) -> pd.DataFrame:  # fmt: skip
    """Cosine similarity of documents, beside that of texts of one kind.

    Parameters
    ----------
    matrix : TermMatrix
        Counts by paragraph. They are summed by document and weighted by the idf of the paragraphs (see `tf_idf`).
    draws, random_state : whole numbers of at least 0
        Random halvings, draws and dealings of paragraphs, without which the floors, limits and p are NaN; and the seed.
    large, nearest : whole numbers
        Of more than ``large`` documents each is compared with so many ``nearest`` others, those of the greatest
        similarity; floors, limits and p, which take a tenth of a second for each pair, are then NaN. So they are
        where both documents together have more than 7,071 paragraphs (a table of 50 million cells), one beside itself
        counting twice.

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
    check_whole(large, name="large")
    check_whole(nearest, name="nearest", least=1)
    idf = inverse_document_frequency(matrix)
    weights = tf_idf(group_rows(matrix), idf=idf)
    if len(weights.rows) > large:
        return _nearest_documents(weights, nearest)
    names, cosine = weights.rows["doc_id"].tolist(), _cosine(weights.values, weights.values)
    beside = _kind_of_pairs(matrix, idf, draws=draws, random_state=random_state) if draws else {}
    table = [
        (a, b, cosine[i, j], *beside.get((a, b), [np.nan] * len(JUDGED_BY)))
        for i, a in enumerate(names) for j, b in enumerate(names)
    ]  # fmt: skip
    return pd.DataFrame(table, columns=["doc_a", "doc_b", "similarity", *JUDGED_BY])


def _kind_of_pairs(
    matrix: TermMatrix, idf: NDArray[np.float64], *, draws: int, random_state: int
) -> dict[tuple[str, str], tuple[float, ...]]:
    """Floors, limits and p of the ordered pairs of documents whose table of paragraphs is not too large."""
    counts, random = matrix.values, {"draws": draws, "random_state": random_state}
    lengths = np.asarray(counts.sum(axis=1))
    groups = matrix.rows.groupby("doc_id").indices.items()
    sizes = {str(one): len(at) for one, at in groups}
    places = {str(one): np.asarray(at)[lengths[at] > 0] for one, at in groups}
    totals = {one: float(lengths[at].sum()) for one, at in places.items()}
    single, weighted = tf_idf(matrix, idf=idf).values, sparse.csr_array(counts * idf[None, :])
    halves: dict[str, float] = {}
    found: dict[tuple[str, str], tuple[float, ...]] = {}
    for a, b in combinations_with_replacement(sorted(places), 2):
        if (sizes[a] + sizes[b]) ** 2 > MOST_CELLS:
            continue
        rows, in_a = np.append(places[a], places[b]), np.arange(len(places[a]) + len(places[b])) < len(places[a])
        # Products within a document are made for each pair anew: all of them together may be too many to hold.
        parts = combinations_with_replacement([weighted[places[a]], weighted[places[b]]], 2)
        own_a, across, own_b = ((one @ other.T).toarray() for one, other in parts)
        for one, own in ((a, own_a), (b, own_b)):
            if one not in halves:
                halves[one] = split_half_similarity(own, **random)
        ends = ((a, b), (b, a))
        floors = [similarity_at_length(halves[one], totals[one], totals[one], totals[other]) for one, other in ends]
        rest = unshared(counts[rows], in_a)
        p = distance_p(single[rows[rest]], in_a[rest], **random)
        limits = similarity_limits(own_a, own_b, across, **random)
        found[a, b], found[b, a] = (*floors, *limits, p), (*floors[::-1], *limits, p)
    return found


def _nearest_documents(weights: TermMatrix, nearest: int) -> pd.DataFrame:
    a, b = with_nearest(weights.values, nearest)
    names = weights.rows["doc_id"].to_numpy()
    products = np.asarray(weights.values[a].multiply(weights.values[b]).sum(axis=1)).ravel()
    table = pd.DataFrame({"doc_a": names[a], "doc_b": names[b], "similarity": np.clip(products, 0.0, 1.0)})
    return table.assign(**dict.fromkeys(JUDGED_BY, np.nan))


def paragraph_similarity(
    matrix: TermMatrix, *, top_n: int = 3, lowest: float = 0.1, large: int = LARGE
) -> pd.DataFrame:
    """Most similar paragraphs of other documents, for each paragraph.

    At most ``top_n`` of each other document, and at least as similar as ``lowest``. Columns
    ``doc_a, para_a, doc_b, para_b``, ``rank`` (1 is the most similar; ties in order of the text), ``similarity`` (above
    0 to 1); in order of ``para_a`` in the matrix, then of ``doc_b``, then of rank.

    Of a matrix of more than ``large`` paragraphs the ``top_n`` are those of all other documents together, in order of
    ``para_a``, then of rank: else each paragraph would have a row for every document. That is done with
    `sparse_dot_topn` where it is installed (the extra ``scale``), with the same result.
    """
    check_whole(top_n, name="top_n", least=1)
    check_whole(large, name="large")
    if not 0 < lowest <= 1:
        raise InputError(f"lowest is {lowest!r}; allowed is a number above 0, at most 1")
    rows, weights = matrix.rows, tf_idf(matrix).values
    codes = pd.factorize(rows["doc_id"])[0]
    if len(rows) > large:
        near = nearest_rows(weights, top_n, lowest=lowest, allowed=other_group(codes))
        rank = np.arange(len(near.row)) - np.searchsorted(near.row, near.row) + 1
        pairs = pd.DataFrame({"a": near.row, "b": near.column, "rank": rank, "similarity": near.product})
    else:
        pairs = _by_document(weights, codes, top_n, lowest)
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    names, docs = rows["para_id"].to_numpy(), rows["doc_id"].to_numpy()
    return pd.DataFrame({
        "doc_a": docs[a], "para_a": names[a], "doc_b": docs[b], "para_b": names[b],
        "rank": pairs["rank"], "similarity": pairs["similarity"],
    })  # fmt: skip


def _by_document(weights: sparse.csr_array, codes: Places, top_n: int, lowest: float) -> pd.DataFrame:
    """Pairs of each row with the nearest of each other document."""
    tables = []
    # All pairs at once would not fit in memory where paragraphs are many.
    for start in range(0, max(len(codes), 1), ROWS_AT_ONCE):
        near = (weights[start : start + ROWS_AT_ONCE] @ weights.T).tocoo()
        a, b = near.row + start, near.col
        found = pd.DataFrame({"a": a, "b": b, "doc": codes[b], "similarity": np.minimum(near.data, 1.0)})
        found = found[(near.data >= lowest) & (codes[a] != codes[b])]
        found = found.sort_values(["a", "doc", "similarity", "b"], ascending=[True, True, False, True])
        found["rank"] = found.groupby(["a", "doc"]).cumcount() + 1
        tables.append(found[found["rank"] <= top_n])
    pairs: pd.DataFrame = pd.concat(tables, ignore_index=True)
    return pairs


def similarity_grid(matrix: TermMatrix, doc_a: str, doc_b: str) -> pd.DataFrame:
    """Cosine similarity of every paragraph of one document with every paragraph of another, from counts by paragraph.

    Rows are the ``para_id`` of ``doc_a``, columns those of ``doc_b``; weights are fitted on the whole matrix. A table
    of more than 50 million cells is refused; `paragraph_similarity` gives the nearest paragraphs of such documents.
    """
    check_known([doc_a, doc_b], dict.fromkeys(matrix.rows["doc_id"]), name="document")
    sizes = [int((matrix.rows["doc_id"] == one).sum()) for one in (doc_a, doc_b)]
    if sizes[0] * sizes[1] > MOST_CELLS:
        given = f"{doc_a!r} has {sizes[0]} paragraphs and {doc_b!r} has {sizes[1]}"
        raise InputError(f"{given}; a grid has at most {MOST_CELLS} cells, paragraph_similarity tells the nearest")
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
