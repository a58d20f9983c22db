"""The tables of topic models by name, as the command line asks for them."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from wsis_nlp._checks import InputError
from wsis_nlp.study import Study
from wsis_nlp.topics import (
    READABLE,
    Method,
    TopicModel,
    refit_topics,
    topic_prevalence,
    topic_quality,
    typical_paragraphs,
)

TopicTable = Literal["terms", "quality", "paragraphs", "typical", "documents", "sections", "scan"]
WORKERS = 2
RESAMPLES_OF_LARGE = 20  # behind the overview of a corpus that is fitted in mini-batches
NOTES = {
    "terms": f"""agreement: with the topic's partner in 100 refits to four fifths of the paragraphs (Jaccard, ten
terms); one below {READABLE} is no finding, and none is where --table scan supports no such number of topics. Labels are
proposals: read --table typical before naming a topic.""",
    "typical": "Paragraphs with the greatest share of each topic, of at least the median number of counted terms.",
    "documents": "low, high: limits at 95 % from 200 refits to paragraphs drawn anew; – below five paragraphs.",
    "paragraphs": "share: of what the model explains of a paragraph; explained: how much that is of the whole.",
    "scan": """value: mean over resamples; shuffled: the same in texts whose words were dealt out over the paragraphs;
p: how often such a text stands out as far, in standard deviations, at any number of topics.""",
}


def topic_table(
    study: Study,
    table: TopicTable,
    *,
    topics: int,
    method: Method = "nmf",
    random_state: int = 0,
    overview: bool = False,
) -> tuple[pd.DataFrame, str]:
    """One table of the topic model of a study, or the scan of numbers of topics, and what its reader must know.

    An ``overview`` of the terms has one row for each topic, with its agreement.
    """
    if table == "scan":
        if method != "nmf":
            raise InputError(f"method is {method!r} with the table 'scan'; allowed is nmf, for such a scan takes hours")
        scan = study.topic_scan(random_state=random_state, workers=WORKERS)
        return scan.table.assign(recommended=scan.table["topics"] == scan.topics), f"{scan.reason} {NOTES['scan']}"
    model = study.topics(topics, method=method, random_state=random_state)
    if table == "quality":
        found = topic_quality(model, random_state=random_state, workers=WORKERS)
    elif table == "typical":
        found = typical_paragraphs(model, study.body)
    elif table in ("documents", "sections"):
        refits = refit_topics(model, random_state=random_state, workers=WORKERS)
        found = topic_prevalence(refits, by="doc_id" if table == "documents" else "section")
        # Columns are appended to those that the command has always had.
        found = found[[*found.columns.drop("paragraphs"), "paragraphs"]]
    elif table == "paragraphs":
        found = model.paragraphs
    else:
        found = _overview(model, random_state) if overview else model.terms
    note = NOTES[{"quality": "terms", "sections": "documents"}.get(table, table)]
    if overview and table == "terms" and model.sample.in_batches:
        note = note.replace("100 refits", f"{RESAMPLES_OF_LARGE} refits")
    return found, note


def _overview(model: TopicModel, random_state: int) -> pd.DataFrame:
    resamples = RESAMPLES_OF_LARGE if model.sample.in_batches else 100
    quality = topic_quality(model, resamples=resamples, seeds=0, random_state=random_state, workers=WORKERS)
    terms = model.terms.groupby("topic")["term"].agg(", ".join).rename("terms")
    return quality[["topic", "prevalence", "agreement"]].join(terms, on="topic")
