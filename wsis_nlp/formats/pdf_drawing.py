"""What pages draw, and the forms on them, carried out within a measure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pdfminer.pdfdevice import PDFDevice
from pdfminer.pdfinterp import PDFContentParser, PDFPageInterpreter, PDFResourceManager
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psexceptions import PSEOF
from pdfminer.psparser import PSKeyword, keyword_name

from wsis_nlp._checks import InputError
from wsis_nlp.formats.pdf_streams import ShortWords

CONTENT, EACH, TIMES = 1 << 22, 1 << 18, 16  # bytes of drawing that a file, its pages and its own bytes may ask for
NAMES = str.maketrans({"*": "_a", '"': "_w", "'": "_q"})  # of operators, as methods of an interpreter


class Measure:
    """How many bytes of drawing a file may still ask for."""

    def __init__(self, where: str, size: int) -> None:
        self.where = where
        self.most = self.left = CONTENT + TIMES * size

    def turn(self) -> None:
        """Allow for another page: an emblem in its head is drawn on each, but stands in the file once."""
        self.most, self.left = self.most + EACH, self.left + EACH

    def take(self, count: int) -> None:
        """Count bytes; an `InputError` if they are too many for a file of its size and the pages so far."""
        self.left -= count
        if self.left < 0:
            told = f"draws more than {self.most:,} bytes, the most for a file of its size and as many pages"
            raise InputError(f"{self.where}: {told}; that is no document")


class ContentParser(ShortWords, PDFContentParser):
    """Parses what a page draws."""


class Interpreter(PDFPageInterpreter):
    """Carries out what pages and the forms on them draw."""

    def __init__(self, manager: PDFResourceManager, device: PDFDevice, measure: Measure) -> None:
        super().__init__(manager, device)
        self.measure = measure

    def dup(self) -> Interpreter:
        """Another for a form, which shares the measure."""
        return type(self)(self.rsrcmgr, self.device, self.measure)

    def execute(self, streams: Sequence[object]) -> None:
        """Carry out streams of drawing, but none that is being carried out already."""
        found = [stream for stream in map(resolve1, streams) if isinstance(stream, PDFStream)]
        found = [stream for stream in found if stream.objid is not None and stream.objid not in self.parent_stream_ids]
        self.stream_ids = {stream.objid for stream in found if stream.objid is not None}
        self.measure.take(sum(len(stream.get_data()) for stream in found))
        try:
            parser = ContentParser(found)
            while True:
                _, one = parser.nextobject()
                if isinstance(one, PSKeyword):
                    self.carry_out(keyword_name(one))
                else:
                    self.push(one)
        except PSEOF:
            return

    def carry_out(self, operator: str) -> None:
        """Carry out an operator with the operands before it; one that is unknown or lacks operands is passed over."""
        method: Any = getattr(self, f"do_{operator.translate(NAMES)}", None)
        if method is None:
            return
        count = method.__code__.co_argcount - 1
        operands = self.pop(count) if count else []
        if len(operands) == count:
            method(*operands)
