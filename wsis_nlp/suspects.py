"""Places that look like flattened changes, misread characters or residue of extraction: proposals, the best first.

Evidence is what neither other texts nor a dictionary know, and what drafters do not write side by side. A reader
decides, in the file of corrections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from math import prod

import numpy as np
import pandas as pd

from wsis_nlp._checks import InputError, check_columns
from wsis_nlp.readings import Extents, Sort
from wsis_nlp.sentences import ABBREVIATIONS
from wsis_nlp.spelling import ARTICLES, CAMEL, CASES, MODALS, WORD, Vocabulary, guess_language, read_dictionary

NEEDED = ["para_id", "kind", "text", "extents"]
SUSPECT_COLUMNS = ["para_id", "start", "end", "printed", "sort", "proposal", "evidence", "score"]
LOOKALIKES = (("l", "I"), ("I", "l"), ("0", "o"), ("0", "O"), ("1", "l"), ("1", "i"))
LONGEST = 40  # letters of a word; what is longer is no word
MASKED = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)\S+@\S+|\b[A-Z]{1,7}/\S+")
ABBREVIATED = re.compile(rf"(?:^|\W)(?:\w|{'|'.join(map(re.escape, ABBREVIATIONS.split()))})\.[,;]$")
OPENERS = (
    "in|inter|among|as|where|when|if|by|with|to|through|at|for|on|of|not|more|most|while|under|pursuant|after|before|upon|"
    "since|without|within|thus|hence|indeed|subject|based|during|therefore|perhaps|then"
)

# How likely a place with this evidence alone is spoilt; the sort; the evidence; and what may be meant.
Clue = tuple[float, Sort, str, str]
Found = tuple[int, int, Clue]
RULES: list[tuple[str, float, Sort, str]] = [
    (r"(?<=[\w)\]”’\"'])(?:[,;:]\s?[.,;]|\.[,;])(?=\s|$)", 0.6, "tracked", "two marks of punctuation"),
    (r"(?<=[\w,;] )[-–—][^\W\d_]{2,}", 0.7, "residue", "hyphen before a word"),
    (r"\b[^\W\d_]+- (?!(?:and|or|to|et|ou|y|o|u)\b)[^\W\d_]{2,}", 0.55, "residue", "blank behind a hyphen"),
    (r"(?<![^\W_])[^\W_]+_[^\W_]+", 0.7, "residue", "underscore inside a word"),
    (r"[,;][—–]\w+|\b\w+[—–],", 0.7, "tracked", "dash beside a comma"),
    (r"(?<=[.!?] )\d{1,3}$", 0.6, "residue", "number behind the last sentence"),
    (r"(?:^|(?<=[a-z]{3}\. ))[a-z]{2,}\.$", 0.6, "residue", "one word as a sentence"),
    (r"(?i)\b(?!(?:that|had|nous|vous)\b)([^\W\d_]{2,}) \1\b(?!-)", 0.8, "tracked", "word twice"),
    (r"(?i)\b([^\W\d_]+(?:[ -][^\W\d_]+){1,4}),? \1\b", 0.85, "tracked", "words twice"),
    (r"(?i)\b(?!(\w+) \1\b)([^\W\d_]{5,})[^\W\d_]{0,4} \2[^\W\d_]{0,6}\b", 0.7, "tracked", "two forms of a word"),
]
ENGLISH: list[tuple[str, float, Sort, str]] = [
    (rf"\b(?:{ARTICLES}) (?:{ARTICLES}|this|these|those)\b(?!-)", 0.75, "tracked", "two articles"),
    (rf"\b(?:the|an|our|their|its) (?:{CASES}|{MODALS}|and|or|but)\b(?!-)", 0.7, "tracked", "article without a noun"),
    (rf"\b(?:{ARTICLES}) \w{{3,}}ing (?:{ARTICLES})\b", 0.55, "tracked", "articles on both sides of a verb"),
    (rf"\b(?:{MODALS}) (?:{MODALS})\b", 0.8, "tracked", "two auxiliary verbs"),
    (r"\b(?:while|and|or|but|nor) (?:and|or|but)\b", 0.7, "tracked", "two conjunctions"),
    (r"\b(?:of|from|into|with) (?:of|to|for|from|with|into|as(?! many| much))\b", 0.55, "tracked", "two prepositions"),
    (rf"\b({CASES}) (?:and|or) \1\b", 0.6, "tracked", "preposition on both sides of a conjunction"),
    (r"\bsuch as (?:including|such|namely)\b", 0.75, "tracked", "list opened twice"),
    (rf"\b(?:and|or), (?:the|an?|(?!(?:{OPENERS})\b)[a-z]+(?<!ly))\b", 0.55, "tracked", "comma behind a conjunction"),
    (
        rf"\b(?:{ARTICLES}|{MODALS}|and|or|of|to)—\w+|\b\w+—(?:an?|the)\b(?![^.;:?!]*—)",
        0.6,
        "tracked",
        "dash for a blank",
    ),
    (r"(?<!-)\b(?:the|an|our|their|its|it|they|them)-[a-zA-Z]\w*", 0.7, "residue", "hyphen behind a word of grammar"),
    (r"(?<=[a-z] )(?:It|We|They|This|These|That|And|Or|Of|In|To|For|With|Is)(?= [a-z])", 0.6, "ocr", "stray capital"),
]


def suspect_words(
    paragraphs: pd.DataFrame, others: pd.DataFrame | None = None, *, language: str = "", lowest: float = 0.5
) -> pd.DataFrame:
    """List the places of a document that look spoilt, the most likely first.

    ``paragraphs`` and ``others`` are paragraph tables in the reading ``printed``: of the document, and of those that
    it is compared with. ``language`` is a code of ISO 639-1, guessed unless given. English and French have a
    dictionary, which needs the extra ``[documents]``; in another language only the texts say what a word is. Places of
    a score below ``lowest`` are left out; by default words stay that have nothing against them but to be unknown.

    Returns
    -------
    DataFrame
        ``para_id`` : the unit; of furniture only a word that stands alone is looked at
        ``start``, ``end``, ``printed`` : place in the raw text, and what stands there, a line break as a blank
        ``sort`` : tracked, ocr or residue (see `Correction`), as a guess
        ``proposal`` : the word or words that may be meant, or an empty string
        ``evidence`` : what speaks against the place, the strongest first
        ``score`` : 1 - Π(1 - w) over the weights w of its evidence. The weights are judgements: the score ranks, and is
        no probability. Rows are in order of it, then of the text

    Examples
    --------
    >>> from wsis_nlp import load_corpus, paragraph_table
    >>> table = paragraph_table(load_corpus(), reading="printed")
    >>> own = table["doc_id"] == "wsis20-unesco"
    >>> suspect_words(table[own], table[~own])[["printed", "proposal"]].values.tolist()[1]
    ['sSociety', 'Society']
    """
    if not 0 < lowest <= 1:
        raise InputError(f"lowest is {lowest!r}; allowed is a number above 0, at most 1")
    own, elsewhere = (
        [_masked(text) for text in check_columns(table, NEEDED, name=name).query("kind != 'furniture'")["text"]]
        for name, table in (("paragraphs", paragraphs), ("others", paragraphs[:0] if others is None else others))
    )
    language = language or guess_language(" ".join(own))
    vocabulary = Vocabulary(own, elsewhere, read_dictionary(language))
    spelling = cache(lambda word: tuple(_word_clues(word, vocabulary)))
    rows: list[tuple[object, ...]] = []
    for para_id, kind, text, extents in paragraphs[NEEDED].itertuples(index=False):
        masked = _masked(text)
        found = list(_rule_clues(masked, RULES + ENGLISH if language == "en" else RULES))
        if kind == "furniture":
            found = [one for one in found if one[2][2] == "one word as a sentence"]
        else:
            words = list(WORD.finditer(masked))
            found += [(*word.span(), clue) for word in words for clue in spelling(word.group())]
            found += _pair_clues(masked, words, vocabulary)
        rows += [(para_id, *row) for row in _places(text, extents, found) if row[-1] >= lowest]
    types = {"start": "int64", "end": "int64", "score": "float64"}
    suspects = pd.DataFrame(rows, columns=SUSPECT_COLUMNS).astype(types)
    return suspects.sort_values(["score", "start"], ascending=[False, True]).reset_index(drop=True)


def _masked(text: str) -> str:
    """Text in which addresses and symbols of documents are blanks."""
    return MASKED.sub(lambda match: " " * len(match.group()), text)


def _rule_clues(text: str, rules: list[tuple[str, float, Sort, str]]) -> Iterator[Found]:
    """What speaks against punctuation, and against words of grammar in a row."""
    unhyphened = text.replace("-", " ")
    for pattern, weight, sort, evidence in rules:
        for match in re.finditer(pattern, unhyphened if evidence == "words twice" else text):
            if not ABBREVIATED.search(text[max(match.end() - 12, 0) : match.end()].lower()):
                joined = match.group().replace("- ", "-") if evidence == "blank behind a hyphen" else ""
                yield *match.span(), (weight, sort, evidence, joined)


def _word_clues(word: str, vocabulary: Vocabulary) -> Iterator[Clue]:
    """What speaks against a word by itself."""
    low = word.lower()
    if not 1 < len(word) < LONGEST:
        return
    for read, meant in LOOKALIKES:
        other = word.replace(read, meant)
        acronym = other.isupper() and vocabulary.forms[other] >= max(2, vocabulary.forms[word])
        spelt = (meant.islower() or other.istitle()) and not vocabulary.known(low) and vocabulary.known(other.lower())
        if other != word and (acronym or spelt):
            yield 0.8, "ocr", "one sign taken for another", other
            return
    name, twice = word[0].isupper(), low[0] == low[1]
    # Without a dictionary a word that is new to the texts is most often nothing else.
    sure = 1.0 if vocabulary.general else 0.6
    rare = sure * (0.6 if vocabulary.words[low] > 2 else 1.0)
    plain = word.isascii() and word.isalpha() and len(word) > 2 and not word.isupper()
    if not plain or (CAMEL.fullmatch(word) and not twice) or vocabulary.known(low):
        return
    if vocabulary.general:
        yield (0.1 if name else 0.5) * rare, "ocr", "unknown word", ""
    parts = re.fullmatch(r"([^\W\d_]+?)([A-Z][a-z]+)", word)
    near = vocabulary.neighbour(low)
    if twice and (vocabulary.known(low[1:]) or vocabulary.words[low[1:]] > 1):
        yield 0.8, "tracked", "first letter twice", word[1:]
    elif parts and all(part == "I" or vocabulary.known(part.lower()) for part in parts.groups()):
        yield 0.8, "tracked", "capital inside a word", " ".join(parts.groups())
    elif endings := vocabulary.two_endings(low):
        yield 0.8, "tracked", "two endings", ", ".join(endings)
    elif fused := vocabulary.fused(low):
        yield (0.5 if name else 0.7) * sure, "tracked", "two words without a blank", " ".join(fused)
    elif low in vocabulary.hyphened:
        yield 0.4 * rare, "ocr", "elsewhere with a hyphen", vocabulary.hyphened[low]
    elif near and len(low) > 3 and (not name or len(low) > 6 or vocabulary.forms[near.capitalize()] > 1):
        yield (0.5 if name else 0.6) * rare, "ocr", "one letter from a word of the texts", near


def _pair_clues(text: str, words: list[re.Match[str]], vocabulary: Vocabulary) -> Iterator[Found]:
    """What speaks against two words in a row."""
    for one, two in pairwise(words):
        whole = one.group() + two.group()
        beside = text[one.end() : two.start()] == " " and text[two.end() : two.end() + 1] not in ("-", ".")
        known = whole.lower() in vocabulary.general or vocabulary.words[whole.lower()] > 1
        if beside and known and 3 < len(whole) < LONGEST and two.group().islower():
            parts = [word.group().lower() for word in (one, two)]
            if any(part not in ("a", "i", "o") if len(part) == 1 else not vocabulary.known(part) for part in parts):
                yield one.start(), two.end(), (0.8, "ocr", "blank inside a word", whole)
    for match in re.finditer(r"([A-Z][a-z]+)-([A-Z][a-z]+)", text):
        pair = match[1].lower(), match[2].lower()
        if vocabulary.words["-".join(pair)] == 1 and vocabulary.pairs[pair] > 9:
            yield *match.span(), (0.6, "residue", "elsewhere without a hyphen", " ".join(match.groups()))


def _places(text: str, extents: Extents, found: list[Found]) -> Iterator[tuple[int, int, str, str, str, str, float]]:
    """Rows of the table from the clues of a unit, those that overlap joined."""
    groups: list[list[Found]] = []
    for one in sorted(found):
        if groups and one[0] < max(end for _, end, _ in groups[-1]):
            groups[-1].append(one)
        else:
            groups.append([one])
    for group in groups:
        first, last = group[0][0], max(end for _, end, _ in group)
        # Where mark-up or a page break stood inside, only what was printed behind it is one stretch.
        breaks = np.flatnonzero(extents[first + 1 : last, 0] != extents[first : last - 1, 1]) + first + 1
        first = int(breaks[-1]) if len(breaks) else first
        clues = sorted({clue[2]: clue for *_, clue in group}.values(), key=lambda clue: -clue[0])
        proposal = next((clue[3] for clue in clues if clue[3]), "")
        place = int(extents[first, 0]), int(extents[last - 1, 1]), text[first:last]
        score = round(1 - prod(1 - clue[0] for clue in clues), 2)
        yield *place, clues[0][1], proposal, "; ".join(clue[2] for clue in clues), score
