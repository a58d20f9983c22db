"""Segmentation: the laws of units, the cases of layouts, and the gold standard."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsis_nlp.segmentation import Unit, segment
from wsis_nlp.segmentation.headings import title_like
from wsis_nlp.segmentation.labels import parse_label
from wsis_nlp.segmentation.lines import ends_sentence
from wsis_nlp.segmentation.numbering import choose_run
from wsis_nlp.segmentation.units import drafting_marks

sys.path.insert(0, str(Path(__file__).parent))
from scoring import score

TESTS = Path(__file__).parent
RAW = TESTS.parent / "corpus" / "raw"
GOLD = sorted((TESTS / "gold").glob("*.jsonl"))
CASES = [
    case
    for path in sorted((TESTS / "cases" / "segmentation").glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))
]
PIECES = (
    *("1. We", "2.", "16bis ", "23.24. ", "(a) ", "(i) ", "II. ", "1.1 ", "90.—", "7", "Objective 1. ", "Annex"),
    *("[", "]", "*", "**", "- ", "# ", "<u>", "</u>", "[a](#b)", "\\(", "____", "¹ See ", "A/RES/1/2", "3/7"),
    *("\n", "\n\n", "\r\n", "\f", "\t", "\u00a0", "\x1c", ".", ",", ";", ":", "rooms", " and", "Recalling its "),
    *("The Council of Readers,", "2 May 2031", "25th plenary meeting", "We hold that rooms are open to all. " * 8),
)
wild = st.one_of(
    st.text(),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.lists(st.sampled_from(PIECES)).map(" ".join),
)


def read(name: str) -> str:
    with (RAW / f"{name}.txt").open(encoding="utf-8", newline="") as file:
        return file.read()


def record(unit: Unit) -> dict[str, Any]:
    names = ("order", "kind", "label", "old_label", "section", "marks", "spans", "text")
    return {name: getattr(unit, name) for name in names}


def assert_lawful(raw: str, units: list[Unit]) -> None:
    owner: dict[int, int] = {}
    for number, unit in enumerate(units, 1):
        assert unit.order == number
        assert unit.spans
        previous = -1
        for start, end in unit.spans:
            assert previous < start < end
            assert raw[start:end] == raw[start:end].strip()
            previous = end
            for offset in range(start, end):
                assert owner.setdefault(offset, number) == number
        assert len(unit.offsets) == len(unit.text)
        assert all(a < b for a, b in zip(unit.offsets, unit.offsets[1:], strict=False))
        assert all(raw[o] == c or c == " " for o, c in zip(unit.offsets, unit.text, strict=True))
        assert "  " not in unit.text
        assert unit.text == unit.text.strip()
    assert {offset for offset, c in enumerate(raw) if not c.isspace()} <= owner.keys()


@given(wild)
@settings(max_examples=300, deadline=None)
def test_every_character_belongs_to_exactly_one_unit(raw: str) -> None:
    assert_lawful(raw, segment(raw))


@pytest.mark.parametrize("path", sorted(RAW.glob("*.txt")), ids=lambda path: path.stem)
def test_the_corpus_is_segmented_lawfully(path: Path) -> None:
    raw = read(path.stem)
    assert_lawful(raw, segment(raw))


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_gold_standard(path: Path) -> None:
    raw = read(path.stem)
    gold = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    result = score(raw, gold, [record(unit) for unit in segment(raw)])
    assert result.gold == sum(unit["kind"] in ("heading", "preambular", "operative", "subparagraph") for unit in gold)
    assert result.f1 >= 0.99
    assert result.wrong <= 1
    assert min(result.section, result.marks, result.old_label, result.text) >= 0.99


def test_scoring_sees_a_wrong_label_and_a_wrong_span() -> None:
    raw = "1. We open.\n\n2. We close."
    gold = [record(unit) for unit in segment(raw)]
    assert score(raw, gold, gold).f1 == 1.0
    relabelled = [gold[0], {**gold[1], "label": "3"}]
    assert score(raw, gold, relabelled).right == 1
    shortened = [gold[0], {**gold[1], "spans": ((13, 20),)}]
    assert score(raw, gold, shortened).wrong == 1


def test_flattened_tracked_changes_run_from_1_to_159() -> None:
    units = segment(read("wsis20-unesco"))
    numbered = [unit for unit in units if unit.kind == "operative" and unit.label]
    assert [unit.label for unit in numbered] == [str(number) for number in range(1, 160)]
    assert [unit.label for unit in units if unit.kind == "preambular"] == list("ABCDEFG")
    old = [int(unit.old_label) for unit in units if unit.old_label]
    assert old == list(range(8, 148))
    assert [unit.text for unit in units if unit.kind == "furniture"] == ["7", "taw.", "90.—"]


def parameters() -> list[Any]:
    return [
        pytest.param(
            case,
            id=case["name"],
            marks=[pytest.mark.xfail(strict=True, reason=case["teaches"])] if case.get("known_failure") else [],
        )
        for case in CASES
    ]


@pytest.mark.parametrize("case", parameters())
def test_case(case: dict[str, Any]) -> None:
    """Units of a case in order; front matter and furniture only where the case names them."""
    units = segment(case["raw"])
    assert_lawful(case["raw"], units)
    named = {(want["kind"], want["text"]) for want in case["units"]}
    shown = [u for u in units if u.kind not in ("front", "furniture") or (u.kind, u.text) in named]
    assert [(u.kind, u.label, u.text) for u in shown] == [(w["kind"], w["label"], w["text"]) for w in case["units"]]
    for unit, want in zip(shown, case["units"], strict=True):
        for column in ("section", "marks"):
            if column in want:
                assert list(getattr(unit, column)) == want[column], want["text"]
        if "old_label" in want:
            assert unit.old_label == want["old_label"]


@pytest.mark.parametrize(
    ("text", "form", "label"),
    [
        ("12. We agree", "number", "12"), ("16 bis. We", "number", "16bis"), ("43. Alt1 We", "number", "43 ALT1"),
        ("Ibis We", "number", "1bis"), ("- (iv) To", "item", "iv"), ("a) To", "item", "a"), ("II.", "roman", "II"),
        ("B. Rooms", "capital", "B"), ("4.1 Rooms", "decimal", "4.1"), ("47:20. We", "double", "47.20"),
        ("90.—", "deleted", ""),
    ],
)  # fmt: skip
def test_labels_are_read_and_normalised(text: str, form: str, label: str) -> None:
    found = parse_label(text)
    assert found is not None
    assert (found.form, found.text) == (form, label)


@pytest.mark.parametrize("text", ["We agree", "2 May 2031", "IIII. Rooms", "1,000 rooms", "A/RES/70/125", ""])
def test_what_is_no_label(text: str) -> None:
    assert parse_label(text) is None


def test_the_run_leaves_out_what_does_not_continue_it() -> None:
    texts = (("1. We agree", 4.0), ("2 of the rules", -3.0), ("2. We note", 4.0))
    run = choose_run([(label, weight, n) for n, (text, weight) in enumerate(texts) if (label := parse_label(text))])
    assert [n for _, _, n in run] == [0, 2]


def test_titles_and_the_ends_of_sentences() -> None:
    assert [title_like(text) for text in ("Internet governance", "We agree.", "the road ahead")] == [True, False, False]
    ends = [ends_sentence(text) for text in ("beyond 2015;", "the Summit,²", "the strong political", "rooms.1")]
    assert ends == ["final", "comma", "open", "final"]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("[We agree.]", ("bracketed",)), ("[We agree.] [We do not.]", ("has_brackets",)),
        ("We [do not] agree", ("has_brackets",)),
        ("See [1], [sic], [A/1/2] and “[t]he”.", ()), ("We agree].", ("has_brackets",)),
    ],
)  # fmt: skip
def test_drafting_marks(text: str, marks: tuple[str, ...]) -> None:
    assert drafting_marks(text, text) == marks


@pytest.mark.parametrize(
    "residue",
    ["Select target paragraph3", "Skip to main content", "Back to top", "Download PDF", "Page | 3", "17-12345"],
)
def test_what_a_website_or_printer_says_is_furniture(residue: str) -> None:
    units = segment(f"1. We open rooms.\n\n{residue}\n\n2. We light lamps.\n")
    assert [(unit.kind, unit.label) for unit in units] == [("operative", "1"), ("furniture", None), ("operative", "2")]


@pytest.mark.parametrize("size", [200, 400])
@pytest.mark.parametrize("piece", ["1", "[", "(a)\n", "1. A ", ". ", "\n", "* a\n", "12\n", "Aa\n\n"])
def test_hostile_repetition_is_lawful(piece: str, size: int) -> None:
    raw = piece * size
    assert_lawful(raw, segment(raw))


def test_hard_wrapping_changes_spans_not_units() -> None:
    paragraphs = [
        f"{n}. We hold that the rooms of the towns should be open in the evening, and that all {n} lamps burn."
        for n in range(1, 9)
    ]
    flat = segment("\n\n".join(paragraphs))
    wrapped = segment(
        "\n".join(p[:50].rstrip() + "\n" + p[50:].lstrip() if p[50] == " " or p[49] == " " else p for p in paragraphs)
    )
    assert [(u.label, u.text) for u in wrapped] == [(u.label, u.text) for u in flat]
