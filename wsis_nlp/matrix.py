"""Counts of terms per paragraph, grouping and TF-IDF. What is weighted already is never weighted again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from wsis_nlp._checks import InputError, check_columns, check_positive

Weighting = Literal["count", "tf-idf"]


@dataclass(frozen=True)
class TermMatrix:
    """Terms of rows: paragraphs, or groups of them.

    ``values`` are counts or weights of shape (rows, terms), ``rows`` has the ``doc_id`` of each, and where it is a
    paragraph its ``para_id``, and its ``section`` if that is known; terms are in alphabetical order of code points.
    """

    values: sparse.csr_array
    rows: pd.DataFrame
    terms: tuple[str, ...]
    weighting: Weighting = "count"

    def require(self, weighting: Weighting) -> None:
        """Refuse the matrix where it is weighted otherwise."""
        if self.weighting != weighting:
            raise InputError(f"the matrix is weighted by {self.weighting}; needed is one weighted by {weighting}")

    def select_rows(self, chosen: NDArray[np.bool_]) -> TermMatrix:
        """Matrix of the chosen rows; the terms stay."""
        return TermMatrix(self.values[chosen], self.rows[chosen].reset_index(drop=True), self.terms, self.weighting)


def term_matrix(tokens: pd.DataFrame, paragraphs: pd.DataFrame, *, min_paragraphs: int = 1) -> TermMatrix:
    """Counts of terms in paragraphs, those of fewer than ``min_paragraphs`` left out.

    Rows are the paragraphs given, also where they have no term; tokens whose ``term`` is missing do not count.
    """
    check_columns(tokens, ["para_id", "term"], name="tokens")
    check_columns(paragraphs, ["doc_id", "para_id"], name="paragraphs")
    check_positive(min_paragraphs, name="min_paragraphs")
    counted = tokens.loc[tokens["term"].notna(), ["para_id", "term"]]
    rows = pd.Index(paragraphs["para_id"]).get_indexer(counted["para_id"])
    columns, terms = pd.factorize(counted.loc[rows >= 0, "term"], sort=True)
    ones, places = np.ones(len(columns), dtype=np.int64), (rows[rows >= 0], columns)
    values = sparse.csr_array((ones, places), shape=(len(paragraphs), len(terms)))
    values.sum_duplicates()
    kept = np.flatnonzero(np.bincount(values.indices, minlength=len(terms)) >= min_paragraphs)
    names = [name for name in ("doc_id", "para_id", "section") if name in paragraphs.columns]
    return TermMatrix(values[:, kept], paragraphs[names].reset_index(drop=True), tuple(str(terms[at]) for at in kept))


def group_rows(matrix: TermMatrix, *, by: str = "doc_id") -> TermMatrix:
    """Sum the counts (weights are refused) of the rows that share a value, in order of first appearance."""
    matrix.require("count")
    check_columns(matrix.rows, [by], name="rows of the matrix")
    codes, values = pd.factorize(matrix.rows[by])
    ones, places = np.ones(len(codes), dtype=np.int64), (codes, np.arange(len(codes)))
    membership = sparse.csr_array((ones, places), shape=(len(values), len(codes)))
    return TermMatrix(sparse.csr_array(membership @ matrix.values), pd.DataFrame({by: values}), matrix.terms)


def inverse_document_frequency(matrix: TermMatrix) -> NDArray[np.float64]:
    """Inverse document frequency of each term, the rows of the matrix being the "documents".

    ``idf(t) = ln((1 + P) / (1 + p(t))) + 1`` with P rows, p(t) of which have the term: scikit-learn's smoothed form,
    under which a term that every row has keeps the weight 1.
    """
    matrix.require("count")
    having = np.bincount(matrix.values.indices, minlength=len(matrix.terms))
    return np.asarray(np.log((1 + matrix.values.shape[0]) / (1 + having)) + 1, dtype=np.float64)


def tf_idf(matrix: TermMatrix, *, idf: NDArray[np.float64] | None = None) -> TermMatrix:
    """TF-IDF weights, each row scaled to Euclidean length 1.

    ``w(t, r) = count(t, r) · idf(t)``, divided by the square root of the sum of its squares over the row; an empty row
    stays empty. With its own idf this equals scikit-learn's ``TfidfTransformer()``; ``idf`` may be that of another
    matrix of the same terms, as where weights are fitted on paragraphs and applied to documents.
    """
    matrix.require("count")
    weights = inverse_document_frequency(matrix) if idf is None else idf
    values = sparse.csr_array(matrix.values * weights[np.newaxis, :])
    lengths = np.sqrt(np.asarray(values.multiply(values).sum(axis=1)).ravel())
    scale = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return TermMatrix(sparse.csr_array(values.multiply(scale[:, None])), matrix.rows, matrix.terms, "tf-idf")
