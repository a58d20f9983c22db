"""The laws of descent, over made-up histories of known descent and over what was read in the corpus."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import edit_histories as made
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import token_table
from wsis_nlp._checks import InputError
from wsis_nlp.alignment import align_words, word_weights
from wsis_nlp.documents import is_before
from wsis_nlp.lineage import LINEAGE_COLUMNS, paragraph_lineage
from wsis_nlp.study import Study

Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
CASES = json.loads((Path(__file__).parent / "cases" / "lineage.json").read_text("utf-8"))
SWAPPED = {"split": "merged", "merged": "split"}


def history(seed: int) -> tuple[made.History, Tables]:
    made_up = made.edit_history(seed)
    return made_up, made.history_frames(made_up)


@pytest.fixture(scope="module")
def corpus(study: Study) -> Tables:
    return study.documents, study.body, study.tokens


@pytest.fixture(scope="module")
def edges(corpus: Tables) -> pd.DataFrame:
    return paragraph_lineage(*corpus).edges


@pytest.fixture
def trace(make_paragraphs: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """Edges between texts by their ``para_id``; the name of a document is its date, unless another is given."""

    def trace(texts: dict[str, str], **dates: str) -> pd.DataFrame:
        paragraphs = make_paragraphs(texts)
        names = paragraphs["doc_id"].unique()
        documents = pd.DataFrame({"doc_id": names, "date": [dates.get(name, name) for name in names]})
        return paragraph_lineage(documents, paragraphs, token_table(paragraphs)).edges

    return trace


def written(first: int, last: int) -> str:
    """Words that no other text has, but one with the same numbers."""
    return " ".join(f"word{number}" for number in range(first, last))


def ends(table: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(table["from_para"], table["to_para"], strict=True))


def relations(table: pd.DataFrame) -> dict[tuple[str, str], str]:
    return dict(zip(ends(table), table["relation"], strict=True))


def test_made_up_histories_are_traced() -> None:
    counts: Counter[str] = Counter()
    for seed in range(300):
        known, tables = history(seed)
        table = paragraph_lineage(*tables).edges
        found = dict(zip(ends(table), zip(table["relation"], table["moved"], strict=True), strict=True))
        both = found.keys() & known.edges.keys()
        counts += Counter(found=len(found), known=len(known.edges), both=len(both))
        for edge in both:
            (relation, moved), (true_relation, truly_moved) = found[edge], known.edges[edge]
            counts += Counter(relation=relation == true_relation, moved=moved == truly_moved)
    precision, recall = counts["both"] / counts["found"], counts["both"] / counts["known"]
    f1 = 2 * counts["both"] / (counts["found"] + counts["known"])
    relation, moved = (counts[name] / counts["both"] for name in ("relation", "moved"))
    told = f"{precision=:.4f} {recall=:.4f} {f1=:.4f} {relation=:.4f} {moved=:.4f}"
    assert f1 >= 0.95, told
    assert min(relation, moved) >= 0.98, told


def test_nine_in_ten_descents_read_in_the_corpus_are_found(edges: pd.DataFrame) -> None:
    missed = [case for case in CASES["descents"] if (case["from"], case["to"]) not in ends(edges)]
    assert len(missed) <= 0.1 * len(CASES["descents"]), missed


@pytest.mark.parametrize("case", CASES["look_alikes"], ids=lambda case: f"{case['from']}>{case['to']}")
def test_a_look_alike_read_in_the_corpus_is_no_descent(edges: pd.DataFrame, case: dict[str, str]) -> None:
    assert (case["from"], case["to"]) not in ends(edges), case["why"]


def transposed(table: pd.DataFrame) -> list[tuple[object, ...]]:
    names = ["to_para", "from_para", "relation", "moved", "score", "shared_tokens", "to_share", "from_share"]
    table = table.assign(relation=table["relation"].replace(SWAPPED))
    return sorted(table[names].itertuples(index=False, name=None))


def plain(table: pd.DataFrame) -> list[tuple[object, ...]]:
    names = ["from_para", "to_para", "relation", "moved", "score", "shared_tokens", "from_share", "to_share"]
    return sorted(table[names].itertuples(index=False, name=None))


def check_laws(tables: Tables, seed: int) -> None:
    documents, paragraphs, tokens = tables
    table = paragraph_lineage(*tables).edges
    listed = documents.sample(frac=1, random_state=seed)
    shuffled = pd.concat([paragraphs[paragraphs["doc_id"] == name] for name in listed["doc_id"]], ignore_index=True)
    mixed = tokens.sort_values("para_id", ascending=False, kind="stable")
    pd.testing.assert_frame_equal(paragraph_lineage(listed, shuffled, mixed).edges, table)
    dates = sorted(documents["date"])
    reverse = documents.assign(date=documents["date"].map(dict(zip(dates, dates[::-1], strict=True))))
    assert transposed(paragraph_lineage(reverse, paragraphs, tokens).edges) == plain(table)
    assert list(table.columns) == list(LINEAGE_COLUMNS)
    assert not table.isna().any(axis=None)
    assert table[["score", "from_share", "to_share"]].gt(0).all(axis=None)
    assert table[["score", "from_share", "to_share"]].le(1).all(axis=None)
    date = documents.set_index("doc_id")["date"]
    assert all(is_before(date[one], date[two]) for one, two in zip(table["from_doc"], table["to_doc"], strict=True))


@pytest.mark.parametrize("seed", range(8))
def test_listing_changes_nothing_and_reversed_time_transposes_a_history(seed: int) -> None:
    check_laws(history(seed)[1], seed)


def test_listing_changes_nothing_and_reversed_time_transposes_the_corpus(corpus: Tables) -> None:
    check_laws(corpus, 0)


def test_edges_come_by_later_paragraph_and_nearest_document_first(corpus: Tables, edges: pd.DataFrame) -> None:
    documents, paragraphs, _ = corpus
    date = documents.set_index("doc_id")["date"]
    place = pd.Series(range(len(paragraphs)), index=paragraphs["para_id"])
    keys = [
        (date[row.to_doc], place[row.to_para], [-ord(sign) for sign in date[row.from_doc]], place[row.from_para])
        for row in edges.itertuples()
    ]
    assert keys == sorted(keys)


def test_the_same_words_are_kept_whatever_they_weigh(trace: Callable[..., pd.DataFrame]) -> None:
    for text in (written(0, 40), "Takes note", "the"):
        table = trace({"2001:1": text, "2002:1": text.upper() + "."})
        assert table[["relation", "score", "from_share", "to_share"]].to_numpy().tolist() == [["kept", 1, 1, 1]]
        assert table["shared"].tolist() == [text.upper()]


def test_an_edge_goes_to_the_nearest_document_and_farther_for_what_it_lacks(trace: Callable[..., pd.DataFrame]) -> None:
    first, second, other = written(0, 40), written(40, 80), written(100, 140)
    texts = {"2001:1": first, "2001:2": second, "2002:1": first, "2003:1": f"{first} {second}", "2003:2": other}
    assert ends(trace(texts)) == [("2001:1", "2002:1"), ("2002:1", "2003:1"), ("2001:2", "2003:1")]


def test_parts_are_split_and_merged_and_wholes_are_not(trace: Callable[..., pd.DataFrame]) -> None:
    first, second = written(0, 40), written(40, 80)
    texts = {"2001:1": f"{first} {second}", "2002:1": first, "2002:2": second, "2003:1": f"{first} {second}"}
    assert relations(trace(texts)) == {
        ("2001:1", "2002:1"): "split", ("2001:1", "2002:2"): "split",
        ("2002:1", "2003:1"): "merged", ("2002:2", "2003:1"): "merged",
    }  # fmt: skip
    twice = {"2001:1": first, "2002:1": first, "2002:2": f"{first} {written(200, 204)}"}
    assert relations(trace(twice)) == {("2001:1", "2002:1"): "kept", ("2001:1", "2002:2"): "reworded"}


def test_copies_of_a_part_are_apart_from_those_of_another_part_and_not_from_one_another(
    trace: Callable[..., pd.DataFrame],
) -> None:
    first, second = written(0, 40), written(40, 80)
    whole = {"2001:1": f"{first} {second}", "2001:2": written(100, 140)}
    one_part = {f"2002:{number}": first for number in range(2)}
    assert set(relations(trace(whole | one_part)).values()) == {"reworded"}
    both_parts = one_part | {f"2002:{number}": second for number in range(2, 4)}
    assert relations(trace(whole | both_parts)) == {("2001:1", to): "split" for to in both_parts}


def test_what_goes_against_the_order_of_the_others_is_moved(trace: Callable[..., pd.DataFrame]) -> None:
    parts = [written(start, start + 40) for start in range(0, 200, 40)]
    earlier = {f"2001:{number}": part for number, part in enumerate(parts)}
    later = {f"2002:{number}": parts[number] for number in (4, 0, 1, 2, 3)}
    table = trace(earlier | later)
    assert table.loc[table["moved"], "from_para"].tolist() == ["2001:4"]


@pytest.mark.parametrize("dates", [("", ""), ("2001", ""), ("2001", "2001"), ("2001", "2001-05"), ("2001-05", "2001")])
def test_without_an_order_of_dates_there_are_no_edges(
    trace: Callable[..., pd.DataFrame], dates: tuple[str, str]
) -> None:
    table = trace({"a:1": written(0, 40), "b:1": written(0, 40)}, a=dates[0], b=dates[1])
    assert table.empty
    assert list(table.columns) == list(LINEAGE_COLUMNS)


def test_a_document_has_no_edges_with_itself_and_empty_paragraphs_none(trace: Callable[..., pd.DataFrame]) -> None:
    text = written(0, 40)
    assert trace({"2001:1": text, "2001:2": text}).empty
    assert trace({"2001:1": "", "2002:1": ""}).empty
    assert ends(trace({"2001:1": "", "2001:2": text, "2002:1": "…", "2002:2": text})) == [("2001:2", "2002:2")]


def test_copies_of_a_paragraph_all_descend_from_it(trace: Callable[..., pd.DataFrame]) -> None:
    texts = {f"2002:{number}": written(0, 40) for number in range(30)}
    table = trace({"2001:1": written(0, 40), "2001:2": written(50, 90)} | texts)
    assert relations(table) == {("2001:1", to): "kept" for to in texts}
    assert set(table["score"]) == {1}


def test_a_formula_is_no_descent(trace: Callable[..., pd.DataFrame]) -> None:
    formula = written(0, 15)
    texts = {f"{year}:{n}": f"{written(year * 100 + n * 40, year * 100 + n * 40 + 40)} {formula}"
             for year in (2001, 2002) for n in range(2)}  # fmt: skip
    assert trace(texts).empty


def test_what_cannot_be_traced_is_refused(corpus: Tables) -> None:
    documents, paragraphs, tokens = corpus
    for tables, told in (
        ((documents[["doc_id"]], paragraphs, tokens), "documents lacks the column date"),
        ((documents, paragraphs[["doc_id"]], tokens), "paragraphs lacks the column para_id"),
        ((documents, paragraphs, tokens.drop(columns="term")), "tokens lacks the column term"),
        ((documents.iloc[1:], paragraphs, tokens), "document of the paragraphs '.*' is unknown"),
    ):
        with pytest.raises(InputError, match=told):
            paragraph_lineage(*tables)


WORDS = st.lists(st.integers(0, 9), max_size=30)


@given(one=WORDS, two=WORDS, light=st.sets(st.integers(0, 9), max_size=4))
def test_alignment_does_not_depend_on_which_is_first(one: list[int], two: list[int], light: set[int]) -> None:
    pairs = align_words(one, two, light=light).tolist()
    assert sorted(pairs) == pairs
    assert sorted([b, a] for a, b in pairs) == align_words(two, one, light=light).tolist()
    assert all(one[a] == two[b] for a, b in pairs)
    for places in zip(*pairs, strict=True):
        assert len(set(places)) == len(places)


@given(words=WORDS)
def test_a_text_is_aligned_with_itself_word_by_word(words: list[int]) -> None:
    assert align_words(words, words).tolist() == [[place, place] for place in range(len(words))]


def test_a_clause_that_changed_its_place_is_aligned() -> None:
    assert len(align_words([1, 2, 3, 4, 5, 6], [4, 5, 6, 1, 2, 3])) == 6
    assert len(align_words([1, 2, 3, 4, 5], [4, 5, 1, 2, 3])) == 3


def test_light_words_are_aligned_beside_others_alone() -> None:
    assert align_words([0, 1, 2, 0, 3], [0, 4, 2, 0, 5], light={0}).tolist() == [[2, 2], [3, 3]]


def test_rare_words_weigh_most_and_names_and_formulae_less(make_tokens: Callable[..., pd.DataFrame]) -> None:
    tokens = make_tokens({
        "a:1": "We welcome broadband and the Forum of all stakeholders",
        "a:2": "We note roaming and the growth of all stakeholders",
        "b:1": "We urge access and the growth",
    })  # fmt: skip
    weight = pd.Series(word_weights(tokens), index=tokens["para_id"] + " " + tokens["surface"])
    assert weight["a:1 broadband"] == 1
    assert weight["a:1 Forum"] == pytest.approx(0.3)
    assert weight["a:1 and"] == pytest.approx(np.log(4 / 3) / np.log(4))
    assert weight["a:2 growth"] == pytest.approx(np.log(4 / 2) / np.log(4))
    assert weight["a:1 stakeholders"] == pytest.approx(np.log(4 / 2) / np.log(4) / 2)
