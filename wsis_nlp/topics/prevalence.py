"""How much of documents and sections each topic takes, and how that changes, with intervals from refits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from numbers import Real
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy.special import ndtr, stdtrit

from wsis_nlp._checks import InputError, check_columns, check_known, check_one_of, check_whole
from wsis_nlp.topics.factors import Sample, Weights, factorise
from wsis_nlp.topics.models import TopicModel, check_seed
from wsis_nlp.topics.stability import match_topics, run

Unit = Literal["paragraph", "section"]
Place = Literal["doc_id", "section"]
FEWEST_UNITS = 5
ROUNDING = 1e-9
CHANGE_COLUMNS = (
    "topic", "label", "prevalence_a", "prevalence_b", "change", "low", "high", "joint_low", "joint_high", "verdict"
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class TopicRefits:
    """Refits of a topic model to texts drawn anew, from which intervals are taken; topics are those of the model.

    ``times`` (draws, paragraphs) says how often each paragraph of ``model.matrix`` was drawn, ``shares`` (draws,
    paragraphs, topics) what it then has of each topic, NaN for those not drawn; ``unit`` is what was drawn.
    """

    model: TopicModel
    unit: Unit
    times: Weights = field(repr=False)
    shares: Weights = field(repr=False)


def refit_topics(
    model: TopicModel, *, draws: int = 200, unit: Unit = "paragraph", random_state: int = 0, workers: int = 1
) -> TopicRefits:
    """Fit a model anew to paragraphs (or whole sections) of each document drawn with replacement.

    Copies in several documents are drawn apart, as the documents were. Each refit starts afresh, and its topics are
    matched with those of the model (see `match_topics`): a change of their numbers does not widen the intervals, and
    where a topic does not come again they are wide. ``unit`` is "paragraph", or "section" as a check, since
    neighbouring paragraphs are not independent.
    """
    check_one_of(unit, get_args(Unit), name="unit")
    check_whole(draws, name="draws", least=40)
    check_whole(workers, name="workers", least=1)
    rows = model.matrix.rows
    if unit == "section":
        check_columns(rows, ["section"], name="rows of the matrix")
    units = _units(rows, unit)
    generator = np.random.default_rng([check_seed(random_state), 2])
    strata = [np.unique(part) for _, part in units.groupby(rows["doc_id"].to_numpy())]
    drawn = np.zeros((draws, int(units.max()) + 1))
    for stratum in strata:
        drawn[:, stratum] = generator.multinomial(len(stratum), np.full(len(stratum), 1 / len(stratum)), draws)
    times = drawn[:, units.to_numpy()]
    seed = model.random_state if model.method == "lda" else None
    tasks = [partial(_refit, model.sample, one, model.factors.terms, seed) for one in times]
    return TopicRefits(model, unit, times, np.array(run(tasks, workers)))


def topic_prevalence(refits: TopicRefits, *, by: Place = "doc_id", level: float = 0.95) -> pd.DataFrame:
    """Mean share of each topic over the paragraphs of documents or sections, with limits.

    Parameters
    ----------
    by : {"doc_id", "section"}
        One row for each topic of each document, or of each section of each document.

    Returns
    -------
    DataFrame
        ``doc_id``, ``section`` (if by section), ``topic, label, paragraphs`` (with terms of the vocabulary),
        ``prevalence, low, high``. Prevalence, of what the model explains, is 0 to 1 and sums to 1 over topics. The
        limits are expanded percentiles of the refits (Hesterberg 2015): with n units (paragraphs or sections) those at
        Φ(±√(n / (n − 1)) · t), t being Student's with n − 1 degrees of freedom. NaN where there are fewer than five
        units.

    Hesterberg, T. C. (2015). What teachers should know about the bootstrap. The American Statistician, 69(4), 371-386.
    """
    check_one_of(by, get_args(Place), name="by")
    model = refits.model
    check_columns(model.matrix.rows, [by], name="rows of the matrix")
    names = ["doc_id"] if by == "doc_id" else ["doc_id", "section"]
    numbers = model.matrix.rows.groupby(names, sort=True, dropna=False).ngroup().to_numpy()
    units = _units(model.matrix.rows, refits.unit)
    tables = []
    for number in dict.fromkeys(numbers[_text_order(model)].tolist()):
        chosen = numbers == number
        place = model.matrix.rows.loc[chosen, names].iloc[0]
        observed, found, size = _means(refits, units, chosen)
        low, high = _limits(found, size, level)
        table = pd.DataFrame({"topic": np.arange(1, len(observed) + 1), "label": model.labels.to_numpy()})
        for at, name in enumerate(names):
            table.insert(at, name, [place[name]] * len(table))
        tables.append(table.assign(paragraphs=int(chosen.sum()), prevalence=observed, low=low, high=high))
    return pd.concat(tables, ignore_index=True)


def topic_change(refits: TopicRefits, a: str, b: str, *, level: float = 0.95) -> pd.DataFrame:
    """Change of the prevalence of each topic from one document to another, with limits, and what it says.

    One row for each topic: ``topic, label, prevalence_a, prevalence_b, change`` (b less a), ``low, high`` (each by
    itself, as in `topic_prevalence`), ``joint_low, joint_high`` (of all topics at once: the change ± the quantile of
    the greatest studentised difference over topics, taken farther out where units are few as the others are, but no
    narrower than ``low, high``), and the ``verdict`` by the joint limits: "grows" (above 0), "appears" (grows, and by
    the limits of each has less than half an even share, 1 / (2 · topics), in ``a`` and at least that in ``b``),
    "fades" and "disappears" likewise; "persists" (neither, and by the limits of each at least half an even share in
    both), else "not told".
    """
    model, topics = refits.model, len(refits.model.factors.terms)
    documents = model.matrix.rows["doc_id"].to_numpy()
    check_known([a, b], sorted(set(documents)), name="document of the model")
    if a == b:
        raise InputError(f"document {a!r} is given twice; two are compared with each other")
    units = _units(model.matrix.rows, refits.unit)
    (one, drawn_a, size_a), (other, drawn_b, size_b) = (_means(refits, units, documents == doc_id) for doc_id in (a, b))
    change, drawn, size = other - one, drawn_b - drawn_a, min(size_a, size_b)
    low, high = joint = _limits(drawn, size, level)
    (least_a, most_a), (least_b, most_b) = (_limits(drawn_a, size_a, level), _limits(drawn_b, size_b, level))
    if size >= FEWEST_UNITS:
        spread = np.nanstd(drawn, axis=0)
        # A spread of rounding errors is none, and beside it any difference would be great.
        scaled = np.divide(drawn - change, spread, out=np.zeros_like(drawn), where=spread > ROUNDING)
        far = np.nanquantile(np.abs(scaled).max(axis=1), level)
        # By the lower tail, since the upper one is 1 from 8.3 on; that of 30 is among the least of numbers.
        far = max(far, -stdtrit(size - 1, ndtr(-min(far, 30))))
        reach = min(far * np.sqrt(size / (size - 1)), 1 / ROUNDING)
        joint = np.minimum(low, change - reach * spread), np.maximum(high, change + reach * spread)
    enough = 1 / (2 * topics)
    verdict = np.select(
        [
            (joint[0] > 0) & (most_a < enough) & (least_b >= enough), joint[0] > 0,
            (joint[1] < 0) & (least_a >= enough) & (most_b < enough), joint[1] < 0,
            (least_a >= enough) & (least_b >= enough),
        ],
        ["appears", "grows", "disappears", "fades", "persists"], "not told",
    )  # fmt: skip
    columns = (
        np.arange(1, topics + 1), model.labels.to_numpy(), one, other, change, low, high, *joint, verdict
    )  # fmt: skip
    return pd.DataFrame(dict(zip(CHANGE_COLUMNS, columns, strict=True)))


def _refit(sample: Sample, times: Weights, terms: Weights, seed: int | None) -> Weights:
    found = factorise(sample, times, len(terms), seed=seed)
    shares = np.full((len(times), len(terms)), np.nan)
    shares[np.flatnonzero(times)] = found.shares[:, match_topics(terms, found.terms)[0]]
    return shares


def _units(rows: pd.DataFrame, unit: Unit) -> pd.Series[int]:
    """The number of the paragraph or section that each row belongs to."""
    if unit == "paragraph":
        return pd.Series(np.arange(len(rows)))
    return rows.groupby(["doc_id", "section"], sort=True, dropna=False).ngroup()


def _means(
    refits: TopicRefits, units: pd.Series[int], chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[Weights, Weights, int]:
    """Mean shares of the chosen paragraphs in the model, in each refit those of the paragraphs drawn; their units."""
    shares, times = refits.shares[:, chosen], refits.times[:, chosen]
    held = np.where(np.isnan(shares[:, :, 0]), 0, times)
    sums = np.einsum("dp,dpk->dk", held, np.nan_to_num(shares))
    sizes = held.sum(axis=1, keepdims=True)
    drawn = np.divide(sums, sizes, out=np.full_like(sums, np.nan), where=sizes > 0)
    own = refits.model.factors.shares[chosen]
    shared = ~np.isnan(own[:, 0])
    mean = own[shared].mean(axis=0) if shared.any() else np.full(own.shape[1], np.nan)
    return mean, drawn, units[chosen][shared].nunique()


def _limits(drawn: Weights, units: int, level: float) -> tuple[Weights, Weights]:
    if not isinstance(level, Real) or not 0.5 <= level <= 0.9999:
        raise InputError(f"level is {level!r}; allowed is a number from 0.5 to 0.9999, such as 0.95")
    if units < FEWEST_UNITS:
        return (np.full(drawn.shape[1], np.nan),) * 2
    reach = np.sqrt(units / (units - 1)) * stdtrit(units - 1, (1 + level) / 2)
    low, high = np.nanquantile(drawn, [ndtr(-reach), ndtr(reach)], axis=0)
    return low, high


def _text_order(model: TopicModel) -> list[int]:
    """Rows of the matrix in the order of the text."""
    place = pd.Index(model.matrix.rows["para_id"])
    return [int(at) for at in place.get_indexer(model.order)]
