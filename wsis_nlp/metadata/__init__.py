"""What a document says of itself: proposals for its entry in a registry, each with its origin.

Rules are those of drafting at the United Nations: the masthead, the line of adoption, the number before the title, the
running head. What no rule finds stays empty.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from wsis_nlp.metadata.adoption import Adoption, adoption_of, closing_days, stage_of
from wsis_nlp.metadata.dates import days_in, whole_day
from wsis_nlp.metadata.language import language_of
from wsis_nlp.metadata.masthead import BODIES, GAP, Masthead, masthead
from wsis_nlp.metadata.symbols import NUMBERED, Found, issuer, symbols_of
from wsis_nlp.metadata.titles import title_of
from wsis_nlp.readers import RawText

MISSING = "not found"
LONGEST_ID = 80


class Proposal(NamedTuple):
    """A value for one field, where it comes from, and whether nothing speaks against it."""

    value: str
    origin: str
    sure: bool


NOTHING = Proposal("", MISSING, True)


def propose_metadata(raw: RawText, file_name: str) -> dict[str, Proposal]:
    r"""What a document says of itself, for the fields of a registry that a document can tell.

    Parameters
    ----------
    raw : RawText
        The document as read.
    file_name : str
        Name of the file under which it came.

    Returns
    -------
    dict of str to Proposal
        ``title, symbol, body, date, stage, series, language, source, rights``: each a value, its origin in words and
        whether it is sure. What is not found is an empty string, a stage ``unstated``. ``date`` is the day of
        adoption where the text says that it was adopted, else the day of the masthead; the origin says which.

    Examples
    --------
    >>> raw = RawText("United Nations   A/C.2/90/L.5\n\nBoth States: draft resolution\n\nOn ponds\n")
    >>> found = propose_metadata(raw, "ponds.txt")
    >>> found["symbol"].value, found["title"].value, found["stage"].value, found["date"].origin
    ('A/C.2/90/L.5', 'On ponds', 'draft', 'not found')
    """
    head = masthead(raw)
    adoption = adoption_of(head)
    title = title_of(head, adoption.line if adoption else 0)
    symbol = _symbol(symbols_of(raw, head), title.number, adoption)
    stage, told, certain = stage_of(raw, head, adoption, symbol.value)
    language = language_of(raw.text)
    return {
        "title": Proposal(title.text, title.origin, title.sure) if title.text else NOTHING,
        "symbol": symbol,
        "body": _body(symbol.value, adoption, head),
        "date": _date(raw, head, adoption),
        "stage": Proposal(stage, told or MISSING, certain),
        "series": NOTHING,
        "language": Proposal(language, "common words", True) if language else NOTHING,
        "source": Proposal(file_name.encode("utf-8", "backslashreplace").decode(), "file name", True),
        "rights": NOTHING,
    }


def proposed_id(symbol: str, file_name: str, sha256: str) -> Proposal:
    """An id from a symbol, else from the letters of a file's name, else from the hash of the file's bytes.

    Examples
    --------
    >>> proposed_id("A/C.2/90/L.5/Rev.1", "ponds.txt", "0" * 64).value
    'a-c-2-90-l-5-rev-1'
    >>> proposed_id("", "Projet révisé (2).txt", "0" * 64).value
    'projet-revise-2'
    """
    stem = file_name.rpartition(".")[0] or file_name
    for text, origin in ((symbol, "symbol"), (stem, "file name")):
        letters = unicodedata.normalize("NFKD", text).casefold()
        folded = "".join(sign for sign in letters if not unicodedata.combining(sign))
        found = re.sub(r"[^a-z0-9]+", "-", folded)[:LONGEST_ID].strip("-")
        if found:
            return Proposal(found, origin, True)
    return Proposal(f"document-{sha256[:8]}", "hash of the file", True)


def _symbol(found: Found, number: str, adoption: Adoption | None) -> Proposal:
    form = NUMBERED.get(adoption.body, "") if adoption else ""
    counted = form.format(number) if form and re.fullmatch(r"[\w-]+/\d+", number) else ""
    if not found:
        return Proposal(counted, "body and number of the resolution", False) if counted else NOTHING
    place, symbol = found[0]
    alone = place.startswith("line")
    agree = len({other for _, other in found}) == 1 and (not counted or symbol.startswith(counted))
    return Proposal(symbol, place, agree and not alone)


def _body(symbol: str, adoption: Adoption | None, head: Masthead) -> Proposal:
    found = [(issuer(symbol), "symbol"), (head.enacting, f"line {head.enacting_line}")]
    if adoption:
        found.insert(0, (adoption.body, f"adoption, line {adoption.line}"))
    if not any(body for body, _ in found):
        found = [(_printed_body(line.text), f"masthead, line {line.number}") for line in head.lines]
    found = [(body, origin) for body, origin in found if body]
    return Proposal(*found[0], sure=len({body for body, _ in found}) == 1) if found else NOTHING


def _printed_body(line: str) -> str:
    """The principal body whose name is all that stands in one column of a line."""
    parts = {part.replace("’", "'").strip(" *").casefold() for part in GAP.split(line[:300])}
    return next((body for body, forms in BODIES.items() if parts & set(forms)), "")


def _date(raw: RawText, head: Masthead, adoption: Adoption | None) -> Proposal:
    """The day of adoption where there was one, else the day of the masthead."""
    printed, distributed = _printed_days(head)
    if not adoption:
        first = next(iter(printed.items()), None)
        if not first:
            return NOTHING
        day, line = first
        place = "day of the masthead" if distributed else "day in the first lines"
        return Proposal(day, f"{place}, line {line}", distributed and len(printed) == 1 and len(day) == 10)
    closing = closing_days(raw)
    if adoption.day:
        # What is distributed before it was adopted, or closes with another day, deserves a look.
        agree = closing in ([], [adoption.day]) and all(day >= adoption.day for day in printed if distributed)
        return Proposal(adoption.day, f"day of adoption, line {adoption.line}", agree)
    return Proposal(closing[0], "day of adoption, under the last paragraph", len(closing) == 1) if closing else NOTHING


def _printed_days(head: Masthead) -> tuple[dict[str, int], bool]:
    """Days that stand by themselves in a masthead, each with its line, and whether it is one of distribution.

    Without such a masthead also those that close a line count.
    """
    distributed = any("Distr." in line.text[:300] for line in head.lines)
    found: dict[str, int] = {}
    for line in head.lines:
        if len(line.text) > 300:
            continue
        days = [day for part in GAP.split(line.text) if (day := whole_day(part))]
        if "Distr." in line.text or not distributed:
            days += [day for day, after in days_in(line.text) if len(after.strip(" .,;:)]-–—*")) <= 4]
        for day in days:
            found.setdefault(day, line.number)
    return found, distributed
