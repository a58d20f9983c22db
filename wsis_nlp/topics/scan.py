"""How many topics a text supports: how stable they are, beside those of the text with its words shuffled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from wsis_nlp._checks import InputError, check_one_of, check_whole, listing
from wsis_nlp.matrix import TermMatrix
from wsis_nlp.nearest import LARGE
from wsis_nlp.topics.factors import Factors, Method, Rows, Sample, Weights, factorise, make_sample
from wsis_nlp.topics.models import check_seed, group_weights, topic_rows
from wsis_nlp.topics.stability import (
    FEWEST_PARAGRAPHS,
    FEWEST_TERMS,
    READABLE,
    draw_groups,
    match_topics,
    measures,
    run,
)

COMPARED = 4
"""Resamples of each text, the same for all, that are compared; more would take long for the shuffled ones."""
ALPHA = 0.05
MEASURES = ("npmi", "u_mass", "exclusivity", "explained")
SCAN_COLUMNS = ("topics", "measure", "value", "low", "high", "shuffled", "shuffled_low", "shuffled_high", "p")


@dataclass(frozen=True)
class TopicScan:
    """What a scan of numbers of topics found.

    Attributes
    ----------
    table : one row for each number of ``topics`` and ``measure``
        ``stability`` (mean agreement with models of the resamples), ``seeds`` (with those of random starts), ``npmi``,
        ``u_mass``, ``exclusivity`` (means over topics), ``explained``; ``value, low, high``: the mean and the 2.5th and
        97.5th percentile over the resamples (of ``seeds`` over the starts); ``shuffled, shuffled_low, shuffled_high``:
        the mean, the least and the greatest of the same over the shuffled texts; ``p``: of ``stability``, how often a
        text exceeds the others, at the number where it does most, as far as the real one does at this number
    topics : int or None
        The number recommended, or None where no number is supported, and ``reason``, one sentence that says why.
    p : float
        How often a text of shuffled words would exceed the others as far, at whatever number of topics it does most;
        NaN without a scan.
    """

    table: pd.DataFrame
    topics: int | None
    reason: str
    p: float


class _Fitted(NamedTuple):
    """Results for one text and one number of topics: a row for each resample or start."""

    agreement: Weights
    seeds: Weights
    measures: Weights


def scan_topics(
    matrix: TermMatrix, *, topics: Iterable[int] = range(2, 11), method: Method = "nmf",
    groups: pd.Series[str] | None = None, resamples: int = 100, seeds: int = 5, shuffles: int = 19,
    random_state: int = 0, workers: int = 1, large: int = LARGE,
) -> TopicScan:  # fmt: skip
    """Fit topic models of several numbers of topics, and say which number, if any, the text supports.

    A model of the whole is compared with models of ``resamples`` of four groups of paragraphs in five and of ``seeds``
    random starts (see `match_topics`), and so are models of ``shuffles`` of the text: its words dealt out anew over its
    paragraphs, which keep their numbers of words, so that no words belong together; frequent words alone make some
    topics come again. Over the same first 4 resamples of each text, the agreement of the real one is set against that
    of all: how many standard deviations it is above their mean. A number is supported if its stability is at least 0.6,
    and if at most one text of 20 has, at the number where it has most, as many (Westfall and Young 1993). Among those
    that are supported the one that is farthest above shuffled text is recommended. Text without topics is so taken for
    text with some in at most one case of 20.

    Parameters are those of `fit_topics` and `topic_quality`; 0 ``seeds`` leave their rows out. Below 30 groups of
    paragraphs, or 20 terms, nothing is fitted, and no number is supported. Numbers for which a resample has fewer than
    two groups each are left out, and the reason names them. More than ``large`` paragraphs are refused, since a scan
    fits some thousands of models: scan some of their documents.
    """
    check_one_of(method, get_args(Method), name="method")
    given = {"resamples": (resamples, 2), "seeds": (seeds, 0), "shuffles": (shuffles, 19), "workers": (workers, 1)}
    for name, (value, least) in given.items():
        check_whole(value, name=name, least=least)
    held, members, _ = topic_rows(matrix, groups)
    _check_size(len(members), check_whole(large, name="large"))
    size = len(set(members.tolist()))
    wanted = sorted({check_whole(one, name="topics", least=2) for one in topics})
    numbers = [one for one in wanted if size >= _needed(one)[0] and len(held.terms) >= _needed(one)[1]]
    if not numbers:
        return _not_fitted(size, len(held.terms), wanted)
    texts = [held, *_shuffled(held, members, shuffles, check_seed(random_state))]
    weights, drawn = group_weights(members), draw_groups(members, resamples, random_state)
    samples = [make_sample(one, weights, method) for one in texts]
    first = random_state if method == "lda" else None
    starts = [(random_state + 1 + seed) % 2**32 for seed in range(seeds)]
    plans = [(0, drawn[at : at + 50], starts[at : at + 50]) for at in range(0, max(resamples, seeds), 50)]
    plans += [(place, drawn[:COMPARED], starts[:1]) for place in range(1, len(texts))]
    places = [(number, *plan) for number in numbers for plan in plans]
    tasks = [
        partial(_fit, samples[place], texts[place], weights, number, first, draws, seeded)
        for number, place, draws, seeded in places
    ]
    found: dict[tuple[int, int], list[_Fitted]] = {}
    for (number, place, *_), fitted in zip(places, run(tasks, workers), strict=True):
        found.setdefault((number, place), []).append(fitted)
    every = {key: _Fitted(*map(np.concatenate, zip(*parts, strict=True))) for key, parts in found.items()}
    stability = {number: [every[number, place].agreement for place in range(len(texts))] for number in numbers}
    table = pd.DataFrame(
        [row for number in numbers for row in _rows(number, [every[number, place] for place in range(len(texts))])],
        columns=list(SCAN_COLUMNS[:-1]),
    )
    chosen, reason, p = _recommended(stability, [one for one in wanted if one not in numbers])
    each = table["topics"].map(dict(zip(numbers, p, strict=True)))
    return TopicScan(table.assign(p=each.where(table["measure"] == "stability")), chosen, reason, min(p))


def _check_size(paragraphs: int, large: int) -> None:
    if paragraphs > large:
        allowed = f"a scan, of thousands of models, takes at most {large}: scan some documents of the corpus"
        raise InputError(f"there are {paragraphs} paragraphs with terms; {allowed}")


def _needed(topics: int) -> tuple[int, int]:
    """Groups of paragraphs and terms below which topics are not fitted: a resample has two groups for each topic."""
    return max(FEWEST_PARAGRAPHS, -(-5 * topics // 2)), max(FEWEST_TERMS, 2 * topics)


def _not_fitted(size: int, terms: int, wanted: Sequence[int]) -> TopicScan:
    if not wanted:
        raise InputError("topics is empty; allowed are whole numbers of at least 2")
    reason = (
        f"No number of topics is supported: there are {size} paragraphs that are no copies, with {terms} terms; at"
        " least {} and {} are needed.".format(*_needed(wanted[0]))
    )
    return TopicScan(pd.DataFrame(columns=list(SCAN_COLUMNS)), None, reason, np.nan)


def _shuffled(matrix: TermMatrix, groups: Rows, shuffles: int, random_state: int) -> list[TermMatrix]:
    """Texts of the same words in paragraphs of the same lengths, in which no words belong together.

    Dealt out are the words of the first paragraph of each group; the others of the group are its copies.
    """
    counts = matrix.values[np.unique(groups, return_index=True)[1]].tocoo()
    rows, terms = (np.repeat(one, counts.data) for one in counts.coords)
    ones, texts = np.ones(len(rows), dtype=np.int64), []
    # Apart from the resamples, which the same seed draws.
    for generator in np.random.default_rng([random_state, 1]).spawn(shuffles):
        values = sparse.csr_array((ones, (rows, generator.permutation(terms))), shape=counts.shape)
        texts.append(TermMatrix(values[groups], matrix.rows, matrix.terms))
    return texts


def _fit(
    sample: Sample, matrix: TermMatrix, weights: Weights, topics: int, first: int | None, drawn: Sequence[Weights],
    seeds: Sequence[int],
) -> _Fitted:  # fmt: skip
    whole = factorise(sample, np.ones(len(weights)), topics, seed=first)

    def agreement(other: Factors) -> float:
        return float(match_topics(whole.terms, other.terms)[1].mean())

    again = [factorise(sample, times, topics, seed=first) for times in drawn]
    started = [agreement(factorise(sample, np.ones(len(weights)), topics, seed=seed)) for seed in seeds]
    told = np.array([measures(matrix, weights, one) for one in again]).reshape(len(again), len(MEASURES))
    return _Fitted(np.array([agreement(one) for one in again]), np.array(started), told)


def _rows(topics: int, texts: Sequence[_Fitted]) -> list[tuple[object, ...]]:
    """Rows of the table for one number of topics, the real text being the first."""
    rows: list[tuple[object, ...]] = []
    for name, values in {
        "stability": [one.agreement for one in texts],
        "seeds": [one.seeds for one in texts],
        **{measure: [one.measures[:, at] for one in texts] for at, measure in enumerate(MEASURES)},
    }.items():
        if not len(values[0]):
            continue
        real, shuffled = values[0], np.array([one.mean() for one in values[1:]])
        low, high = np.quantile(real, [0.025, 0.975])
        rows.append((topics, name, real.mean(), low, high, shuffled.mean(), shuffled.min(), shuffled.max()))
    return rows


def _recommended(
    texts: Mapping[int, Sequence[Weights]], left_out: Sequence[int]
) -> tuple[int | None, str, list[float]]:
    """The number recommended, the reason, and p of each, from agreements in each text (the real first) by number."""
    numbers = list(texts)
    compared = np.array([[one[:COMPARED].mean() for one in agreements] for agreements in texts.values()]).T
    above = compared - compared.mean(axis=0)
    spread = compared.std(axis=0)
    excess = np.divide(above, spread, out=np.zeros_like(above), where=spread > 0)
    greatest = excess.max(axis=1)
    p_each = ((greatest[1:, None] >= excess[0]).sum(axis=0) + 1) / len(greatest)
    means = np.array([agreements[0].mean() for agreements in texts.values()])
    errors = np.array([agreements[0].std(ddof=1) / np.sqrt(len(agreements[0])) for agreements in texts.values()])
    told = [f"{mean:.2f} (standard error {error:.2f})" for mean, error in zip(means, errors, strict=True)]
    supported = [at for at in range(len(numbers)) if p_each[at] <= ALPHA and means[at] >= READABLE]
    if supported:
        best = max(supported, key=lambda at: above[0, at])
        others = compared[1:, best]
        reason = (
            f"{numbers[best]} topics are recommended: topics of resamples agree at {told[best]} on average, those of"
            f" shuffled words at {others.mean():.2f} ({others.min():.2f} to {others.max():.2f}), the greatest"
            f" difference among the numbers supported ({listing(numbers[at] for at in supported)})."
        )
    else:
        best = int(means.argmax())
        firm = listing(number for number, p in zip(numbers, p_each, strict=True) if p <= ALPHA)
        more = f"{firm} topics have" if firm else "no number has"
        reason = (
            f"No number of topics is supported: mean agreement is greatest with {numbers[best]} topics, {told[best]},"
            f" where {READABLE} is needed; {more} more than text of shuffled words."
        )
    if left_out:
        reason += f" Not fitted, for want of paragraphs or terms: {listing(left_out)} topics."
    return numbers[best] if supported else None, reason, p_each.tolist()
