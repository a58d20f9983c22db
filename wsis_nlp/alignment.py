"""Alignment of the words of two paragraphs, and the weight of each word by how rare its passage is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from itertools import chain

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
    words = tuple(one), tuple(two)
    if words[0] == words[1]:
        return np.repeat(np.arange(len(one)), 2).reshape(-1, 2)
    turned = words[1] < words[0]
    pairs = _all_pairs(words[turned], words[not turned], light)
    if turned:
        pairs = [(a, b) for b, a in pairs]
    pairs.sort()
    return np.fromiter(chain.from_iterable(pairs), dtype=np.int64, count=2 * len(pairs)).reshape(-1, 2)


def _all_pairs(one: Sequence[int], two: Sequence[int], light: Collection[int]) -> list[tuple[int, int]]:
    # 1 for each place that is free, and 0 behind the last, which is also the place before the first.
    free = bytearray(b"\1" * len(one) + b"\0"), bytearray(b"\1" * len(two) + b"\0")
    heavy = [[at for at, word in enumerate(words) if word not in light] for words in (one, two)]
    found = _in_order(one, two, free, *heavy)
    left = [[at for at in places if held[at]] for places, held in zip(heavy, free, strict=True)]
    if min(map(sum, free)) < SHORTEST_PASSAGE or {one[at] for at in left[0]}.isdisjoint([two[at] for at in left[1]]):
        return found
    passage: list[tuple[int, int]] = []
    for pair in [*_in_order(one, two, free, *left), (-1, -1)]:
        if passage and pair != (passage[-1][0] + 1, passage[-1][1] + 1):
            found += passage if len(passage) >= SHORTEST_PASSAGE else []
            passage = []
        passage.append(pair)
    return found


def _in_order(
    one: Sequence[int], two: Sequence[int], free: tuple[bytearray, bytearray], heavy_one: list[int],
    heavy_two: list[int],
) -> list[tuple[int, int]]:  # fmt: skip
    """Pairs of free places, those of heavy words first; they are free no longer."""
    edits = LCSseq.editops([one[at] for at in heavy_one], [two[at] for at in heavy_two])
    pairs = [
        pair for a, b, size in edits.as_matching_blocks()
        for pair in zip(heavy_one[a : a + size], heavy_two[b : b + size], strict=True)
    ]  # fmt: skip
    free_one, free_two = free
    for a, b in pairs:
        free_one[a] = free_two[b] = 0
    beside = []
    for a, b in pairs:
        x, y = a - 1, b - 1
        while free_one[x] and free_two[y] and one[x] == two[y]:
            free_one[x] = free_two[y] = 0
            beside.append((x, y))
            x, y = x - 1, y - 1
        x, y = a + 1, b + 1
        while free_one[x] and free_two[y] and one[x] == two[y]:
            free_one[x] = free_two[y] = 0
            beside.append((x, y))
            x, y = x + 1, y + 1
    return sorted(pairs + beside)


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
