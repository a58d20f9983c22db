"""The rows of a sparse matrix that are nearest to each of its rows, without a table of all pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
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
ROWS_AT_ONCE = 2048
LEAST = 1e-9  # product of documents that are alike at all
CELLS_AT_ONCE = 1 << 22  # of an exhaustive product
BESIDE = 8  # rows asked for beyond those wanted, since some are not allowed


class Nearest(NamedTuple):
    """Pairs of rows and the product of each, at most 1; by row, then the nearest first."""

    row: Places
    column: Places
    product: Weights


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

    The products are those of `sparse_dot_topn` where that is installed (the extra ``scale``). Its choice is final
    only where the n wanted are greater than the least that it gives: what is not allowed may have taken their places,
    and ties are cut anywhere. The other rows, and without it all, are multiplied exhaustively, block by block.
    """
    size = weights.shape[0]
    ends = np.full(size, size) if reach is None else reach
    wanted, order = size if n is None else n, -1 if last_first else 1
    found, blocks = [_cut(np.empty((3, 0)), wanted, order)], [np.arange(size)]
    if n is not None and find_spec("sparse_dot_topn"):
        blocks = []
        for rows, near, full in _by_library(weights, ends, n + BESIDE, lowest):
            kept = _cut(near[:, allowed(*near[:2].astype(np.int64))], n, order)
            least = np.full(len(rows), np.inf)
            np.minimum.at(least, near[0].astype(np.int64) - rows[0], near[2])
            worst, counts = np.full(len(rows), np.inf), np.bincount(kept.row - rows[0], minlength=len(rows))
            np.minimum.at(worst, kept.row - rows[0], kept.product)
            doubtful = full & ((counts < n) | (worst <= least))
            found.append(_chosen(kept, ~doubtful[kept.row - rows[0]]))
            blocks.append(rows[doubtful])
    rows = np.concatenate(blocks)
    found += [_cut(near[:, allowed(*near[:2].astype(np.int64))], wanted, order)
              for near in _exhaustively(weights, rows, ends, lowest)]  # fmt: skip
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


def _by_library(
    weights: sparse.csr_array, ends: Places, n: int, lowest: float
) -> Iterator[tuple[Places, Weights, NDArray[np.bool_]]]:
    """Rows of a block, as columns of an array their pairs and products, and whether a row may have more of them."""
    from sparse_dot_topn import sp_matmul_topn

    end, turned = -1, sparse.csr_matrix((0, 0))
    for start in range(0, len(ends), ROWS_AT_ONCE):
        rows = np.arange(start, min(start + ROWS_AT_ONCE, len(ends)))
        if ends[rows[-1]] != end:
            end = int(ends[rows[-1]])
            turned = sparse.csr_matrix(weights[:end].T)
        if not end:
            continue
        # It takes products above a threshold; those that are equal to it count here.
        near = sp_matmul_topn(
            sparse.csr_matrix(weights[rows]), turned, n, threshold=np.nextafter(lowest, 0), sort=False
        )
        counts = np.diff(near.indptr)
        yield rows, np.array([np.repeat(rows, counts), near.indices, np.minimum(near.data, 1.0)]), counts >= n


def _exhaustively(weights: sparse.csr_array, rows: Places, ends: Places, lowest: float) -> Iterator[Weights]:
    step = max(1, CELLS_AT_ONCE // max(len(ends), 1))
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        near = (weights[some] @ weights[: int(ends[some[-1]])].T).tocoo()
        kept = near.data >= lowest
        yield np.array([some[near.row[kept]], near.col[kept], np.minimum(near.data[kept], 1.0)])


def _cut(near: Weights, n: int, order: int) -> Nearest:
    """The first n of each row."""
    near = near[:, np.lexsort((order * near[1], -near[2], near[0]))]
    row = near[0].astype(np.int64)
    first = np.arange(len(row)) - np.searchsorted(row, row) < n
    return Nearest(row[first], near[1, first].astype(np.int64), near[2, first])
