"""Prevalence and change with limits: laws of the refits, worked percentiles, verdicts; and typical paragraphs."""

from __future__ import annotations

import dataclasses
import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from planted_topics import VOCABULARIES, corpus_of, matrix_of, planted, reordered
from scipy import stats

from wsis_nlp import (
    InputError,
    Study,
    TopicModel,
    TopicRefits,
    fit_topics,
    refit_topics,
    topic_change,
    topic_prevalence,
    typical_paragraphs,
)
from wsis_nlp.topics import factors

LIMITS = ["low", "high", "joint_low", "joint_high"]


def document(name: str, sizes: dict[str, int]) -> dict[str, str]:
    """A document with so many paragraphs of ten words of each vocabulary, in turn."""
    random, texts = np.random.default_rng(len(sizes)), {}
    for topic, size in sizes.items():
        for _ in range(size):
            texts[f"{name}:{len(texts):02}"] = " ".join(random.choice(VOCABULARIES[topic].split(), 10))
    return texts


@pytest.fixture(scope="module", autouse=True)
def quick() -> object:
    """Few passes will do for laws that hold after any number of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factors, "ITERATIONS", 10)
        yield


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return fit_topics(matrix_of(planted((18, 15, 12), own=0.6, length=20)), topics=3)


@pytest.fixture(scope="module")
def refits(model: TopicModel) -> TopicRefits:
    return refit_topics(model, draws=100)


@pytest.fixture(scope="module")
def real(study: Study) -> TopicRefits:
    matrix, groups = corpus_of(study)
    return refit_topics(fit_topics(matrix, topics=4, groups=groups), draws=100)


@pytest.mark.parametrize("by", ["doc_id", "section"])
def test_prevalence_is_the_mean_share_and_sums_to_one(by: str, real: TopicRefits) -> None:
    rows, table = real.model.matrix.rows, topic_prevalence(real, by=by)
    keys = ["doc_id"] if by == "doc_id" else ["doc_id", "section"]
    assert list(table.columns) == [*keys, "topic", "label", "paragraphs", "prevalence", "low", "high"]
    shares = real.model.paragraphs.merge(rows, on=["doc_id", "para_id"])
    means = shares.groupby([*keys, "topic"], as_index=False)["share"].mean()
    both = table.merge(means, on=[*keys, "topic"], validate="one_to_one")
    assert len(both) == len(table) == len(means)
    assert np.allclose(both["prevalence"], both["share"], rtol=0, atol=1e-9)
    sizes = rows.groupby(keys, as_index=False).size()
    assert table.merge(sizes, on=keys).eval("paragraphs == size").all()
    assert np.allclose(table.groupby(keys)["prevalence"].sum(), 1, rtol=0, atol=1e-9)


def test_limits_are_in_order_and_hold_what_was_found(refits: TopicRefits, real: TopicRefits) -> None:
    for one in (refits, real):
        table = topic_prevalence(one)
        assert table["low"].notna().all()
        assert (table["low"] <= table["high"]).all()
        assert table[["low", "high"]].stack().between(0, 1).all()
        assert (table["prevalence"].between(table["low"], table["high"])).mean() >= 0.95
        wider = topic_prevalence(one, level=0.99)
        assert (wider["low"] <= table["low"]).all()
        assert (wider["high"] >= table["high"]).all()


def test_fewer_than_five_paragraphs_have_no_limits(real: TopicRefits) -> None:
    table = topic_prevalence(real, by="section")
    few = table["paragraphs"] < 5
    assert 0 < few.sum() < len(table)
    for limit in ("low", "high"):
        assert table[limit].isna().tolist() == few.tolist()
    assert table["prevalence"].notna().all()


def test_documents_and_sections_stand_in_the_order_of_the_text() -> None:
    names = {"b:1": "Zones", "b:2": "Zones", "b:3": "Aims", "a:1": "Maps", "a:2": "Aims", "a:3": "Maps"}
    texts = {one: "data forum role" if name == "Aims" else "zone map link" for one, name in names.items()}
    refits = refit_topics(fit_topics(matrix_of(texts, sections=names), topics=2), draws=100)
    assert topic_prevalence(refits)["doc_id"].unique().tolist() == ["b", "a"]
    table = topic_prevalence(refits, by="section").drop_duplicates(["doc_id", "section"])
    assert list(zip(table["doc_id"], table["section"], strict=True)) == [
        ("b", ("Zones",)), ("b", ("Aims",)), ("a", ("Maps",)), ("a", ("Aims",))
    ]  # fmt: skip


@pytest.mark.parametrize(("size", "percentile"), [(5, 0.0009541), (20, 0.0158808), (100, 0.0230644)])
def test_percentiles_are_those_of_hesterberg(size: int, percentile: float) -> None:
    """Φ(-√(n / (n - 1)) · t) for n paragraphs, where t is the 97.5th percentile of Student's with n - 1 degrees.

    For n = 20: t = 2.0930241, √(20 / 19) = 1.0259784, Φ(-2.1473974) = 0.0158808, where plain percentiles have 0.025.
    The shares of the refits are made up here, 0 to 1 in equal steps, so that a percentile is the limit.
    """
    model = fit_topics(matrix_of({f"a:{place:03}": "data forum" for place in range(size)}), topics=1)
    steps = np.linspace(0, 1, 1001)[::-1]
    shares = np.broadcast_to(steps[:, None, None], (1001, size, 1)).copy()
    [row] = topic_prevalence(TopicRefits(model, "paragraph", np.ones((1001, size)), shares)).itertuples()
    assert row.low == pytest.approx(percentile, rel=1e-4)
    assert row.high == pytest.approx(1 - percentile, rel=1e-4)


def test_a_document_of_one_paragraph_repeated_has_no_width() -> None:
    texts = {f"a:{place}": "data forum role" for place in range(6)}
    texts |= {f"b:{place}": ["data forum role", "zone map link"][place % 2] for place in range(10)}
    table = topic_prevalence(refit_topics(fit_topics(matrix_of(texts), topics=2), draws=100)).set_index("doc_id")
    assert (table.loc["a", "high"] - table.loc["a", "low"]).max() < 1e-9
    assert sorted(table.loc["a", "prevalence"]) == pytest.approx([0, 1], abs=1e-9)
    assert (table.loc["b", "high"] - table.loc["b", "low"]).min() > 0.1


def renumbered(model: TopicModel, order: list[int]) -> TopicModel:
    """The same model with its topics in another order."""
    factors = model.factors._replace(shares=model.factors.shares[:, order], terms=model.factors.terms[order])
    return dataclasses.replace(model, factors=factors)


def test_another_numbering_changes_no_interval(model: TopicModel, refits: TopicRefits) -> None:
    order = [2, 0, 1]
    other = refit_topics(renumbered(model, order), draws=100)
    for told in (topic_prevalence, lambda one: topic_change(one, "a", "b")):
        first, second = (told(one).drop(columns=["topic", "label"]) for one in (refits, other))
        places = np.concatenate([np.array(order) + start for start in range(0, len(first), 3)])
        pd.testing.assert_frame_equal(first.iloc[places].reset_index(drop=True), second, check_exact=False, rtol=1e-12)


def test_another_order_of_rows_changes_no_interval(model: TopicModel, refits: TopicRefits) -> None:
    matrix = reordered(matrix_of(planted((18, 15, 12), own=0.6, length=20)))
    other = refit_topics(fit_topics(matrix, topics=3), draws=100)
    tables = [topic_prevalence(one).sort_values(["doc_id", "topic"], ignore_index=True) for one in (refits, other)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    pd.testing.assert_frame_equal(topic_change(refits, "a", "b"), topic_change(other, "a", "b"), check_exact=True)


def test_a_seed_repeats_and_another_draws_otherwise(model: TopicModel, refits: TopicRefits) -> None:
    again, other = refit_topics(model, draws=100), refit_topics(model, draws=100, random_state=1)
    assert (again.times == refits.times).all()
    assert np.array_equal(again.shares, refits.shares, equal_nan=True)
    assert (other.times != refits.times).any()


def test_each_refit_draws_as_many_paragraphs_of_each_document(refits: TopicRefits) -> None:
    for _, places in refits.model.matrix.rows.groupby("doc_id").indices.items():
        assert (refits.times[:, places].sum(axis=1) == len(places)).all()
        assert refits.times[:, places].max() > 1
        # A paragraph is left out of a refit as chance has it, 1/e of the times in long documents.
        assert (refits.times[:, places] == 0).mean() == pytest.approx((1 - 1 / len(places)) ** len(places), abs=0.05)
    missing = np.isnan(refits.shares).any(axis=2)
    assert (missing == (refits.times == 0)).all()
    assert np.allclose(refits.shares[~missing].sum(axis=1), 1)


def test_whole_sections_are_drawn_and_widen_intervals_where_they_are_alike() -> None:
    places = [(doc_id, at // 5, at) for doc_id in "ab" for at in range(30)]
    texts = {f"{doc_id}:{at:02}": VOCABULARIES[["rights", "access"][part % 2]] for doc_id, part, at in places}
    sections = {f"{doc_id}:{at:02}": f"part {part}" for doc_id, part, at in places}
    model = fit_topics(matrix_of(texts, sections=sections), topics=2)
    by_paragraph, by_section = (refit_topics(model, draws=100, unit=unit) for unit in ("paragraph", "section"))
    for _, own in model.matrix.rows.groupby(["doc_id", "section"]).indices.items():
        assert len(own) == 5
        assert (by_section.times[:, own] == by_section.times[:, own[:1]]).all()
        assert (by_paragraph.times[:, own] != by_paragraph.times[:, own[:1]]).any()
    for _, own in model.matrix.rows.groupby("doc_id").indices.items():
        assert (by_section.times[:, own].sum(axis=1) == 30).all()
    widths = [table["high"] - table["low"] for table in map(topic_prevalence, (by_paragraph, by_section))]
    assert (widths[1] > 1.5 * widths[0]).all()
    # A section is one unit of itself, and one is too few.
    assert topic_prevalence(by_section, by="section")[["low", "high"]].isna().all(axis=None)
    assert topic_prevalence(by_paragraph, by="section")[["low", "high"]].notna().all(axis=None)


def test_topics_that_hardly_vary_make_no_limits_without_end(refits: TopicRefits) -> None:
    """A topic whose share in the refits is always the same but for rounding, or far from that of the model."""
    first = (refits.model.matrix.rows["doc_id"] == "a").to_numpy()
    noise = np.random.default_rng(1).standard_normal(100)[:, None] * first
    tables = {}
    for name, values in {
        "same": 0.2 + 0 * noise,
        "rounded": 0.2 + 1e-14 * noise,
        "far": 0.9 * first + 1e-4 * noise,
    }.items():
        shares = refits.shares.copy()
        shares[:, :, 2] = np.where(np.isnan(shares[:, :, 2]), np.nan, values)
        tables[name] = topic_change(dataclasses.replace(refits, shares=shares), "a", "b")
    assert np.allclose(tables["same"][LIMITS], tables["rounded"][LIMITS], rtol=0, atol=1e-9)
    assert np.isfinite(tables["far"][LIMITS]).all(axis=None)


OPPOSITE = {"grows": "fades", "fades": "grows", "appears": "disappears", "disappears": "appears"}


def test_change_back_is_the_negative_of_change_forth(refits: TopicRefits, real: TopicRefits) -> None:
    for one in (refits, real):
        for a, b in combinations(sorted(set(one.model.matrix.rows["doc_id"])), 2):
            forth, back = topic_change(one, a, b), topic_change(one, b, a)
            for name, other in {
                "change": "change", "low": "high", "high": "low", "joint_low": "joint_high", "joint_high": "joint_low"
            }.items():  # fmt: skip
                assert np.allclose(forth[name], -back[other], rtol=0, atol=1e-9)
            assert (forth["prevalence_a"] == back["prevalence_b"]).all()
            assert [OPPOSITE.get(verdict, verdict) for verdict in forth["verdict"]] == back["verdict"].tolist()


def test_changes_agree_with_prevalence_and_joint_limits_hold_the_single_ones(
    refits: TopicRefits, real: TopicRefits
) -> None:
    for one in (refits, real):
        prevalence = topic_prevalence(one).pivot(index="topic", columns="doc_id", values="prevalence")
        for a, b in combinations(prevalence.columns, 2):
            change = topic_change(one, a, b)
            assert np.allclose(change["prevalence_a"], prevalence[a], rtol=0, atol=1e-12)
            assert np.allclose(change["prevalence_b"], prevalence[b], rtol=0, atol=1e-12)
            assert np.allclose(change["change"], prevalence[b] - prevalence[a], rtol=0, atol=1e-12)
            assert abs(change["change"].sum()) < 1e-9
            assert (change["joint_low"] <= change["low"]).all()
            assert (change["low"] <= change["high"]).all()
            assert (change["high"] <= change["joint_high"]).all()
            assert change["change"].between(change["joint_low"], change["joint_high"]).all()


@pytest.mark.parametrize(("shift", "least"), [(0, 1), (2, 9)])
def test_joint_limits_are_by_their_formula(refits: TopicRefits, shift: float, least: float) -> None:
    """Also where the refits all differ from the model, here by a shift made up for a topic, by many deviations."""
    shifted = (refits.model.matrix.rows["doc_id"] == "a").to_numpy()[:, None] * [0, 0, shift]
    refits = dataclasses.replace(refits, shares=refits.shares + shifted)
    change = topic_change(refits, "a", "b")
    documents = refits.model.matrix.rows["doc_id"].to_numpy()
    drawn = []
    for times, shares in zip(refits.times, refits.shares, strict=True):
        means = [np.average(shares[own & (times > 0)], axis=0, weights=times[own & (times > 0)]) for own in
                 (documents == "a", documents == "b")]  # fmt: skip
        drawn.append(means[1] - means[0])
    spread = np.std(drawn, axis=0)
    greatest = [max(abs((one - change["change"]) / spread)) for one in drawn]
    assert np.quantile(greatest, 0.95) > least
    size = min((documents == "a").sum(), (documents == "b").sum())
    tail = stats.norm.sf(np.quantile(greatest, 0.95))
    reach = stats.t.isf(tail, size - 1) * np.sqrt(size / (size - 1)) * spread
    assert np.allclose(change["joint_low"], np.minimum(change["low"], change["change"] - reach), rtol=0, atol=1e-9)
    assert np.allclose(change["joint_high"], np.maximum(change["high"], change["change"] + reach), rtol=0, atol=1e-9)


PLANTED = {
    "one stays, one leaves, one comes": (
        {"rights": 20, "access": 20}, {"rights": 20, "learning": 20},
        {"rights": "persists", "access": "disappears", "learning": "appears"},
    ),
    "more and less": (
        {"rights": 30, "access": 12}, {"rights": 12, "access": 30}, {"rights": "fades", "access": "grows"}
    ),
    "too few to tell": (
        {"rights": 4, "access": 2}, {"rights": 3, "access": 3}, {"rights": "not told", "access": "not told"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_verdicts_of_planted_changes(name: str) -> None:
    a, b, expected = PLANTED[name]
    refits = refit_topics(fit_topics(matrix_of(document("a", a) | document("b", b)), topics=len(expected)), draws=100)
    first = refits.model.terms.groupby("topic")["term"].first()
    names = first.map(lambda term: next(name for name in expected if term in VOCABULARIES[name].split()))
    change, limits = topic_change(refits, "a", "b"), topic_prevalence(refits).set_index(["doc_id", "topic"])
    assert dict(zip(change["topic"].map(names), change["verdict"], strict=True)) == expected
    enough = 1 / (2 * len(expected))
    for row in change.itertuples():
        one, other = limits.loc[("a", row.topic)], limits.loc[("b", row.topic)]
        if row.joint_low > 0:
            told = "appears" if one["high"] < enough <= other["low"] else "grows"
        elif row.joint_high < 0:
            told = "disappears" if other["high"] < enough <= one["low"] else "fades"
        else:
            told = "persists" if min(one["low"], other["low"]) >= enough else "not told"
        assert row.verdict == told


def test_documents_of_few_paragraphs_tell_of_no_change() -> None:
    texts = document("a", {"rights": 20}) | document("b", {"access": 4})
    change = topic_change(refit_topics(fit_topics(matrix_of(texts), topics=2), draws=100), "a", "b")
    assert change[LIMITS].isna().all(axis=None)
    assert change["verdict"].tolist() == ["not told"] * 2
    assert sorted(change["change"]) == pytest.approx([-1, 1], abs=1e-6)


def refused(message: str, call: object) -> None:
    with pytest.raises(InputError, match=re.escape(message)) as raised:
        call()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"draws": 39}, "draws is 39; allowed is a whole number of at least"),
        ({"draws": 100.5}, "draws is 100.5"),
        ({"unit": "word"}, "unit is 'word'; allowed are: paragraph, section"),
        ({"unit": "section"}, "rows of the matrix lacks the column section"),
        ({"random_state": -1}, "random_state is -1"),
        ({"workers": 0}, "workers is 0"),
    ],
)
def test_bad_settings_of_refits_are_refused(model: TopicModel, options: dict, message: str) -> None:
    refused(message, lambda: refit_topics(model, **options))


def test_bad_questions_are_refused(refits: TopicRefits) -> None:
    for level in (0, 1, 95, -0.5, "95", np.nan):
        message = f"level is {level!r}; allowed is a number from 0.5 to 0.9999"
        refused(message, lambda level=level: topic_prevalence(refits, level=level))
        refused(message, lambda level=level: topic_change(refits, "a", "b", level=level))
    refused("by is 'para_id'; allowed are: doc_id, section", lambda: topic_prevalence(refits, by="para_id"))
    refused("rows of the matrix lacks the column section", lambda: topic_prevalence(refits, by="section"))
    refused("document of the model 'z' is unknown; known are: a, b, c", lambda: topic_change(refits, "a", "z"))
    refused("document 'a' is given twice", lambda: topic_change(refits, "a", "a"))


TYPICAL = {
    "a:1": "data forum role", "a:2": "data forum role", "a:3": "data forum role data forum role", "a:4": "data",
    "b:1": "zone map link", "b:2": "map zone link", "b:3": "zone map link data", "b:4": "zone zone map",
}  # fmt: skip


def typical(number: int, groups: pd.Series[str] | None = None) -> dict[str, list[str]]:
    """Most typical paragraphs of the topic of data and that of zones."""
    matrix = matrix_of(TYPICAL)
    model = fit_topics(matrix, topics=2, groups=groups)
    paragraphs = pd.DataFrame({"para_id": list(TYPICAL), "text": list(TYPICAL.values())})
    table = typical_paragraphs(model, paragraphs.iloc[::-1], number=number)
    assert table["text"].tolist() == [TYPICAL[one] for one in table["para_id"]]
    assert table["terms"].tolist() == [len(text.split()) for text in table["text"]]
    assert table["doc_id"].tolist() == table["para_id"].str[0].tolist()
    assert table["label"].tolist() == model.labels[table["topic"]].tolist()
    for _, rows in table.groupby("topic"):
        assert rows["rank"].tolist() == list(range(1, len(rows) + 1))
        assert rows["share"].is_monotonic_decreasing
    shares = model.paragraphs.set_index(["para_id", "topic"])["share"]
    assert np.allclose(table["share"], shares[pd.MultiIndex.from_frame(table[["para_id", "topic"]])], rtol=0, atol=1e-9)
    best = {rows["label"].iloc[0].split(", ")[0]: rows["para_id"].tolist() for _, rows in table.groupby("topic")}
    return {("data" if label in {"data", "forum", "role"} else "zone"): rows for label, rows in best.items()}


def test_typical_paragraphs_have_the_greatest_shares_and_among_equals_the_most_terms() -> None:
    found = typical(3)
    # All are of one topic; the longest comes first, then they stand in the order of their ids. One word is too few.
    assert found["data"] == ["a:3", "a:1", "a:2"]
    assert found["zone"] == ["b:1", "b:2", "b:4"]
    assert typical(1) == {"data": ["a:3"], "zone": ["b:1"]}


def test_of_copies_one_is_typical() -> None:
    groups = pd.Series({one: one for one in TYPICAL} | {"a:2": "a:1", "a:3": "a:1", "b:2": "b:1"})
    found = typical(2, groups)
    assert found["data"][0] == "a:3"
    assert not {"a:1", "a:2"} & set(found["data"])
    assert found["zone"] == ["b:1", "b:4"]


def test_typical_paragraphs_of_the_corpus_are_long_and_no_copies_of_one_another(
    study: Study, real: TopicRefits
) -> None:
    model = real.model
    table = typical_paragraphs(model, study.body, number=5)
    texts = study.body.set_index("para_id")["text"]
    assert table["text"].tolist() == texts[table["para_id"]].tolist()
    groups = pd.Series(model.groups, index=model.matrix.rows["para_id"])
    for _, rows in table.groupby("topic"):
        assert len(rows) == 5
        assert groups[rows["para_id"]].is_unique
        assert rows["share"].is_monotonic_decreasing
    lengths = np.asarray(model.matrix.values.sum(axis=1))
    assert (table["terms"] >= np.median(lengths)).all()


def test_bad_tables_of_paragraphs_are_refused(model: TopicModel) -> None:
    paragraphs = pd.DataFrame({"para_id": ["a:1"], "text": ["data"]})
    refused("number is 0; allowed is a whole number", lambda: typical_paragraphs(model, paragraphs, number=0))
    refused("paragraphs lacks the column text", lambda: typical_paragraphs(model, paragraphs[["para_id"]]))
