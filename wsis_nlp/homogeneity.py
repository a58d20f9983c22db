"""How alike the parts of one text are, without which a similarity of two texts says nothing (Kilgarriff 2001).

Kilgarriff, A. (2001). Comparing corpora. International Journal of Corpus Linguistics, 6(1), 97-133.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit, gammaln, logit

from wsis_nlp.permutation import DRAWS_AT_ONCE, Numbers, dealings


def split_half_similarity(products: Numbers, *, draws: int, random_state: int) -> float:
    """Mean cosine of two halves of a text, its rows (paragraphs) being dealt out to them at random.

    ``products`` are the inner products of the rows, each of which has a term. NaN where there are fewer than two.
    """
    rows = len(products)
    if rows < 2 or not draws:
        return np.nan
    first = dealings(np.arange(rows) < rows // 2, draws, np.random.default_rng(random_state))
    return float(_cosines(products, products, products, first, 1 - first).mean())


def similarity_at_length(half: float, length: float, *others: float) -> float:
    """Cosine to be expected of two texts of other lengths, from that of the halves of one of some length.

    The weights of a text are those of its kind, plus noise whose variance falls with the length: at the length m of a
    half, whose similarity is r, noise is (1 - r) / r of the rest. Two texts of the same kind, of lengths n and n', thus
    have r / √((r + (1 - r) · m / n) · (r + (1 - r) · m / n')); where both are as long as the whole, that is the formula
    of Spearman (1910) and Brown (1910), 2 · r / (1 + r).

    >>> similarity_at_length(0.6, 1000, 1000, 1000).__round__(2), similarity_at_length(0.6, 1000, 500, 500).__round__(2)
    (0.75, 0.6)
    """
    noise = [half + (1 - half) * length / 2 / other if other else np.inf for other in others]
    return float(half / np.sqrt(np.prod(noise)))


def similarity_limits(own_a: Numbers, own_b: Numbers, across: Numbers, *, draws: int, random_state: int) -> Numbers:
    """Limits at 95 per cent of the cosine of two texts, their paragraphs being drawn anew with replacement.

    ``own_a``, ``own_b`` and ``across`` are the inner products of the paragraphs of the first, of the second, and of the
    first with the second. A draw repeats paragraphs, which lengthens the vectors and makes any two texts less alike, so
    that the percentiles of the draws miss what they should cover nearly always (``bench/similarity.py``). They serve
    for the spread alone: on the scale of log odds, the draws are moved so that their mean is the similarity itself.
    NaN where a text has fewer than two paragraphs.
    """
    if min(across.shape) < 2 or not draws:
        return np.full(2, np.nan)
    generator = np.random.default_rng(random_state)
    drawn_a, drawn_b = (generator.multinomial(n, np.full(n, 1 / n), draws).T.astype(float) for n in across.shape)
    odds = logit(np.clip(_cosines(own_a, own_b, across, drawn_a, drawn_b), 1e-9, 1 - 1e-9))
    similarity = min(across.sum() / np.sqrt(own_a.sum() * own_b.sum()), 1.0)
    spread = np.clip(np.quantile(odds, [0.025, 0.975]) - odds.mean(), [-np.inf, 0], [0, np.inf])
    return np.asarray(expit(logit(similarity) + spread))


def distance_p(values: sparse.csr_array, in_a: NDArray[np.bool_], *, draws: int, random_state: int) -> float:
    """Share of random dealings of paragraphs to two texts that are at least as far apart as the texts themselves.

    ``values`` are weights of length 1. The distance is that between the mean weights of the two groups, whose square is
    the mean similarity of two paragraphs within the first group, plus that within the second, less twice that across
    (the maximum mean discrepancy of Gretton and others). With b of N dealings that reach it, p = (b + 1) / (N + 1).

    Gretton, A., Borgwardt, K. M., Rasch, M. J., Schölkopf, B., and Smola, A. (2012). A kernel two-sample test. Journal
    of Machine Learning Research, 13, 723-773. Phipson, B., and Smyth, G. K. (2010). Permutation p-values should never
    be zero. Statistical Applications in Genetics and Molecular Biology, 9(1), 39.
    """
    products = (values @ values.T).toarray()

    def squares(first: Numbers) -> Numbers:
        share = first / max(in_a.sum(), 1) - (1 - first) / max((~in_a).sum(), 1)
        return np.asarray((share * (products @ share)).sum(axis=0))

    drawn = dealings(in_a, draws, np.random.default_rng(random_state))
    return share_reached(squares(drawn), squares(in_a[:, None].astype(float))[0])


def sharing_p(values: sparse.csr_array, in_a: NDArray[np.bool_], *, draws: int, random_state: int) -> float:
    """Share of random dealings of paragraphs to two texts in which these share as few terms as the texts themselves.

    ``values`` are counts of terms, such as n-grams; p is (b + 1) / (N + 1), as for `distance_p`.
    """
    having = np.bincount(values.indices, minlength=values.shape[1])
    repeated = sparse.csr_array(values[:, having > 1].T, dtype=bool).astype(np.float64)
    most = having[having > 1, None]

    def lacking(first: Numbers) -> Numbers:
        in_first = repeated @ first
        return np.asarray(((in_first == 0) | (in_first == most)).sum(axis=0))

    drawn = dealings(in_a, draws, np.random.default_rng(random_state))
    parts = [lacking(drawn[:, start : start + DRAWS_AT_ONCE]) for start in range(0, draws, DRAWS_AT_ONCE)]
    return share_reached(np.concatenate([[], *parts]), lacking(in_a[:, None].astype(float))[0])


def share_reached(drawn: Numbers, own: float) -> float:
    """(b + 1) / (N + 1), with b of N values drawn that are at least the own one; NaN where none is drawn."""
    # What rounding alone parts is equal.
    return float((1 + (drawn >= own - 1e-9 * abs(own)).sum()) / (1 + len(drawn))) if len(drawn) else np.nan


def unshared(values: sparse.csr_array, in_a: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows that one group has and the other has not: of k copies in one and m in the other, the k - m last.

    What both versions of a text have stays in both, however the rest is dealt out.
    """
    values = values.sorted_indices()
    ends = zip(values.indptr[:-1], values.indptr[1:], strict=True)
    rows = pd.Series([values.indices[a:b].tobytes() + values.data[a:b].tobytes() for a, b in ends], dtype=object)
    copies = rows.groupby([rows, in_a]).cumcount()
    return np.asarray(~pd.DataFrame({"row": rows, "copy": copies}).duplicated(keep=False))


def split_half_containment(having: NDArray[np.int64], rows: int, share: float) -> float:
    """Share of the terms of one half of a text that other paragraphs of it have, over all ways to deal them out.

    ``having`` is the number of rows (paragraphs) with each term, of ``rows``. The other paragraphs are as many as
    ``share`` of them, at most the other half. It is the ratio of two expected numbers, of terms in both and of terms in
    the first half, which the hypergeometric distribution gives exactly. NaN where there are fewer than two rows.
    """
    first = rows // 2
    other = min(round(rows * share), rows - first)
    if not first:
        return np.nan

    def none(drawn: int) -> Numbers:
        """Chance that no row with a term is among so many drawn."""
        left = rows - having - drawn
        logs = (
            gammaln(rows - having + 1)
            - gammaln(np.maximum(left, 0) + 1)
            - gammaln(rows + 1)
            + gammaln(rows - drawn + 1)
        )
        return np.where(left >= 0, np.exp(logs), 0.0)

    both = 1 - none(first) - none(other) + none(first + other)
    return float(both.sum() / (1 - none(first)).sum())


def _cosines(own_a: Numbers, own_b: Numbers, across: Numbers, drawn_a: Numbers, drawn_b: Numbers) -> Numbers:
    """Cosine of the sums of the rows of two texts, each row taken as often as each column of the draws says."""
    squares = [(drawn * (own @ drawn)).sum(axis=0) for own, drawn in ((own_a, drawn_a), (own_b, drawn_b))]
    return np.asarray((drawn_a * (across @ drawn_b)).sum(axis=0) / np.sqrt(squares[0] * squares[1]))
