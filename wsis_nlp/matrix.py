"""Counts of terms per paragraph, grouping and TF-IDF. What is weighted already is never weighted again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from wsis_nlp._checks import InputError, check_columns, check_known, check_one_of, check_whole

Formula = Literal["smoothed", "textbook"]
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
    check_whole(min_paragraphs, name="min_paragraphs", least=1)
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


def inverse_document_frequency(
    matrix: TermMatrix, *, formula: Formula = "smoothed", weights: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Inverse document frequency of each term, the rows of the matrix being the "documents".

    With P rows, p(t) of which have the term, ``smoothed`` is scikit-learn's ``idf(t) = ln((1 + P) / (1 + p(t))) + 1``,
    under which a term that every row has keeps the weight 1; ``textbook`` is ``idf(t) = ln(P / p(t))``, under which its
    weight is 0 (NaN for a term that no row has). With ``weights`` of the rows, P and p(t) are sums of these.
    """
    matrix.require("count")
    rows, having = matrix.values.shape[0], _rows_having(matrix)
    if weights is not None:
        of_cells = np.repeat(weights, np.diff(matrix.values.indptr))
        rows, having = weights.sum(), np.bincount(matrix.values.indices, of_cells, len(matrix.terms))
    if check_one_of(formula, get_args(Formula), name="formula") == "smoothed":
        return np.asarray(np.log((1 + rows) / (1 + having)) + 1, dtype=np.float64)
    return np.asarray(np.log(rows / np.where(having > 0, having, np.nan)), dtype=np.float64)


def _rows_having(matrix: TermMatrix) -> NDArray[np.int64]:
    return np.asarray(np.bincount(matrix.values.indices, minlength=len(matrix.terms)), dtype=np.int64)


def idf_comparison(matrix: TermMatrix) -> pd.DataFrame:
    """What the formula of the idf decides: each term under two formulas, for documents and for paragraphs.

    ``term``, ``documents_with``, ``paragraphs_with`` (of the rows of the matrix by ``doc_id``, and of all), and by
    `inverse_document_frequency` ``documents_smoothed``, ``documents_textbook``, ``paragraphs_smoothed``,
    ``paragraphs_textbook``. Terms of most documents, then of most paragraphs, come first: those of all documents are 0
    by the textbook, however much they differ among documents.
    """
    units = {"documents": group_rows(matrix), "paragraphs": matrix}
    columns: dict[str, object] = {"term": list(matrix.terms)}
    columns |= {f"{name}_with": _rows_having(one) for name, one in units.items()}
    for name, one in units.items():
        for formula in get_args(Formula):
            columns[f"{name}_{formula}"] = inverse_document_frequency(one, formula=formula)
    order = ["documents_with", "paragraphs_with", "term"]
    return pd.DataFrame(columns).sort_values(order, ascending=[False, False, True], ignore_index=True)


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


def term_weights(matrix: TermMatrix) -> pd.DataFrame:
    """Mean TF-IDF weight of each term in the paragraphs of each document.

    ``doc_id, term, count, tfidf``, one row for each document and term, in the order of the matrix. Weights are those of
    `tf_idf`, fitted on all paragraphs of the matrix; a paragraph without the term weighs 0.
    """
    weights, counts = tf_idf(matrix), group_rows(matrix)
    documents = counts.rows["doc_id"].to_numpy()
    means = [weights.values[(matrix.rows["doc_id"] == one).to_numpy()].mean(axis=0) for one in documents]
    return pd.DataFrame({
        "doc_id": np.repeat(documents, len(matrix.terms)), "term": list(matrix.terms) * len(documents),
        "count": counts.values.toarray().ravel(), "tfidf": np.ravel(means),
    })  # fmt: skip


def tf_idf_change(matrix: TermMatrix, a: str, b: str) -> pd.DataFrame:
    """Terms whose weight rises and falls most from one document to another.

    ``term, count_a, count_b, tfidf_a, tfidf_b, difference`` of the terms of either: mean weights (see `term_weights`)
    and the second less the first, the largest of either sign first. It describes; what a change is worth, drift and
    keyness tell, since the formula alone can make one.
    """
    table, known = term_weights(matrix), dict.fromkeys(matrix.rows["doc_id"])
    check_known([a, b], known, name="document")
    first, second = (table[table["doc_id"] == one].set_index("term")[["count", "tfidf"]].add_suffix(side)
                     for one, side in ((a, "_a"), (b, "_b")))  # fmt: skip
    table = first.join(second).query("count_a > 0 or count_b > 0").reset_index()
    table = table.assign(difference=table["tfidf_b"] - table["tfidf_a"])
    # What rounding alone parts is equal, and in the order of terms.
    table = table.iloc[np.lexsort((table["term"], -table["difference"].abs().round(12)))]
    return table[["term", "count_a", "count_b", "tfidf_a", "tfidf_b", "difference"]].reset_index(drop=True)
