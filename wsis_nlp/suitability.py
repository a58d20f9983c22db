"""Whether a corpus suits an analysis, and what is done otherwise where it is large."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from wsis_nlp._checks import InputError
from wsis_nlp.console import say
from wsis_nlp.places import REGISTRY, is_store

if TYPE_CHECKING:
    from wsis_nlp.study import Study


def tell_large(study: Study, what: str) -> None:
    """Say what is done otherwise, and why, where a corpus is large."""
    from wsis_nlp.lineage import CANDIDATES
    from wsis_nlp.nearest import LARGE, LARGE_DOCUMENTS, NEAREST_DOCUMENTS
    from wsis_nlp.similarity import MOST_CELLS

    # Counts are those of the rows by which the analyses decide: a document without a body has none.
    sizes, most = study.body["doc_id"].value_counts(), isqrt(MOST_CELLS)
    if what == "document" and len(sizes) > LARGE_DOCUMENTS:
        nearest = f"each has its {NEAREST_DOCUMENTS} nearest, without floors, limits and p (a tenth of a second a pair)"
        say(f"documents: {len(sizes)}, more than {LARGE_DOCUMENTS}: {nearest}")
    elif what == "document" and 2 * sizes.max() > most:
        say(f"pairs of documents with more than {most} paragraphs together have no floors, limits and p")
    done = {
        "paragraph": "the nearest are those of all other documents together, not of each",
        "lineage": f"each is aligned with its {CANDIDATES} nearest earlier ones, not with all that are alike",
        "topics": "lineage, which tells copies, aligns only the nearest; as many with terms are fitted in mini-batches",
    }
    if what in done and len(study.body) > LARGE:
        say(f"paragraphs: {len(study.body)}, more than {LARGE}, to stay within minutes: {done[what]}")


def check_compared(study: Study, command: str, *, dated: bool = False) -> None:
    """Refuse a corpus in which there is nothing to compare."""
    from wsis_nlp.documents import is_before

    held, folder = study.corpus.documents, study.corpus.folder
    if len(held) < 2:
        raise InputError(f"{command} compares documents, and {folder} has one; add another")
    if dated and not any(is_before(one.date, other.date) for one in held for other in held):
        registry = f"the {REGISTRY} that it is built from" if is_store(folder) else f"its {REGISTRY}"
        needed = f"their dates, as fields of {registry}, must tell which came first"
        raise InputError(f"{command} follows the order of documents, which {folder} does not tell; {needed}")
