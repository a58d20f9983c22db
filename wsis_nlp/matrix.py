"""Counts of terms per paragraph, grouping and TF-IDF. What is weighted already is never weighted again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from wsis_nlp._checks import InputError, check_columns, check_known, check_one_of, check_whole
from wsis_nlp.tokens import TokenIds

AT_ONCE = 1 << 16  # tokens that are counted at once

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


def term_matrix(tokens: pd.DataFrame | TokenIds, paragraphs: pd.DataFrame, *, min_paragraphs: int = 1) -> TermMatrix:
    """Counts of terms in paragraphs, those of fewer than ``min_paragraphs`` left out.

    Tokens are a table with ``para_id, term``, or as numbers (see `token_ids`), which is faster. Rows are the paragraphs
    given, also where they have no term; tokens whose term is missing, or whose paragraph is not given, do not count.
    """
    check_paragraphs(paragraphs)
    check_whole(min_paragraphs, name="min_paragraphs", least=1)
    numbers = tokens if isinstance(tokens, TokenIds) else _numbered(tokens)
    row = _row_of(numbers.para_ids, paragraphs["para_id"])
    terms = tuple(sorted(_terms_used(numbers, row)))
    place = {term: column for column, term in enumerate(terms)}
    column = np.array([-1 if term is None else place.get(term, -1) for term in numbers.terms], dtype=np.int32)
    values = _counts(numbers, row, column, (len(paragraphs), len(terms)))
    names = [name for name in ("doc_id", "para_id", "section") if name in paragraphs.columns]
    matrix = TermMatrix(values, paragraphs[names].reset_index(drop=True), terms)
    if min_paragraphs == 1:
        return matrix
    kept = np.flatnonzero(_rows_having(matrix) >= min_paragraphs)
    return TermMatrix(values[:, kept], matrix.rows, tuple(terms[at] for at in kept.tolist()))


def check_paragraphs(paragraphs: pd.DataFrame) -> None:
    """Refuse a table that lacks ``doc_id, para_id``, or has a paragraph twice."""
    check_columns(paragraphs, ["doc_id", "para_id"], name="paragraphs")
    for twice in paragraphs.loc[paragraphs["para_id"].duplicated(), "para_id"][:1]:
        raise InputError(f"paragraphs have the paragraph {twice!r} twice; allowed is one row for each")


def _numbered(tokens: pd.DataFrame) -> TokenIds:
    """Tokens of a table as numbers, their places in the raw text left out; each term is a form of its own."""
    check_columns(tokens, ["para_id", "term"], name="tokens")
    tokens = tokens[tokens["para_id"].notna()]
    paragraph, para_ids = pd.factorize(tokens["para_id"])
    form, terms = pd.factorize(tokens["term"])
    names, words = (np.asarray(values, dtype=object) for values in (para_ids, terms))
    # The last form, which -1 is the place of, is that of a token that does not count.
    known: list[str | None] = [*map(str, words), None]
    none = np.empty(0, dtype=np.int32)
    return TokenIds(names, names, paragraph.astype(np.int32), none, none, form.astype(np.int32), [], known)


def _row_of(para_ids: NDArray[np.object_], rows: pd.Series[str]) -> NDArray[np.int32]:
    """Row of each paragraph, -1 for one that is not given."""
    given = rows.to_numpy(dtype=object)
    if len(given) == len(para_ids) and (given == para_ids).all():
        return np.arange(len(given), dtype=np.int32)
    return np.asarray(pd.Index(given).get_indexer(pd.Index(para_ids)), dtype=np.int32)


def _terms_used(tokens: TokenIds, row: NDArray[np.int32]) -> set[str]:
    """Terms of the tokens in the paragraphs given."""
    forms = tokens.form if (row >= 0).all() else tokens.form[row[tokens.paragraph] >= 0]
    used = np.zeros(len(tokens.terms), dtype=bool)
    used[forms] = True
    return {term for term, one in zip(tokens.terms, used.tolist(), strict=True) if one and term is not None}


def _counts(
    tokens: TokenIds, row: NDArray[np.int32], column: NDArray[np.int32], shape: tuple[int, int]
) -> sparse.csr_array:
    """How often each pair of row and column occurs; -1 is that of a token that does not count.

    Blocks of rows are counted one after another, so that memory holds little besides what comes out.
    """
    paragraph, form = tokens.paragraph, tokens.form
    if (paragraph[1:] < paragraph[:-1]).any() or (np.diff(row[row >= 0]) < 0).any():
        order = np.argsort(row[paragraph], kind="stable")
        order = order[np.count_nonzero(row[paragraph] < 0) :]
        paragraph, form, row = row[paragraph[order]], form[order], np.arange(shape[0], dtype=np.int32)
    bounds = np.zeros(shape[0] + 1, dtype=np.int32)
    indices, data = (np.empty(len(form), dtype=np.int32) for _ in range(2))  # room for all, of which some is taken
    taken = 0
    starts = np.searchsorted(paragraph, np.arange(len(row), dtype=np.int32))
    cuts = starts[np.flatnonzero(np.diff(starts // AT_ONCE, prepend=-1))]
    for start, end in pairwise([*cuts.tolist(), len(form)]):
        rows, columns = row[paragraph[start:end]], column[form[start:end]]
        kept = (rows >= 0) & (columns >= 0)
        rows, columns = rows[kept], columns[kept]
        first, last = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)
        own = np.append(0, np.cumsum(np.bincount(rows - first, minlength=last - first))).astype(np.int32)
        block = sparse.csr_array((np.ones(len(rows), dtype=np.int32), columns, own), shape=(last - first, shape[1]))
        block = block.tocsc().tocsr()  # which sorts each row, in less time than sorting takes
        block.sum_duplicates()
        bounds[first + 1 : last + 1] = np.diff(block.indptr)
        indices[taken : taken + block.nnz], data[taken : taken + block.nnz] = block.indices, block.data
        taken += block.nnz
    for held in (indices, data):
        held.resize(taken, refcheck=False)
    return sparse.csr_array((data, indices, np.cumsum(bounds, dtype=np.int32)), shape=shape)


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
    values = sparse.csr_array(matrix.values, dtype=np.float64, copy=True)
    values.data *= weights[values.indices]
    lengths = np.sqrt(np.asarray((values * values).sum(axis=1)))
    scale = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    values.data *= np.repeat(scale, np.diff(values.indptr))
    return TermMatrix(values, matrix.rows, matrix.terms, "tf-idf")


def term_weights(matrix: TermMatrix) -> pd.DataFrame:
    """Mean TF-IDF weight of each term in the paragraphs of each document.

    ``doc_id, term, count, tfidf``, one row for each document and term, in the order of the matrix. Weights are those of
    `tf_idf`, fitted on all paragraphs of the matrix; a paragraph without the term weighs 0.
    """
    return _weights_of(matrix, matrix.rows["doc_id"].unique().tolist())


def _weights_of(matrix: TermMatrix, documents: list[str]) -> pd.DataFrame:
    """The rows of `term_weights` of some documents, which are dense: of all they may be too many to hold."""
    weights = tf_idf(matrix).values
    places = [(matrix.rows["doc_id"] == one).to_numpy() for one in documents]
    return pd.DataFrame({
        "doc_id": np.repeat(documents, len(matrix.terms)), "term": list(matrix.terms) * len(documents),
        "count": np.ravel([matrix.values[at].sum(axis=0) for at in places]),
        "tfidf": np.ravel([weights[at].mean(axis=0) for at in places]),
    })  # fmt: skip


def tf_idf_change(matrix: TermMatrix, a: str, b: str) -> pd.DataFrame:
    """Terms whose weight rises and falls most from one document to another.

    ``term, count_a, count_b, tfidf_a, tfidf_b, difference`` of the terms of either: mean weights (see `term_weights`)
    and the second less the first, the largest of either sign first. It describes; what a change is worth, drift and
    keyness tell, since the formula alone can make one.
    """
    check_known([a, b], dict.fromkeys(matrix.rows["doc_id"]), name="document")
    table = _weights_of(matrix, [a, b] if a != b else [a])
    first, second = (table[table["doc_id"] == one].set_index("term")[["count", "tfidf"]].add_suffix(side)
                     for one, side in ((a, "_a"), (b, "_b")))  # fmt: skip
    table = first.join(second).query("count_a > 0 or count_b > 0").reset_index()
    table = table.assign(difference=table["tfidf_b"] - table["tfidf_a"])
    # What rounding alone parts is equal, and in the order of terms.
    table = table.iloc[np.lexsort((table["term"], -table["difference"].abs().round(12)))]
    return table[["term", "count_a", "count_b", "tfidf_a", "tfidf_b", "difference"]].reset_index(drop=True)
