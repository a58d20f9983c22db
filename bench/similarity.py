"""What the p-values and the limits in `wsis_nlp.similarity` are worth, on real paragraphs.

    python bench/similarity.py

1. False alarms. A document is halved by its paragraphs at random, 200 times for each of the three long documents: how
   many of 600 halves are called different (p below 0.05)? At most 7 per cent may, by weights and by shared n-grams.
2. Power. A document is compared with a copy in which a fifth of the paragraphs, drawn at random, is replaced by
   paragraphs of another of the three: how many of 200 copies are called different by weights? At least 80 per cent
   must.

   For comparison: copies that take from the document's own predecessor in its series, where most replacements say what
   was there before; and halves of a document, a share of one of which is replaced, so that nothing stands in both and
   seven strange paragraphs, say, have to stand out from seventy. A fifth is then too little to be seen.
3. Limits. Paragraphs are drawn from two documents at random and rewritten, a fifth of the words of each coming from the
   document at large: how often do the limits hold the mean similarity of such texts, and how often do the percentiles
   of the same draws?
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.stats import binomtest

from wsis_nlp import Study, TermMatrix, document_similarity, open_study, shared_language

DOCUMENTS = ("wsis10-draft", "ecosoc-2023-3", "wsis20-unesco")
PREDECESSOR = ("ecosoc-2023-3", "ecosoc-2016-draft")
HALVINGS, TRIES, TEXTS = 200, 200, 200
DRAWS, LEVEL = 199, 0.05
MOST_FALSE_ALARMS, LEAST_POWER = 0.07, 0.80
Places = NDArray[np.intp]
Maker = Callable[[Places, Places, np.random.Generator], tuple[Places, Places]]


def told(name: str, hits: int, runs: int) -> str:
    limits = binomtest(hits, runs).proportion_ci(method="exact")
    return f"  {name:<60} {hits:4d} of {runs:4d} = {hits / runs:6.1%}  [{limits.low:.1%}, {limits.high:.1%}]"


def p_of_weights(matrix: TermMatrix, places: tuple[Places, Places], seed: int) -> float:
    rows = pd.DataFrame({"doc_id": np.repeat(["a", "b"], [len(part) for part in places])})
    pair = TermMatrix(matrix.values[np.concatenate(places)], rows, matrix.terms)
    return float(document_similarity(pair, draws=DRAWS, random_state=seed)["p"].iloc[1])


def p_of_sharing(study: Study, places: tuple[Places, Places], seed: int) -> float:
    body = study.body.iloc[np.concatenate(places)].assign(doc_id=np.repeat(["a", "b"], [len(part) for part in places]))
    tokens = study.tokens[study.tokens["para_id"].isin(body["para_id"])]
    return float(shared_language(tokens, body, draws=DRAWS, random_state=seed)["p"].iloc[1])


def places_of(study: Study) -> dict[str, Places]:
    return {one: np.flatnonzero(study.body["doc_id"] == one) for one in (*DOCUMENTS, PREDECESSOR[1])}


def false_alarms(study: Study, own: Places, seed: int) -> NDArray[np.intp]:
    """In how many halvings the halves are called different, by weights and by sharing."""
    generator, found = np.random.default_rng([1, seed]), np.zeros(2, dtype=int)
    for run in range(HALVINGS):
        dealt = generator.permutation(own)
        halves = dealt[: len(own) // 2], dealt[len(own) // 2 :]
        p = np.array([p_of_weights(study.content_matrix, halves, run), p_of_sharing(study, halves, run)])
        found += p < LEVEL
    return found


def copy_with(share: float) -> Maker:
    """A document, and a copy of it in which a share of the paragraphs is replaced."""

    def make(own: Places, other: Places, generator: np.random.Generator) -> tuple[Places, Places]:
        return own, replaced(own, other, share, generator)

    return make


def halves_with(share: float) -> Maker:
    """Two halves of a document, a share of the first replaced."""

    def make(own: Places, other: Places, generator: np.random.Generator) -> tuple[Places, Places]:
        dealt = generator.permutation(own)
        return replaced(dealt[: len(own) // 2], other, share, generator), dealt[len(own) // 2 :]

    return make


def replaced(own: Places, other: Places, share: float, generator: np.random.Generator) -> Places:
    gone = generator.permutation(len(own))[: round(share * len(own))]
    changed = own.copy()
    changed[gone] = generator.choice(other, len(gone), replace=False)
    return changed


def power(study: Study, make: Maker, pairs: list[tuple[str, str]], seed: int) -> pd.Series[bool]:
    """Whether each of the tries is called different, by the pair of documents that it is made of."""
    places, generator = places_of(study), np.random.default_rng([2, seed])
    found = {}
    for run in range(TRIES):
        one, other = pairs[run % len(pairs)]
        texts = make(places[one], places[other], generator)
        found[one, other, run] = p_of_weights(study.content_matrix, texts, run) < LEVEL
    return pd.Series(found)


def rewritten(counts: sparse.csr_array, size: int, generator: np.random.Generator) -> NDArray[np.intp]:
    """Counts of paragraphs drawn at random, each of its words kept with a chance of 4 in 5 or drawn from all."""
    whole = np.asarray(counts.sum(axis=0)) / counts.sum()
    rows = []
    for row in generator.integers(counts.shape[0], size=size):
        own = counts[[row]].toarray()[0]
        length = int(own.sum())
        rows.append(generator.multinomial(length, 0.8 * own / length + 0.2 * whole) if length else own)
    return np.array(rows)


def coverage(study: Study, sizes: dict[str, int]) -> tuple[float, dict[str, int]]:
    """The mean similarity, and how many limits and how many percentiles of draws hold it."""
    generator, matrix = np.random.default_rng(3), study.content_matrix
    parts = [matrix.values[places_of(study)[one]] for one in sizes]
    rows = pd.DataFrame({"doc_id": np.repeat(["a", "b"], list(sizes.values()))})
    limits, percentiles, similarities = [], [], []
    for run in range(TEXTS):
        a, b = (rewritten(part, size, generator) for part, size in zip(parts, sizes.values(), strict=True))
        both = np.vstack([a, b])
        row = document_similarity(
            TermMatrix(sparse.csr_array(both), rows, matrix.terms), draws=DRAWS, random_state=run
        ).iloc[1]
        limits.append(row[["low", "high"]].to_numpy(float))
        similarities.append(row["similarity"])
        idf = np.log((1 + len(both)) / (1 + (both > 0).sum(axis=0))) + 1
        one, other = (generator.multinomial(len(part), np.full(len(part), 1 / len(part)), DRAWS) @ (part * idf)
                      for part in (a, b))  # fmt: skip
        cosines = (one * other).sum(axis=1) / np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
        percentiles.append(np.quantile(cosines, [0.025, 0.975]))
    mean = float(np.mean(similarities))
    found = {"the limits": np.array(limits), "percentiles of the draws": np.array(percentiles)}
    return mean, {name: int(((each[:, 0] <= mean) & (each[:, 1] >= mean)).sum()) for name, each in found.items()}


def main() -> int:
    study = open_study()
    print("1. False alarms: halves called different, though they are of one document")
    alarms = np.zeros(2, dtype=int)
    for seed, one in enumerate(DOCUMENTS):
        found = false_alarms(study, places_of(study)[one], seed)
        alarms += found
        for how, count in zip(("weights", "shared n-grams"), found, strict=True):
            print(told(f"{one}, by {how}", count, HALVINGS))
    runs = HALVINGS * len(DOCUMENTS)
    for how, count in zip(("weights", "shared n-grams"), alarms, strict=True):
        print(told(f"all three, by {how}", count, runs))
    print("\n2. Power: called different, paragraphs of another document being put in")
    pairs = [(one, other) for one in DOCUMENTS for other in DOCUMENTS if one != other]
    binding = power(study, copy_with(0.2), pairs, 0)
    for (one, other), part in binding.groupby(level=[0, 1]):
        print(told(f"copy of {one}, a fifth from {other}", int(part.sum()), len(part)))
    print(told("copies of all three, a fifth replaced", int(binding.sum()), TRIES))
    known = power(study, copy_with(0.2), [PREDECESSOR], 1)
    print(told(f"copy of {PREDECESSOR[0]}, a fifth from its predecessor", int(known.sum()), TRIES))
    for seed, share in enumerate((0.2, 0.4, 0.6, 0.8), 2):
        halved = power(study, halves_with(share), pairs, seed)
        print(told(f"halves of all three, {share:.0%} of one replaced", int(halved.sum()), TRIES))
    print("\n3. Limits at 95 per cent that hold the mean similarity")
    for sizes in (
        {"wsis10-draft": 70, "wsis20-unesco": 167}, {"wsis10-draft": 30, "ecosoc-2023-3": 30},
        {"ecosoc-2016-draft": 71, "ecosoc-2023-3": 124}, {"wsis10-draft": 7, "ecosoc-2023-3": 124},
    ):  # fmt: skip
        mean, held = coverage(study, sizes)
        print(f" {' and '.join(f'{size} of {one}' for one, size in sizes.items())}: mean similarity {mean:.2f}")
        for name, count in held.items():
            print(told(name, count, TEXTS))
    holds = (alarms / runs <= MOST_FALSE_ALARMS).all() and binding.mean() >= LEAST_POWER
    print("\nboth hold" if holds else "\ndoes not hold")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
