"""PDF files: cases of pages to units, the laws of the raw text, and files that are refused."""

from __future__ import annotations

import base64
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
from reportlab.lib.pdfencrypt import StandardEncryption

from wsis_nlp._checks import InputError
from wsis_nlp.formats import pdf, pdf_drawing, pdf_streams
from wsis_nlp.formats.pdf import read
from wsis_nlp.readers import RawText
from wsis_nlp.segmentation import segment

sys.path.insert(0, str(Path(__file__).parent))
from pdf_files import bare_pdf, joined_pdf, make_pdf, ocr_page, page, stream

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
    assert_refused(data, *case["says"])


def test_pages_that_are_images_are_told_among_those_with_text() -> None:
    text, stamp = (
        [{"text": "The rooms are open to all who come from the towns and villages of the valley."}],
        [{"lines": ["Page 4"]}],
    )
    raw = read(make_pdf([text, [], text, stamp, []], scan=[2, 4]), where="a.pdf")
    assert raw.scanned == (2, 4)
    assert "2 of 5 pages have no text layer" in raw.unread
    assert "(page 2, 4)" in raw.unread
    assert "ocrmypdf" in raw.unread
    assert read(make_pdf([text, [], text], scan=[3]), where="a.pdf").scanned == ()


def assert_refused(data: bytes, *says: str) -> None:
    with pytest.raises(InputError) as raised:
        read(data, where="a.pdf")
    message = str(raised.value)
    assert message.startswith("a.pdf: ")
    assert "\n" not in message
    assert [part for part in says if part not in message] == []


@pytest.mark.cases("pdf/files.json", "drawn")
def test_what_a_page_draws_is_read(case: dict[str, Any]) -> None:
    form = (
        stream(case["form"].encode(), "/Subtype/Form/BBox[0 0 612 792]/Matrix[1 0 0 1 0 400]")
        if "form" in case
        else b""
    )
    raw = read(bare_pdf(case["content"].encode(), letters=case.get("letters", ""), more=[form]), where="a.pdf")
    assert raw.text == case["text"]
    for kind in ("furniture", "footnote"):
        assert [raw.text[one.start : one.end] for one in raw.regions if one.kind == kind] == case.get(kind, [])


WORDS = b"BT /F1 10 Tf 100 700 Td (The rooms are open.) Tj ET"


def test_what_stands_too_far_away_for_any_page_is_read_behind_it() -> None:
    far = b"1" + b"0" * 200  # its square is no number any more
    away = b" BT /F1 10 Tf %b 0 0 1 0 0 Tm %b 600 Td (All came.) Tj ET" % (far, far)
    assert read(bare_pdf(WORDS + away), where="a.pdf").text == "The rooms are open.\n\nAll came."


def test_a_file_without_an_end_mark_or_with_more_behind_it_is_whole() -> None:
    assert b"%%EOF" in LONGEST
    for data in (LONGEST.replace(b"%%EOF", b""), LONGEST + b"x" * 5000):
        assert read(data, where="a.pdf") == read(LONGEST, where="a.pdf")


PACKING = {
    "Flate": zlib.compress,
    "ASCII85": lambda data: base64.a85encode(data) + b"~>",
    "ASCIIHex": lambda data: data.hex().encode() + b">",
    "RunLength": lambda data: b"".join(b"\0%c" % byte for byte in data) + b"\x80",
}


@pytest.mark.parametrize("names", ["Flate", "Flate Flate", "ASCII85 Flate", "ASCIIHex Flate", "RunLength", "LZW"])
@pytest.mark.parametrize("about", ["", "/Image 1"])
def test_packed_pages_are_read_but_not_what_swells(names: str, about: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_streams, "MOST_BYTES", 1 << 20)
    about += f"/Filter[{''.join(f'/{name}Decode' for name in names.split())}]"
    small, large = WORDS, b" " * ((1 << 20) + 1)
    for name in reversed(names.split()):
        small, large = (PACKING[name](data) if name in PACKING else lzw(data) for data in (small, large))
    assert read(bare_pdf(small, about=about), where="a.pdf").text == "The rooms are open."
    assert_refused(bare_pdf(large, about=about), "unpacks to more than 1 MiB")
    assert_refused(bare_pdf(large, about=about).replace(b"stream\n", b"stream \n"), "unpacks to more than 1 MiB")


def lzw(data: bytes) -> bytes:
    """Data in codes of nine bits each, begun anew before the codes grow longer."""
    codes = "".join(("100000000" if n % 200 == 0 else "") + f"{byte:09b}" for n, byte in enumerate(data)) + "100000001"
    return int(codes.ljust(-len(codes) % 8 + len(codes), "0"), 2).to_bytes((len(codes) + 7) // 8)


def test_all_streams_share_one_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_streams, "MOST_BYTES", 1 << 20)
    parts = [stream(zlib.compress(b" " * 600_000), "/Filter/FlateDecode/Subtype/Form/BBox[0 0 9 9]")] * 2
    assert read(bare_pdf(WORDS + b" /A Do", more=parts), where="a.pdf").text == "The rooms are open."
    assert_refused(bare_pdf(WORDS + b" /A Do /B Do", more=parts), "unpacks to more than 1 MiB")


def test_a_wrong_checksum_does_no_harm_but_broken_data_are_told() -> None:
    packed = zlib.compress(WORDS)
    assert (
        read(bare_pdf(packed[:-4] + b"1234", about="/Filter/FlateDecode"), where="a.pdf").text == "The rooms are open."
    )
    assert_refused(bare_pdf(packed[:2] + b"\xff" * 40, about="/Filter/FlateDecode"), "is damaged")


def test_a_password_for_changes_alone_is_no_hindrance() -> None:
    data = make_pdf([[{"text": "The rooms are open."}]], password=StandardEncryption("", ownerPassword="lamp"))
    assert b"The rooms" not in data
    assert read(data, where="a.pdf").text == "The rooms are open."


def test_forms_that_draw_forms_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_FIGURES", 100)
    kind = "/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</B 8 0 R>>>>"
    parts = [stream(b"/B Do " * 9, kind), stream(b"", kind)]
    assert read(bare_pdf(WORDS + b" /A Do" * 10, more=parts), where="a.pdf").text == "The rooms are open."
    assert_refused(bare_pdf(WORDS + b" /A Do" * 11, more=parts), "draws more than 100 figures")


def test_text_from_right_to_left_is_refused_not_reversed() -> None:
    letters = b"BT /F1 10 Tf 100 700 Td (ABCDE abc) Tj ET"
    assert_refused(bare_pdf(letters, letters="05d0"), "runs from right to left, which is not read from PDF")
    assert read(bare_pdf(letters.replace(b"DE", b"de"), letters="05d0"), where="a.pdf").text == "אבגde abc"


def test_many_pages_whose_fonts_map_every_code_alike_are_read() -> None:
    pages = [ocr_page(number) for number in range(1, 201)]
    raw = read(joined_pdf(pages), where="a.pdf")
    assert raw.text.split("\f") == [f"{number}. The rooms are open." for number in range(1, 201)]


def test_an_emblem_may_stand_on_each_page_but_not_over_and_over_on_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_drawing, "CONTENT", 0)
    packed = zlib.compress(b"0 0 m " + b"1 1 l " * 6000 + b"f")
    emblem = stream(packed, "/Subtype/Form/BBox[0 0 9 9]/Filter/FlateDecode")
    whole = joined_pdf([page(WORDS + b" /A Do")] * 10, emblem)
    assert read(whole, where="a.pdf").text.count("The rooms are open.") == 10
    spoilt = bare_pdf(WORDS + b" /A Do" * 20, more=[emblem])
    assert_refused(spoilt, f"draws more than {(1 << 18) + 16 * len(spoilt):,} bytes, the most for a file of its size")


def test_what_was_packed_without_rows_tells_nothing_of_them() -> None:
    about = "/Filter/FlateDecode/DecodeParms<</Predictor 1/Columns 99999999>>"
    assert read(bare_pdf(zlib.compress(WORDS), about=about), where="a.pdf").text == "The rooms are open."


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
