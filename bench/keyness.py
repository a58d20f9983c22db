"""False alarms and power of the permutation test in `wsis_nlp.keyness`, on halves of real documents.

    python bench/keyness.py

1. False alarms. A document is halved by its paragraphs at random, 200 times for each of the three long documents, so
   that there is nothing to find: how many of 600 halvings have any term with p below 0.05? At most 7 per cent may.
   Beside it, since paragraphs dealt out at random are what the test itself supposes: the same documents halved by whole
   sections. There `p` finds differences in most halvings, for the chapters of a document differ; `p_sections` does not.
2. Power. In 200 further halvings a term is planted that has 48 hits in one half and 12 in the other, a rate four times
   as high, each hit falling on a paragraph of its half at random in proportion to its length: how often does it have p
   below 0.05 among all terms of the document? At least 80 per cent of the time it must.

The planted size was fixed before the first run, by this reckoning: of n hits, each in a paragraph of its own, 4/5 fall
into one half of equal size, which lies 0.6 · √n standard deviations from evenness; chance alone takes the largest of a
thousand terms to about 3.5 to 4, so that 60 hits (4.6) should be found and 30 (3.3) should not. Other sizes, and hits
in clusters (the weights of paragraphs drawn from a gamma distribution of shape 1 besides), and 80 hits where one group
has a quarter of the paragraphs, are printed for comparison.

Beside the test stand what it replaces (G² with the procedure of Benjamini and Hochberg, the conservative log ratio
being other than 0) and its rival (the same dealings with the largest G² instead of the standardised difference of
rates). The rival is worse at hits that spread over paragraphs and better at hits in clusters, since terms in clusters
set its threshold. The test prefers the former: that one paragraph repeats a term is weak evidence of a difference.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import binomtest, chi2, false_discovery_control

from wsis_nlp import TermMatrix, open_study, term_keyness
from wsis_nlp.keyness import log_likelihood

DOCUMENTS = ("wsis10-draft", "ecosoc-2023-3", "wsis20-unesco")
HALVINGS = 200
PERMUTATIONS = 399
PLANTED, OTHERS = (48, 12), ((12, 3), (24, 6), (96, 24))
UNEQUAL = ((46, 34), (6, 74))
"""Hits in a quarter of the paragraphs and in the rest: a rate some four times as high in the one, then in the other."""
LEVEL, MOST_FALSE_ALARMS, LEAST_POWER = 0.05, 0.07, 0.80
TERM = "(planted)"


def halves(document: TermMatrix, generator: np.random.Generator, share: float = 0.5) -> TermMatrix:
    """The same paragraphs as two documents, a and b, dealt out at random."""
    rows = len(document.rows)
    labels = generator.permutation(np.where(np.arange(rows) < int(rows * share), "a", "b"))
    return TermMatrix(document.values, pd.DataFrame({"doc_id": labels}), document.terms)


def halves_by_section(document: TermMatrix, generator: np.random.Generator) -> TermMatrix:
    """The same sections as two documents, each of them a random half of the sections, whole."""
    codes, names = pd.factorize(document.rows["section"])
    in_a = generator.permutation(len(names)) < len(names) // 2
    rows = pd.DataFrame({"doc_id": np.where(in_a[codes], "a", "b"), "section": document.rows["section"]})
    return TermMatrix(document.values, rows, document.terms)


def planted(matrix: TermMatrix, hits: tuple[int, int], clustered: bool, generator: np.random.Generator) -> TermMatrix:
    """The halves with one more term."""
    weights = np.asarray(matrix.values.sum(axis=1), dtype=float)
    if clustered:
        weights = weights * generator.gamma(1.0, size=len(weights))
    column = np.zeros((len(weights), 1), dtype=np.int64)
    for label, count in zip("ab", hits, strict=True):
        own = (matrix.rows["doc_id"] == label).to_numpy()
        column[own, 0] = generator.multinomial(count, weights[own] / weights[own].sum())
    values = sparse.csr_array(sparse.hstack([sparse.csr_array(column), matrix.values]))
    return TermMatrix(values, matrix.rows, (TERM, *matrix.terms))


def p_by_g2(matrix: TermMatrix, seed: int) -> pd.Series[float]:
    """P-values by the same dealings, with G² as the statistic."""
    in_a = (matrix.rows["doc_id"] == "a").to_numpy()
    dealings = np.random.default_rng(seed).permuted(np.tile(in_a, (PERMUTATIONS, 1)), axis=1)
    of_a = np.vstack([in_a, dealings]).astype(float) @ matrix.values
    whole = np.asarray(matrix.values.sum(axis=0), dtype=float)
    g2 = [log_likelihood(counts, counts.sum(axis=1)) for counts in np.stack([of_a, whole - of_a], axis=1)]
    greatest = np.sort(np.max(g2[1:], axis=1))
    reached = PERMUTATIONS - np.searchsorted(greatest, g2[0] * (1 - 1e-9))
    return pd.Series((reached + 1) / (PERMUTATIONS + 1), index=list(matrix.terms))


def keyness(matrix: TermMatrix, seed: int) -> pd.DataFrame:
    return term_keyness(matrix, ["a"], ["b"], permutations=PERMUTATIONS, random_state=seed)


def told(name: str, hits: int, runs: int) -> str:
    limits = binomtest(hits, runs).proportion_ci(method="exact")
    return f"  {name:<52} {hits:4d} of {runs:4d} = {hits / runs:6.1%}  [{limits.low:.1%}, {limits.high:.1%}]"


def documents() -> Iterator[tuple[str, TermMatrix]]:
    whole = open_study().content_matrix
    for doc_id in DOCUMENTS:
        part = whole.select_rows((whole.rows["doc_id"] == doc_id).to_numpy())
        used = np.unique(part.values.indices)
        yield doc_id, TermMatrix(part.values[:, used], part.rows, tuple(part.terms[at] for at in used))


def false_alarms(doc_id: str, document: TermMatrix, seed: int) -> pd.Series[int]:
    """In how many halvings each method finds something."""
    generator = np.random.default_rng([seed, 1])
    found = []
    for run in range(HALVINGS):
        matrix = halves(document, generator)
        table = keyness(matrix, run)
        adjusted = false_discovery_control(chi2.sf(table["g2"], 1))
        found.append({
            "p below 0.05 (the test)": (table["p"] < LEVEL).any(),
            "p below 0.05, largest G² instead": (p_by_g2(matrix, run) < LEVEL).any(),
            "G² with Benjamini-Hochberg below 0.05": (adjusted < LEVEL).any(),
            "conservative log ratio not 0": (table["low"] != 0).any(),
        })  # fmt: skip
    print(f"{doc_id}: {len(document.rows)} paragraphs, {len(document.terms)} terms")
    counts = pd.DataFrame(found).sum()
    for name, count in counts.items():
        print(told(str(name), count, HALVINGS))
    return counts


def alarms_by_section(doc_id: str, document: TermMatrix, seed: int) -> None:
    """Print in how many halvings by whole sections something is found."""
    generator = np.random.default_rng([seed, 3])
    tables = [keyness(halves_by_section(document, generator), run) for run in range(HALVINGS // 4)]
    for name, what in (("p", "paragraphs dealt out"), ("p_sections", "sections dealt out")):
        found = sum(bool((table[name] < LEVEL).any()) for table in tables)
        print(told(f"{doc_id}: {what}", found, len(tables)))


def power(parts: list[TermMatrix], hits: tuple[int, int], clustered: bool, share: float = 0.5) -> tuple[int, int]:
    """In how many of the halvings the planted term is found, by the test and by its rival."""
    generator = np.random.default_rng([2, *hits, clustered])
    found = np.zeros(2, dtype=int)
    for run in range(HALVINGS):
        matrix = planted(halves(parts[run % len(parts)], generator, share), hits, clustered, generator)
        own = keyness(matrix, run).set_index("term").loc[TERM, "p"]
        found += [own < LEVEL, p_by_g2(matrix, run)[TERM] < LEVEL]
    return int(found[0]), int(found[1])


def main() -> int:
    print("1. False alarms: halvings with any finding, though there is none to make")
    parts, alarms = [], []
    for seed, (doc_id, document) in enumerate(documents()):
        parts.append(document)
        alarms.append(false_alarms(doc_id, document, seed))
    print("all three")
    total, runs = sum(alarms), HALVINGS * len(alarms)
    for name, count in total.items():
        print(told(str(name), count, runs))
    print("halved by whole sections")
    for seed, (doc_id, document) in enumerate(documents()):
        alarms_by_section(doc_id, document, seed)
    print("\n2. Power: halvings in which the planted term is found (hits in one half and in the other)")
    binding, *others = [(PLANTED, False), (PLANTED, True), *((hits, False) for hits in OTHERS)]
    results = {}
    for hits, clustered in (binding, *others):
        results[hits, clustered] = power(parts, hits, clustered)
        how = "in clusters" if clustered else "at random"
        for name, count in zip(("the test", "largest G² instead"), results[hits, clustered], strict=True):
            print(told(f"{hits[0]} and {hits[1]}, {how}: {name}", count, HALVINGS))
    for hits in UNEQUAL:
        for name, count in zip(("the test", "largest G² instead"), power(parts, hits, False, 0.25), strict=True):
            print(told(f"{hits[0]} in a quarter and {hits[1]}: {name}", count, HALVINGS))
    share, found = total.iloc[0] / runs, results[binding][0] / HALVINGS
    holds = share <= MOST_FALSE_ALARMS and found >= LEAST_POWER
    print(
        f"\nfalse alarms {share:.1%} (at most {MOST_FALSE_ALARMS:.0%}); power {found:.1%} (at least {LEAST_POWER:.0%})"
    )
    print("both hold" if holds else "does not hold")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
