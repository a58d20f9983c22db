"""Lineage: from which paragraphs of earlier documents each paragraph comes, decided by the alignment of their words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from wsis_nlp._checks import check_columns, check_known
from wsis_nlp.alignment import Places, Weights, align_words, off_the_run, passage_numbers, word_rarity, word_weights
from wsis_nlp.documents import is_before

Relation = Literal["kept", "reworded", "split", "merged"]
LINEAGE_COLUMNS = (
    "from_para", "to_para", "relation", "moved", "score", "shared_tokens", "from_doc", "to_doc", "from_share",
    "to_share", "shared",
)  # fmt: skip
WORD_COLUMNS = ("from_para", "from_position", "to_para", "to_position")
NEAR = 0.12  # least cosine of two paragraphs that are aligned at all
LIGHT = 0.15  # rarity below which a word (such as "the") is aligned only beside others
MOST, SOME = 0.5, 0.265  # least score of a descent, and of one that has evidence beside its longest passage
BESIDE = 1.75  # weight of that evidence; a word of one paragraph alone weighs 1
AS_WELL = 0.7  # of its score, at which a nearer edge takes the words of a farther one
APART = 0.5  # largest share of the smaller of two parts that lies in both


class Lineage(NamedTuple):
    """Edges between paragraphs, and the aligned words behind them: two tables (see `paragraph_lineage`)."""

    edges: pd.DataFrame
    words: pd.DataFrame


@dataclass(frozen=True)
class _Texts:
    # Paragraphs by date of their documents, and all their tokens in that order. A link is a row of two places of
    # tokens, the earlier first; the links of a pair of paragraphs follow one another.
    before: NDArray[np.bool_]  # by two documents
    document: Places  # of each paragraph
    first: Places  # token of each paragraph
    size: Places  # of each paragraph, in tokens
    paragraph: Places  # of each token
    term: Places
    weight: Weights


def paragraph_lineage(documents: pd.DataFrame, paragraphs: pd.DataFrame, tokens: pd.DataFrame) -> Lineage:
    """Descent of paragraphs from those of earlier documents: the edges of a graph, and the words that they share.

    1. Two paragraphs are aligned word by word (see `align_words`). An aligned word has the lesser of its two weights
       (see `word_weights`): rare words weigh most, formulae, names and titles little. A passage is a run of aligned
       words that are neighbours in both.
    2. The score is the weight of the shared words as a share of the paragraph that weighs less (containment, Broder
       1997). A score of ``MOST`` is descent if the words weigh at least ``BESIDE``. So is one of ``SOME``, the words
       being as large a part of the shorter paragraph, if those outside the longest passage alone weigh as much: a
       formula is one passage, while in a reworded text many short ones are left. So are the same words, whatever they
       weigh.
    3. Between two documents a pair of aligned words does not count where both words have a place in edges of a higher
       score. Nor does it count where one of them is aligned with a document dated between the two, in an edge of at
       least ``AS_WELL`` of the score: an edge goes to the nearest document that has the wording. What is left must be
       descent by itself.

    Parameters
    ----------
    documents : ``doc_id, date``
        Where dates do not tell the order of two (equal, one within the other, none), these have no edges.
    paragraphs, tokens : those of the body in order of the text, and theirs without options

    Returns
    -------
    edges : DataFrame, one row for each pair of paragraphs
        ``from_para``, ``to_para`` : in order of the later paragraph, then of the earlier document, the nearest first
        ``relation`` : kept (all words of both are aligned, in order), split or merged (the earlier has other
        descendants in that document, or the later other ancestors, in other parts of its words; at most half of the
        smaller part lies in both), else reworded. If an edge is split as well as merged, the paragraph of which more
        is shared tells: the later one split, the earlier one merged, neither reworded
        ``moved`` : the edge is on no longest run of edges of the two documents that goes back in neither; of runs
        of as many edges the one with more shared tokens is the longer
        ``score``, ``shared_tokens`` : above 0 to 1, and the number of aligned words
        ``from_doc``, ``to_doc``, ``from_share``, ``to_share`` : and the share of the words of each that is aligned
        ``shared`` : the passages as they stand in the later paragraph
    words : DataFrame, one row for each pair of aligned words of these paragraphs
        ``from_para``, ``from_position``, ``to_para``, ``to_position`` : the earlier and the later token

        The order in which documents are listed changes nothing; reversed dates turn the edges round and swap split and
        merged.

    >>> from wsis_nlp import open_study
    >>> study = open_study()
    >>> edges, _ = paragraph_lineage(study.documents, study.body, study.tokens)
    >>> edges.loc[edges["to_para"] == "wsis20-unesco:148", ["from_para", "relation"]].to_numpy().tolist()
    [['ecosoc-2023-3:100', 'merged'], ['ecosoc-2023-3:100(a)', 'merged']]
    """
    check_columns(documents, ["doc_id", "date"], name="documents")
    check_columns(paragraphs, ["doc_id", "para_id"], name="paragraphs")
    check_columns(tokens, ["doc_id", "para_id", "position", "surface", "term"], name="tokens")
    check_known(paragraphs["doc_id"], set(documents["doc_id"]), name="document of the paragraphs")
    documents = documents.sort_values(["date", "doc_id"], ignore_index=True)
    place = pd.Index(documents["doc_id"]).get_indexer(paragraphs["doc_id"])
    paragraphs = paragraphs.iloc[np.argsort(place, kind="stable")]
    row = pd.Index(paragraphs["para_id"]).get_indexer(tokens["para_id"])
    tokens = tokens.iloc[np.argsort(row, kind="stable")[np.count_nonzero(row < 0) :]]
    row, size = np.sort(row[row >= 0]), np.bincount(row[row >= 0], minlength=len(paragraphs))
    before = [is_before(one, two) for one, two in product(documents["date"], repeat=2)]
    texts = _Texts(
        before=np.array(before, dtype=bool).reshape(len(documents), len(documents)),
        document=np.sort(place), first=np.cumsum(size) - size, size=size, paragraph=row,
        term=pd.factorize(tokens["term"], sort=True)[0], weight=word_weights(tokens),
    )  # fmt: skip
    links, score = _descents(texts, _aligned(texts))
    links, score = _descents(texts, links[~_better_placed(texts, links, score)])
    links, score = _descents(texts, links[~_nearer(texts, links, score)])
    ends = (tokens[["para_id", "position"]].iloc[links[:, side]].reset_index(drop=True) for side in (0, 1))
    words = pd.concat(ends, axis=1).set_axis(list(WORD_COLUMNS), axis=1)
    return Lineage(_edges(texts, links, score, paragraphs, tokens), words)


def _aligned(texts: _Texts) -> Places:
    """Links of all pairs of paragraphs whose words are alike by the cosine of their weights."""
    shape = (len(texts.document), texts.term.max(initial=0) + 1)
    weights = sparse.csr_array((texts.weight, (texts.paragraph, texts.term)), shape=shape)
    lengths = np.sqrt(weights.multiply(weights).sum(axis=1))
    weights = sparse.csr_array(weights.multiply(1 / np.where(lengths > 0, lengths, 1)[:, None]))
    words = [part.tolist() for part in np.split(texts.term, texts.first[1:])]
    light = set(np.flatnonzero(word_rarity(texts.paragraph, texts.term) < LIGHT).tolist())
    links = [np.empty((0, 2), dtype=np.int64)]
    for pair in np.argwhere(texts.before):
        earlier, later = (np.flatnonzero(texts.document == place) for place in pair)
        alike = np.argwhere((weights[earlier] @ weights[later].T).toarray() >= NEAR)
        for a, b in zip(earlier[alike[:, 0]].tolist(), later[alike[:, 1]].tolist(), strict=True):
            links.append(align_words(words[a], words[b], light=light) + texts.first[[a, b]])
    return np.concatenate(links)


def _pairs(texts: _Texts, links: Places) -> tuple[Places, Places]:
    """Pairs of paragraphs that have links, and the place among them of the pair of each link."""
    ends = texts.paragraph[links]
    codes, pair = np.unique(ends @ [len(texts.document), 1], return_inverse=True)
    return np.column_stack(np.divmod(codes, len(texts.document))), pair


def _descents(texts: _Texts, links: Places) -> tuple[Places, Weights]:
    """Links of the pairs that are descents by them, and the score of the pair of each."""
    ends, pair = _pairs(texts, links)
    weight, passage = texts.weight[links].min(axis=1), _passages(links, pair)
    whole, longest = np.bincount(pair, weight), np.zeros(len(ends))
    np.maximum.at(longest, pair, np.bincount(passage, weight)[passage])
    smaller = np.bincount(texts.paragraph, texts.weight, len(texts.document))[ends].min(axis=1)
    same, score = _same(texts, links), np.round(whole / smaller, 9)
    some = (score >= SOME) & (np.bincount(pair) >= SOME * texts.size[ends].min(axis=1))
    good = same | (score >= MOST) & (whole >= BESIDE) | some & (whole - longest >= BESIDE)
    return links[good[pair]], np.where(same, 1, score)[pair][good[pair]]


def _passages(links: Places, pair: Places) -> Places:
    return passage_numbers(np.column_stack([links, pair + np.arange(len(pair))]))


def _same(texts: _Texts, links: Places) -> NDArray[np.bool_]:
    """Whether the paragraphs of each pair have the same words in the same order."""
    ends, pair = _pairs(texts, links)
    shifts = np.bincount(pair, np.ptp(links - texts.first[ends][pair], axis=1))
    return np.asarray((shifts == 0) & (texts.size[ends] == np.bincount(pair)[:, None]).all(axis=1))


def _better_placed(texts: _Texts, links: Places, score: Weights) -> NDArray[np.bool_]:
    """Links both of whose words have a link of a higher score between the same two documents."""
    better = np.ones(len(links), dtype=bool)
    for side in (0, 1):
        other = texts.document[texts.paragraph[links[:, 1 - side]]]
        place = np.unique(links[:, side] * len(texts.before) + other, return_inverse=True)[1]
        best = np.zeros(len(links))
        np.maximum.at(best, place, score)
        better &= best[place] > score
    return better


def _nearer(texts: _Texts, links: Places, score: Weights) -> NDArray[np.bool_]:
    """Links one of whose words is about as well placed in a document dated between the two."""
    earlier, later = texts.document[texts.paragraph[links]].T
    nearer = np.zeros(len(links), dtype=bool)
    for middle in range(len(texts.before)):
        best = np.zeros(len(texts.term))  # score of the links of each word to the middle document
        for side, to in ((0, later == middle), (1, earlier == middle)):
            np.maximum.at(best, links[to, side], score[to])
        between = texts.before[earlier, middle] & texts.before[middle, later]
        nearer |= between & (best[links].max(axis=1) >= AS_WELL * score)
    return nearer


def _edges(
    texts: _Texts, links: Places, score: Weights, paragraphs: pd.DataFrame, tokens: pd.DataFrame
) -> pd.DataFrame:
    ends, pair = _pairs(texts, links)
    between, shared = texts.document[ends], np.bincount(pair)
    share, moved = shared[:, None] / texts.size[ends], np.zeros(len(ends), dtype=bool)
    for one in np.unique(between, axis=0):
        chosen = (between == one).all(axis=1)
        moved[chosen] = off_the_run(ends[chosen], shared[chosen])
    names, titles = (paragraphs[name].to_numpy()[ends] for name in ("para_id", "doc_id"))
    columns = (
        *names.T, _relations(texts, links, share), moved, score[np.unique(pair, return_index=True)[1]], shared,
        *titles.T, *share.T, _wording(links, pair, tokens["surface"].to_numpy()),
    )  # fmt: skip
    table = pd.DataFrame(dict(zip(LINEAGE_COLUMNS, columns, strict=True)))
    return table.iloc[np.lexsort((ends[:, 0], -between[:, 0], ends[:, 1]))].reset_index(drop=True)


def _wording(links: Places, pair: Places, surfaces: NDArray[np.object_]) -> pd.Series[str]:
    """Passages of each pair, in their order in the later paragraph."""
    order = np.lexsort((links[:, 1], pair))
    new = np.diff(_passages(links[order], pair[order]), prepend=-1) > 0
    words = pd.Series(np.where(new, " … ", " ").astype(object) + surfaces[links[order, 1]], dtype="str")
    return words.groupby(pair[order]).sum().astype("str").str.removeprefix(" … ").reset_index(drop=True)


def _relations(texts: _Texts, links: Places, share: Weights) -> NDArray[np.str_]:
    split, merged = (_in_parts(texts, links, side) for side in (0, 1))
    split, merged = split & (~merged | (share[:, 1] > share[:, 0])), merged & (~split | (share[:, 0] > share[:, 1]))
    return np.select([_same(texts, links), split, merged], ["kept", "split", "merged"], "reworded")


def _in_parts(texts: _Texts, links: Places, side: int) -> NDArray[np.bool_]:
    """Whether each pair takes another part of its paragraph on this side than another pair with the same document."""
    ends, pair = _pairs(texts, links)
    taken = [set(links[rows, side].tolist()) for _, rows in sorted(pd.Series(pair).groupby(pair).indices.items())]
    found = np.zeros(len(ends), dtype=bool)
    families = pd.DataFrame({"paragraph": ends[:, side], "other": texts.document[ends[:, 1 - side]]})
    for family in families.groupby(["paragraph", "other"]).indices.values():
        for one, two in combinations(family, 2):
            common = len(taken[one] & taken[two])
            found[[one, two]] |= common <= APART * min(len(taken[one]), len(taken[two]))
    return found
