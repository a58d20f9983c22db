"""The title of a document: behind its number, under the words "draft resolution", or in its first lines."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

from wsis_nlp.metadata.dates import whole_day
from wsis_nlp.metadata.masthead import BODIES, Line, Masthead
from wsis_nlp.metadata.symbols import own_symbol

NUMBER = re.compile(
    r"(?P<number>(?:(?:ES|S)-)?\d{1,4}/(?:\d{1,4}(?:\s[A-Z])?|\.\.\.|…|\[[.…_ ]{1,9}\]|_{1,9}))(?P<stop>\.?)"
    r"(?:\s+(?P<title>\S.*))?"
)
COUNCIL = re.compile(r"Resolution (?P<number>\d{1,5} \(\d{4}\))")
DRAFT = re.compile(
    r"(?:.*\W)?(?:draft (?:resolution|decision)|projet de (?:résolution|décision)|"
    r"proyecto de (?:resolución|decisión)|проект (?:резолюции|решения))(?P<rest>\W.*)?",
    re.IGNORECASE,
)
OPENS_DRAFT = re.compile(r"(?:revised |\w+ )?(?:draft|projet|proyecto|проект)\b", re.IGNORECASE)
REPORT = re.compile(r"(?:Report|Note|Letter)s? (?:of|by|from|dated)\b")
KEPT_APART = re.compile(
    r"(?:United Nations|Nations Unies|Naciones Unidas|Advance|Unedited|Unofficial|Distr|Original|Agenda item|Item \d|"
    r"Page\b|Annex|Preamble|Addendum|Corrigendum|Revision|Revised|Note\b|Draft(?: resolution)?$|.{0,60}\bsession$|"
    r"\W*\d+\W*$|\[)",
    re.IGNORECASE,
)
MARKS = re.compile(r"(?:\s*[*†‡¹²³⁰⁴-⁹]|\u202f\d{1,3})+$")
SUGGESTED = re.compile(r"\s?\[[^\]]{0,60}\]$")
LONGEST = 400
TAIL = 60  # characters of the end in which marks of footnotes are looked for


class Title(NamedTuple):
    """A title, where it stands, and whether its place is one where titles stand; the number before it."""

    text: str
    origin: str
    sure: bool
    number: str = ""


NONE = Title("", "", True)


def title_of(head: Masthead, adopted: int) -> Title:
    """The title that a masthead gives; ``adopted`` is the number of the line that tells of the adoption, or 0."""
    paragraphs: list[list[Line]] = []
    for line in head.lines:
        if line.first or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(line)
    return (
        _numbered(paragraphs, head.lines, adopted)
        or _under_draft(paragraphs)
        or _of_report(paragraphs)
        or _first_words(paragraphs)
        or NONE
    )


def _joined(texts: list[str]) -> str:
    """Lines as one text; a word that a hyphen parts at the end of a line stays hyphenated."""
    whole = ""
    for text in texts:
        whole += text if not whole or re.search(r"\w[-–]$", whole) else f" {text}"
    whole = whole.rstrip()
    # What does not print came with the format, and would steer a terminal.
    printed = "".join(
        sign
        for sign in " ".join((whole[:-TAIL] + MARKS.sub("", whole[-TAIL:])).split())
        if unicodedata.category(sign) not in ("Cc", "Cs")
    )
    return printed.strip(" *_")


def _numbered(paragraphs: list[list[Line]], lines: tuple[Line, ...], adopted: int) -> Title | None:
    for at, paragraph in enumerate(paragraphs):
        for place, line in enumerate(paragraph):
            council = COUNCIL.fullmatch(line.text)
            if council:
                return Title(line.text, f"masthead, line {line.number}", True, council["number"])
            match = NUMBER.fullmatch(line.text) if len(line.text) <= LONGEST and line.number > adopted else None
            if not match or not (match["stop"] or adopted or not match["number"][-1].isalnum()):
                continue
            texts = [match["title"] or "", *(after.text for after in paragraph[place + 1 :])]
            if not any(texts) and at + 1 < len(paragraphs):
                texts = [after.text for after in paragraphs[at + 1]]
            if title := _joined([text for text in texts if text]):
                return Title(title, f"after the number {match['number']}, line {line.number}", True, match["number"])
    return None


def _under_draft(paragraphs: list[list[Line]]) -> Title | None:
    found = None
    for at, paragraph in enumerate(paragraphs):
        whole = " ".join(line.text for line in paragraph)
        match = DRAFT.fullmatch(whole[-LONGEST:])
        if match and (OPENS_DRAFT.match(whole) or not (match["rest"] or "").strip(" *")):
            found = at
    following = paragraphs[found + 1 :] if found is not None else []
    for paragraph in following:
        title = _joined([line.text for line in paragraph])
        if not KEPT_APART.match(title) and title and len(title) <= LONGEST:
            return Title(title, f"under the words of a draft, line {paragraph[0].number}", True)
    return None


def _of_report(paragraphs: list[list[Line]]) -> Title | None:
    for before, paragraph in pairwise(paragraphs):
        title = _joined([line.text for line in before])
        if REPORT.match(paragraph[0].text) and not _is_apart(title):
            return Title(title, f"above {paragraph[0].text[:40]!r}, line {before[0].number}", False)
    return None


def _first_words(paragraphs: list[list[Line]]) -> Title | None:
    """The first paragraph of a document without a masthead, where it reads as a title does."""
    if any(re.match("Distr", line.text) or own_symbol(line.text) for paragraph in paragraphs for line in paragraph):
        return None
    for paragraph in paragraphs[:4]:
        title = SUGGESTED.sub("", _joined([line.text for line in paragraph]))
        if not _is_apart(title):
            shown = len(title) <= 200 and not title[0].islower() and title[-1] not in ".,;:"
            return Title(title, f"first words, line {paragraph[0].number}", False) if shown else None
    return None


def _is_apart(title: str) -> bool:
    forms = {form for names in BODIES.values() for form in names}
    return not title or bool(KEPT_APART.match(title) or whole_day(title)) or title.casefold() in forms
