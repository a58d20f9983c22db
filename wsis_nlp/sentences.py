"""Sentences of paragraphs."""

from __future__ import annotations

import pandas as pd

from wsis_nlp._checks import check_columns

NEEDED = ["doc_id", "para_id", "text", "extents"]
# Abbreviations after which a full stop ends no sentence, in lower case and without their last stop.
ABBREVIATIONS = """
    a.m add al approx art arts cf ch chap chaps cit corr dr e.g ed eds etc fig figs i.e ibid inc l ltd mr mrs ms no nos
    op p p.m para paras pp prof res resp rev sect sects st suppl u.n v viz vol vols vs
"""


def sentence_table(paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Sentences of paragraphs, one a row, by Punkt (Kiss and Strunk 2006) with the abbreviations of UN texts.

    Columns ``doc_id, para_id, sentence`` (0, 1, 2 … in the paragraph), ``start, end`` (in the raw text), ``text``.
    """
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    check_columns(paragraphs, NEEDED, name="paragraphs")
    parameters = PunktParameters()
    parameters.abbrev_types.update(ABBREVIATIONS.split())
    punkt = PunktSentenceTokenizer(parameters)
    rows = [
        (doc_id, para_id, place, int(extents[start, 0]), int(extents[end - 1, 1]), text[start:end])
        for doc_id, para_id, text, extents in paragraphs[NEEDED].itertuples(index=False)
        for place, (start, end) in enumerate(punkt.span_tokenize(text))
    ]
    return pd.DataFrame(rows, columns=["doc_id", "para_id", "sentence", "start", "end", "text"])
