"""The paragraph table: every unit of every document, citable by its ``para_id``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from os.path import lexists
from typing import get_args

import pandas as pd

from wsis_nlp._checks import InputError, check_columns, check_one_of
from wsis_nlp.documents import Corpus, Document, corrections_path
from wsis_nlp.readers import RawText
from wsis_nlp.readings import (
    Correction,
    Extents,
    Reading,
    apply_reading,
    character_extents,
    corrected_places,
    read_corrections,
    tracked_changes,
)
from wsis_nlp.segmentation import Kind, Unit
from wsis_nlp.tracked import document_units

Row = tuple[object, ...]
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


def _rows(corpus: Corpus, document: Document, reading: Reading) -> list[Row]:
    raw, path = document.read(), corrections_path(corpus, document)
    (rows,) = reading_rows(document.id, raw, read_corrections(path, raw.text), [reading], where=str(path))
    return rows


def reading_rows(
    doc_id: str, raw: RawText, corrections: Sequence[Correction], readings: Iterable[Reading], *, where: str
) -> list[list[Row]]:
    """Rows of the paragraph table of one document in each of some readings, from its raw text and its corrections.

    A correction that does not lie in the text of one unit is an `InputError`, in which ``where`` names their file.
    """
    units = document_units(raw)
    printed = [(unit.text, character_extents(unit.offsets)) for unit in units]
    held = Counter(place for _, extents in printed for *_, place in corrected_places(extents, corrections))
    for place in corrections:
        if held[place] != 1:
            which = f"{where}: the correction of {place.printed!r}, {place.start} to {place.end},"
            raise InputError(f"{which} lies in the text of {held[place]} units; it must lie in that of one")
    changes = [
        sorted([*corrections, *tracked_changes(raw, extents, corrections)], key=lambda place: (place.start, place.end))
        for _, extents in printed
    ]
    para_ids = paragraph_ids(doc_id, units)
    tables = []
    for reading in readings:
        pairs = zip(printed, changes, strict=True)
        read = [apply_reading(text, extents, places, reading=reading) for (text, extents), places in pairs]
        tables.append(_reading(doc_id, para_ids, units, read))
    return tables


def _reading(doc_id: str, para_ids: list[str], units: list[Unit], read: list[tuple[str, Extents]]) -> list[Row]:
    headings = {unit.text: text for unit, (text, _) in zip(units, read, strict=True) if unit.kind == "heading"}
    return [
        (
            doc_id, para_id, unit.order, unit.kind, unit.label, unit.old_label,
            tuple(name for one in unit.section if (name := headings.get(one, one))), unit.marks, unit.spans,
            text, extents,
        )
        for para_id, unit, (text, extents) in zip(para_ids, units, read, strict=True)
    ]  # fmt: skip


def has_changes(corpus: Corpus) -> bool:
    """Whether readings may differ: a document has corrections, or its format can track changes. No file is read."""
    return any(one.file.suffix.lower() not in UNTRACKED or lexists(corrections_path(corpus, one)) for one in corpus)


def body_paragraphs(paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Rows of the body: preambular, operative and sub-paragraph units that have words in the reading."""
    check_columns(paragraphs, ["kind", "text"], name="paragraphs")
    return paragraphs[paragraphs["kind"].isin(BODY) & (paragraphs["text"] != "")].reset_index(drop=True)


def document_table(corpus: Corpus) -> pd.DataFrame:
    """Documents of a corpus: ``doc_id, title, symbol, body, date, stage, series, language, source``."""
    names = ["title", "symbol", "body", "date", "stage", "series", "language", "source"]
    rows = [(one.id, *(getattr(one, name) for name in names)) for one in corpus]
    return pd.DataFrame(rows, columns=["doc_id", *names])


def document_sizes(documents: pd.DataFrame, paragraphs: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """One row per document: ``doc_id, title, date, stage, series, tokens`` and the number of units of each kind."""
    columns = ["tokens", *get_args(Kind)]
    kinds = pd.crosstab(paragraphs["doc_id"], paragraphs["kind"])
    sizes = kinds.assign(tokens=tokens.groupby("doc_id").size()).reindex(columns=columns)
    table = documents[["doc_id", "title", "date", "stage", "series"]].join(sizes, on="doc_id")
    return table.fillna(dict.fromkeys(columns, 0)).astype(dict.fromkeys(columns, "int64"))
