"""Emergence: words and word groups that a document has and no earlier one has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from wsis_nlp._checks import InputError, check_columns, check_one_of, check_whole
from wsis_nlp.documents import is_before
from wsis_nlp.intervals import rate_interval
from wsis_nlp.matrix import term_matrix

EMERGENCE_COLUMNS = (
    "doc_id", "term", "words", "count", "paragraphs_with", "first_para", "rate_per_1000", "low", "earlier_tokens",
    "earlier_high", "chance", "likelihood_ratio", "pmi",
)  # fmt: skip
FIRST_COLUMNS = (
    "concept", "doc_id", "date", "first_para", "count", "paragraphs_with", "paragraphs", "earlier_paragraphs",
    "earlier_tokens", "earlier_high", "chance",
)  # fmt: skip
LONGEST = 3
Earlier = Literal["whole", "all", "series"]


def word_groups(tokens: pd.DataFrame, *, words: int) -> pd.DataFrame:
    """Places of all groups of so many neighbouring words of a paragraph, in order of the text.

    ``tokens`` is a token table in order of the text. Columns ``doc_id, para_id, start, end`` (place in the raw text)
    and ``term``, the terms of the words, parted by blanks. Punctuation does not part words, as it does not in concepts.
    """
    check_columns(tokens, ["doc_id", "para_id", "start", "end", "term"], name="tokens")
    check_whole(words, name="words of a group", least=1)
    terms = tokens["term"]
    for step in range(1, words):
        terms = terms + " " + tokens["term"].shift(-step)
    groups = tokens[["doc_id", "para_id", "start"]].assign(end=tokens["end"].shift(1 - words, fill_value=0), term=terms)
    return groups[terms.notna() & (tokens["para_id"].shift(1 - words) == tokens["para_id"])].reset_index(drop=True)


def emerging_terms(
    documents: pd.DataFrame,
    paragraphs: pd.DataFrame,
    tokens: pd.DataFrame,
    *,
    function_words: Collection[str] = frozenset(),
    earlier: Earlier = "whole",
    min_count: int = 2,
) -> pd.DataFrame:
    """Words and groups of up to three words that a document has and no earlier one has.

    A group neither begins nor ends with a function word or with what has no letter. A longer one that occurs more than
    once replaces a shorter one of which it holds every occurrence.

    Parameters
    ----------
    documents : ``doc_id, date, stage, series``
        Only a document that surely has the earlier date is earlier: May 2016 is not, for one of 12 May 2016, and no
        document is for one without a date. A document without earlier ones has no row.
    paragraphs, tokens : those of the body, and theirs without options
    function_words : words in lower case
    earlier : {"whole", "all", "series"}
        The earlier documents: all but fragments, fragments too, or those of the document's own series but fragments.
        What a fragment among them has is no news; what it lacks counts for nothing.
    min_count : fewest occurrences in the document

    Returns
    -------
    DataFrame
        ``doc_id``, ``term``, ``words`` : in the order of ``documents``, of paragraphs, counts (largest first), terms
        ``count``, ``paragraphs_with``, ``first_para`` : in the document, and the ``para_id`` where it stands first
        ``rate_per_1000``, ``low`` : per 1,000 tokens, and the lower limit (see `rate_interval`)
        ``earlier_tokens``, ``earlier_high`` : of the earlier documents together, and the upper limit of the rate per
        1,000 there at 95 per cent: 1 - 0.025^(1/n) for none in n tokens, optimistic for what comes in bursts.
        ``low`` above it is evidence that the rate has risen, for a term named beforehand; below it leaves that open
        ``chance`` : how likely the absence is if all paragraphs, of this document and the earlier ones, are as likely
        to have the term: all k that have it are of this document, C(n, k) / C(N, k) for n of N (hypergeometric). It is
        that of one term: among thousands many are absent by chance
        ``likelihood_ratio``, ``pmi`` : NLTK's association of the words of a group in the document, log-likelihood ratio
        and pointwise mutual information in bits (for three words, against independence of all). NaN for a word; the
        former also for a group that repeats a word and makes up most of the document, where it is not defined
    """
    about = ["doc_id", "date", "stage", "series"]
    check_columns(documents, about, name="documents")
    check_columns(paragraphs, ["doc_id", "para_id"], name="paragraphs")
    check_one_of(earlier, get_args(Earlier), name="earlier")
    check_whole(min_count, name="min_count", least=1)
    groups = pd.concat([word_groups(tokens, words=words) for words in range(1, LONGEST + 1)], ignore_index=True)
    # Terms have numbers, since there are tens of thousands, and texts are slow to look up.
    numbers, terms = pd.factorize(groups["term"])
    named = np.array([_is_expression(term, function_words) for term in terms.tolist()], dtype=np.bool_)
    groups = groups.assign(number=numbers)[named[numbers]]
    tables = [pd.DataFrame(columns=list(EMERGENCE_COLUMNS))]
    for document in documents[about].to_dict("records"):
        before = documents[[is_before(date, document["date"]) for date in documents["date"]]]
        before = before[before["series"].isin({document["series"]} - {""})] if earlier == "series" else before
        counted = before if earlier == "all" else before[before["stage"] != "fragment"]
        size = int(tokens["doc_id"].isin(counted["doc_id"]).sum())
        own = groups[groups["doc_id"] == document["doc_id"]]
        own = own[~own["number"].isin(groups.loc[groups["doc_id"].isin(before["doc_id"]), "number"])]
        own = own[own.groupby("number")["number"].transform("size") >= min_count]
        own = own[~own["term"].isin(_parts_of_longer(own["term"].value_counts().to_dict()))]
        if size and len(own):
            parts = (part[part["doc_id"] == document["doc_id"]] for part in (paragraphs, tokens))
            others = int(paragraphs["doc_id"].isin(counted["doc_id"]).sum())
            tables.append(_of_document(own, *parts, earlier_tokens=size, earlier_paragraphs=others))
    return pd.concat(tables[1:] or tables, ignore_index=True)


def _of_document(
    groups: pd.DataFrame,
    paragraphs: pd.DataFrame,
    tokens: pd.DataFrame,
    *,
    earlier_tokens: int,
    earlier_paragraphs: int,
) -> pd.DataFrame:
    """Rows of one document, from the places of its terms."""
    found = groups.groupby("term")["para_id"]
    table = found.agg(count="size", paragraphs_with="nunique", first_para="first").reset_index()
    table.insert(0, "doc_id", paragraphs["doc_id"].iloc[0])
    lengths = tokens.groupby("para_id").size().reindex(paragraphs["para_id"], fill_value=0)
    rate, low, _ = rate_interval(term_matrix(groups, paragraphs).values.toarray(), lengths)
    table = table.assign(
        words=table["term"].str.count(" ") + 1, rate_per_1000=1000 * rate, low=1000 * low,
        chance=_chance(table["paragraphs_with"], len(paragraphs), earlier_paragraphs),
        earlier_tokens=earlier_tokens, earlier_high=1000 * rate_interval([0], [earlier_tokens]).high,
    )  # fmt: skip
    table = table.join(_association(tokens.groupby("para_id")["term"].agg(list).tolist(), table["term"]))
    order = ["paragraphs_with", "count", "term"]
    return table.sort_values(order, ascending=[False, False, True])[list(EMERGENCE_COLUMNS)]


def _association(texts: list[list[str]], terms: Collection[str]) -> pd.DataFrame:
    """Association of the words of each term by NLTK's finders, from the lists of terms of paragraphs."""
    from nltk.collocations import BigramAssocMeasures, TrigramAssocMeasures, TrigramCollocationFinder

    trigrams = TrigramCollocationFinder.from_documents(texts)
    finders = {2: (trigrams.bigram_finder(), BigramAssocMeasures), 3: (trigrams, TrigramAssocMeasures)}
    rows = np.full((len(terms), 2), np.nan)
    for row, words in zip(rows, (term.split() for term in terms), strict=True):
        if len(words) in finders:
            finder, measures = finders[len(words)]
            row[1] = finder.score_ngram(measures.pmi, *words)
            try:
                row[0] = finder.score_ngram(measures.likelihood_ratio, *words)
            except ValueError:  # a cell of the table is negative, and has no logarithm
                continue
    return pd.DataFrame(rows, columns=["likelihood_ratio", "pmi"])


def term_places(tokens: pd.DataFrame, term: str) -> pd.DataFrame:
    """Rows of a token table, or of its `word_groups`, of a term: words in lower case, parted by single blanks."""
    words = term.split()
    if not words or " ".join(words) != term.lower():
        raise InputError(f"term is {term!r}; allowed are words in lower case, parted by single blanks")
    held = tokens["term"] == words[0]
    if len(words) > 1:
        held = tokens["para_id"].isin(tokens.loc[held, "para_id"])
    groups = word_groups(tokens[held], words=len(words))
    return groups[groups["term"] == term]


def first_appearance(drift: pd.DataFrame) -> pd.DataFrame:
    """Documents that have a concept before any other, and how sure the absence before is, from a table of `term_drift`.

    ``concept, doc_id, date, first_para, count, paragraphs_with, paragraphs`` of the table, in its order, and
    ``earlier_paragraphs`` of the earlier documents, ``earlier_tokens``, ``earlier_high`` and ``chance`` as told in
    `emerging_terms`, whose earlier documents these are: a fragment is none of them, but may have the concept already. A
    document without an earlier one has no row.
    """
    check_columns(drift, ["doc_id", "date", "stage", *FIRST_COLUMNS[:7]], name="drift table")
    rows = []
    for row in drift[(drift["count"] > 0) & (drift["stage"] != "fragment")].to_dict("records"):
        same = drift[drift["concept"] == row["concept"]]
        before = same[[is_before(date, row["date"]) for date in same["date"]]]
        whole = before[before["stage"] != "fragment"]
        if whole["tokens"].sum() and not before["count"].any():
            size, others = int(whole["tokens"].sum()), int(whole["paragraphs"].sum())
            high = 1000 * rate_interval([0], [size]).high
            chance = float(_chance(row["paragraphs_with"], row["paragraphs"], others))
            rows.append((*(row[name] for name in FIRST_COLUMNS[:7]), others, size, high, chance))
    return pd.DataFrame(rows, columns=list(FIRST_COLUMNS))


def _chance(having: ArrayLike, here: int, earlier: int) -> NDArray[np.float64]:
    """Probability that all paragraphs of those ``having`` a term are among those here, by C(n, k) / C(N, k)."""
    k, every = np.asarray(having, dtype=np.float64), here + earlier
    return np.asarray(np.exp(gammaln(here + 1) - gammaln(here - k + 1) - gammaln(every + 1) + gammaln(every - k + 1)))


def _is_expression(term: str, function_words: Collection[str]) -> bool:
    words = term.split()
    return all(word not in function_words and any(map(str.isalpha, word)) for word in (words[0], words[-1]))


def _parts_of_longer(counts: Mapping[str, int]) -> set[str]:
    """Terms of which a longer one, no chance neighbourhood, holds every occurrence: both occur equally often."""
    held = set()
    for term, count in ((term, count) for term, count in counts.items() if count > 1):
        words = term.split()
        parts = (
            " ".join(words[at : at + size]) for size in range(1, len(words)) for at in range(len(words) - size + 1)
        )
        held |= {part for part in parts if counts.get(part) == count}
    return held
