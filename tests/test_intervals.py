"""Intervals: worked examples of the literature, SciPy, the formula as written, and the laws of limits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from wsis_nlp import InputError
from wsis_nlp.intervals import difference_interval, rate_interval, share_interval

CASES = json.loads((Path(__file__).parent / "cases" / "intervals.json").read_text("utf-8"))
FEW = [2, 0, 0, 1, 0, 5, 0, 1], [60, 45, 120, 80, 15, 90, 200, 70]
METHODS = ["korn-graubard", "bootstrap", "wilson"]
EXACT = ["korn-graubard", "wilson"]
PARAGRAPHS = st.lists(
    st.integers(0, 400).flatmap(lambda length: st.tuples(st.integers(0, length), st.just(length))), max_size=30
).map(lambda pairs: ([count for count, _ in pairs], [length for _, length in pairs]))
LEVELS = st.floats(0.5, 0.9999)


def wilson(hits: int, tokens: int) -> Any:
    return rate_interval([hits], [tokens], method="wilson")


def by_the_formula(
    counts: list[int], lengths: list[int], level: float, *, z: float | None = None
) -> tuple[float, float]:
    """Korn and Graubard's limits for a rate that is neither 0 nor 1, step by step."""
    n, paragraphs = sum(lengths), len(lengths)
    p = sum(counts) / n
    squares = sum((y - p * length) ** 2 for y, length in zip(counts, lengths, strict=True))
    v = max(paragraphs / (paragraphs - 1) * squares / n**2, p * (1 - p) / n)
    alpha = 1 - level
    z, t = z or stats.norm.ppf(1 - alpha / 2), stats.t.ppf(1 - alpha / 2, paragraphs - 1)
    effective = p * (1 - p) / v * (z / t) ** 2
    x = p * effective
    return stats.beta.ppf(alpha / 2, x, effective - x + 1), stats.beta.ppf(1 - alpha / 2, x + 1, effective - x)


@pytest.mark.parametrize("case", CASES["newcombe"], ids=lambda case: case["name"])
def test_newcombe_1998_table_2_method_10(case: dict[str, Any]) -> None:
    interval = wilson(*case["first"]).minus(wilson(*case["second"]))
    assert interval[1:] == pytest.approx(case["limits"], abs=5e-5)


@pytest.mark.parametrize(("having", "of"), [(0, 1), (1, 1), (0, 30), (1, 30), (7, 30), (29, 30), (30, 30)])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_share_equals_the_exact_interval_of_scipy(having: int, of: int, level: float) -> None:
    expected = stats.binomtest(having, of).proportion_ci(level, method="exact")
    share = share_interval([True] * having + [False] * (of - having), level=level)
    assert share == pytest.approx((having / of, expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("tokens", [1, 50, 3000])
def test_no_hit_and_hits_alone_have_the_exact_interval_of_all_tokens(tokens: int) -> None:
    for counts in ([0, 0], [tokens, tokens]):
        expected = stats.binomtest(sum(counts), 2 * tokens).proportion_ci(0.95, method="exact")
        assert rate_interval(counts, [tokens, tokens])[1:] == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_no_hit_in_3000_tokens_has_an_upper_limit() -> None:
    assert rate_interval([0] * 40, [75] * 40) == pytest.approx((0, 0, 1 - 0.025 ** (1 / 3000)), rel=1e-9)


@pytest.mark.parametrize(("hits", "tokens"), [(0, 90), (1, 90), (40, 90), (90, 90)])
def test_wilson_equals_that_of_scipy(hits: int, tokens: int) -> None:
    expected = stats.binomtest(hits, tokens).proportion_ci(0.95, method="wilson")
    assert wilson(hits, tokens)[1:] == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(PARAGRAPHS, LEVELS)
def test_the_default_is_the_formula(paragraphs: tuple[list[int], list[int]], level: float) -> None:
    counts, lengths = ([2, 1, *paragraphs[0]], [9, 5, *paragraphs[1]])
    kept = [place for place, length in enumerate(lengths) if length]
    expected = by_the_formula([counts[place] for place in kept], [lengths[place] for place in kept], level)
    assert rate_interval(counts, lengths, level=level)[1:] == pytest.approx(expected, rel=1e-8, abs=1e-12)


@pytest.mark.parametrize("level", ["0.95", "0.8"])
@pytest.mark.parametrize("case", CASES["svyciprop"], ids=lambda case: case["name"])
def test_the_default_comes_near_r(case: dict[str, Any], level: str) -> None:
    """Limits of R 4.2.2, survey 4.1-1: ``svyciprop(~x, svydesign(ids = ~para, data = tokens), "beta", level)``.

    R has the quantile of Student's t with n - 1 degrees of freedom where the recipe has the normal one. For some 2,000
    tokens this makes n* larger by about a thousandth, is all that differs, and moves no limit by more of its distance
    from the rate. R's variance has no lower bound; where tokens of a paragraph are alike, as here, none is needed.
    """
    counts, lengths, limits = case["counts"], case["lengths"], case["limits"][level]
    n, share = sum(lengths), float(level)
    student = stats.t.ppf((1 + share) / 2, n - 1)
    assert by_the_formula(counts, lengths, share, z=student) == pytest.approx(limits, rel=1e-8)
    rate, *found = rate_interval(counts, lengths, level=share)
    larger = (student / stats.norm.ppf((1 + share) / 2)) ** 2 - 1
    for limit, of_r in zip(found, limits, strict=True):
        assert 0 < abs(limit - of_r) < larger * abs(of_r - rate)


def test_more_mentions_may_lower_the_upper_limit() -> None:
    assert rate_interval([6] + [1] * 9, [100] * 10).high < rate_interval([6] + [0] * 9, [100] * 10).high


def test_many_paragraphs_of_one_token_come_near_the_exact_interval() -> None:
    hits, paragraphs = 400, 20_000
    expected = stats.binomtest(hits, paragraphs).proportion_ci(0.95, method="exact")
    limits = rate_interval([1] * hits + [0] * (paragraphs - hits), [1] * paragraphs)[1:]
    assert limits == pytest.approx((expected.low, expected.high), rel=1e-3)


def test_evenly_spread_hits_count_for_no_more_than_their_tokens() -> None:
    even = rate_interval([1] * 200, [100] * 200)
    naive = stats.binomtest(200, 20_000).proportion_ci(0.95, method="exact")
    assert even.low < naive.low < 0.01 < naive.high < even.high


@pytest.mark.parametrize("case", CASES["undefined"], ids=lambda case: case["name"])
@pytest.mark.parametrize("method", METHODS)
def test_undefined_is_nan_and_nothing_else_is(case: dict[str, Any], method: Any) -> None:
    interval = rate_interval(case["counts"], case["lengths"], method=method)
    assert [name for name, value in interval._asdict().items() if not np.isnan(value)] == case["defined"][method]


def test_no_paragraph_has_no_share() -> None:
    assert np.isnan(share_interval([])).all()


@given(PARAGRAPHS, LEVELS, st.sampled_from(EXACT))
def test_limits_lie_about_the_rate(paragraphs: tuple[list[int], list[int]], level: float, method: Any) -> None:
    rate, low, high = rate_interval(*paragraphs, level=level, method=method)
    total = sum(paragraphs[1])
    if not total:
        assert np.isnan([rate, low, high]).all()
    else:
        assert rate == sum(paragraphs[0]) / total
        assert np.isnan(low) or 0 <= low <= rate <= high <= 1


@given(PARAGRAPHS, LEVELS, LEVELS, st.sampled_from(METHODS))
def test_a_higher_level_is_no_narrower(
    paragraphs: tuple[list[int], list[int]], one: float, other: float, method: Any
) -> None:
    inner, outer = (rate_interval(*paragraphs, level=level, method=method) for level in sorted((one, other)))
    assert np.isnan(inner.low) == np.isnan(outer.low)
    assert not inner.low < outer.low - 1e-12
    assert not inner.high > outer.high + 1e-12


@given(PARAGRAPHS, st.randoms(use_true_random=False))
def test_order_and_empty_paragraphs_change_nothing(paragraphs: tuple[list[int], list[int]], chance: Any) -> None:
    pairs = [*zip(*paragraphs, strict=True), (0, 0), (0, 0)]
    chance.shuffle(pairs)
    counts, lengths = zip(*pairs, strict=True)
    expected = rate_interval(*paragraphs)
    assert rate_interval(counts, lengths) == pytest.approx(expected, rel=1e-8, abs=1e-12, nan_ok=True)


def test_an_empty_paragraph_changes_no_resample() -> None:
    counts, lengths = FEW
    expected = rate_interval(counts, lengths, method="bootstrap")
    assert rate_interval([0, *counts, 0], [0, *lengths, 0], method="bootstrap") == expected


def test_heaped_hits_have_wider_limits_than_spread_ones() -> None:
    spread, heaped = rate_interval([1] * 6 + [0] * 14, [80] * 20), rate_interval([6] + [0] * 19, [80] * 20)
    assert spread.estimate == heaped.estimate
    assert heaped.low < spread.low < spread.high < heaped.high


@pytest.mark.parametrize("method", METHODS)
def test_many_concepts_are_as_one_by_one(method: Any) -> None:
    rng = np.random.default_rng(1)
    lengths = rng.integers(0, 120, (25, 6))
    counts = rng.binomial(lengths, [0, 0.001, 0.01, 0.1, 0.5, 1])
    whole = rate_interval(counts, lengths, method=method)
    singly = [rate_interval(counts[:, place], lengths[:, place], method=method) for place in range(6)]
    assert np.allclose(np.transpose(whole), singly, rtol=1e-12, atol=0)
    shared = np.full(25, 120)
    whole = rate_interval(counts, shared, method=method)
    singly = [rate_interval(column, shared, method=method) for column in counts.T]
    assert np.allclose(np.transpose(whole), singly, rtol=1e-12, atol=0)


def test_shares_of_many_concepts_are_as_one_by_one() -> None:
    having = np.array([[1, 0, 1], [1, 0, 0], [1, 0, 0]])
    assert np.array_equal(np.transpose(share_interval(having)), [share_interval(column) for column in having.T])


@pytest.mark.parametrize("resamples", [1, 49, 120])
def test_bootstrap_is_the_plain_loop(resamples: int) -> None:
    draw = np.random.default_rng(4)
    lengths = draw.integers(3, 40, 30)
    counts = np.minimum(draw.integers(0, 3, (30, 5)) * (draw.random((30, 5)) < 0.3), lengths[:, None])
    generator, rates = np.random.default_rng(9), []
    for _ in range(resamples):
        drawn = generator.integers(30, size=30)
        rates.append(counts[drawn].sum(axis=0) / lengths[drawn].sum())
    found = rate_interval(counts, lengths, method="bootstrap", resamples=resamples, random_state=9)
    assert np.allclose(found[1:], np.quantile(rates, [0.025, 0.975], axis=0), rtol=1e-13, atol=0)


def test_bootstrap_follows_its_seed() -> None:
    one, again = (rate_interval(*FEW, method="bootstrap", random_state=7) for _ in range(2))
    other = rate_interval(*FEW, method="bootstrap", random_state=8)
    assert one == again
    assert one != other


def test_bootstrap_comes_near_the_bootstrap_of_scipy() -> None:
    rng = np.random.default_rng(3)
    lengths = rng.integers(20, 120, 60)
    counts = rng.binomial(lengths, 0.05)
    expected = stats.bootstrap(
        (counts, lengths), lambda y, n, axis: y.sum(axis=axis) / n.sum(axis=axis), paired=True, method="percentile",
        n_resamples=20_000, rng=rng,
    ).confidence_interval  # fmt: skip
    limits = rate_interval(counts, lengths, method="bootstrap", resamples=20_000)[1:]
    assert limits == pytest.approx(expected, rel=0.02)


def test_bootstrap_of_two_paragraphs_by_hand() -> None:
    # Both paragraphs, or one of them twice, each with a probability of a quarter at least: the rates 1/2, 0 and 1.
    assert rate_interval([4, 0], [4, 4], method="bootstrap") == (0.5, 0, 1)


@given(PARAGRAPHS, PARAGRAPHS, LEVELS)
def test_swapping_the_documents_turns_the_difference(
    a: tuple[list[int], list[int]], b: tuple[list[int], list[int]], level: float
) -> None:
    difference, low, high = difference_interval(*a, *b, level=level)
    turned = difference_interval(*b, *a, level=level)
    assert np.array_equal(turned, (-difference, -high, -low), equal_nan=True)
    assert np.isnan(low) or -1 - 1e-12 <= low <= difference <= high <= 1 + 1e-12


@given(PARAGRAPHS)
def test_a_document_does_not_differ_from_itself(paragraphs: tuple[list[int], list[int]]) -> None:
    difference, low, high = difference_interval(*paragraphs, *paragraphs)
    assert np.isnan(low) or (difference == 0 and low == -high <= 0)


def test_documents_without_a_hit_differ_by_their_upper_limits_at_most() -> None:
    a, b = ([0] * 10, [100] * 10), ([0] * 40, [100] * 40)
    assert difference_interval(*a, *b) == (0, -rate_interval(*a).high, rate_interval(*b).high)


def test_differences_of_many_concepts_are_as_one_by_one() -> None:
    counts, lengths = np.array([FEW[0], [0] * 8]).T, np.array(FEW[1])
    whole = difference_interval(counts[::-1], lengths[::-1], counts * 2, lengths)
    singly = [difference_interval(one[::-1], lengths[::-1], one * 2, lengths) for one in counts.T]
    assert np.allclose(np.transpose(whole), singly, rtol=1e-12, atol=0)


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_bad_input_is_refused(case: dict[str, Any]) -> None:
    given_values = {"counts": [1, 0], "lengths": [10, 10], **case["given"]}
    with pytest.raises(InputError, match=case["message"]) as caught:
        rate_interval(**given_values)
    assert "\n" not in str(caught.value)


def test_what_is_neither_true_nor_false_is_no_share() -> None:
    with pytest.raises(InputError, match="row 1 of counts holds 2"):
        share_interval([1, 2])


def test_documents_are_compared_in_the_same_concepts() -> None:
    with pytest.raises(InputError, match="allowed are the same concepts in both"):
        difference_interval([[1, 0]], [9], [[1, 0, 0]], [9])
