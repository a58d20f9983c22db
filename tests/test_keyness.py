"""Keyness: the log-likelihood ratio against SciPy, and the laws of a comparison of two groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from wsis_nlp import InputError, Study, TermMatrix, term_keyness, term_matrix, tf_idf
from wsis_nlp.keyness import KEYNESS_COLUMNS

COUNTS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=5)


def matrix_of(counts: dict[str, list[int]]) -> TermMatrix:
    """Counts of terms in the paragraphs a:1, a:2, b:1, c:1 (as many as the lists are long)."""
    ids = ["a:1", "a:2", "b:1", "c:1"]
    tokens = pd.DataFrame(
        [(ids[place], term) for term, row in counts.items() for place, count in enumerate(row) for _ in range(count)],
        columns=["para_id", "term"],
    )
    return term_matrix(tokens, pd.DataFrame({"doc_id": [one[0] for one in ids], "para_id": ids}))


SMALL = matrix_of({"data": [3, 0, 1, 0], "forum": [0, 1, 4, 2], "role": [2, 2, 2, 2], "zone": [0, 0, 0, 5]})


def g2_by_scipy(a: int, b: int, total_a: int, total_b: int) -> float:
    table = np.array([[a, b], [total_a - a, total_b - b]])
    if (table.sum(axis=1) == 0).any():
        return 0.0
    return float(chi2_contingency(table, lambda_="log-likelihood", correction=False).statistic)


def test_table_by_hand() -> None:
    table = term_keyness(SMALL, ["a"], ["b"])
    assert tuple(table.columns) == KEYNESS_COLUMNS
    rows = table.set_index("term")
    assert sorted(rows.index) == ["data", "forum", "role"]
    assert rows.loc["data", ["count_a", "count_b", "paragraphs_a", "paragraphs_b"]].tolist() == [3, 1, 1, 1]
    assert rows.loc["role", ["count_a", "count_b", "paragraphs_a", "paragraphs_b"]].tolist() == [4, 2, 2, 1]
    assert rows.loc["data", "rate_a"] == pytest.approx(1000 * 3 / 8)
    assert rows.loc["data", "rate_b"] == pytest.approx(1000 * 1 / 7)
    assert rows.loc["data", "log_ratio"] == pytest.approx(np.log2((3.5 / 9) / (1.5 / 8)))
    assert rows.loc["forum", "log_ratio"] < 0 < rows.loc["data", "log_ratio"]


@given(COUNTS)
def test_g2_equals_that_of_scipy(counts: list[tuple[int, int]]) -> None:
    totals = [sum(pair[side] for pair in counts) for side in (0, 1)]
    assume(all(totals))
    matrix = matrix_of({f"t{place}": [a, 0, b, 0] for place, (a, b) in enumerate(counts)})
    table = term_keyness(matrix, ["a"], ["b"]).set_index("term")
    for place, (a, b) in enumerate(counts):
        if a or b:
            assert table.loc[f"t{place}", "g2"] == pytest.approx(g2_by_scipy(a, b, *totals), rel=1e-9, abs=1e-9)
        else:
            assert f"t{place}" not in table.index


def test_g2_of_the_corpus_equals_that_of_scipy(study: Study) -> None:
    table = study.keyness("wsis10-draft", ["ecosoc-2016-draft", "ecosoc-2023-3"])
    totals = table["count_a"].sum(), table["count_b"].sum()
    sample = pd.concat([table.head(50), table.tail(50)])
    expected = [g2_by_scipy(row.count_a, row.count_b, *totals) for row in sample.itertuples()]
    assert np.allclose(sample["g2"], expected, rtol=1e-9, atol=1e-9)


def test_swapping_the_groups_swaps_counts_and_turns_the_ratio(study: Study) -> None:
    one = study.keyness("wsis10-draft", "ecosoc-2023-3").set_index("term")
    other = study.keyness("ecosoc-2023-3", "wsis10-draft").set_index("term").loc[one.index]
    for name in ("count", "rate", "paragraphs"):
        assert one[f"{name}_a"].tolist() == other[f"{name}_b"].tolist()
        assert one[f"{name}_b"].tolist() == other[f"{name}_a"].tolist()
    assert np.allclose(one["log_ratio"], -other["log_ratio"], rtol=0, atol=1e-12)
    assert np.allclose(one["g2"], other["g2"], rtol=1e-9, atol=1e-9)


def test_order_is_by_g2_then_term() -> None:
    table = term_keyness(matrix_of({"zeta": [2, 0, 1, 0], "beta": [2, 0, 1, 0], "big": [1, 0, 9, 0]}), ["a"], ["b"])
    assert table["term"].tolist() == ["big", "beta", "zeta"]


def test_counts_of_a_group_are_those_of_its_documents() -> None:
    table = term_keyness(SMALL, ["b", "c"], ["a"]).set_index("term")
    assert table.loc["forum", ["count_a", "count_b", "paragraphs_a"]].tolist() == [6, 1, 2]
    assert table.loc["zone", "count_a"] == 5
    again = term_keyness(SMALL, ["c", "b", "c"], ["a"]).set_index("term")
    pd.testing.assert_frame_equal(table, again)


def test_values_are_finite_where_a_term_is_absent_from_a_group(study: Study) -> None:
    table = study.keyness("a-res-70-125", "wsis20-unesco")
    assert (table["count_a"] == 0).any()
    assert (table["count_b"] == 0).any()
    assert np.isfinite(table[["rate_a", "rate_b", "log_ratio", "g2"]]).all(axis=None)
    assert (table["g2"] >= 0).all()


def test_equal_use_is_not_key() -> None:
    row = (
        term_keyness(matrix_of({"data": [2, 2, 4, 0], "role": [1, 0, 1, 0]}), ["a"], ["b"])
        .set_index("term")
        .loc["data"]
    )
    assert row["g2"] == pytest.approx(0, abs=1e-12)
    assert row["log_ratio"] == pytest.approx(0, abs=1e-12)


FAULTS = {
    "unknown document": ((["a"], ["x"]), ["document 'x' is unknown", "known are: a, b, c"]),
    "document in both groups": ((["a", "b"], ["b"]), ["document 'b' stands in both groups"]),
    "empty group": (([], ["b"]), ["a group has no document", "a, b, c"]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_bad_groups_are_refused(name: str) -> None:
    groups, parts = FAULTS[name]
    with pytest.raises(InputError) as raised:
        term_keyness(SMALL, *groups)
    assert "\n" not in str(raised.value)
    for part in parts:
        assert part in str(raised.value)


def test_group_without_terms_and_weighted_matrix_are_refused() -> None:
    with pytest.raises(InputError, match="the documents b, c have no counted term"):
        term_keyness(matrix_of({"data": [1, 0, 0, 0]}), ["a"], ["b", "c"])
    with pytest.raises(InputError, match="weighted by tf-idf"):
        term_keyness(tf_idf(SMALL), ["a"], ["b"])
