"""The two factorisations behind topic models: NMF by scikit-learn and LDA by gensim, each on weighted paragraphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from wsis_nlp.matrix import TermMatrix, inverse_document_frequency, tf_idf
from wsis_nlp.nearest import LARGE

Method = Literal["nmf", "lda"]
Weights = NDArray[np.float64]
Rows = NDArray[np.int64]
ITERATIONS = 60
"""Passes of NMF. A set number, since a rule for stopping may stop earlier on another machine. What they explain is
within one per cent of what ten times as many do (a test holds it); where the loss is flat the terms of topics may still
move, as they do from one start to another."""
BATCH = 1024
"""Paragraphs of a mini-batch, where they are more than ``LARGE``; and the passes over them."""
BATCH_PASSES = 5
REFITS = 10
"""Passes by which shares of paragraphs are fitted to topics that are found; more of them explain no more."""


class Factors(NamedTuple):
    """Paragraphs and terms of topics, and how much of the text these explain."""

    shares: Weights  # (paragraphs, topics), rows sum to 1; NaN for a paragraph without a term of any topic
    terms: Weights  # (topics, terms), rows sum to 1
    explained: float  # 0 to 1, see `factorise`
    of_paragraphs: Weights  # the same of each paragraph; below 0 where a model fits it worse than none


class Sample(NamedTuple):
    """What a method factorises: a row for each paragraph of a matrix, its weight not yet applied."""

    values: sparse.csr_array
    weights: Weights
    method: Method
    in_batches: bool = False

    def drawn(self, times: Weights) -> tuple[sparse.csr_array, Rows]:
        """The weighted rows of the paragraphs drawn, and which they are; ``times`` is how often each is."""
        rows = np.flatnonzero(times)
        weights = times[rows] * self.weights[rows]
        # The square error of a row grows with the square of the row.
        scale = np.sqrt(weights) if self.method == "nmf" else weights
        return sparse.csr_array(sparse.diags_array(scale) @ self.values[rows]), rows


def make_sample(matrix: TermMatrix, weights: Weights, method: Method, *, large: int = LARGE) -> Sample:
    """Counts for LDA; for NMF their TF-IDF, each row of length 1 and with its number of terms in its weight.

    The smoothed idf counts paragraphs by weight. A row's direction is the surer the longer the paragraph is, as the
    variance of a mean falls with its number of terms: rows weigh by that number, as words do in LDA. If there are more
    paragraphs than ``large``, mini-batches of them are factorised.
    """
    many = len(weights) > large
    if method == "lda":
        return Sample(matrix.values.astype(np.float64), weights, method, many)
    idf = inverse_document_frequency(matrix, weights=weights)
    lengths = np.asarray(matrix.values.sum(axis=1), dtype=np.float64)
    return Sample(tf_idf(matrix, idf=idf).values, weights * lengths, method, many)


def factorise(sample: Sample, times: Weights, topics: int, *, seed: int | None = None) -> Factors:
    """Topics of the paragraphs drawn.

    NMF lessens the squared error of the weights by coordinate descent (Cichocki and Phan 2009), from the start by
    NNDSVD (Boutsidis and Gallopoulos 2008) unless a seed is given for a random one; ``explained`` is the share of
    their sum of squares, over all paragraphs by their weights, and of each. LDA (Blei, Ng and Jordan 2003) is online
    variational Bayes (Hoffman, Blei and Bach 2010) and takes its start from the seed; ``explained`` is the share of
    the deviance that is left if all paragraphs have the same distribution of terms.

    In mini-batches NMF is online (Lefèvre, Bach and Févotte 2011): from the same start, 5 passes over the paragraphs in
    an order drawn with the seed, after which each is fitted to the topics that were found. LDA then makes 5 passes too.
    """
    values, rows = sample.drawn(times)
    if sample.method == "lda":
        return _lda(values, sample.values[rows], topics, seed or 0, in_batches=sample.in_batches)
    return _nmf(values, topics, seed, in_batches=sample.in_batches)


def on_one_thread(tasks: Iterable[Callable[[], Any]]) -> list[Any]:
    """Results of tasks under one thread of linear algebra, whose sums are then taken in one order."""
    with threadpool_limits(limits=1):
        return [task() for task in tasks]


def _nmf(values: sparse.csr_array, topics: int, seed: int | None, *, in_batches: bool) -> Factors:
    from sklearn.decomposition import NMF

    # NNDSVD takes its singular vectors from a randomised method: it too needs a seed. Of a draw of fewer rows than
    # topics there are too few.
    start = "nndsvd" if seed is None and topics <= min(values.shape) else "random"
    passes = 1 if in_batches else ITERATIONS
    model = NMF(topics, init=start, random_state=seed or 0, max_iter=passes, tol=0)
    with np.errstate(invalid="ignore"):  # the model's own error, the root of a difference that rounding makes negative
        left = model.fit_transform(values)
    right = model.components_
    if in_batches:
        left, right = _nmf_in_batches(values, left, right, seed or 0)
    squares = np.asarray((values * values).sum(axis=1))
    error = squares + ((left @ (right @ right.T) - 2 * np.asarray(values @ right.T)) * left).sum(axis=1)
    shares, terms = _shares(left * right.sum(axis=1)), _even(_shares(right))
    return Factors(shares, terms, *_explained(error, squares))


def _nmf_in_batches(values: sparse.csr_array, left: Weights, right: Weights, seed: int) -> tuple[Weights, Weights]:
    """Factors that are bettered from those given."""
    from sklearn.decomposition import MiniBatchNMF, non_negative_factorization

    topics, size, generator = len(right), values.shape[0], np.random.default_rng([seed, 3])
    # What is 0 stays so in these updates.
    left, right = (np.maximum(one, one.mean() / 100) for one in (left, right))
    model = MiniBatchNMF(topics, init="custom", random_state=seed, batch_size=BATCH)
    given: dict[str, Weights] = {"H": right.copy()}
    for _ in range(BATCH_PASSES):
        for rows in np.array_split(generator.permutation(size), -(-size // BATCH)):
            model.partial_fit(values[rows], **(given | {"W": left[rows]} if given else {}))
            given = {}
    found = model.components_
    fitted, _, _ = non_negative_factorization(
        values, H=found.copy(), n_components=topics, init="custom", update_H=False, max_iter=REFITS, tol=0
    )
    return fitted, found


class _Bags:
    """Rows of a matrix as gensim takes them, lists of pairs of term and weight, made when they are asked for.

    As lists they would take some nine times the memory of the matrix.
    """

    def __init__(self, matrix: sparse.csr_array) -> None:
        self._matrix = matrix

    def __len__(self) -> int:
        return int(self._matrix.shape[0])

    def __iter__(self) -> Iterator[list[tuple[int, float]]]:
        bounds, indices, data = self._matrix.indptr, self._matrix.indices, self._matrix.data
        for start, end in pairwise(bounds.tolist()):
            yield list(zip(indices[start:end].tolist(), data[start:end].tolist(), strict=True))


def _lda(values: sparse.csr_array, counts: sparse.csr_array, topics: int, seed: int, *, in_batches: bool) -> Factors:
    from gensim.models import LdaModel

    names = {term: str(term) for term in range(values.shape[1])}
    chunk, passes = (BATCH, BATCH_PASSES) if in_batches else (values.shape[0], 30)
    # Batches are taken in order, and neighbours are alike.
    mixed = values[np.random.default_rng([seed, 3]).permutation(values.shape[0])] if in_batches else values
    model = LdaModel(
        _Bags(mixed), num_topics=topics, id2word=names, random_state=seed,
        dtype=np.float64, passes=passes, iterations=200, chunksize=chunk, eval_every=None,
    )  # fmt: skip
    gamma, _ = model.inference(_Bags(counts))
    shares = _shares(np.asarray(gamma, dtype=np.float64))
    terms = _shares(np.asarray(model.get_topics(), dtype=np.float64))
    return Factors(shares, terms, *_explained(*_deviances(values, shares, terms)))


def _deviances(values: sparse.csr_array, shares: Weights, terms: Weights) -> tuple[Weights, Weights]:
    """Deviance of each row from the model, and from the distribution of terms in all rows."""
    values = values.sorted_indices()  # a sum of an unsorted matrix sorts it in place, between two lines of these
    row, term = np.repeat(np.arange(values.shape[0]), np.diff(values.indptr)), values.indices
    model = np.einsum("nk,kn->n", shares[row], terms[:, term])
    same = np.asarray(values.sum(axis=0), dtype=np.float64) / values.sum()
    own = values.data / np.asarray(values.sum(axis=1))[row]
    left, whole = (values.data * np.log(own / other) for other in (model, same[term]))
    left, whole = (np.bincount(row, one, values.shape[0]).astype(np.float64) for one in (left, whole))
    return left, whole


def _explained(error: Weights, whole: Weights) -> tuple[float, Weights]:
    """Shares of the whole that are no error: of all rows, and of each."""
    each = 1 - np.divide(error, whole, out=np.ones_like(error), where=whole > 0)
    return (float(1 - error.sum() / whole.sum()) if whole.sum() else 0.0), each


def _shares(values: Weights) -> Weights:
    """Rows scaled to sum 1; one of zeros is undefined."""
    sums = values.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(values, sums, out=np.full_like(values, np.nan), where=sums > 0))


def _even(values: Weights) -> Weights:
    """A topic that took nothing has all terms alike."""
    return np.asarray(np.where(np.isnan(values), 1 / values.shape[1], values))
