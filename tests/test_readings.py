"""Readings of spoilt or edited texts: what a correction replaces, and what it leaves as it was."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import Correction, InputError, read_corrections, token_table
from wsis_nlp.readings import COLUMNS, apply_reading, character_extents

RAW = "We note Al tools."
HEADER = ",".join(COLUMNS) + "\n"


@st.composite
def corrected_texts(draw: st.DrawFn) -> tuple[str, list[Correction], int]:
    """A text without doubled blanks, corrections that do not overlap, and where it begins in the raw text."""
    words = draw(st.lists(st.text("abAIl.;é", min_size=1, max_size=5), min_size=1, max_size=8))
    text = " ".join(words)
    offset = draw(st.integers(0, 30))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=10)))
    replacements = st.text("xyZ ", max_size=4)
    places = [
        Correction(
            start + offset, end + offset, text[start:end], draw(replacements), draw(replacements), "tracked", True
        )
        for start, end in list(pairwise(cuts))[::2]
    ]
    return text, places, offset


def splice(text: str, places: list[Correction], offset: int, reading: str) -> str:
    """The corrected text by plain slicing, from the last place to the first, blanks folded."""
    for place in reversed(places):
        text = text[: place.start - offset] + getattr(place, reading) + text[place.end - offset :]
    return re.sub(" +", " ", text).strip(" ")


def extents_of(text: str, offset: int) -> np.ndarray:
    return character_extents(np.arange(offset, offset + len(text), dtype=np.int32))


@given(corrected_texts())
def test_printed_is_the_text_unchanged(given_text: tuple[str, list[Correction], int]) -> None:
    text, places, offset = given_text
    extents = extents_of(text, offset)
    found, found_extents = apply_reading(text, extents, places, reading="printed")
    assert found == text
    assert np.array_equal(found_extents, extents)


@pytest.mark.parametrize("reading", ["new", "old"])
@given(given_text=corrected_texts())
def test_reading_equals_the_naive_splice(reading: str, given_text: tuple[str, list[Correction], int]) -> None:
    text, places, offset = given_text
    found, extents = apply_reading(text, extents_of(text, offset), places, reading=reading)
    assert found == splice(text, places, offset, reading)
    assert extents.shape == (len(found), 2)


@pytest.mark.parametrize("reading", ["new", "old"])
@given(given_text=corrected_texts())
def test_extents_run_forward_inside_the_text(reading: str, given_text: tuple[str, list[Correction], int]) -> None:
    text, places, offset = given_text
    _, extents = apply_reading(text, extents_of(text, offset), places, reading=reading)
    assert (extents[:, 0] <= extents[:, 1]).all()
    assert (np.diff(extents, axis=0) >= 0).all()
    assert ((extents >= offset) & (extents <= offset + len(text))).all()


@pytest.mark.parametrize("reading", ["new", "old"])
@given(given_text=corrected_texts())
def test_untouched_characters_stand_for_themselves(reading: str, given_text: tuple[str, list[Correction], int]) -> None:
    text, places, offset = given_text
    found, extents = apply_reading(text, extents_of(text, offset), places, reading=reading)
    touched = {at for place in places for at in range(place.start, place.end)}
    own = {int(start): sign for sign, (start, end) in zip(found, extents, strict=True) if start < end}
    for at, sign in enumerate(text, offset):
        if at not in touched and sign != " ":
            assert own[at] == sign


@given(corrected_texts())
def test_inputs_are_not_altered(given_text: tuple[str, list[Correction], int]) -> None:
    text, places, offset = given_text
    extents = extents_of(text, offset)
    apply_reading(text, extents, places, reading="new")
    assert np.array_equal(extents, extents_of(text, offset))


def test_the_character_before_a_deletion_stands_for_both() -> None:
    text = "We feacilitate it"
    place = Correction(5, 6, "a", "", "a", "ocr", True)
    found, extents = apply_reading(text, extents_of(text, 0), [place], reading="new")
    assert found == "We fecilitate it"
    assert extents[4].tolist() == [4, 6]
    paragraphs = pd.DataFrame({"doc_id": "d", "para_id": "d:1", "text": [found], "extents": [extents]})
    tokens = token_table(paragraphs)
    assert tokens["surface"].tolist() == ["We", "fecilitate", "it"]
    assert tokens[["start", "end"]].to_numpy().tolist() == [[0, 2], [3, 14], [15, 17]]


def test_an_insertion_that_a_reading_lacks_changes_nothing() -> None:
    extents = character_extents(np.array([3, 4, 9, 10], dtype=np.int32))
    place = Correction(9, 9, "", "x", "", "tracked", True)
    found, found_extents = apply_reading("We a", extents, [place], reading="old")
    assert found == "We a"
    assert found_extents.tolist() == extents.tolist()


@pytest.mark.cases("readings.json", "readings")
def test_cases(case: dict) -> None:
    raw = case["raw"]
    places = []
    for printed, new, old, *rest in case["corrections"]:
        start = rest[0] if rest else raw.index(printed)
        places.append(Correction(start, start + len(printed), printed, new, old, "tracked", True))
    unit = case.get("unit", raw)
    first = raw.index(unit)
    extents = character_extents(np.arange(first, first + len(unit), dtype=np.int32))
    for reading in ("printed", "new", "old"):
        assert apply_reading(unit, extents, places, reading=reading)[0] == case[reading]


def test_unknown_reading_is_refused() -> None:
    with pytest.raises(InputError, match="reading is 'clean'; allowed are: printed, new, old"):
        apply_reading(RAW, extents_of(RAW, 0), [], reading="clean")  # type: ignore[arg-type]


@pytest.mark.cases("registry.json", "corrections")
def test_bad_corrections_are_refused_by_file_and_line(case: dict, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(case["csv"].encode())
    with pytest.raises(InputError) as raised:
        read_corrections(file, RAW)
    message = str(raised.value)
    assert "\n" not in message
    for part in (*case["says"], str(file)):
        assert part in message


def test_field_that_is_too_long_for_the_format_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(HEADER + f"8,10,{'A' * 200_000},AI,AI,ocr,yes\n", "utf-8")
    with pytest.raises(InputError, match="line 2: is not CSV"):
        read_corrections(file, RAW)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_corrections_as_table_editors_write_them(mark: str, end: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    rows = [HEADER.strip(), "8,10,Al,AI,AI,ocr,yes", '11,16,tools,"tools, and data",tools,tracked,no', ""]
    file.write_bytes((mark + end.join(rows)).encode())
    found = read_corrections(file, RAW)
    assert found == (
        Correction(8, 10, "Al", "AI", "AI", "ocr", True),
        Correction(11, 16, "tools", "tools, and data", "tools", "tracked", False),
    )


def test_line_ends_of_the_raw_text_can_be_corrected(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes((HEADER + '2,4,"\r\n"," "," ",residue,yes\n').encode())
    assert read_corrections(file, "We\r\nnote.")[0].printed == "\r\n"


def test_a_document_without_a_file_has_no_corrections(tmp_path: Path) -> None:
    assert read_corrections(tmp_path / "none.csv", RAW) == ()


@pytest.mark.parametrize("copied", ["=AI", "'=AI"])
def test_a_place_that_a_table_guards_is_corrected(copied: str, tmp_path: Path) -> None:
    """The apostrophe that keeps a spreadsheet from computing a cell may be copied with it."""
    (tmp_path / "a.csv").write_text(f"start,end,printed,new,old,sort,sure\n3,6,{copied},{copied},AI,ocr,yes\n", "utf-8")
    (place,) = read_corrections(tmp_path / "a.csv", "We =AI too.")
    assert (place.printed, place.new, place.old) == ("=AI", "=AI", "AI")


def test_an_apostrophe_of_the_text_stays(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("start,end,printed,new,old,sort,sure\n3,7,'-AI,'-ai,'-A,ocr,yes\n", "utf-8")
    (place,) = read_corrections(tmp_path / "a.csv", "We '-AI too.")
    assert (place.printed, place.new, place.old) == ("'-AI", "'-ai", "'-A")
