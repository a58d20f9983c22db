"""Segmentation: the raw text of a United Nations document as the units by which it is cited.

The raw text is never altered: each unit says where it stands, and each character of its words from where it came.
"""

from __future__ import annotations

from dataclasses import replace

from wsis_nlp.segmentation.blocks import build_blocks
from wsis_nlp.segmentation.footnotes import mark_footnotes
from wsis_nlp.segmentation.furniture import cut_page_flow, cut_residue, mark_furniture
from wsis_nlp.segmentation.kinds import classify
from wsis_nlp.segmentation.labels import parse_label
from wsis_nlp.segmentation.lines import read_lines
from wsis_nlp.segmentation.numbering import cut_inline, number_lines
from wsis_nlp.segmentation.units import Kind, Unit, finish

__all__ = ["Kind", "Unit", "segment"]


def segment(raw: str) -> list[Unit]:
    r"""Part a raw text into units, so that each character that is not white space belongs to exactly one.

    Parameters
    ----------
    raw : str
        The text of one document as it was read, without newline translation.

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
        first, *others = segment(" " + raw[1:])
        return [replace(first, spans=((0, first.spans[0][1]), *first.spans[1:])), *others]
    lines, page = read_lines(raw)
    for line in lines:
        line.label = parse_label(line.text)
    mark_furniture(lines)
    mark_footnotes(lines, page)
    lines = cut_page_flow(lines)
    inner = number_lines(lines, page)
    blocks = cut_residue(build_blocks(cut_inline(lines, inner), page))
    classify(blocks)
    return finish(raw, blocks)
