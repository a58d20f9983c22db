"""Keyness: values of the literature, SciPy and slow second ways, exact enumeration, and the laws of a comparison."""

from __future__ import annotations

from itertools import combinations
from math import log, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import binomtest, chi2_contingency

from wsis_nlp import InputError, Study, TermMatrix, group_rows, term_keyness, term_matrix, tf_idf
from wsis_nlp.concordance import concordance_table
from wsis_nlp.dispersion import term_dispersion
from wsis_nlp.keyness import KEYNESS_COLUMNS, conservative_log_ratio, log_likelihood, log_odds_z
from wsis_nlp.permutation import permutation_p
from wsis_nlp.words import word_term

GROUPS = ("wsis20-unesco", ["ecosoc-2016-draft", "ecosoc-2023-3"])
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
    assert rows.loc["data", "log_ratio"] == pytest.approx(np.log2((3 / 8 + 1 / 15) / (1 / 7 + 1 / 15)))
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


@pytest.mark.parametrize("parts", ["paragraphs", "sections"])
def test_swapping_the_groups_swaps_counts_and_turns_the_ratio(study: Study, parts: Any) -> None:
    groups = ["wsis10-draft"], ["ecosoc-2023-3"]
    one = term_keyness(study.content_matrix, *groups, parts=parts).set_index("term")
    other = term_keyness(study.content_matrix, *groups[::-1], parts=parts).set_index("term").loc[one.index]
    for name in ("count", "rate", "paragraphs"):
        assert one[f"{name}_a"].tolist() == other[f"{name}_b"].tolist()
        assert one[f"{name}_b"].tolist() == other[f"{name}_a"].tolist()
    for name in ("log_ratio", "z", "low"):
        assert np.allclose(one[name], -other[name], rtol=0, atol=1e-9)
    assert np.allclose(one["g2"], other["g2"], rtol=1e-9, atol=1e-9)
    assert one["p"].tolist() == other["p"].tolist()
    assert one["p_sections"].tolist() == other["p_sections"].tolist()
    differ = one["rate_a"] != one["rate_b"]
    dispersed = [name for name in KEYNESS_COLUMNS if name.startswith("dp")]
    assert np.array_equal(one.loc[differ, dispersed], other.loc[differ, dispersed], equal_nan=True)


def test_order_is_by_the_conservative_ratio_then_g2_then_term(study: Study) -> None:
    table = term_keyness(matrix_of({"zeta": [2, 0, 1, 0], "beta": [2, 0, 1, 0], "big": [1, 0, 9, 0]}), ["a"], ["b"])
    assert table["low"].eq(0).all()
    assert table["term"].tolist() == ["big", "beta", "zeta"]
    real = study.keyness(*GROUPS)
    assert (real["low"] != 0).sum() > 10
    keys = list(zip(-real["low"].abs(), -real["g2"], real["term"], strict=True))
    assert keys == sorted(keys)
    assert real["g2"].tolist() != sorted(real["g2"], reverse=True)


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
    assert np.isfinite(table[["rate_a", "rate_b", "log_ratio", "g2", "z", "low", "p"]]).all(axis=None)
    assert (table["g2"] >= 0).all()


def test_equal_use_is_not_key() -> None:
    row = (
        term_keyness(matrix_of({"data": [2, 2, 4, 0], "role": [1, 0, 1, 0]}), ["a"], ["b"])
        .set_index("term")
        .loc["data"]
    )
    assert row["g2"] == pytest.approx(0, abs=1e-12)
    assert row["log_ratio"] == pytest.approx(0, abs=1e-12)
    assert row["z"] == pytest.approx(0, abs=1e-12)
    assert row["low"] == 0


FAULTS = {
    "unknown document": ((["a"], ["x"]), ["document with paragraphs 'x' is unknown", "known are: a, b, c"]),
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


@pytest.mark.cases("keyness.json", "refused")
def test_bad_options_are_refused(case: dict[str, Any]) -> None:
    with pytest.raises(InputError) as raised:
        term_keyness(SMALL, ["a"], ["b"], **case["options"])
    assert "\n" not in str(raised.value)
    for part in case["says"]:
        assert part in str(raised.value)


@pytest.mark.cases("keyness.json", "g2")
def test_g2_equals_published_values(case: dict[str, Any]) -> None:
    table = np.array(case["table"], dtype=float)
    found = log_likelihood(table[0][:, None], table.sum(axis=0))
    assert found.item() == pytest.approx(case["g2"], abs=0.005)


def z_by_hand(y: tuple[int, int], n: tuple[int, int], share: float, prior_size: int) -> float:
    """Log-odds of one term in two groups, term by term as Monroe, Colaresi and Quinn write it."""
    alpha = prior_size * share
    omega = [log((y[i] + alpha) / (n[i] + prior_size - y[i] - alpha)) for i in (0, 1)]
    variance = 1 / (y[0] + alpha) + 1 / (y[1] + alpha)
    return (omega[0] - omega[1]) / sqrt(variance)


@pytest.mark.parametrize("prior_size", [1, 500, 20_000])
def test_z_equals_a_slow_second_way(study: Study, prior_size: int) -> None:
    matrix = study.content_matrix
    table = term_keyness(matrix, ["wsis10-draft"], ["ecosoc-2023-3"], prior_size=prior_size, permutations=0)
    background = dict(zip(matrix.terms, matrix.values.sum(axis=0).tolist(), strict=True))
    n = int(table["count_a"].sum()), int(table["count_b"].sum())
    for row in pd.concat([table.head(40), table.tail(40)]).itertuples():
        share = background[row.term] / sum(background.values())
        assert row.z == pytest.approx(z_by_hand((row.count_a, row.count_b), n, share, prior_size), rel=1e-9)


def test_a_prior_draws_the_rates_together_and_a_single_term_has_no_odds() -> None:
    counts, totals, shares = np.array([[30.0, 1], [10, 0]]), np.array([1000.0, 1000]), np.array([0.02, 0.0005])
    z = [log_odds_z(counts, totals, shares, prior_size=size) for size in (1, 500, 50_000)]
    assert z[0][0] > z[1][0] > z[2][0] > 0
    assert z[1][1] < 1
    assert np.isnan(term_keyness(matrix_of({"data": [3, 0, 1, 0]}), ["a"], ["b"])["z"]).all()


@given(COUNTS, st.integers(1, 400), st.integers(1, 400))
def test_conservative_ratio_equals_that_of_exact_binomial_limits(
    counts: list[tuple[int, int]], more_a: int, more_b: int
) -> None:
    pairs = [pair for pair in counts if sum(pair)]
    assume(pairs)
    table = np.array(pairs, dtype=float).T
    totals = table.sum(axis=1) + np.array([more_a, more_b])
    found = conservative_log_ratio(table, totals)
    for (a, b), value in zip(pairs, found, strict=True):
        limits = binomtest(a, a + b).proportion_ci(1 - 0.05 / len(pairs), method="exact")
        bound = limits.low if a / totals[0] >= b / totals[1] else limits.high
        ratio = np.log2(totals[1] / totals[0] * bound / (1 - bound)) if 0 < bound < 1 else 0.0
        expected = max(ratio, 0) if a / totals[0] >= b / totals[1] else min(ratio, 0)
        assert value == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_conservative_ratio_is_nearer_to_zero_than_the_ratio(study: Study) -> None:
    table = study.keyness(*GROUPS)
    told = table[table["low"] != 0]
    assert (np.sign(told["low"]) == np.sign(told["log_ratio"])).all()
    assert (np.sign(table["log_ratio"]) == np.sign(table["rate_a"] - table["rate_b"])).all()
    assert (told["low"].abs() < told["log_ratio"].abs()).all()
    assert (told["g2"] > 15).all()


ROWS = st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=8, max_size=8)


def exact_p(values: np.ndarray, in_a: np.ndarray) -> np.ndarray:
    """P-values of each term and of all together from all dealings, the deviation of each term being that over them."""
    rows, size = len(in_a), int(in_a.sum())
    lengths = values.sum(axis=1)
    residuals = values - np.outer(lengths, values.sum(axis=0) / lengths.sum())
    sums = np.array([residuals[list(chosen)].sum(axis=0) for chosen in combinations(range(rows), size)])
    spread = sums.std(axis=0)
    scale = np.where(spread > 1e-9, spread, np.inf)
    dealt, own = sums / scale, residuals[in_a].sum(axis=0) / scale
    sides = [(np.column_stack([sign * dealt, (sign * dealt).max(axis=1)]), sign * own) for sign in (1, -1)]
    single = [(signed[:, :-1] >= one - 1e-9).mean(axis=0) for signed, one in sides]
    adjusted = [(signed[:, -1:] >= one - 1e-9).mean(axis=0) for signed, one in sides]
    return np.array([np.minimum(one, other) for one, other in (single, adjusted)])


@given(ROWS, st.sampled_from([3, 4, 5]))
def test_p_comes_near_that_of_all_dealings(rows: list[list[int]], size: int) -> None:
    values = np.array(rows)
    assume(values.sum() > 0)
    in_a = np.arange(8) < size
    exact, draws = exact_p(values, in_a), 1999
    found = permutation_p(sparse.csr_array(values), in_a, permutations=draws)
    allowed = 2 * (4.5 * np.sqrt(exact * (1 - exact) / draws) + 1 / draws)
    assert (np.abs(found - np.minimum(2 * exact, 1)) <= allowed).all()
    assert (found[0] <= found[1]).all()


def test_what_the_larger_group_has_more_of_is_found_as_well() -> None:
    """A rate four times as high, in 80 hits: one threshold for both directions would miss the second."""
    generator = np.random.default_rng(5)
    values = generator.poisson(0.5, size=(120, 300))
    in_a = np.arange(120) < 30
    for hits in ((46, 34), (6, 74)):
        values[:, 0] = 0
        for group, count in zip((in_a, ~in_a), hits, strict=True):
            values[group, 0] = generator.multinomial(count, np.full(group.sum(), 1 / group.sum()))
        assert permutation_p(sparse.csr_array(values), in_a)[1, 0] < 0.05


def dealt(rows: int, *, planted: bool) -> TermMatrix:
    """Two documents of many paragraphs in sections of five; one of them has a term that the other has not."""
    generator = np.random.default_rng(11)
    values = generator.poisson(0.5, size=(rows, 12))
    half = np.arange(rows) < rows // 2
    if planted:
        values[:, 0] = np.where(half, 1, 0)
    names = pd.DataFrame({
        "doc_id": np.where(half, "a", "b"), "para_id": [f"d:{place}" for place in range(rows)],
        "section": [(f"Section {place // 5}",) for place in range(rows)],
    })  # fmt: skip
    return TermMatrix(sparse.csr_array(values), names, tuple("abcdefghijkl"))


def test_a_term_of_one_document_alone_is_found_and_others_are_not() -> None:
    table = term_keyness(dealt(80, planted=True), ["a"], ["b"]).set_index("term")
    assert table.loc["a", ["p", "p_sections", "p_single"]].tolist() == [0.002, 0.002, 0.002]
    assert (table["p"].drop("a") > 0.05).all()
    assert (table["p_sections"].drop("a") > 0.05).all()
    quiet = term_keyness(dealt(80, planted=False), ["a"], ["b"])
    assert (quiet["p"] > 0.05).all()
    steps = quiet["p"] * 500
    assert np.allclose(steps, steps.round(), rtol=0, atol=1e-9)


def test_sections_are_dealt_out_whole() -> None:
    matrix = dealt(60, planted=True)
    table = term_keyness(matrix, ["a"], ["b"]).set_index("term")
    grouped = group_rows(matrix, by="section")
    summed = TermMatrix(grouped.values, pd.DataFrame({"doc_id": ["a"] * 6 + ["b"] * 6}), matrix.terms)
    expected = term_keyness(summed, ["a"], ["b"]).set_index("term").loc[table.index, "p"]
    assert table["p_sections"].tolist() == expected.tolist()
    assert table["p_sections"].tolist() != table["p"].tolist()
    assert set(table["permuted"]) == {"paragraphs"}


def test_p_is_missing_where_it_could_not_fall_below_a_twentieth() -> None:
    """Three sections against three can be dealt out in 20 ways, four against four in 70."""
    for rows, missing in ((30, True), (40, False)):
        table = term_keyness(dealt(rows, planted=False), ["a"], ["b"])
        assert table["p_sections"].isna().all() == missing
        assert table["p"].notna().all()
    assert term_keyness(SMALL, ["a"], ["b", "c"])["p"].isna().all()
    unknown = dealt(35, planted=False)
    unknown = TermMatrix(unknown.values, unknown.rows.drop(columns="section"), unknown.terms)
    assert term_keyness(unknown, ["a"], ["b"])["p_sections"].isna().all()


def test_same_seed_same_table_other_seed_other_p(study: Study) -> None:
    groups = ["wsis20-unesco"], ["ecosoc-2023-3"]
    one, again = (term_keyness(study.content_matrix, *groups, permutations=199) for _ in range(2))
    pd.testing.assert_frame_equal(one, again)
    other = term_keyness(study.content_matrix, *groups, permutations=199, random_state=1)
    assert one["p"].tolist() != other["p"].tolist()
    assert one["term"].tolist() == other["term"].tolist()


def test_without_permutations_nothing_is_random() -> None:
    table = term_keyness(dealt(40, planted=True), ["a"], ["b"], permutations=0, parts="sections")
    assert table[["p", "p_sections", "dp_null_low", "dp_null_high"]].isna().all(axis=None)
    assert table[["z", "low", "dp", "dp_norm"]].notna().all(axis=None)
    assert set(table["permuted"]) == {"none"}
    for permutations, missing in ((39, True), (40, False)):
        few = term_keyness(dealt(40, planted=True), ["a"], ["b"], permutations=permutations)
        assert few[["p", "p_single"]].isna().all(axis=None) == missing


def test_names_of_documents_and_other_documents_do_not_matter() -> None:
    matrix = dealt(40, planted=True)
    table = term_keyness(matrix, ["a"], ["b"])
    renamed = matrix.rows.assign(doc_id=[f"{one}{place % 2}" for place, one in enumerate(matrix.rows["doc_id"])])
    parted = term_keyness(TermMatrix(matrix.values, renamed, matrix.terms), ["a1", "a0"], ["b0", "b1"])
    same = [name for name in KEYNESS_COLUMNS if name != "p_sections"]
    pd.testing.assert_frame_equal(table[same], parted[same])
    more = pd.concat([matrix.rows, matrix.rows.assign(doc_id="c")], ignore_index=True)
    stacked = TermMatrix(sparse.csr_array(sparse.vstack([matrix.values, matrix.values])), more, matrix.terms)
    pd.testing.assert_frame_equal(table, term_keyness(stacked, ["a"], ["b"]))


@pytest.mark.parametrize("parts", ["paragraphs", "sections"])
def test_dispersion_is_that_of_the_group_with_the_higher_rate(study: Study, parts: Any) -> None:
    matrix = study.content_matrix
    table = term_keyness(matrix, ["a-res-70-125"], ["wsis20-unesco"], parts=parts).set_index("term")
    assert table["dp"].notna().any()
    for doc_id, chosen in (
        ("a-res-70-125", table["rate_a"] > table["rate_b"]),
        ("wsis20-unesco", table["rate_a"] < table["rate_b"]),
    ):
        own = matrix.select_rows((matrix.rows["doc_id"] == doc_id).to_numpy())
        values = own.values if parts == "paragraphs" else group_rows(own, by="section").values
        expected = term_dispersion(values, values.sum(axis=1)).set_index(pd.Index(matrix.terms))
        found = table.loc[chosen, expected.columns]
        assert np.array_equal(found, expected.loc[found.index], equal_nan=True)


def test_every_count_opens_to_as_many_lines_of_a_concordance(study: Study) -> None:
    table = study.keyness(*GROUPS).set_index("term")
    tokens = study.tokens[study.tokens["term"].isin(table.index)]
    lines = concordance_table(study.body, tokens)
    terms = tokens["term"].to_numpy()
    assert [word_term(one).lower() for one in lines["match"]] == terms.tolist()
    for side, group in zip("ab", ([GROUPS[0]], GROUPS[1]), strict=True):
        own = lines.assign(term=terms)[lines["doc_id"].isin(group)].groupby("term")["para_id"]
        for name, found in (("count", own.size()), ("paragraphs", own.nunique())):
            assert table[f"{name}_{side}"].tolist() == found.reindex(table.index, fill_value=0).tolist()
