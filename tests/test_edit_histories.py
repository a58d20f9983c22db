"""The laws of the made-up edit histories: their truth is exact, and their edits are as often and as heavy as stated."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import cache

import edit_histories as made
import numpy as np
import pytest

from wsis_nlp.paragraphs import PARAGRAPH_COLUMNS

SEEDS = range(100)


@cache
def histories() -> list[made.History]:
    return [made.edit_history(seed) for seed in SEEDS]


def words(text: str) -> list[str]:
    return made.plain(text.split()).split()


def texts(history: made.History) -> dict[str, str]:
    return {para_id: text for version in history.versions for para_id, _, text in version}


def shared(one: list[str], two: list[str]) -> int:
    """Length of the longest common subsequence of words."""
    row = [0] * (len(two) + 1)
    for word in one:
        before = row
        row = [0]
        for place, other in enumerate(two):
            row.append(before[place] + 1 if word == other else max(before[place + 1], row[-1]))
    return row[-1]


def pairs(relation: str) -> Iterator[tuple[made.History, tuple[str, str], str, str]]:
    for history in histories():
        known = texts(history)
        for (one, two), (kind, _) in history.edges.items():
            if kind == relation:
                yield history, (one, two), known[one], known[two]


def place(para_id: str) -> tuple[str, int]:
    version, _, number = para_id.partition(":")
    return version, int(number)


def longest_run(places: list[tuple[int, int]]) -> int:
    """Length of the longest run of edges in which neither end goes back."""
    ends: list[int] = []
    for _, to in sorted(places):
        at = bisect_right(ends, to)
        ends[at : at + 1] = [to]
    return len(ends)


def test_a_seed_makes_one_history() -> None:
    assert made.edit_history(7) == histories()[7]
    assert made.edit_history(8).versions != histories()[7].versions


def test_paragraphs_are_numbered_by_place_in_unbroken_sections() -> None:
    for history in histories():
        for number, version in enumerate(history.versions, 1):
            assert [para_id for para_id, *_ in version] == [f"v{number}:{n}" for n in range(1, len(version) + 1)]
            order = [made.SECTIONS.index(section) for _, section, _ in version]
            assert order == sorted(order)
            assert len(set(order)) >= 3
            assert 20 <= len(version) <= 60


def test_no_paragraph_is_short_and_all_words_are_of_the_corpus() -> None:
    known = {word.strip(made.STOPS).lower() for word in made.learn_chain()[""]}
    for history in histories():
        for text in texts(history).values():
            assert len(text.split()) >= made.SHORTEST
            assert set(words(text)) <= known


def test_edges_go_to_the_version_before_and_farther_only_to_what_that_lacks() -> None:
    farther = 0
    for history in histories():
        known = texts(history)
        earlier = {one for one, two in history.edges if two.startswith("v2:")}
        for one, two in history.edges:
            assert {one, two} <= known.keys()
            assert (one[:2], two[:2]) in {("v1", "v2"), ("v2", "v3"), ("v1", "v3")}
            if (one[:2], two[:2]) == ("v1", "v3"):
                farther += 1
                assert one not in earlier
    assert 0 < farther < 2 * len(SEEDS)


def test_relations_have_the_ends_that_their_names_tell() -> None:
    for history in histories():
        from_one = Counter((one, two[:2]) for one, two in history.edges)
        to_one = Counter(two for _, two in history.edges)
        for (one, two), (relation, _) in history.edges.items():
            ends = (from_one[one, two[:2]], to_one[two])
            assert ends in {"split": {(2, 1)}, "merged": {(1, 2), (1, 3)}}.get(relation, {(1, 1)}), (relation, ends)


def test_moved_edges_are_those_outside_the_one_longest_run() -> None:
    moved = 0
    for history in histories():
        for step in (("v1", "v2"), ("v2", "v3")):
            found = {(place(one)[1], place(two)[1]): moved for (one, two), (_, moved) in history.edges.items()
                     if (one[:2], two[:2]) == step}  # fmt: skip
            still = sorted(edge for edge, moved in found.items() if not moved)
            assert [to for _, to in still] == sorted(to for _, to in still)
            assert longest_run(list(found)) == len(still)
            for edge in still:  # without any of these the longest run is shorter: it is the only one
                assert longest_run([other for other in found if other != edge]) == len(still) - 1
            assert len(found) - len(still) <= made.MOST_MOVED
            moved += len(found) - len(still)
        assert not any(moved for (one, two), (_, moved) in history.edges.items() if (one[:2], two[:2]) == ("v1", "v3"))
    assert 3 < moved / len(SEEDS) < 8


def test_fates_are_as_frequent_as_stated() -> None:
    drawn: Counter[str] = Counter()
    for history in histories():
        for version, after in ((0, "v2"), (1, "v3")):
            fates = {
                one: fate
                for (one, two), fate in history.edges.items()
                if two[:2] == after and one[1] == f"{version + 1}"
            }
            united = {two for (one, two), fate in history.edges.items() if fate[0] == "merged" and two[:2] == after}
            counts = Counter(
                fates[para_id][0] if para_id in fates else "deleted" for para_id, *_ in history.versions[version]
            )
            far = sum(fate == ("merged", True) for fate in fates.values())
            # Of a union with the next paragraph one was drawn as merged; a distant one went into one drawn as kept.
            drawn += counts - Counter(merged=counts["merged"]) + Counter(merged=len(united), kept=far)
    assert set(drawn) == set(made.FATES)
    for fate, share in made.FATES.items():
        assert drawn[fate] / drawn.total() == pytest.approx(share, abs=0.025), fate


def test_kept_paragraphs_have_the_same_words_and_some_other_commas() -> None:
    changed = []
    for _, _, one, two in pairs("kept"):
        assert words(one) == words(two)
        changed.append(one != two)
    assert 0.3 < np.mean(changed) < 0.6


def test_reworded_paragraphs_keep_40_to_80_per_cent_of_their_words() -> None:
    lowest, highest = made.REPLACED
    replaced, chance = [], []
    for history, pair, one, two in pairs("reworded"):
        gone = history.replaced[pair]
        assert lowest <= gone <= highest
        common = shared(words(one), words(two)) / len(words(one))
        assert common >= 1 - gone - 1e-12
        replaced.append(gone)
        chance.append(common - (1 - gone))
    shares = np.histogram(replaced, 4, (lowest, highest))[0] / len(replaced)
    assert shares == pytest.approx([0.25] * 4, abs=0.05)
    assert np.mean(chance) < 0.06
    assert np.quantile(chance, 0.99) < 0.2


def test_parts_and_unions_hold_the_words_of_where_they_come_from() -> None:
    for relation, inner in (("split", 1), ("merged", 0)):
        ends = [(words(one), words(two)) for *_, one, two in pairs(relation)]
        assert len(ends) > 3 * len(SEEDS)
        held = [shared(*end) / len(end[inner]) for end in ends[::4]]
        assert min(held) > 0.4
        assert np.mean(held) > 0.9


def test_lookalikes_are_new_and_share_stock_passages_alone() -> None:
    for history in histories():
        known, later = texts(history), {two for _, two in history.edges}
        assert not later & history.lookalikes.keys()
        for version in ("v2", "v3"):
            alike = {one: model for one, model in history.lookalikes.items() if one[:2] == version}
            assert len(alike) == round(made.LOOKALIKES * sum(two[:2] == version for two in later))
            for one, model in alike.items():
                assert place(model)[0] < version
                own, other = (f" {made.plain(known[name].split())} " for name in (one, model))
                common = [
                    len(passage.split())
                    for passage in history.passages
                    if f" {passage} " in own and f" {passage} " in other
                ]
                assert sum(common) >= 0.2 * len(own.split())
                assert min(common) <= 0.6 * len(own.split())


def test_descendants_share_stock_passages_too() -> None:
    held = [any(f" {one} " in f" {made.plain(texts(history)[two].split())} " for one in history.passages)
            for history in histories()[:20] for _, two in history.edges]  # fmt: skip
    assert 0.2 < np.mean(held) < 0.5


def test_stock_passages_of_the_corpus_stand_in_it() -> None:
    corpus = f" {made.plain(made.learn_chain()[''])} "
    assert all(f" {made.plain(made.WORD.findall(passage))} " in corpus for passage in made.PASSAGES.split("\n"))


def test_a_history_makes_the_tables_of_a_study() -> None:
    history = histories()[0]
    documents, paragraphs, tokens = made.history_frames(history)
    assert documents.columns.tolist() == ["doc_id", "date", "stage", "series"]
    assert paragraphs.columns.tolist() == list(PARAGRAPH_COLUMNS)
    assert dict(zip(paragraphs["para_id"], paragraphs["text"], strict=True)) == texts(history)
    terms = tokens.groupby("para_id")["term"].agg(list)
    assert {name: len(found) for name, found in terms.items()} == {
        name: len(text.split()) for name, text in texts(history).items()
    }
    kept = [(one, two) for (one, two), (relation, _) in history.edges.items() if relation == "kept"]
    assert all(terms[one] == terms[two] for one, two in kept)
