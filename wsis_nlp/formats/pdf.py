"""PDF files: the characters of every page with their places, as pdfminer reads them."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from math import atan2, degrees, hypot
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfdocument import PDFEncryptionError
from pdfminer.pdffont import PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import resolve1
from pdfminer.utils import Matrix, apply_matrix_pt, apply_matrix_rect

from wsis_nlp._checks import InputError
from wsis_nlp.formats.pdf_blocks import lay_out
from wsis_nlp.formats.pdf_drawing import Interpreter, Measure
from wsis_nlp.formats.pdf_fonts import Manager
from wsis_nlp.formats.pdf_layout import Rule, Run, Sheet
from wsis_nlp.formats.pdf_streams import Document, Parser
from wsis_nlp.readers import OCR, RawText

MOST_PAGES = 5000
MOST_FIGURES = 50_000  # of a file: forms that are drawn by other forms multiply
BOLD = re.compile(r"bold|black|heavy|demi|medi(?!um)|cmbx|,b\b", re.IGNORECASE)
CONTROL = re.compile(r"[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
FARTHEST = 1e5  # from the corner of a page, in points
LONGEST = 2000  # characters of a run: to add one copies it
FEW_SIGNS, MANY_PATHS = 40, 200  # of a page without a text layer: letters and digits of a stamp, outlines of letters
CLOSE, APART = 0.15, 0.9  # gaps, in ems: wider than what kerning leaves, and than a blank in justified lines


def read(data: bytes, *, where: str) -> RawText:
    """Raw text of the bytes of a PDF file, with the regions that its layout tells.

    Pages are parted by a form feed and read column by column; paragraphs are parted by a blank line and keep the indent
    of their first line; a raised digit has a narrow no-break space (U+202F) before it. Text that stands askew or off
    the page follows its page. Pages that are images or outlines with next to no text are told as ``scanned``. A file
    that is no PDF, damaged, cut short, encrypted or too large, that has no text layer or whose text runs from right to
    left, is an `InputError`, in which ``where`` names it.
    """
    if b"%PDF-" not in data[:1024]:
        raise InputError(f"{where}: is not a PDF file (it does not open with %PDF-)")
    if not re.search(rb"trailer|startxref", data[data.rfind(b"endobj") + 1 :]):
        raise InputError(f"{where}: is cut short (no trailer stands behind its last object); fetch the file again")
    with quiet():
        raw = lay_out(read_sheets(data, where))
    if not any(map(str.isalnum, raw.text)) or len(raw.scanned) > raw.text.count("\f"):
        raise InputError(f"{where}: has no text layer (a scan?); run it through OCR first ({OCR})")
    if leftward(raw.text):
        raise InputError(f"{where}: its text runs from right to left, which is not read from PDF; save it as .docx")
    return raw


def leftward(text: str) -> bool:
    """Whether most letters of a text are of a script that is written from right to left."""
    letters: Counter[str] = Counter()
    for sign, count in Counter(text).items():
        letters[unicodedata.bidirectional(sign)] += count
    return letters["R"] + letters["AL"] > letters["L"]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep to itself what pdfminer says of a file, and leave logging as it was."""
    logger = logging.getLogger("pdfminer")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def read_sheets(data: bytes, where: str) -> Iterator[Sheet]:
    """The pages of a file, one after the other; an `InputError` where they cannot be read or some are missing."""
    found = promised = 0
    try:
        document = Document(Parser(data, where))
        promised = int(resolve1(resolve1(document.catalog["Pages"])["Count"]))
        device = SheetReader(Manager(where), where)
        interpreter = Interpreter(device.rsrcmgr, device, Measure(where, len(data)))
        for found, page in enumerate(PDFPage.create_pages(document), 1):
            if max(found, promised) > MOST_PAGES:
                raise InputError(f"{where}: has {max(found, promised)} pages; at most {MOST_PAGES} are read")
            interpreter.measure.turn()
            interpreter.process_page(page)
            yield device.sheet()
    except InputError:
        raise
    except PDFEncryptionError:
        raise InputError(f"{where}: is encrypted; save it without a password first") from None
    except RecursionError:  # depth is met, not foreseen
        raise InputError(f"{where}: is damaged (its parts stand in one another without end)") from None
    except Exception as fault:  # what a damaged file makes pdfminer raise has no common ancestor
        raise InputError(f"{where}: is damaged and cannot be read as PDF ({type(fault).__name__})") from None
    if found < promised:
        raise InputError(f"{where}: is damaged (only {found} of {promised} pages are found)")


class SheetReader(PDFTextDevice):
    """Gathers the characters of one page in runs: side by side, on one base line, in one type."""

    def __init__(self, manager: Manager, where: str) -> None:
        super().__init__(manager)
        self.where = where
        self.figures = 0
        self.glyphs: dict[tuple[PDFFont, int], tuple[str, float, bool]] = {}

    def begin_page(self, page: PDFPage, ctm: Matrix) -> None:
        """Begin an empty sheet."""
        self.box = apply_matrix_rect(ctm, page.cropbox)
        self.runs: list[Run] = []
        self.rules: list[Rule] = []
        self.run: Run | None = None
        self.font: PDFFont | None = None
        self.tags: list[bool] = []
        self.outer: list[Matrix | None] = []
        self.covered = 0.0
        self.paths = 0

    def sheet(self) -> Sheet:
        """The page that was read last; the direction in which most of its text runs is upright."""
        ink: Counter[int] = Counter()
        for run in self.runs:
            ink[run.direction] += len(run.text)
        upright = max(ink, key=ink.__getitem__, default=0)
        runs = [run for run in self.runs if run.direction == upright]
        strays = [run for run in self.runs if run.direction != upright and run.text != " "]
        _, low, _, high = self.box
        if upright:  # what is printed on its side has other margins
            ends = min(run.y for run in runs), max(run.y for run in runs)
            low, high = 2 * ends[0] - ends[1] - 1, 2 * ends[1] - ends[0] + 1
        return Sheet(runs, strays, self.rules, low, high, scanned=self.is_scanned())

    def is_scanned(self) -> bool:
        """Whether the page is an image, or drawn in outlines, and has next to no text."""
        left, bottom, right, top = self.box
        drawn = 2 * self.covered >= abs((right - left) * (top - bottom)) or self.paths >= MANY_PATHS
        return drawn and sum(map(str.isalnum, "".join(run.text for run in self.runs))) < FEW_SIGNS

    def render_image(self, name: str, stream: Any) -> None:
        """Note how much of the page an image covers."""
        if self.ctm:
            a, b, c, d, *_ = self.ctm
            self.covered += abs(a * d - b * c)

    def begin_figure(self, name: str, bbox: Any, matrix: Matrix) -> None:
        """Remember the space in which the page is drawn."""
        self.figures += 1
        if self.figures > MOST_FIGURES:
            raise InputError(f"{self.where}: draws more than {MOST_FIGURES:,} figures; that is no document")
        self.outer.append(self.ctm)

    def end_figure(self, name: str) -> None:
        """Return to it."""
        self.ctm = self.outer.pop()

    def begin_tag(self, tag: Any, props: Any = None) -> None:
        """Note what the file itself calls a part of the page, not of the text."""
        kind = props.get("Type") if isinstance(props, dict) else None
        self.tags.append(tag.name == "Artifact" and getattr(kind, "name", None) == "Pagination")
        self.run = None

    def end_tag(self) -> None:
        """Note the end of such a part."""
        self.tags[-1:] = []
        self.run = None

    def paint_path(self, graphicstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]) -> None:
        """Note a level line, drawn as such or as a flat box."""
        self.paths += 1
        points = [apply_matrix_pt(self.ctm, step[-2:]) for step in path[:8] if len(step) > 2] if self.ctm else []
        if not 2 <= len(points) <= 5 or not (stroke or fill) or not all(abs(at) < FARTHEST for at in chain(*points)):
            return
        across, up = [x for x, _ in points], [y for _, y in points]
        if max(up) - min(up) < 3 and max(across) - min(across) > 20:
            self.rules.append(Rule(min(across), max(across), min(up)))

    def glyph(self, font: PDFFont, cid: int) -> tuple[str, float, bool]:
        """What a code prints: its characters, its width in ems and whether it is bold."""
        try:
            text = font.to_unichr(cid)
        except PDFUnicodeNotDefined:
            text = "\ufffd"
        text = "".join(CONTROL.sub("\ufffd", text).split()) or " "
        bold = bool(BOLD.search(str(font.fontname)))
        self.glyphs[font, cid] = text, font.char_width(cid), bold
        return self.glyphs[font, cid]

    def render_char(
        self, matrix: Matrix, font: PDFFont, fontsize: float, scaling: float, rise: float, cid: int, *_: Any
    ) -> float:
        """Add a character to the run that it continues, or begin another; return its advance."""
        text, width, bold = self.glyphs.get((font, cid)) or self.glyph(font, cid)
        advance = width * fontsize * scaling
        a, b, c, d, x, y = matrix
        left, bottom, right, top = self.box
        direction = 0 if left <= x <= right and bottom <= y <= top else -1
        if fontsize < 0:
            a, b, c, d, fontsize = -a, -b, -c, -d, -fontsize
        if abs(b) > 0.09 * a:  # turned, not only askew as in a scan: measured along its own direction
            scale = hypot(a, b) or 1.0
            size, x, y = fontsize * abs(a * d - b * c) / scale, (a * x + b * y) / scale, (a * y - b * x) / scale
            direction = direction or round(degrees(atan2(b, a)) / 15) * 15 % 360
        else:
            scale, size = a, fontsize * abs(d)
        y += rise * abs(d)
        end = x + abs(advance) * scale
        size = size if 0.1 < size < FARTHEST else 1.0
        if not (abs(x) < FARTHEST and abs(y) < FARTHEST and abs(end) < FARTHEST):  # a damaged figure, or none at all
            x, y, end, direction = 0.0, 0.0, 0.0, -1
        run = self.run
        if run is not None and font is self.font and direction == run.direction and abs(size - run.size) < 0.01 * size:
            widest = (APART if run.text[-1] == " " else CLOSE) * size
            fits = abs(y - run.y) < 0.02 * size and len(run.text) < LONGEST
            if fits and run.x1 - 0.4 * run.last <= x <= run.x1 + widest and run.text != " ":
                if text != " ":
                    run.text += text
                    run.x1, run.last = end, end - x
                elif run.text[-1] != " ":
                    run.text += " "
                return advance
        self.run = Run(x, end, y, size, text, bold, direction, True in self.tags, end - x)
        self.font = font
        self.runs.append(self.run)
        return advance
