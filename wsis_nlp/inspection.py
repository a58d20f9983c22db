"""What the segmentation made of the documents of a corpus, and what in it deserves a look.

A finding may be right all the same: a draft drops numbers, a fragment opens in the middle of a sentence. Who has looked
says so in ``explained.csv`` beside the documents (``doc_id, finding, place, why``).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import get_args

import numpy as np
import pandas as pd

from wsis_nlp._checks import InputError
from wsis_nlp.documents import Corpus
from wsis_nlp.paragraphs import BODY, paragraph_ids
from wsis_nlp.readers import read_rows
from wsis_nlp.segmentation import Kind, Unit
from wsis_nlp.segmentation.labels import ROMAN
from wsis_nlp.tracked import document_units

Finding = tuple[str, str, str]
"""What it is, the unit at which it stands, and in words."""

LONG = 3000
ENDS = re.compile(r"[.;:,!?…](?:[\s\d¹²³⁰-⁹*\])}”’\"'»—–-]*|\s+(?:and|or|et|ou|y|o))$")
PAGE = re.compile(r"(?<![\w/])(\d{1,3})/(\d{1,3})(?![\w/])")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ORDERS = ([*LETTERS, *(letter * 2 for letter in LETTERS)], list(ROMAN)[1:], list(map(str, range(1, 100))))


def segmentation_report(corpus: Corpus) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How the documents were segmented, and what in it deserves a look.

    Returns
    -------
    report : DataFrame
        One row per document: ``doc_id, characters`` (of the raw text, no white space), ``left_out, counted_twice``
        (those in no unit, and in several; 0 in a sound segmentation), one column per kind of unit, ``unlabelled``
        (operative paragraphs without a label), ``numbers`` (first and last of the operative ones, in order of the
        text), ``gaps`` (numbers missing between two that follow each other), ``restarts`` (those below the one before),
        ``encoding`` (of the file; empty where its format has none of its own)
    findings : DataFrame
        ``doc_id``; ``finding``, one of: characters, scanned, gap, restart, repeated, sub-items, footnotes, unlabelled,
        page inside, opening, ending, long, and ``stale`` for an explanation of what is no longer found; ``place``, the
        ``para_id``; ``detail`` in words; ``explained``, why it is right all the same, or an empty string
    """
    reasons = _explanations(corpus)
    reports: list[dict[str, object]] = []
    rows: list[tuple[str, ...]] = []
    for document in corpus:
        source = document.read()
        units = document_units(source)
        report = {"doc_id": document.id, **_report(source.text, units), "encoding": source.encoding}
        reports.append(report)
        unread = [("scanned", document.id, source.unread)] if source.unread else []
        for finding, place, detail in (*unread, *_findings(report, units)):
            rows.append((document.id, finding, place, detail, reasons.get((document.id, finding, place), "")))
    found = {row[:3] for row in rows}
    rows += [
        (doc_id, "stale", place, f"explained is a finding {finding!r} that is not there", "")
        for doc_id, finding, place in reasons
        if (doc_id, finding, place) not in found
    ]
    return pd.DataFrame(reports), pd.DataFrame(rows, columns=["doc_id", "finding", "place", "detail", "explained"])


def _explanations(corpus: Corpus) -> dict[tuple[str, str, str], str]:
    reasons: dict[tuple[str, str, str], str] = {}
    for where, row in read_rows(corpus.folder / "explained.csv", ("doc_id", "finding", "place", "why")):
        key = row["doc_id"], row["finding"], row["place"]
        if not row["why"].strip():
            raise InputError(f"{where}: why is empty; say why the finding is right")
        if key in reasons:
            raise InputError(f"{where}: {' '.join(key)} is explained already; one row says why")
        reasons[key] = row["why"]
    return reasons


def _coverage(raw: str, units: Sequence[Unit]) -> tuple[int, int, int]:
    """How many printed characters there are, how many in no unit, how many in several."""
    owners = np.zeros(len(raw) + 1, dtype=np.int64)
    for start, end in (span for unit in units for span in unit.spans):
        owners[start] += 1
        owners[end] -= 1
    held = np.cumsum(owners)[:-1]
    printed = np.array([not sign.isspace() for sign in raw])
    return int(printed.sum()), int((held[printed] == 0).sum()), int((held[printed] > 1).sum())


def _numbering(units: Sequence[Unit]) -> tuple[list[tuple[int, Unit]], list[tuple[int, int, Unit]], list[Unit]]:
    """The numbers of the operative paragraphs, the gaps (first, last, the unit behind) and the units that restart."""
    found = ((re.match(r"\d+", unit.label or ""), unit) for unit in units if unit.kind == "operative")
    numbers = [(int(match.group()), unit) for match, unit in found if match]
    gaps, restarts, peak = [], [], numbers[0][0] if numbers else 0
    for (before, _), (after, unit) in pairwise(numbers):
        # A number out of its order (20 between 47 and 48) opens no gap behind it; numbering begun anew at 1 does.
        peak = before if after > before == 1 else peak
        if after > peak + 1:
            gaps.append((peak + 1, after - 1, unit))
        if after < before:
            restarts.append(unit)
        peak = max(peak, after)
    return numbers, gaps, restarts


def _report(raw: str, units: Sequence[Unit]) -> dict[str, object]:
    characters, left_out, counted_twice = _coverage(raw, units)
    kinds = Counter(unit.kind for unit in units)
    numbers, gaps, restarts = _numbering(units)
    return {
        "characters": characters,
        "left_out": left_out,
        "counted_twice": counted_twice,
        **{kind: kinds[kind] for kind in get_args(Kind)},
        "unlabelled": sum(unit.kind == "operative" and unit.label is None for unit in units),
        "numbers": f"{numbers[0][0]} to {numbers[-1][0]}" if numbers else "none",
        "gaps": ", ".join(_stretch(first, last) for first, last, _ in gaps),
        "restarts": ", ".join(re.findall(r"^\d+", unit.label or "")[0] for unit in restarts),
    }


def _stretch(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _findings(report: dict[str, object], units: Sequence[Unit]) -> Iterator[Finding]:
    doc_id = str(report["doc_id"])
    names = dict(zip((unit.order for unit in units), paragraph_ids(doc_id, units), strict=True))
    if report["left_out"] or report["counted_twice"]:
        yield "characters", doc_id, f"{report['left_out']} in no unit, {report['counted_twice']} in several"
    numbers, gaps, restarts = _numbering(units)
    for first, last, unit in gaps:
        yield "gap", names[unit.order], f"no paragraph before it is numbered {_stretch(first, last)}"
    for unit in restarts:
        yield "restart", names[unit.order], "its number is below the one before"
    for unit in units:
        name = names[unit.order]
        if "~" in name and unit.kind in BODY:
            yield "repeated", name, f"another paragraph has the label {unit.label}"
        if unit.kind == "operative" and unit.label is unit.old_label is None and len(numbers) > 4:
            yield "unlabelled", name, "has no number, as others have"
    yield from ((finding, names[unit.order], detail) for finding, unit, detail in broken_lists(units))
    yield from ((finding, names[unit.order], detail) for finding, unit, detail in _wording(units))


def broken_lists(units: Sequence[Unit]) -> Iterator[tuple[str, Unit, str]]:
    """Findings ``sub-items`` and ``footnotes``: lists that do not count on from their first, the unit, and in words."""
    items: dict[str, list[tuple[str, Unit]]] = defaultdict(list)
    for unit in units:
        if unit.kind == "subparagraph" and (match := re.fullmatch(r"(.*)\((\w+)\)", unit.label or "")):
            items[match[1]].append((match[2], unit))
    for parent, listed in items.items():
        texts = [text for text, _ in listed if not re.search("bis|ter|quater", text)]
        if not any(texts == order[: len(texts)] for order in ORDERS):
            yield "sub-items", listed[0][1], f"those of {parent or 'no paragraph'} are {', '.join(texts)}"
    marked = ((unit.label or "", unit) for unit in units if unit.kind == "footnote")
    notes = [(int(mark), unit) for mark, unit in marked if mark.isdecimal()]
    for (before, _), (after, unit) in pairwise([(0, units[0]), *notes] if notes else []):
        if after not in (before + 1, 1):
            yield "footnotes", unit, f"note {after} follows {before or 'no other'}"


def _wording(units: Sequence[Unit]) -> Iterator[tuple[str, Unit, str]]:
    """Paragraphs whose words look cut or run together."""
    pages = {match[2] for unit in units if unit.kind == "furniture" if (match := PAGE.fullmatch(unit.text))}
    for unit in units:
        if unit.kind not in BODY:
            continue
        text = unit.text
        for match in PAGE.finditer(text):
            if match[2] in pages and int(match[1]) <= int(match[2]):
                yield "page inside", unit, f"has {match.group()!r} in it, as pages are numbered here"
        if text[:1].islower() and unit.kind != "subparagraph":
            yield "opening", unit, f"opens in the middle of a sentence: {text[:40]!r}"
        if not ENDS.search(text):
            yield "ending", unit, f"ends without a stop: {text[-40:]!r}"
        if len(text) > LONG:
            yield "long", unit, f"has {len(text)} characters"
