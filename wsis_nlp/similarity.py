"""Similarity of documents and of paragraphs: the cosine of their TF-IDF weights."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
from scipy import sparse

from wsis_nlp._checks import InputError, check_known, check_whole
from wsis_nlp.matrix import TermMatrix, group_rows, inverse_document_frequency, tf_idf


def document_similarity(matrix: TermMatrix) -> pd.DataFrame:
    """Cosine similarity of documents, from counts by paragraph.

    Counts are summed by document and weighted by the idf of the paragraphs (see `matrix.tf_idf`). One row for each
    ordered pair, a document with itself among them, in the order of the matrix: ``doc_a, doc_b, similarity`` (0 to 1; a
    document with itself 1; 0 where one has no term).
    """
    weights = tf_idf(group_rows(matrix), idf=inverse_document_frequency(matrix))
    cosine = _cosine(weights.values, weights.values)
    names = weights.rows["doc_id"].to_numpy()
    doc_a, doc_b = np.repeat(names, len(names)), np.tile(names, len(names))
    return pd.DataFrame({"doc_a": doc_a, "doc_b": doc_b, "similarity": cosine.ravel()})


def paragraph_similarity(matrix: TermMatrix, *, top_n: int = 3, lowest: float = 0.1) -> pd.DataFrame:
    """Most similar paragraphs of other documents, for each paragraph.

    At most ``top_n`` of each other document, and at least as similar as ``lowest``. Columns
    ``doc_a, para_a, doc_b, para_b``, ``rank`` (1 is the most similar; ties in order of the text), ``similarity`` (above
    0 to 1); in order of ``para_a`` in the matrix, then of ``doc_b``, then of rank.
    """
    check_whole(top_n, name="top_n", least=1)
    if not 0 < lowest <= 1:
        raise InputError(f"lowest is {lowest!r}; allowed is a number above 0, at most 1")
    rows = matrix.rows
    weights = tf_idf(matrix).values
    documents = list(dict.fromkeys(rows["doc_id"]))
    places = {one: np.flatnonzero((rows["doc_id"] == one).to_numpy()) for one in documents}
    tables = [_nearest(weights, places[one], places[two], top_n, lowest) for one, two in permutations(documents, 2)]
    pairs = np.concatenate([*tables, np.empty((0, 4))])
    a, b = pairs[:, 0].astype(int), pairs[:, 1].astype(int)
    names, docs = rows["para_id"].to_numpy(), rows["doc_id"].to_numpy()
    table = pd.DataFrame({
        "doc_a": docs[a], "para_a": names[a], "doc_b": docs[b], "para_b": names[b],
        "rank": pairs[:, 2].astype(int), "similarity": pairs[:, 3],
    })  # fmt: skip
    order = np.lexsort((pairs[:, 2], table["doc_b"].map(documents.index).to_numpy(), a))
    return table.iloc[order].reset_index(drop=True)


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


def _nearest(weights: sparse.csr_array, own: np.ndarray, others: np.ndarray, top_n: int, lowest: float) -> np.ndarray:
    """Rows of (own place, other place, rank, similarity)."""
    cosine = _cosine(weights[own], weights[others])
    order = np.argsort(-cosine, axis=1, kind="stable")[:, :top_n]
    values = np.take_along_axis(cosine, order, axis=1)
    row, rank = np.nonzero(values >= lowest)
    return np.column_stack([own[row], others[order[row, rank]], rank + 1, values[row, rank]])
