"""Words and sentences: what they are is data in ``cases/tokens.json``; that none is lost is a law."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import (
    InputError,
    Study,
    TokenOptions,
    mention_table,
    read_stop_list,
    sentence_table,
    token_ids,
    token_table,
)
from wsis_nlp.words import WORD_FORM, WORDS, find_words, split_words

PLAIN = set(string.ascii_letters + string.digits)
WILD = st.text() | st.text("aB3/.-+,'’‑­²́ (", max_size=60) | st.text("AE/16.-RS'’s+é\n", max_size=60)


@pytest.mark.cases("tokens.json", "words")
def test_words(case: dict, make_paragraphs) -> None:  # type: ignore[no-untyped-def]
    tokens = token_table(make_paragraphs({"d:1": case["text"]}))
    assert tokens["surface"].tolist() == case["words"]
    if "terms" in case:
        assert tokens["term"].tolist() == case["terms"]


@pytest.mark.cases("tokens.json", "options")
def test_options(case: dict, make_paragraphs) -> None:  # type: ignore[no-untyped-def]
    given_options = dict(case["options"])
    if "stop_words" in given_options:
        given_options["stop_words"] = frozenset(given_options["stop_words"])
    if "word_groups" in given_options:
        given_options["word_groups"] = tuple(given_options["word_groups"])
    tokens = token_table(make_paragraphs({"d:1": case["text"]}), options=TokenOptions(**given_options))
    assert [term if isinstance(term, str) else None for term in tokens["term"]] == case["terms"]


@pytest.mark.cases("tokens.json", "sentences")
def test_sentences(case: dict, make_paragraphs) -> None:  # type: ignore[no-untyped-def]
    assert sentence_table(make_paragraphs({"d:1": case["text"]}))["text"].tolist() == case["sentences"]


@given(WILD)
def test_words_are_in_order_disjoint_and_have_a_letter_or_digit(text: str) -> None:
    done = 0
    for start, end in split_words(text):
        assert done <= start < end <= len(text)
        assert any(sign.isalnum() for sign in text[start:end])
        assert not any(sign.isspace() for sign in text[start:end])
        done = end


@given(WILD)
def test_every_plain_letter_and_digit_belongs_to_a_word(text: str) -> None:
    held = {at for start, end in split_words(text) for at in range(start, end)}
    assert all(at in held for at, sign in enumerate(text) if sign in PLAIN)


@given(st.lists(WILD, max_size=5))
def test_words_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    text, start, end, words = find_words(texts)
    expected = [(number, *span) for number, one in enumerate(texts) for span in split_words(one)]
    assert list(zip(text.tolist(), start.tolist(), end.tolist(), strict=True)) == expected
    assert words == [texts[number][first:last] for number, first, last in expected]


@given(st.lists(WILD, min_size=1, max_size=5))
def test_words_are_those_of_the_full_expression(texts: list[str]) -> None:
    """What tells most words at once is a short cut, and changes none of them."""
    full = re.compile(WORD_FORM.pattern.replace("|".join(WORDS[:2]) + "|", ""))
    assert full.pattern != WORD_FORM.pattern
    for text in texts:
        assert split_words(text) == [found.span() for found in full.finditer(text)]


@pytest.mark.parametrize("part", ["A/", "A-", "A.", "A/A-A.", "1/", "1,", "x'", "A/B1-", "AB", "/.-"])
def test_words_of_a_hostile_text_are_found(part: str) -> None:
    text = part * 3000
    held = sum(end - start for start, end in split_words(text + "é"))
    assert held >= sum(sign.isalnum() for sign in text)


def test_tokens_stand_where_they_say(printed: Study, raws: dict[str, str]) -> None:
    assert len(printed.tokens) > 20_000
    for doc_id, tokens in printed.tokens.groupby("doc_id"):
        raw = raws[doc_id]
        for start, end, surface in tokens[["start", "end", "surface"]].itertuples(index=False):
            assert raw[start:end] == surface


def test_tokens_are_keyed_and_in_order_of_the_text(study: Study) -> None:
    tokens = study.tokens
    assert not tokens.duplicated(["para_id", "position"]).any()
    order = {para_id: place for place, para_id in enumerate(study.body["para_id"])}
    assert tokens["para_id"].map(order).is_monotonic_increasing
    for _, unit in tokens.groupby("para_id"):
        assert unit["position"].tolist() == list(range(len(unit)))
        assert unit["start"].is_monotonic_increasing
        assert unit["end"].is_monotonic_increasing


def test_tokens_do_not_overlap_where_nothing_is_corrected(printed: Study) -> None:
    for _, unit in printed.tokens.groupby("para_id"):
        assert (unit["start"].to_numpy()[1:] >= unit["end"].to_numpy()[:-1]).all()


def test_options_change_terms_and_never_surfaces(study: Study) -> None:
    options = TokenOptions(stop_words=study.stop_words("general"), numbers="drop", stemming="porter", min_letters=3)
    tokens = token_table(study.body, options=options)
    columns = ["doc_id", "para_id", "position", "start", "end", "surface"]
    pd.testing.assert_frame_equal(tokens[columns], study.tokens[columns])
    assert tokens["term"].isna().any()
    assert study.tokens["term"].notna().all()


def test_sentences_cover_the_text(printed: Study, raws: dict[str, str]) -> None:
    sentences = sentence_table(printed.body)
    joined = sentences.groupby("para_id")["text"].agg(" ".join)
    for para_id, text in zip(printed.body["para_id"], printed.body["text"], strict=True):
        if text.strip():
            assert "".join(joined[para_id].split()) == "".join(text.split())
    for row in sentences.itertuples():
        raw = raws[row.doc_id]
        assert raw[row.start] == row.text[0]
        assert raw[row.end - 1] == row.text[-1]


def test_a_break_inside_a_word_cuts_it(make_paragraphs) -> None:  # type: ignore[no-untyped-def]
    paragraphs = make_paragraphs({"d:1": "We act.", "d:2": "Data-driven governance matters."})
    extents = paragraphs.loc[1, "extents"].copy()
    extents[2:] += 10  # mark-up stands after "Da",
    extents[16:] += 7  # and more after "gove"
    extents[18:] += 1
    tokens = token_table(paragraphs.assign(extents=[paragraphs.loc[0, "extents"], extents]))
    assert tokens["surface"].tolist() == ["We", "act", "Da", "ta-driven", "gove", "rn", "ance", "matters"]
    assert tokens["start"].tolist() == [0, 3, 0, 12, 22, 33, 36, 41]
    assert (tokens["end"] - tokens["start"]).tolist() == [len(one) for one in tokens["surface"]]


def test_a_hyphen_between_two_breaks_is_no_token(make_paragraphs, study: Study) -> None:  # type: ignore[no-untyped-def]
    paragraphs = make_paragraphs({"d:1": "A multi-stakeholder plan."})
    extents = paragraphs.loc[0, "extents"].copy()
    extents[7:] += 2  # mark-up stands before the hyphen and behind it
    extents[8:] += 2
    tokens = token_table(paragraphs.assign(extents=[extents]))
    assert tokens["surface"].tolist() == ["A", "multi", "stakeholder", "plan"]
    assert mention_table(tokens, study.lexicon)["concept"].tolist() == ["multi-stakeholder"]


@pytest.mark.parametrize(
    "options", [TokenOptions(), TokenOptions(stop_words=frozenset({"the"}), word_groups=("human rights",), case="keep")]
)
def test_numbers_of_tokens_are_the_table(study: Study, options: TokenOptions) -> None:
    ids, table = token_ids(study.body, options=options), token_table(study.body, options=options)
    assert [ids.surfaces[form] for form in ids.form] == table["surface"].tolist()
    assert [ids.terms[form] for form in ids.form] == [t if isinstance(t, str) else None for t in table["term"]]
    assert ids.para_ids[ids.paragraph].tolist() == table["para_id"].tolist()
    assert len(set(zip(ids.surfaces, ids.terms, strict=True))) == len(ids.surfaces)


def test_a_unit_without_words_has_no_tokens(make_paragraphs) -> None:  # type: ignore[no-untyped-def]
    tokens = token_table(make_paragraphs({"d:1": "", "d:2": "* * *", "d:3": "We act."}))
    assert tokens["para_id"].tolist() == ["d:3", "d:3"]
    empty = token_table(make_paragraphs({"d:1": ""}))
    assert list(empty.columns) == list(tokens.columns)
    assert len(empty) == 0
    assert len(sentence_table(make_paragraphs({"d:1": ""}))) == 0


BAD = {
    "case": ({"case": "upper"}, ["case", "'upper'", "lower, keep"]),
    "numbers": ({"numbers": "some"}, ["numbers", "'some'", "keep, drop"]),
    "stemming": ({"stemming": "lancaster"}, ["stemming", "'lancaster'", "none, porter, snowball"]),
    "min_letters": ({"min_letters": 0}, ["min_letters", "0", "at least 1"]),
    "one string of stop words": ({"stop_words": "the"}, ["stop_words", "'the'", "collection"]),
    "one string of word groups": ({"word_groups": "digital divide"}, ["word_groups", "'digital divide'", "collection"]),
    "empty word group": ({"word_groups": ("digital divide", " ")}, ["word_groups", "' '", "at least one word"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_options_are_refused(name: str) -> None:
    options, parts = BAD[name]
    with pytest.raises(InputError) as raised:
        TokenOptions(**options)
    assert "\n" not in str(raised.value)
    for part in parts:
        assert part in str(raised.value)


def test_stop_list_has_comments_blank_lines_and_any_case(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes("\ufeffthe\r\n# of\r\n\r\nAnd  # a conjunction\r\nl’\r\n".encode())
    assert read_stop_list(tmp_path / "list.txt") == {"the", "and", "l’"}


def test_stop_lists_of_the_corpus_hold_words_that_can_be_terms(study: Study) -> None:
    words = study.stop_words("general", "un-boilerplate")
    assert {"the", "of", "reaffirms"} <= words
    assert not study.stop_words("general") & {"all", "no", "not", "shall", "internet", "data"}
    for word in words:
        assert [word[start:end] for start, end in split_words(word)] == [word]
    with pytest.raises(InputError, match="stop list is 'french'; allowed are: general, un-boilerplate"):
        study.stop_words("french")
