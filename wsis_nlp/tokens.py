"""Words and sentences of paragraphs: ``surface`` is the word as it stands, ``term`` is what counting sees."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wsis_nlp._checks import InputError, check_columns, check_one_of, check_whole
from wsis_nlp.readers import read_data

Case = Literal["lower", "keep"]
Numbers = Literal["keep", "drop"]
Stemming = Literal["none", "porter", "snowball"]
NEEDED = ["doc_id", "para_id", "text", "extents"]
TOKEN_COLUMNS = ["doc_id", "para_id", "position", "start", "end", "surface", "term"]

# Superscripts, subscripts, fractions and enclosed figures count as word characters for Python's ``re``; in a policy
# text they are footnote marks.
MARKS = r"\u00aa\u00b2\u00b3\u00b9\u00ba\u00bc-\u00be\u2070-\u209c\u2150-\u2189\u2460-\u24ff\u2776-\u2793"
# Accents and vowel signs that stand apart from their letter.
ACCENTS = r"\u0300-\u036f\u064b-\u065f\u0670"
SIGN = rf"[^\W_{MARKS}][{ACCENTS}]*"
END = rf"(?![^\W_{MARKS}])"
HYPHENS = r"\-\u2010\u2011\u00ad"
APOSTROPHES = r"'\u2019"
WORDS = (
    # A document symbol, single or double: A/RES/70/125, E/CN.16/2018/CRP.3, A/71/67-E/2016/51.
    r"(?<![^\W_])(?=[0-9A-Z./\-]{0,40}[0-9])[A-Z]{1,7}(?:/[A-Z0-9][A-Za-z0-9]*(?:[.\-][A-Za-z0-9]+)*){1,12}" + END,
    # A resolution or fraction, and a number with its group and decimal signs: 70/1, 2022/15, 3,200, 2.6.
    rf"\d+(?:/\d+)+{END}",
    rf"\d+(?:[.,]\d+)+{END}",
    # Initials: U.N., e.g.
    rf"(?<![^\W_])[A-Za-z]\.(?:[A-Za-z]\.){{1,20}}{END}",
    # Any other word: Internet, multi-stakeholder, Secretary-General's, WSIS+20, 4G.
    rf"(?:{SIGN})+(?:[{HYPHENS}{APOSTROPHES}](?:{SIGN})+)*(?:\+\d+)?",
)
# The standard library's engine: NLTK's tokenizer stops by the clock, and would fail on a long text and slow machine.
WORD_FORM = re.compile(rf"(?:{'|'.join(WORDS)})(?:(?<=[\d+])[{APOSTROPHES}][sS](?![^\W_]))?")

# Abbreviations after which a full stop ends no sentence, in lower case and without their last stop.
ABBREVIATIONS = """
    a.m add al approx art arts cf ch chap chaps cit corr dr e.g ed eds etc fig figs i.e ibid inc l ltd mr mrs ms no nos
    op p p.m para paras pp prof res resp rev sect sects st suppl u.n v viz vol vols vs
"""


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


def split_words(text: str) -> list[tuple[int, int]]:
    """Places of the words in a text, as (start, end): each has letters or digits, and no footnote mark.

    >>> text = "Resolution A/RES/70/125, on WSIS+20 and multi-stakeholder e-government;¹ see 70/1."
    >>> [text[start:end] for start, end in split_words(text)]
    ['Resolution', 'A/RES/70/125', 'on', 'WSIS+20', 'and', 'multi-stakeholder', 'e-government', 'see', '70/1']
    """
    return [found.span() for found in WORD_FORM.finditer(text)]


def word_term(surface: str) -> str:
    """Term of a word before case and stemming: plain hyphens, no soft hyphen, accents joined, no possessive."""
    term = unicodedata.normalize("NFC", surface)
    term = term.replace("\u00ad", "").replace("\u2011", "-").replace("\u2010", "-").replace("\u2019", "'")
    return term.removesuffix("'s").removesuffix("'S")


def token_table(paragraphs: pd.DataFrame, *, options: TokenOptions | None = None) -> pd.DataFrame:
    """Word tokens of paragraphs (a paragraph table), one a row, in order of the text.

    Columns ``doc_id, para_id, position`` (0, 1, 2 … in the paragraph), ``start, end`` (place in the raw text),
    ``surface`` (the word in the reading, ``raw[start:end]`` where no correction overlaps) and ``term`` (what counts;
    missing where the options, or the defaults, leave the token out).
    """
    check_columns(paragraphs, NEEDED, name="paragraphs")
    options = options or TokenOptions()
    normalise, counts = _normaliser(options), _counting(options)
    groups: dict[str, list[tuple[str, ...]]] = {}
    for words in sorted((group.split() for group in options.word_groups), key=len, reverse=True):
        group = tuple(normalise(word) for word in words)
        groups.setdefault(group[0], []).append(group)
    columns: dict[str, list[object]] = {name: [] for name in TOKEN_COLUMNS}
    for doc_id, para_id, text, extents in paragraphs[NEEDED].itertuples(index=False):
        spans = _unbroken(split_words(text), extents)
        found = list(_grouped([normalise(text[start:end]) for start, end in spans], groups))
        places = np.array([(spans[first][0], spans[last][1]) for first, last, _ in found], dtype=int).reshape(-1, 2)
        surfaces = [text[start:end] for start, end in places.tolist()]
        terms = [
            term if first < last or counts(surface, term) else None
            for surface, (first, last, term) in zip(surfaces, found, strict=True)
        ]
        raw = (extents[places[:, 0], 0].tolist(), extents[places[:, 1] - 1, 1].tolist())
        held = ([doc_id] * len(found), [para_id] * len(found), range(len(found)), *raw, surfaces, terms)
        for column, values in zip(columns.values(), held, strict=True):
            column.extend(values)
    types = {name: "int64" if name in ("position", "start", "end") else "str" for name in TOKEN_COLUMNS}
    return pd.DataFrame(columns).astype(types)


def _unbroken(words: list[tuple[int, int]], extents: NDArray[np.int32]) -> list[tuple[int, int]]:
    """Words, cut where mark-up or a page break stood inside one, so that each part is what was printed."""
    starts, ends = extents.T
    breaks = (np.flatnonzero((starts[1:] != ends[:-1]) & (starts[1:] != starts[:-1])) + 1).tolist()
    if not breaks:
        return words
    cuts = ((start, *breaks[bisect_right(breaks, start) : bisect_left(breaks, end)], end) for start, end in words)
    return [part for cut in cuts for part in pairwise(cut)]


def _counting(options: TokenOptions) -> Callable[[str, str], bool]:
    """Whether a word counts, by its surface and its term."""
    stop_words = {word.lower() for word in options.stop_words}

    @cache
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

    @cache
    def normalise(surface: str) -> str:
        term = word_term(surface)
        return stem(term.lower() if options.case == "lower" else term)

    return normalise


def _grouped(terms: Sequence[str], groups: Mapping[str, list[tuple[str, ...]]]) -> Iterator[tuple[int, int, str]]:
    """First and last place of each term, word groups (by their first word) joined; the longest group wins."""
    place = 0
    while place < len(terms):
        last = place
        for group in groups.get(terms[place], ()):
            if tuple(terms[place : place + len(group)]) == group:
                last = place + len(group) - 1
                break
        yield place, last, " ".join(terms[place : last + 1])
        place = last + 1


def sentence_table(paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Sentences of paragraphs, one a row, by Punkt (Kiss and Strunk 2006) with the abbreviations of UN texts.

    Columns ``doc_id, para_id, sentence`` (0, 1, 2 … in the paragraph), ``start, end`` (in the raw text), ``text``.
    """
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    check_columns(paragraphs, NEEDED, name="paragraphs")
    parameters = PunktParameters()
    parameters.abbrev_types.update(ABBREVIATIONS.split())
    punkt = PunktSentenceTokenizer(parameters)
    rows = [
        (doc_id, para_id, place, int(extents[start, 0]), int(extents[end - 1, 1]), text[start:end])
        for doc_id, para_id, text, extents in paragraphs[NEEDED].itertuples(index=False)
        for place, (start, end) in enumerate(punkt.span_tokenize(text))
    ]
    return pd.DataFrame(rows, columns=["doc_id", "para_id", "sentence", "start", "end", "text"])
