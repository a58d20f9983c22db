"""Word tokens of paragraphs: ``surface`` is the word as it stands, ``term`` is what counting sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wsis_nlp._checks import InputError, check_columns, check_one_of, check_whole
from wsis_nlp.readers import read_data
from wsis_nlp.words import Places, find_words, word_term

Case = Literal["lower", "keep"]
Numbers = Literal["keep", "drop"]
Stemming = Literal["none", "porter", "snowball"]
NEEDED = ["doc_id", "para_id", "text", "extents"]
AT_ONCE = 200_000  # characters in which words are looked for at once, so that memory stays small


@dataclass(frozen=True, slots=True)
class TokenOptions:
    """How words become terms.

    Attributes
    ----------
    case : {"lower", "keep"}
        "Internet" and "internet" are one term unless case is kept. Concepts are matched on surfaces, with their case.
    numbers : {"keep", "drop"}
        Whether tokens without a letter are terms; they are by default, since ``70/1`` is a resolution.
    stemming : {"none", "porter", "snowball"}
        None by default: stems are hard to read and fuse "organization" with "organ". Stems are in lower case.
    stop_words, word_groups : frozenset of str, tuple of str
        Words that do not count, without regard to case and before stemming; phrases that count as one term, the longest
        first. None by default.
    min_letters : int
        Shortest term in characters.
    """

    case: Case = "lower"
    numbers: Numbers = "keep"
    stemming: Stemming = "none"
    stop_words: frozenset[str] = frozenset()
    word_groups: tuple[str, ...] = ()
    min_letters: int = 1

    def __post_init__(self) -> None:
        for name, allowed in (("case", Case), ("numbers", Numbers), ("stemming", Stemming)):
            check_one_of(getattr(self, name), get_args(allowed), name=name)
        check_whole(self.min_letters, name="min_letters", least=1)
        for name, values in (("stop_words", self.stop_words), ("word_groups", self.word_groups)):
            if isinstance(values, str):
                raise InputError(f"{name} is {values!r}; a collection of strings is needed")
        for group in self.word_groups:
            if not group.split():
                raise InputError(f"word_groups has {group!r}; allowed are phrases of at least one word")


def read_stop_list(path: Path) -> frozenset[str]:
    """Words of a stop list: one a line (more are refused), in lower case; ``#`` begins a comment."""
    words = set()
    for number, line in enumerate(read_data(path).splitlines(), 1):
        word = line.partition("#")[0].strip()
        if len(word.split()) > 1:
            raise InputError(f"{path}, line {number}: holds {word!r}; allowed is one word a line")
        if word:
            words.add(word.lower())
    return frozenset(words)


class TokenIds(NamedTuple):
    """Tokens of paragraphs as numbers, in order of the text: what counting and matching need of them.

    ``paragraph`` is the place of its paragraph in ``para_ids`` (and ``doc_ids``), ``start`` and ``end`` are its place
    in the raw text, ``form`` is the place of its word in ``surfaces`` and ``terms``: the distinct words in order of
    first appearance, and the term of each (None where it does not count).
    """

    doc_ids: NDArray[np.object_]
    para_ids: NDArray[np.object_]
    paragraph: Places
    start: Places
    end: Places
    form: Places
    surfaces: list[str]
    terms: list[str | None]

    @property
    def position(self) -> NDArray[np.int64]:
        """Position of each token in its paragraph: 0, 1, 2 …"""
        size = np.bincount(self.paragraph, minlength=len(self.para_ids))
        return np.arange(len(self.form)) - np.repeat(np.cumsum(size) - size, size)


def token_ids(paragraphs: pd.DataFrame, *, options: TokenOptions | None = None) -> TokenIds:
    """Word tokens of paragraphs (a paragraph table) as numbers; `token_table` says what they are."""
    check_columns(paragraphs, NEEDED, name="paragraphs")
    options = options or TokenOptions()
    normalise, counts = _normaliser(options), _counting(options)
    groups = _groups(options, normalise)
    texts, extents = paragraphs["text"].tolist(), paragraphs["extents"].tolist()
    forms, parts = _Numbers(), []
    for first, last in _runs(texts):
        found = _find(texts[first:last], extents[first:last])
        found = _join(found, texts[first:last], groups, normalise) if groups else found
        form = np.fromiter(map(forms.__getitem__, found.words), np.int32, len(found.words))
        raw = np.concatenate([np.empty((0, 2), dtype=np.int32), *extents[first:last]])
        parts.append((found.text + np.int32(first), raw[found.low, 0], raw[found.high, 1], form))
    paragraph, start, end, form = (np.concatenate(column) for column in zip(*parts, strict=True))
    surfaces = [form if isinstance(form, str) else form[0] for form in forms]
    terms = [_term(form, normalise, counts) for form in forms]
    doc_ids, para_ids = (paragraphs[name].to_numpy(dtype=object) for name in ("doc_id", "para_id"))
    return TokenIds(doc_ids, para_ids, paragraph, start, end, form, surfaces, terms)


def token_table(paragraphs: pd.DataFrame, *, options: TokenOptions | None = None) -> pd.DataFrame:
    """Word tokens of paragraphs (a paragraph table), one a row, in order of the text.

    Columns ``doc_id, para_id, position`` (0, 1, 2 … in the paragraph), ``start, end`` (place in the raw text),
    ``surface`` (the word in the reading, ``raw[start:end]`` where no correction overlaps) and ``term`` (what counts;
    missing where the options, or the defaults, leave the token out).
    """
    ids = token_ids(paragraphs, options=options)
    names = {"doc_id": ids.doc_ids, "para_id": ids.para_ids}
    columns: dict[str, object] = {name: pd.array(held, dtype="str").take(ids.paragraph) for name, held in names.items()}
    columns |= {"position": ids.position, "start": ids.start.astype(np.int64), "end": ids.end.astype(np.int64)}
    words: dict[str, list[str] | list[str | None]] = {"surface": ids.surfaces, "term": ids.terms}
    return pd.DataFrame(columns | {name: pd.array(held, dtype="str").take(ids.form) for name, held in words.items()})


Form: TypeAlias = str | tuple[str, str]  # a word, or the surface and the term of a word group


class _Numbers(dict[Form, int]):
    """Numbers of words in order of first appearance."""

    def __missing__(self, form: Form) -> int:
        number = self[form] = len(self)
        return number


class _Found(NamedTuple):
    # Words of some texts: the text of each, its first and last character among those of all, and the word.
    text: Places
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    words: Sequence[Form]


def _runs(texts: list[str]) -> list[tuple[int, int]]:
    """Runs of texts of some `AT_ONCE` characters; there is one at least."""
    run = np.cumsum([len(text) for text in texts], dtype=np.int64) // AT_ONCE
    return list(pairwise([0, *(np.flatnonzero(np.diff(run)) + 1).tolist(), len(texts)]))


def _find(texts: list[str], extents: list[NDArray[np.int32]]) -> _Found:
    """Words of texts; mark-up or a page break that stands inside one cuts it, so that each part is what was printed."""
    text, start, end, words = find_words(texts)
    sizes = np.array([len(one) for one in extents], dtype=np.int64)
    base = (np.cumsum(sizes) - sizes)[text]
    low, high = base + start, base + end - 1
    starts, ends = np.concatenate([np.empty((0, 2), dtype=np.int32), *extents]).T
    breaks = np.flatnonzero((starts[1:] != ends[:-1]) & (starts[1:] != starts[:-1])) + 1
    before = np.searchsorted(breaks, low, side="right")
    count = np.searchsorted(breaks, high, side="right") - before
    if not count.any():
        return _Found(text, low, high, words)
    of = np.repeat(np.arange(len(words)), count + 1)
    part = np.arange(len(of)) - np.repeat(np.cumsum(count + 1) - count - 1, count + 1)
    at, padded = before[of] + part, np.append(breaks, 0)
    left = np.where(part > 0, padded[at - 1], low[of])
    right = np.where(part < count[of], padded[at] - 1, high[of])
    cut, done = list[str](), 0
    for word in np.flatnonzero(count).tolist():
        inside = (breaks[before[word] : before[word] + count[word]] - low[word]).tolist()
        cut += words[done:word]
        cut += [words[word][a:b] for a, b in pairwise([0, *inside, len(words[word])])]
        done = word + 1
    cut += words[done:]  # of which signs alone, such as a hyphen between two marks, are no word
    kept = [place for place, word in enumerate(cut) if word.isalnum() or any(map(str.isalnum, word))]
    return _Found(text[of[kept]], left[kept], right[kept], [cut[place] for place in kept])


def _groups(options: TokenOptions, normalise: Callable[[str], str]) -> dict[str, list[list[str]]]:
    """Word groups as lists of terms, by their first, the longest first."""
    groups: dict[str, list[list[str]]] = {}
    for words in sorted((group.split() for group in options.word_groups), key=len, reverse=True):
        group = [normalise(word) for word in words]
        groups.setdefault(group[0], []).append(group)
    return groups


def _join(
    found: _Found, texts: list[str], groups: Mapping[str, list[list[str]]], normalise: Callable[[str], str]
) -> _Found:
    """Words with those of a word group joined; the longest group wins."""
    text, low, high, words = found.text, found.low, found.high.copy(), list(found.words)
    terms, joined = [normalise(str(word)) for word in words], np.zeros(len(words), dtype=bool)
    first_of = np.cumsum([0, *map(len, texts)])
    free = 0
    for at in [place for place, term in enumerate(terms) if term in groups]:
        for group in groups[terms[at]] if at >= free else ():
            last = at + len(group) - 1
            if terms[at : last + 1] == group and text[at] == text[last] and last > at:
                base = first_of[text[at]]
                high[at] = found.high[last]
                words[at] = (texts[text[at]][low[at] - base : high[at] - base + 1], " ".join(group))
                joined[at + 1 : last + 1] = True
                free = last + 1
                break
    kept = np.flatnonzero(~joined)
    return _Found(text[kept], low[kept], high[kept], [words[at] for at in kept.tolist()])


def _term(form: Form, normalise: Callable[[str], str], counts: Callable[[str, str], bool]) -> str | None:
    if not isinstance(form, str):
        return form[1]
    term = normalise(form)
    return term if counts(form, term) else None


def _counting(options: TokenOptions) -> Callable[[str, str], bool]:
    """Whether a word counts, by its surface and its term."""
    stop_words = {word.lower() for word in options.stop_words}

    def counts(surface: str, term: str) -> bool:
        if len(term) < options.min_letters or word_term(surface).lower() in stop_words:
            return False
        return options.numbers == "keep" or any(sign.isalpha() for sign in term)

    return counts


def _normaliser(options: TokenOptions) -> Callable[[str], str]:
    stem: Callable[[str], str] = str
    if options.stemming != "none":
        from nltk.stem import PorterStemmer, SnowballStemmer

        stem = (PorterStemmer() if options.stemming == "porter" else SnowballStemmer("english")).stem

    def normalise(surface: str) -> str:
        term = word_term(surface)
        return stem(term.lower() if options.case == "lower" else term)

    return normalise
