"""Mentions of concepts, found among the numbers of tokens: all places at once, word by word of the phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wsis_nlp._checks import check_columns
from wsis_nlp.lexicon import Lexicon, PhraseTree, Variant, phrase_tree, word_parts
from wsis_nlp.tokens import TokenIds

Places: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.int32]

NOWHERE = -2  # a node that nothing owns
AT_ONCE = 1 << 18  # tokens that are looked at together, so that memory stays small


class Mentions(NamedTuple):
    """Mentions of concepts in order of the text: the place of each among ``variants``, its first and last token."""

    variant: Places
    first: Places
    last: Places
    variants: tuple[Variant, ...]


def mention_table(tokens: pd.DataFrame | TokenIds, lexicon: Lexicon) -> pd.DataFrame:
    """Mentions of concepts, one a row, in order of the text, from a token table without word groups, or its numbers.

    Columns ``doc_id, para_id, concept``, ``form`` (as in the lexicon), ``position`` (of the first token), ``words``
    (tokens touched), ``start, end`` (place in the raw text) and ``surface`` (the words, parted by blanks). Mentions of
    one concept never overlap; a form in a hyphenated word counts (``AI-driven``).
    """
    ids, position = (tokens, tokens.position) if isinstance(tokens, TokenIds) else _numbered(tokens)
    found = find_mentions(ids, lexicon)
    paragraph, first, last = ids.paragraph[found.first], found.first, found.last
    variants = [found.variants[one] for one in found.variant.tolist()]
    spans = zip(first.tolist(), (last + 1).tolist(), strict=True)
    words = [" ".join(ids.surfaces[form] for form in ids.form[a:b].tolist()) for a, b in spans]
    columns = {
        "doc_id": ids.doc_ids[paragraph], "para_id": ids.para_ids[paragraph],
        "concept": [one.concept for one in variants], "form": [one.form.text for one in variants],
        "position": position[first], "words": last - first + 1, "start": ids.start[first], "end": ids.end[last],
        "surface": words,
    }  # fmt: skip
    numbers = ("position", "words", "start", "end")
    return pd.DataFrame(columns).astype({name: "int64" if name in numbers else "str" for name in columns})


def find_mentions(tokens: TokenIds, lexicon: Lexicon) -> Mentions:
    """Mentions of concepts among tokens without word groups; `mention_table` says what they are.

    Words that hyphens join count one by one. Each place is followed through a tree of all phrases as long as it goes on
    (Aho and Corasick 1975, without links of failure, since phrases are short). Of the matches of one concept that
    overlap, excluded phrases come first, then what begins first, then the longest.
    """
    tree = phrase_tree(lexicon)
    words = _words(tokens.surfaces, tree.columns)
    starts = np.searchsorted(tokens.paragraph, np.arange(len(tokens.para_ids), dtype=np.int32))
    cuts = starts[np.flatnonzero(np.diff(starts // AT_ONCE, prepend=-1))].tolist()
    found = [np.empty((3, 0), dtype=np.int64)]
    for low, high in pairwise([*cuts, len(tokens.form)]):
        token, column = _in_line(words, tokens.form[low:high])
        matches = _matches(tree, column)
        first, last = token[matches.begin], token[matches.end - 1]
        paragraph = tokens.paragraph[low:high]
        matches = matches.rows(paragraph[first] == paragraph[last])
        matches = _as_written(matches, tree.variants, token, tokens.form[low:high], tokens.surfaces)
        matches = _apart(matches, tree)
        found.append(np.array([matches.variant, low + token[matches.begin], low + token[matches.end - 1]]))
    variant, first, last = np.concatenate(found, axis=1)
    return Mentions(variant, first, last, tree.variants)


def _numbered(tokens: pd.DataFrame) -> tuple[TokenIds, Places]:
    """Tokens of a table as numbers, those of a paragraph side by side, and their positions."""
    check_columns(tokens, ["doc_id", "para_id", "position", "start", "end", "surface"], name="tokens")
    paragraph = tokens.groupby(["doc_id", "para_id"], sort=False).ngroup().to_numpy().astype(np.int32)
    if (paragraph[1:] < paragraph[:-1]).any():
        order = np.argsort(paragraph, kind="stable")
        paragraph, tokens = paragraph[order], tokens.iloc[order]
    first = np.flatnonzero(np.diff(paragraph, prepend=-1))
    doc_ids, para_ids = (tokens[name].iloc[first].to_numpy(dtype=object) for name in ("doc_id", "para_id"))
    start, end = (tokens[name].to_numpy(dtype=np.int32) for name in ("start", "end"))
    form, surfaces = pd.factorize(tokens["surface"])
    words = [str(surface) for surface in surfaces]
    ids = TokenIds(doc_ids, para_ids, paragraph, start, end, form.astype(np.int32), words, [None] * len(words))
    return ids, tokens["position"].to_numpy(dtype=np.int64)


class _Words(NamedTuple):
    # The words of each form of a token, which hyphens may part: how many there are, the column of the first in the tree
    # (0 if it is in no phrase), and the place of the second in ``further``, which has the columns of all others.
    parts: Numbers
    opening: Numbers
    first: Numbers
    further: Numbers


class _Matches(NamedTuple):
    # Where matches begin and end (half open) among the words in line, and their variants.
    begin: Places
    end: Places
    variant: Numbers

    def rows(self, chosen: NDArray[Any]) -> _Matches:
        return _Matches(self.begin[chosen], self.end[chosen], self.variant[chosen])


def _words(surfaces: Sequence[str], columns: Mapping[str, int]) -> _Words:
    opening = np.array([columns.get(surface.lower(), 0) for surface in surfaces], dtype=np.int32)
    parts, further = np.ones(len(surfaces), dtype=np.int32), list[int]()
    first = np.zeros(len(surfaces), dtype=np.int32)
    for form, surface in enumerate(surfaces):
        if not (surface.isascii() and surface.isalnum()):  # or it is its own and only word
            held = [columns.get(part.lower(), 0) for part in word_parts(surface)] or [0]  # signs alone are no word
            parts[form], opening[form], first[form] = len(held), held[0], len(further)
            further += held[1:]
    return _Words(parts, opening, first, np.array(further, dtype=np.int32))


def _in_line(words: _Words, form: Numbers) -> tuple[Numbers, Numbers]:
    """Token and column of each word."""
    parts = words.parts.take(form)
    several = np.flatnonzero(parts > 1)
    more = parts.take(several) - 1
    # Further words of a token stand behind its first; ``within`` counts them from 0.
    behind = np.repeat(np.cumsum(more) - more, more)
    within = np.arange(len(behind)) - behind
    further = np.repeat(several, more) + behind + within + 1
    is_first = np.ones(len(form) + len(further), dtype=bool)
    is_first[further] = False
    column = np.empty(len(is_first), dtype=np.int32)
    column[is_first] = words.opening.take(form)
    column[further] = words.further.take(np.repeat(words.first.take(form.take(several)), more) + within)
    return np.cumsum(is_first, dtype=np.int32) - 1, column


def _matches(tree: PhraseTree, column: Numbers) -> _Matches:
    """Matches of all variants, without regard to case, to overlaps and to where paragraphs end."""
    column = np.append(column, np.int32(0))  # which leads nowhere
    # Of words that open a phrase, most go on with none: two words are looked up at once, for all places. ``take`` needs
    # some half of the time of brackets, and here most of all time is spent.
    opens = np.flatnonzero(tree.owner[: len(tree.columns) + 1] == 0)
    root, base, ending = np.zeros((3, len(tree.columns) + 1), dtype=np.int32)
    root[:], root[opens] = NOWHERE, tree.target[opens]
    base[opens], ending[opens] = tree.base[root[opens]], tree.ending[root[opens]]
    alone = np.flatnonzero(ending.take(column))
    found = [(alone, alone, root.take(column.take(alone)))]
    at = base.take(column[:-1]) + column[1:]
    begin = np.flatnonzero(tree.owner.take(at) == root.take(column[:-1]))
    place, node = begin + 1, tree.target.take(at.take(begin))
    while len(place):
        on = np.flatnonzero(tree.ending.take(node))
        found.append((begin.take(on), place.take(on), node.take(on)))
        at = tree.base.take(node) + column.take(place + 1)
        on = np.flatnonzero(tree.owner.take(at) == node)
        begin, place, node = begin.take(on), place.take(on) + 1, tree.target.take(at.take(on))
    begin, place, node = (np.concatenate(part) for part in zip(*found, strict=True))
    ending = tree.ending.take(node)
    rows = np.repeat(np.arange(len(node)), ending)
    number = np.arange(len(rows)) - (np.cumsum(ending) - ending).take(rows)
    return _Matches(begin.take(rows), place.take(rows) + 1, tree.ends.take(tree.first.take(node.take(rows)) + number))


def _as_written(
    matches: _Matches, variants: Sequence[Variant], token: Numbers, form: Numbers, surfaces: Sequence[str]
) -> _Matches:
    """Matches whose capitals are those of their variant, where these matter."""
    matters = np.array([variant.form.case_sensitive for variant in variants], dtype=bool)
    kept = ~matters[matches.variant]
    for row in np.flatnonzero(~kept).tolist():
        begin, end = int(matches.begin[row]), int(matches.end[row])
        first, last = int(token[begin]), int(token[end - 1])
        words = [word for one in form[first : last + 1].tolist() for word in word_parts(surfaces[one])]
        before = begin - int(np.searchsorted(token, first))
        kept[row] = tuple(words[before : before + end - begin]) == variants[matches.variant[row]].words
    return matches if kept.all() else matches.rows(kept)


def _apart(matches: _Matches, tree: PhraseTree) -> _Matches:
    """Matches that count, in order of the text: of one concept no two overlap."""
    size = matches.end - matches.begin
    matches = matches.rows(np.argsort(matches.begin * (size.max(initial=0) + 1) - size, kind="stable"))
    counted, concept = tree.counted[matches.variant], tree.concept[matches.variant]
    clashes = np.zeros(len(counted), dtype=bool)
    for lag in range(1, len(counted)):
        near = matches.begin[lag:] < matches.end[:-lag]
        if not near.any():
            break
        near &= concept[lag:] == concept[:-lag]
        clashes[lag:] |= near
        clashes[:-lag] |= near
    kept, taken = counted.copy(), set[tuple[int, int]]()
    for row in sorted(np.flatnonzero(clashes).tolist(), key=lambda row: (counted[row], row)):
        places = {(int(concept[row]), place) for place in range(matches.begin[row], matches.end[row])}
        if places & taken:
            kept[row] = False
        else:
            taken |= places
    return matches if kept.all() else matches.rows(kept)
