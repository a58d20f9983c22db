"""Readings of a text whose tracked changes were flattened or which OCR has spoilt.

Every document has three: ``printed`` (the characters as they stand), ``new`` (the text that the changes lead to) and
``old`` (what they replaced). Corrections are data beside the document, applied to what is read, never to the file.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from wsis_nlp._checks import InputError, check_one_of
from wsis_nlp.readers import RawText, csv_rows, read_rows
from wsis_nlp.showing import sheet_text

Reading = Literal["printed", "new", "old"]
Sort = Literal["tracked", "ocr", "residue"]  # a flattened edit, a misread character, residue of extraction
Extents = NDArray[np.int32]
"""One row per character of a text: start and end, in the raw text, of what it stands for."""

SPACE = re.compile(r"\s")
COLUMNS = ("start", "end", "printed", "new", "old", "sort", "sure")


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected place: half-open offsets in the raw text, its readings, its sort, and whether it leaves no doubt."""

    start: int
    end: int
    printed: str
    new: str
    old: str
    sort: Sort
    sure: bool


def read_corrections(path: Path, raw: str) -> tuple[Correction, ...]:
    """Corrections of the document with a raw text, in order of ``start``; none where the CSV file does not exist.

    Its columns are those of `Correction`. A row that cannot be used is an `InputError` that names file and line.
    """
    return _in_order(read_rows(path, COLUMNS), raw)


def corrections_of(data: bytes, raw: str, *, where: str) -> tuple[Correction, ...]:
    """Corrections in the bytes of a CSV file that ``where`` names (see `read_corrections`)."""
    return _in_order(csv_rows(data, COLUMNS, where=where), raw)


def _in_order(rows: Iterable[tuple[str, dict[str, str]]], raw: str) -> tuple[Correction, ...]:
    corrections: list[Correction] = []
    for where, row in rows:
        corrections.append(_correction(row, where, raw))
        if len(corrections) > 1 and corrections[-1].start < corrections[-2].end:
            raise InputError(f"{where}: overlaps the correction before it; order them by start")
    return tuple(corrections)


def _correction(row: dict[str, str], where: str, raw: str) -> Correction:
    try:
        start, end = int(row["start"]), int(row["end"])
    except ValueError:
        raise InputError(f"{where}: start {row['start']!r} and end {row['end']!r} must be whole numbers") from None
    if not 0 <= start <= end <= len(raw):
        raise InputError(f"{where}: {start} to {end} lies outside the text of {len(raw)} characters")
    there = raw[start:end].split()
    if there != row["printed"].split() and there == sheet_text(row["printed"]).split():
        # The row is from a table in which an apostrophe keeps a spreadsheet from computing the words.
        row = row | {name: sheet_text(row[name]) for name in ("printed", "new", "old")}
    if there != row["printed"].split():
        raise InputError(f"{where}: printed is {row['printed']!r} and the text has {raw[start:end]!r} there")
    sort = cast(Sort, check_one_of(row["sort"], get_args(Sort), name=f"{where}: sort"))
    sure = check_one_of(row["sure"], ("yes", "no"), name=f"{where}: sure") == "yes"
    return Correction(start, end, raw[start:end], row["new"], row["old"], sort, sure)


def tracked_changes(raw: RawText, extents: Extents, corrections: Sequence[Correction]) -> list[Correction]:
    """Changes that the file itself tracks inside the text of a unit, but for those that a correction covers.

    One that reaches over an end of the text, as over the label of a paragraph that is deleted as a whole, is cut there;
    its words are printed words or none, so that they can be. A correction of a part of one is an `InputError`.
    """
    if not len(extents):
        return []
    low, high = int(extents[0, 0]), int(extents[-1, 1])
    changes: list[Correction] = []
    for edit in raw.edits[bisect(raw.edits, low, key=lambda one: one.end) :]:
        if edit.start >= high:
            break
        start, end = max(edit.start, low), min(edit.end, high)
        over = [place for place in corrections if place.start < end and start < place.end]
        for place in over:
            if place.start > start or place.end < end:
                given = f"the correction of {place.printed!r}, {place.start} to {place.end},"
                raise InputError(f"{given} has a part of the tracked change {start} to {end}; it must cover the whole")
        if not over:
            cut = slice(start - edit.start, end - edit.start)
            printed, new, old = (SPACE.sub(" ", part)[cut] for part in (raw.text[edit.start : edit.end], *edit[2:]))
            changes.append(Correction(start, end, printed, new, old, "tracked", True))
    return changes


def character_extents(offsets: NDArray[np.int32]) -> Extents:
    """Extents of the characters of a text that stands in the raw text as it is, from the offset of each."""
    return np.stack([offsets, offsets + 1], axis=1)


def corrected_places(extents: Extents, corrections: Sequence[Correction]) -> Iterator[tuple[int, int, Correction]]:
    """Corrections inside a text, each after the first character that it replaces and the first that it does not.

    What is inserted belongs beside a character; a correction that reaches over an end of the text is not inside it.
    """
    if not len(extents):
        return
    starts, ends = extents.T
    for place in corrections:
        if starts[0] <= place.start and place.end <= ends[-1]:
            first, last = (int(at) for at in np.searchsorted(starts, [place.start, place.end]))
            beside = place.start in (*ends[max(first - 1, 0) : first], *starts[first : first + 1])
            if first < last or (place.start == place.end and beside):
                yield first, last, place


def apply_reading(
    text: str, extents: Extents, corrections: Sequence[Correction], *, reading: Reading
) -> tuple[str, Extents]:
    """Text of a unit in a reading, and the extents of its characters, from those of its printed text.

    Only corrections inside the unit take effect (see `corrected_places`). Starts and ends of the extents never
    decrease: characters that printed text and replacement share, as `difflib.SequenceMatcher` aligns them, stand for
    themselves; those that replace others all stand for the whole of them; those that are added have an extent of length
    0; the one before a deletion stands for both. Blanks at the ends and beside blanks are dropped.
    """
    check_one_of(reading, get_args(Reading), name="reading")
    places = [] if reading == "printed" else list(corrected_places(extents, corrections))
    if not places:
        return text, extents
    printed: list[tuple[int, int]] = [(start, end) for start, end in extents.tolist()]
    pieces: list[str] = []
    found: list[tuple[int, int]] = []
    done = 0
    for first, last, place in places:
        replacement = place.new if reading == "new" else place.old
        pieces += [text[done:first], replacement]
        found += printed[done:first]
        edges = [place.start, *(start for start, _ in printed[first + 1 : last]), place.end]
        steps = SequenceMatcher(None, text[first:last], replacement, autojunk=False).get_opcodes()
        for step, start, end, new_start, new_end in steps:
            if step == "equal":
                found += zip(edges[start:end], edges[start + 1 : end + 1], strict=True)
            elif step == "delete" and found:
                found[-1] = (found[-1][0], edges[end])
            else:
                found += [(edges[start], edges[end])] * (new_end - new_start)
        done = last
    joined = "".join([*pieces, text[done:]])
    end = len(joined.rstrip(" "))
    kept = [at for at in range(end) if joined[at] != " " or (at > 0 and joined[at - 1] != " ")]
    rows = np.array(found + printed[done:], dtype=np.int32).reshape(-1, 2)
    return "".join(joined[at] for at in kept), rows[kept]
