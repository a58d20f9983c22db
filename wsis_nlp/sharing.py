"""The language that documents share: word for word, in groups of words."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations_with_replacement, product

import numpy as np
import pandas as pd
from scipy import sparse

from wsis_nlp._checks import check_columns, check_one_of, check_whole
from wsis_nlp.homogeneity import sharing_p, split_half_containment, unshared
from wsis_nlp.intervals import rate_interval
from wsis_nlp.matrix import check_paragraphs
from wsis_nlp.nearest import LARGE_DOCUMENTS, NEAREST_DOCUMENTS, with_nearest


def shared_language(
    tokens: pd.DataFrame, paragraphs: pd.DataFrame, *, n: int = 5, draws: int = 999, random_state: int = 0,
    large: int = LARGE_DOCUMENTS, nearest: int = NEAREST_DOCUMENTS,
) -> pd.DataFrame:  # fmt: skip
    """Wording that documents share: the share of the word n-grams of one that another has (containment, Broder 1997).

    Parameters
    ----------
    tokens : DataFrame
        ``para_id, term`` in order of the text, without options: an n-gram is n terms in a row within a paragraph.
    paragraphs : DataFrame
        ``doc_id, para_id``.
    n : whole number from 1 to 20
    draws, random_state : whole numbers of at least 0
        Random dealings behind ``p``, which is NaN where it is 0; and the seed.
    large, nearest : whole numbers
        Of more than ``large`` documents each is compared with so many ``nearest`` others, by the cosine of their sets
        of n-grams; p is then NaN.

    Returns
    -------
    DataFrame
        One row for each ordered pair, a document with itself among them, in the order of the paragraphs
        ``doc_a``, ``doc_b`` : ids
        ``ngrams``, ``shared`` : distinct n-grams of ``doc_a``, and those of them that ``doc_b`` has
        ``containment`` : their ratio; NaN where there is none
        ``floor`` : the same for two halves of ``doc_a``, the second cut to the length of ``doc_b`` (in paragraphs of
        ``doc_a``) where that is shorter: what formulae alone make two texts of its kind share (see
        `split_half_containment`)
        ``low``, ``high`` : limits of the containment at 95 per cent, paragraphs of ``doc_a`` being the units (see
        `rate_interval`) and each n-gram counting in the first that has it; ``doc_b`` is taken as it is
        ``p`` : how easily two texts dealt out at random from the paragraphs of both, but for those that both have word
        for word, would share as few n-grams

    Broder, A. Z. (1997). On the resemblance and containment of documents. Compression and Complexity of Sequences,
    21-29.
    """
    check_one_of(n, range(1, 21), name="n")
    for name, value in {"draws": draws, "random_state": random_state}.items():
        check_whole(value, name=name)
    check_whole(large, name="large")
    check_whole(nearest, name="nearest", least=1)
    check_columns(tokens, ["para_id", "term"], name="tokens")
    check_paragraphs(paragraphs)
    counts, groups = _ngrams(tokens, paragraphs, n), paragraphs.groupby("doc_id", sort=False).indices
    places = {str(one): at for one, at in groups.items()}
    parts = {one: counts[at] for one, at in places.items()}
    names = list(parts)
    every: Iterable[tuple[str, str]] = product(names, names)
    if len(parts) > large:
        draws = 0
        places_of = zip(*with_nearest(_sets([*parts.values()]), nearest), strict=True)
        every = [(names[a], names[b]) for a, b in places_of]
    p: dict[tuple[str, str], float] = {}
    for a, b in combinations_with_replacement(sorted(parts), 2) if draws else ():
        both, in_a = sparse.csr_array(sparse.vstack([parts[a], parts[b]])), np.arange(len(places[a]) + len(places[b]))
        rest = unshared(both, in_a < len(places[a]))
        p[a, b] = p[b, a] = sharing_p(both[rest], in_a[rest] < len(places[a]), draws=draws, random_state=random_state)
    rows = [(a, b, *_containment(parts[a], parts[b]), p.get((a, b), np.nan)) for a, b in every]
    columns = ["doc_a", "doc_b", "ngrams", "shared", "containment", "floor", "low", "high", "p"]
    return pd.DataFrame(rows, columns=columns)


def _ngrams(tokens: pd.DataFrame, paragraphs: pd.DataFrame, n: int) -> sparse.csr_array:
    """Counts of n-grams by paragraph, these in alphabetical order: numbers, since their wording would fill memory."""
    row = pd.Index(paragraphs["para_id"]).get_indexer(tokens["para_id"])
    term, words = pd.factorize(tokens["term"], sort=True)
    order = np.argsort(row, kind="stable")[np.count_nonzero(row < 0) :]
    # Behind the last token stand some that are of no paragraph.
    row, term = np.append(row[order], np.full(n, -1)), np.append(term[order], np.full(n, -1))
    at = np.flatnonzero(term >= 0)
    run = term[at]
    for step in range(1, n):
        whole = (row[at + step] == row[at]) & (term[at + step] >= 0)
        at, run = at[whole], run[whole]
        run = np.unique(run * len(words) + term[at + step], return_inverse=True)[1]
    ones, shape = np.ones(len(at), dtype=np.int32), (len(paragraphs), int(run.max(initial=-1)) + 1)
    return sparse.csr_array((ones, (row[at], run)), shape=shape)


def _sets(parts: list[sparse.csr_array]) -> sparse.csr_array:
    """Which n-grams each document has, scaled to length 1."""
    held = [np.unique(one.indices) for one in parts]
    sizes = np.array([len(one) for one in held])
    scaled = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)
    bounds = np.append(0, np.cumsum(sizes))
    return sparse.csr_array((scaled, np.concatenate(held), bounds), shape=(len(parts), parts[0].shape[1]))


def _containment(own: sparse.csr_array, other: sparse.csr_array) -> tuple[object, ...]:
    """Distinct n-grams of a document, how many another has, their share, its floor and its limits."""
    ngrams, first, having = np.unique(own.indices, return_index=True, return_counts=True)
    counted = own.indptr[1:] > own.indptr[:-1]
    rows = np.searchsorted(own.indptr, first, side="right") - 1
    found = np.isin(ngrams, other.indices)
    interval = rate_interval(
        np.bincount(rows[found], minlength=len(counted)), np.bincount(rows, minlength=len(counted))
    )
    ratio = min(other.sum() / max(own.sum(), 1), 1.0)
    floor = split_half_containment(having, int(counted.sum()), ratio)
    return len(ngrams), int(found.sum()), interval.estimate, floor, interval.low, interval.high
