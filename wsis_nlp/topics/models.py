"""One function for topic models of paragraphs, whose results are tables with one numbering of topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wsis_nlp._checks import InputError, check_columns, check_one_of, check_whole
from wsis_nlp.matrix import TermMatrix
from wsis_nlp.nearest import LARGE
from wsis_nlp.topics.factors import Factors, Method, Sample, Weights, factorise, make_sample, on_one_thread

TOP_TERMS = 10
RELEVANCE = 0.6
"""Part of a term's weight in its relevance; the rest is by how much the topic has it above others."""
TERM_COLUMNS = ("topic", "label", "rank", "term", "weight", "relevance")


@dataclass(frozen=True, eq=False)
class TopicModel:
    """A fitted topic model, as tables.

    Topics are numbered 1, 2, 3 … by prevalence in all paragraphs, ties by their terms; the number of a topic is the
    same in every table.

    Attributes
    ----------
    terms : DataFrame with ``topic, label, rank, term, weight, relevance``
        The heaviest terms of each topic, the heaviest first: ``weight`` is the term's share φ of the topic (all of a
        topic sum to 1), ``relevance`` 0.6 · ln φ + 0.4 · ln(φ / p), where p is the term's share of all topics by
        their prevalence (Sievert and Shirley 2014). ``label`` is a proposal: up to three terms by relevance.
    paragraphs : DataFrame with ``doc_id, para_id, topic, share, explained``
        Shares of what the model explains of a paragraph, which sum to 1; ``explained`` is how much that is of the whole
        (see `factorise`), seldom much. Missing are paragraphs without a term of the vocabulary, or of any topic.
    method, random_state : as they were given
    matrix, groups, sample, factors
        What was factorised (its paragraphs in order of their ids) and the arrays behind the tables.
    order : para_id of its paragraphs in the order in which they were given
    """

    method: Method
    random_state: int
    terms: pd.DataFrame
    paragraphs: pd.DataFrame
    matrix: TermMatrix = field(repr=False)
    groups: NDArray[np.int64] = field(repr=False)
    sample: Sample = field(repr=False)
    factors: Factors = field(repr=False)
    order: tuple[str, ...] = field(repr=False)

    @property
    def weights(self) -> Weights:
        """Weight of each paragraph of ``matrix``: those of a group sum to 1."""
        return group_weights(self.groups)

    @property
    def labels(self) -> pd.Series[str]:
        """Label of each topic."""
        return self.terms.groupby("topic")["label"].first()


def fit_topics(
    matrix: TermMatrix, *, topics: int = 8, method: Method = "nmf", groups: pd.Series[str] | None = None,
    random_state: int = 0, top_terms: int = TOP_TERMS, large: int = LARGE,
) -> TopicModel:  # fmt: skip
    """Fit a topic model on paragraphs (see `factorise`).

    Parameters
    ----------
    matrix : TermMatrix
        Counts by paragraph, of a vocabulary made for the purpose, with at least as many terms, and paragraphs that
        differ, as ``topics``.
    method : {"nmf", "lda"}
        NMF is deterministic; LDA depends on ``random_state``, its seed.
    groups : Series, optional
        Group of each ``para_id`` (its index), such as the copies of a paragraph in several drafts: each group weighs as
        one paragraph in fitting, and all its members get their shares. Without it each paragraph is its own.
    top_terms : int
        How many terms of each topic the table of terms has.
    large : int
        More paragraphs than these are fitted in mini-batches (see `factorise`), which takes less time and finds nearly
        the same topics.

    The order of the rows of the matrix changes nothing.
    """
    check_one_of(method, get_args(Method), name="method")
    check_whole(topics, name="topics", least=1)
    check_whole(top_terms, name="top_terms", least=1)
    check_seed(random_state)
    held, members, rows = topic_rows(matrix, groups)
    for what, size in (("different paragraphs with terms", _different(held, topics)), ("terms", len(held.terms))):
        if size < topics:
            raise InputError(f"topics is {topics} and there are {size} {what}; at least as many are needed")
    sample = make_sample(held, group_weights(members), method, large=check_whole(large, name="large"))
    seed = random_state if method == "lda" else None
    [found] = on_one_thread([lambda: factorise(sample, np.ones(len(members)), topics, seed=seed)])
    prevalence = np.nan_to_num(np.nanmean(found.shares, axis=0)).round(9)
    first = [held.terms[at] for at in found.terms.argmax(axis=1)]
    order = sorted(range(topics), key=lambda topic: (-prevalence[topic], first[topic]))
    factors = found._replace(shares=found.shares[:, order], terms=found.terms[order])
    terms = _term_table(factors.terms, prevalence[order], held.terms, top_terms)
    place = np.argsort(rows)  # rows of the paragraphs that have terms, as the paragraphs were given
    given = tuple(held.rows["para_id"].to_numpy(dtype=object)[place].tolist())
    paragraphs = _share_table(held, place, factors)
    return TopicModel(method, random_state, terms, paragraphs, held, members, sample, factors, given)


def check_seed(random_state: int) -> int:
    """Return a seed, or refuse what the libraries would not take."""
    if check_whole(random_state, name="random_state") >= 2**32:
        raise InputError(f"random_state (the seed) is {random_state}; allowed is a whole number from 0 to 4294967295")
    return random_state


def topic_rows(
    matrix: TermMatrix, groups: pd.Series[str] | None
) -> tuple[TermMatrix, NDArray[np.int64], NDArray[np.int64]]:
    """Paragraphs that have a term, in order of their ids, the group of each, and its row in the matrix."""
    matrix.require("count")
    check_columns(matrix.rows, ["doc_id", "para_id"], name="rows of the matrix")
    values = matrix.values.copy()
    values.eliminate_zeros()
    order = np.argsort(matrix.rows["para_id"].to_numpy(dtype=object), kind="stable")
    order = order[np.diff(values.indptr)[order] > 0]
    rows = matrix.rows.iloc[order].reset_index(drop=True)
    held = TermMatrix(values[order], rows, matrix.terms)
    held.values.sort_indices()
    if groups is None:
        return held, np.arange(len(order)), order
    if groups.index.has_duplicates:
        twice = groups.index[groups.index.duplicated()][0]
        raise InputError(f"groups have the paragraph {twice!r} twice; one for each of the matrix is needed")
    members = groups.reindex(rows["para_id"])
    if members.isna().any():
        lacking = rows["para_id"][members.isna().to_numpy()].iloc[0]
        raise InputError(f"groups lack the paragraph {lacking!r}; one for each of the matrix is needed")
    return held, pd.factorize(members)[0].astype(np.int64), order


def group_weights(groups: NDArray[np.int64]) -> Weights:
    """Weight of each paragraph, those of a group sum to 1."""
    return np.asarray(1 / np.bincount(groups)[groups])


def most_topics(matrix: TermMatrix) -> int:
    """The greatest number of topics that can be fitted: of paragraphs with terms that differ, or of terms."""
    return _different(topic_rows(matrix, None)[0], len(matrix.terms))


def _different(matrix: TermMatrix, most: int) -> int:
    """How many rows have proportions of terms of their own, counted up to ``most``."""
    values, found = matrix.values, set[tuple[bytes, bytes]]()
    for start, end in pairwise(values.indptr):
        counts = values.data[start:end]
        found.add((values.indices[start:end].tobytes(), (counts / counts.sum()).tobytes()))
        if len(found) >= most:
            break
    return len(found)


def top_of(terms: Weights, number: int = TOP_TERMS) -> NDArray[np.int64]:
    """Places of the heaviest terms of each topic, of shape (topics, number); of equal ones the first."""
    return np.argsort(-terms, axis=1, kind="stable")[:, :number]


def _share_table(held: TermMatrix, place: NDArray[np.intp], factors: Factors) -> pd.DataFrame:
    shares = factors.shares
    place = place[~np.isnan(shares[place, 0])]
    topics = shares.shape[1]
    repeated = held.rows[["doc_id", "para_id"]].iloc[np.repeat(place, topics)].reset_index(drop=True)
    columns = {"topic": np.tile(np.arange(1, topics + 1), len(place)), "share": shares[place].ravel()}
    return repeated.assign(**columns, explained=np.repeat(factors.of_paragraphs[place], topics))


def _term_table(weights: Weights, prevalence: Weights, names: Sequence[str], top_terms: int) -> pd.DataFrame:
    whole = prevalence @ weights
    with np.errstate(divide="ignore", invalid="ignore"):
        relevance = RELEVANCE * np.log(weights) + (1 - RELEVANCE) * np.log(weights / whole)
    relevance = np.where(weights > 0, relevance, -np.inf)
    rows = []
    for topic, best in enumerate(top_of(weights, top_terms)):
        told = [names[at] for at in top_of(relevance[[topic]], 3 * TOP_TERMS)[0] if weights[topic, at] > 0]
        label = _label(told)
        rows += [
            (topic + 1, label, rank + 1, names[at], float(weights[topic, at]), float(relevance[topic, at]))
            for rank, at in enumerate(best)
        ]
    return pd.DataFrame(rows, columns=list(TERM_COLUMNS))


def _label(terms: Sequence[str], words: int = 3) -> str:
    """The first terms that share no word: "human rights" says what "rights" says."""
    chosen: list[str] = []
    for term in terms:
        if len(chosen) < words and not any(_stems(term) & _stems(other) for other in chosen):
            chosen.append(term)
    return ", ".join(chosen)


def _stems(term: str) -> set[str]:
    return {word.rstrip("s") for word in term.split()}
