"""All that the page shows, as one value of JSON: texts once, tables as the CSV that the commands print."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import metadata
from itertools import combinations
from typing import Any, get_args

import numpy as np
import pandas as pd

from wsis_nlp.export import package_versions, table_csv
from wsis_nlp.page.tables import Table, study_tables
from wsis_nlp.page.topics import TopicView, topic_view
from wsis_nlp.paragraphs import BODY
from wsis_nlp.places import check_no_store
from wsis_nlp.segmentation import Kind
from wsis_nlp.showing import hidden_signs
from wsis_nlp.study import Study

Columns = dict[str, list[Any]]
SHOWN = ("title", "symbol", "body", "date", "stage", "series", "language", "source", "rights", "sha256")
FIRST, BEFORE_SURROGATES, SURROGATES = 63, 0xD800, 0x800  # of the signs that stand for numbers, see `packed`
DIGITS = np.frombuffer(b"0123456789abcdefghijklmnopqrstuv", dtype="S1")


def page_data(study: Study) -> dict[str, Any]:
    """Documents, units, words, mentions, similarities and tables of a study, of values that JSON can hold.

    ``units`` and ``mentions`` are columns. Of each unit of the body ``words`` has the places of its words, and
    ``origins`` the oldest document of each (empty where all are its own), as signs (see `packed`). ``grids`` has the
    similarities of the paragraphs of each two documents, row by row (see `packed_grid`), ``tables`` a caption and the
    text of a CSV file under the name that the file has among the results of the study; ``empty`` says of each view that
    has nothing to show why.
    """
    check_no_store(study.corpus.folder)  # what was corrected where is told by files
    units = study.paragraphs[(study.paragraphs["kind"] != "furniture") & (study.paragraphs["text"] != "")]
    topics = topic_view(study)
    tables = study_tables(study) | topics.tables
    software = metadata("wsis-nlp")
    return {
        "software": {"version": software["Version"], "authors": software["Author"],
                     "licence": software["License-Expression"]},
        "reading": study.reading, "hidden": hidden_signs(), "body": list(BODY),
        "documents": {"id": study.documents["doc_id"].tolist()}
        | {name: [getattr(one, name) for one in study.corpus] for name in SHOWN},
        "skipped": [one.why for one in study.corpus.skipped],
        "units": _units(study, units), "mentions": _mentions(study, units),
        "concepts": {"id": list(study.lexicon.ids), "label": list(study.lexicon.labels.values())},
        "function_words": sorted(study.stop_words("general")),
        "grids": _grids(study),
        "tables": {name: {"caption": caption, "csv": table_csv(table)} for name, (caption, table) in tables.items()},
        "topics": {"reason": topics.reason, "supported": topics.supported, "options": topics.options},
        "empty": _empty(study, tables, topics),
        "inputs": study.inputs, "packages": package_versions(),
    }  # fmt: skip


def packed(numbers: Iterable[int]) -> str:
    """Whole numbers as one sign each, the halves of surrogate pairs left out.

    >>> packed([0, 1, 5])
    '?@D'
    """
    codes = (FIRST + number for number in numbers)
    return "".join(chr(code + SURROGATES * (code >= BEFORE_SURROGATES)) for code in codes)


def packed_grid(values: np.ndarray) -> str:
    """Numbers from 0 to 1, rounded to a millionth, as four digits to the base 32 each, row by row.

    >>> packed_grid(np.array([[0.0, 0.000033], [1.0, 0.5]]))
    '00000011ugi0f890'
    """
    whole = np.rint(values.round(6) * 1_000_000).astype(np.int64).ravel()
    signs: bytes = DIGITS[whole[:, None] >> np.array([15, 10, 5, 0]) & 31].tobytes()
    return signs.decode()


def _units(study: Study, units: pd.DataFrame) -> Columns:
    order = {doc_id: place for place, doc_id in enumerate(study.documents["doc_id"])}
    surfaces = study.tokens.groupby("para_id")["surface"].agg(list)
    origins = study.origins.map(order).groupby(study.tokens["para_id"]).agg(list)
    documents = [order[doc_id] for doc_id in units["doc_id"]]
    words, origin = [], []
    for para_id, text, document in zip(units["para_id"], units["text"], documents, strict=True):
        words.append(packed(_places(text, surfaces.get(para_id, []))))
        own = origins.get(para_id, [])
        origin.append(packed(own) if set(own) - {document} else "")
    kinds = get_args(Kind)
    return {
        "document": documents, "name": [one.partition(":")[2] for one in units["para_id"]],
        "kind": [kinds.index(one) for one in units["kind"]], "kinds": list(kinds),
        "label": units["label"].fillna("").tolist(), "section": list(map(list, units["section"])),
        "marks": list(map(list, units["marks"])), "text": units["text"].tolist(), "words": words, "origins": origin,
    }  # fmt: skip


def _places(text: str, surfaces: Iterable[str]) -> Iterable[int]:
    """Of each word the length of what stands before it and its own, as scripts count, for which some signs are two."""
    at = 0
    for surface in surfaces:
        start = text.index(surface, at)
        yield from (len(part.encode("utf-16-le", "surrogatepass")) // 2 for part in (text[at:start], surface))
        at = start + len(surface)


def _mentions(study: Study, units: pd.DataFrame) -> Columns:
    place = pd.Series(range(len(units)), units["para_id"])
    concepts = {concept: at for at, concept in enumerate(study.lexicon.ids)}
    held = study.mentions
    return {
        "unit": place[held["para_id"]].tolist(), "concept": held["concept"].map(concepts).tolist(),
        "position": held["position"].tolist(), "words": held["words"].tolist(),
    }  # fmt: skip


def _grids(study: Study) -> dict[str, str]:
    known = set(study.content_matrix.rows["doc_id"])
    pairs = combinations([one for one in study.documents["doc_id"] if one in known], 2)
    return {f"{a} {b}": packed_grid(study.similarity_grid(a, b).to_numpy()) for a, b in pairs}


def _empty(study: Study, tables: dict[str, Table], topics: TopicView) -> dict[str, str]:
    """Why a view has nothing to show, in one sentence."""
    dated = (study.documents["date"] != "") & study.documents["doc_id"].isin(study.tokens["doc_id"])
    reasons = {
        "drift": (not dated.any(), "No document of this corpus has a date, so that nothing can be drawn over time."),
        "concepts": (study.mentions.empty, "No concept of the lexicon occurs in these documents: every count is zero."),
        "similarity": (
            len(set(study.body["doc_id"])) < 2,
            "One document alone has paragraphs here, and similarity needs two.",
        ),
        "lineage": (
            study.lineage.edges.empty,
            "No paragraph descends from another, or no dates tell which document is the earlier.",
        ),
        "readings": (
            tables["readings"][1].empty,
            "No place of these documents is corrected, and none of the files tracks changes.",
        ),
        "topics": ("topics" not in topics.tables, topics.reason),
    }
    return {view: reason for view, (holds, reason) in reasons.items() if holds}
