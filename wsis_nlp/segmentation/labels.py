"""Labels, as candidates: "12.", insertions "16bis", alternatives "43 ALT", sub-items "(a)" or "(iv)", sections "II",
"B." or "4.1"; a flattened tracked change prints the old and the new number together ("16.19.").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from wsis_nlp.segmentation.vocabulary import DATE, SUFFIX, SUFFIXES

NUMBERS = ("number", "double", "decimal")
FORMS = {":": "double", ".": "decimal"}  # a stop between two numbers may be either
BULLET = re.compile(r"^(?:[-+•–—·▪◦●*]\s+|>\s+|#{1,6}\s+|\*{1,3}(?=\S)|_(?=\S)|<[ubi]>|\[(?=[\dIl]{1,3}[.) ]))*")
ESCAPE = re.compile(r"\\(?=[-+*.()\[\]])")  # Markdown's, before a sign that would else be mark-up
DELETED = re.compile(r"(\d{1,3})\.?\s?[—–-]{1,5}$")
DOUBLE = re.compile(r"(\d{1,3})([.:])(\d{1,3})\.(?=\s|[A-Z]|$)")
DECIMAL = re.compile(r"(?P<parts>\d{1,3}(?:\.\d{1,3}){1,3})(?P<stop>\.)?(?=\s|$)")
NUMBER = re.compile(
    # Capitals matter to what may be a misread digit, though not to what follows it.
    rf"(?P<number>(?-i:\d{{1,3}}(?!O\.)|(?=[Il]?\d)[\dIlO]{{2,3}}(?=\.\s)|[Il|](?=\s?(?i:{SUFFIX})\b)))"
    rf"(?:[ .\u00a0]{{0,2}}(?P<suffix>{SUFFIX})\b)?"
    r"(?P<stop>,(?=\s[A-Z])|\s?[.)](?![\d;,:.)\]])|(?=\s)|$)(?:[*_]{1,3})?"
    r"(?:\s{0,3}[*_]{0,3}(?P<tag>ALT)[ .]{0,2}(?P<which>\d{1,2})?\b[.)]?)?(?:[*_]{1,3}(?=\s))?",
    re.IGNORECASE,
)
LETTER = re.compile(r"(?P<letter>[A-Z]|[IVXLC]{2,7})[.)](?=\s|$)|(?P<lone>[IVX]{1,6})$")
LETTERED = re.compile(r"(?P<text>[A-Z]\d{1,2})\.(?=\s|$)")
CLAUSE = re.compile(rf"(?P<text>[OP]P)[ .]?(?P<number>\d{{1,3}})(?:[ .]{{0,2}}(?P<suffix>{SUFFIX}))?(?:[.:)]|(?=\s)|$)")
ITEM = re.compile(
    rf"(?P<open>\()?(?P<item>[a-z]{{1,2}}|[ivxl]{{1,6}}|\d{{1,2}})(?:[ .]?(?P<suffix>{SUFFIX}))?\)"
    rf"(?P<after>{SUFFIX})?(?=\s|$|[A-Z*])|(?P<dotted>[a-z]|[ivx]{{1,5}})\.(?=\s+[A-ZÀ-Þ])"
)
MISREAD = str.maketrans("IlO|", "1101")
ITEM_PARTS = ("item", "dotted", "suffix", "after")
ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
TENS = ("", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc")
ROMAN = {ten + one: 10 * tens + ones for tens, ten in enumerate(TENS) for ones, one in enumerate(ONES)}


@dataclass(frozen=True)
class Label:
    """A candidate label at `start:end` of its line; `rank` orders what shares a `value`: 0 for "16", 1 for "16bis"."""

    form: str
    text: str
    value: int
    start: int = 0
    end: int = 0
    stop: bool = True
    rank: int = 0
    old: int | None = None  # the number that a tracked change replaced


def number_label(match: re.Match[str]) -> Label:
    """A paragraph's number with its suffix and tag; a misread ``Ibis`` is ``1bis``."""
    digits = match["number"].translate(MISREAD)
    suffix = (match["suffix"] or "").lower()
    tag = f" ALT{match['which'] or ''}" if match["tag"] else ""
    rank = 2 * SUFFIXES.index(suffix) + bool(tag)
    return Label("number", digits + suffix + tag, int(digits), stop=bool(match["stop"].strip()), rank=rank)


def letter_label(match: re.Match[str]) -> Label | None:
    """A Roman number or a capital letter."""
    letter = match["letter"] or match["lone"]
    value = ROMAN.get(letter.lower())
    if value and letter not in "LC":
        return Label("roman", letter, value)
    return Label("capital", letter, ord(letter) - 64) if len(letter) == 1 else None


READINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Label | None]], ...] = (
    (DELETED, lambda old: Label("deleted", "", 0, old=int(old[1]))),
    (DOUBLE, lambda two: Label(FORMS[two[2]], f"{int(two[1])}.{int(two[3])}", int(two[3]), old=int(two[1]))),
    (DECIMAL, lambda parts: Label("decimal", parts[1], int(parts[1].rsplit(".", 1)[1]), stop=bool(parts["stop"]))),
    (NUMBER, number_label),
    (LETTER, letter_label),
    (LETTERED, lambda part: Label("lettered", part["text"], 0)),
    (CLAUSE, lambda clause: Label("clause", "".join(filter(None, clause.groups())), 0)),
    (ITEM, lambda item: Label("item", "".join(filter(None, item.group(*ITEM_PARTS))), 0, stop=bool(item["open"]))),
)


def parse_label(text: str, at: int = 0) -> Label | None:
    """The label that stands at a place of a line, behind a bullet or a mark of emphasis, if any."""
    printed = text[at : at + 60]
    head = ESCAPE.sub("", printed)
    begin = len(head) - len(BULLET.sub("", head, count=1))
    for pattern, read in READINGS:
        if match := pattern.match(head, begin):
            label = read(match)
            if label is None or DATE.fullmatch(head, begin):
                return None
            return replace(label, start=at + place_in(printed, begin), end=at + place_in(printed, match.end()))
    return None


def place_in(printed: str, place: int) -> int:
    """The place in printed text that answers to a place in the same text without escapes."""
    for escape in ESCAPE.finditer(printed):
        place += escape.start() < place
    return place
