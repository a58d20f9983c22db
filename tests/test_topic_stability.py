"""Stability and coherence: partners against all permutations, coherence against plain loops and gensim."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from planted_topics import corpus_of, matrix_of, model_of, planted

from wsis_nlp import InputError, Study, TermMatrix, TopicModel, fit_topics, match_topics, topic_quality
from wsis_nlp.topics import READABLE
from wsis_nlp.topics.factors import Sample, factorise
from wsis_nlp.topics.stability import draw_groups, topic_coherence, topic_exclusivity

METHODS = ["nmf", "lda"]
TERMS = 14


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return fit_topics(matrix_of(planted((18, 15, 12), own=0.6, length=20)), topics=3)


@st.composite
def topics(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Weights of two models with as many topics, of which many have few terms and all have some."""
    size = draw(st.integers(1, 6))
    weights = st.sampled_from([0.0, 0.0, 0.1, 0.2, 0.5, 1.0])
    found = []
    for _ in range(2):
        one = draw(arrays(np.float64, (size, TERMS), elements=weights))
        one[np.arange(size), draw(st.lists(st.integers(0, TERMS - 1), min_size=size, max_size=size))] = 2.0
        found.append(one)
    return found[0], found[1]


def top_terms(weights: np.ndarray) -> set[int]:
    order = sorted(range(len(weights)), key=lambda at: (-weights[at], at))
    return {at for at in order[:10] if weights[at] > 0}


def jaccard(a: np.ndarray, b: np.ndarray) -> float:
    one, other = top_terms(a), top_terms(b)
    return len(one & other) / len(one | other)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


@settings(max_examples=30)
@given(topics())
def test_partners_are_the_best_of_all_permutations(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair
    partner, agreement = match_topics(a, b)
    assert sorted(partner) == list(range(len(a)))
    assert agreement.tolist() == [jaccard(one, b[at]) for one, at in zip(a, partner, strict=True)]
    sums = {
        order: (
            sum(jaccard(one, b[at]) for one, at in zip(a, order, strict=True)),
            sum(cosine(one, b[at]) for one, at in zip(a, order, strict=True)),
        )
        for order in permutations(range(len(a)))
    }
    greatest = max(agreements for agreements, _ in sums.values())
    assert agreement.sum() == pytest.approx(greatest, abs=1e-6 * len(a))
    nearest = max(cosines for agreements, cosines in sums.values() if agreements > greatest - 1e-12)
    assert sums[tuple(partner.tolist())][1] >= nearest - 1e-6


@given(topics())
def test_matching_is_symmetric(pair: tuple[np.ndarray, np.ndarray]) -> None:
    forth, back = match_topics(*pair)[1], match_topics(*pair[::-1])[1]
    assert forth.sum() == pytest.approx(back.sum(), abs=1e-12)


@given(topics())
def test_a_model_agrees_with_itself(pair: tuple[np.ndarray, np.ndarray]) -> None:
    assert match_topics(pair[0], pair[0])[1].tolist() == [1.0] * len(pair[0])


@given(st.permutations(range(6)), st.integers(0, 99))
def test_a_permutation_is_recovered(order: list[int], seed: int) -> None:
    # Twelve terms for six topics: the ten heaviest of most are nearly the same, and the cosine tells them apart.
    a = np.random.default_rng(seed).dirichlet(np.ones(12), 6)
    partner, agreement = match_topics(a, a[order])
    assert np.array(order)[partner].tolist() == list(range(6))
    assert agreement.tolist() == [1.0] * 6


def test_topics_that_may_be_read_keep_eight_of_ten_terms() -> None:
    for kept in range(11):
        a, b = np.zeros((2, 1, 20))
        a[0, :10], b[0, 10 - kept : 20 - kept] = 0.1, 0.1
        [agreement] = match_topics(a, b)[1]
        assert agreement == pytest.approx(kept / (20 - kept))
        assert (agreement >= READABLE) == (kept >= 8)


def test_topics_without_terms_agree_with_none() -> None:
    nothing, something = np.zeros((2, 3)), np.ones((2, 3))
    for a, b in ((nothing, something), (something, nothing), (nothing, nothing)):
        partner, agreement = match_topics(a, b)
        assert sorted(partner) == [0, 1]
        assert agreement.tolist() == [0, 0]


@pytest.mark.parametrize(("one", "other"), [((2, 3), (2, 4)), ((3, 3), (2, 3)), ((2, 3), (3, 3)), ((3,), (3,))])
def test_models_of_other_terms_or_as_many_topics_are_refused(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"have the shapes .* allowed are two of one shape\Z") as raised:
        match_topics(np.ones(one), np.ones(other))
    assert "\n" not in str(raised.value)


@st.composite
def coherences(draw: st.DrawFn) -> tuple[TermMatrix, np.ndarray, np.ndarray]:
    """Paragraphs with few of 14 terms, topics, and the weights of the paragraphs."""
    rows, size = draw(st.integers(1, 8)), draw(st.integers(1, 3))
    counts = draw(arrays(np.int64, (rows, TERMS), elements=st.sampled_from([0, 0, 1, 2])))
    counts[0] = np.maximum(counts[0], counts.sum(axis=0) == 0)  # no term is without a paragraph
    matrix = matrix_of({
        f"a:{place}": " ".join(f"t{at:02}" for at, count in enumerate(row) for _ in range(count))
        for place, row in enumerate(counts)
    })  # fmt: skip
    terms = draw(arrays(np.float64, (size, TERMS), elements=st.sampled_from([0.0, 0.1, 0.2, 0.3])))
    terms[:, 0] = 0.4
    weights = np.array(draw(st.lists(st.sampled_from([1.0, 1 / 2, 1 / 3]), min_size=rows, max_size=rows)))
    return matrix, terms, weights


def slowly(matrix: TermMatrix, topic: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Mean NPMI and u_mass of the pairs of a topic's heaviest terms, in plain loops."""
    counts = matrix.values.toarray()

    def share(*terms: int) -> float:
        return sum(weight for row, weight in zip(counts, weights, strict=True) if all(row[at] for at in terms))

    order = sorted(top_terms(topic), key=lambda at: (-topic[at], at))
    npmi, u_mass = [], []
    for heavy, light in combinations(order, 2):
        p, p_heavy, p_light = (share(*terms) / weights.sum() for terms in ((heavy, light), (heavy,), (light,)))
        if p == 0:
            npmi.append(-1.0)
        elif all(row[heavy] and row[light] for row in counts):
            npmi.append(0.0)
        else:
            npmi.append(np.log(p / (p_heavy * p_light)) / -np.log(p))
        u_mass.append(np.log((share(heavy, light) + 1) / share(heavy)))
    return (np.mean(npmi), np.mean(u_mass)) if npmi else (np.nan, np.nan)


@given(coherences())
def test_coherence_is_by_its_formulas(given_: tuple[TermMatrix, np.ndarray, np.ndarray]) -> None:
    matrix, terms, weights = given_
    found = np.array(topic_coherence(matrix, terms, weights)).T
    assert np.allclose(found, [slowly(matrix, topic, weights) for topic in terms], rtol=0, atol=1e-12, equal_nan=True)
    assert np.isnan(found).all(axis=1).tolist() == [(topic > 0).sum() == 1 for topic in terms]
    assert (np.nan_to_num(found[:, 0]) >= -1).all()
    assert (np.nan_to_num(found[:, 0]) <= 1 + 1e-12).all()


def test_coherence_of_the_corpus_is_by_its_formulas(study: Study) -> None:
    model = model_of(study, 4)
    expected = [slowly(model.matrix, topic, model.weights) for topic in model.factors.terms]
    quality = topic_quality(model, resamples=0, seeds=0)
    assert np.allclose(quality[["npmi", "u_mass"]], expected, rtol=0, atol=1e-12)
    # Weights of copies matter.
    plain = topic_coherence(model.matrix, model.factors.terms, np.ones(len(model.groups)))
    assert np.abs(plain[0] - quality["npmi"]).min() > 1e-4


@pytest.mark.parametrize(
    ("texts", "npmi"),
    [
        (["data forum", "data forum", "zone"], 1),
        (["data", "forum", "zone"], -1),
        (["data forum", "data forum zone"], 0),
        (["data forum", "data", "forum", "zone"], 0),  # as often as chance has it
    ],
)
def test_terms_that_are_never_or_always_together(texts: list[str], npmi: float) -> None:
    matrix = matrix_of({f"a:{place}": text for place, text in enumerate(texts)})
    found, _ = topic_coherence(matrix, np.array([[0.5, 0.5, 0.0]]), np.ones(len(texts)))
    assert found[0] == pytest.approx(npmi, abs=1e-12)


def test_npmi_is_that_of_gensim() -> None:
    """With windows longer than any text, and pairs that are together in some but not all.

    gensim adds 1e-12 to each share p of pairs. That changes the logarithm of p by at most 1e-12 / p, and NPMI, of
    which it is part above and below the line, by at most 2e-12 / (p · -ln p): with p from 1/40 to 38/40, by less than
    5e-11.
    """
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    random = np.random.default_rng(4)
    texts = [[f"t{at:02}" for at in np.flatnonzero(random.random(TERMS) < 0.6)] for _ in range(38)]
    texts += [[f"t{at:02}" for at in range(TERMS)], ["t00"]]
    matrix = matrix_of({f"a:{place:02}": " ".join(words) for place, words in enumerate(texts)})
    terms = random.dirichlet(np.ones(TERMS), 4)
    found, _ = topic_coherence(matrix, terms, np.ones(len(texts)))
    expected = CoherenceModel(
        topics=[[matrix.terms[at] for at in np.argsort(-topic)[:10]] for topic in terms], texts=texts,
        dictionary=Dictionary(texts), coherence="c_npmi", window_size=100, topn=10, processes=1,
    ).get_coherence_per_topic()  # fmt: skip
    assert np.allclose(found, expected, rtol=0, atol=5e-11)


@given(coherences())
def test_exclusivity_is_by_its_formula(given_: tuple[TermMatrix, np.ndarray, np.ndarray]) -> None:
    terms = given_[1] / given_[1].sum(axis=1, keepdims=True)
    for topic, found in zip(terms, topic_exclusivity(terms), strict=True):
        expected = [topic[at] / sum(other[at] for other in terms) for at in top_terms(topic)]
        assert found == pytest.approx(np.mean(expected), abs=1e-12)
        assert 0 < found <= 1 + 1e-12


def test_topics_that_share_no_term_are_exclusive() -> None:
    texts = {f"a:{place}": ["data forum role", "zone map"][place % 2] for place in range(6)}
    quality = topic_quality(fit_topics(matrix_of(texts), topics=2), resamples=0, seeds=0)
    assert quality["exclusivity"].tolist() == pytest.approx([1, 1])
    assert topic_exclusivity(np.tile(np.linspace(0.1, 1, 12), (4, 1))).tolist() == pytest.approx([1 / 4] * 4)


def test_a_topic_that_took_nothing_has_no_heaviest_terms() -> None:
    terms = np.array([[0.25] * 4, [0.4, 0.3, 0.3, 0.0]])
    assert np.isnan(topic_exclusivity(terms)).tolist() == [True, False]
    assert match_topics(terms, terms)[1].tolist() == [0, 1]
    matrix = matrix_of({"a:1": "data forum role", "a:2": "data forum", "a:3": "zone"})
    for found in topic_coherence(matrix, terms, np.ones(3)):
        assert np.isnan(found).tolist() == [True, False]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=20), st.integers(0, 99))
def test_resamples_are_four_groups_in_five_with_all_their_copies(names: list[int], seed: int) -> None:
    groups = pd.factorize(np.array(names))[0]
    for drawn in draw_groups(groups, 4, seed):
        assert set(drawn) <= {0.0, 1.0}
        kept = {group for group, times in zip(groups.tolist(), drawn, strict=True) if times}
        assert len(kept) == max(1, round(0.8 * len(set(names))))
        assert not kept & {group for group, times in zip(groups.tolist(), drawn, strict=True) if not times}


def test_planted_topics_come_again_and_those_of_noise_do_not() -> None:
    firm = topic_quality(fit_topics(matrix_of(planted((18, 15, 12))), topics=3), resamples=10, seeds=3)
    noise = topic_quality(fit_topics(matrix_of(planted((45,), own=0, length=20)), topics=3), resamples=10, seeds=3)
    assert (firm[["agreement", "agreement_seeds"]] >= 0.8).all(axis=None)
    assert (noise["agreement"] < READABLE).all()
    assert firm["npmi"].min() > noise["npmi"].max()
    assert firm["exclusivity"].min() > noise["exclusivity"].max()


@pytest.mark.parametrize("method", METHODS)
def test_quality_is_a_table_of_limits_and_means(method: str) -> None:
    model = fit_topics(matrix_of(planted((12, 10, 8))), topics=3, method=method)
    quality = topic_quality(model, resamples=6, seeds=2)
    assert (quality["agreement_low"] <= quality["agreement"]).all()
    assert (quality["agreement"] <= quality["agreement_high"]).all()
    assert quality[["agreement_low", "agreement_high", "agreement_seeds"]].stack().between(0, 1).all()
    shares = model.paragraphs.pivot(index="para_id", columns="topic", values="share")
    assert np.allclose(quality["prevalence"], shares.mean(), rtol=0, atol=1e-12)
    largest = shares.idxmax(axis=1).value_counts().reindex(shares.columns, fill_value=0)
    assert quality["paragraphs"].tolist() == largest.tolist()
    pd.testing.assert_frame_equal(quality, topic_quality(model, resamples=6, seeds=2), check_exact=True)


def test_agreement_is_that_of_models_fitted_anew(model: TopicModel) -> None:
    """A resample of a model without copies is a model of the paragraphs drawn."""
    quality = topic_quality(model, resamples=1, seeds=0, random_state=5)
    [drawn] = draw_groups(model.groups, 1, 5)
    rows = np.flatnonzero(drawn)
    part = Sample(model.sample.values[rows], model.sample.weights[rows], "nmf")
    again = factorise(part, np.ones(len(rows)), 3)
    assert quality["agreement"].tolist() == match_topics(model.factors.terms, again.terms)[1].tolist()


def test_without_refits_their_columns_are_missing(model: TopicModel) -> None:
    quality = topic_quality(model, resamples=0, seeds=0)
    again = ["agreement", "agreement_low", "agreement_high", "agreement_seeds"]
    assert quality[again].isna().all(axis=None)
    assert quality.drop(columns=again).notna().all(axis=None)
    other = topic_quality(model, resamples=2, seeds=1, random_state=9)
    pd.testing.assert_frame_equal(quality.drop(columns=again), other.drop(columns=again), check_exact=True)


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"resamples": -1}, "resamples is -1"), ({"seeds": 1.5}, "seeds is 1.5"), ({"workers": 0}, "workers is 0"),
        ({"random_state": -1}, "random_state is -1"), ({"resamples": True}, "resamples is True"),
    ],
)  # fmt: skip
def test_bad_settings_are_refused(model: TopicModel, options: dict, part: str) -> None:
    with pytest.raises(InputError, match=part) as raised:
        topic_quality(model, **options)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("method", METHODS)
def test_the_greatest_seed_will_do(method: str) -> None:
    seed = 2**32 - 1
    model = fit_topics(matrix_of(planted((16, 14), length=6)), topics=2, method=method, random_state=seed)
    assert topic_quality(model, resamples=1, seeds=1, random_state=seed).notna().all(axis=None)


@pytest.mark.parametrize(
    ("texts", "known"),
    [
        (planted((16, 14)), True), (planted((16, 13)), False),
        ({one: " ".join(text.split()[:2]) + " data" * (place % 2) for place, (one, text) in enumerate(
            planted((40,), seed=2).items())}, False),
    ],
    ids=["thirty paragraphs", "fewer paragraphs", "fewer terms"],
)  # fmt: skip
def test_agreement_is_missing_where_it_says_nothing(texts: dict[str, str], known: bool) -> None:
    matrix = matrix_of(texts)
    assert known == (len(matrix.rows) >= 30 and len(matrix.terms) >= 20)
    quality = topic_quality(fit_topics(matrix, topics=2), resamples=2, seeds=1)
    again = quality[["agreement", "agreement_low", "agreement_high", "agreement_seeds"]]
    assert again.notna().all(axis=None) == known
    assert again.isna().all(axis=None) != known


def test_the_corpus_has_topics_of_which_some_may_be_read(study: Study) -> None:
    matrix, groups = corpus_of(study)
    quality = topic_quality(model_of(study, 4), resamples=10, seeds=2)
    assert (quality["agreement"] >= READABLE).any()
    assert quality["npmi"].between(0, 1).all()
    assert quality["paragraphs"].sum() <= len(groups)
    assert quality["prevalence"].sum() == pytest.approx(1)
    assert len(matrix.terms) > 100
