"""Mentions of concepts, found among the numbers of tokens: all places at once, word by word of the phrases."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wsis_nlp._checks import check_columns
from wsis_nlp.lexicon import Form, Lexicon, word_parts
from wsis_nlp.tokens import TokenIds

Places: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.int32]

ANY, ABSENT = -1, -2
AT_ONCE = 1 << 17  # tokens that are looked at together, so that memory stays small


class Variant(NamedTuple):
    """A form of a concept in one of its inflections."""

    concept: str
    form: Form
    words: tuple[str, ...]


class Mentions(NamedTuple):
    """Mentions of concepts in order of the text: the place of each among ``variants``, its first and last token."""

    variant: Places
    first: Places
    last: Places
    variants: list[Variant]


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
    variants = [
        Variant(concept.id, form, words)
        for concept in lexicon.concepts for form in concept.forms for words in form.variants
    ]  # fmt: skip
    words = _words(tokens.surfaces)
    phrases = _phrases(variants, words)
    starts = np.searchsorted(tokens.paragraph, np.arange(len(tokens.para_ids), dtype=np.int32))
    cuts = starts[np.flatnonzero(np.diff(starts // AT_ONCE, prepend=-1))].tolist()
    found = [np.empty((3, 0), dtype=np.int64)]
    for low, high in pairwise([*cuts, len(tokens.form)]):
        token, word = _in_line(words, tokens.form[low:high])
        matches = _matches(phrases, word, words.folded[word], tokens.paragraph[low:high][token])
        place, variant = _apart(phrases, *matches)
        found.append(np.array([variant, low + token[place], low + token[place + phrases.size[variant] - 1]]))
    variant, first, last = np.concatenate(found, axis=1)
    return Mentions(variant, first, last, variants)


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
    # The words of each surface, which hyphens may part: how many, the place of the first of them in ``exact``, which
    # has their numbers; the number of each word without regard to case; and both by the word itself.
    parts: Numbers
    first: Numbers
    exact: Numbers
    folded: Numbers
    by_word: dict[str, int]
    by_folded: dict[str, int]


def _words(surfaces: Sequence[str]) -> _Words:
    parts = [word_parts(surface) for surface in surfaces]
    by_word: dict[str, int] = {}
    exact = [by_word.setdefault(part, len(by_word)) for held in parts for part in held]
    by_folded: dict[str, int] = {}
    folded = [by_folded.setdefault(word.lower(), len(by_folded)) for word in by_word]
    count = np.array([len(held) for held in parts], dtype=np.int32)
    first = np.cumsum(count, dtype=np.int32) - count
    return _Words(count, first, np.array(exact, np.int32), np.array(folded, np.int32), by_word, by_folded)


def _in_line(words: _Words, form: Numbers) -> tuple[Places, Numbers]:
    """Token of each word, and its number."""
    count = words.parts[form]
    token = np.repeat(np.arange(len(form)), count)
    return token, words.exact[np.arange(len(token)) + np.repeat(words.first[form] - np.cumsum(count) + count, count)]


class _Phrases(NamedTuple):
    # Of each variant its concept, its words and whether it counts; and the numbers of the words whose capitals matter,
    # by variant and place in it: `ANY` where they do not, `ABSENT` where the word does not occur.
    concept: Places
    size: Places
    counted: NDArray[np.bool_]
    exact: Places
    # The tree: the node to which each first word leads, or -1; other edges, as node * words + word in order, and the
    # nodes to which they lead; and, by node, how many variants end there, and the place of the first in ``ends``.
    root: Places
    edges: Places
    nodes: Places
    ending: Places
    first: Places
    ends: Places


def _phrases(variants: Sequence[Variant], words: _Words) -> _Phrases:
    """Phrases as numbers; the tree is of those whose words all occur."""
    steps: dict[tuple[int, int], int] = {}
    ends: dict[int, list[int]] = {}
    exact = np.full((len(variants), max((len(one.words) for one in variants), default=0)), ANY)
    for number, (_, form, held) in enumerate(variants):
        if form.case_sensitive:
            exact[number, : len(held)] = [words.by_word.get(word, ABSENT) for word in held]
        node, path = 0, [words.by_folded.get(word.lower(), ABSENT) for word in held]
        if ABSENT not in path:
            for word in path:
                node = steps.setdefault((node, word), len(steps) + 1)
            ends.setdefault(node, []).append(number)
    root = np.full(len(words.by_folded), -1)
    root[[word for node, word in steps if node == 0]] = [to for (node, _), to in steps.items() if node == 0]
    edges = {node * len(root) + word: to for (node, word), to in sorted(steps.items()) if node}
    count = np.array([len(ends.get(node, ())) for node in range(len(steps) + 1)])
    codes = pd.factorize(np.array([one.concept for one in variants], dtype=object))[0]
    return _Phrases(
        codes, np.array([len(one.words) for one in variants], dtype=np.int64),
        np.array([one.form.counted for one in variants], dtype=bool), exact, root,
        np.array([*edges], dtype=np.int64), np.array([*edges.values()], dtype=np.int64),
        count, np.cumsum(count) - count,
        np.array([number for node in sorted(ends) for number in ends[node]], dtype=np.int64),
    )  # fmt: skip


def _matches(phrases: _Phrases, word: Numbers, folded: Numbers, paragraph: Numbers) -> tuple[Places, Places]:
    """First word and variant of all matches, those that overlap among them."""
    node = phrases.root[folded]
    place = np.flatnonzero(node >= 0)
    node, found = node[place], []
    while len(place):
        found.append((place, node))
        there = place + len(found)
        on = there < len(word)
        on[on] = paragraph[there[on]] == paragraph[place[on]]
        place, node, there = place[on], node[on], there[on]
        edge = node * len(phrases.root) + folded[there]
        at = np.searchsorted(phrases.edges, edge)
        on = np.append(phrases.edges, -1)[at] == edge
        place, node = place[on], phrases.nodes[at[on]]
    if not found:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    place, node = (np.concatenate(part) for part in zip(*found, strict=True))
    count = phrases.ending[node]
    place, first = np.repeat(place, count), np.repeat(phrases.first[node] - np.cumsum(count) + count, count)
    variant = phrases.ends[first + np.arange(len(place))]
    there = np.minimum(place[:, None] + np.arange(phrases.exact.shape[1]), len(word) - 1)
    alike = ((phrases.exact[variant] == ANY) | (phrases.exact[variant] == word[there])).all(axis=1)
    return place[alike], variant[alike]


def _apart(phrases: _Phrases, place: Places, variant: Places) -> tuple[Places, Places]:
    """Matches that count, in order of the text: of one concept no two overlap."""
    concept, size = phrases.concept[variant], phrases.size[variant]
    order = np.lexsort((variant, -size, place, concept))
    place, variant, concept, size = place[order], variant[order], concept[order], size[order]
    begin = place + concept * (place.max(initial=0) + size.max(initial=0) + 1)
    reach = np.maximum.accumulate(begin + size)
    firsts = np.flatnonzero(np.append(True, begin[1:] >= reach[:-1])[: len(place)])
    lasts, counted = np.append(firsts[1:], len(place)), phrases.counted[variant]
    kept = counted.copy()
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True) if len(firsts) < len(place) else ():
        taken: set[int] = set()
        for row in sorted(range(first, last), key=lambda row: bool(counted[row])) if last - first > 1 else ():
            places = set(range(place[row], place[row] + size[row]))
            if places & taken:
                kept[row] = False
            else:
                taken |= places
    place, variant, size = place[kept], variant[kept], size[kept]
    order = np.lexsort((variant, -size, place))
    return place[order], variant[order]
