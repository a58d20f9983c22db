"""Files from which fuzzing starts: those of the test cases, and PDF files with every part that a reader takes apart."""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from docx_files import docx_file  # noqa: E402
from fuzz_targets import TEXT, sha256  # noqa: E402
from pdf_files import bare_pdf, make_pdf, stream  # noqa: E402
from reportlab.lib.pdfencrypt import StandardEncryption  # noqa: E402


def cases(file: str) -> Any:
    return json.loads((TESTS / "cases" / file).read_text("utf-8"))


def pdf_seeds() -> list[bytes]:
    pages = [make_pdf(case["pages"]) for case in cases("pdf/pages.json")["pages"][:8]]
    drawn = [bare_pdf(case["content"].encode()) for case in cases("pdf/files.json")["drawn"]]
    small = [[{"text": "1. The rooms are open."}]]
    locked = [make_pdf(small, password=StandardEncryption("", ownerPassword="a", strength=bits)) for bits in (40, 128)]
    return [*pages, *drawn, *locked, make_pdf(small, scan=True), composite_pdf(), typed_pdf(), packed_pdf()]


MAP = b"""begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange 2 beginbfrange <0041> <005a> <0041>
<0061> <0063> [<0061> <0062> <0063>] endbfrange 1 beginbfchar <0020> <0020> endbfchar endcmap"""
WORDS = b"BT /F1 10 Tf 90 700 Td <0041004200200043> Tj 0 -14 Td [<0041> -300 <0042>] TJ ET /A Do"
SHOWN = b"BT /F1 10 Tf 90 700 Td (1. ABC abc.) Tj ET /A Do q 9 0 0 9 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q"
FORM = stream(b"BT /F1 9 Tf 9 9 Td (AB) Tj ET /B Do", "/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Matrix[1 0 0 1 0 0]")
TREE = [
    b"<</Type/Catalog/Pages 2 0 R/PageLabels<</Nums[0<</S/r/St 3>>1<</S/D>>]>>>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]/Rotate 0>>",
    b"<</Type/Page/Parent 2 0 R/Contents[4 0 R]/UserUnit 1/CropBox[0 0 612 792]"
    b"/Resources<</Font<</F1 5 0 R>>/XObject<</A 6 0 R/B 6 0 R>>>>>>",
]


def composite_pdf() -> bytes:
    """A font of many codes, with widths and a map to characters, packed."""
    font = b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[7 0 R]/ToUnicode 8 0 R>>"
    below = (
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        b"/Supplement 0>>/W[65[600 500]70 90 400]/W2[1 9 1 2 3]/DW 500/DW2[880 -1000]/FontDescriptor 9 0 R>>"
    )
    about = b"<</Type/FontDescriptor/FontName/A/Flags 4/FontBBox[0 0 999 999]/Ascent 700/Descent -200/ItalicAngle 0>>"
    return assembled([*TREE, flate(WORDS), font, FORM, below, flate(MAP), about])


def typed_pdf() -> bytes:
    """A font whose letters are drawn, with an encoding of its own."""
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 65/LastChar 67"
        b"/Widths[500 500 500]/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[65/a/uni0042 67/g7]>>"
        b"/CharProcs<</a 7 0 R>>/ToUnicode 8 0 R>>"
    )
    return assembled([*TREE, flate(SHOWN), font, FORM, stream(b"9 0 d0 0 0 9 9 re f"), stream(MAP)])


def packed_pdf() -> bytes:
    """Objects inside a stream, found by a table that is a stream."""
    font = b"<</Type/Font/Subtype/TrueType/BaseFont/A/Encoding/MacRomanEncoding/FirstChar 65/Widths[500 500]>>"
    inner = {1: TREE[0], 2: TREE[1], 3: TREE[2], 5: font}
    places, body = [], b""
    for number, part in inner.items():
        places.append(b"%d %d" % (number, len(body)))
        body += part + b" "
    head = b" ".join(places) + b" "
    about = f"/Type/ObjStm/N {len(inner)}/First {len(head)}/Filter/FlateDecode"
    parts = {4: flate(SHOWN), 6: FORM, 7: stream(zlib.compress(head + body), about)}
    file, found = b"%PDF-1.5\n", {}
    for number, part in parts.items():
        found[number] = len(file)
        file += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    rows = [
        b"\1%b\0" % found[n].to_bytes(2)
        if n in found
        else b"\2\0\7%c" % list(inner).index(n)
        if n in inner
        else bytes(4)
        for n in range(8)
    ]
    table = stream(zlib.compress(b"".join(rows)), "/Type/XRef/Size 9/W[1 2 1]/Root 1 0 R/Filter/FlateDecode")
    return file + b"8 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(file))


def flate(content: bytes) -> bytes:
    return stream(zlib.compress(content), "/Filter/FlateDecode")


def assembled(parts: list[bytes]) -> bytes:
    """Numbered objects with their table."""
    file, found = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        found.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    rows = b"".join(b"%010d 00000 n \n" % place for place in found)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(parts) + 1, rows)
    return file + table + b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(file))


def docx_seeds() -> list[bytes]:
    printed = [docx_file({"body": [f"<w:p>{case['xml']}</w:p>"]}) for case in cases("docx/printed.json")["signs"]]
    numbered = [
        docx_file({**case, "body": [{"runs": ["x"], "list": where} for where in case["entries"]]})
        for case in cases("docx/printed.json")["numbers"]
    ]
    whole = [
        docx_file(case)
        for name, table in (("readings", "readings"), ("units", "units"), ("resolution", "resolutions"))
        for case in cases(f"docx/{name}.json")[table]
    ]
    return [*printed, *numbered, *whole]


def html_seeds() -> list[bytes]:
    tables = cases("html/pages.json")
    pages = [case["html"].encode() for name in ("printed", "readings", "regions") for case in tables[name]]
    return [*pages, *(f"{case['head']}<p>{case['text']}".encode(case["encoding"]) for case in tables["encodings"])]


def text_seeds() -> list[bytes]:
    files = sorted((TESTS / "cases" / "segmentation").glob("*.json"))
    texts = [case["raw"] for file in files for case in json.loads(file.read_text("utf-8"))]
    foreign = [
        case["text"].encode(case["encoding"]) for name in ("read", "refused") for case in cases("encodings.json")[name]
    ]
    return [*(text.encode() for text in texts), *foreign]


def registry_seeds() -> list[bytes]:
    names = ("title", "symbol", "body", "series", "source", "rights")
    fields = {
        "id": "a",
        "date": "2015-12-07",
        "stage": "draft",
        "language": "en",
        "file": "raw/a.txt",
        "sha256": sha256(TEXT),
    }
    fields |= dict.fromkeys(names, "A")
    table = "[[document]]\n" + "".join(f"{name} = {json.dumps(text)}\n" for name, text in fields.items())
    entries = cases("registry.json")["registries"]
    other = table.replace('id = "a"', 'id = "b"').replace("2015-12-07", "2016-05")
    return [
        table.encode(),
        (table + "\n" + other).encode(),
        *(one["toml"].encode() for one in entries if "toml" in one),
    ]


SEEDS = {
    "pdf": pdf_seeds, "docx": docx_seeds, "html": html_seeds, "segmentation": text_seeds, "registry": registry_seeds,
}  # fmt: skip
