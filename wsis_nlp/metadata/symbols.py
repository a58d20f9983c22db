"""Symbols of documents: which of those that are printed is a document's own, and what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wsis_nlp.metadata.masthead import HEAD, Masthead
from wsis_nlp.readers import RawText

SYMBOL = r"[A-Z][A-Z0-9-]{0,11}(?:/[A-Z0-9][A-Za-z0-9.–-]{0,19}){1,8}(?:\s\(\d{4}\))?"
WHOLE = re.compile(rf"(?:document\s|symbol:?\s)?({SYMBOL})\*{{0,3}}", re.IGNORECASE)
BESIDE = re.compile(
    r"(?:United Nations|Nations Unies|Naciones Unidas|Организация Объединенных Наций|General Assembly|"
    r"Economic and Social Council|Security Council|Human Rights Council|UN)$"
)
GAP = re.compile(r"\t|\s{2,}")
ISSUER = (
    (re.compile(r"A/HRC/"), "Human Rights Council"),
    (re.compile(r"A/(?:RES|DEC|C\.\d|L\.|INF|ES-|S-|\d|BUR)"), "General Assembly"),
    (re.compile(r"E/"), "Economic and Social Council"),
    (re.compile(r"S/"), "Security Council"),
)
NUMBERED = {
    "General Assembly": "A/RES/{}",
    "Economic and Social Council": "E/RES/{}",
    "Human Rights Council": "A/HRC/RES/{}",
}
"""How the adopted resolutions of a body are numbered, in the form ``78/132``."""
RUNNING = 40  # pieces of page furniture that are looked at

Found = list[tuple[str, str]]
"""Symbols, each after the place where it stands."""


def own_symbol(text: str) -> str:
    """The symbol that a line of a masthead or a running head gives the document, or an empty string."""
    if len(text) > 300:
        return ""
    parts = [part for part in GAP.split(text.strip()) if part]
    head, _, last = text.strip().rpartition(" ")
    if BESIDE.search(head):
        parts.append(last)
    for part in (parts[-1:] + parts[:1]) if parts else []:
        match = WHOLE.fullmatch(part)
        if match and re.fullmatch(SYMBOL, match[1]) and any(map(str.isdecimal, match[1].partition("/")[2])):
            return re.sub(r"\s", " ", match[1])
    return ""


def symbols_of(raw: RawText, head: Masthead) -> Found:
    """Symbols that the masthead, the running heads or, without both, lines that stand alone give the document."""
    found = [(f"masthead, line {line.number}", own_symbol(line.text)) for line in head.lines]
    found += _running(raw)
    if not any(symbol for _, symbol in found):
        found = list(_alone(raw.text[:HEAD]))
    return [(place, symbol) for place, symbol in found if symbol]


def _running(raw: RawText) -> Found:
    furniture = [region for region in raw.regions if region.kind == "furniture"][:RUNNING]
    found, page, before = [], 1, 0
    for region in furniture:
        page += raw.text.count("\f", before, region.start)
        before = region.start
        lines = raw.text[region.start : min(region.end, region.start + 1000)].split("\n")
        found += [(f"running head, page {page}", own_symbol(line)) for line in lines]
    return found


def _alone(text: str) -> Iterator[tuple[str, str]]:
    lines = ["", *text.replace("\f", "\n").split("\n"), ""]
    for number, line in enumerate(lines[1:-1], 1):
        match = WHOLE.fullmatch(line.strip()) if len(line) < 80 else None
        if match and not lines[number - 1].strip() and not lines[number + 1].strip():
            yield f"line {number}", own_symbol(line)


def issuer(symbol: str) -> str:
    """The principal body whose series a symbol belongs to, or an empty string."""
    return next((body for pattern, body in ISSUER if pattern.match(symbol)), "")
