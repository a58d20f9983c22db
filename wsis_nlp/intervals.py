"""Intervals of rates and shares, with the paragraph as the sampling unit.

A document is its own census, and its count no estimate of itself. An interval describes the drafting, which put a
concept into one paragraph and not into another: its limits are for the rate that such drafting would give in the long
run. One redraft, whose rate varies too, would fall outside more often. The limits know nothing of what could not have
been written otherwise. Those of a fragment speak of the page that is left and not of the document: even a low upper
limit is no sign that the document lacks the concept.

Tokens are no sampling unit. A paragraph that names a concept tends to name it again, so that limits which take each
token for an independent draw are too narrow.
"""

from __future__ import annotations

from numbers import Real
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.special import betaincinv, ndtri, stdtrit

from wsis_nlp._checks import InputError, check_one_of, check_whole

Method = Literal["korn-graubard", "bootstrap", "wilson"]
Numbers: TypeAlias = NDArray[np.float64]
RESAMPLES_AT_ONCE = 50  # so that memory stays small


class Interval(NamedTuple):
    """An estimate and its limits: floats for one concept, arrays in the order of the columns for several."""

    estimate: float | Numbers
    low: float | Numbers
    high: float | Numbers

    def minus(self, other: Interval) -> Interval:
        """Difference of two independent estimates, its limits by the method of variance estimates recovery.

        From the estimates p and their limits l and u, with d = p₁ - p₂: d - √((p₁ - l₁)² + (u₂ - p₂)²) and
        d + √((u₁ - p₁)² + (p₂ - l₂)²), as lopsided as those of rare concepts. From limits by ``wilson``: Newcombe's.

        Zou, G. Y. and Donner, A. (2008). Statistics in Medicine, 27(10), 1693-1702. Newcombe, R. G. (1998). Statistics
        in Medicine, 17(8), 873-890.
        """
        (p, low, high), (other_p, other_low, other_high) = self, other
        d = p - other_p
        return Interval(d, d - np.hypot(p - low, other_high - other_p), d + np.hypot(high - p, other_p - other_low))


def rate_interval(
    counts: ArrayLike,
    lengths: ArrayLike,
    *,
    level: float = 0.95,
    method: Method = "korn-graubard",
    resamples: int = 1000,
    random_state: int = 0,
) -> Interval:
    """Mentions per token, from 0 to 1, with limits at a confidence ``level`` of 1 - α.

    ``counts`` are mentions y by paragraph, or by paragraph (rows) and concept (columns); ``lengths`` are tokens L by
    paragraph, or in the shape of ``counts``. All are whole numbers, and no count is above its length. A paragraph
    without tokens changes nothing, and without any token all is NaN.

    ``korn-graubard``: the rate p = Σy / n of n = ΣL tokens in P paragraphs has the variance
    v = max(P / (P - 1) · Σ(y - p·L)² / n², p·(1 - p) / n) and the effective sample size n* = p·(1 - p) / v · (z / t)²,
    with the quantiles at 1 - α/2 of the normal distribution and of Student's with P - 1 degrees of freedom; where p is
    0 or 1, n* = n. The limits are the quantiles Beta(α/2; p·n*, n* - p·n* + 1) and Beta(1 - α/2; p·n* + 1, n* - p·n*).
    More mentions may lower the upper limit, where they make paragraphs more alike. NaN where one paragraph has all
    tokens and only some are mentions: it cannot tell how these vary.

    At 95 % these limits cover 90 to 99 % in simulation (``bench/coverage.py``) of 20 to 120 independent paragraphs,
    least where these are few and mentions many and in bursts; what they miss is mostly a rate above them. Where
    neighbours are alike, as in a section on the concept, they cover far less: whole sections as units check that. A
    zero is optimistic for bursts. Of documents with a rate of its upper limit, where 2.5 % should have no mention, 3
    to 9 % have none at 20 paragraphs or more, and 6 to 18 % at 7.

    ``bootstrap`` (Efron and Tibshirani 1993): percentiles of the rate in ``resamples`` draws of as many paragraphs with
    replacement, from the seed ``random_state``. Too narrow where few paragraphs have the concept, [0, 0] where none
    has, NaN for one paragraph. ``wilson`` (Wilson 1927), naive, for comparison alone: tokens as independent draws.

    Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of positive
    counts estimated from survey data. Survey Methodology, 24(2), 193-201.

    Four mentions in one paragraph tell less than four in four. A zero has an upper limit.

    >>> rate, low, high = rate_interval([[1, 4], [1, 0], [1, 0], [1, 0], [0, 0], [0, 0], [0, 0]], [100] * 7)
    >>> 1000 * high.round(4)
    array([17.9, 43.3])
    >>> f"{1000 * rate_interval([0] * 30, [100] * 30).high:.2f} per 1,000"
    '1.23 per 1,000'
    """
    check_one_of(method, get_args(Method), name="method")
    hits, tokens = _checked(counts, lengths, level)
    if method == "bootstrap":
        low, high = _bootstrap(hits, tokens, level, check_whole(resamples, name="resamples", least=1), random_state)
    else:
        low, high = (_korn_graubard if method == "korn-graubard" else _wilson)(hits, tokens, level)
    return _interval(_rate(hits, tokens), low, high, one=np.ndim(counts) == 1)


def share_interval(having: ArrayLike, *, level: float = 0.95) -> Interval:
    """Share of the paragraphs that have a concept, with the exact limits of Clopper and Pearson (1934).

    ``having`` is true or 1 for a paragraph with the concept, false or 0 for others, in a column for each concept where
    there are several. For x of n paragraphs the limits are the quantiles Beta(α/2; x, n - x + 1) and
    Beta(1 - α/2; x + 1, n - x), 1 - α being the level; NaN where there is no paragraph. They take paragraphs for
    independent draws, and are too narrow for a concept that has a section of its own.

    >>> [f"{value:.3f}" for value in share_interval([1, 1, 0, 0, 0, 0, 0, 0, 0, 0])]
    ['0.200', '0.025', '0.556']
    """
    hits, ones = _checked(having, np.ones(np.shape(having)), level)
    limits = _clopper_pearson(hits.sum(axis=0), ones.sum(axis=0), level)
    return _interval(_rate(hits, ones), *limits, one=np.ndim(having) == 1)


def difference_interval(
    counts_a: ArrayLike, lengths_a: ArrayLike, counts_b: ArrayLike, lengths_b: ArrayLike, *, level: float = 0.95
) -> Interval:
    """Rate of ``b`` less the rate of ``a``, from -1 to 1, with limits.

    These come from Korn and Graubard's of the two (`rate_interval`) by `Interval.minus`, and are NaN where one of those
    is; without any mention they are the upper limits of ``a``, below 0, and of ``b``. At 95 % they cover 89 to 100 % in
    simulation (``bench/coverage.py``) of two documents of 20 to 120 independent paragraphs. Each interval stands for
    itself: of many, some exclude 0 by chance, and a ``level`` of 1 - 0.05 / m is for m of them together. Documents are
    taken for independent: where one takes over paragraphs of the other, the limits are too wide. Where neighbouring
    paragraphs are alike, they are too narrow.

    >>> interval = difference_interval([0] * 30, [100] * 30, [1, 2, 1, 1, 1] + [0] * 25, [100] * 30)
    >>> [f"{1000 * value:.2f}" for value in interval]
    ['2.00', '0.15', '4.78']
    """
    if np.shape(counts_a)[1:] != np.shape(counts_b)[1:]:
        raise InputError("counts_a and counts_b have other columns; allowed are the same concepts in both")
    return rate_interval(counts_b, lengths_b, level=level).minus(rate_interval(counts_a, lengths_a, level=level))


def _interval(*values: Numbers, one: bool) -> Interval:
    return Interval(*(float(value[0]) for value in values)) if one else Interval(*values)


def _rate(hits: Numbers, tokens: Numbers) -> Numbers:
    total = tokens.sum(axis=0)
    return np.asarray(hits.sum(axis=0) / np.where(total > 0, total, np.nan))


def _clopper_pearson(hits: Numbers, trials: Numbers, level: float) -> tuple[Numbers, Numbers]:
    """Exact limits of a binomial share, of hits and trials that need not be whole; NaN where there is no trial."""
    tail, trials = (1 - level) / 2, np.where(trials > 0, trials, np.nan)
    low = np.where((hits == 0) & (trials > 0), 0.0, betaincinv(hits, trials - hits + 1, tail))
    return low, np.where(hits == trials, 1.0, betaincinv(hits + 1, trials - hits, 1 - tail))


def _korn_graubard(hits: Numbers, tokens: Numbers, level: float) -> tuple[Numbers, Numbers]:
    rate, total, paragraphs = _rate(hits, tokens), tokens.sum(axis=0), (tokens > 0).sum(axis=0)
    upper = (1 + level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):  # one paragraph, or no token: NaN
        between = paragraphs / (paragraphs - 1) * ((hits - rate * tokens) ** 2).sum(axis=0) / total**2
        variance = np.maximum(between, rate * (1 - rate) / total)
        student = (ndtri(upper) / stdtrit(paragraphs - 1, upper)) ** 2
        effective = np.where((rate == 0) | (rate == 1), total, rate * (1 - rate) / variance * student)
    return _clopper_pearson(rate * effective, effective, level)


def _wilson(hits: Numbers, tokens: Numbers, level: float) -> tuple[Numbers, Numbers]:
    rate, total, z = _rate(hits, tokens), tokens.sum(axis=0), ndtri((1 + level) / 2)
    centre = (rate * total + z**2 / 2) / (total + z**2)
    half = z / (total + z**2) * np.sqrt(rate * (1 - rate) * total + z**2 / 4)
    return np.where(rate == 0, 0.0, centre - half), np.where(rate == 1, 1.0, centre + half)


def _bootstrap(hits: Numbers, tokens: Numbers, level: float, resamples: int, seed: int) -> tuple[Numbers, Numbers]:
    check_whole(seed, name="random_state (the seed)")
    low, high = np.full((2, hits.shape[1]), np.nan)
    # Columns whose tokens are in the same paragraphs are drawn together.
    having = [column.tobytes() for column in (tokens > 0).T]
    for one in dict.fromkeys(having):
        rows, columns = np.frombuffer(one, dtype=bool), np.array([other == one for other in having])
        if rows.sum() > 1:
            # Where none is left out there is no copy, which of a large table would be larger than all else.
            own, whole = (hits, tokens) if rows.all() else (hits[rows], tokens[rows])
            own, whole = (own, whole) if columns.all() else (own[:, columns], whole[:, columns])
            rates = _resampled(own, whole, resamples, seed)
            low[columns], high[columns] = np.quantile(rates, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def _resampled(hits: Numbers, tokens: Numbers, resamples: int, seed: int) -> Numbers:
    """Rates (resamples, columns) in as many paragraphs, drawn with replacement.

    A resample is how often each paragraph is drawn, so that one product of matrices serves all columns, and only
    paragraphs with a mention take part in it. All sums are of whole numbers, and exact in any order.
    """
    size, generator = len(hits), np.random.default_rng(seed)
    counts = sparse.csr_array(hits)
    having = np.flatnonzero(np.diff(counts.indptr))
    counts = counts[having].T.tocsr()
    lengths = (tokens[:, :1] if (tokens == tokens[:, :1]).all() else tokens).astype(np.int64)
    rates = np.empty((resamples, hits.shape[1]))
    for start in range(0, resamples, RESAMPLES_AT_ONCE):
        rows = slice(start, min(start + RESAMPLES_AT_ONCE, resamples))
        times = [np.bincount(generator.integers(size, size=size), minlength=size) for _ in rates[rows]]
        total = np.array([one @ lengths for one in times])
        rates[rows] = (counts @ np.array([one[having] for one in times], dtype=np.float64).T).T / total
    return rates


def _checked(counts: ArrayLike, lengths: ArrayLike, level: float) -> tuple[Numbers, Numbers]:
    """Counts and lengths as arrays of one shape, paragraphs by concepts."""
    if not isinstance(level, Real) or not 0.5 <= level <= 0.9999:
        raise InputError(f"level is {level!r}; allowed is a number from 0.5 to 0.9999, such as 0.95")
    try:
        hits, tokens = np.asarray(counts, dtype=np.float64), np.asarray(lengths, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("counts or lengths are no table of numbers; allowed are whole numbers of at least 0") from None
    for name, part in (("counts", hits), ("lengths", tokens)):
        for wrong in part[~((part >= 0) & (part < np.inf) & (np.floor(part) == part))][:1]:
            raise InputError(f"{name} hold {wrong:g}; allowed are whole numbers of at least 0")
    if hits.ndim not in (1, 2) or tokens.shape not in (hits.shape, hits.shape[:1]):
        allowed = "counts by paragraph, or by paragraph and concept, and a length for each paragraph or each count"
        raise InputError(f"counts are of shape {hits.shape}, lengths of {tokens.shape}; allowed are {allowed}")
    hits, tokens = (part if part.ndim == 2 else part[:, None] for part in (hits, tokens))
    tokens = np.broadcast_to(tokens, hits.shape)
    for row, column in np.argwhere(hits > tokens)[:1]:
        most = f"{tokens[row, column]:g}, the length of the paragraph"
        raise InputError(f"row {row} of counts holds {hits[row, column]:g}; allowed are at most {most}")
    return hits, tokens
