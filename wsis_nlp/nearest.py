"""The rows of a sparse matrix that are nearest to each of its rows, without a table of all pairs."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

Places = NDArray[np.int64]
Weights = NDArray[np.float64]
Allowed = Callable[[Places, Places], NDArray[np.bool_]]

LARGE = 20_000
"""Body paragraphs above which not all pairs are compared, and topics are fitted in mini-batches."""
LARGE_DOCUMENTS = 50
"""Documents above which not all pairs are compared; 1,225 pairs of them take some two minutes."""
NEAREST_DOCUMENTS = 10
"""Documents that each is then compared with."""
ROWS_AT_ONCE = 8192
LEAST = 1e-9  # product of documents that are alike at all
CELLS_AT_ONCE = 1 << 22  # pairs that are held at once
BESIDE = 8  # rows looked at beyond those wanted, since some are not allowed
DEEPEST = 1024  # rows looked at before all are


class Nearest(NamedTuple):
    """Pairs of rows and the product of each, at most 1; by row, then the nearest first."""

    row: Places
    column: Places
    product: Weights


class Kinds(NamedTuple):
    """Rows of a matrix, equal ones being of one kind; kinds are in order of the first row of each."""

    weights: sparse.csr_array  # of each kind
    kind: Places  # of each row
    starts: Places  # where the rows of each kind begin among ``rows``
    rows: Places  # by kind, then by place


def nearest_rows(
    weights: sparse.csr_array, n: int | None, *, lowest: float, allowed: Allowed, reach: Places | None = None,
    last_first: bool = False,
) -> Nearest:  # fmt: skip
    """The n allowed rows with the greatest inner product with each row, or all, of those of at least ``lowest``.

    Parameters
    ----------
    weights : csr_array
        Rows of length 1, or empty.
    lowest : float above 0
    allowed : function
        Takes places of rows and of columns, and says of each pair whether it is allowed.
    reach : for each row, never falling, the column before which all allowed ones stand; every one unless given
    last_first : bool
        Of equal products the last come first, else the first.

    Equal rows, such as copies of a paragraph, are multiplied once. Some more than the n nearest are looked at, and for
    the rows that have too few allowed ones among these, more again, at last all. Products are those of
    `sparse_dot_topn` where that is installed (the extra ``scale``), else those of whole blocks of rows.
    """
    size = weights.shape[0]
    ends = np.full(size, size) if reach is None else reach
    wanted, order = size if n is None else n, -1 if last_first else 1
    kinds, rows, depth = _kinds(weights), np.arange(size), min(wanted + BESIDE, size)
    found = [Nearest(rows[:0], rows[:0], np.empty(0))]
    while len(rows):
        library = depth < size and find_spec("sparse_dot_topn") is not None
        step = min(max(CELLS_AT_ONCE // (min(depth**2, size) if library else size), 1), ROWS_AT_ONCE)
        doubtful = []
        for some in np.split(rows, range(step, len(rows), step)):
            near, whole = _first(kinds, some, ends[some], depth, lowest, order, library)
            kept = _cut(_chosen(near, allowed(near.row, near.column)), wanted, order)
            place = np.searchsorted(some, kept.row)
            final = whole | (np.bincount(place, minlength=len(some)) >= wanted)
            found.append(_chosen(kept, final[place]))
            doubtful.append(some[~final])
        rows, depth = np.concatenate(doubtful), 8 * depth if 8 * depth <= min(DEEPEST, size) else size
    row, column, product = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return _chosen(Nearest(row, column, product), np.argsort(row, kind="stable"))


def _chosen(pairs: Nearest, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Nearest:
    return Nearest(pairs.row[chosen], pairs.column[chosen], pairs.product[chosen])


def other_group(groups: Places) -> Allowed:
    """Allow the rows of other groups, such as documents."""
    return lambda rows, columns: np.asarray(groups[rows] != groups[columns])


def with_nearest(weights: sparse.csr_array, nearest: int) -> tuple[Places, Places]:
    """Pairs of each row with itself and with the nearest others, in order of the rows."""
    every = np.arange(weights.shape[0])
    near = nearest_rows(weights, nearest, lowest=LEAST, allowed=other_group(every))
    a, b = np.append(near.row, every), np.append(near.column, every)
    order = np.lexsort((b, a))
    return a[order], b[order]


def _kinds(weights: sparse.csr_array) -> Kinds:
    bounds = pairwise(weights.indptr.tolist())
    held = [weights.indices[start:end].tobytes() + weights.data[start:end].tobytes() for start, end in bounds]
    kind = pd.factorize(np.array(held, dtype=object))[0]
    rows = np.argsort(kind, kind="stable")
    starts = np.flatnonzero(np.diff(kind[rows], prepend=-1))
    return Kinds(weights[rows[starts]], kind, starts, rows)


def _first(
    kinds: Kinds, rows: Places, ends: Places, depth: int, lowest: float, order: int, library: bool
) -> tuple[Nearest, NDArray[np.bool_]]:
    """The first ``depth`` pairs of each row, in the order of pairs, or fewer; and whether they are all of the row."""
    own, place = np.unique(kinds.kind[rows], return_inverse=True)
    others = kinds.weights[: np.searchsorted(kinds.rows[kinds.starts], ends[-1])]
    multiply = _by_library if library else _exhaustively
    near, more = multiply(kinds.weights[own], others, depth, lowest)
    # Of each row the kinds that its own is near to, and how many rows of each stand before the end.
    bounds = np.searchsorted(near.row, np.arange(len(own) + 1))
    counts = np.diff(bounds)[place]
    row, near = np.repeat(np.arange(len(rows)), counts), _chosen(near, ranges(bounds[place], counts))
    starts, size = kinds.starts[near.column], len(kinds.kind)
    held = np.searchsorted(kinds.kind[kinds.rows] * size + kinds.rows, near.column * size + ends[row]) - starts
    whole = ~more[place] & (np.bincount(row, held, len(rows)) <= depth)
    # Kinds that are equally near are taken together, since their rows are in order of place.
    before, first = np.cumsum(held) - held, np.repeat(np.cumsum(counts) - counts, counts)
    tied = (np.diff(row, prepend=-1) == 0) & (np.diff(near.product, prepend=0) == 0)
    group = np.maximum.accumulate(np.where(tied, 0, np.arange(len(row))))
    kept = before[group] - before[first] < depth
    number = np.minimum(held, depth)[kept]
    begin = starts[kept] + (held[kept] - number if order < 0 else 0)
    row, product = (np.repeat(values[kept], number) for values in (rows[row], near.product))
    return _cut(Nearest(row, kinds.rows[ranges(begin, number)], product), depth, order), whole


def ranges(starts: Places, sizes: Places) -> Places:
    """Numbers from each start on, as many as its size is."""
    return np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())


def _by_library(
    own: sparse.csr_array, others: sparse.csr_array, n: int, lowest: float
) -> tuple[Nearest, NDArray[np.bool_]]:
    """Products of each row with its n nearest others, without those equal to the least; whether there are more."""
    from sparse_dot_topn import sp_matmul_topn

    # It takes products above a threshold; those that are equal to it count here.
    turned, threshold = sparse.csr_matrix(others.T), np.nextafter(lowest, 0)
    near = sp_matmul_topn(sparse.csr_matrix(own), turned, n, threshold=threshold, sort=False)
    counts, product = np.diff(near.indptr), np.minimum(near.data, 1.0)
    row, more = np.repeat(np.arange(len(counts)), counts), counts >= n
    least = np.full(len(counts), np.inf)
    np.minimum.at(least, row, product)
    least[~more] = 0  # of the others ties are cut anywhere
    pairs = Nearest(row, near.indices.astype(np.int64), product)
    return _cut(_chosen(pairs, product > least[row]), n, 1), more


def _exhaustively(
    own: sparse.csr_array, others: sparse.csr_array, n: int, lowest: float
) -> tuple[Nearest, NDArray[np.bool_]]:
    """Products of each row with all others."""
    near = (own @ others.T).tocoo()
    kept = near.data >= lowest
    row, column = (places[kept].astype(np.int64) for places in near.coords)
    pairs = Nearest(row, column, np.minimum(near.data[kept], 1.0))
    return _cut(pairs, others.shape[0], 1), np.zeros(own.shape[0], dtype=bool)


def _cut(pairs: Nearest, n: int, order: int) -> Nearest:
    """The first n of each row."""
    pairs = _chosen(pairs, np.lexsort((order * pairs.column, -pairs.product, pairs.row)))
    return _chosen(pairs, np.arange(len(pairs.row)) - np.searchsorted(pairs.row, pairs.row) < n)
