"""The paragraph table: every unit of every document, citable by its ``para_id``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from os.path import lexists
from typing import get_args

import pandas as pd

from wsis_nlp._checks import InputError, check_columns, check_one_of
from wsis_nlp.documents import Corpus, Document, corrections_path
from wsis_nlp.readings import (
    Reading,
    apply_reading,
    character_extents,
    corrected_places,
    read_corrections,
    tracked_changes,
)
from wsis_nlp.segmentation import Unit
from wsis_nlp.tracked import document_units

UNTRACKED = (".txt", ".md", ".pdf")  # formats that cannot track changes
BODY = ("preambular", "operative", "subparagraph")
PARAGRAPH_COLUMNS = (
    "doc_id", "para_id", "order", "kind", "label", "old_label", "section", "marks", "spans", "text", "extents",
)  # fmt: skip


def paragraph_ids(doc_id: str, units: Iterable[Unit]) -> list[str]:
    r"""Names under which the units of a document are cited.

    Body units are named by their label, headings and footnotes by ``h`` or ``fn`` and theirs, units without a label
    by ``p`` and their order; a blank in a label becomes a hyphen, and what occurs again gets ``~2``, ``~3`` and so on.

    >>> from wsis_nlp import segment
    >>> paragraph_ids("note", segment("1. We reaffirm this.\n\n2. We welcome that.\n"))
    ['note:1', 'note:2']
    """
    prefixes = {"heading": "h", "footnote": "fn"}
    seen: Counter[str] = Counter()
    names = []
    for unit in units:
        own = f"p{unit.order}" if unit.label is None else prefixes.get(unit.kind, "") + unit.label.replace(" ", "-")
        seen[own] += 1
        names.append(f"{doc_id}:{own}" + (f"~{seen[own]}" if seen[own] > 1 else ""))
    return names


def paragraph_table(
    corpus: Corpus, *, reading: Reading = "new", documents: Iterable[Document] | None = None
) -> pd.DataFrame:
    """Units of documents (of all unless given), one a row, by document and place in it.

    The folder of the corpus holds the corrections, as ``corrections/<id>.csv``; one that does not lie in the text of
    one unit is an `InputError`.

    Returns
    -------
    DataFrame
        ``doc_id``, ``para_id``, ``order`` : the document, the key of the unit, and 1, 2, 3 … in the document
        ``kind`` : front, heading, preambular, operative, subparagraph, footnote, closing or furniture
        ``label``, ``old_label`` : str or missing
        ``section``, ``marks`` : tuples of the headings above, outermost first, and of drafting marks
        ``spans`` : tuple of (start, end) in the raw text
        ``text`` : the words, in the reading asked for
        ``extents`` : array of shape (characters of ``text``, 2), start and end in the raw text of what each stands for
    """
    check_one_of(reading, get_args(Reading), name="reading")
    chosen = corpus.documents if documents is None else documents
    rows = [row for document in chosen for row in _rows(corpus, document, reading)]
    return pd.DataFrame(rows, columns=list(PARAGRAPH_COLUMNS))


def _rows(corpus: Corpus, document: Document, reading: Reading) -> list[tuple[object, ...]]:
    raw, path = document.read(), corrections_path(corpus, document)
    units, corrections = document_units(raw), read_corrections(path, raw.text)
    printed = [(unit.text, character_extents(unit.offsets)) for unit in units]
    held = Counter(place for _, extents in printed for *_, place in corrected_places(extents, corrections))
    for place in corrections:
        if held[place] != 1:
            where = f"{path}: the correction of {place.printed!r}, {place.start} to {place.end},"
            raise InputError(f"{where} lies in the text of {held[place]} units; it must lie in that of one")
    read = []
    for text, extents in printed:
        places = [*corrections, *tracked_changes(raw, extents, corrections)]
        places.sort(key=lambda place: (place.start, place.end))
        read.append(apply_reading(text, extents, places, reading=reading))
    headings = {unit.text: text for unit, (text, _) in zip(units, read, strict=True) if unit.kind == "heading"}
    return [
        (
            document.id, para_id, unit.order, unit.kind, unit.label, unit.old_label,
            tuple(name for one in unit.section if (name := headings.get(one, one))), unit.marks, unit.spans,
            text, extents,
        )
        for para_id, unit, (text, extents) in zip(paragraph_ids(document.id, units), units, read, strict=True)
    ]  # fmt: skip


def has_changes(corpus: Corpus) -> bool:
    """Whether readings may differ: a document has corrections, or its format can track changes. No file is read."""
    return any(one.file.suffix.lower() not in UNTRACKED or lexists(corrections_path(corpus, one)) for one in corpus)


def body_paragraphs(paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Rows of the body: preambular, operative and sub-paragraph units that have words in the reading."""
    check_columns(paragraphs, ["kind", "text"], name="paragraphs")
    return paragraphs[paragraphs["kind"].isin(BODY) & (paragraphs["text"] != "")].reset_index(drop=True)
