"""Keyness: the terms that one group of documents uses more than another.

No one number says how key a term is (Gries 2021), so the table has several: how often it is used (counts, rates,
paragraphs), by how much more (``log_ratio``, ``low``, ``z``), how it spreads (``dp``), and how easily any term would
differ as much if paragraphs were dealt out at random (``p``, ``p_sections``). ``g2``, ``z`` and ``low`` take words for
independent draws, which they are not: a term that one paragraph repeats looks surer than it is. They order terms.
``p`` allows for it and takes paragraphs for independent, so that it also finds the chapters of one document different
(``bench/keyness.py``); ``p_sections`` takes whole sections.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import betaincinv, xlogy

from wsis_nlp._checks import InputError, check_columns, check_known, check_one_of, check_whole, listing
from wsis_nlp.dispersion import DISPERSION_COLUMNS, term_dispersion
from wsis_nlp.matrix import TermMatrix
from wsis_nlp.permutation import permutation_p

MOST = {"permutations": 1_000_000}
KEYNESS_COLUMNS = (
    "term", "count_a", "count_b", "rate_a", "rate_b", "paragraphs_a", "paragraphs_b", "log_ratio", "g2",
    "z", "low", *DISPERSION_COLUMNS, "p", "p_sections", "permuted", "p_single",
)  # fmt: skip
Numbers = NDArray[np.float64]
Parts = Literal["paragraphs", "sections"]


def term_keyness(
    matrix: TermMatrix,
    a: Iterable[str],
    b: Iterable[str],
    *,
    prior_size: int = 500,
    parts: Parts = "paragraphs",
    permutations: int = 999,
    random_state: int = 0,
) -> pd.DataFrame:
    """Compare the frequencies of terms in two groups of documents.

    Parameters
    ----------
    matrix : TermMatrix
        Counts by paragraph. Sections are rows that share ``doc_id`` and ``section``.
    a, b : ids of documents
        The groups share none, and each has a counted term.
    prior_size : whole number of at least 1
        See `log_odds_z`.
    parts : {"paragraphs", "sections"}
        Over which parts of the text dispersion is told.
    permutations, random_state : whole numbers of at least 0, and of at most a million permutations
        Random dealings behind ``p``, ``p_sections`` and the null band, which are NaN where it is 0; and the seed.

    Returns
    -------
    DataFrame
        ``term`` : those of either group, ordered by the size of ``low``, then by ``g2``, then by term
        ``count_a``, ``count_b``, ``rate_a``, ``rate_b`` : occurrences, and per 1,000 counted terms of the group
        ``paragraphs_a``, ``paragraphs_b`` : paragraphs with the term (its range)
        ``log_ratio`` : binary logarithm of the ratio of the rates, to which one occurrence more is added, shared by the
        groups as they share the counted terms, so that an absent term has a finite value; positive where the rate of
        ``a`` is the higher, 0 where they are equal (Hardie 2014 adds to zeros alone)
        ``g2`` : over all four cells, see `log_likelihood`
        ``z`` : see `log_odds_z`
        ``low`` : see `conservative_log_ratio`, for all terms of the table together
        ``dp``, ``dp_norm``, ``dp_null_low``, ``dp_null_high`` : dispersion over the parts of the group with the higher
        rate (``a`` where they are equal); NaN where it has more parts than hits (see `term_dispersion`)
        ``p`` : for all terms of the table together, paragraphs being dealt out freely (see `permutation_p`). Groups
        that share paragraphs, as versions of one text do, are more alike than such dealings: p is then the larger
        ``p_sections`` : the same with whole sections, as a check, since neighbours are alike. It is coarse: a topic
        that has its own section counts once, and where one section holds most of a group hardly anything passes. NaN
        where no sections are known, or too few to fall below 0.05
        ``permuted`` : what was dealt out for ``p``: paragraphs, or none
        ``p_single`` : as ``p``, for this term alone: for one that was named before anybody looked at the table
    """
    matrix.require("count")
    for name, value in {"permutations": permutations, "random_state": random_state, "prior_size": prior_size}.items():
        check_whole(value, name=name, least=int(name == "prior_size"), most=MOST.get(name))
    if check_one_of(parts, get_args(Parts), name="parts") == "sections":
        check_columns(matrix.rows, ["section"], name="rows of the matrix")
    in_a, in_b = _group_rows(matrix, a, b)
    both, labels = matrix.select_rows(in_a | in_b), in_a[in_a | in_b]
    used = np.flatnonzero(np.bincount(both.values.indices, minlength=len(matrix.terms)))
    values = both.values[:, used]
    groups = values[labels], values[~labels]
    counts = np.array([group.sum(axis=0) for group in groups], dtype=np.float64)
    totals = counts.sum(axis=1)
    rates = counts / totals[:, None]
    log_ratio = np.log2(rates[0] + 1 / totals.sum()) - np.log2(rates[1] + 1 / totals.sum())
    shares = np.asarray(matrix.values.sum(axis=0), dtype=np.float64)[used] / matrix.values.sum()
    deal = partial(permutation_p, permutations=permutations, random_state=random_state)
    p_single, p = deal(values, labels)
    sections, section_labels = _by_section(values, labels, both.rows)
    dispersed = (sections, section_labels) if parts == "sections" else (values, labels)
    columns = (
        [matrix.terms[place] for place in used], *counts.astype(np.int64), *(1000 * rates),
        *(np.bincount(group.indices, minlength=len(used)) for group in groups), log_ratio,
        log_likelihood(counts, totals), log_odds_z(counts, totals, shares, prior_size=prior_size),
        conservative_log_ratio(counts, totals),
        *_dispersion(*dispersed, rates[0] >= rates[1], draws=permutations, random_state=random_state),
        p, deal(sections, section_labels)[1], "paragraphs" if permutations else "none", p_single,
    )  # fmt: skip
    table = pd.DataFrame(dict(zip(KEYNESS_COLUMNS, columns, strict=True)))
    # The terms stand in their own order, which a stable sort keeps among equals.
    return table.iloc[np.lexsort((-table["g2"], -table["low"].abs()))].reset_index(drop=True)


def log_likelihood(counts: Numbers, totals: Numbers) -> Numbers:
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


def log_odds_z(counts: Numbers, totals: Numbers, shares: Numbers, *, prior_size: int = 500) -> Numbers:
    """Log-odds ratio under an informative Dirichlet prior, divided by its standard deviation.

    With y occurrences among n terms of a group, ``shares`` s of the terms in a background and α = ``prior_size`` · s::

        δ = ln((y_a + α) / (n_a + prior_size - y_a - α)) - ln((y_b + α) / (n_b + prior_size - y_b - α))
        z = δ / √(1 / (y_a + α) + 1 / (y_b + α))

    The background, which for `term_keyness` is all rows of the matrix, those of neither group too, thus weighs as much
    as ``prior_size`` words, and draws the rates of a term together until the groups have more to say than that. NaN
    where the background has a single term, since its odds are infinite.
    Monroe, B. L., Colaresi, M. P., and Quinn, K. M. (2008). Fightin' words: lexical feature selection and evaluation
    for identifying the content of political conflict. Political Analysis, 16(4), 372-403.
    """
    held = counts + prior_size * shares
    rest = totals[:, None] + prior_size - held
    odds = np.divide(held, rest, out=np.full_like(held, np.nan), where=rest > 1e-9)
    return np.asarray(np.log(odds[0] / odds[1]) / np.sqrt((1 / held).sum(axis=0)))


def conservative_log_ratio(counts: Numbers, totals: Numbers, *, level: float = 0.95) -> Numbers:
    """Bound nearest to 0 of an interval of the binary log ratio of two rates; 0 where the interval holds 0 (LRC).

    Given its occurrences in both groups, those of a term in one group are binomial if words are independent draws; the
    limits of that share (Clopper-Pearson, at 1 - (1 - ``level``) / m for m terms, so that all intervals hold together)
    become those of the ratio of the rates. A frequent term with a small but sure difference ranks before a rare one
    with a large but unsure one; most rare terms get 0.
    Evert, S. (2022). Measuring keyness. Digital Humanities 2022: Conference Abstracts, Tokyo.
    """
    rates = counts / totals[:, None]
    in_a = rates[0] >= rates[1]
    more, less = np.where(in_a, counts, counts[::-1])
    share = betaincinv(more, less + 1, (1 - level) / 2 / max(counts.shape[1], 1))
    bound = np.log2(share / (1 - share)) + np.where(in_a, 1, -1) * np.log2(totals[1] / totals[0])
    return np.where(bound > 0, np.where(in_a, bound, -bound), 0.0)


def _by_section(
    values: sparse.csr_array, in_a: NDArray[np.bool_], rows: pd.DataFrame
) -> tuple[sparse.csr_array, NDArray[np.bool_]]:
    """Counts by section and which sections are those of the first group; none where no sections are known."""
    if "section" not in rows:
        return values[:0], in_a[:0]
    codes, names = pd.factorize(pd.MultiIndex.from_frame(rows[["doc_id", "section"]]))
    membership = sparse.csr_array((np.ones(len(codes), dtype=np.int64), (codes, np.arange(len(codes)))))
    labels = np.zeros(len(names), dtype=np.bool_)
    labels[codes] = in_a
    return membership @ values, labels


def _dispersion(
    values: sparse.csr_array, in_a: NDArray[np.bool_], more_in_a: NDArray[np.bool_], **drawn: int
) -> Numbers:
    """Columns of dispersion, each term in the group where its rate is higher."""
    first, second = (
        term_dispersion(group, group.sum(axis=1), **drawn).to_numpy().T for group in (values[in_a], values[~in_a])
    )
    return np.where(more_in_a, first, second)


def _group_rows(matrix: TermMatrix, a: Iterable[str], b: Iterable[str]) -> list[NDArray[np.bool_]]:
    """Which rows belong to each group."""
    known = list(dict.fromkeys(matrix.rows["doc_id"]))
    groups = [check_known(group, known, name="document with paragraphs") for group in (a, b)]
    if not all(groups):
        raise InputError(f"a group has no document; at least one is needed, of: {listing(known)}")
    for doc_id in groups[0]:
        if doc_id in groups[1]:
            raise InputError(f"document {doc_id!r} stands in both groups; the two are compared with each other")
    chosen = [matrix.rows["doc_id"].isin(group).to_numpy() for group in groups]
    for group, rows in zip(groups, chosen, strict=True):
        if matrix.values[rows].sum() == 0:
            raise InputError(f"the documents {listing(group)} have no counted term")
    return chosen
