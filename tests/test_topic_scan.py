"""The scan of numbers of topics: it finds those that were planted, none in shuffled words, and says what it found."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from planted_topics import matrix_of, planted, shuffled

from wsis_nlp import InputError, TermMatrix, TopicScan, scan_topics
from wsis_nlp.topics import READABLE, factors, scan

MEASURES = ["stability", "seeds", "npmi", "u_mass", "exclusivity", "explained"]
NUMBERS = [2, 3, 4]
PLANTED = {2: ((24, 24), 3), 3: ((16, 16, 16), 1), 4: ((14, 14, 14, 14), 3)}
"""Sizes of the topics of a corpus and its seed, by the number of topics."""


@pytest.fixture(scope="module", autouse=True)
def quick() -> object:
    """Few passes and resamples will do for small corpora whose topics are plain."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factors, "ITERATIONS", 10)
        patch.setattr(scan, "COMPARED", 2)
        yield


def texts_of(number: int) -> dict[str, str]:
    sizes, seed = PLANTED[number]
    return planted(sizes, own=0.6, length=20, seed=seed)


@pytest.fixture(scope="module", params=PLANTED, ids="{} topics".format)
def found(request: pytest.FixtureRequest) -> tuple[int, TopicScan]:
    matrix = matrix_of(texts_of(request.param))
    return request.param, scan_topics(matrix, topics=NUMBERS, resamples=3, seeds=1)


@pytest.fixture(scope="module", params=PLANTED, ids="{} topics shuffled".format)
def of_noise(request: pytest.FixtureRequest) -> TopicScan:
    matrix = matrix_of(shuffled(texts_of(request.param), seed=PLANTED[request.param][1]))
    return scan_topics(matrix, topics=[2, 4], resamples=3, seeds=1)


def stability(result: TopicScan) -> pd.DataFrame:
    return result.table[result.table["measure"] == "stability"].set_index("topics")


def figures(text: str) -> list[float]:
    return [float(one) for one in re.findall(r"\d\.\d\d", text)]


def test_planted_numbers_of_topics_are_recommended(found: tuple[int, TopicScan]) -> None:
    number, result = found
    assert result.topics == number
    assert result.p == 1 / 20
    assert stability(result)["value"][number] >= READABLE


def test_the_reason_gives_figures_of_the_table(found: tuple[int, TopicScan]) -> None:
    number, result = found
    row = stability(result).loc[number]
    expected = [row["value"], row["shuffled"], row["shuffled_low"], row["shuffled_high"]]
    told = figures(result.reason)
    assert [told[0], *told[2:]] == [round(one, 2) for one in expected]
    assert result.reason.startswith(f"{number} topics are recommended: ")
    supported = [int(one) for one in re.search(r"supported \(([\d, ]+)\)\.$", result.reason)[1].split(", ")]
    assert number in supported
    assert (stability(result)["value"][supported] >= READABLE).all()
    difference = stability(result)["value"] - stability(result)["shuffled"]
    assert difference[supported].idxmax() == number


def test_shuffled_words_support_no_number(of_noise: TopicScan) -> None:
    assert of_noise.topics is None
    assert of_noise.reason.startswith("No number of topics is supported: ")
    assert round(of_noise.p * 20, 9) in range(2, 21)  # a rank among twenty
    best = stability(of_noise)["value"]
    assert f"agreement is greatest with {best.idxmax()} topics, {best.max():.2f} (standard" in of_noise.reason
    assert of_noise.reason.endswith("no number has more than text of shuffled words.")


def test_the_table_has_each_measure_of_each_number(found: tuple[int, TopicScan]) -> None:
    table = found[1].table
    assert list(zip(table["topics"], table["measure"], strict=True)) == [
        (number, measure) for number in NUMBERS for measure in MEASURES
    ]
    assert table.drop(columns="p").notna().all(axis=None)
    assert (table["p"].notna() == (table["measure"] == "stability")).all()
    assert table["p"].min() == found[1].p
    for low, value, high in (("low", "value", "high"), ("shuffled_low", "shuffled", "shuffled_high")):
        assert (table[low] <= table[value] + 1e-12).all()
        assert (table[value] <= table[high] + 1e-12).all()
    limits = table.set_index("measure").drop(columns=["topics", "p"])
    for measure in ("stability", "seeds", "exclusivity", "explained"):
        assert limits.loc[measure].stack().between(0, 1 + 1e-12).all()
    assert limits.loc["npmi"].stack().between(-1, 1).all()
    # More topics leave less unexplained, in any text.
    for column in ("value", "shuffled"):
        assert table.loc[table["measure"] == "explained", column].is_monotonic_increasing


def test_topics_of_text_cohere_more_than_those_of_shuffled_words(found: tuple[int, TopicScan]) -> None:
    number, result = found
    table = result.table[result.table["topics"] == number].set_index("measure")
    for measure in ("npmi", "exclusivity", "explained"):
        assert table.loc[measure, "value"] > table.loc[measure, "shuffled_high"]


def agreements(texts: np.ndarray, numbers: list[int]) -> dict[int, list[np.ndarray]]:
    """Agreements of each text (the real one first) by number, from their means: here two of each."""
    return {
        number: [np.array([mean - 0.01, mean + 0.01]) for mean in texts[:, at]] for at, number in enumerate(numbers)
    }  # fmt: skip


RULES = {
    # Mean agreement with two and three topics of the text, and of the shuffled ones; the number; p; and what is told.
    "the greatest difference of those supported": ((0.9, 0.95), (0.5, 0.4), 3, 1 / 20, "numbers supported (2, 3)."),
    "a number below what may be read does not count": ((0.7, 0.59), (0.5, 0.1), 2, 1 / 20, "numbers supported (2)."),
    "none that may be read": ((0.59, 0.5), (0.3, 0.3), None, 1 / 20, "2, 3 topics have more than text of shuffled"),
    "none that exceeds": ((0.7, 0.65), (0.7, 0.65), None, 11 / 20, "no number has more than text of shuffled words."),
    "less than shuffled words": (
        (0.7, 0.65),
        (0.8, 0.85),
        None,
        1.0,
        "no number has more than text of shuffled words.",
    ),
    "those that exceed may not be read": (
        (0.7, 0.55),
        (0.7, 0.3),
        None,
        1 / 20,
        "2 topics, 0.70 (standard error 0.01)",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_the_rule(name: str) -> None:
    real, others, topics, p, part = RULES[name]
    spread = np.linspace(-0.02, 0.02, 19)[:, None]
    texts = np.vstack([real, np.array(others) + spread])
    found, reason, found_p = scan._recommended(agreements(texts, [2, 3]), [])
    assert (found, min(found_p)) == (topics, pytest.approx(p))
    assert part in reason
    assert ("is greatest with 2 topics" in reason) == (topics is None)
    assert scan._recommended(agreements(texts, [2, 3]), [7, 8])[1] == (
        f"{reason} Not fitted, for want of paragraphs or terms: 7, 8 topics."
    )


def test_p_is_the_rank_of_the_greatest_excess() -> None:
    """The share of texts whose greatest excess, in standard deviations of all texts, is at least that of the number."""
    random, seen = np.random.default_rng(2), set()
    for _ in range(200):
        texts = random.random((20, 3))
        topics, _, p = scan._recommended(agreements(texts, [2, 3, 4]), [])
        means, spreads = texts.mean(axis=0), texts.std(axis=0)
        greatest = [max((value - m) / s for value, m, s in zip(one, means, spreads, strict=True)) for one in texts]
        excess = [(value - m) / s for value, m, s in zip(texts[0], means, spreads, strict=True)]
        expected = [(1 + sum(one >= of_number for one in greatest[1:])) / 20 for of_number in excess]
        assert p == pytest.approx(expected)
        assert topics is None or p[topics - 2] == pytest.approx(1 / 20)
        seen.add(round(min(p) * 20))
    assert len(seen) > 15


def test_texts_without_topics_pass_once_in_twenty() -> None:
    """By the rule alone, where all texts are of one kind and may be read: at most 5 in 100, here of 1,000."""
    random = np.random.default_rng(3)
    drawn = (agreements(0.6 + 0.4 * random.random((20, 3)), [2, 3, 4]) for _ in range(1000))
    passed = [scan._recommended(texts, [])[0] is not None for texts in drawn]
    assert 0.022 < np.mean(passed) < 0.078  # four standard errors


def test_texts_are_compared_over_as_many_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """What further resamples of the real text say enters its mean, not the comparison."""
    monkeypatch.setattr(scan, "COMPARED", 2)
    shuffled_ones = [np.array([0.5, 0.5 + place / 100]) for place in range(19)]
    told = [
        scan._recommended({2: [np.array([0.55, 0.55, further, further]), *shuffled_ones]}, []) for further in (0.6, 1.0)
    ]
    assert told[0][2] == told[1][2]
    assert "0.58 (standard error" in told[0][1]
    assert "0.78 (standard error" in told[1][1]


@pytest.mark.parametrize(
    ("texts", "topics", "parts"),
    [
        (["data forum"] * 40, [2], ["40 paragraphs", "2 terms", "at least 30 and 20"]),
        (["data forum"] * 29, [2], ["29 paragraphs"]),
        ([], [2], ["0 paragraphs", "0 terms"]),
        (["", ""] * 20, [2], ["0 paragraphs"]),
        (list(planted((40,), own=0.6).values()), [17, 20], ["40 paragraphs", "at least 43 and 34 are needed"]),
    ],
    ids=["few terms", "few paragraphs", "no paragraphs", "no words", "many topics"],
)
@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_little_text_supports_no_number(texts: list[str], topics: list[int], parts: list[str], method: str) -> None:
    matrix = matrix_of({f"a:{place}": text for place, text in enumerate(texts)})
    result = scan_topics(matrix, topics=topics, method=method)
    assert result.topics is None
    assert np.isnan(result.p)
    assert result.table.empty
    assert list(result.table.columns) == list(scan.SCAN_COLUMNS)
    assert "\n" not in result.reason
    for part in parts:
        assert part in result.reason


def test_copies_count_as_one_paragraph() -> None:
    texts = planted((20, 20), own=0.6)
    groups = pd.Series([str(place // 2) for place in range(40)], index=list(texts))
    result = scan_topics(matrix_of(texts), groups=groups, topics=[2])
    assert "20 paragraphs that are no copies" in result.reason


def test_numbers_for_which_there_is_too_little_are_left_out() -> None:
    matrix = matrix_of(planted((15, 15), own=0.6, length=20))
    result = scan_topics(matrix, topics=[13, 2, 2, 12], resamples=2, seeds=1)
    assert result.table["topics"].unique().tolist() == [2, 12]  # 24 of 30 paragraphs in a resample, two for a topic
    assert result.reason.endswith(" Not fitted, for want of paragraphs or terms: 13 topics.")


def test_lda_is_scanned_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from gensim import models

    whole = models.LdaModel  # thirty passes of a hundred models take long
    monkeypatch.setattr(models, "LdaModel", lambda *given, **options: whole(*given, **{**options, "passes": 1}))
    matrix = matrix_of(planted((15, 15), own=1, length=6))
    result = scan_topics(matrix, topics=[2], method="lda", resamples=2, seeds=1)
    assert result.table.drop(columns="p").notna().all(axis=None)
    assert result.table["measure"].tolist() == MEASURES


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"topics": []}, "topics is empty; allowed are whole numbers of at least 2"),
        ({"topics": [1, 2]}, "topics is 1; allowed is a whole number of at least 2"),
        ({"topics": [2.5]}, "topics is 2.5"),
        ({"resamples": 1}, "resamples is 1; allowed is a whole number of at least 2"),
        ({"seeds": -1}, "seeds is -1; allowed is a whole number of at least 0"),
        ({"shuffles": 18}, "shuffles is 18; allowed is a whole number of at least 19"),
        ({"workers": 0}, "workers is 0; allowed is a whole number of at least 1"),
        ({"random_state": -1}, "random_state is -1"),
        ({"method": "lsa"}, "method is 'lsa'; allowed are: nmf, lda"),
    ],
)
def test_bad_settings_are_refused(options: dict, part: str) -> None:
    with pytest.raises(InputError, match=re.escape(part)) as raised:
        scan_topics(matrix_of(planted((20, 20), own=0.6)), **options)
    assert "\n" not in str(raised.value)


def test_shuffled_texts_keep_words_lengths_and_copies() -> None:
    texts = planted((12, 10, 8), own=0.6, length=20)
    copies = {f"{one}x": text for place, (one, text) in enumerate(texts.items()) if place % 3 == 0}
    matrix = matrix_of(texts | copies)
    groups = np.array([*range(30), *range(0, 30, 3)])
    of_texts = scan._shuffled(matrix, groups, 3, 5)
    for one in of_texts:
        first, copied = one.values[:30], one.values[30:]
        assert (first.sum(axis=0) == matrix.values[:30].sum(axis=0)).all()
        assert (first.sum(axis=1) == matrix.values[:30].sum(axis=1)).all()
        assert (first != matrix.values[:30]).nnz > 0
        assert (copied != first[np.arange(0, 30, 3)]).nnz == 0
    assert (of_texts[0].values != of_texts[1].values).nnz > 0


def test_every_number_needs_two_paragraphs_and_two_terms_a_topic() -> None:
    """The table of what is needed, worked by hand: five paragraphs for two topics, of which a resample has four."""
    assert [scan._needed(topics) for topics in (2, 10, 12, 13, 20)] == [
        (30, 20), (30, 20), (30, 24), (33, 26), (50, 40)
    ]  # fmt: skip


def test_random_starts_change_no_other_row(found: tuple[int, TopicScan]) -> None:
    number, result = found
    without = scan_topics(matrix_of(texts_of(number)), topics=NUMBERS, resamples=3, seeds=0)
    expected = result.table[result.table["measure"] != "seeds"].reset_index(drop=True)
    pd.testing.assert_frame_equal(without.table, expected)
    assert (without.topics, without.reason, without.p) == (result.topics, result.reason, result.p)


def test_matrix_is_not_altered() -> None:
    matrix = matrix_of(planted((15, 15), own=0.6))
    before, rows = matrix.values.copy(), matrix.rows.copy()
    scan_topics(TermMatrix(matrix.values, matrix.rows, matrix.terms), topics=[2], resamples=2, seeds=1)
    assert (before != matrix.values).nnz == 0
    pd.testing.assert_frame_equal(matrix.rows, rows)
