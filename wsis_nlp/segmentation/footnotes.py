"""Footnotes interrupt the sentence at whose page's foot they stand; their numbers run on through the document. They
follow a rule, or open with a raised number, an asterisk, or a number without a stop and words of citation ("See").
"""

from __future__ import annotations

import re

from wsis_nlp.segmentation.labels import NUMBERS, Label
from wsis_nlp.segmentation.lines import Line, Page
from wsis_nlp.segmentation.vocabulary import CITATION, CITING, OPERATIVE, RECITAL

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
SURE = re.compile(r"(?:\[\^)?((?<=\^)\d{1,3}(?=\]:)|[⁰¹²³⁴-⁹]{1,3})(?:\]:)?\s*(?=\S)")
STAR = re.compile(r"\\?(\*{1,3}|†|‡)\s+(?=\S)")
NUMBER = re.compile(r"\[?(\d{1,3})(?:/(?!\d)|\]:?|\s)\s*(?=\S)")


def note_label(line: Line, expected: int | None = None, *, ruled: bool = False, starred: bool = True) -> Label | None:
    """The mark of the footnote that a line opens, or None; `starred` says that asterisks mark notes here.

    Of a number more evidence is asked where one is `expected`; where none is, the line is known to open a note.
    """
    match = SURE.match(line.text) or (STAR.match(line.text) if starred else None)
    if match is None and (match := NUMBER.match(line.text)) and expected is not None:
        near = expected <= int(match[1]) <= expected + 3
        cited = near and CITATION.match(line.text, match.end())
        match = match if cited or (ruled and (near or int(match[1]) == 1)) else None
    return Label("note", match[1].translate(RAISED), 0, 0, match.end()) if match else None


def mark_footnotes(lines: list[Line], page: Page) -> None:
    """Give footnote lines the role ``note``; the line that opens one has its mark as label."""
    few_stars = sum(line.role == "body" and bool(STAR.match(line.text)) for line in lines) <= 3
    expected, ruled = 1, False
    last: Line | None = None
    for line in lines:
        if line.page or (line.role == "furniture" and last is not None):
            ruled = False  # a page ends its foot; a job number in the masthead stands above the notes or below
        if line.role in ("rule", "furniture"):
            ruled, last, line.role = ruled or line.role == "rule", None, "furniture"
            continue
        label = note_label(line, expected, ruled=ruled, starred=ruled or few_stars)
        if label or (last is not None and continues_note(line, last, page, ruled=ruled)):
            line.role, line.label, last = "note", label, line
            ruled = ruled or label is not None
            expected = int(label.text) + 1 if label and label.text.isdigit() else expected
        else:
            ruled, last = ruled and not line.blank, None


def continues_note(line: Line, last: Line, page: Page, *, ruled: bool) -> bool:
    """Whether a line carries on the footnote in the line before it."""
    if (
        line.label
        and line.label.form in NUMBERS
        and line.label.stop
        and (line.blank or not CITING.search(last.text[-80:]))
    ):
        return False
    if not page.wrapped:
        return not line.blank and line.text[0].islower() and last.ending == "open"
    if last.ending != "final":
        return not line.blank or (ruled and not (OPERATIVE.match(line.text) or RECITAL.match(line.text) or line.label))
    return not line.blank and (ruled or (not page.short(last) and line.indent <= page.indent))
