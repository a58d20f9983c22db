"""Segmentation: the laws of units, the cases of layouts, and the gold standard."""

from __future__ import annotations

import json
import re
import sys
import textwrap
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
WORDS = ["rooms", "lamps", "readers", "towns", "libraries", "chairs", "teachers", "villages", "budgets", "evenings"]
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
    told = case.get("regions", [])  # of each: words of the raw text, and the kind that the format tells of them
    starts = [case["raw"].index(words) for words, _ in told]
    regions = [(start, start + len(words), kind) for start, (words, kind) in zip(starts, told, strict=True)]
    units = segment(case["raw"], regions)
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


@given(wild, st.data())
@settings(max_examples=200, deadline=None)
def test_what_the_format_tells_is_kept(raw: str, data: st.DataObject) -> None:
    lines = [
        match
        for match in re.finditer(r"[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+", raw)
        if match[0].strip("\ufeff \t\u00a0")
    ]
    kinds = st.sampled_from(["furniture", "footnote", "heading", None])
    told = [(line.start(), line.end(), data.draw(kinds)) for line in lines[:12]]
    regions = [(start, end, kind) for start, end, kind in told if kind]
    units = segment(raw, regions)
    assert_lawful(raw, units)
    kind_at = {offset: unit.kind for unit in units for start, end in unit.spans for offset in range(start, end)}
    for start, end, kind in regions:
        if kind != "heading":
            assert {kind_at[offset] for offset in range(start, end) if not raw[offset].isspace()} <= {kind}


def essence(units: list[Unit]) -> list[tuple[str, str | None, str]]:
    """Kind, label and letters of units; front matter and furniture may be cut otherwise."""
    kept = [unit for unit in units if unit.kind not in ("front", "furniture")]
    return [(unit.kind, unit.label, "".join(unit.text.split())) for unit in kept]


def rewrapped(raw: str, units: list[Unit], width: int) -> str:
    """The raw text with the lines inside its units broken anew at a width; what stands between units stays."""
    spans = sorted(span for unit in units if unit.kind != "furniture" for span in unit.spans)
    pieces, position = [], 0
    for start, end in spans:
        lines = textwrap.wrap(raw[start:end], width, break_long_words=False, break_on_hyphens=False)
        pieces += [raw[position:start], "\n".join(lines)]
        position = end
    return "".join([*pieces, raw[position:]])


@pytest.mark.parametrize("width", [50, 60, 72, 90, 120, 10**6])
@pytest.mark.parametrize(
    "path", sorted(set(RAW.glob("*.txt")) - {RAW / "a-res-70-125.txt"}), ids=lambda path: path.stem
)
def test_wrapping_anew_changes_spans_not_units(path: Path, width: int) -> None:
    raw = read(path.stem)
    units = segment(raw)
    assert essence(segment(rewrapped(raw, units, width))) == essence(units)


@pytest.mark.parametrize("path", sorted(RAW.glob("*.txt")), ids=lambda path: path.stem)
def test_line_ends_do_not_matter(path: Path) -> None:
    raw = read(path.stem).replace("\r\n", "\n")
    assert essence(segment(raw.replace("\n", "\r\n"))) == essence(segment(raw))


phrases = st.lists(st.sampled_from(WORDS), min_size=3, max_size=40).map(lambda words: " of the ".join(words))
sentences = st.builds("{} the {}.".format, st.sampled_from(["We see", "Many have", "The towns hold"]), phrases)
Paragraph = tuple[str, str | None, str, str]  # kind, label, label as printed, words


@st.composite
def resolutions(draw: st.DrawFn) -> list[Paragraph]:
    """A resolution: enacting line, recitals, headings, numbered paragraphs with sub-items."""
    made: list[Paragraph] = [("front", None, "", "The Council of Readers,")]
    for verb in draw(st.lists(st.sampled_from(["Recalling", "Mindful of", "Noting"]), min_size=1, max_size=3)):
        made.append(("preambular", None, "", f"{verb} the {draw(phrases)},"))
    for number in range(1, draw(st.integers(2, 6))):
        if draw(st.booleans()):
            made.append(("heading", None, "", draw(st.sampled_from(["Rooms and lamps", "Next steps for the towns"]))))
        items = draw(st.sampled_from(["", "ab", "abc"]))
        verb = draw(st.sampled_from(["Welcomes", "Invites", "Also requests"]))
        stop = ":" if items else draw(st.sampled_from(";."))
        made.append(("operative", str(number), f"{number}. ", f"{verb} the {draw(phrases)}{stop}"))
        made += [("subparagraph", f"{number}({item})", f"({item}) ", f"To read {draw(phrases)};") for item in items]
    return made


@st.composite
def declarations(draw: st.DrawFn) -> list[Paragraph]:
    """A declaration: lettered parts, numbered and unnumbered paragraphs of several sentences."""
    made: list[Paragraph] = []
    for number in range(1, draw(st.integers(2, 6))):
        if number == 1 or draw(st.booleans()):
            letter = chr(65 + sum(kind == "heading" for kind, *_ in made))
            title = draw(
                st.sampled_from(["Lamps", "The rooms of all towns and of all villages in the hills: next steps"])
            )
            made.append(("heading", letter, f"{letter}. ", title))
        text = " ".join(draw(st.lists(sentences, min_size=1, max_size=4)))
        made.append(
            ("operative", str(number), f"{number}. ", text)
            if draw(st.booleans()) or number == 1
            else ("operative", None, "", text)
        )
    return made


@given(st.one_of(resolutions(), declarations()), st.integers(50, 120), st.booleans(), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=150, deadline=None)
def test_made_documents_in_any_width(made: list[Paragraph], width: int, indented: bool, end: str) -> None:
    printed = []
    for kind, _, label, words in made:
        first = "    " if indented and kind != "heading" else ""
        lines = textwrap.wrap(first + label + words, width, break_on_hyphens=False)
        apart = "\n" if not indented or kind == "heading" else ""
        printed.append("\n".join([apart + lines[0], *lines[1:]]) + apart)
    units = segment("\n".join(printed).replace("\n", end))
    assert essence(units) == [
        (kind, label, "".join(words.split())) for kind, label, _, words in made if kind != "front"
    ]
