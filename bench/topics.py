"""Does the scan of numbers of topics find the number that is there, and none where there is none?

    python bench/topics.py [--corpora 40]

Planted corpora have 440 paragraphs of 50 words from a vocabulary of 1,500 whose frequencies follow Zipf's law. A share
of each paragraph's words, 50 to 60 per cent by corpus, is drawn from all of it; the others from four topics of 40
of its words each, which the paragraph mixes as a Dirichlet distribution of 0.2 has it. Shuffled corpora are the five
documents with the words of the first paragraph of each group of copies dealt out anew over these; copies stay copies.
The scan goes from 2 to 6 topics with 20 resamples and no random starts, to take less time; nothing else is changed.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

import numpy as np
import pandas as pd
from scipy import sparse, stats

from wsis_nlp import TermMatrix, open_study, scan_topics

PARAGRAPHS, LENGTH, VOCABULARY, TOPICS, TOPIC_WORDS, MIXTURE = 440, 50, 1500, 4, 40, 0.2
SETTINGS = {"topics": range(2, 7), "resamples": 20, "seeds": 0, "workers": 2}


def planted_corpus(seed: int) -> TermMatrix:
    """Counts of a made corpus of four topics, terms of fewer than five paragraphs left out."""
    generator = np.random.default_rng(seed)
    zipf = 1 / np.arange(1, VOCABULARY + 1)
    background = generator.uniform(0.5, 0.6)
    topics = np.zeros((TOPICS, VOCABULARY))
    for topic in topics:
        words = generator.choice(VOCABULARY, TOPIC_WORDS, replace=False)
        topic[words] = generator.permutation(1 / np.sqrt(np.arange(1, TOPIC_WORDS + 1)))
    mixed = generator.dirichlet(np.full(TOPICS, MIXTURE), PARAGRAPHS) @ (topics / topics.sum(axis=1, keepdims=True))
    chances = background * zipf / zipf.sum() + (1 - background) * mixed
    counts = generator.multinomial(LENGTH, chances)
    return matrix_of(counts[:, (counts > 0).sum(axis=0) >= 5])


def shuffled_corpus(matrix: TermMatrix, first: np.ndarray, seed: int) -> TermMatrix:
    """The words of the first paragraphs of groups in paragraphs of the same lengths, dealt out at random.

    ``first`` has for each paragraph the place of the first of its group, which it repeats.
    """
    places = np.unique(first)
    counts = matrix.values.toarray()[places]
    words = np.random.default_rng(seed).permutation(np.repeat(np.arange(counts.shape[1]), counts.sum(axis=0)))
    rows = np.repeat(np.arange(counts.shape[0]), counts.sum(axis=1))
    dealt = np.zeros_like(counts)
    np.add.at(dealt, (rows, words), 1)
    return matrix_of(dealt[np.searchsorted(places, first)])


def matrix_of(counts: np.ndarray) -> TermMatrix:
    """Counts as a matrix of one document."""
    rows = pd.DataFrame({"doc_id": "d", "para_id": [f"d:{place:03}" for place in range(len(counts))]})
    return TermMatrix(sparse.csr_array(counts), rows, tuple(f"{place:04}" for place in range(counts.shape[1])))


def told(name: str, expected: int | None, found: list[int | None], seconds: list[float]) -> None:
    """One line for a kind of corpora, and what was said instead."""
    right = found.count(expected)
    low, high = stats.binomtest(right, len(found)).proportion_ci(method="wilson")
    others = Counter(str(one) for one in found if one != expected)
    print(
        f"{name:9} {expected or 'no number'} told for {right} of {len(found)}, {right / len(found):.1%}"
        f" [{low:.1%}, {high:.1%}]; instead: {dict(others) or 'nothing'}; seconds a corpus: mean"
        f" {np.mean(seconds):.1f}, most {max(seconds):.1f}",
        flush=True,
    )


def main() -> None:
    """Scan both kinds of corpora and print how often the right number was told."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=int, default=40, metavar="N")
    corpora = range(parser.parse_args().corpora)
    study = open_study()
    real = study.topic_matrix()
    members = pd.factorize(study.copies.reindex(real.rows["para_id"]))[0]
    first = np.unique(members, return_index=True)[1][members]
    groups = pd.Series([f"{place}" for place in members], matrix_of(real.values.toarray()).rows["para_id"])
    kinds = {
        "planted": (TOPICS, None, (planted_corpus(seed) for seed in corpora)),
        "shuffled": (None, groups, (shuffled_corpus(real, first, 1000 + seed) for seed in corpora)),
    }
    for name, (expected, held, matrices) in kinds.items():
        found, seconds = [], []
        for seed, matrix in enumerate(matrices):
            start = time.perf_counter()
            scan = scan_topics(matrix, groups=held, random_state=seed, **SETTINGS)
            found.append(scan.topics)
            seconds.append(time.perf_counter() - start)
            print(f"{name:9} {seed + 1:3}  {seconds[-1]:4.1f} s  {scan.reason}", flush=True)
        told(name, expected, found, seconds)


if __name__ == "__main__":
    main()
