"""Which aligned words of two paragraphs are a descent, and which of two descents of a word is the better."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from wsis_nlp.alignment import Places, Weights, align_words, passage_numbers, word_rarity, word_weights
from wsis_nlp.nearest import nearest_rows, ranges

NEAR = 0.12  # least cosine of two paragraphs that are aligned at all
LIGHT = 0.15  # rarity below which a word (such as "the") is aligned only beside others
MOST, SOME = 0.5, 0.265  # least score of a descent, and of one that has evidence beside its longest passage
BESIDE = 1.75  # weight of that evidence; a word of one paragraph alone weighs 1
AS_WELL = 0.7  # of its score, at which a nearer edge takes the words of a farther one
LINKS_AT_ONCE = 1 << 18
PAIRS_AT_ONCE = 8192  # whose aligned words are held before it is told which of them are descents


@dataclass(frozen=True)
class Texts:
    """Paragraphs by date of their documents, and all their tokens in that order.

    A link is a row of two places of tokens, the earlier first; the links of a pair of paragraphs follow one another.
    A document is surely before another whose ``began`` is above its ``ended``.
    """

    began: Places  # of each document, its date among all dates
    ended: Places
    document: Places  # of each paragraph
    first: Places  # token of each paragraph
    size: Places  # of each paragraph, in tokens
    paragraph: Places  # of each token
    term: Places
    weight: Weights


class Passages(NamedTuple):
    """Links, in their order, that follow one another on both sides, and their score; links alone are many more."""

    first: Places  # link of each
    size: Places  # in links
    score: Weights


def read_texts(dates: pd.Series[str], document: Places, row: Places, tokens: pd.DataFrame) -> Texts:
    """Texts of documents in order of their dates, from the document of each paragraph and the paragraph of each token.

    Dates are of any precision (see `is_before`): a year ends after all of its days.
    """
    size = np.bincount(row, minlength=len(document))
    known = dates.where(dates.notna(), "").astype(object)
    date = pd.factorize(pd.concat([known, known + chr(0x10FFFF)]), sort=True)[0].reshape(2, len(known))
    return Texts(
        began=date[0], ended=date[1], document=document, first=np.cumsum(size) - size, size=size, paragraph=row,
        term=pd.factorize(tokens["term"], sort=True)[0], weight=word_weights(tokens),
    )  # fmt: skip


def descents_by_pairs(texts: Texts, candidates: int | None) -> Passages:
    """Passages of the descents between every two documents, whatever other documents have.

    Paragraphs are aligned if the cosine of their weights is at least ``NEAR``; or of these each with so many nearest
    earlier ones, the latest where they are equally near. Links both of whose words are better placed do not count.
    """
    shape = (len(texts.document), texts.term.max(initial=0) + 1)
    weights = sparse.csr_array((texts.weight, (texts.paragraph, texts.term)), shape=shape)
    lengths = np.sqrt(weights.multiply(weights).sum(axis=1))
    weights = sparse.csr_array(weights.multiply(1 / np.where(lengths > 0, lengths, 1)[:, None]))

    def earlier(later: Places, other: Places) -> NDArray[np.bool_]:
        return np.asarray(texts.ended[texts.document[other]] < texts.began[texts.document[later]])

    reach = np.searchsorted(texts.document, texts.document)  # what is earlier stands before the own document
    near = nearest_rows(weights, candidates, lowest=NEAR, allowed=earlier, reach=reach, last_first=True)
    ends = np.column_stack([near.column, near.row])
    ends = ends[np.lexsort((ends[:, 1], ends[:, 0], *texts.document[ends].T[::-1]))]
    light = set(np.flatnonzero(word_rarity(texts.paragraph, texts.term) < LIGHT).tolist())
    found = [Passages(np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))]
    # Blocks of whole pairs of documents, so that memory holds what is found and not all that is aligned.
    starts = np.flatnonzero(np.diff(texts.document[ends], axis=0, prepend=-1).any(axis=1))
    cuts = starts[np.flatnonzero(np.diff(starts // PAIRS_AT_ONCE, prepend=-1))]
    for start, end in pairwise([*cuts.tolist(), len(ends)]):
        # A pair of documents alone may have very many pairs of paragraphs.
        steps = pairwise([*range(start, end, PAIRS_AT_ONCE), end])
        parts = [descents(texts, _aligned(texts, ends[one:other], light)) for one, other in steps]
        links, score = (np.concatenate(each) for each in zip(*parts, strict=True))
        found.append(_passages(texts, *descents(texts, links[~better_placed(texts, links, score)])))
    return Passages(*(np.concatenate(each) for each in zip(*found, strict=True)))


def _passages(texts: Texts, links: Places, score: Weights) -> Passages:
    number = passages_of(links, pairs_of(texts, links)[1])
    starts = np.flatnonzero(np.diff(number, prepend=-1))
    return Passages(links[starts], np.bincount(number), score[starts])


def _aligned(texts: Texts, ends: Places, light: set[int]) -> Places:
    """Links of pairs of paragraphs."""
    used = np.unique(ends).tolist()
    words = {at: texts.term[texts.first[at] : texts.first[at] + texts.size[at]].tolist() for at in used}
    links = [np.empty((0, 2), dtype=np.int64)]
    for (one, two), first in zip(ends.tolist(), texts.first[ends], strict=True):
        links.append(align_words(words[one], words[two], light=light) + first)
    return np.concatenate(links)


def pairs_of(texts: Texts, links: Places) -> tuple[Places, Places]:
    """Pairs of paragraphs that have links, and the place among them of the pair of each link."""
    ends = texts.paragraph[links]
    codes, pair = np.unique(ends @ [len(texts.document), 1], return_inverse=True)
    return np.column_stack(np.divmod(codes, len(texts.document))), pair


def descents(texts: Texts, links: Places) -> tuple[Places, Weights]:
    """Links of the pairs that are descents by them, and the score of the pair of each."""
    ends, pair = pairs_of(texts, links)
    weight, passage = texts.weight[links].min(axis=1), passages_of(links, pair)
    whole, longest = np.bincount(pair, weight), np.zeros(len(ends))
    np.maximum.at(longest, pair, np.bincount(passage, weight)[passage])
    smaller = np.bincount(texts.paragraph, texts.weight, len(texts.document))[ends].min(axis=1)
    same, score = are_same(texts, links), np.round(whole / smaller, 9)
    some = (score >= SOME) & (np.bincount(pair) >= SOME * texts.size[ends].min(axis=1))
    good = same | (score >= MOST) & (whole >= BESIDE) | some & (whole - longest >= BESIDE)
    return links[good[pair]], np.where(same, 1, score)[pair][good[pair]]


def passages_of(links: Places, pair: Places) -> Places:
    """Number of the passage of each link; none has links of two pairs."""
    return passage_numbers(np.column_stack([links, pair + np.arange(len(pair))]))


def are_same(texts: Texts, links: Places) -> NDArray[np.bool_]:
    """Whether the paragraphs of each pair have the same words in the same order."""
    ends, pair = pairs_of(texts, links)
    shifts = np.bincount(pair, np.ptp(links - texts.first[ends][pair], axis=1))
    return np.asarray((shifts == 0) & (texts.size[ends] == np.bincount(pair)[:, None]).all(axis=1))


def better_placed(texts: Texts, links: Places, score: Weights) -> NDArray[np.bool_]:
    """Links both of whose words have a link of a higher score between the same two documents."""
    better = np.ones(len(links), dtype=bool)
    for side in (0, 1):
        other = texts.document[texts.paragraph[links[:, 1 - side]]]
        place = np.unique(links[:, side] * len(texts.began) + other, return_inverse=True)[1]
        best = np.zeros(len(links))
        np.maximum.at(best, place, score)
        better &= best[place] > score
    return better


def not_nearer(texts: Texts, passages: Passages) -> Places:
    """Links neither of whose words is about as well placed in a document dated between the two."""
    last = np.cumsum(passages.size)
    place = last - passages.size
    nearer = np.zeros(passages.size.sum(), dtype=bool)
    for side in (0, 1):
        # Blocks of whole paragraphs, which hold all places of their words.
        order = np.argsort(passages.first[:, side], kind="stable")
        starts = np.flatnonzero(np.diff(texts.paragraph[passages.first[order, side]], prepend=-1))
        links_before = np.append(0, np.cumsum(passages.size[order]))[starts]
        cuts = starts[np.flatnonzero(np.diff(links_before // LINKS_AT_ONCE, prepend=-1))]
        for start, end in pairwise([*cuts.tolist(), len(order)]):
            some = order[start:end]
            first, size = passages.first[some], passages.size[some]
            word, score = ranges(first[:, side], size), np.repeat(passages.score[some], size)
            # Of the later places of the earlier word, those that are surely before the later document; and the other
            # way round.
            other = np.repeat(texts.document[texts.paragraph[first[:, 1 - side]]], size)
            ended, began = texts.ended[other], texts.began[other]
            time, before = (-began, -ended) if side else (ended, began)
            nearer[ranges(place[some], size)] |= _best_until(word, time, score, before) >= AS_WELL * score
    left = np.flatnonzero(~nearer)
    passage = np.searchsorted(last, left, side="right")
    return np.asarray(passages.first[passage] + (left - place[passage])[:, None])


def _best_until(word: Places, time: Places, score: Weights, before: Places) -> Weights:
    """Greatest score that each word has at a time before the one given; 0 where there is none."""
    order = np.lexsort((time, word))
    ranks, rank = np.unique(score, return_inverse=True)
    # Rising maxima of each word: that of a later word is above all of those before it.
    risen = np.maximum.accumulate(word[order] * len(ranks) + rank[order])
    least = min(time.min(initial=0), before.min(initial=0))
    span = max(time.max(initial=0), before.max(initial=0)) - least + 1
    place = np.searchsorted(word[order] * span + time[order] - least, word * span + before - least) - 1
    held = (place >= 0) & (word[order][place] == word)
    return np.where(held, ranks[risen[place] % len(ranks)], 0.0) if len(word) else np.empty(0)
