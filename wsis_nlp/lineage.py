"""Lineage: from which paragraphs of earlier documents each paragraph comes, decided by the alignment of their words."""

from __future__ import annotations

from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wsis_nlp._checks import check_columns, check_known, check_whole
from wsis_nlp.alignment import Places, Weights, off_the_run
from wsis_nlp.descent import Texts, are_same, descents, descents_by_pairs, not_nearer, pairs_of, passages_of, read_texts
from wsis_nlp.nearest import LARGE

Relation = Literal["kept", "reworded", "split", "merged"]
LINEAGE_COLUMNS = (
    "from_para", "to_para", "relation", "moved", "score", "shared_tokens", "from_doc", "to_doc", "from_share",
    "to_share", "shared",
)  # fmt: skip
WORD_COLUMNS = ("from_para", "from_position", "to_para", "to_position")
CANDIDATES = 20  # earlier paragraphs with which each one of a large corpus is aligned
APART = 0.5  # largest share of the smaller of two parts that lies in both


class Lineage(NamedTuple):
    """Edges between paragraphs, and the aligned words behind them: two tables (see `paragraph_lineage`)."""

    edges: pd.DataFrame
    words: pd.DataFrame


def paragraph_lineage(
    documents: pd.DataFrame, paragraphs: pd.DataFrame, tokens: pd.DataFrame, *, large: int = LARGE,
    candidates: int = CANDIDATES,
) -> Lineage:  # fmt: skip
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
    large, candidates : whole numbers
        Of more than ``large`` paragraphs each is aligned with at most so many ``candidates``, those of earlier
        documents that have the most like words (the latest of equally like ones), instead of with all that are alike.

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
    check_whole(large, name="large")
    check_whole(candidates, name="candidates", least=1)
    check_columns(documents, ["doc_id", "date"], name="documents")
    check_columns(paragraphs, ["doc_id", "para_id"], name="paragraphs")
    check_columns(tokens, ["doc_id", "para_id", "position", "surface", "term"], name="tokens")
    check_known(paragraphs["doc_id"], set(documents["doc_id"]), name="document of the paragraphs")
    documents = documents.sort_values(["date", "doc_id"], ignore_index=True)
    place = pd.Index(documents["doc_id"]).get_indexer(paragraphs["doc_id"])
    paragraphs = paragraphs.iloc[np.argsort(place, kind="stable")]
    row = pd.Index(paragraphs["para_id"]).get_indexer(tokens["para_id"])
    tokens = tokens.iloc[np.argsort(row, kind="stable")[np.count_nonzero(row < 0) :]]
    row = np.sort(row[row >= 0])
    texts = read_texts(documents["date"], np.sort(place), row, tokens)
    passages = descents_by_pairs(texts, candidates if len(paragraphs) > large else None)
    links, score = descents(texts, not_nearer(texts, passages))
    ends = (tokens[["para_id", "position"]].iloc[links[:, side]].reset_index(drop=True) for side in (0, 1))
    words = pd.concat(ends, axis=1).set_axis(list(WORD_COLUMNS), axis=1)
    return Lineage(_edges(texts, links, score, paragraphs, tokens), words)


def _edges(texts: Texts, links: Places, score: Weights, paragraphs: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    ends, pair = pairs_of(texts, links)
    between, shared = texts.document[ends], np.bincount(pair)
    share, moved = shared[:, None] / texts.size[ends], np.zeros(len(ends), dtype=bool)
    for chosen in pd.DataFrame(between).groupby([0, 1]).indices.values():
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
    new = np.diff(passages_of(links[order], pair[order]), prepend=-1) > 0
    words = pd.Series(np.where(new, " … ", " ").astype(object) + surfaces[links[order, 1]], dtype="str")
    return words.groupby(pair[order]).sum().astype("str").str.removeprefix(" … ").reset_index(drop=True)


def _relations(texts: Texts, links: Places, share: Weights) -> NDArray[np.str_]:
    split, merged = (_in_parts(texts, links, side) for side in (0, 1))
    split, merged = split & (~merged | (share[:, 1] > share[:, 0])), merged & (~split | (share[:, 0] > share[:, 1]))
    return np.select([are_same(texts, links), split, merged], ["kept", "split", "merged"], "reworded")


def _in_parts(texts: Texts, links: Places, side: int) -> NDArray[np.bool_]:
    """Whether each pair takes another part of its paragraph on this side than another pair with the same document."""
    ends, pair = pairs_of(texts, links)
    order = np.argsort(pair, kind="stable")
    words = np.split(links[order, side], np.cumsum(np.bincount(pair))[:-1])
    found = np.zeros(len(ends), dtype=bool)
    families = pd.DataFrame({"paragraph": ends[:, side], "other": texts.document[ends[:, 1 - side]]})
    shared = families[families.duplicated(keep=False)]
    for family in shared.groupby(["paragraph", "other"]).groups.values():
        # Pairs that take the same part, such as copies of one paragraph, count once: their parts are not apart.
        sharing: dict[frozenset[int], list[int]] = {}
        for one in family:
            sharing.setdefault(frozenset(words[one].tolist()), []).append(one)
        for part, other in combinations(sharing, 2):
            if len(part & other) <= APART * min(len(part), len(other)):
                found[sharing[part] + sharing[other]] = True
    return found
