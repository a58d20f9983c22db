"""Keyness: the terms that one group of documents uses more than another."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.special import xlogy

from wsis_nlp._checks import InputError, check_known, listing
from wsis_nlp.matrix import TermMatrix

KEYNESS_COLUMNS = (
    "term", "count_a", "count_b", "rate_a", "rate_b", "paragraphs_a", "paragraphs_b", "log_ratio", "g2",
)  # fmt: skip


def term_keyness(matrix: TermMatrix, a: Iterable[str], b: Iterable[str]) -> pd.DataFrame:
    """Compare the frequencies of terms in two groups of documents.

    ``a`` and ``b`` are ids of documents; the groups share none, and each has a counted term.

    Returns
    -------
    DataFrame
        ``term`` : those of either group, ordered by ``g2`` and then by term
        ``count_a``, ``count_b``, ``rate_a``, ``rate_b`` : occurrences, and per 1,000 counted terms of the group
        ``paragraphs_a``, ``paragraphs_b`` : paragraphs with the term
        ``log_ratio`` : binary logarithm of the ratio of the rates, 0.5 being added to the counts and 1 to the totals
        so that an absent term has a finite value; positive where ``a`` uses the term more (after Hardie 2014)
        ``g2`` : see `log_likelihood`. It takes words for independent draws, which they are not: a term that one
        paragraph repeats gets too large a value, so that it ranks terms and proves nothing
    """
    matrix.require("count")
    known = list(dict.fromkeys(matrix.rows["doc_id"]))
    groups = [check_known(group, known, name="document") for group in (a, b)]
    if not all(groups):
        raise InputError(f"a group has no document; at least one is needed, of: {listing(known)}")
    for doc_id in groups[0]:
        if doc_id in groups[1]:
            raise InputError(f"document {doc_id!r} stands in both groups; the two are compared with each other")
    parts = [matrix.values[matrix.rows["doc_id"].isin(group).to_numpy()] for group in groups]
    counts = np.array([np.asarray(part.sum(axis=0)).ravel() for part in parts], dtype=np.float64)
    totals = counts.sum(axis=1)
    for group, total in zip(groups, totals, strict=True):
        if total == 0:
            raise InputError(f"the documents {listing(group)} have no counted term")
    having = [np.bincount(part.indices, minlength=len(matrix.terms)) for part in parts]
    smoothed = (counts + 0.5) / (totals[:, None] + 1)
    log_ratio, g2 = np.log2(smoothed[0] / smoothed[1]), log_likelihood(counts, totals)
    values = (matrix.terms, *counts.astype(np.int64), *(1000 * counts / totals[:, None]), *having, log_ratio, g2)
    table: pd.DataFrame = pd.DataFrame(dict(zip(KEYNESS_COLUMNS, values, strict=True))).loc[counts.sum(axis=0) > 0]
    return table.sort_values(["g2", "term"], ascending=[False, True]).reset_index(drop=True)


def log_likelihood(counts: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Log-likelihood ratio G² of 2 × 2 tables: twice the sum of observed · ln(observed / expected), 0 · ln 0 being 0.

    ``counts`` are occurrences of terms in the two groups, of shape (2, terms), ``totals`` all counted terms of each.
    Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence. Computational Linguistics,
    19(1), 61-74.
    """
    observed = np.stack([counts, totals[:, None] - counts])
    share = observed.sum(axis=1, keepdims=True) / totals.sum()
    expected = share * totals[None, :, None]
    ratio = np.divide(observed, expected, out=np.ones_like(observed), where=expected > 0)
    return np.asarray(np.maximum(2 * xlogy(observed, ratio).sum(axis=(0, 1)), 0.0))
