"""Topic models of paragraphs: their vocabulary, their fit, their stability, what they take of which text."""

from wsis_nlp.topics.factors import Method
from wsis_nlp.topics.models import TopicModel, fit_topics, most_topics
from wsis_nlp.topics.prevalence import TopicRefits, refit_topics, topic_change, topic_prevalence
from wsis_nlp.topics.reading import typical_paragraphs
from wsis_nlp.topics.scan import TopicScan, scan_topics
from wsis_nlp.topics.stability import READABLE, match_topics, topic_quality
from wsis_nlp.topics.vocabulary import collocations, copy_edges

__all__ = [
    "READABLE",
    "Method",
    "TopicModel",
    "TopicRefits",
    "TopicScan",
    "collocations",
    "copy_edges",
    "fit_topics",
    "match_topics",
    "most_topics",
    "refit_topics",
    "scan_topics",
    "topic_change",
    "topic_prevalence",
    "topic_quality",
    "typical_paragraphs",
]
