"""Dispersion: how evenly a term spreads over the parts of a text."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from wsis_nlp._checks import InputError, check_whole

DISPERSION_COLUMNS = ("dp", "dp_norm", "dp_null_low", "dp_null_high")


def term_dispersion(
    counts: sparse.csr_array | ArrayLike, sizes: ArrayLike, *, draws: int = 999, random_state: int = 0
) -> pd.DataFrame:
    """Gries' deviation of proportions of terms, one row a term, with what chance alone would give.

    Parameters
    ----------
    counts : whole numbers, by part (rows) and term (columns)
    sizes : whole numbers, by part
        All tokens of the part, at least as many as the term has there. A part of size 0 is none.
    draws, random_state : whole numbers
        Random placings behind the null band, and their seed. A band depends on nothing but the hits of its term, the
        sizes and the seed; without ``draws`` it is NaN.

    Returns
    -------
    DataFrame
        ``dp`` : see `deviation_of_proportions`
        ``dp_norm`` : DP / (1 - the least share of a part), which takes all values from 0 (even) to 1 (all hits in the
        smallest part); NaN where there is one part
        ``dp_null_low``, ``dp_null_high`` : the middle 95 per cent of ``dp_norm`` when as many hits fall on parts at
        random, in proportion to their size. One above the band is more clustered than single words at
        random, as of many terms a few are by chance

        All are NaN where a term has fewer hits than there are parts: parts must then stay empty, so that the number of
        parts, not the term, makes the value. Three hits in 60 equal parts have a DP of at least 0.95.

    Notes
    -----
    Gries, S. Th. (2008). Dispersions and adjusted frequencies in corpora. International Journal of Corpus Linguistics,
    13(4), 403-437. Lijffijt, J., and Gries, S. Th. (2012). Correction to it. 17(1), 147-149.

    >>> term_dispersion([[1, 9], [2, 0], [3, 0], [4, 0], [5, 0]], [9, 10, 10, 10, 11]).round(2)[["dp", "dp_norm"]]
         dp  dp_norm
    0  0.18     0.22
    1  0.82     1.00
    """
    check_whole(draws, name="draws")
    check_whole(random_state, name="random_state")
    lengths = np.asarray(sizes, dtype=np.float64)
    hits = sparse.csc_array(counts).astype(np.float64)
    whole_numbers = all(((held >= 0) & (held % 1 == 0)).all() for held in (hits.data, lengths))
    if lengths.shape != hits.shape[:1] or not whole_numbers or (hits.data > lengths[hits.indices]).any():
        raise InputError(
            "sizes do not fit the counts; needed are whole numbers, of each part at least its largest count"
        )
    whole, lengths = hits[np.flatnonzero(lengths > 0)], lengths[lengths > 0]
    totals = np.asarray(whole.sum(axis=0)).ravel()
    values = np.full((len(totals), len(DISPERSION_COLUMNS)), np.nan)
    told = np.flatnonzero((totals >= len(lengths)) & (totals > 0))
    if len(told):
        values[told, 0] = deviation_of_proportions(whole[:, told].toarray(), lengths)
        least = lengths.min() / lengths.sum()
        scale = 1 - least if least < 1 else np.nan
        values[told, 1] = values[told, 0] / scale
        bands = {total: _null_band(int(total), lengths, draws, random_state) for total in np.unique(totals[told])}
        values[told, 2:] = np.array([bands[total] for total in totals[told]]) / scale
    return pd.DataFrame(values, columns=list(DISPERSION_COLUMNS))


def deviation_of_proportions(counts: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Deviation of proportions, DP = ½ · Σ abs(vᵢ - sᵢ), of each column of counts.

    vᵢ is the share of the hits and sᵢ the share of all tokens that part i has: 0 where hits spread as the tokens do,
    at most 1 - min sᵢ where all stand in the smallest part (Gries 2008).
    """
    shares = counts / counts.sum(axis=0)
    return np.asarray(np.abs(shares - (sizes / sizes.sum())[:, None]).sum(axis=0) / 2)


def _null_band(hits: int, sizes: NDArray[np.float64], draws: int, random_state: int) -> NDArray[np.float64]:
    """Limits of the middle 95 per cent of DP when hits fall on parts in proportion to their sizes."""
    if not draws:
        return np.full(2, np.nan)
    # From its own generator, so that a band does not depend on which other terms there are.
    generator = np.random.default_rng(random_state)
    placings = generator.multinomial(hits, sizes / sizes.sum(), size=draws)
    limits = np.quantile(deviation_of_proportions(placings.T.astype(np.float64), sizes), [0.025, 0.975])
    return np.asarray(limits)
