"""Dispersion: the worked examples of the literature, the laws of DP, and its null band against enumeration."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from wsis_nlp import InputError
from wsis_nlp.dispersion import DISPERSION_COLUMNS, deviation_of_proportions, term_dispersion

PARTS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=8)


@pytest.mark.cases("keyness.json", "dispersion")
def test_worked_examples(case: dict[str, Any]) -> None:
    row = term_dispersion(np.array([case["hits"]]).T, case["sizes"]).iloc[0]
    for name in ("dp", "dp_norm"):
        expected = np.nan if case[name] is None else case[name]
        assert row[name] == pytest.approx(expected, abs=1e-12, nan_ok=True)
    if case["dp_norm"] is None:
        assert row[["dp_null_low", "dp_null_high"]].isna().all()


@given(PARTS)
def test_laws_of_dp(parts: list[tuple[int, int]]) -> None:
    hits, sizes = np.array(parts).T
    sizes = sizes + hits
    row = term_dispersion(hits[:, None], sizes, draws=0).iloc[0]
    real = sizes[sizes > 0]
    if hits.sum() < max(len(real), 1):
        assert row.isna().all()
        return
    most = 1 - real.min() / real.sum()
    assert -1e-12 <= row["dp"] <= most + 1e-12
    assert np.isnan(row["dp_norm"]) == (len(real) == 1)
    even = all(hit * real.sum() == size * hits.sum() for hit, size in parts_of(hits, sizes))
    assert (row["dp"] < 1e-12) == even
    backwards = term_dispersion(hits[::-1, None], sizes[::-1], draws=0).iloc[0]
    assert np.allclose(row, backwards, rtol=0, atol=1e-12, equal_nan=True)


def parts_of(hits: np.ndarray, sizes: np.ndarray) -> list[tuple[int, int]]:
    return [(int(hit), int(size)) for hit, size in zip(hits, sizes, strict=True)]


def test_null_band_holds_the_middle_of_all_placings() -> None:
    """Four hits on three unequal parts can fall in 81 ways, each with its probability."""
    sizes, hits = np.array([2.0, 3.0, 5.0]), 4
    chances: Counter[float] = Counter()
    for places in product(range(3), repeat=hits):
        value = deviation_of_proportions(np.bincount(places, minlength=3)[:, None].astype(float), sizes)[0] / 0.8
        chances[round(float(value), 9)] += float(np.prod(sizes[list(places)] / sizes.sum()))
    values = np.array(sorted(chances))
    cumulated = np.cumsum([chances[value] for value in values])
    row = term_dispersion(np.array([[1], [1], [2]]), sizes, draws=20_000).iloc[0]
    assert row["dp_null_low"] == pytest.approx(values[np.searchsorted(cumulated, 0.025)], abs=1e-9)
    assert row["dp_null_high"] == pytest.approx(values[np.searchsorted(cumulated, 0.975)], abs=1e-9)


def test_clustered_terms_lie_above_the_band_and_scattered_ones_within() -> None:
    generator = np.random.default_rng(5)
    sizes = generator.integers(20, 80, size=30)
    scattered = generator.multinomial(120, sizes / sizes.sum())
    clustered = np.where(np.arange(30) < 8, 15, 0)
    table = term_dispersion(np.column_stack([scattered, clustered]), sizes)
    inside = table["dp_norm"].between(table["dp_null_low"], table["dp_null_high"])
    assert inside.tolist() == [True, False]
    assert table.loc[1, "dp_norm"] > table.loc[1, "dp_null_high"]


def test_a_band_depends_on_the_hits_of_its_term_alone() -> None:
    sizes = [10, 20, 30, 40]
    both = term_dispersion([[4, 1], [3, 2], [2, 3], [1, 9]], sizes)
    alone = term_dispersion([[1], [2], [3], [9]], sizes)
    assert both.iloc[1].tolist() == alone.iloc[0].tolist()
    again = term_dispersion(sparse.csr_array([[1], [2], [3], [9]]), sizes)
    assert again.iloc[0].tolist() == alone.iloc[0].tolist()
    counts = np.arange(1, 41)[:, None]
    bands = {seed: term_dispersion(counts, np.full(40, 50), random_state=seed)["dp_null_low"].item() for seed in (0, 1)}
    assert bands[0] != bands[1]
    assert tuple(both.columns) == DISPERSION_COLUMNS


@pytest.mark.parametrize(
    ("sizes", "options", "says"),
    [
        ([10], {}, "sizes do not fit the counts"),
        ([10, 1], {}, "sizes do not fit the counts"),
        ([10, 2.5], {}, "sizes do not fit the counts"),
        ([10, float("nan")], {}, "sizes do not fit the counts"),
        ([10, 10], {"draws": -1}, "draws is -1"),
        ([10, 10], {"random_state": -1}, "random_state is -1"),
    ],
)
def test_bad_input_is_refused(sizes: list[float], options: dict[str, int], says: str) -> None:
    with pytest.raises(InputError, match=says) as raised:
        term_dispersion([[1], [2]], sizes, **options)
    assert "\n" not in str(raised.value)


def test_a_count_below_zero_is_refused() -> None:
    with pytest.raises(InputError, match="sizes do not fit the counts"):
        term_dispersion([[1], [-1]], [10, 10])
