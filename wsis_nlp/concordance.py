"""Concordance: every place of a phrase or concept, in its context."""

from __future__ import annotations

import fnmatch
import re

import numpy as np
import pandas as pd

from wsis_nlp._checks import InputError, check_columns, check_whole
from wsis_nlp.lexicon import phrase_places
from wsis_nlp.readings import Extents
from wsis_nlp.words import split_words, word_term

PLACE = ["doc_id", "para_id", "start", "end"]
CONCORDANCE_COLUMNS = (*PLACE, "left", "match", "right")


def find_phrase(tokens: pd.DataFrame, phrase: str, *, case_sensitive: bool = False) -> pd.DataFrame:
    """Places of a phrase in a token table, in order of the text: ``doc_id, para_id, start, end``. They may overlap.

    The words of the phrase, at least one, are parted by blanks or hyphens; ``*`` stands for any letters of a word,
    ``?`` for one.
    """
    check_columns(tokens, [*PLACE, "surface"], name="tokens")
    if not any(sign.isalnum() for sign in phrase):
        shown = phrase if len(phrase) <= 60 else f"{phrase[:60]}…"
        raise InputError(f"pattern is {shown!r}; a phrase of at least one word is needed")
    flags = 0 if case_sensitive else re.IGNORECASE
    patterns = [re.compile(fnmatch.translate(word.replace("[", "[[]")), flags) for word in _phrase_words(phrase)]
    rows = []
    for (doc_id, para_id), unit in tokens.groupby(["doc_id", "para_id"], sort=False, observed=True):
        starts, ends = unit["start"].tolist(), unit["end"].tolist()
        for first, last in phrase_places(unit["surface"].tolist(), patterns):
            rows.append((doc_id, para_id, starts[first], ends[last]))
    return pd.DataFrame(rows, columns=PLACE)


def _phrase_words(phrase: str) -> list[str]:
    """Words of a phrase, parted as the words of a text are; a word with a wildcard stays as it is."""
    words: list[str] = []
    for word in re.split(r"[\s\-\u2010\u2011]+", phrase):
        places = [(0, len(word))] if "*" in word or "?" in word else split_words(word)
        words += (word_term(word[start:end]) for start, end in places)
    return words


def concordance_table(paragraphs: pd.DataFrame, places: pd.DataFrame, *, width: int = 60) -> pd.DataFrame:
    """Places in their context (key word in context), from a paragraph table.

    ``places`` are those of `find_phrase`, or a mention table; ``width`` is the most characters of context on each side,
    words not being cut. Columns ``doc_id, para_id, start, end`` (place in the raw text), ``left, match, right`` (of the
    reading).
    """
    check_columns(paragraphs, ["para_id", "text", "extents"], name="paragraphs")
    check_columns(places, PLACE, name="places")
    check_whole(width, name="width", least=1)
    units = {para_id: unit for para_id, *unit in paragraphs[["para_id", "text", "extents"]].itertuples(index=False)}
    rows = []
    for doc_id, para_id, start, end in places[PLACE].itertuples(index=False):
        text, extents = units[para_id]
        first, last = _text_place(extents, start, end)
        left = _left(text[max(0, first - width - 1) : first], width)
        right = _left(text[last : last + width + 1][::-1], width)[::-1]
        rows.append((doc_id, para_id, start, end, left, text[first:last].strip(), right))
    return pd.DataFrame(rows, columns=list(CONCORDANCE_COLUMNS))


def _text_place(extents: Extents, start: int, end: int) -> tuple[int, int]:
    """First character of a text that stands for part of a place in the raw text, and the first behind it."""
    first, last = np.searchsorted(extents[:, 0], start), np.searchsorted(extents[:, 1], end, side="right")
    if start < end:
        # What was added beside the place, and has no length in the raw text, is no part of it.
        first = max(first, np.searchsorted(extents[:, 1], start, side="right"))
        last = min(last, np.searchsorted(extents[:, 0], end))
    return int(first), int(last)


def _left(context: str, width: int) -> str:
    """Last characters of a context, from the beginning of a word."""
    if len(context) <= width:
        return context.strip()
    cut = context[-width:]
    return (cut if context[-width - 1] == " " else cut.partition(" ")[2]).strip()
