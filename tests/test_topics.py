"""Topic models: sums, seeds, numbering, and topics that were planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wsis_nlp import InputError, Study, TermMatrix, TopicModel, fit_topics, term_matrix, tf_idf

VOCABULARIES = {
    "rights": ["rights", "privacy", "freedom", "expression", "law", "dignity"],
    "access": ["broadband", "connectivity", "spectrum", "cable", "cost", "rural"],
    "learning": ["school", "teacher", "skill", "pupil", "literacy", "training"],
}
SIZES = {"rights": 30, "access": 20, "learning": 10}
METHODS = ["nmf", "lda"]


def planted() -> tuple[TermMatrix, list[str]]:
    """Paragraphs of 12 words of one vocabulary each, in three documents, and the vocabulary of each."""
    random = np.random.default_rng(7)
    names = [name for name, size in SIZES.items() for _ in range(size)]
    random.shuffle(names)
    ids = [f"{'abc'[place % 3]}:{place}" for place in range(len(names))]
    tokens = pd.DataFrame(
        [
            (one, str(word))
            for one, name in zip(ids, names, strict=True)
            for word in random.choice(VOCABULARIES[name], 12)
        ],
        columns=["para_id", "term"],
    )
    return term_matrix(tokens, pd.DataFrame({"doc_id": [one[0] for one in ids], "para_id": ids})), names


@pytest.fixture(scope="module")
def corpus() -> tuple[TermMatrix, list[str]]:
    return planted()


@pytest.fixture(scope="module", params=METHODS)
def model(request: pytest.FixtureRequest, corpus: tuple[TermMatrix, list[str]]) -> TopicModel:
    return fit_topics(corpus[0], topics=3, method=request.param, random_state=1)


@pytest.fixture(scope="module")
def real(study: Study) -> TopicModel:
    return study.topics(8)


def test_planted_topics_are_found(model: TopicModel, corpus: tuple[TermMatrix, list[str]]) -> None:
    expected = {1: "rights", 2: "access", 3: "learning"}
    for topic, terms in model.terms[model.terms["rank"] <= 6].groupby("topic")["term"]:
        assert set(terms) == set(VOCABULARIES[expected[topic]])
    best = model.paragraphs.loc[model.paragraphs.groupby("para_id", sort=False)["share"].idxmax()]
    assert [expected[topic] for topic in best["topic"]] == corpus[1]


def test_shares_and_weights_are_proportions(model: TopicModel, real: TopicModel) -> None:
    for one in (model, real):
        assert np.allclose(one.paragraphs.groupby("para_id")["share"].sum(), 1, rtol=0, atol=1e-9)
        assert np.allclose(one.documents.groupby("doc_id")["prevalence"].sum(), 1, rtol=0, atol=1e-9)
        assert (one.terms.groupby("topic")["weight"].sum() <= 1 + 1e-9).all()
        for values in (one.paragraphs["share"], one.terms["weight"], one.documents["prevalence"]):
            assert values.between(0, 1 + 1e-12).all()


def test_all_terms_of_a_topic_weigh_one_together(corpus: tuple[TermMatrix, list[str]]) -> None:
    for method in METHODS:
        terms = fit_topics(corpus[0], topics=3, method=method, top_terms=1000).terms
        assert np.allclose(terms.groupby("topic")["weight"].sum(), 1, rtol=0, atol=1e-6)
        assert terms.groupby("topic").size().eq(len(corpus[0].terms)).all()


def test_terms_stand_in_order_of_weight(model: TopicModel, real: TopicModel) -> None:
    for one in (model, real):
        assert list(one.terms.columns) == ["topic", "label", "rank", "term", "weight"]
        for _, terms in one.terms.groupby("topic"):
            assert terms["rank"].tolist() == list(range(1, 11))
            assert terms["weight"].is_monotonic_decreasing
            assert terms["label"].unique().tolist() == [", ".join(terms["term"].head(3))]


def test_topics_are_numbered_by_prevalence_in_every_table(model: TopicModel, real: TopicModel) -> None:
    for one, size in ((model, 3), (real, 8)):
        numbers = list(range(1, size + 1))
        prevalence = one.paragraphs.groupby("topic")["share"].mean()
        assert prevalence.index.tolist() == numbers
        assert (np.diff(prevalence) <= 1e-8).all()
        assert one.terms["topic"].unique().tolist() == numbers
        for _, rows in one.documents.groupby("doc_id"):
            assert rows["topic"].tolist() == numbers
        labels = one.terms.groupby("topic")["label"].first()
        assert one.documents["label"].tolist() == one.documents["topic"].map(labels).tolist()


def test_prevalence_of_a_document_is_the_mean_of_its_paragraphs(model: TopicModel, real: TopicModel) -> None:
    for one in (model, real):
        means = one.paragraphs.groupby(["doc_id", "topic"])["share"].mean()
        found = one.documents.set_index(["doc_id", "topic"])["prevalence"]
        assert np.allclose(found, means[found.index], rtol=0, atol=1e-12)
        assert one.documents[["low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize("method", METHODS)
def test_same_seed_same_tables(method: str, corpus: tuple[TermMatrix, list[str]]) -> None:
    tables = []
    for seed in (1, 2):
        np.random.seed(seed)  # the state of the process must not matter
        tables.append(fit_topics(corpus[0], topics=4, method=method, random_state=3))
    for name in ("terms", "paragraphs", "documents"):
        pd.testing.assert_frame_equal(getattr(tables[0], name), getattr(tables[1], name), check_exact=True)


def test_nmf_of_the_corpus_repeats_to_the_last_digit(study: Study, real: TopicModel) -> None:
    np.random.seed(99)
    again = study.topics(8)
    for name in ("terms", "paragraphs", "documents"):
        pd.testing.assert_frame_equal(getattr(real, name), getattr(again, name), check_exact=True)


def test_another_seed_gives_another_lda_and_the_same_nmf(corpus: tuple[TermMatrix, list[str]]) -> None:
    lda = [fit_topics(corpus[0], topics=4, method="lda", random_state=seed).terms for seed in (0, 1)]
    nmf = [fit_topics(corpus[0], topics=4, random_state=seed).terms for seed in (0, 1)]
    assert not lda[0].equals(lda[1])
    assert nmf[0].equals(nmf[1])


def test_order_of_paragraphs_does_not_matter_to_nmf(study: Study, real: TopicModel) -> None:
    matrix = study.topic_matrix
    order = np.random.default_rng(0).permutation(len(matrix.rows))
    shuffled = fit_topics(
        TermMatrix(matrix.values[order], matrix.rows.iloc[order].reset_index(drop=True), matrix.terms)
    )
    both = real.paragraphs.merge(shuffled.paragraphs, on=["doc_id", "para_id", "topic"], validate="one_to_one")
    assert len(both) == len(real.paragraphs)
    assert np.allclose(both["share_x"], both["share_y"], rtol=0, atol=1e-5)
    assert real.terms["term"].tolist() == shuffled.terms["term"].tolist()


def test_number_of_top_terms_changes_nothing_else(corpus: tuple[TermMatrix, list[str]]) -> None:
    few, many = (fit_topics(corpus[0], topics=3, top_terms=size) for size in (1, 5))
    pd.testing.assert_frame_equal(few.terms, many.terms[many.terms["rank"] == 1].reset_index(drop=True))
    pd.testing.assert_frame_equal(few.documents, many.documents)


def test_inputs_are_not_altered(corpus: tuple[TermMatrix, list[str]]) -> None:
    matrix = corpus[0]
    before, rows = matrix.values.copy(), matrix.rows.copy()
    for method in METHODS:
        fit_topics(matrix, topics=2, method=method)
    assert (before != matrix.values).nnz == 0
    pd.testing.assert_frame_equal(matrix.rows, rows)


def small(texts: list[str]) -> TermMatrix:
    ids = [f"d:{place}" for place in range(len(texts))]
    tokens = pd.DataFrame(
        [(one, word) for one, text in zip(ids, texts, strict=True) for word in text.split()],
        columns=["para_id", "term"],
    )
    return term_matrix(tokens, pd.DataFrame({"doc_id": "d", "para_id": ids}))


def test_paragraphs_without_terms_are_missing() -> None:
    for method in METHODS:
        shares = fit_topics(small(["data forum", "", "data zone", "zone role"]), topics=2, method=method).paragraphs
        assert shares["para_id"].unique().tolist() == ["d:0", "d:2", "d:3"]
        assert shares["share"].notna().all()


@pytest.mark.parametrize("method", METHODS)
def test_one_topic_is_the_whole(method: str) -> None:
    model = fit_topics(small(["data forum", "role zone"]), topics=1, method=method)
    assert np.allclose(model.paragraphs["share"], 1, rtol=0, atol=1e-9)


FAULTS = {
    "more topics than paragraphs": (["data forum role", "zone"], {"topics": 3}, ["topics is 3", "2 paragraphs"]),
    "empty paragraphs do not help": (["data forum role", "zone", ""], {"topics": 3}, ["topics is 3", "2 paragraphs"]),
    "more topics than terms": (["data", "data", "data forum"], {"topics": 3}, ["topics is 3", "2 terms"]),
    "no terms": (["", ""], {"topics": 1}, ["topics is 1", "0 paragraphs"]),
    "no topics": (["data", "forum"], {"topics": 0}, ["topics is 0", "at least 1"]),
    "half a topic": (["data", "forum"], {"topics": 1.5}, ["topics is 1.5", "whole number"]),
    "unknown method": (["data", "forum"], {"topics": 1, "method": "lsa"}, ["method is 'lsa'", "nmf, lda"]),
    "no top terms": (["data", "forum"], {"topics": 1, "top_terms": 0}, ["top_terms is 0", "at least 1"]),
    "negative seed": (["data", "forum"], {"topics": 1, "random_state": -1}, ["random_state", "-1"]),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", FAULTS)
def test_bad_input_is_refused(name: str, method: str) -> None:
    texts, options, parts = FAULTS[name]
    with pytest.raises(InputError) as raised:
        fit_topics(small(texts), **{"method": method, **options})
    assert "\n" not in str(raised.value)
    for part in parts:
        assert part in str(raised.value)


def test_weighted_matrix_is_refused(corpus: tuple[TermMatrix, list[str]]) -> None:
    with pytest.raises(InputError, match="weighted by tf-idf"):
        fit_topics(tf_idf(corpus[0]), topics=2)
