"""What stages cost that wrap a library, beside the direct call of the library for the same result.

    python -m bench.wrapped

Paragraphs are drawn from the corpus with replacement, some of their words being changed (seeded).

- ``topics``: `fit_topics` from counts to its tables of terms and shares, beside the calls of scikit-learn and gensim
  that end in the same shares and terms as arrays: weighting, factors, scaling. Mini-batches stand beside the same steps
  called directly; and without a limit beside one call of ``MiniBatchNMF``, with as many passes as take about the same
  time, which gives other topics that explain less.
- ``paragraph similarity``: the nearest of other documents, beside ``sp_matmul_topn`` on the weighted matrix with the
  number of nearest that ours has to ask for, since the own document takes some; the weighting is in ours.
- ``alignment``: `align_words` beside ``LCSseq.editops`` of rapidfuzz and its blocks on the words that are not light,
  which is the part of it that a library does. Ours also takes the words beside these, and clauses that have moved, none
  of them twice: it is not expected to reach the limit.
- ``Parquet``: tables of documents written and read, beside pyarrow with the same options.
"""

from __future__ import annotations

import io
import operator
import sys
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from threadpoolctl import threadpool_limits

from bench.racing import Race, Row, run
from wsis_nlp import TermMatrix, fit_topics, open_study, paragraph_similarity, term_matrix, tf_idf
from wsis_nlp.alignment import align_words, word_rarity
from wsis_nlp.descent import LIGHT
from wsis_nlp.nearest import BESIDE
from wsis_nlp.topics.factors import BATCH, BATCH_PASSES, ITERATIONS, REFITS
from wsis_nlp.topics.models import topic_rows

PARAGRAPHS, NOISE, WORDS_OF_DOCUMENT, TOPICS, TOP_N = 21_000, 0.3, 6_500, 8, 3
LDA_PARAGRAPHS, PAIRS, ONE_CALL_PASSES = 1_000, 400, 40
LOWEST, WHOLE = 0.1, 10**9
TABLES = "shares and terms"
LIMIT = 1 / 1.05  # times as fast as the direct call


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


def topic_counts(paragraphs: int) -> TermMatrix:
    """Counts of the terms that topics of the corpus are made of."""
    tokens, rows = drawn_tokens(paragraphs)
    kept = set(open_study().topic_matrix().terms)
    return term_matrix(tokens[tokens["term"].isin(kept)], rows)


def _even(values: np.ndarray) -> np.ndarray:
    return values / values.sum(axis=1, keepdims=True)


def same_topics(found: Any, peers: Any) -> bool:
    """Shares and terms of topics are equal, in whatever order of topics."""
    shares, terms = peers
    own, theirs = (np.lexsort(one.round(6).T) for one in (found.factors.terms, terms))
    pairs = ((found.factors.terms[own], terms[theirs]), (found.factors.shares[:, own], shares[:, theirs]))
    return all(np.allclose(one, two, rtol=0, atol=1e-9, equal_nan=True) for one, two in pairs)


def nmf() -> Iterator[Race]:
    """NMF, whole and by mini-batches."""
    from sklearn.decomposition import NMF, MiniBatchNMF, non_negative_factorization
    from sklearn.feature_extraction.text import TfidfTransformer

    counts = topic_counts(PARAGRAPHS)
    values = topic_rows(counts, None)[0].values

    def weighted() -> Any:
        lengths = np.sqrt(np.asarray(values.sum(axis=1), dtype=float))
        return sparse.csr_array(sparse.diags_array(lengths) @ TfidfTransformer().fit_transform(values))

    def scaled(left: Any, right: Any) -> Any:
        return _even(left * right.sum(axis=1)), _even(right)

    def fitted(model: Any) -> Any:
        with threadpool_limits(limits=1):
            return scaled(model.fit_transform(weighted()), model.components_)

    def steps() -> Any:
        with threadpool_limits(limits=1):
            rows, generator = weighted(), np.random.default_rng([0, 3])
            start = NMF(TOPICS, init="nndsvd", random_state=0, max_iter=1, tol=0)
            left, right = (np.maximum(one, one.mean() / 100) for one in (start.fit_transform(rows), start.components_))
            model, given = MiniBatchNMF(TOPICS, init="custom", random_state=0, batch_size=BATCH), {"H": right}
            for _ in range(BATCH_PASSES):
                for some in np.array_split(generator.permutation(len(left)), -(-len(left) // BATCH)):
                    model.partial_fit(rows[some], **(given | {"W": left[some]} if given else {}))
                    given = {}
            options = {"n_components": TOPICS, "init": "custom", "update_H": False, "max_iter": REFITS, "tol": 0}
            return scaled(non_negative_factorization(rows, H=model.components_.copy(), **options)[0], model.components_)

    whole = {"init": "nndsvd", "random_state": 0, "max_iter": ITERATIONS, "tol": 0}
    once = {"random_state": 0, "batch_size": BATCH, "max_iter": ONE_CALL_PASSES, "tol": 0, "max_no_improvement": None}
    yield Race(
        "topics, NMF", "TfidfTransformer and NMF", partial(fit_topics, counts, topics=TOPICS, large=WHOLE),
        lambda: fitted(NMF(TOPICS, **whole)), same_topics, LIMIT, compared=TABLES,
    )  # fmt: skip
    stage, ours = "topics, NMF in mini-batches", partial(fit_topics, counts, topics=TOPICS, large=0)
    yield Race(stage, "the same steps, called directly", ours, steps, same_topics, LIMIT, compared=TABLES)
    peer = f"MiniBatchNMF, {ONE_CALL_PASSES} passes"
    yield Race(stage, peer, ours, lambda: fitted(MiniBatchNMF(TOPICS, **once)), None)


def lda() -> Iterator[Race]:
    """LDA, whole and by mini-batches."""
    from gensim.models import LdaModel

    counts = topic_counts(LDA_PARAGRAPHS)
    held = topic_rows(counts, None)[0]
    names = {term: str(term) for term in range(len(held.terms))}

    def bags(values: Any) -> Any:
        parts = ((values.indices[a:b].tolist(), values.data[a:b].tolist()) for a, b in pairwise(values.indptr))
        return [list(zip(*part, strict=True)) for part in parts]

    def peer(passes: int, chunk: int, rows: Any) -> Any:
        values = held.values.astype(float)
        with threadpool_limits(limits=1):
            model = LdaModel(
                bags(values[rows]), num_topics=TOPICS, id2word=names, random_state=0, dtype=np.float64, passes=passes,
                iterations=200, chunksize=chunk, eval_every=None,
            )  # fmt: skip
            return _even(model.inference(bags(values))[0]), model.get_topics()

    every = np.arange(held.values.shape[0])
    mixed = np.random.default_rng([0, 3]).permutation(every)
    given: dict[str, Any] = {"topics": TOPICS, "method": "lda"}
    for stage, large, direct in (
        ("topics, LDA", WHOLE, partial(peer, 30, len(every), every)),
        ("topics, LDA in mini-batches", 0, partial(peer, BATCH_PASSES, BATCH, mixed)),
    ):
        ours = partial(fit_topics, counts, large=large, **given)
        yield Race(stage, "gensim LdaModel", ours, direct, same_topics, LIMIT, compared=TABLES)


def similarity() -> Iterator[Race]:
    """The nearest paragraphs."""
    from sparse_dot_topn import sp_matmul_topn

    counts = term_matrix(*drawn_tokens(PARAGRAPHS))
    weights = sparse.csr_matrix(tf_idf(counts).values)
    turned, documents = sparse.csr_matrix(weights.T), counts.rows["doc_id"].to_numpy()

    def equal(found: pd.DataFrame, near: Any) -> bool:
        """The first of each row that are of other documents, where the peer has as many."""
        near = near.tocoo()
        table = pd.DataFrame({"row": near.row, "product": near.data.clip(max=1)})[
            documents[near.row] != documents[near.col]
        ]
        table = table.sort_values(["row", "product"], ascending=[True, False])
        table["rank"] = table.groupby("row").cumcount() + 1
        row = pd.Index(counts.rows["para_id"]).get_indexer(found["para_a"])
        both = found.assign(row=row).merge(table, on=["row", "rank"], how="left")
        return bool(both["product"].notna().mean() > 0.9 and (both["similarity"] - both["product"]).abs().max() < 1e-12)

    yield Race(
        "paragraph similarity", "sp_matmul_topn",
        lambda: paragraph_similarity(counts, top_n=TOP_N, lowest=LOWEST, large=0),
        lambda: sp_matmul_topn(weights, turned, TOP_N + BESIDE, threshold=LOWEST, sort=True), equal, LIMIT,
        compared="the nearest of other documents",
    )  # fmt: skip


def alignment() -> Iterator[Race]:
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

    def blocks(pair: Any) -> Any:
        return LCSseq.editops(*([word for word in one if word not in light] for one in pair)).as_matching_blocks()

    def equal(found: Any, peers: Any) -> bool:
        """What is aligned has the words of a longest common subsequence, which is what the peer gives, and more."""
        heavy = [sum(one[at] not in light for at in places[:, 0].tolist())
                 for (one, _), places in zip(pairs, found, strict=True)]  # fmt: skip
        return all(own >= sum(size for *_, size in peer) for own, peer in zip(heavy, peers, strict=True))

    yield Race(
        "alignment", "rapidfuzz LCSseq", lambda: [align_words(a, b, light=light) for a, b in pairs],
        lambda: [blocks(pair) for pair in pairs], equal, LIMIT, compared="at least as many words of a subsequence",
    )  # fmt: skip


def storing() -> Iterator[Race]:
    """A table of counts to Parquet and back."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from wsis_nlp.scale.tables import PACKED, parquet, read_parquet

    tokens, _ = drawn_tokens(PARAGRAPHS)
    counts = tokens.groupby(["para_id", "term"], sort=False).size().rename("count").reset_index()
    table = pa.Table.from_pandas(counts, preserve_index=False).replace_schema_metadata()
    packed = [name for name in table.column_names if name in PACKED]
    options: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True, "row_group_size": 1 << 20}
    options["use_dictionary"] = [name for name in table.column_names if name not in packed]
    options["column_encoding"] = dict.fromkeys(packed, "DELTA_BINARY_PACKED")

    def write() -> bytes:
        sink = io.BytesIO()
        pq.write_table(table, sink, **options)
        return sink.getvalue()

    held = write()
    yield Race("Parquet written", "pyarrow write_table", partial(parquet, table), write, operator.eq, LIMIT,
               compared="bytes")  # fmt: skip
    direct = {"use_threads": False, "page_checksum_verification": True}
    yield Race(
        "Parquet read", "pyarrow read_table", partial(read_parquet, held),
        lambda: pq.read_table(pa.BufferReader(held), **direct), operator.eq, LIMIT, compared="tables",
    )  # fmt: skip


def rows(rounds: int = 5) -> list[Row]:
    """Rows of the table, one for each stage."""
    return [run(race, rounds=rounds) for part in (nmf, lda, similarity, alignment, storing) for race in part()]


def main() -> int:
    """Print the table; status 1 where a stage is slower than its limit."""
    table = pd.DataFrame(rows())
    print(table.round(3).to_string(index=False))
    return int((table["ratio"] < table["limit"]).any())


if __name__ == "__main__":
    sys.exit(main())
