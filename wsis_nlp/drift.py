"""Drift of concepts over documents and dates.

What an interval says of a text that is no sample of anything, `wsis_nlp.intervals` tells: it describes the drafting. A
zero has an upper limit and is no proof of absence, in a fragment least of all.
"""

from __future__ import annotations

from bisect import bisect

import numpy as np
import pandas as pd
from scipy import sparse

from wsis_nlp._checks import InputError, check_columns, check_known
from wsis_nlp.intervals import Interval, rate_interval, share_interval
from wsis_nlp.matrix import TermMatrix, term_matrix, tf_idf

DRIFT_COLUMNS = (
    "doc_id", "date", "concept", "count", "tokens", "paragraphs", "paragraphs_with", "rate_per_1000", "low", "high",
    "tfidf", "first_para", "stage", "series", "reading", "count_printed", "share_paragraphs", "share_low", "share_high",
    "boot_low", "boot_high", "section_low", "section_high",
)  # fmt: skip
DIFFERENCE_COLUMNS = (
    "concept", "doc_a", "doc_b", "count_a", "count_b", "rate_a", "low_a", "high_a", "rate_b", "low_b", "high_b",
    "difference", "difference_low", "difference_high", "stage_a", "stage_b",
)  # fmt: skip


def concept_tf_idf(
    paragraphs: pd.DataFrame, tokens: pd.DataFrame, mentions: pd.DataFrame, concept: str
) -> pd.Series[float]:
    """Mean TF-IDF weight of a concept in the paragraphs of each document: a series from 0 to 1, by ``doc_id``.

    The words of each mention are replaced by one pseudo-term, so that "data governance" weighs as a word would; weights
    are those of `matrix.tf_idf`, fitted on all paragraphs given, and a paragraph without the concept weighs 0. Other
    parameters are those of `term_drift`.
    """
    return _concept_tf_idf(*_counted(paragraphs, tokens, mentions), concept)


def _counted(
    paragraphs: pd.DataFrame, tokens: pd.DataFrame, mentions: pd.DataFrame
) -> tuple[TermMatrix, pd.DataFrame, pd.DataFrame]:
    """Counts of terms, and by the numbers of its rows the tokens (``row, column, position``) and the mentions."""
    counts = term_matrix(tokens, paragraphs)
    rows, columns = pd.Index(counts.rows["para_id"]), pd.Index(counts.terms)
    row, column = rows.get_indexer(pd.Index(tokens["para_id"])), columns.get_indexer(pd.Index(tokens["term"]))
    words = pd.DataFrame({"row": row, "column": column, "position": tokens["position"].to_numpy()})
    found = mentions.assign(row=rows.get_indexer(pd.Index(mentions["para_id"])))
    return counts, words[(row >= 0) & (column >= 0)], found[found["row"] >= 0]


def _concept_tf_idf(counts: TermMatrix, tokens: pd.DataFrame, mentions: pd.DataFrame, concept: str) -> pd.Series[float]:
    """The same from the counts of all tokens by paragraph, of which those in the mentions of the concept are taken."""
    own = mentions[mentions["concept"] == concept].reset_index(drop=True)
    touched = own.loc[own.index.repeat(own["words"]), ["row", "position"]]
    touched["position"] += touched.groupby(level=0).cumcount()
    mentioned = np.bincount(own["row"], minlength=counts.values.shape[0])
    beside = tokens[mentioned[tokens["row"]] > 0]
    taken = beside.merge(touched.drop_duplicates(), on=["row", "position"])
    ones, places = np.ones(len(taken), dtype=np.int64), (taken["row"].to_numpy(), taken["column"].to_numpy())
    left = sparse.csr_array(counts.values - sparse.csr_array((ones, places), shape=counts.values.shape))
    left.eliminate_zeros()
    pseudo = f"concept: {concept}"
    at = bisect(counts.terms, pseudo)  # where the pseudo-term stands in the alphabet, in whose order weights are summed
    values = sparse.csr_array(sparse.hstack([left[:, :at], sparse.csr_array(mentioned[:, None]), left[:, at:]]))
    terms = (*counts.terms[:at], pseudo, *counts.terms[at:])
    weights = tf_idf(TermMatrix(values, counts.rows, terms)).values[:, [at]].toarray().ravel()
    return pd.Series(weights).groupby(counts.rows["doc_id"].to_numpy()).mean()


def term_drift(
    documents: pd.DataFrame,
    paragraphs: pd.DataFrame,
    tokens: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    concepts: tuple[str, ...],
    reading: str,
    printed_mentions: pd.DataFrame,
    level: float = 0.95,
) -> pd.DataFrame:
    """Frequency of concepts in documents, one row per document and concept.

    ``documents`` has ``doc_id, date, stage, series`` in order of date; ``paragraphs`` are those of the body in one
    reading, ``tokens`` theirs without options, ``mentions`` those in them, and ``printed_mentions`` those in the
    printed reading. ``level`` is that of all limits.

    Returns
    -------
    DataFrame
        ``doc_id``, ``date``, ``stage``, ``series``, ``concept``, ``reading`` : as given and in that order
        ``count``, ``count_printed`` : mentions in the body, and those in the characters as they stand
        ``tokens``, ``rate_per_1000`` : word tokens of the body, and mentions per 1,000 of them (NaN where none)
        ``paragraphs``, ``paragraphs_with``, ``share_paragraphs`` : body paragraphs, those with a mention, their share
        ``tfidf`` : see `concept_tf_idf`; NaN where the document has no body
        ``first_para`` : ``para_id`` of the first mention, missing where there is none: no evidence in a ``fragment``
        ``low``, ``high`` : limits of the rate per 1,000 by Korn and Graubard, the paragraph being the sampling unit
        (see `rate_interval`); a count of 0 has an upper limit, that of a fragment is of its page
        ``share_low``, ``share_high`` : exact limits of the share (see `share_interval`)
        ``boot_low``, ``boot_high`` : limits of the rate by 1,000 bootstrap samples of paragraphs, for comparison: too
        narrow for a rare concept, 0 to 0 for an absent one
        ``section_low``, ``section_high`` : those of Korn and Graubard with whole sections (equal ``section``, where
        the paragraphs have that column) as units: a coarse check, since neighbouring paragraphs are alike, and no news
        of a count of 0. NaN where fewer than two sections have words

        Limits are NaN where the document has no body; those of the rate also where one paragraph cannot give them.
        Where mentions share words (AI-AI), they are those of at most one mention a word, stretched to hold the rate.
    """
    about, pair = ["doc_id", "date", "stage", "series"], ["doc_id", "concept"]
    check_columns(documents, about, name="documents")
    check_columns(paragraphs, ["doc_id", "para_id"], name="paragraphs")
    check_columns(tokens, ["doc_id", "para_id", "position", "term"], name="tokens")
    check_columns(mentions, [*pair, "para_id", "position", "words"], name="mentions")
    check_columns(printed_mentions, pair, name="printed mentions")
    for keys, name in ((documents["doc_id"], "document"), (paragraphs["para_id"], "paragraph"), (concepts, "concept")):
        if not len(keys) or pd.Index(keys).has_duplicates:
            raise InputError(f"no {name} is given, or one twice; at least one is needed, each once")
    grid = documents[about].merge(pd.DataFrame({"concept": list(concepts)}), how="cross")
    sizes = {"tokens": tokens.groupby("doc_id").size(), "paragraphs": paragraphs.groupby("doc_id").size()}
    found = mentions.groupby(pair)["para_id"]
    counts = {
        "count": found.size(), "paragraphs_with": found.nunique(), "first_para": found.first(),
        "count_printed": printed_mentions.groupby(pair).size(),
    }  # fmt: skip
    grid = grid.join(pd.DataFrame(sizes), on="doc_id").join(pd.DataFrame(counts), on=pair)
    whole = [*sizes, "count", "paragraphs_with", "count_printed"]
    grid[whole] = grid[whole].fillna(0).astype("int64")
    counted = _counted(paragraphs, tokens, mentions)
    weights = pd.concat({concept: _concept_tf_idf(*counted, concept) for concept in concepts})
    grid = grid.join(weights.rename("tfidf"), on=["concept", "doc_id"])
    grid["rate_per_1000"] = 1000 * grid["count"] / grid["tokens"].where(grid["tokens"] > 0)
    grid["share_paragraphs"] = grid["paragraphs_with"] / grid["paragraphs"].where(grid["paragraphs"] > 0)
    grid = grid.join(_limits(documents["doc_id"], paragraphs, tokens, mentions, concepts, level), on=pair)
    for side, stretched in (("low", np.minimum), ("high", np.maximum)):
        for name in (side, f"boot_{side}", f"section_{side}"):
            grid[name] = stretched(grid[name], grid["rate_per_1000"])
    return grid.assign(reading=reading)[list(DRIFT_COLUMNS)]


def _limits(
    doc_ids: pd.Series[str],
    paragraphs: pd.DataFrame,
    tokens: pd.DataFrame,
    mentions: pd.DataFrame,
    concepts: tuple[str, ...],
    level: float,
) -> pd.DataFrame:
    """Limits of rates per 1,000 and of shares, by ``doc_id`` and ``concept``."""
    units, names = paragraphs["para_id"], list(concepts)
    lengths = tokens.groupby("para_id").size().reindex(units, fill_value=0).to_numpy()
    table = pd.crosstab(mentions["para_id"], mentions["concept"]).reindex(index=units, columns=names, fill_value=0)
    # Mentions may share a word (AI-AI); as draws there are at most as many as words.
    counts = np.minimum(table.to_numpy(), lengths[:, None])
    sections = pd.factorize(paragraphs.get("section", pd.Series("", paragraphs.index)))[0]
    limits = {}
    for doc_id in doc_ids:
        own = (paragraphs["doc_id"] == doc_id).to_numpy()
        rate, boot = (1000 * np.array(rate_interval(counts[own], lengths[own], level=level, method=method)[1:])
                      for method in ("korn-graubard", "bootstrap"))  # fmt: skip
        member = sections[own] == np.unique(sections[own])[:, None]
        sizes = member @ lengths[own]
        whole = 1000 * np.array(rate_interval(member @ counts[own], sizes, level=level)[1:])
        whole[:, (sizes > 0).sum() < 2] = np.nan
        rows = (*rate, *boot, *whole, *share_interval(counts[own] > 0, level=level)[1:])
        columns = ("low", "high", "boot_low", "boot_high", "section_low", "section_high", "share_low", "share_high")
        limits[doc_id] = pd.DataFrame(dict(zip(columns, rows, strict=True)), index=names)
    return pd.concat(limits, names=["doc_id", "concept"])


def term_difference(drift: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """Difference of the rates of concepts in two documents, one row per concept, from a table of `term_drift`.

    Returns
    -------
    DataFrame
        ``concept``, ``doc_a``, ``doc_b`` : in the order of the table
        ``count_a``, ``rate_a``, ``low_a``, ``high_a``, ``stage_a``, and with ``_b`` : mentions, their rate per 1,000
        tokens with its limits, and the stage. What a ``fragment`` lacks, its document may have
        ``difference``, ``difference_low``, ``difference_high`` : ``rate_b`` less ``rate_a``, with limits at the level
        of the table (see `difference_interval`) that take the documents for independent, and are too wide where they
        share paragraphs. Limits below and above 0 leave open which document has more, and each stands for itself
    """
    columns = {"count": "count", "rate_per_1000": "rate", "low": "low", "high": "high", "stage": "stage"}
    check_columns(drift, ["doc_id", "concept", *columns], name="drift table")
    if len(check_known([a, b], dict.fromkeys(drift["doc_id"]), name="document")) < 2:
        raise InputError(f"document {a!r} is given twice; two are compared with each other")
    table, other = (drift[drift["doc_id"] == one].set_index("concept")[list(columns)].rename(columns=columns)
                    .add_suffix(side) for one, side in ((a, "_a"), (b, "_b")))  # fmt: skip
    table = table.join(other).reset_index().assign(doc_a=a, doc_b=b)
    rates = {side: Interval(*(table[f"{name}_{side}"].to_numpy() for name in ("rate", "low", "high"))) for side in "ab"}
    found = dict(zip(DIFFERENCE_COLUMNS[11:14], rates["b"].minus(rates["a"]), strict=True))
    return table.assign(**found)[list(DIFFERENCE_COLUMNS)]
