"""What topic models count: a vocabulary made for the purpose, and which paragraphs are copies of one another."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import pandas as pd

from wsis_nlp._checks import InputError, check_columns, check_whole
from wsis_nlp.words import split_words, word_term

NEAR = 0.8
"""Part of both paragraphs that an edge of the lineage aligns, from which on they are copies."""
UNBROKEN = re.compile(r"[^\w\s\-\u2010\u2011'\u2019]+|\s[\-\u2010\u2011]+\s")
COLLOCATION_COLUMNS = ("group", "words", "npmi")


def collocations(
    texts: Iterable[str], *, function_words: Collection[str], stop_words: Collection[str] = (), least: int = 5,
    threshold: float = 0.5,
) -> pd.DataFrame:  # fmt: skip
    """Word groups that stand together much more often than chance has it, such as "digital divide".

    By gensim's ``Phrases``, twice, so that groups may grow to four words and, joined by function words, to more
    ("science and technology for development"). Nothing joins across a mark of punctuation.

    Parameters
    ----------
    function_words : of which any number may stand inside a group
    stop_words : with which no group begins or ends; nor does it with a number
    least, threshold : occurrences, and normalised pointwise mutual information (Bouma 2009; -1 to 1), of a group

    Returns
    -------
    DataFrame
        ``group, words, npmi``, in order of the alphabet; ``npmi`` is that of the last two parts joined.
    """
    from gensim.models.phrases import Phrases

    check_whole(least, name="least", least=1)
    if not -1 <= threshold <= 1:
        raise InputError(f"threshold is {threshold!r}; allowed is a number from -1 to 1")
    parts = (part for text in texts for part in UNBROKEN.split(text))
    runs = [words for part in parts if (words := [word_term(part[a:b]).lower() for a, b in split_words(part)])]
    found: dict[str, float] = {}
    # With a mark of its own, the second pass can tell the parts of a group from the words of those parts.
    for delimiter in (" ", "\t"):
        phrases = Phrases(
            runs, min_count=least, threshold=threshold, scoring="npmi", connector_words=frozenset(function_words),
            delimiter=delimiter,
        )  # fmt: skip
        found |= {joined.replace(delimiter, " "): npmi for joined, npmi in phrases.export_phrases().items()}
        runs = [phrases[run] for run in runs]
    edges = {*stop_words, *function_words}
    kept = sorted(
        (group, len(group.split()), float(npmi))
        for group, npmi in found.items()
        if not {group.split()[0], group.split()[-1]} & edges and group[0].isalpha() and group.split()[-1][0].isalpha()
    )
    return pd.DataFrame(kept, columns=list(COLLOCATION_COLUMNS))


def copy_edges(tokens: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Pairs of paragraphs of which one is a copy of the other, or nearly, as ``from_para, to_para``.

    Those are the paragraphs of an edge of the lineage that aligns at least four fifths of the words of both, and those
    with the same words, wherever they stand.
    """
    check_columns(tokens, ["para_id", "term"], name="tokens")
    check_columns(edges, ["from_para", "to_para", "from_share", "to_share"], name="edges")
    near = edges[(edges["from_share"] >= NEAR) & (edges["to_share"] >= NEAR)]
    texts = tokens.dropna(subset="term").groupby("para_id", sort=False)["term"].agg(" ".join).reset_index()
    first = texts.groupby("term", sort=False)["para_id"].transform("first")
    same = pd.DataFrame({"from_para": first, "to_para": texts["para_id"]})[first != texts["para_id"]]
    return pd.concat([near[["from_para", "to_para"]], same], ignore_index=True)
