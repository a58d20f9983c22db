"""Drift of concepts over documents and dates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wsis_nlp._checks import InputError, check_columns
from wsis_nlp.matrix import term_matrix, tf_idf

DRIFT_COLUMNS = (
    "doc_id", "date", "concept", "count", "tokens", "paragraphs", "paragraphs_with", "rate_per_1000", "low", "high",
    "tfidf", "first_para", "stage", "series", "reading", "count_printed", "share_paragraphs", "share_low", "share_high",
)  # fmt: skip


def concept_tf_idf(
    paragraphs: pd.DataFrame, tokens: pd.DataFrame, mentions: pd.DataFrame, concept: str
) -> pd.Series[float]:
    """Mean TF-IDF weight of a concept in the paragraphs of each document: a series from 0 to 1, by ``doc_id``.

    The words of each mention are replaced by one pseudo-term, so that "data governance" weighs as a word would; weights
    are those of `matrix.tf_idf`, fitted on all paragraphs given, and a paragraph without the concept weighs 0. Other
    parameters are those of `term_drift`.
    """
    pseudo = f"concept: {concept}"
    own = mentions[mentions["concept"] == concept].reset_index(drop=True)
    touched = own.loc[own.index.repeat(own["words"]), ["para_id", "position"]]
    touched["position"] += touched.groupby(level=0).cumcount()
    words = pd.MultiIndex.from_frame(tokens[["para_id", "position"]])
    plain = tokens.loc[~words.isin(pd.MultiIndex.from_frame(touched)), ["para_id", "term"]]
    matrix = tf_idf(term_matrix(pd.concat([plain, own[["para_id"]].assign(term=pseudo)]), paragraphs))
    weights = np.zeros(len(paragraphs))
    if pseudo in matrix.terms:
        weights = matrix.values[:, [matrix.terms.index(pseudo)]].toarray().ravel()
    return pd.Series(weights).groupby(paragraphs["doc_id"].to_numpy()).mean()


def term_drift(
    documents: pd.DataFrame,
    paragraphs: pd.DataFrame,
    tokens: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    concepts: tuple[str, ...],
    reading: str,
    printed_mentions: pd.DataFrame,
) -> pd.DataFrame:
    """Frequency of concepts in documents, one row per document and concept.

    ``documents`` has ``doc_id, date, stage, series`` in order of date; ``paragraphs`` are those of the body in one
    reading, ``tokens`` theirs without options, ``mentions`` those in them, and ``printed_mentions`` those in the
    printed reading.

    Returns
    -------
    DataFrame
        ``doc_id``, ``date``, ``stage``, ``series``, ``concept``, ``reading`` : as given and in that order
        ``count``, ``count_printed`` : mentions in the body, and those in the characters as they stand
        ``tokens``, ``rate_per_1000`` : word tokens of the body, and mentions per 1,000 of them (NaN where none)
        ``paragraphs``, ``paragraphs_with``, ``share_paragraphs`` : body paragraphs, those with a mention, their share
        ``tfidf`` : see `concept_tf_idf`; NaN where the document has no body
        ``first_para`` : ``para_id`` of the first mention, missing where there is none: no evidence in a ``fragment``
        ``low``, ``high``, ``share_low``, ``share_high`` : NaN, no interval being computed
    """
    about = ["doc_id", "date", "stage", "series"]
    check_columns(documents, about, name="documents")
    check_columns(mentions, ["doc_id", "para_id", "concept", "position", "words"], name="mentions")
    if not concepts:
        raise InputError("no concept is given; at least one is needed")
    grid = documents[about].merge(pd.DataFrame({"concept": list(concepts)}), how="cross")
    sizes = {"tokens": tokens.groupby("doc_id").size(), "paragraphs": paragraphs.groupby("doc_id").size()}
    pair = ["doc_id", "concept"]
    found = mentions.groupby(pair)["para_id"]
    counts = {
        "count": found.size(), "paragraphs_with": found.nunique(), "first_para": found.first(),
        "count_printed": printed_mentions.groupby(pair).size(),
    }  # fmt: skip
    grid = grid.join(pd.DataFrame(sizes), on="doc_id").join(pd.DataFrame(counts), on=pair)
    whole = [*sizes, "count", "paragraphs_with", "count_printed"]
    grid[whole] = grid[whole].fillna(0).astype("int64")
    weights = pd.concat({concept: concept_tf_idf(paragraphs, tokens, mentions, concept) for concept in concepts})
    grid = grid.join(weights.rename("tfidf"), on=["concept", "doc_id"])
    grid["rate_per_1000"] = 1000 * grid["count"] / grid["tokens"].where(grid["tokens"] > 0)
    grid["share_paragraphs"] = grid["paragraphs_with"] / grid["paragraphs"].where(grid["paragraphs"] > 0)
    none = dict.fromkeys(["low", "high", "share_low", "share_high"], np.nan)
    return grid.assign(reading=reading, **none)[list(DRIFT_COLUMNS)]
