"""Topics of the page: with the options, and so with the numbers, of the notebook of topics."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from wsis_nlp.page.tables import Table
from wsis_nlp.study import Study
from wsis_nlp.topics import most_topics, refit_topics, topic_prevalence, topic_quality, typical_paragraphs

NUMBER = 8  # of topics that are shown where none is supported
FEWEST = 2  # topics of which a model can say anything
TYPICAL = 3  # paragraphs for each topic


@dataclass(frozen=True)
class TopicView:
    """Tables of topics, the sentence that says which number of topics is supported, and whether the shown one is."""

    reason: str
    supported: bool = False
    options: dict[str, int] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)


def topic_view(study: Study, *, random_state: int = 0) -> TopicView:
    """Scan the numbers of topics, and fit the number that is supported, or else eight, or fewer where texts are few."""
    matrix, workers = study.topic_matrix(), min(2, os.cpu_count() or 1)  # on which no result depends
    scan = study.topic_scan(random_state=random_state, workers=workers)
    number = min(scan.topics or NUMBER, most_topics(matrix))
    if number < FEWEST:
        return TopicView(scan.reason)
    model = study.topics(number, matrix=matrix, random_state=random_state)
    quality = topic_quality(model, random_state=random_state, workers=workers)
    terms = model.terms.sort_values(["topic", "relevance"], ascending=[True, False]).groupby("topic")["term"]
    refits = refit_topics(model, random_state=random_state, workers=workers)
    prevalence = topic_prevalence(refits).merge(quality[["topic", "agreement"]], on="topic", how="left")
    tables = {
        "topics": (
            "Topics: mean share of all paragraphs, paragraphs of which each takes the most, agreement with its partner"
            " in 100 resamples (mean, 2.5th and 97.5th percentile) and in five random starts, coherence, exclusivity,"
            " and the ten heaviest terms.",
            quality.join(terms.agg(", ".join).rename("terms"), on="topic"),
        ),
        "topics-typical-paragraphs": (
            "The most typical paragraphs of each topic, and the topic's share of them.",
            typical_paragraphs(model, study.body, number=TYPICAL),
        ),
        "topics-over-documents": (
            "Prevalence of topics in the documents: mean share of what the topics explain, with limits at 95 per cent"
            " from 200 refits to paragraphs drawn anew.",
            prevalence.merge(study.documents[["doc_id", "stage"]], on="doc_id", how="left"),
        ),
        "topics-scan": (
            "Measures by number of topics: mean and 2.5th to 97.5th percentile over resamples, and mean, least and"
            " greatest over 19 texts of shuffled words.",
            scan.table,
        ),
    }
    return TopicView(scan.reason, scan.topics == number, {"topics": number, "seed": random_state}, tables)
