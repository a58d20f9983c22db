"""How far topics are those of the text: whether they come again, and how their terms hang together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from wsis_nlp._checks import InputError, check_whole
from wsis_nlp.matrix import TermMatrix
from wsis_nlp.topics.factors import Factors, Sample, Weights, factorise, on_one_thread
from wsis_nlp.topics.models import TopicModel, check_seed, top_of

READABLE = 0.6
"""Topics whose agreement is below this are not to be read as findings: their ten terms keep fewer than 7.5 a time."""
RESAMPLED = 0.8
FEWEST_PARAGRAPHS = 30
FEWEST_TERMS = 20
"""Below so many groups of paragraphs, or terms, agreement says nothing."""
QUALITY_COLUMNS = (
    "topic", "label", "prevalence", "paragraphs", "agreement", "agreement_low", "agreement_high", "agreement_seeds",
    "npmi", "u_mass", "exclusivity",
)  # fmt: skip
Places = NDArray[np.int64]


def match_topics(a: Weights, b: Weights) -> tuple[Places, Weights]:
    """Partners of topics in another model, one to one, and the agreement of each pair.

    ``a`` and ``b`` hold weights of the same terms, of shape (topics, terms). Agreement is the Jaccard index of the ten
    heaviest terms: 1 where all are shared, 0.33 where five are. The partners, by the Hungarian method (Kuhn 1955), make
    its sum greatest (Greene, O'Callaghan and Cunningham 2014); where sums are equal the cosine of the weights tells.

    >>> a = np.array([[0.6, 0.4, 0.0, 0.0], [0.0, 0.1, 0.5, 0.4]])
    >>> partner, agreement = match_topics(a, a[::-1])
    >>> partner.tolist(), agreement.tolist()
    ([1, 0], [1.0, 1.0])
    """
    from scipy.optimize import linear_sum_assignment

    if a.ndim != 2 or a.shape != b.shape:
        raise InputError(f"weights of topics have the shapes {a.shape} and {b.shape}; allowed are two of one shape")
    held_a, held_b = (_heaviest(one) for one in (a, b))
    common = held_a @ held_b.T
    either = held_a.sum(axis=1)[:, None] + held_b.sum(axis=1) - common
    jaccard = np.divide(common, either, out=np.zeros_like(common), where=either > 0)
    lengths = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
    cosine = np.divide(a @ b.T, lengths, out=np.zeros_like(jaccard), where=lengths > 0)
    _, partner = linear_sum_assignment(-(jaccard + 1e-6 * cosine))
    return partner, jaccard[np.arange(len(partner)), partner]


def _heaviest(terms: Weights) -> Weights:
    """1 for each of the heaviest terms of a topic; none of one that took nothing, whose terms weigh alike."""
    held = np.zeros_like(terms)
    np.put_along_axis(held, top_of(terms), 1, axis=1)
    return held * (terms > np.where(np.ptp(terms, axis=1) > 0, 0, np.inf)[:, None])


def draw_groups(groups: Places, resamples: int, random_state: int) -> list[Weights]:
    """For each resample of four groups in five, whether each paragraph is in it: 1 or 0."""
    generator, size = np.random.default_rng(random_state), int(groups.max(initial=-1)) + 1
    kept = max(1, round(RESAMPLED * size))
    return [np.isin(groups, generator.permutation(size)[:kept]).astype(np.float64) for _ in range(resamples)]


def run(tasks: Sequence[Callable[[], Any]], workers: int) -> list[Any]:
    """Results of tasks in their order, from processes of their own if there is more than one worker."""
    if workers == 1:
        return on_one_thread(tasks)
    from joblib import Parallel, delayed

    size = max(1, len(tasks) // (8 * workers))
    batches = [tasks[start : start + size] for start in range(0, len(tasks), size)]
    done = Parallel(workers)(delayed(on_one_thread)(batch) for batch in batches)
    return [result for batch in done for result in batch]


def topic_quality(
    model: TopicModel, *, resamples: int = 100, seeds: int = 5, random_state: int = 0, workers: int = 1
) -> pd.DataFrame:
    """Whether each topic of a model comes again, and how its terms hang together.

    Parameters
    ----------
    resamples, seeds : int
        Times that the model is fitted anew: to four groups of paragraphs in five, drawn without replacement, and to all
        from a random start (for LDA another seed). 0 leaves the columns NaN.
    workers : int
        Processes; the results do not depend on their number.

    Returns
    -------
    DataFrame, one row for each topic
        ``topic, label, prevalence`` (mean share of all paragraphs), ``paragraphs`` (of which it takes the most)
        ``agreement``, ``agreement_low``, ``agreement_high`` : with its partner in the resamples (see `match_topics`),
        the mean and the 2.5th and 97.5th percentile; ``agreement_seeds`` : the mean over random starts. NaN below 30
        groups of paragraphs or 20 terms, of which ten come again by chance
        ``npmi``, ``u_mass``, ``exclusivity`` : see `topic_coherence` and `topic_exclusivity`
    """
    check_whole(resamples, name="resamples")
    check_whole(seeds, name="seeds")
    check_whole(workers, name="workers", least=1)
    topics, everything = len(model.factors.terms), np.ones(len(model.groups))
    drawn = draw_groups(model.groups, resamples, check_seed(random_state))
    fitted: list[tuple[Weights, int | None]] = [
        *((times, model.random_state if model.method == "lda" else None) for times in drawn),
        *((everything, (model.random_state + 1 + seed) % 2**32) for seed in range(seeds)),
    ]
    tasks = [partial(agreement_again, model.sample, times, model.factors.terms, seed) for times, seed in fitted]
    found = np.array(run(tasks, workers)).reshape(len(tasks), topics)
    if int(model.groups.max()) + 1 < FEWEST_PARAGRAPHS or len(model.matrix.terms) < FEWEST_TERMS:
        found = np.full_like(found, np.nan)
    again, started = found[:resamples], found[resamples:]
    low, high = np.quantile(again, [0.025, 0.975], axis=0) if resamples else np.full((2, topics), np.nan)
    npmi, u_mass = topic_coherence(model.matrix, model.factors.terms, model.weights)
    shared = model.factors.shares[~np.isnan(model.factors.shares[:, 0])]
    largest = np.bincount(shared.argmax(axis=1), minlength=topics)
    columns = (
        np.arange(1, topics + 1), model.labels.to_numpy(), shared.mean(axis=0), largest,
        again.mean(axis=0) if resamples else np.full(topics, np.nan), low, high,
        started.mean(axis=0) if seeds else np.full(topics, np.nan),
        npmi, u_mass, topic_exclusivity(model.factors.terms),
    )  # fmt: skip
    return pd.DataFrame(dict(zip(QUALITY_COLUMNS, columns, strict=True)))


def agreement_again(sample: Sample, times: Weights, terms: Weights, seed: int | None) -> Weights:
    """Agreement of topics with those of a model fitted anew."""
    return match_topics(terms, factorise(sample, times, len(terms), seed=seed).terms)[1]


def topic_coherence(matrix: TermMatrix, terms: Weights, weights: Weights) -> tuple[Weights, Weights]:
    """How often the ten heaviest terms of each topic stand in the same paragraphs: mean NPMI and mean u_mass of pairs.

    With P(w) the share of the weighted paragraphs that have a term, NPMI = ln(P(v, w) / (P(v) · P(w))) / -ln P(v, w)
    (Bouma 2009), -1 where no paragraph has both and 0 where all have both. With D(w) the weight of those paragraphs and
    v the heavier term, u_mass = ln((D(v, w) + 1) / D(v)) (Mimno et al. 2011). NaN for a topic of fewer than two terms.
    """
    whole, npmi, u_mass, heaviest = weights.sum(), [], [], _heaviest(terms)
    wanted = np.flatnonzero(heaviest.any(axis=0))
    # Sparse, since the order of sums of a dense product depends on threads.
    held = sparse.csr_array(matrix.values[:, wanted] > 0, dtype=np.float64)
    both = (held.T @ sparse.diags_array(weights) @ held).toarray()
    for topic, best in enumerate(top_of(terms)):
        places = np.searchsorted(wanted, best[heaviest[topic, best] > 0])
        one, other = np.triu_indices(len(places), 1)
        joint, single = both[places[one], places[other]], np.diag(both)[places]
        with np.errstate(divide="ignore", invalid="ignore"):
            told = np.log(joint * whole / (single[one] * single[other])) / -np.log(joint / whole)
        told = np.where(joint == 0, -1, np.where(joint >= whole * (1 - 1e-12), 0, told))
        npmi.append(told.mean() if len(told) else np.nan)
        u_mass.append(np.log((joint + 1) / single[one]).mean() if len(told) else np.nan)
    return np.array(npmi), np.array(u_mass)


def topic_exclusivity(terms: Weights) -> Weights:
    """Mean of the shares that each topic has of the weights of its ten heaviest terms (Bischof and Airoldi 2012).

    NaN for a topic that took nothing.
    """
    share = np.divide(terms, terms.sum(axis=0), out=np.zeros_like(terms), where=terms.sum(axis=0) > 0)
    held = _heaviest(terms)
    sizes = held.sum(axis=1)
    means: Weights = np.divide((share * held).sum(axis=1), sizes, out=np.full(len(terms), np.nan), where=sizes > 0)
    return means


def measures(matrix: TermMatrix, weights: Weights, found: Factors) -> Weights:
    """Means over topics: NPMI, u_mass, exclusivity, and the share explained."""
    told = (*topic_coherence(matrix, found.terms, weights), topic_exclusivity(found.terms))
    means = [one[~np.isnan(one)].mean() if not np.isnan(one).all() else np.nan for one in told]
    return np.array([*means, found.explained])
