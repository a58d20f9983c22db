"""Units of a document whose file tracks its changes: they are those of the new text, and hold the old words too."""

from __future__ import annotations

import re
from bisect import bisect, bisect_left
from dataclasses import replace

import numpy as np

from wsis_nlp.readers import RawText
from wsis_nlp.segmentation import Unit, segment
from wsis_nlp.segmentation.labels import parse_label
from wsis_nlp.segmentation.units import folded


def document_units(raw: RawText) -> list[Unit]:
    """Units of a raw text as printed, with the labels and the structure that they have once all changes are accepted.

    Where a number was typed over another, ``label`` is the new one and ``old_label`` the old. A unit that is deleted as
    a whole has the kind that it has in print, no label, and as its old one that in print.
    """
    units = segment(raw.text, raw.regions)
    if not raw.edits:
        return units
    text, deleted = raw.text, np.zeros(len(raw.text), dtype=np.bool_)
    ink = np.array([not sign.isspace() for sign in text])
    for edit in raw.edits:
        deleted[edit.start : edit.end] = not edit.new
    deleted &= ink
    living = segment("".join(" " if gone else sign for sign, gone in zip(text, deleted, strict=True)), raw.regions)
    alive = ink & ~deleted
    empty = (unit for unit in units if not any(alive[start:end].any() for start, end in unit.spans))
    gone = [replace(unit, label=None, old_label=unit.label) for unit in empty]
    away = np.zeros(len(text), dtype=np.bool_)
    for start, end in (span for unit in gone for span in unit.spans):
        away[start:end] = True
    held = _homes(np.flatnonzero(deleted & ~away).tolist(), living, gone, text)
    merged = [_with_deleted(unit, held.get(n, {}), text) for n, unit in enumerate([*living, *gone])]
    ordered = sorted(merged, key=lambda unit: unit.spans)
    return [replace(unit, order=n) for n, unit in enumerate(ordered, 1)]


def _homes(deleted: list[int], living: list[Unit], gone: list[Unit], text: str) -> dict[int, dict[int, list[int]]]:
    """Deleted characters by unit and by the span of it in which they stand, or else beside which, on the same line.

    They stand beside one of the living where there is a choice.
    """
    spans = sorted((*span, n, own) for n, unit in enumerate([*living, *gone]) for own, span in enumerate(unit.spans))
    breaks = [at for at, sign in enumerate(text) if sign == "\n"]
    homes: dict[int, dict[int, list[int]]] = {}
    for at in deleted:
        place = bisect(spans, at, key=lambda span: span[0])
        before, after = spans[max(place - 1, 0)], spans[min(place, len(spans) - 1)]
        ahead = at < before[0] or (at >= before[1] and bisect_left(breaks, before[1]) < bisect_left(breaks, at))
        home, other = (after, before) if ahead else (before, after)
        if home[2] >= len(living) > other[2] and at >= before[1]:
            home = other
        homes.setdefault(home[2], {}).setdefault(home[3], []).append(at)
    return homes


def _with_deleted(unit: Unit, held: dict[int, list[int]], text: str) -> Unit:
    """A unit with the deleted characters that stand in or beside its spans; those before its words are of its label."""
    if not held:
        return unit
    deleted = sorted(at for places in held.values() for at in places)
    spans = tuple(
        (min(start, *held[n]), max(end, *(at + 1 for at in held[n]))) if n in held else (start, end)
        for n, (start, end) in enumerate(unit.spans)
    )
    begin = int(unit.offsets[0]) if len(unit.offsets) else spans[0][0]
    label = re.sub(r"\s", "", "".join(text[at] for at in deleted if at < begin)) if unit.label else ""
    old = parse_label(label + " A") if label else None
    words = set(deleted) if old is None else {at for at in deleted if at > begin}
    blanks = {at for span in spans for at in range(*span) if at > begin and text[at].isspace()}
    kept = sorted({*unit.offsets.tolist(), *words, *blanks})
    space = np.array([at in blanks or (at not in words and text[at].isspace()) for at in kept])
    shown = folded(space)
    offsets = np.array(kept, dtype=np.int32)[shown]
    signs = "".join(" " if blank else text[at] for at, blank in zip(offsets, space[shown], strict=True))
    return replace(unit, spans=spans, old_label=old.text if old else unit.old_label, text=signs, offsets=offsets)
