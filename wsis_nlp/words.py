"""Words of a text, found by one expression: where they stand, and the term that a word is before all options."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Places: TypeAlias = NDArray[np.int32]

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
    # Letters beside nothing that any form below could take in: most words, told at once.
    r"[A-Za-z]+(?=[ ,\n;:()])",
    r"[A-Za-z]{2,}(?=\.[ \n])",
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
WORD_FORM = re.compile(rf"((?:{'|'.join(WORDS)})(?:(?<=[\d+])[{APOSTROPHES}][sS](?![^\W_]))?)")


def split_words(text: str) -> list[tuple[int, int]]:
    """Places of the words in a text, as (start, end): each has letters or digits, and no footnote mark.

    >>> text = "Resolution A/RES/70/125, on WSIS+20 and multi-stakeholder e-government;¹ see 70/1."
    >>> [text[start:end] for start, end in split_words(text)]
    ['Resolution', 'A/RES/70/125', 'on', 'WSIS+20', 'and', 'multi-stakeholder', 'e-government', 'see', '70/1']
    """
    return [found.span() for found in WORD_FORM.finditer(text)]


def find_words(texts: Sequence[str]) -> tuple[Places, Places, Places, list[str]]:
    """Words of several texts at once: the number of the text of each, its start and end there, and the words.

    They are those of `split_words`, found by one search through all texts.

    >>> text, start, end, words = find_words(["We agree.", "", "To meet."])
    >>> text.tolist(), start.tolist(), words
    ([0, 0, 2, 2], [0, 3, 0, 3], ['We', 'agree', 'To', 'meet'])
    """
    # No word has a line break in it, and none ends or begins otherwise beside one than at an end of the text.
    pieces = WORD_FORM.split("\n".join(texts))
    bounds = np.cumsum(np.fromiter(map(len, pieces), np.int32, len(pieces)), dtype=np.int32)
    sizes = np.fromiter(map(len, texts), np.int32, len(texts))
    first = np.cumsum(sizes + 1, dtype=np.int32) - sizes - 1
    start, end = bounds[:-1:2], bounds[1::2]
    text = (np.searchsorted(first, start, side="right") - 1).astype(np.int32)
    return text, start - first[text], end - first[text], pieces[1::2]


def word_term(surface: str) -> str:
    """Term of a word before case and stemming: plain hyphens, no soft hyphen, accents joined, no possessive."""
    term = unicodedata.normalize("NFC", surface)
    term = term.replace("\u00ad", "").replace("\u2011", "-").replace("\u2010", "-").replace("\u2019", "'")
    return term.removesuffix("'s").removesuffix("'S")
