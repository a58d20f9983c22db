"""Segmentation: the raw text of a United Nations document as the units by which it is cited.

The raw text is never altered: each unit says where it stands, and each character of its words from where it came.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import replace

from wsis_nlp.segmentation.blocks import build_blocks
from wsis_nlp.segmentation.footnotes import mark_footnotes, note_label
from wsis_nlp.segmentation.furniture import cut_page_flow, cut_residue, mark_furniture
from wsis_nlp.segmentation.kinds import classify
from wsis_nlp.segmentation.labels import parse_label
from wsis_nlp.segmentation.lines import Line, read_lines
from wsis_nlp.segmentation.numbering import cut_inline, number_lines
from wsis_nlp.segmentation.units import Kind, Unit, finish

__all__ = ["Kind", "Unit", "segment"]


def segment(raw: str, regions: Sequence[tuple[int, int, str]] = ()) -> list[Unit]:
    r"""Part a raw text into units, so that each character that is not white space belongs to exactly one.

    Parameters
    ----------
    raw : str
        The text of one document as it was read, without newline translation.
    regions : sequence of (start, end, kind), optional
        What the format of the file tells of stretches of whole lines, in order: ``furniture``, ``footnote`` (one note
        each) or ``heading``. It settles what else is told by the words and their place.

    Returns
    -------
    list of Unit
        In document order. For every unit and place `i`, ``raw[unit.offsets[i]] == unit.text[i]``, or the character
        is a space to which white space was folded.

    Examples
    --------
    >>> units = segment("Preamble\n\n1. Recalling its mandate,\n\nNext steps\n\n2. We agree:\n\n(a) To meet.")
    >>> [(unit.kind, unit.label, unit.section) for unit in units]  # doctest: +NORMALIZE_WHITESPACE
    [('heading', None, ()), ('preambular', '1', ('Preamble',)), ('heading', None, ()),
     ('operative', '2', ('Next steps',)), ('subparagraph', '2(a)', ('Next steps',))]
    """
    if raw.startswith("\ufeff") and raw.strip("\ufeff \t\r\n"):
        # The signature of an editor stands before the text and belongs to its first unit.
        first, *others = segment(" " + raw[1:], regions)
        return [replace(first, spans=((0, first.spans[0][1]), *first.spans[1:])), *others]
    lines, page = read_lines(raw)
    for line in lines:
        line.label = parse_label(line.text)
    free = mark_regions(lines, regions)
    mark_furniture(free)
    mark_footnotes(free, page)
    lines = cut_page_flow(lines)
    inner = number_lines(lines, page)
    blocks = cut_residue(build_blocks(cut_inline(lines, inner), page))
    classify(blocks)
    return finish(raw, blocks)


def mark_regions(lines: list[Line], regions: Sequence[tuple[int, int, str]]) -> list[Line]:
    """Mark the lines in regions with what the format tells of them; return those that are left to be judged."""
    starts = [start for start, _, _ in regions]
    last = None
    for line in lines:
        n = bisect(starts, line.start) - 1
        line.region = n if n >= 0 and line.start < regions[n][1] else None
        kind = regions[n][2] if line.region is not None else None
        line.title = kind == "heading"
        if kind == "furniture":
            line.role = "furniture"
        elif kind == "footnote":
            line.role, line.label = "note", note_label(line) if line.region != last else None
        last = line.region
    return [line for line in lines if line.role == "body"]
