"""Small texts whose topics are known, and the corpus of the project as topic models take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd

from wsis_nlp import Study, TermMatrix, TopicModel, fit_topics, term_matrix

VOCABULARIES = {
    "rights": "rights privacy freedom expression law dignity court remedy consent opinion press assembly",
    "access": "broadband connectivity spectrum cable cost rural satellite tower fibre tariff village backhaul",
    "learning": "school teacher skill pupil literacy training course library university lesson exam curriculum",
    "safety": "attack malware incident password virus breach firewall threat alert spam fraud patch",
}
BACKGROUND = tuple(f"word{place:02}" for place in range(60))


def matrix_of(texts: Mapping[str, str], *, sections: Mapping[str, str] | None = None) -> TermMatrix:
    """Counts of the words of texts by ``para_id``, before whose colon its document stands."""
    tokens = [(para_id, word) for para_id, text in texts.items() for word in text.split()]
    paragraphs = pd.DataFrame({"doc_id": [one.split(":")[0] for one in texts], "para_id": list(texts)})
    if sections is not None:
        paragraphs["section"] = [(sections[one],) for one in texts]
    return term_matrix(pd.DataFrame(tokens, columns=["para_id", "term"]), paragraphs)


def planted(sizes: Sequence[int], *, own: float = 1.0, length: int = 12, seed: int = 7) -> dict[str, str]:
    """Paragraphs of which each has a share of its words from one vocabulary and the others from the background.

    The first vocabulary has the first of the sizes as its number of paragraphs, and so on; documents are a, b and c.
    """
    random = np.random.default_rng(seed)
    names = [name for name, size in zip(VOCABULARIES, sizes, strict=False) for _ in range(size)]
    random.shuffle(names)
    texts = {}
    for place, name in enumerate(names):
        of_topic = round(own * length)
        words = [
            *random.choice(VOCABULARIES[name].split(), of_topic), *random.choice(BACKGROUND, length - of_topic)
        ]  # fmt: skip
        texts[f"{'abc'[place % 3]}:{place}"] = " ".join(words)
    return texts


def shuffled(texts: Mapping[str, str], *, seed: int) -> dict[str, str]:
    """The same words in paragraphs of the same lengths, dealt out at random."""
    words = iter(np.random.default_rng(seed).permutation([word for text in texts.values() for word in text.split()]))
    return {para_id: " ".join(next(words) for _ in text.split()) for para_id, text in texts.items()}


def topic_of(text: str) -> str:
    """Name of the vocabulary that a text has most words of."""
    return max(VOCABULARIES, key=lambda name: sum(word in VOCABULARIES[name].split() for word in text.split()))


def reordered(matrix: TermMatrix, *, seed: int = 0) -> TermMatrix:
    """The same matrix with its rows in another order."""
    order = np.random.default_rng(seed).permutation(len(matrix.rows))
    return TermMatrix(matrix.values[order], matrix.rows.iloc[order].reset_index(drop=True), matrix.terms)


@cache
def corpus_of(study: Study) -> tuple[TermMatrix, pd.Series[str]]:
    """Counts of the corpus by paragraph for topics, and which paragraphs copy one another."""
    return study.topic_matrix(), study.copies


@cache
def model_of(study: Study, topics: int) -> TopicModel:
    """Topic model of the corpus."""
    matrix, groups = corpus_of(study)
    return fit_topics(matrix, topics=topics, groups=groups)
