"""What stages cost that wrap a library, beside the direct call of the library on the same input.

    python bench/wrapped.py

Paragraphs are drawn from the corpus with replacement, some of their words being changed (seeded). Outputs are checked
to be equal before anything is measured; both sides run by turns, five times; the least CPU time of each counts. Memory
is the most that Python and numpy allocate during one further run (tracemalloc; not the resident size of ``speed.py``).

- ``topics nmf``, ``topics lda``: `fit_topics` with its tables, whole and by mini-batches, beside ``fit_transform`` of
  scikit-learn's NMF on the same weighted matrix and gensim's ``LdaModel`` on the same bags, with equal settings.
- ``paragraph similarity``: the nearest of other documents, beside ``sp_matmul_topn`` on the same matrix with the number
  of nearest that ours has to ask for, since the own document takes some; the weighting is in ours.
- ``alignment``: `align_words` beside the bare ``LCSseq.editops`` of rapidfuzz on the same words. Ours also leaves out
  light words, extends passages, finds moved clauses and gives an array: it is not expected to reach the limit.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from threadpoolctl import threadpool_limits

from wsis_nlp import TermMatrix, fit_topics, open_study, paragraph_similarity, term_matrix, tf_idf
from wsis_nlp.alignment import align_words, word_rarity
from wsis_nlp.descent import LIGHT
from wsis_nlp.nearest import BESIDE
from wsis_nlp.topics.factors import ITERATIONS, make_sample
from wsis_nlp.topics.models import topic_rows

PARAGRAPHS, NOISE, WORDS_OF_DOCUMENT, TIMES, TOPICS, TOP_N = 21_000, 0.3, 6_500, 5, 8, 3
LDA_PARAGRAPHS, PAIRS = 300, 400
WHOLE = 10**9
Call = Callable[[], Any]


def drawn_tokens(paragraphs: int, *, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tokens and paragraphs, drawn from those of the corpus."""
    tokens = open_study().tokens
    places = list(tokens.groupby("para_id", sort=False).indices.values())
    generator = np.random.default_rng(seed)
    chosen = [places[at] for at in generator.integers(len(places), size=paragraphs)]
    size, row = np.array([len(one) for one in chosen]), np.concatenate(chosen)
    row = np.where(generator.random(len(row)) < NOISE, generator.integers(len(tokens), size=len(row)), row)
    doc_id = [f"d{number:05}" for number in np.cumsum(size) // WORDS_OF_DOCUMENT]
    rows = pd.DataFrame({"doc_id": doc_id, "para_id": [f"{one}:{at:06}" for at, one in enumerate(doc_id)]})
    return pd.DataFrame({"para_id": np.repeat(rows["para_id"], size), "term": tokens["term"].to_numpy()[row]}), rows


def compared(stage: str, peer: str, ours: Call, theirs: Call, *, equal: bool, limit: float = 1.05) -> dict[str, Any]:
    """One row of the table."""
    if not equal:
        raise SystemExit(f"{stage}: the outputs of ours and of {peer} differ")
    spent: dict[Call, list[float]] = {ours: [], theirs: []}
    for _ in range(TIMES):
        for call, times in spent.items():
            start = time.process_time()
            call()
            times.append(time.process_time() - start)
    held = [_allocated(call) for call in spent]
    least = [min(times) for times in spent.values()]
    return {
        "stage": stage, "peer": peer, "ours_seconds": least[0], "peer_seconds": least[1],
        "ratio": least[0] / least[1], "ours_mb": held[0], "peer_mb": held[1], "limit": limit, "equal": equal,
    }  # fmt: skip


def _allocated(call: Call) -> float:
    tracemalloc.start()
    call()
    held = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return held


def topic_counts(paragraphs: int) -> TermMatrix:
    """Counts of the terms that topics of the corpus are made of."""
    tokens, rows = drawn_tokens(paragraphs)
    kept = set(open_study().topic_matrix().terms)
    return term_matrix(tokens[tokens["term"].isin(kept)], rows)


def nmf() -> Iterator[dict[str, Any]]:
    """NMF, whole and by mini-batches."""
    from sklearn.decomposition import NMF

    counts = topic_counts(PARAGRAPHS)
    held, members = topic_rows(counts, None)
    values, _ = make_sample(held, np.ones(len(members)), "nmf").drawn(np.ones(len(members)))

    def peer() -> Any:
        model = NMF(TOPICS, init="nndsvd", random_state=0, max_iter=ITERATIONS, tol=0)
        with threadpool_limits(limits=1):
            return model.fit_transform(values), model.components_

    right = peer()[1]
    right = right / right.sum(axis=1, keepdims=True)
    found = fit_topics(counts, topics=TOPICS, large=WHOLE).factors.terms
    same = bool(np.allclose(found[np.lexsort(found.T)], right[np.lexsort(right.T)], rtol=0, atol=1e-12))
    for name, large in (("whole", WHOLE), ("mini-batches", 0)):
        yield compared(
            f"topics nmf, {name}", "sklearn NMF", lambda large=large: fit_topics(counts, topics=TOPICS, large=large),
            peer, equal=same,
        )  # fmt: skip


def lda() -> Iterator[dict[str, Any]]:
    """LDA as a whole."""
    from gensim.models import LdaModel

    counts = topic_counts(LDA_PARAGRAPHS)
    held, _ = topic_rows(counts, None)
    bags = [
        list(zip(held.values.indices[a:b].tolist(), held.values.data[a:b].astype(float).tolist(), strict=True))
        for a, b in pairwise(held.values.indptr)
    ]
    names = {term: str(term) for term in range(len(held.terms))}

    def peer() -> Any:
        with threadpool_limits(limits=1):
            model = LdaModel(
                bags, num_topics=TOPICS, id2word=names, random_state=0, dtype=np.float64, passes=30, iterations=200,
                chunksize=len(bags), eval_every=None,
            )  # fmt: skip
            return model.get_topics(), model.inference(bags)[0]

    right, found = peer()[0], fit_topics(counts, topics=TOPICS, method="lda").factors.terms
    same = bool(np.allclose(found[np.lexsort(found.T)], right[np.lexsort(right.T)], rtol=0, atol=1e-9))
    yield compared(
        "topics lda", "gensim LdaModel", lambda: fit_topics(counts, topics=TOPICS, method="lda"), peer, equal=same
    )


def similarity() -> Iterator[dict[str, Any]]:
    """The nearest paragraphs."""
    from sparse_dot_topn import sp_matmul_topn

    counts = term_matrix(*drawn_tokens(PARAGRAPHS))
    weights = sparse.csr_matrix(tf_idf(counts).values)
    turned = sparse.csr_matrix(weights.T)

    def peer() -> Any:
        return sp_matmul_topn(weights, turned, TOP_N + BESIDE, threshold=0.1, sort=True)

    found, near = paragraph_similarity(counts, top_n=TOP_N, large=0), peer().tocoo()
    documents = counts.rows["doc_id"].to_numpy()
    other = documents[near.row] != documents[near.col]
    best = pd.Series(near.data[other]).groupby(near.row[other]).max().clip(upper=1)
    place = pd.Index(counts.rows["para_id"]).get_indexer(found.loc[found["rank"] == 1, "para_a"])
    ours = pd.Series(found.loc[found["rank"] == 1, "similarity"].to_numpy(), index=place)
    same = bool((ours.reindex(best.index) == best).all())
    yield compared(
        "paragraph similarity", "sp_matmul_topn", lambda: paragraph_similarity(counts, top_n=TOP_N, large=0), peer,
        equal=same,
    )  # fmt: skip


def alignment() -> Iterator[dict[str, Any]]:
    """Words of pairs of paragraphs, half of them near copies."""
    from rapidfuzz.distance import LCSseq

    tokens = open_study().tokens
    paragraph, term = (pd.factorize(tokens[name], sort=name == "term")[0] for name in ("para_id", "term"))
    words = [one.tolist() for one in np.split(term, np.flatnonzero(np.diff(paragraph)) + 1) if len(one) > 5]
    light, generator = set(np.flatnonzero(word_rarity(paragraph, term) < LIGHT).tolist()), np.random.default_rng(0)
    pairs = []
    for one, two in generator.integers(len(words), size=(PAIRS, 2)).tolist():
        changed = np.where(generator.random(len(words[one])) < 0.2, generator.choice(term, len(words[one])), words[one])
        pairs.append((words[one], changed.tolist() if len(pairs) % 2 else words[two]))
    same = all(
        len(align_words(a, b)) >= sum(size for *_, size in LCSseq.editops(a, b).as_matching_blocks()) for a, b in pairs
    )
    yield compared(
        "alignment", "rapidfuzz LCSseq", lambda: [align_words(a, b, light=light) for a, b in pairs],
        lambda: [LCSseq.editops(a, b) for a, b in pairs], equal=same,
    )  # fmt: skip


def rows() -> list[dict[str, Any]]:
    """Rows of the table, one for each stage."""
    return [row for part in (nmf, lda, similarity, alignment) for row in part()]


def main() -> int:
    """Print the table; status 1 where a ratio is above its limit."""
    table = pd.DataFrame(rows())
    print(table.round(3).to_string(index=False))
    return int((table["ratio"] > table["limit"]).any())


if __name__ == "__main__":
    sys.exit(main())
