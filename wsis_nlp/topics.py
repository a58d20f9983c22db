"""Topic models of paragraphs: NMF and LDA behind one function that returns tables."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from wsis_nlp._checks import InputError, check_one_of, check_whole
from wsis_nlp.matrix import TermMatrix, tf_idf

Method = Literal["nmf", "lda"]
Weights = NDArray[np.float64]


@dataclass(frozen=True)
class TopicModel:
    """A fitted topic model, as tables.

    Topics are numbered 1, 2, 3 … by prevalence in all paragraphs, ties by their terms; the number of a topic is the
    same in every table. ``terms`` has ``topic, label, rank, term, weight``: the heaviest terms of each topic,
    ``weight`` being the term's share of the topic; ``label`` joins the first three. ``paragraphs`` has
    ``doc_id, para_id, topic, share``: shares of a paragraph sum to 1; one without a term of the vocabulary is missing.
    ``documents`` has ``doc_id, topic, label, prevalence`` (mean share over the document's paragraphs) and
    ``low, high``, which are NaN, no interval being computed.
    """

    method: Method
    random_state: int
    terms: pd.DataFrame
    paragraphs: pd.DataFrame
    documents: pd.DataFrame


def fit_topics(
    matrix: TermMatrix, *, topics: int = 8, method: Method = "nmf", random_state: int = 0, top_terms: int = 10
) -> TopicModel:
    """Fit a topic model on paragraphs.

    NMF factorises the TF-IDF weights under the Frobenius norm, from the start by NNDSVD (Boutsidis and Gallopoulos
    2008), and is deterministic. LDA (Blei, Ng and Jordan 2003) is gensim's, on counts, and depends on its seed. The
    matrix has counts by paragraph, of a vocabulary made for the purpose, with at least as many terms, and paragraphs
    with terms, as ``topics``. ``top_terms`` of each topic are returned; ``random_state`` is the seed of LDA.
    """
    check_one_of(method, get_args(Method), name="method")
    check_whole(topics, name="topics", least=1)
    check_whole(top_terms, name="top_terms", least=1)
    if not 0 <= random_state < 2**32:
        raise InputError(f"random_state (the seed) is {random_state}; allowed is a whole number from 0 to 4294967295")
    matrix.require("count")
    held = matrix.select_rows(np.diff(matrix.values.indptr) > 0)
    for what, size in (("paragraphs with counted terms", len(held.rows)), ("terms", len(held.terms))):
        if size < topics:
            raise InputError(f"topics is {topics} and there are {size} {what}; at least as many are needed")
    with threadpool_limits(limits=1):
        shares, weights = _nmf(held, topics) if method == "nmf" else _lda(held, topics, random_state)
    prevalence, first = shares.mean(axis=0).round(9), [held.terms[at] for at in weights.argmax(axis=1)]
    order = sorted(range(topics), key=lambda topic: (-prevalence[topic], first[topic]))
    shares, weights = shares[:, order], weights[order]
    terms = _term_table(weights, held.terms, top_terms)
    labels = terms.groupby("topic")["label"].first()
    repeated = held.rows[["doc_id", "para_id"]].loc[held.rows.index.repeat(topics)].reset_index(drop=True)
    numbers = np.tile(np.arange(1, topics + 1), len(held.rows))
    paragraphs = repeated.assign(topic=numbers, share=shares.ravel())
    documents = paragraphs.groupby(["doc_id", "topic"], sort=False)["share"].mean().rename("prevalence").reset_index()
    documents.insert(2, "label", documents["topic"].map(labels))
    return TopicModel(method, random_state, terms, paragraphs, documents.assign(low=np.nan, high=np.nan))


def _nmf(matrix: TermMatrix, topics: int) -> tuple[Weights, Weights]:
    from sklearn.decomposition import NMF

    # NNDSVD takes its singular vectors from a randomised method: without a seed two runs differ.
    model = NMF(topics, init="nndsvd", max_iter=2000, tol=1e-6, random_state=0)
    left = model.fit_transform(tf_idf(matrix).values)
    return _to_shares(left * model.components_.sum(axis=1)), _to_shares(model.components_)


def _lda(matrix: TermMatrix, topics: int, random_state: int) -> tuple[Weights, Weights]:
    from gensim.models import LdaModel

    values = matrix.values
    texts = [
        list(zip(values.indices[start:end].tolist(), values.data[start:end].tolist(), strict=True))
        for start, end in pairwise(values.indptr)
    ]
    model = LdaModel(
        texts, num_topics=topics, id2word=dict(enumerate(matrix.terms)), random_state=random_state, dtype=np.float64,
        passes=30, iterations=200, chunksize=len(texts), eval_every=None,
    )  # fmt: skip
    gamma, _ = model.inference(texts)
    return _to_shares(np.asarray(gamma, dtype=np.float64)), _to_shares(model.get_topics())


def _to_shares(values: Weights) -> Weights:
    """Scale rows to sum 1; a row of zeros becomes even, being as near to every topic."""
    sums = values.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(values, sums, out=np.full_like(values, 1 / values.shape[1]), where=sums > 0))


def _term_table(weights: Weights, terms: tuple[str, ...], top_terms: int) -> pd.DataFrame:
    order = np.argsort(-weights, axis=1, kind="stable")
    rows = [
        (topic + 1, ", ".join(terms[at] for at in best[:3]), rank + 1, terms[at], float(weights[topic, at]))
        for topic, best in enumerate(order)
        for rank, at in enumerate(best[:top_terms])
    ]
    return pd.DataFrame(rows, columns=["topic", "label", "rank", "term", "weight"])
