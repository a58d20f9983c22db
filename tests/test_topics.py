"""Topic models: sums, numbering, relevance, copies, seeds, orders, what is explained, and small and wild texts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sized
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_topics import VOCABULARIES, corpus_of, matrix_of, model_of, planted, reordered, topic_of

from wsis_nlp import (
    InputError,
    Study,
    TermMatrix,
    TopicModel,
    fit_topics,
    group_rows,
    match_topics,
    refit_topics,
    tf_idf,
    topic_change,
    topic_prevalence,
    topic_quality,
    typical_paragraphs,
)
from wsis_nlp.topics import factors, most_topics

METHODS = ["nmf", "lda"]
SIZES = (30, 20, 10)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return planted(SIZES)


@pytest.fixture(scope="module")
def corpus(texts: dict[str, str]) -> TermMatrix:
    return matrix_of(texts)


@pytest.fixture(scope="module", params=[*METHODS, "corpus"])
def any_model(request: pytest.FixtureRequest, corpus: TermMatrix, study: Study) -> TopicModel:
    """All terms of a planted model of each method, and of one of the corpus of the project."""
    if request.param == "corpus":
        matrix, groups = corpus_of(study)
        return fit_topics(matrix, topics=8, groups=groups, top_terms=1000)
    return fit_topics(corpus, topics=3, method=request.param, top_terms=1000)


@pytest.mark.parametrize("method", METHODS)
def test_planted_topics_are_found(method: str, corpus: TermMatrix, texts: dict[str, str]) -> None:
    model, expected = fit_topics(corpus, topics=3, method=method, random_state=1), dict(enumerate(VOCABULARIES, 1))
    for topic, terms in model.terms.groupby("topic")["term"]:
        assert len(terms) == 10
        assert set(terms) < set(VOCABULARIES[expected[topic]].split())
    best = model.paragraphs.loc[model.paragraphs.groupby("para_id", sort=False)["share"].idxmax()]
    assert [expected[topic] for topic in best["topic"]] == [topic_of(texts[one]) for one in best["para_id"]]


def test_shares_and_weights_are_proportions(any_model: TopicModel) -> None:
    assert np.allclose(any_model.paragraphs.groupby("para_id")["share"].sum(), 1, rtol=0, atol=1e-9)
    assert np.allclose(any_model.terms.groupby("topic")["weight"].sum(), 1, rtol=0, atol=1e-9)
    for values in (any_model.paragraphs["share"], any_model.terms["weight"]):
        assert values.between(0, 1 + 1e-12).all()
    assert list(any_model.paragraphs.columns) == ["doc_id", "para_id", "topic", "share", "explained"]
    assert (any_model.paragraphs.groupby("para_id")["explained"].nunique() == 1).all()
    assert (any_model.paragraphs["explained"] <= 1 + 1e-12).all()
    assert 0 <= any_model.factors.explained <= 1


def test_terms_stand_in_order_of_weight(any_model: TopicModel) -> None:
    assert list(any_model.terms.columns) == ["topic", "label", "rank", "term", "weight", "relevance"]
    for _, terms in any_model.terms.groupby("topic"):
        assert sorted(terms["term"]) == list(any_model.matrix.terms)
        assert terms["rank"].tolist() == list(range(1, len(terms) + 1))
        assert terms["weight"].is_monotonic_decreasing


def test_relevance_is_by_its_formula(any_model: TopicModel) -> None:
    prevalence = any_model.paragraphs.groupby("topic")["share"].mean()
    everywhere = dict.fromkeys(any_model.matrix.terms, 0.0)
    for row in any_model.terms.itertuples():
        everywhere[row.term] += prevalence[row.topic] * row.weight
    for row in any_model.terms.itertuples():
        if row.weight == 0:
            assert row.relevance == -np.inf
        else:
            expected = 0.6 * np.log(row.weight) + 0.4 * np.log(row.weight / everywhere[row.term])
            assert row.relevance == pytest.approx(expected, abs=1e-6)


def test_labels_are_the_most_relevant_terms_that_share_no_word(any_model: TopicModel) -> None:
    for label, terms in any_model.terms.groupby("label"):
        chosen: list[str] = []
        for term in terms.sort_values("relevance", ascending=False, kind="stable")["term"]:
            words = {word.rstrip("s") for word in term.split()}
            if not any(words & {word.rstrip("s") for word in other.split()} for other in chosen):
                chosen.append(term)
        assert label == ", ".join(chosen[:3])


def test_a_label_says_no_word_twice() -> None:
    matrix = matrix_of({"a:1": "human_right right rights law", "a:2": "human_right right human_right", "a:3": "law"})
    terms = tuple(term.replace("_", " ") for term in matrix.terms)
    [label] = fit_topics(TermMatrix(matrix.values, matrix.rows, terms), topics=1).labels
    assert label == "human right, law"


def test_a_label_has_no_term_of_other_topics_alone() -> None:
    model = fit_topics(matrix_of({"a:1": "data", "a:2": "forum"}), topics=2)
    assert sorted(model.labels) == ["data", "forum"]


def test_topics_have_one_number_in_every_table(any_model: TopicModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factors, "ITERATIONS", 10)
    numbers = list(range(1, len(any_model.factors.terms) + 1))
    means = any_model.paragraphs.groupby("topic")["share"].mean()
    assert means.index.tolist() == any_model.terms["topic"].unique().tolist() == numbers
    assert (np.diff(means) <= 1e-8).all()
    quality, tables = topic_quality(any_model, resamples=0, seeds=0), []
    if any_model.method == "nmf":
        refits = refit_topics(any_model, draws=100)
        tables = [rows for _, rows in topic_prevalence(refits).groupby("doc_id")]
        tables += [topic_change(refits, *sorted(set(any_model.matrix.rows["doc_id"]))[:2])]
    for table in (quality, *tables):
        assert table["topic"].tolist() == numbers
        assert table["label"].tolist() == any_model.labels.tolist()
    assert np.allclose(quality["prevalence"], means, rtol=0, atol=1e-12)
    heaviest = [any_model.matrix.terms[at] for at in any_model.factors.terms.argmax(axis=1)]
    assert heaviest == any_model.terms.loc[any_model.terms["rank"] == 1, "term"].tolist()


def test_topics_of_one_prevalence_are_numbered_by_their_terms() -> None:
    for words in (["zone map", "data forum"], ["data forum", "zone map"]):
        texts = {f"a:{place}": words[place % 2] for place in range(8)}
        assert fit_topics(matrix_of(texts), topics=2).labels.str[:4].tolist() == ["data", "map,"]


@pytest.mark.parametrize("method", METHODS)
def test_same_seed_same_tables(method: str, corpus: TermMatrix) -> None:
    tables = []
    for seed in (1, 2):
        np.random.seed(seed)  # the state of the process must not matter
        tables.append(fit_topics(corpus, topics=4, method=method, random_state=3))
    for name in ("terms", "paragraphs"):
        pd.testing.assert_frame_equal(getattr(tables[0], name), getattr(tables[1], name), check_exact=True)


def test_another_seed_gives_another_lda_and_the_same_nmf(corpus: TermMatrix) -> None:
    lda = [fit_topics(corpus, topics=4, method="lda", random_state=seed).terms for seed in (0, 1)]
    nmf = [fit_topics(corpus, topics=4, random_state=seed).terms for seed in (0, 1)]
    assert not lda[0].equals(lda[1])
    assert nmf[0].equals(nmf[1])


def test_tables_are_the_same_in_any_process_with_any_threads_workers_and_order() -> None:
    """Two processes that differ in the seed of hashes and of numpy, threads, workers, and order of the rows."""
    found = []
    for order, workers, threads in (("0", "1", "1"), ("5", "2", "2")):
        variables = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads)
        run = subprocess.run(
            [sys.executable, Path(__file__).with_name("topic_repeats.py"), order, workers],
            env={**os.environ, **variables, "PYTHONHASHSEED": f"1{order}"}, capture_output=True, text=True,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        found.append(json.loads(run.stdout))
    assert len(found[0]) == 17
    for name, table in found[0].items():
        assert table == found[1][name], name


def test_order_of_paragraphs_changes_nothing_in_the_corpus(study: Study) -> None:
    matrix, groups = corpus_of(study)
    first, second = model_of(study, 4), fit_topics(reordered(matrix), topics=4, groups=groups[::-1])
    pd.testing.assert_frame_equal(first.terms, second.terms, check_exact=True)
    by = ["para_id", "topic"]
    tables = [one.paragraphs.sort_values(by, ignore_index=True) for one in (first, second)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert first.paragraphs["para_id"].unique().tolist() == list(first.order)
    assert second.paragraphs["para_id"].unique().tolist() == list(second.order) != list(first.order)


def test_number_of_top_terms_changes_nothing_else(corpus: TermMatrix) -> None:
    few, many = (fit_topics(corpus, topics=3, top_terms=size) for size in (1, 5))
    pd.testing.assert_frame_equal(few.terms, many.terms[many.terms["rank"] == 1].reset_index(drop=True))
    pd.testing.assert_frame_equal(few.paragraphs, many.paragraphs)


@pytest.mark.parametrize("method", METHODS)
def test_inputs_are_not_altered(method: str, corpus: TermMatrix) -> None:
    before, rows = corpus.values.copy(), corpus.rows.copy()
    fit_topics(corpus, topics=2, method=method)
    assert (before != corpus.values).nnz == 0
    pd.testing.assert_frame_equal(corpus.rows, rows)


@pytest.mark.parametrize("method", METHODS)
def test_counts_of_zero_are_no_terms(method: str) -> None:
    texts = {"a:1": "data forum", "a:2": "zone map zone", "a:3": "forum data data", "a:4": "map zone"}
    matrix, other = matrix_of(texts), matrix_of({**texts, "a:5": "forum"})
    row = other.values.indptr[4]
    other.values.data[row] = 0
    first, second = (fit_topics(one, topics=2, method=method) for one in (matrix, other))
    pd.testing.assert_frame_equal(first.terms, second.terms)
    pd.testing.assert_frame_equal(first.paragraphs, second.paragraphs)
    assert other.values.nnz == 8 + 1  # what was given still has its zero


@pytest.mark.parametrize("method", METHODS)
def test_one_topic_is_the_whole(method: str) -> None:
    model = fit_topics(matrix_of({"d:0": "data forum", "d:1": "role zone"}), topics=1, method=method)
    assert np.allclose(model.paragraphs["share"], 1, rtol=0, atol=1e-9)


def copied(texts: dict[str, str], times: int) -> tuple[dict[str, str], pd.Series[str]]:
    """The texts with copies of those of the document a, and the group of each."""
    groups = {one: one for one in texts}
    copies = {f"{one}.{n}": one for one in texts if one.startswith("a") for n in range(1, times)}
    return {**texts, **{copy: texts[one] for copy, one in copies.items()}}, pd.Series({**groups, **copies})


@pytest.mark.parametrize("times", [2, 5])
def test_copies_in_a_group_weigh_as_one(times: int) -> None:
    texts = planted((18, 15, 12), own=0.6, length=20)
    more, groups = copied(texts, times)
    alone = fit_topics(matrix_of(texts), topics=3)
    grouped = fit_topics(matrix_of(more), topics=3, groups=groups)
    plain = fit_topics(matrix_of(more), topics=3)
    partner, agreement = match_topics(alone.factors.terms, grouped.factors.terms)
    assert agreement.tolist() == [1, 1, 1]
    assert np.allclose(alone.factors.terms, grouped.factors.terms[partner], rtol=0, atol=1e-6)
    assert grouped.factors.explained == pytest.approx(alone.factors.explained, abs=1e-6)
    own = alone.paragraphs.pivot(index="para_id", columns="topic", values="share")
    shares = grouped.paragraphs.pivot(index="para_id", columns="topic", values="share")
    assert np.allclose(shares.to_numpy(), own.loc[groups[shares.index]].iloc[:, np.argsort(partner)], rtol=0, atol=1e-5)
    partner, _ = match_topics(alone.factors.terms, plain.factors.terms)
    assert np.abs(alone.factors.terms - plain.factors.terms[partner]).max() > 1e-3


def test_copies_get_the_same_shares_in_lda() -> None:
    texts, groups = copied(planted((12, 10, 8)), 3)
    model = fit_topics(matrix_of(texts), topics=3, method="lda", groups=groups)
    shares = model.paragraphs.assign(group=model.paragraphs["para_id"].map(groups))
    assert shares.groupby(["group", "topic"])["share"].agg(np.ptp).max() < 1e-3
    for _, terms in model.terms.groupby("topic")["term"]:
        assert len({name for name, words in VOCABULARIES.items() if set(terms) & set(words.split())}) == 1


def test_paragraphs_of_the_corpus_that_copy_one_another_get_the_same_shares(study: Study) -> None:
    same = study.tokens.groupby("para_id")["term"].agg(" ".join)
    shares = model_of(study, 8).paragraphs
    shares = shares.assign(words=shares["para_id"].map(same))
    spread = shares.groupby(["words", "topic"])["share"].agg(["size", np.ptp])
    assert (spread["size"] > 1).any()
    assert spread["ptp"].max() < 1e-6


def test_more_passes_explain_hardly_more_of_the_corpus(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, groups = corpus_of(study)
    explained = [model_of(study, topics).factors.explained for topics in range(2, 9)]
    monkeypatch.setattr(factors, "ITERATIONS", 10 * factors.ITERATIONS)
    more = [fit_topics(matrix, topics=topics, groups=groups).factors.explained for topics in range(2, 9)]
    assert (np.array(explained) >= 0.99 * np.array(more)).all()
    assert (np.array(explained) <= np.array(more) + 1e-9).all()
    assert (np.diff(explained) > 0).all()


def test_explained_is_what_the_product_of_the_factors_leaves(
    study: Study, corpus: TermMatrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sklearn.decomposition import NMF

    seen, fit_transform = [], NMF.fit_transform

    def recorded(self: NMF, values: object) -> np.ndarray:
        left = fit_transform(self, values)
        seen.append((values.toarray(), left, self.components_))
        return left

    monkeypatch.setattr(NMF, "fit_transform", recorded)
    matrix, groups = corpus_of(study)
    for one, topics, copies in ((corpus, 3, None), (matrix, 5, groups)):
        model = fit_topics(one, topics=topics, groups=copies)
        values, left, right = seen.pop()
        errors, squares = ((values - left @ right) ** 2).sum(axis=1), (values**2).sum(axis=1)
        assert model.factors.explained == pytest.approx(1 - errors.sum() / squares.sum(), abs=1e-9)
        each = model.paragraphs.drop_duplicates("para_id").set_index("para_id")["explained"]
        assert np.allclose(each[model.matrix.rows["para_id"]], 1 - errors / squares, rtol=0, atol=1e-9)
        # Squares of rows count their terms, and copies once in all.
        sizes = np.asarray(model.matrix.values.sum(axis=1)) * model.weights
        assert np.allclose(squares, sizes, rtol=1e-12)


def test_explained_deviance_of_lda_is_by_its_formula() -> None:
    texts, groups = copied(planted((6, 6)), 2)
    model = fit_topics(matrix_of(texts), topics=2, method="lda", groups=groups)
    counts = model.matrix.values.toarray() * model.weights[:, None]  # copies count once in all
    same = counts.sum(axis=0) / counts.sum()
    left, whole = np.zeros((2, len(counts)))
    for at, (row, shares) in enumerate(zip(counts, model.factors.shares, strict=True)):
        mixed = shares @ model.factors.terms
        for count, chance, everywhere in zip(row, mixed, same, strict=True):
            if count:
                left[at] += 2 * count * np.log(count / (row.sum() * chance))
                whole[at] += 2 * count * np.log(count / (row.sum() * everywhere))
    assert model.factors.explained == pytest.approx(1 - left.sum() / whole.sum(), abs=1e-12)
    each = model.paragraphs.drop_duplicates("para_id").set_index("para_id")["explained"]
    assert np.allclose(each[model.matrix.rows["para_id"]], 1 - left / whole, rtol=0, atol=1e-12)


def test_batches_of_lda_have_few_rows_as_lists_at_once(corpus: TermMatrix, monkeypatch: pytest.MonkeyPatch) -> None:
    from gensim.models import LdaModel

    seen, inference = [], LdaModel.inference

    def recorded(self: LdaModel, chunk: Sized, collect_sstats: bool = False) -> object:
        seen.append((len(chunk), isinstance(chunk, list)))
        return inference(self, chunk, collect_sstats)

    monkeypatch.setattr(LdaModel, "inference", recorded)
    monkeypatch.setattr(factors, "BATCH", 10)
    size = len(fit_topics(corpus, topics=3, method="lda", large=0).matrix.rows)
    assert size > 10
    assert sum(rows for rows, as_list in seen if as_list) == factors.BATCH_PASSES * size
    assert max(rows for rows, as_list in seen if as_list) == 10
    assert seen[-1] == (size, False)


def check_clean(model: TopicModel, texts: dict[str, str]) -> None:
    """No table of a model has NaN where none is documented, nor did any computation warn."""
    shares, size = model.factors.shares, len(model.factors.terms)
    assert np.allclose(shares[~np.isnan(shares).any(axis=1)].sum(axis=1), 1)
    assert model.paragraphs.notna().all(axis=None)
    assert set(model.paragraphs["para_id"]) == set(model.matrix.rows["para_id"][~np.isnan(shares[:, 0])])
    assert model.terms.notna().all(axis=None)
    assert -1e-9 <= model.factors.explained <= 1 + 1e-9
    quality = topic_quality(model, resamples=3, seeds=2)
    again = ["agreement", "agreement_low", "agreement_high", "agreement_seeds"]
    assert quality[again].isna().all(axis=None)  # of so few paragraphs it says nothing
    nothing = np.ptp(model.factors.terms, axis=1) == 0
    alone = nothing | ((model.factors.terms > 0).sum(axis=1) == 1)
    assert quality[["npmi", "u_mass"]].isna().eq(alone, axis=0).all(axis=None)
    assert quality["exclusivity"].isna().tolist() == nothing.tolist()
    assert quality.drop(columns=[*again, "npmi", "u_mass", "exclusivity"]).notna().all(axis=None)
    assert quality["npmi"].dropna().between(-1, 1 + 1e-9).all()
    assert quality["exclusivity"].dropna().between(0, 1 + 1e-9, inclusive="right").all()
    assert quality["paragraphs"].sum() == (~np.isnan(shares[:, 0])).sum()
    paragraphs = pd.DataFrame({"para_id": list(texts), "text": list(texts.values())})
    assert typical_paragraphs(model, paragraphs).notna().all(axis=None)
    if model.method == "lda" and len(texts) > 2:  # a hundred of them take long
        return
    refits = refit_topics(model, draws=100)
    prevalence = topic_prevalence(refits)
    shared = pd.Series(~np.isnan(shares[:, 0])).groupby(model.matrix.rows["doc_id"]).sum()[prevalence["doc_id"]]
    assert (prevalence["prevalence"].isna().to_numpy() == (shared == 0).to_numpy()).all()
    for limit in ("low", "high"):
        assert (prevalence[limit].isna().to_numpy() == (shared < 5).to_numpy()).all()
    documents = sorted(set(model.matrix.rows["doc_id"]))
    for other in documents[1:]:
        change = topic_change(refits, documents[0], other)
        assert change["verdict"].notna().all()
        assert len(change) == size


@contextmanager
def strictly() -> Iterator[None]:
    """Warnings of computations are errors; few passes, since what is clean is so after any number."""
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("error", RuntimeWarning)
        patch.setattr(factors, "ITERATIONS", 10)
        yield


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.cases("topics.json", "clean")
def test_small_corpora_give_clean_tables(case: dict, method: str) -> None:
    with strictly():
        check_clean(fit_topics(matrix_of(case["texts"]), topics=case["topics"], method=method), case["texts"])


WILD = st.lists(st.lists(st.sampled_from(["data", "forum", "role", "zone"]), max_size=4), max_size=7)


@settings(max_examples=12)
@given(WILD, st.integers(1, 4), st.integers(0, 9))
def test_wild_corpora_are_refused_or_give_clean_tables_in_any_order(
    words: list[list[str]], topics: int, seed: int
) -> None:
    texts = {f"{'ab'[place % 2]}:{place}": " ".join(one) for place, one in enumerate(words)}
    matrix = matrix_of(texts)
    different = {frozenset((word, Fraction(one.count(word), len(one))) for word in one) for one in words if one}
    assert most_topics(matrix) == min(len(different), len(matrix.terms))
    if topics > most_topics(matrix):
        with pytest.raises(InputError, match=r"\Atopics is .*; at least as many are needed\Z"):
            fit_topics(matrix, topics=topics)
        return
    with strictly():
        model = fit_topics(matrix, topics=topics)
        check_clean(model, texts)
        again = fit_topics(reordered(matrix, seed=seed), topics=topics)
    pd.testing.assert_frame_equal(model.terms, again.terms, check_exact=True)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.cases("topics.json", "refused")
def test_bad_input_is_refused(case: dict, method: str) -> None:
    texts = {f"d:{place}": text for place, text in enumerate(case["texts"])}
    options = {"method": method, **case["options"]}
    if "groups" in case:
        options["groups"] = pd.Series(case["groups"])
    with pytest.raises(InputError) as raised:
        fit_topics(matrix_of(texts), **options)
    assert "\n" not in str(raised.value)
    for part in case["parts"]:
        assert part in str(raised.value)


def test_a_paragraph_in_two_groups_is_refused(corpus: TermMatrix) -> None:
    groups = pd.Series("x", index=corpus.rows["para_id"])
    with pytest.raises(InputError, match="groups have the paragraph 'a:0' twice"):
        fit_topics(corpus, topics=2, groups=pd.concat([groups, groups]))


def test_matrices_that_are_weighted_or_without_paragraphs_are_refused(corpus: TermMatrix) -> None:
    with pytest.raises(InputError, match=r"weighted by tf-idf"):
        fit_topics(tf_idf(corpus), topics=2)
    with pytest.raises(InputError, match="rows of the matrix lacks the column para_id"):
        fit_topics(group_rows(corpus), topics=2)
