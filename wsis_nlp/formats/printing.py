"""Paragraphs as a file prints them, gathered into a raw text with what the format tells of them."""

from __future__ import annotations

import re
from itertools import groupby
from typing import NamedTuple

from wsis_nlp._checks import InputError
from wsis_nlp.readers import Edit, RawText, Region, RegionKind

BLANKS = " \t\n\r"
LINE = re.compile(r"[^\n\f]+|[\n\f]")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
ROMAN = {
    1000: "m", 900: "cm", 500: "d", 400: "cd", 100: "c", 90: "xc", 50: "l", 40: "xl", 10: "x", 9: "ix", 5: "v",
    4: "iv", 1: "i",
}  # fmt: skip


class Run(NamedTuple):
    """Printed characters, and whether the new and the old reading have them."""

    text: str
    new: bool = True
    old: bool = True


class Printer:
    """Gathers runs into paragraphs and paragraphs into a raw text.

    Runs changed alike that follow each other in a line make one edit: an insertion, a deletion, or what was inserted
    and deleted again, which no reading but the printed one has.
    """

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.regions: list[Region] = []
        self._edits: list[Edit] = []
        self._text: list[str] = []
        self._length = 0

    def end(self, kind: RegionKind | None = None, *, number: Run | None = None) -> None:
        """Print a paragraph of the runs, without the white space around them, behind a number of its own."""
        text = "".join(run.text for run in self.runs)
        first, last = len(text) - len(text.lstrip(BLANKS)), len(text.rstrip(BLANKS))
        runs = [number._replace(text=f"{number.text} " if text.strip() else number.text)] if number else []
        position = 0
        for run in self.runs:
            runs.append(run._replace(text=run.text[max(first - position, 0) : max(last - position, 0)]))
            position += len(run.text)
        self.runs = []
        if not number and not text.strip() and "\f" not in text:
            return
        if self._text:
            self._append("\n\n")
        start = self._length
        for (new, old), alike in groupby((run for run in runs if run.text), key=lambda run: run[1:]):
            stretch = "".join(run.text for run in alike)
            for line in LINE.finditer(stretch) if not (new and old) else ():
                place, words = (self._length + line.start(), self._length + line.end()), line.group()
                self._edits.append(Edit(*place, words if new else "", words if old else ""))
            self._append(stretch)
        if kind:
            self.regions.append(Region(start, self._length, kind))

    def _append(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)

    def raw_text(self, *, where: str) -> RawText:
        """What was printed; an `InputError`, in which ``where`` names the file, if that is no word."""
        text = "".join(self._text)
        if not any(sign.isalnum() for sign in text):
            raise InputError(f"{where}: is empty; at least one word is needed")
        return RawText(text, tuple(self.regions), tuple(self._edits))


def roman(value: int) -> str:
    """A number from 1 to 3,999 as a Roman one.

    >>> roman(2049)
    'mmxlix'
    """
    signs = ""
    for worth, sign in ROMAN.items():
        count, value = divmod(value, worth)
        signs += sign * count
    return signs


def numeral(value: int, style: str, *, doubled: bool = False) -> str:
    """A number of a list in a style: ``a``, ``A``, ``i``, ``I``, else in digits, as is what the style cannot write.

    Behind ``z`` stand ``aa``, ``ab``, or where letters are ``doubled`` ``aa``, ``bb``.

    >>> [numeral(4, style) for style in "aAiI1"]
    ['d', 'D', 'iv', 'IV', '4']
    """
    if style not in "aAiI" or not 0 < value < (700 if style in "aA" else 4000):
        return str(value)
    more, letter = divmod(value - 1, 26)
    sign = chr(97 + letter)
    head = sign * more if doubled else chr(96 + more) if more else ""
    signs = head + sign if style in "aA" else roman(value)
    return signs.upper() if style.isupper() else signs
