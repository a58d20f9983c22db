"""Alignment of the words of two paragraphs, and the weight of each word by how rare its passage is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

Places = NDArray[np.int64]
Weights = NDArray[np.float64]

SHORTEST_PASSAGE = 3  # words of a clause that has changed its place
NAME_WEIGHT = 0.3  # of a word of a name or title, against 1


def align_words(one: Sequence[int], two: Sequence[int], *, light: Collection[int] = frozenset()) -> Places:
    """Places of the words that two paragraphs share, one pair (place in one, place in two) a row; words are numbers.

    Aligned are a longest common subsequence (Hyyrö 2004, by rapidfuzz) of the words that are not ``light``, and all
    words next to these that are the same on both sides. What is left over is then aligned alike, where at least
    ``SHORTEST_PASSAGE`` neighbours agree: a clause that has changed its place. No word is in two pairs, and which of
    the two paragraphs is named first does not matter.

    >>> align_words([1, 2, 3, 4, 5, 6, 7, 8, 9], [6, 7, 8, 0, 1, 2, 3, 4]).tolist()
    [[0, 4], [1, 5], [2, 6], [3, 7], [5, 0], [6, 1], [7, 2]]
    """
    if tuple(one) == tuple(two):
        return np.repeat(np.arange(len(one)), 2).reshape(-1, 2)
    if tuple(two) < tuple(one):
        pairs = align_words(two, one, light=light)[:, ::-1]
        return pairs[np.argsort(pairs[:, 0])]
    free = [set(range(len(one))), set(range(len(two)))]
    found, again = _in_order(one, two, free, light), _in_order(one, two, free, light)
    runs = passage_numbers(again)
    found = np.concatenate([found, again[(np.bincount(runs) >= SHORTEST_PASSAGE)[runs]]])
    return found[np.argsort(found[:, 0])]


def _in_order(one: Sequence[int], two: Sequence[int], free: list[set[int]], light: Collection[int]) -> Places:
    """Pairs of free places, in the order of both; they are free no longer."""
    heavy = [[at for at in sorted(free[side]) if words[at] not in light] for side, words in enumerate((one, two))]
    edits = LCSseq.editops([one[at] for at in heavy[0]], [two[at] for at in heavy[1]])
    pairs = [
        (heavy[0][a + step], heavy[1][b + step]) for a, b, size in edits.as_matching_blocks() for step in range(size)
    ]
    free[0].difference_update(a for a, _ in pairs)
    free[1].difference_update(b for _, b in pairs)
    for (a, b), step in product(pairs.copy(), (-1, 1)):
        while a + step in free[0] and b + step in free[1] and one[a + step] == two[b + step]:
            a, b = a + step, b + step
            pairs.append((a, b))
            free[0].remove(a)
            free[1].remove(b)
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def passage_numbers(pairs: Places) -> Places:
    """Number of the passage (0, 1, 2 …) of each pair of places: it goes on where every place is next to that before.

    >>> passage_numbers(np.array([[3, 8], [4, 9], [5, 11]])).tolist()
    [0, 0, 1]
    """
    return np.cumsum((np.diff(pairs, axis=0, prepend=pairs[:1] - 1) != 1).any(axis=1))


def word_rarity(paragraph: Places, term: Places) -> Weights:
    """Rarity of each term, from the paragraph and the term of each token, both numbered from 0.

    ``ln((1 + P) / p) / ln(1 + P)`` where p of P paragraphs have it: 1 where only one has, near 0 where all have.
    """
    having = pd.DataFrame({"term": term, "paragraph": paragraph}).drop_duplicates().groupby("term").size().to_numpy()
    every = 1 + len(np.unique(paragraph))
    return np.asarray(np.log(every / having) / np.log(every))


def word_weights(tokens: pd.DataFrame) -> Weights:
    """Weight of each token of a table with ``doc_id, para_id, surface, term``, in order of the text, above 0 to 1.

    It is the rarity of the word (see `word_rarity`), with two exceptions.

    - A passage that recurs inside a document is a formula. Of the groups of three words that hold the word the rarest
      counts: if it stands in n paragraphs of one document (the most over documents), the weight is divided by n.
      Agreed language stands once in each version, and loses nothing.
    - A word with a capital inside a paragraph is of a name or title, and weighs ``NAME_WEIGHT`` of that.
    """
    document, paragraph, term = (pd.factorize(tokens[name])[0] for name in ("doc_id", "para_id", "term"))
    within = np.diff(paragraph, prepend=-1) == 0
    capital = tokens["surface"].str[:1].str.isupper().to_numpy(dtype=bool)
    names = np.where(capital & within, NAME_WEIGHT, 1.0)
    return np.asarray(word_rarity(paragraph, term)[term] * names / _recurrence(document, paragraph, term))


def _recurrence(document: Places, paragraph: Places, term: Places) -> Weights:
    """In how many paragraphs of one document the rarest group of three words stands that holds each word, or 1."""
    recurrence = np.full(len(term), np.inf)
    if len(term) > 2:
        whole = paragraph[:-2] == paragraph[2:]
        groups = pd.DataFrame({"a": term[:-2], "b": term[1:-1], "c": term[2:]}).groupby(["a", "b", "c"]).ngroup()
        table = pd.DataFrame({"group": groups, "document": document[:-2], "paragraph": paragraph[:-2]})[whole]
        most = table.drop_duplicates().groupby(["group", "document"]).size().groupby("group").max()
        counts = np.where(whole, groups.map(most).to_numpy(dtype=float, na_value=np.inf), np.inf)
        for step in range(3):
            part = recurrence[step : len(term) - 2 + step]
            np.minimum(part, counts, out=part)
    return np.where(np.isinf(recurrence), 1.0, recurrence)


def off_the_run(places: Places, shared: Places) -> NDArray[np.bool_]:
    """Which pairs of places are on no longest run that goes back in neither; of as many pairs, one with more shared.

    >>> off_the_run(np.array([[1, 1], [2, 9], [3, 3], [4, 4]]), np.array([5, 5, 5, 5])).tolist()
    [False, True, False, False]
    """
    weight = shared + shared.sum() + 1
    through = _longest_runs(places, weight) + _longest_runs(-places, weight) - weight
    return np.asarray(through < through.max())


def _longest_runs(places: Places, weight: Places) -> Places:
    """Weight of the longest run that ends with each edge."""
    order, runs = np.lexsort((places[:, 1], places[:, 0])), weight.copy()
    # Of the edges so far those that end no later, on the other side, than any that weighs as much.
    ends: list[int] = []
    best: list[int] = []
    for at, end, own in zip(order.tolist(), places[order, 1].tolist(), weight[order].tolist(), strict=True):
        place = bisect_right(ends, end)
        runs[at] = run = own + (best[place - 1] if place else 0)
        above = bisect_right(best, run)
        ends[place:above], best[place:above] = [end], [run]
    return runs
