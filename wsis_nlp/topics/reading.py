"""Reading what a topic is about: its most typical paragraphs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wsis_nlp._checks import check_columns, check_whole
from wsis_nlp.topics.models import TopicModel

TYPICAL_COLUMNS = ("topic", "label", "rank", "doc_id", "para_id", "share", "terms", "text")


def typical_paragraphs(model: TopicModel, paragraphs: pd.DataFrame, *, number: int = 3) -> pd.DataFrame:
    """Paragraphs of which each topic has the greatest share, to be read before a topic is named.

    Only those with at least the median number of counted terms take part, since a few words are soon all of one topic;
    where shares are equal the one with more terms comes first, and of copies the first alone is listed.

    One row each: ``topic, label, rank`` (1 is the most typical), ``doc_id, para_id, share, terms`` (counted), ``text``.
    """
    check_columns(paragraphs, ["para_id", "text"], name="paragraphs")
    check_whole(number, name="number", least=1)
    texts = paragraphs.set_index("para_id")["text"]
    rows = model.matrix.rows[["doc_id", "para_id"]].assign(
        group=model.groups, terms=np.asarray(model.matrix.values.sum(axis=1), dtype=np.int64)
    )
    found = []
    for topic, label in enumerate(model.labels, 1):
        own = rows.assign(share=model.factors.shares[:, topic - 1].round(9)).dropna(subset=["share"])
        own = own[own["terms"] >= own["terms"].median()]
        own = own.sort_values(["share", "terms", "para_id"], ascending=[False, False, True])
        best = own.drop_duplicates("group").head(number)
        found.append(best.assign(topic=topic, label=label, rank=np.arange(1, len(best) + 1)))
    table = pd.concat(found, ignore_index=True)
    return table.assign(text=table["para_id"].map(texts))[list(TYPICAL_COLUMNS)]
