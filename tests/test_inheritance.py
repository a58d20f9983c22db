"""What is taken over: hand-made chains, laws of origins and of the change of a concept, and the corpus."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import InputError, Study, token_table
from wsis_nlp.inheritance import CHANGE_COLUMNS, ancestry, concept_change, inherited_words, lineage_groups, word_origins
from wsis_nlp.lineage import paragraph_lineage

DATED = pd.DataFrame({"doc_id": ["a", "b", "c"], "date": ["2010", "2011", "2012"]})


def units(texts: dict[str, str]) -> pd.DataFrame:
    """Paragraphs a:1, a:2, b:1 … in order of the text."""
    rows = [
        (one[0], one, text, np.array([(at, at + 1) for at in range(len(text))], np.int32).reshape(-1, 2))
        for one, text in texts.items()
    ]
    return pd.DataFrame(rows, columns=["doc_id", "para_id", "text", "extents"])


COMMON = "data flows across borders need rules that all states can trust and that small firms can follow at low cost"
SMALL = units({
    "a:1": COMMON, "a:2": "nothing of this remains", "b:1": f"Good {COMMON} today", "c:1": f"good {COMMON}, tomorrow",
    "c:2": COMMON, "c:3": "quite another matter",
})  # fmt: skip


def test_a_word_goes_back_to_the_oldest_document_that_has_it() -> None:
    tokens = token_table(SMALL)
    origins = word_origins(DATED, SMALL, tokens)
    by_para = origins.groupby(tokens["para_id"]).agg(list)
    size = len(COMMON.split())
    assert by_para["b:1"] == ["b", *["a"] * size, "b"]
    assert by_para["c:1"] == ["b", *["a"] * size, "c"]
    assert by_para["c:2"] == ["a"] * size
    assert by_para["c:3"] == ["c"] * 3
    table = inherited_words(DATED, tokens, origins)
    assert table[["doc_id", "from_doc", "words"]].to_numpy().tolist() == [
        ["a", "a", size + 4], ["b", "a", size], ["b", "b", 2], ["c", "a", 2 * size], ["c", "b", 1], ["c", "c", 4],
    ]  # fmt: skip
    assert table.groupby("doc_id")["share"].sum().tolist() == pytest.approx([1, 1, 1], abs=1e-12)


def test_the_listing_of_documents_does_not_matter_and_without_dates_all_is_new() -> None:
    tokens = token_table(SMALL)
    origins = word_origins(DATED, SMALL, tokens)
    assert word_origins(DATED.iloc[::-1], SMALL, tokens).tolist() == origins.tolist()
    assert word_origins(DATED.assign(date=""), SMALL, tokens).tolist() == tokens["doc_id"].tolist()


def test_a_later_document_takes_no_ancestor_from_an_earlier_one() -> None:
    words = [f"word{place}" for place in range(62)]
    texts = {"a:1": words[:60], "b:1": [*words[:40], *(f"other{place}" for place in range(20))], "c:1": words[:61]}
    for documents in ("ab", "abc"):
        others = {f"{one}:{place}": f"{one} alone{place} has this{place}" for one in documents for place in range(2, 9)}
        held = {para_id: " ".join(text) for para_id, text in texts.items() if para_id[0] in documents}
        paragraphs = units(held | others)
        tokens = token_table(paragraphs)
        own = word_origins(DATED, paragraphs, tokens)[tokens["para_id"] == "b:1"]
        assert own.tolist() == ["a"] * 40 + ["b"] * 20


def test_tokens_may_be_left_out_and_a_copy_of_a_surely_earlier_text_is_found() -> None:
    tokens = token_table(SMALL)
    fewer = tokens[~tokens["term"].isin({"that", "can"})]
    origins = word_origins(DATED, SMALL, fewer)
    assert origins.tolist() == word_origins(DATED, SMALL, tokens)[fewer.index].tolist()
    dates = DATED.assign(date=["2010", "2010-05", "2011"])
    undated = pd.concat([dates, pd.DataFrame({"doc_id": ["d"], "date": [""]})])
    more = pd.concat([SMALL, units({"d:1": COMMON})], ignore_index=True)
    found = word_origins(undated, more, token_table(more))
    assert found[token_table(more)["para_id"] == "c:2"].unique().tolist() == ["a"]


def test_ancestry_leads_up_and_down_and_not_to_siblings() -> None:
    edges = pd.DataFrame({"from_para": ["a:1", "a:1", "b:1", "c:1"], "to_para": ["b:1", "b:2", "c:1", "d:1"]})
    assert ancestry(edges, "b:1")["to_para"].tolist() == ["b:1", "c:1", "d:1"]
    assert ancestry(edges, "d:1")["from_para"].tolist() == ["a:1", "b:1", "c:1"]
    assert ancestry(edges, "x").empty


def test_a_document_without_words_has_no_share() -> None:
    tokens = token_table(SMALL)
    documents = pd.concat([DATED, pd.DataFrame({"doc_id": ["d"], "date": ["2013"]})])
    last = inherited_words(documents, tokens, word_origins(documents, SMALL, tokens)).iloc[-1]
    assert last[["doc_id", "from_doc", "words"]].tolist() == ["d", "d", 0]
    assert np.isnan(last["share"])


def shares(study: Study, documents: pd.DataFrame, body: pd.DataFrame) -> pd.DataFrame:
    tokens = token_table(body)
    table = inherited_words(documents, tokens, word_origins(documents, body, tokens))
    return table.set_index(["doc_id", "from_doc"])["words"].unstack()


def copied(body: pd.DataFrame, doc_id: str, into: str) -> pd.DataFrame:
    """Paragraphs as another document has them."""
    return body.assign(doc_id=into, para_id=[f"{into}:x{place}" for place in range(len(body))])


@pytest.mark.parametrize("doc_id", ["wsis10-draft", "ecosoc-2023-3", "wsis20-unesco"])
def test_a_document_compared_with_itself_has_no_new_words(study: Study, doc_id: str) -> None:
    body = study.body[study.body["doc_id"] == doc_id]
    documents = pd.DataFrame({"doc_id": [doc_id, "again"], "date": ["2020", "2021"]})
    words = shares(study, documents, pd.concat([body, copied(body, doc_id, "again")], ignore_index=True))
    assert words.loc["again", "again"] == 0
    assert words.loc["again", doc_id] == words.loc[doc_id, doc_id]


def test_thirty_copied_paragraphs_change_no_count_of_new_words(study: Study) -> None:
    own = pd.Series(
        {one: shares(study, study.documents, study.body).loc[one, one] for one in study.documents["doc_id"]}
    )
    for source, target in (("wsis10-draft", "wsis20-unesco"), ("ecosoc-2016-draft", "ecosoc-2023-3")):
        body = study.body[study.body["doc_id"] == source].sample(30, random_state=7).sort_index()
        more = copied(body, source, target)
        for place in (0, len(study.body)):
            grown = pd.concat([study.body.iloc[:place], more, study.body.iloc[place:]], ignore_index=True)
            words = shares(study, study.documents, grown)
            assert {one: words.loc[one, one] for one in own.index} == own.to_dict()


def test_groups_are_connected_and_named_after_their_first_paragraph() -> None:
    edges = pd.DataFrame({"from_para": ["a:1", "b:1"], "to_para": ["b:1", "c:1"], "score": [0.95, 0.5]})
    assert lineage_groups(SMALL, edges).tolist() == ["a:1", "a:2", "a:1", "a:1", "c:2", "c:3"]
    assert lineage_groups(SMALL, edges[edges["score"] >= 0.9]).tolist() == ["a:1", "a:2", "a:1", "c:1", "c:2", "c:3"]
    assert lineage_groups(SMALL, edges.head(0)).tolist() == SMALL["para_id"].tolist()


PAIRS = [("ecosoc-2016-draft", "ecosoc-2023-3"), ("wsis10-draft", "wsis20-unesco"), ("wsis10-draft", "a-res-70-125")]


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_the_parts_of_a_change_sum_to_it_and_turn_with_the_documents(study: Study, a: str, b: str) -> None:
    edges = paragraph_lineage(study.documents, study.body, study.tokens).edges
    tables = [
        concept_change(study.body, study.tokens, study.mentions, edges, *pair).set_index("concept")
        for pair in ((a, b), (b, a))
    ]
    rates = study.drift().set_index(["doc_id", "concept"])["rate_per_1000"].unstack()
    for concept in study.lexicon.ids:
        parts = [table.loc[table.index == concept, "change"].sum() for table in tables]
        assert parts[0] == pytest.approx(rates.loc[b, concept] - rates.loc[a, concept], abs=1e-12)
        assert parts[0] == pytest.approx(-parts[1], abs=1e-12)
    turned = tables[1]["sort"].replace({"inserted": "deleted", "deleted": "inserted"})
    assert tables[0]["sort"].value_counts().to_dict() == turned.value_counts().to_dict()
    assert set(tables[0]["sort"]) >= {"edited"}


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.integers(0, 2)), min_size=2, max_size=8),
       st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=5))  # fmt: skip
def test_any_edges_give_parts_that_sum_to_the_change(
    rows: list[tuple[str, int, int]], joined: list[tuple[int, int]]
) -> None:
    rows = [("a", 1, 1), ("b", 2, 0), *rows]
    texts = {f"{doc}:{place}": " ".join(["word"] + ["data"] * n + ["AI"] * k) for place, (doc, n, k) in enumerate(rows)}
    paragraphs = units(texts)
    tokens = token_table(paragraphs)
    named = tokens[tokens["surface"] == "AI"]
    mentions = named[["doc_id", "para_id"]].assign(concept="ai")
    ids = [list(texts)[place % len(texts)] for pair in joined for place in pair]
    edges = pd.DataFrame({"from_para": ids[::2], "to_para": ids[1::2], "score": 1.0})
    table = concept_change(paragraphs, tokens, mentions, edges, "a", "b")
    assert tuple(table.columns) == CHANGE_COLUMNS
    rate = {doc: 1000 * (named["doc_id"] == doc).sum() / (tokens["doc_id"] == doc).sum() for doc in "ab"}
    assert table["change"].sum() == pytest.approx(rate["b"] - rate["a"], abs=1e-9)
    for row in table.to_dict("records"):
        assert (row["sort"] == "inserted") == (not row["paras_a"])
        assert (row["sort"] == "deleted") == (not row["paras_b"])
        assert row["count_a"] + row["count_b"] > 0


def test_kept_text_counts_under_the_new_total() -> None:
    paragraphs = units({"a:1": "AI for all", "b:1": "AI for all", "b:2": "and much more text besides"})
    tokens = token_table(paragraphs)
    mentions = pd.DataFrame({"doc_id": ["a", "b"], "para_id": ["a:1", "b:1"], "concept": "ai"})
    edges = pd.DataFrame({"from_para": ["a:1"], "to_para": ["b:1"], "score": [1.0]})
    row = concept_change(paragraphs, tokens, mentions, edges, "a", "b").iloc[0]
    assert row["sort"] == "kept"
    assert row["change"] == pytest.approx(1000 * (1 / 8 - 1 / 3), abs=1e-12)
    edited = units({"a:1": "AI for all", "b:1": "AI for most", "b:2": "and much more text besides"})
    assert concept_change(edited, token_table(edited), mentions, edges, "a", "b")["sort"].tolist() == ["edited"]


def test_bad_input_is_refused() -> None:
    tokens = token_table(SMALL)
    edges = pd.DataFrame({"from_para": ["a:1"], "to_para": ["x:9"], "score": [1.0]})
    none: Any = pd.DataFrame({"para_id": [], "concept": []})
    for call, message in (
        (lambda: word_origins(DATED[["doc_id"]], SMALL, tokens), "documents lacks the column date"),
        (lambda: lineage_groups(SMALL, edges), "edges lead to paragraphs that the table lacks"),
        (lambda: concept_change(SMALL, tokens, none, edges.head(0), "a", "z"), "document with words 'z' is unknown"),
        (lambda: concept_change(SMALL, tokens, none, edges.head(0), "a", "a"), "document 'a' is given twice"),
    ):
        with pytest.raises(InputError, match=message):
            call()
