"""Concordance: each line is contiguous text of its paragraph, and each match stands where it says."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import InputError, Study, concordance_table, find_phrase
from wsis_nlp.concordance import CONCORDANCE_COLUMNS

TEXT = {
    "d:1": "Data governance, data-governance and the governance of data matter to WSIS+20.",
    "d:2": "The Forum's role and/or the Forum’s mandate (A/71/67-E/2016/51).",
    "e:1": "AI-driven tools; multi-stakeholder governance.",
}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


@pytest.fixture(scope="module")
def table(make_paragraphs) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    return make_paragraphs(TEXT)


@pytest.fixture(scope="module")
def tokens(make_tokens) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    return make_tokens(TEXT)


MATCHES = {
    "data governance": ["Data governance", "data-governance"],
    "data-governance": ["Data governance", "data-governance"],
    "governance": ["governance", "data-governance", "governance", "governance"],
    "govern*": ["governance", "data-governance", "governance", "governance"],
    "*s": ["tools"],
    "d?ta": ["Data", "data-governance", "data"],
    "Forum's role": ["Forum's role"],
    "forum’s mandate": ["Forum’s mandate"],
    "forum": ["Forum's", "Forum’s"],
    "and/or": ["and/or"],
    "A/71/67-E/2016/51": ["A/71/67-E/2016/51"],
    "a/71/*": ["A/71/67-E/2016/51"],
    "WSIS+20": ["WSIS+20"],
    "AI": ["AI-driven"],
    "stakeholder": ["multi-stakeholder"],
    "governance, data": ["governance, data-governance"],
    "(multi stakeholder": ["multi-stakeholder"],
    "[a-z]ata": [],
    "nothing": [],
}


@pytest.mark.parametrize("phrase", MATCHES)
def test_phrases(phrase: str, table: pd.DataFrame, tokens: pd.DataFrame) -> None:
    found = concordance_table(table, find_phrase(tokens, phrase))
    assert found["match"].tolist() == MATCHES[phrase]
    assert tuple(found.columns) == CONCORDANCE_COLUMNS
    for row in found.itertuples():
        assert TEXT[row.para_id][row.start : row.end] == row.match


def test_star_stands_for_any_word(tokens: pd.DataFrame) -> None:
    found = find_phrase(tokens, "governance of *")
    assert [TEXT[row.para_id][row.start : row.end] for row in found.itertuples()] == ["governance of data"]


def test_case_counts_where_it_is_asked_for(tokens: pd.DataFrame) -> None:
    assert len(find_phrase(tokens, "Data", case_sensitive=True)) == 1
    assert len(find_phrase(tokens, "Data")) == 3


@pytest.mark.parametrize("phrase", ["", " ", "*", "?", "* ?", "-", "(((", "[", "]", "[]", "\\", "**" * 5000, "\n", "…"])
def test_phrases_without_a_word_are_refused(phrase: str, tokens: pd.DataFrame) -> None:
    with pytest.raises(InputError) as raised:
        find_phrase(tokens, phrase)
    message = str(raised.value)
    assert "\n" not in message
    assert "at least one word" in message
    assert len(message) < 300


HOSTILE = {
    "[!a]*": 0,
    "t[ho]e": 0,
    "^the$": 3,
    "(the": 3,
    "data|the": 0,
    "th{1,}e": 0,
    "*" * 10_000 + "e": 9,
    "e*" * 2000 + "e": 0,
    "?" * 9000 + "e": 0,
    "the " * 2000: 0,
}


@pytest.mark.parametrize("phrase", HOSTILE, ids=lambda phrase: phrase[:12])
def test_signs_of_regular_expressions_mean_nothing(phrase: str, tokens: pd.DataFrame) -> None:
    assert len(find_phrase(tokens, phrase)) == HOSTILE[phrase]


@given(phrase=st.text("a*?[]()!{}\\|^$.-gov ’'/", max_size=30))
def test_any_phrase_with_a_letter_gives_a_table(tokens: pd.DataFrame, phrase: str) -> None:
    if any(sign.isalnum() for sign in phrase):
        assert list(find_phrase(tokens, phrase).columns) == ["doc_id", "para_id", "start", "end"]
    else:
        with pytest.raises(InputError, match="at least one word"):
            find_phrase(tokens, phrase)


@pytest.mark.parametrize("width", [1, 7, 60, 10_000])
@pytest.mark.parametrize("query", ["ai", "gdc", "digital *"])
def test_a_line_is_contiguous_text_of_its_paragraph(
    query: str, width: int, printed: Study, raws: dict[str, str]
) -> None:
    texts = printed.body.set_index("para_id")["text"]
    found = printed.concordance(query, width=width)
    assert len(found) > 0
    for row in found.itertuples():
        text = texts[row.para_id]
        line = squeezed(row.left + row.match + row.right)
        assert line in squeezed(text)
        assert squeezed(raws[row.doc_id][row.start : row.end]) == squeezed(row.match)
        assert max(len(row.left), len(row.right)) <= width
        assert not row.left or re.search(rf"(?:^|\s){re.escape(row.left)}", text)
        assert not row.right or re.search(rf"{re.escape(row.right)}(?:\s|$)", text)


def test_a_wide_line_is_the_whole_paragraph(printed: Study) -> None:
    texts = printed.body.set_index("para_id")["text"]
    for row in printed.concordance("gdc", width=100_000).itertuples():
        assert squeezed(row.left + row.match + row.right) == squeezed(texts[row.para_id])


def test_a_match_is_the_words_of_the_mention(study: Study) -> None:
    for concept in study.lexicon.ids:
        surfaces = study.mentions[study.mentions["concept"] == concept]["surface"]
        matches = study.concordance(concept)["match"]
        assert [letters(match) for match in matches] == [letters(surface) for surface in surfaces]


def test_lines_of_a_concept_are_its_mentions(study: Study) -> None:
    counts = study.mentions.groupby("concept").size()
    for concept in study.lexicon.ids:
        assert len(study.concordance(concept)) == counts.get(concept, 0)


def test_width_and_columns_are_checked(table: pd.DataFrame, tokens: pd.DataFrame) -> None:
    places = find_phrase(tokens, "data")
    with pytest.raises(InputError, match="width is 0; allowed is a whole number of at least 1"):
        concordance_table(table, places, width=0)
    with pytest.raises(InputError, match="places lacks the column end"):
        concordance_table(table, places.drop(columns="end"))
    with pytest.raises(InputError, match="tokens lacks the column surface"):
        find_phrase(tokens.drop(columns="surface"), "data")
