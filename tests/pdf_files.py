"""PDF files made from what a case says of their pages.

A page is a list of pieces, set below one another unless they say where they stand:

- ``text``: a paragraph, broken at ``width`` points, its lines after the ``first`` indent at ``hang``;
- ``lines``: lines as they are;
- ``at``: where the first base line begins, from the left and the foot of the page; ``gap``: the space above;
- ``font`` (``roman``, ``bold``, ``italic``, ``typewriter``), ``size``, ``leading``, ``turn`` in degrees, ``twice`` for
  letters drawn two times, a little apart;
- ``rule``: a level line of so many points.

``\\t`` goes to the next stop, ``tab`` points apart; digits between two ``^`` are raised; ``{n}`` is the page's number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

FONTS = {"roman": "Times-Roman", "bold": "Times-Bold", "italic": "Times-Italic", "typewriter": "Courier"}
Piece = Mapping[str, Any]


def make_pdf(pages: Sequence[Sequence[Piece]], *, password: Any = None, scan: bool | Sequence[int] = False) -> bytes:
    """Bytes of a PDF file with these pages; as a scan each page, or those with these numbers, is an image."""
    out = BytesIO()
    # what is not compressed can be damaged in part
    canvas = Canvas(out, pagesize=(612, 792), encrypt=password, invariant=1, pageCompression=0)
    for number, pieces in enumerate(pages, 1):
        x, y = 100.0, 700.0
        for piece in pieces:
            x, y = draw(canvas, piece, piece.get("at", (x, y)), number)
        if scan is True or (scan and number in scan):
            canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 612, 792)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def draw(canvas: Canvas, piece: Piece, at: tuple[float, float], number: int) -> tuple[float, float]:
    """Draw a piece; where the next one begins."""
    size = piece.get("size", 10)
    leading = piece.get("leading", 1.2 * size)
    x, y = at[0], at[1] - (0 if "at" in piece else piece.get("gap", 6))
    if "rule" in piece:
        canvas.line(x, y, x + piece["rule"], y)
        return x, y - leading
    lines = piece["lines"] if "lines" in piece else wrap(piece, size)
    canvas.saveState()
    canvas.translate(x, y)
    canvas.rotate(piece.get("turn", 0))
    for n, line in enumerate(lines):
        start = piece.get("hang" if n else "first", 0)
        for shift in (0, 0.3) if piece.get("twice") else (0,):
            draw_line(canvas, line.replace("{n}", str(number)), start + shift, -n * leading, piece, size)
    canvas.restoreState()
    return x, y - len(lines) * leading


def wrap(piece: Piece, size: float) -> list[str]:
    lines: list[str] = []
    for word in piece["text"].split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        start = piece.get("hang" if len(lines) > 1 else "first", 0)
        if lines and start + stringWidth(longer, FONTS[piece.get("font", "roman")], size) > piece.get("width", 400):
            lines.append(word)
        else:
            lines[-1:] = [longer]
    return lines


def draw_line(canvas: Canvas, line: str, x: float, y: float, piece: Piece, size: float) -> None:
    font, stop = FONTS[piece.get("font", "roman")], piece.get("tab", 24)
    for n, stretch in enumerate(line.split("\t")):
        if n:
            x = (x // stop + 1) * stop
        for raised, words in enumerate(stretch.split("^")):
            own, up = (0.65 * size, 0.35 * size) if raised % 2 else (size, 0)
            canvas.setFont(font, own)
            canvas.drawString(x, y + up, words)
            x += stringWidth(words, font, own)


LETTERS = "begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <41> <5a> <{}> endbfrange endcmap"


def bare_pdf(content: bytes, *, about: str = "", letters: str = "", more: Sequence[bytes] = ()) -> bytes:
    """Bytes of a PDF file of one page that draws the content, whose stream the file tells `about`.

    Its font is ``/F1``; what capitals stand for begins with the code of `letters`. Of `more` objects, numbered from 7,
    the first two are the forms ``/A`` and ``/B``.
    """
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</A 7 0 R/B 8 0 R>>>>>>",
        stream(content, about),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica" + (b"/ToUnicode 6 0 R>>" if letters else b">>"),
        stream(LETTERS.format(letters).encode()),
        *more,
    ]
    return numbered(parts)


def numbered(parts: Sequence[bytes]) -> bytes:
    """A file of objects, numbered from 1; the first is its catalog."""
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (n, part) for n, part in enumerate(parts, 1))
    return b"%PDF-1.4\n" + body + b"trailer\n<</Root 1 0 R/Size %d>>\n" % (len(parts) + 1)


EVERY = (
    b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange"
)


def joined_pdf(pages: Sequence[Sequence[bytes]], form: bytes = b"<<>>") -> bytes:
    """Bytes of a PDF file joined of pages, each the objects that are its own; ``/A`` is a form that all share."""
    kids, parts = [], [b"<</Type/Catalog/Pages 2 0 R>>", b"", form]
    for own in pages:
        kids.append(b"%d 0 R" % (len(parts) + 1))
        names = {b"{%d}" % n: b"%d 0 R" % (len(parts) + 1 + n) for n in range(len(own))}
        for part in own:
            for name, number in names.items():
                part = part.replace(name, number)
            parts.append(part)
    parts[1] = b"<</Type/Pages/Kids[%b]/Count %d/MediaBox[0 0 612 792]>>" % (b" ".join(kids), len(kids))
    return numbered(parts)


def page(content: bytes) -> list[bytes]:
    """A page of its own font and content, for `joined_pdf`; ``{1}`` and so on are the objects behind it."""
    return [
        b"<</Type/Page/Parent 2 0 R/Contents {1}/Resources<</Font<</F1 {2}>>/XObject<</A 3 0 R>>>>>>",
        stream(content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]


def ocr_page(number: int) -> list[bytes]:
    """A page as OCR leaves it, with a font that maps each code of two bytes to itself."""
    words = f"{number}. The rooms are open.".encode("utf-16-be").hex()
    system = (
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor<</FontName/Bare>>/DW 500"
    )
    return [
        *page(b"BT /F1 10 Tf 100 700 Td <%b> Tj ET" % words.encode())[:2],
        b"<</Type/Font/Subtype/Type0/BaseFont/Bare/Encoding/Identity-H/DescendantFonts[{3}]/ToUnicode {4}>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Bare%b>>" % system,
        stream(EVERY),
    ]


def stream(content: bytes, about: str = "") -> bytes:
    """An object that is a stream."""
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(content), about.encode(), content)
