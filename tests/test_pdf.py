"""PDF files: cases of pages to units, the laws of the raw text, and files that are refused."""

from __future__ import annotations

import json
import logging
import sys
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp._checks import InputError
from wsis_nlp.formats.pdf import read
from wsis_nlp.readers import RawText
from wsis_nlp.segmentation import segment

sys.path.insert(0, str(Path(__file__).parent))
from pdf_files import make_pdf

CASES = json.loads((Path(__file__).parent / "cases" / "pdf" / "pages.json").read_text("utf-8"))["pages"]
LONGEST = make_pdf(CASES[0]["pages"])


def ink(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def assert_lawful(raw: RawText) -> None:
    """Regions stand in order, apart, on whole lines; no code is left where a character should be."""
    end = -1
    for region in raw.regions:
        assert end < region.start < region.end
        end = region.end
        assert raw.text[region.start - 1 : region.start] in ("", "\n", "\f")
        assert raw.text[end : end + 1] in ("", "\n", "\f")
        assert raw.text[region.start : end].strip()
    assert "(cid:" not in raw.text


@pytest.mark.cases("pdf/pages.json", "pages")
def test_pages_are_read_as_they_are_printed(case: dict[str, Any]) -> None:
    raw = read(make_pdf(case["pages"]), where="a.pdf")
    assert_lawful(raw)
    units = segment(raw.text, raw.regions)
    if "units" in case:
        shown = [[unit.kind, unit.label, unit.text] for unit in units if unit.kind not in ("front", "furniture")]
        assert shown == case["units"]
    furniture = [unit.text for unit in units if unit.kind == "furniture"]
    assert [text for text in case.get("furniture", []) if text not in furniture] == []
    assert [text for text in case.get("has", []) if text not in raw.text] == []
    if "regions" in case:
        assert [region.kind for region in raw.regions] == case["regions"]


@pytest.mark.cases("pdf/pages.json", "pages")
def test_nothing_that_is_printed_is_lost_or_told_twice(case: dict[str, Any]) -> None:
    pages = read(make_pdf(case["pages"]), where="a.pdf").text.split("\f")
    for number, (pieces, text) in enumerate(zip(case["pages"], pages, strict=True), 1):
        drawn = " ".join(line for piece in pieces for line in piece.get("lines", [piece.get("text", "")]))
        assert ink(text) == ink(drawn.replace("^", "").replace("{n}", str(number)))


def test_a_raised_digit_stands_apart_and_an_indent_stays() -> None:
    pieces = [{"text": "The fairs of 2031^12^ and 2033,^13^ were held.", "first": 30}, {"text": "All came."}]
    raw = read(make_pdf([pieces]), where="a.pdf")
    assert raw.text == "      The fairs of 2031\u202f12 and 2033,\u202f13 were held.\n\nAll came."


def test_the_same_bytes_are_read_alike_and_logging_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("pdfminer")
    before = logger.level, list(logger.handlers)
    with caplog.at_level(logging.DEBUG):
        assert read(LONGEST, where="a.pdf") == read(LONGEST, where="b.pdf")
    assert caplog.records == []
    assert (logger.level, logger.handlers) == before


@pytest.mark.cases("pdf/files.json", "refused")
def test_what_cannot_be_read_is_refused_in_one_line(case: dict[str, Any]) -> None:
    if "bytes" in case:
        data = case["bytes"].encode()
    else:
        pages = [[{"lines": case.get("lines", [])}]]
        data = make_pdf(pages, password=case.get("password"), scan=case.get("scan", False))
        data = data[: round(len(data) * case.get("keep", 1))]
        data = data.replace(*(part.encode() for part in case.get("replace", ("", ""))))
        packed = zlib.compress(bytes(case["zeros"])) if "zeros" in case else b""
        data = data.replace(b"\nxref", b"\nstream\n" + packed + b"\nendstream\nxref") if packed else data
    with pytest.raises(InputError) as raised:
        read(data, where="a.pdf")
    message = str(raised.value)
    assert message.startswith("a.pdf: ")
    assert "\n" not in message
    assert [part for part in case["says"] if part not in message] == []


@given(st.lists(st.tuples(st.integers(0, len(LONGEST) - 1), st.integers(0, 255)), max_size=30), st.integers(0, 9))
def test_a_damaged_file_is_read_or_refused(flips: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(LONGEST)
    for place, byte in flips:
        data[place] = byte
    if cut < 3:
        del data[len(data) * cut // 3 : -40]
    message = ""
    try:
        assert_lawful(read(bytes(data), where="a.pdf"))
    except InputError as fault:
        message = str(fault)
    assert "\n" not in message
    assert message.startswith("a.pdf: ") or not message
