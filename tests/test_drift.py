"""Drift: counts, rates and weights of concepts by document."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wsis_nlp import Concept, Form, InputError, Lexicon, Study, mention_table, open_study, term_difference, term_drift
from wsis_nlp.drift import DIFFERENCE_COLUMNS, DRIFT_COLUMNS, concept_tf_idf
from wsis_nlp.intervals import difference_interval, rate_interval, share_interval

CONTRACT = [
    "doc_id",
    "date",
    "concept",
    "count",
    "tokens",
    "paragraphs",
    "paragraphs_with",
    "rate_per_1000",
    "low",
    "high",
    "tfidf",
    "first_para",
    "stage",
    "series",
    "reading",
    "count_printed",
]
LEXICON = Lexicon((
    Concept("ai", "AI", (Form.of("artificial intelligence"), Form.of("AI", case_sensitive=True))),
    Concept("dg", "Data governance", (Form.of("data governance"), Form.of("governance of data"))),
    Concept("none", "Nothing", (Form.of("blockchain"),)),
))  # fmt: skip
TEXTS = {
    "a:1": "Artificial intelligence (AI) and the governance of data",
    "a:2": "the role of data governance, data governance and data",
    "b:1": "AI-driven tools for data",
    "b:2": "",
    "b:3": "a role",
}
DOCUMENTS = pd.DataFrame(
    {
        "doc_id": ["b", "a", "c"],
        "date": ["2015", "2016", ""],
        "stage": ["draft", "adopted", "fragment"],
        "series": ["x", "x", ""],
    }
)


@pytest.fixture(scope="module")
def parts(make_paragraphs, make_tokens) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:  # type: ignore[no-untyped-def]
    tokens = make_tokens(TEXTS)
    return make_paragraphs(TEXTS), tokens, mention_table(tokens, LEXICON)


@pytest.fixture(scope="module")
def small(parts: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    table = term_drift(
        DOCUMENTS, *parts, concepts=("dg", "ai", "none"), reading="new", printed_mentions=parts[2].iloc[:2]
    )
    return table.set_index(["doc_id", "concept"])


def test_columns_are_those_of_the_contract_in_its_order(whole: pd.DataFrame) -> None:
    assert list(DRIFT_COLUMNS)[: len(CONTRACT)] == CONTRACT
    appended = ("share_paragraphs", "share_low", "share_high", "boot_low", "boot_high", "section_low", "section_high")
    assert DRIFT_COLUMNS[len(CONTRACT) :] == appended
    assert tuple(whole.columns) == DRIFT_COLUMNS
    assert not whole.duplicated(["doc_id", "concept"]).any()


def test_rows_are_in_order_of_documents_and_of_concepts_asked_for(study: Study, small: pd.DataFrame) -> None:
    assert small.index.tolist() == [(doc, one) for doc in ("b", "a", "c") for one in ("dg", "ai", "none")]
    table = study.drift(["gdc", "ai"])
    assert table["concept"].tolist() == ["gdc", "ai"] * 5
    assert table["doc_id"].drop_duplicates().tolist() == [document.id for document in study.corpus]


def test_counts_and_rates_by_hand(small: pd.DataFrame) -> None:
    assert small["count"].tolist() == [0, 1, 0, 3, 2, 0, 0, 0, 0]
    assert small["tokens"].tolist() == [6] * 3 + [17] * 3 + [0] * 3
    assert small["paragraphs"].tolist() == [3] * 3 + [2] * 3 + [0] * 3
    assert small["paragraphs_with"].tolist() == [0, 1, 0, 2, 1, 0, 0, 0, 0]
    assert small.loc[("a", "dg"), "rate_per_1000"] == pytest.approx(1000 * 3 / 17)
    assert small.loc[("b", "ai"), "share_paragraphs"] == pytest.approx(1 / 3)
    assert small.loc[("a", "dg"), "first_para"] == "a:1"
    assert small["count_printed"].tolist() == [0, 0, 0, 0, 2, 0, 0, 0, 0]
    assert small["reading"].eq("new").all()
    assert small.loc["a", "stage"].eq("adopted").all()


def test_a_document_without_body_has_no_rates(small: pd.DataFrame) -> None:
    undefined = small.loc["c", ["rate_per_1000", "share_paragraphs", "tfidf", "first_para"]]
    assert undefined.isna().all(axis=None)
    assert small.loc[["a", "b"], ["rate_per_1000", "share_paragraphs", "tfidf"]].notna().all(axis=None)


LIMITS = ["low", "high", "share_low", "share_high", "boot_low", "boot_high"]


def by_paragraph(study: Study, doc_id: str, concept: str) -> tuple[list[int], list[int]]:
    """Mentions and tokens of each body paragraph, counted one by one."""
    own = study.mentions[study.mentions["concept"] == concept]["para_id"].tolist()
    words = study.tokens["para_id"].tolist()
    names = study.body[study.body["doc_id"] == doc_id]["para_id"]
    return [own.count(name) for name in names], [words.count(name) for name in names]


@pytest.mark.parametrize("concept", ["ai", "gdc", "human-rights"])
def test_limits_are_those_of_the_paragraphs(concept: str, study: Study, whole: pd.DataFrame) -> None:
    rows = whole[whole["concept"] == concept].set_index("doc_id")
    for doc_id, row in rows.iterrows():
        counts, lengths = by_paragraph(study, str(doc_id), concept)
        for method, names in (("korn-graubard", ["low", "high"]), ("bootstrap", ["boot_low", "boot_high"])):
            expected = 1000 * np.array(rate_interval(counts, lengths, method=method)[1:])
            assert np.allclose(row[names].astype(float), expected, rtol=1e-12, atol=0)
        share = share_interval([count > 0 for count in counts])
        assert np.allclose(row[["share_low", "share_high"]].astype(float), share[1:], rtol=1e-12, atol=0)


HELD = [
    ("low", "rate_per_1000", "high"), ("section_low", "rate_per_1000", "section_high"),
    ("boot_low", "rate_per_1000", "boot_high"), ("share_low", "share_paragraphs", "share_high"),
]  # fmt: skip
ODD_TEXTS = st.lists(
    st.lists(st.sampled_from(["AI-AI", "AI-AI-AI", "AI", "of", "artificial intelligence"]), max_size=6).map(" ".join),
    min_size=1,
    max_size=6,
)


@given(ODD_TEXTS, st.lists(st.sampled_from(["", "I", "II"]), min_size=6, max_size=6), st.floats(0.5, 0.9999))
@example(["AI-AI AI", "AI-AI AI"], ["I", "II"] * 3, 0.95)
def test_estimates_lie_within_their_limits(
    make_paragraphs, make_tokens, odd: list[str], sections: list[str], level: float
) -> None:  # type: ignore[no-untyped-def]
    texts = {f"a:{nth}": text for nth, text in enumerate(odd)}
    paragraphs = make_paragraphs(texts).assign(section=sections[: len(odd)])
    tokens = make_tokens(texts)
    mentions = mention_table(tokens, LEXICON)
    table = term_drift(
        DOCUMENTS[DOCUMENTS["doc_id"] == "a"], paragraphs, tokens, mentions, concepts=("ai", "dg"), reading="new",
        printed_mentions=mentions, level=level,
    )  # fmt: skip
    for low, rate, high in HELD:
        known = table[table[low].notna()]
        assert (known[low] <= known[rate]).all()
        assert (known[rate] <= known[high]).all()
    assert table["share_low"].notna().all()


def test_limits_hold_the_rate(whole: pd.DataFrame) -> None:
    assert whole[LIMITS].notna().all(axis=None)
    for low, rate, high in (HELD[0], HELD[-1]):
        assert (whole[low] <= whole[rate]).all()
        assert (whole[rate] < whole[high]).all()
        assert ((whole[low] > 0) == (whole["count"] > 0)).all()


def test_a_zero_has_the_upper_limit_of_its_tokens(whole: pd.DataFrame) -> None:
    zeros = whole[whole["count"] == 0]
    assert zeros["stage"].eq("fragment").any()
    assert np.allclose(zeros["high"], 1000 * (1 - 0.025 ** (1 / zeros["tokens"])), rtol=1e-12)
    assert zeros[["low", "share_low", "boot_low", "boot_high"]].eq(0).all(axis=None)
    assert round(1000 * (1 - 0.025 ** (1 / 3000)), 2) == 1.23


def test_a_document_without_body_has_no_limits(small: pd.DataFrame) -> None:
    assert small.loc["c", LIMITS].isna().all(axis=None)
    assert small.loc[["a", "b"], LIMITS].notna().all(axis=None)


def test_mentions_that_share_all_words_of_a_paragraph_have_limits(make_paragraphs, make_tokens) -> None:  # type: ignore[no-untyped-def]
    texts = {"a:1": "AI-AI", "a:2": "other tools"}
    tokens = make_tokens(texts)
    mentions = mention_table(tokens, LEXICON)
    documents = DOCUMENTS[DOCUMENTS["doc_id"] == "a"]
    table = term_drift(
        documents, make_paragraphs(texts), tokens, mentions, concepts=("ai",), reading="new", printed_mentions=mentions
    )
    assert table["count"].tolist() == [2]
    assert table[LIMITS].notna().all(axis=None)


@pytest.mark.parametrize("concept", ["ai", "human-rights"])
def test_limits_of_sections_are_those_of_their_sums(concept: str, study: Study, whole: pd.DataFrame) -> None:
    rows = whole[whole["concept"] == concept].set_index("doc_id")
    for doc_id, row in rows.iterrows():
        counts, lengths = by_paragraph(study, str(doc_id), concept)
        sections = study.body.loc[study.body["doc_id"] == doc_id, "section"].tolist()
        sums = [
            [sum(one for one, name in zip(part, sections, strict=True) if name == section) for section in set(sections)]
            for part in (counts, lengths)
        ]
        expected = 1000 * np.array(rate_interval(*sums)[1:])
        assert np.allclose(row[["section_low", "section_high"]].astype(float), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("sections", "known"),
    [(["I", "I", "II"], True), (["I", "I", "I"], False), (["I", "II", "I"], False), (None, False)],
)
def test_limits_of_sections_need_two_with_words(
    sections: list[str] | None, known: bool, make_paragraphs, make_tokens
) -> None:  # type: ignore[no-untyped-def]
    texts = {"a:1": "AI for all", "a:2": "", "a:3": "other tools"}
    paragraphs, tokens = make_paragraphs(texts), make_tokens(texts)
    mentions = mention_table(tokens, LEXICON)
    table = term_drift(
        DOCUMENTS[DOCUMENTS["doc_id"] == "a"], paragraphs if sections is None else paragraphs.assign(section=sections),
        tokens, mentions, concepts=("ai", "dg"), reading="new", printed_mentions=mentions,
    )  # fmt: skip
    assert table[["section_low", "section_high"]].notna().all(axis=None) == known
    assert table[["section_low", "section_high"]].isna().all(axis=None) != known


def test_the_level_is_that_of_all_limits(study: Study, whole: pd.DataFrame) -> None:
    wide = study.drift(["ai", "human-rights"], level=0.99).set_index(["doc_id", "concept"])
    narrow = whole.set_index(["doc_id", "concept"]).loc[wide.index]
    assert ((wide["high"] > narrow["high"]) & (wide["low"] <= narrow["low"])).all()
    for name in ("share", "boot", "section"):
        assert (wide[f"{name}_high"] >= narrow[f"{name}_high"]).all()
        assert (wide[f"{name}_low"] <= narrow[f"{name}_low"]).all()
    assert (wide["share_high"] > narrow["share_high"]).all()
    assert (wide["section_high"] > narrow["section_high"]).all()
    found = study.difference("ecosoc-2023-3", "wsis20-unesco", ["ai"], level=0.99).iloc[0]
    sides = [by_paragraph(study, doc_id, "ai") for doc_id in ("ecosoc-2023-3", "wsis20-unesco")]
    expected = 1000 * np.array(difference_interval(*sides[0], *sides[1], level=0.99))
    assert [found[f"difference{name}"] for name in ("", "_low", "_high")] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("pair", [("ecosoc-2023-3", "wsis20-unesco"), ("wsis10-draft", "a-res-70-125")])
def test_differences_are_those_of_the_paragraphs(pair: tuple[str, str], study: Study, whole: pd.DataFrame) -> None:
    table = term_difference(whole, *pair)
    assert tuple(table.columns) == DIFFERENCE_COLUMNS
    assert table["concept"].tolist() == list(study.lexicon.ids)
    pd.testing.assert_frame_equal(
        study.difference(*pair, ["gdc"]), table[table["concept"] == "gdc"].reset_index(drop=True)
    )
    for row in table[table["concept"].isin(["ai", "gdc", "human-rights"])].to_dict("records"):
        sides = [by_paragraph(study, doc_id, row["concept"]) for doc_id in pair]
        expected = 1000 * np.array(difference_interval(*sides[0], *sides[1]))
        found = [row[name] for name in ("difference", "difference_low", "difference_high")]
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-9)
    rows = whole.set_index(["doc_id", "concept"])
    for side, doc_id in zip("ab", pair, strict=True):
        assert table[f"doc_{side}"].eq(doc_id).all()
        own = rows.loc[doc_id, ["count", "rate_per_1000", "low", "high", "stage"]].to_numpy().tolist()
        names = [f"{name}_{side}" for name in ("count", "rate", "low", "high", "stage")]
        assert table[names].to_numpy().tolist() == own


def test_a_difference_turns_its_sign_with_its_documents(whole: pd.DataFrame) -> None:
    there = term_difference(whole, "ecosoc-2016-draft", "wsis20-unesco")
    back = term_difference(whole, "wsis20-unesco", "ecosoc-2016-draft")
    for name, other in (
        ("difference", "difference"), ("difference_low", "difference_high"), ("difference_high", "difference_low")
    ):  # fmt: skip
        assert np.allclose(there[name], -back[other], rtol=0, atol=1e-12)


def test_a_difference_from_a_fragment_says_so(study: Study, small: pd.DataFrame) -> None:
    assert study.difference("a-res-70-125", "wsis20-unesco", ["ai"])["stage_a"].tolist() == ["fragment"]
    undefined = term_difference(small.reset_index(), "c", "a")
    assert undefined[["difference", "difference_low", "difference_high"]].isna().all(axis=None)
    assert undefined["stage_a"].eq("fragment").all()


@pytest.fixture(scope="module")
def whole(study: Study) -> pd.DataFrame:
    """Drift of all concepts of the corpus."""
    return study.drift()


def weights_by_replacement(study_parts: tuple[pd.DataFrame, ...], concept: str) -> pd.Series:
    """Mean weight of a concept by scikit-learn, on term lists in which each mention is one word."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    paragraphs, tokens, mentions = study_parts
    texts = []
    for para_id in paragraphs["para_id"]:
        words = tokens[tokens["para_id"] == para_id]["term"].tolist()
        own = mentions[(mentions["para_id"] == para_id) & (mentions["concept"] == concept)]
        for first, size in reversed(list(zip(own["position"], own["words"], strict=True))):
            words[first : first + size] = ["THE CONCEPT"]
        texts.append(words)
    vectorizer = TfidfVectorizer(analyzer=lambda terms: terms)
    weights = vectorizer.fit_transform(texts)
    place = vectorizer.vocabulary_.get("THE CONCEPT")
    column = np.zeros(len(texts)) if place is None else weights[:, [place]].toarray().ravel()
    return pd.Series(column).groupby(paragraphs["doc_id"].to_numpy()).mean()


@pytest.mark.parametrize("concept", ["ai", "dg", "none"])
def test_weights_equal_those_of_scikit_learn(
    concept: str, parts: tuple[pd.DataFrame, ...], small: pd.DataFrame
) -> None:
    expected = weights_by_replacement(parts, concept)
    found = concept_tf_idf(*parts, concept)
    assert found.index.tolist() == ["a", "b"]
    assert np.allclose(found, expected, rtol=0, atol=1e-12)
    assert np.allclose(small.xs(concept, level="concept")["tfidf"][["a", "b"]], expected, rtol=0, atol=1e-12)
    assert (found["a"] > 0) == (concept != "none")


@pytest.mark.parametrize("concept", ["data-governance", "human-rights"])
def test_weights_of_the_corpus_equal_those_of_scikit_learn(concept: str, study: Study, whole: pd.DataFrame) -> None:
    expected = weights_by_replacement((study.body, study.tokens, study.mentions), concept)
    found = whole[whole["concept"] == concept].set_index("doc_id")["tfidf"]
    assert np.allclose(found, expected[found.index], rtol=0, atol=1e-12)
    assert found.between(0, 1).all()


def test_weight_of_one_concept_does_not_depend_on_the_others(study: Study, whole: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(study.drift(["gdc"]), whole[whole["concept"] == "gdc"].reset_index(drop=True))


def test_counts_are_the_lines_of_the_concordance(study: Study, whole: pd.DataFrame) -> None:
    table = whole[whole["concept"].isin(["ai", "gdc", "human-rights"])]
    for concept, rows in table.groupby("concept"):
        lines = study.concordance(str(concept))
        assert rows.set_index("doc_id")["count"].to_dict() == {
            doc_id: int((lines["doc_id"] == doc_id).sum()) for doc_id in rows["doc_id"]
        }
        for doc_id, group in lines.groupby("doc_id"):
            row = rows[rows["doc_id"] == doc_id].iloc[0]
            assert row["paragraphs_with"] == group["para_id"].nunique()
            assert row["first_para"] == group["para_id"].iloc[0]


def test_rates_follow_from_the_counts(study: Study, whole: pd.DataFrame) -> None:
    table = whole
    assert np.allclose(table["rate_per_1000"], 1000 * table["count"] / table["tokens"], rtol=1e-15)
    assert np.allclose(table["share_paragraphs"], table["paragraphs_with"] / table["paragraphs"], rtol=1e-15)
    assert (table["paragraphs_with"] <= table["count"]).all()
    assert table["first_para"].isna().equals(table["count"].eq(0))
    sizes = study.tokens.groupby("doc_id").size()
    assert table["tokens"].tolist() == table["doc_id"].map(sizes).tolist()


NEW_CONCEPTS = ["ai", "data-governance", "gdc"]


def test_the_three_new_concepts_are_absent_before_2023(whole: pd.DataFrame) -> None:
    rows = whole[whole["concept"].isin(NEW_CONCEPTS)].set_index("doc_id")
    early = rows.loc[["wsis10-draft", "a-res-70-125", "ecosoc-2016-draft"]]
    assert len(early) == 9
    assert early["count"].eq(0).all()
    assert early["tfidf"].eq(0).all()
    assert early["first_para"].isna().all()


def test_the_three_new_concepts_in_the_resolution_of_2023(study: Study, whole: pd.DataFrame) -> None:
    rows = whole[whole["concept"].isin(NEW_CONCEPTS)].set_index(["doc_id", "concept"]).loc["ecosoc-2023-3"]
    assert rows["paragraphs_with"].to_dict() == {"ai": 2, "data-governance": 1, "gdc": 2}
    found = study.concordance("ai")
    own = found[found["doc_id"] == "ecosoc-2023-3"]
    assert own["para_id"].unique().tolist() == ["ecosoc-2023-3:46", "ecosoc-2023-3:47"]
    assert rows.loc["ai", "first_para"] == "ecosoc-2023-3:46"
    for concept in NEW_CONCEPTS:
        assert rows.loc[concept, "first_para"] in set(study.body["para_id"])


def test_the_fragment_is_known_as_one(whole: pd.DataFrame) -> None:
    stages = whole[whole["concept"] == "ai"].set_index("doc_id")["stage"]
    assert stages["a-res-70-125"] == "fragment"
    assert stages["ecosoc-2023-3"] == "adopted"


def test_corpus_without_any_mention(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.txt").write_text("1. We reaffirm this text.\n\n2. We welcome that.\n", "utf-8")
    table = open_study(tmp_path).drift()
    assert table["count"].eq(0).all()
    assert table["tfidf"].eq(0).all()
    assert table["first_para"].isna().all()
    assert np.allclose(table["high"], 1000 * (1 - 0.025 ** (1 / table["tokens"])), rtol=1e-12)


def test_every_count_opens_to_its_mentions(study: Study, whole: pd.DataFrame) -> None:
    for row in whole.to_dict("records"):
        evidence = study.evidence(concept=row["concept"], doc_id=row["doc_id"])
        assert len(evidence) == row["count"]
        assert evidence["para_id"].nunique() == row["paragraphs_with"]
        assert set(evidence["doc_id"]) <= {row["doc_id"]}


def test_bad_input_is_refused(study: Study, parts: tuple[pd.DataFrame, ...]) -> None:
    with pytest.raises(InputError, match="concept 'blockchain' is unknown; known are: ai, data-governance"):
        study.drift(["blockchain"])
    with pytest.raises(InputError, match="no concept is given"):
        study.drift([])
    with pytest.raises(InputError, match=r"level is 5; allowed is a number from 0\.5 to 0\.9999"):
        study.difference("ecosoc-2023-3", "wsis20-unesco", ["ai"], level=5)
    with pytest.raises(InputError, match="document 'wsis-30' is unknown; known are: wsis10-draft"):
        study.difference("ecosoc-2023-3", "wsis-30")
    with pytest.raises(InputError, match="document 'ecosoc-2023-3' is given twice"):
        study.difference("ecosoc-2023-3", "ecosoc-2023-3")
    with pytest.raises(InputError, match="drift table lacks the column count"):
        term_difference(DOCUMENTS.assign(concept="ai"), "a", "b")
    with pytest.raises(InputError, match="documents lacks the column stage, series"):
        term_drift(
            DOCUMENTS[["doc_id", "date"]], *parts, concepts=("ai",), reading="new", printed_mentions=parts[2]
        )  # fmt: skip


def test_a_mention_weighs_as_one_even_where_two_share_a_word(make_paragraphs, make_tokens) -> None:  # type: ignore[no-untyped-def]
    weights = []
    for text in ("AI-AI tools", "AI AI tools"):
        texts = {"a:1": text, "a:2": "other tools"}
        tokens = make_tokens(texts)
        mentions = mention_table(tokens, LEXICON)
        assert len(mentions) == 2
        weights.append(concept_tf_idf(make_paragraphs(texts), tokens, mentions, "ai")["a"])
    assert weights[0] == pytest.approx(weights[1], abs=1e-12)
