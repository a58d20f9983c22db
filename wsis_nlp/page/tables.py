"""The tables of the page, each under the name that it has among the results of the study where it is one of these."""

from __future__ import annotations

import pandas as pd

from wsis_nlp.documents import corrections_path
from wsis_nlp.inheritance import inherited_words
from wsis_nlp.readings import corrected_places, read_corrections, tracked_changes
from wsis_nlp.study import Study

Table = tuple[str, pd.DataFrame]  # its caption, and it
DRIFT = [
    "doc_id", "date", "stage", "concept", "count", "count_printed", "tokens", "rate_per_1000", "low", "high",
    "section_low", "section_high", "paragraphs_with", "paragraphs", "share_paragraphs", "share_low", "share_high",
    "first_para",
]  # fmt: skip
PLACES = ["para_id", "start", "end", "left", "printed", "new", "old", "right", "sort", "sure"]
CONTEXT = 60  # characters on each side of a corrected place
WITH_CHANGES = ".docx"  # files of this type alone can track changes


def study_tables(study: Study) -> dict[str, Table]:
    """Captions and tables, but for those of topics."""
    order = study.documents["doc_id"].tolist()
    similarity = study.document_similarity()
    forward = similarity["doc_a"].map(order.index) < similarity["doc_b"].map(order.index)
    pairs = similarity[forward].sort_values(["similarity", "doc_a", "doc_b"], ascending=[False, True, True])
    nearest = study.paragraph_similarity(top_n=1).sort_values("similarity", ascending=False, kind="stable")
    return {
        "documents": ("The documents, in order of date.", study.documents.drop(columns=["source"])),
        "units": ("Words of the body and units by kind, per document.", study.overview().drop(columns=["title"])),
        "drift-all": (
            "Mentions of every concept by document; rates per 1,000 words, with limits at 95 per cent (Korn and"
            " Graubard); section: with whole sections as the units; share: of paragraphs (Clopper and Pearson).",
            study.drift()[DRIFT],
        ),
        "similarity-documents": (
            "Cosine similarity of documents with limits at 95 per cent; floors: what two texts as long as these would"
            " have if both were of the kind of the one; p: of the distance of their paragraphs.",
            pairs.reset_index(drop=True),
        ),
        "similarity-paragraphs": (
            "Nearest paragraph in each other document, by cosine similarity, from 0.1.",
            nearest.drop(columns=["rank"]).reset_index(drop=True),
        ),
        "lineage-edges": (
            "From which earlier paragraph each paragraph comes: score is the weight of the shared words as a share of"
            " the smaller paragraph; from_share, to_share: the aligned words of each; moved: out of order.",
            study.lineage.edges,
        ),
        "lineage-words": (
            "Words of each document by the oldest document that has them in a shared passage.",
            inherited_words(study.documents, study.tokens, study.origins),
        ),
        "readings": ("Corrected places and tracked changes, in the words of each reading.", corrected_table(study)),
    }


def corrected_table(study: Study) -> pd.DataFrame:
    """Places whose readings differ, in order of the text.

    ``para_id``, ``start, end`` (in the raw text), ``left, printed, right`` (as printed), ``new, old``, ``sort``, and
    ``sure`` (yes or no). Those of headings and footnotes are among them.
    """
    rows = []
    for document in study.corpus:
        path = corrections_path(study.corpus, document)
        if not path.is_file() and document.file.suffix.lower() != WITH_CHANGES:
            continue
        raw = document.read()
        corrections = read_corrections(path, raw.text)
        units = study.printed.paragraphs
        own = units.loc[units["doc_id"] == document.id, ["para_id", "text", "extents"]]
        for para_id, text, extents in own.itertuples(index=False):
            places = [*corrections, *tracked_changes(raw, extents, corrections)]
            places.sort(key=lambda place: (place.start, place.end))
            rows += [
                (para_id, place.start, place.end, text[max(0, first - CONTEXT) : first], text[first:last], place.new,
                 place.old, text[last : last + CONTEXT], place.sort, "yes" if place.sure else "no")
                for first, last, place in corrected_places(extents, places)
            ]  # fmt: skip
    return pd.DataFrame(rows, columns=PLACES)
