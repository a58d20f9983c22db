"""Paragraphs side by side: no word is lost, and turned round the comparison is the same turned round."""

from __future__ import annotations

import html
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import InputError
from wsis_nlp.comparison import MarkedOrigins, SideBySide, comparison_table
from wsis_nlp.showing import visible

WORDS = st.lists(st.sampled_from(["the", "a", "of", "Internet", "ICTs,", "data;", "rights.", "all"]), max_size=14)
TEXTS = st.one_of(WORDS.map(" ".join), st.text(max_size=30))
PAIR = pd.DataFrame({"from_para": ["a:1"], "to_para": ["b:1"]})
DOCUMENTS = pd.DataFrame({"doc_id": ["a", "b"], "title": ["First <draft>", ""], "date": ["2015-12-07", "2023"]})


def paragraphs(one, two):
    return pd.DataFrame({"doc_id": ["a", "b"], "para_id": ["a:1", "b:1"], "text": [one, two]})


def table(one, two):
    return comparison_table(paragraphs(one, two), PAIR)


def shown(one, two, **told):
    return SideBySide(PAIR.assign(**told), paragraphs(one, two), DOCUMENTS)._repr_mimebundle_()


def steps(one, two):
    return table(one, two)[["operation", "from_text", "to_text"]].to_numpy().tolist()


def words_only(text):
    return " ".join(re.findall(r"\w+", text.lower()))


def cells(shown_html):
    """The marked text of both sides."""
    return re.findall(r"</div>(.*?)</td>", shown_html, flags=re.DOTALL)


@given(TEXTS, TEXTS)
def test_operations_joined_are_both_texts(one, two):
    rows = table(one, two)
    assert ("".join(rows["from_text"]), "".join(rows["to_text"])) == (one, two)


@given(TEXTS, TEXTS)
def test_a_pair_turned_round_has_insert_and_delete_swapped(one, two):
    turned = {"insert": "delete", "delete": "insert"}
    assert steps(two, one) == [[turned.get(name, name), later, earlier] for name, earlier, later in steps(one, two)]


@given(WORDS, WORDS)
def test_equal_parts_have_the_same_words_and_deleted_and_inserted_ones_have_one_side(one, two):
    for name, earlier, later in steps(" ".join(one), " ".join(two)):
        assert (name == "equal") == (words_only(earlier) == words_only(later))
        assert (bool(earlier), bool(later)) == {"insert": (False, True), "delete": (True, False)}.get(
            name, (True, True)
        )


@given(TEXTS)
def test_a_text_is_equal_to_itself(text):
    assert {name for name, *_ in steps(text, text)} <= {"equal"}


def test_a_single_short_word_between_changes_is_chance():
    assert steps("promote the use of data", "note the progress of data") == [
        ["replace", "promote the use ", "note the progress "], ["equal", "of data", "of data"],
    ]  # fmt: skip
    assert [name for name, *_ in steps("reaffirm Internet access", "recall Internet use")] == [
        "replace", "equal", "replace",
    ]  # fmt: skip


def test_case_and_punctuation_are_no_change_and_stand_as_printed():
    assert steps("ICTs, and data.", "icts and Data") == [["equal", "ICTs, and data.", "icts and Data"]]


@given(TEXTS, TEXTS)
def test_each_side_shows_its_whole_text_escaped(one, two):
    for text, cell in zip((one, two), cells(shown(one, two)["text/html"]), strict=True):
        bare = re.sub(r"</?(?:mark|del|ins)(?: style=\"[^\"<>]*\")?>", "", cell)
        assert not set("<>\"'") & set(bare)
        assert html.unescape(bare) == visible(text)


def test_marks_say_what_is_shared_and_what_stands_on_one_side():
    earlier, later = cells(shown("We note the <b>old</b> report", "We note the new & report")["text/html"])
    assert re.sub(r' style=".*?"', "", earlier) == (
        "<mark>We note the &lt;</mark><del>b&gt;old&lt;/b&gt;</del> <mark>report</mark>"
    )
    assert re.sub(r' style=".*?"', "", later) == "<mark>We note the</mark> <ins>new &amp;</ins> <mark>report</mark>"


def test_a_passage_that_moved_inside_the_paragraph_is_told_from_others():
    one = "We welcome the annual report of the Commission and recall its mandate to review progress"
    two = "Recall its mandate to review progress; we welcome the annual report of the Commission"
    for cell in cells(shown(one, two)["text/html"]):
        marked = re.findall(r"<mark style=\"([^\"]*)\">(.*?)</mark>", cell)
        moved = [words_only(text) for look, text in marked if "italic" in look]
        assert moved == ["recall its mandate to review progress"]
        assert [words_only(text) for look, text in marked if "italic" not in look] == [
            "we welcome the annual report of the commission"
        ]


def test_heads_name_paragraph_document_date_relation_and_score():
    text = shown("one", "two", relation="merged", score=0.625)["text/html"]
    assert "a:1, First &lt;draft&gt;, 2015-12-07</div>" in text
    assert "b:1, 2023; relation merged; score 0.62</div>" in text
    assert "<script" not in text


def test_marks_do_not_depend_on_colour():
    looks = re.findall(r"<mark style=\"([^\"]*)\"", shown("We note the report", "We note the report")["text/html"])
    assert all("color: inherit" in look and "font-weight: bold" in look for look in looks)


def test_plain_text_marks_changes_in_the_later_text():
    assert shown("We note the old report.", "We note the new report, too.")["text/plain"].splitlines() == [
        "a:1, First <draft>, 2015-12-07", "b:1, 2023", "We note the [-old-] {+new+} report, {+too.+}",
    ]  # fmt: skip


def test_pairs_keep_the_order_of_their_table():
    edges = pd.DataFrame({"from_para": ["a:1", "b:1"], "to_para": ["b:1", "a:1"]})
    rows = comparison_table(paragraphs("one", "two"), edges)
    assert list(rows["from_para"]) == ["a:1", "b:1"]
    assert comparison_table(paragraphs("one", "two"), edges[:0]).empty


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (PAIR.assign(to_para="c:1"), "paragraph 'c:1' is unknown; allowed are those of the table of paragraphs"),
        (PAIR.drop(columns="to_para"), "pairs of paragraphs lacks the column to_para"),
    ],
)
def test_unknown_paragraphs_are_refused(pairs, words):
    with pytest.raises(InputError, match=re.escape(words)):
        comparison_table(paragraphs("one", "two"), pairs)


def test_words_are_marked_by_their_origin_and_escaped() -> None:
    paragraphs = pd.DataFrame({"doc_id": ["b"], "para_id": ["b:1"], "text": ["The <AI> of AI, as before."]})
    tokens = pd.DataFrame({
        "para_id": "b:1", "surface": ["The", "AI", "of", "AI", "as", "before"], "origin": list("baaabb"),
    })  # fmt: skip
    shown = MarkedOrigins(paragraphs, tokens)._repr_mimebundle_()
    assert shown["text/plain"] == "b:1: The <[AI> of AI](a), as before."
    assert "<AI>" not in shown["text/html"]
    assert shown["text/html"].count("<mark") == 1
    with pytest.raises(InputError, match="token 'nothing' is not in the text"):
        MarkedOrigins(paragraphs, tokens.assign(surface="nothing"))._repr_mimebundle_()
