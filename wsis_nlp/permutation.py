"""Dealing paragraphs or sections out to two groups at random, and the permutation test of many terms at once."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

FEWEST_DEALINGS = 40
DRAWS_AT_ONCE = 128
Numbers = NDArray[np.float64]


def dealings(in_a: NDArray[np.bool_], draws: int, generator: np.random.Generator) -> Numbers:
    """Random dealings of rows to two groups of the sizes given, 1 for the first group: of shape (rows, draws)."""
    return generator.permuted(np.tile(in_a, (draws, 1)), axis=1).T.astype(np.float64)


def permutation_p(
    values: sparse.csr_array, in_a: NDArray[np.bool_], *, permutations: int = 999, random_state: int = 0
) -> Numbers:
    """P-values of terms from dealing rows out to the groups at random: of each alone, and adjusted for all of them.

    A row (a paragraph or a section) has y of its L counted terms from the term, whose rate in all rows is r. The
    statistic is the sum of y - r · L over the rows of the first group, divided by the standard deviation that it has
    over all dealings. The sum is the difference of the two rates times n_a · n_b / (n_a + n_b), n being counted terms
    of the groups; the division makes terms comparable. Each dealing keeps the numbers of rows. With b of the
    N = ``permutations`` reaching the term's own statistic upwards, p⁺ = (b + 1) / (N + 1); p⁻ is the same downwards,
    and the p-value is twice the smaller, at most 1: where groups are unequal a chance excess in the smaller is the
    larger, so that one threshold for both directions would hide what the larger has more of.

    Returns an array of shape (2, terms): first the dealing's statistic is that of the term, then its extreme among all
    terms. If rows are exchangeable (paragraphs of both groups alike in length and words), then any term at all has an
    adjusted p-value of at most 0.05 in at most 5 per cent of cases; that the other terms keep this where some do
    differ, supposes that their dealings are as they would be without those. All is NaN below 40 permutations, and where
    at most 40 dealings differ, so that p could not fall below 0.05.

    Westfall, P. H., and Young, S. S. (1993). Resampling-based multiple testing. Wiley (single-step maxT).
    Phipson, B., and Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical Applications in
    Genetics and Molecular Biology, 9(1), 39.
    """
    rows, chosen = len(in_a), int(in_a.sum())
    if permutations < FEWEST_DEALINGS or comb(rows, chosen) <= FEWEST_DEALINGS:
        return np.full((2, values.shape[1]), np.nan)
    by_term = sparse.csr_array(values.T, dtype=np.float64)
    lengths = np.asarray(by_term.sum(axis=0))
    rate = np.asarray(by_term.sum(axis=1)) / lengths.sum()
    own = np.asarray((by_term * by_term).sum(axis=1))
    squares = own - 2 * rate * (by_term @ lengths) + rate**2 * (lengths @ lengths)
    varies = squares > 1e-9 * own
    spread = np.sqrt(np.where(varies, squares, np.inf) * chosen * (rows - chosen) / (rows * (rows - 1)))

    def statistics(drawn: Numbers) -> Numbers:
        return np.asarray((by_term @ drawn - np.outer(rate, lengths @ drawn)) / spread[:, None])

    generator = np.random.default_rng(random_state)
    observed = statistics(in_a[:, None].astype(np.float64))
    # What rounding alone parts is equal. Upwards, then downwards.
    thresholds = [sign * observed - 1e-9 * np.abs(observed) for sign in (1, -1)]
    reached = np.ones((2, 2, len(observed)))
    for start in range(0, permutations, DRAWS_AT_ONCE):
        drawn = min(DRAWS_AT_ONCE, permutations - start)
        values_drawn = statistics(dealings(in_a, drawn, generator))
        for side, threshold in enumerate(thresholds):
            signed = values_drawn if side == 0 else -values_drawn
            reached[side, 0] += (signed >= threshold).sum(axis=1)
            reached[side, 1] += drawn - np.searchsorted(np.sort(signed.max(axis=0)), threshold[:, 0])
    return np.asarray(np.minimum(2 * reached.min(axis=0) / (permutations + 1), 1.0))
