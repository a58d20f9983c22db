"""Print tables of all topic models of planted corpora: ``python topic_repeats.py ORDER WORKERS``.

ORDER is a seed that puts the rows of the matrices into another order, 0 leaves them. Whatever it is, however many
workers there are, and however many threads linear algebra has, the tables must be the same to the last digit. The
larger corpus is one whose products linear algebra would split among threads.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
from planted_topics import matrix_of, planted, reordered

from wsis_nlp import (
    TermMatrix,
    fit_topics,
    refit_topics,
    scan_topics,
    topic_change,
    topic_prevalence,
    topic_quality,
    typical_paragraphs,
)


def told(table: pd.DataFrame, *keys: str) -> str:
    """Rows of a table in the order of its keys, with all digits."""
    return str(table.sort_values(list(keys)).to_csv(index=False))


def tables(order: int, workers: int) -> dict[str, str]:
    texts = planted((12, 10, 8), own=0.6, length=20)
    small, large = (
        reordered(one, seed=order) if order else one
        for one in (matrix_of(texts), matrix_of(planted((480, 400, 320), own=0.6, length=20)))
    )
    thirds = pd.Series([f"{int(one.split(':')[1]) // 3:03}" for one in large.rows["para_id"]], large.rows["para_id"])
    found = {}
    for name, matrix, options in (
        ("nmf", small, {}), ("lda", small, {"method": "lda"}), ("large", large, {"groups": thirds})
    ):  # fmt: skip
        found |= {f"{name} {table}": text for table, text in of_model(matrix, options, workers).items()}
    model = fit_topics(small, topics=3)
    paragraphs = pd.DataFrame({"para_id": list(texts), "text": list(texts.values())})
    found["typical"] = told(typical_paragraphs(model, paragraphs), "topic", "rank")
    refits = refit_topics(model, draws=100, workers=workers)
    found["prevalence"] = told(topic_prevalence(refits), "doc_id", "topic")
    found["change"] = told(topic_change(refits, "a", "b"), "topic")
    scan = scan_topics(small, topics=[3], resamples=2, seeds=1, workers=workers)
    return found | {"scan": told(scan.table, "topics", "measure"), "scan said": f"{scan.topics} {scan.reason} {scan.p}"}


def of_model(matrix: TermMatrix, options: dict[str, object], workers: int) -> dict[str, str]:
    model = fit_topics(matrix, topics=3, **options)
    quality = topic_quality(model, resamples=3, seeds=1, workers=workers if model.method == "nmf" else 1)
    return {
        "terms": told(model.terms, "topic", "rank"),
        "paragraphs": told(model.paragraphs, "para_id", "topic"),
        "explained": repr(model.factors.explained),
        "quality": told(quality, "topic"),
    }


if __name__ == "__main__":
    np.random.seed(int(sys.argv[1]))  # the state of the process must not matter
    print(json.dumps(tables(int(sys.argv[1]), int(sys.argv[2]))))
