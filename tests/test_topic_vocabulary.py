"""What topic models count: word groups by their formula, and which paragraphs are copies of one another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import InputError, Study, open_study
from wsis_nlp.study import STOP_LISTS
from wsis_nlp.topics import collocations, copy_edges
from wsis_nlp.words import split_words, word_term

FUNCTION_WORDS = ["of", "the", "to", "and", "a"]
NO_EDGES = pd.DataFrame(columns=["from_para", "to_para", "from_share", "to_share"])


@pytest.mark.cases("topics.json", "collocations")
def test_collocations(case: dict) -> None:
    table = collocations(
        case["texts"], function_words=FUNCTION_WORDS, stop_words=["recalling"], least=3, threshold=0.3
    )  # fmt: skip
    assert list(table.columns) == ["group", "words", "npmi"]
    assert table["group"].tolist() == case["groups"]
    assert table["words"].tolist() == [len(group.split()) for group in case["groups"]]


Run = list[tuple[str, ...]]


def joined_twice(runs: list[list[str]], function_words: set[str], least: int, threshold: float) -> dict[str, float]:
    """Groups and their NPMI, in plain loops: neighbours but for function words, joined from left to right, twice."""
    texts: list[Run] = [[(word,) for word in run] for run in runs]
    found: dict[str, float] = {}
    for _ in range(2):
        told = pairs_of(texts, function_words, least, threshold)
        for (one, between, other), npmi in told.items():
            group = " ".join([*one, *between, *other])
            assert group not in found  # by one way alone does a group come about
            found[group] = npmi
        texts = [joined(text, function_words, told) for text in texts]
    return found


def neighbours(text: Run, function_words: set[str]) -> list[tuple[int, int]]:
    """Places of words that follow one another but for function words."""
    content = [at for at, part in enumerate(text) if part[0] not in function_words or len(part) > 1]
    return list(pairwise(content))


def pairs_of(texts: list[Run], function_words: set[str], least: int, threshold: float) -> dict[tuple, float]:
    """NPMI = ln(p(ab) / (p(a) · p(b))) / -ln p(ab) of those that are often enough and above the threshold."""
    size = sum(map(len, texts))
    counts, both = Counter(part for text in texts for part in text), Counter()
    for text in texts:
        for a, b in neighbours(text, function_words):
            both[text[a], tuple(part[0] for part in text[a + 1 : b]), text[b]] += 1
    npmi = {
        pair: log((count / size) / ((counts[pair[0]] / size) * (counts[pair[2]] / size))) / -log(count / size)
        for pair, count in both.items()
        if count >= least
    }
    return {pair: value for pair, value in npmi.items() if value > threshold}


def joined(text: Run, function_words: set[str], told: dict[tuple, float]) -> Run:
    """A text with its groups as one part each; a part belongs to one group."""
    result: Run = []
    ends = dict(neighbours(text, function_words))
    at = 0
    while at < len(text):
        end = ends.get(at)
        if end is not None and (text[at], tuple(part[0] for part in text[at + 1 : end]), text[end]) in told:
            result.append(tuple(word for part in text[at : end + 1] for word in part))
            at = end + 1
        else:
            result.append(text[at])
            at += 1
    return result


def kept(groups: dict[str, float], edges: set[str]) -> dict[str, float]:
    """Those whose ends are no function words, stop words or numbers."""
    return {
        group: npmi
        for group, npmi in groups.items()
        if not {group.split()[0], group.split()[-1]} & edges and group[0].isalpha() and group.split()[-1][0].isalpha()
    }


WORDS = st.sampled_from(["data", "open", "forum", "role", "of", "the", "2030"])
TEXTS = st.lists(st.lists(WORDS, max_size=8), max_size=12)


@given(TEXTS, st.integers(1, 3), st.sampled_from([-1.0, 0.0, 0.3, 0.6]))
def test_groups_and_their_npmi_are_by_the_formula(texts: list[list[str]], least: int, threshold: float) -> None:
    table = collocations(
        [" ".join(words) for words in texts], function_words=["of", "the"], stop_words=["role"], least=least,
        threshold=threshold,
    )  # fmt: skip
    expected = kept(joined_twice(texts, {"of", "the"}, least, threshold), {"of", "the", "role"})
    assert table["group"].tolist() == sorted(expected)
    assert table["npmi"].tolist() == pytest.approx([expected[group] for group in table["group"]], abs=1e-12)


@given(TEXTS, st.randoms())
def test_order_of_texts_changes_nothing(texts: list[list[str]], random: object) -> None:
    told = [" ".join(words) for words in texts]
    first = collocations(told, function_words=["of"], least=2, threshold=0.1)
    random.shuffle(told)
    second = collocations(told, function_words=["of"], least=2, threshold=0.1)
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_groups_of_the_corpus_are_by_the_formula(study: Study) -> None:
    function_words, stop_words = (set(study.stop_words(name)) for name in STOP_LISTS)
    mark = re.compile(r"[^\w\s\-‐‑'’]+")
    parts = [part for text in study.body["text"] for part in mark.split(text)]
    runs = [[word_term(part[a:b]).lower() for a, b in split_words(part)] for part in parts]
    expected = kept(joined_twice(runs, function_words, 5, 0.5), function_words | stop_words)
    table = study.collocations
    assert table["group"].tolist() == sorted(expected)
    assert table["npmi"].tolist() == pytest.approx([expected[group] for group in table["group"]], abs=1e-12)
    assert table["npmi"].between(0.5, 1 + 1e-12).all()
    assert {"human rights", "private sector", "small island developing states"} < set(table["group"])
    assert table["words"].max() > 4


def test_words_of_a_group_follow_one_another_in_the_corpus(study: Study) -> None:
    # As words are counted: without possessives and marks of footnotes, with plain hyphens.
    texts = study.body["text"].str.lower().str.replace(r"[’']s\b|[¹²³⁰-⁹]", "", regex=True)
    texts = texts.str.replace("[‐‑]", "-", regex=True)
    for group in study.collocations["group"]:
        pattern = r"(?<![\w-])" + r"\s+".join(map(re.escape, group.split())) + r"(?![\w-])"
        assert texts.str.count(pattern).sum() >= 5, group


@pytest.mark.parametrize("texts", [[], [""], ["", "of the"], ["data"], ["2030", "…"]])
def test_texts_without_groups(texts: list[str]) -> None:
    table = collocations(texts, function_words=FUNCTION_WORDS, least=1, threshold=-1)
    assert list(table.columns) == ["group", "words", "npmi"]
    assert table.empty


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"least": 0}, "least is 0; allowed is a whole number of at least 1"),
        ({"threshold": 1.5}, "threshold is 1.5; allowed is a number from -1 to 1"),
        ({"threshold": float("nan")}, "threshold is nan; allowed is a number from -1 to 1"),
    ],
)
def test_bad_settings_are_refused(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)) as raised:
        collocations(["data"], function_words=[], **options)
    assert "\n" not in str(raised.value)


def pairs(table: pd.DataFrame) -> list[tuple[str, str]]:
    assert list(table.columns) == ["from_para", "to_para"]
    return list(table.itertuples(index=False, name=None))


def test_copies_are_what_both_hold_four_fifths_of() -> None:
    edges = pd.DataFrame(
        [("a:1", "b:1", 0.8, 0.8), ("a:2", "b:2", 1.0, 0.79), ("a:3", "b:3", 0.5, 0.9), ("a:4", "b:4", 0.9, 1.0)],
        columns=list(NO_EDGES.columns),
    )
    tokens = pd.DataFrame({"para_id": ["a:1"], "term": ["data"]})
    assert pairs(copy_edges(tokens, edges)) == [("a:1", "b:1"), ("a:4", "b:4")]


def test_paragraphs_of_the_same_words_are_copies(make_tokens: Callable[..., pd.DataFrame]) -> None:
    texts = {"a:1": "Open data", "a:2": "open data", "b:1": "Open, data!", "b:2": "data open", "b:3": "open data forum"}
    tokens = make_tokens(texts)
    assert pairs(copy_edges(tokens, NO_EDGES)) == [("a:1", "a:2"), ("a:1", "b:1")]
    assert pairs(copy_edges(tokens.head(0), NO_EDGES)) == []
    # Tokens that do not count are no words.
    tokens.loc[tokens["surface"] == "forum", "term"] = None
    assert pairs(copy_edges(tokens, NO_EDGES))[-1] == ("a:1", "b:3")


def test_tables_without_columns_are_refused() -> None:
    tokens = pd.DataFrame({"para_id": ["a:1"], "term": ["data"]})
    with pytest.raises(InputError, match="tokens lacks the column term"):
        copy_edges(tokens[["para_id"]], NO_EDGES)
    with pytest.raises(InputError, match="edges lacks the column from_share, to_share"):
        copy_edges(tokens, NO_EDGES[["from_para", "to_para"]])


PARAGRAPHS = (
    "Reaffirms the commitment to bridge every digital divide between and within countries by the end of the decade",
    "Calls upon all stakeholders to protect the privacy of users wherever they live and whatever they can afford",
    "Requests the Secretary-General to report on progress made in the regional follow-up at its next session",
)


def numbered(paragraphs: list[str]) -> str:
    return "\n\n".join(f"{place}. {text}." for place, text in enumerate(paragraphs, 1)) + "\n"


def test_exact_copies_are_found_in_documents_without_dates(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(numbered([*PARAGRAPHS[:2], PARAGRAPHS[0]]), "utf-8")
    (tmp_path / "two.txt").write_text(numbered([PARAGRAPHS[2], PARAGRAPHS[1]]), "utf-8")
    study = open_study(tmp_path)
    assert study.documents["date"].tolist() == ["", ""]
    groups = study.copies
    assert groups.index.tolist() == study.body["para_id"].tolist()
    texts = study.body.set_index("para_id")["text"].str.removeprefix("1. ")
    found = {frozenset(members) for members in groups.groupby(groups).groups.values()}
    assert sorted(len(members) for members in found) == [1, 2, 2]
    assert all(texts[list(members)].str.replace(r"^\W*\d\W*", "", regex=True).nunique() == 1 for members in found)


def test_copies_of_the_corpus_are_alike_and_others_are_not(study: Study) -> None:
    groups = study.copies
    assert groups.index.tolist() == study.body["para_id"].tolist()
    assert 0.8 * len(groups) < groups.nunique() < len(groups)
    order = {para_id: place for place, para_id in enumerate(groups.index)}
    words = study.tokens.groupby("para_id")["term"].agg(list)
    for first, members in groups.groupby(groups).groups.items():
        assert first in members
        if len(members) > 1:
            # Each has most of its words in common with some other of them.
            for one in members:
                shared = [sum((Counter(words[one]) & Counter(words[other])).values()) / len(words[one])
                          for other in members if other != one]  # fmt: skip
                assert max(shared) >= 0.8
    same = words.map(" ".join)
    assert groups.groupby(same).nunique().max() == 1
    assert order[groups.iloc[0]] == 0


def test_the_matrix_of_topics_counts_what_it_says(study: Study) -> None:
    matrix = study.topic_matrix()
    general, boilerplate = (set(study.stop_words(name)) for name in STOP_LISTS)
    assert not set(matrix.terms) & (general | boilerplate)
    assert (np.bincount(matrix.values.indices) >= 5).all()
    assert all(sum(map(str.isalpha, term)) >= 2 for term in matrix.terms)
    groups = set(study.collocations["group"]) | set(study.lexicon.phrases)
    assert {term for term in matrix.terms if " " in term} <= groups
    assert {"human rights", "private sector"} < set(matrix.terms)
    assert matrix.rows["para_id"].tolist() == study.body["para_id"].tolist()
    plain = study.topic_matrix(boilerplate=True, word_groups=False)
    assert not any(" " in term for term in plain.terms)
    assert set(plain.terms) & boilerplate
    assert not set(plain.terms) & general
