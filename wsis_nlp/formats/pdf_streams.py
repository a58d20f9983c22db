"""The objects and streams of a PDF file, followed and unpacked only as far as time and memory should allow."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pdfminer.lzw import LZWDecoder
from pdfminer.pdfdocument import PDFDocument, PDFNoPageLabels, PDFXRefStream
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import (
    LITERALS_CCITTFAX_DECODE,
    LITERALS_DCT_DECODE,
    LITERALS_FLATE_DECODE,
    LITERALS_LZW_DECODE,
    LITERALS_RUNLENGTH_DECODE,
    DecipherCallable,
    PDFObjRef,
    PDFStream,
    int_value,
    resolve1,
)
from pdfminer.psparser import PSBaseParser, PSKeyword

from wsis_nlp._checks import InputError

MOST_BYTES = 1 << 28  # of all streams together; images are not unpacked
STEP = 4096
MOST_LETTERS = 1 << 18  # of a word or string


class ShortWords(PSBaseParser):
    """Parses words of a bounded length, since each piece that is added to one copies it."""

    def fillbuf(self) -> Any:
        """Go on to what follows; a `ValueError` inside a word that does not end."""
        if len(self._curtoken) > MOST_LETTERS:
            raise ValueError("a word does not end")
        return super().fillbuf()


class Parser(ShortWords, PDFParser):
    """Parses a file, whose streams then share one measure of what they may unpack to."""

    def __init__(self, data: bytes, where: str) -> None:
        super().__init__(BytesIO(data))
        self.where = where
        self.left = MOST_BYTES

    def do_keyword(self, pos: int, token: PSKeyword) -> None:
        """Put a stream that keeps the measure in the place of one that does not."""
        super().do_keyword(pos, token)
        if token is self.KEYWORD_STREAM and self.curstack and isinstance(stream := self.curstack[-1][1], PDFStream):
            self.curstack[-1] = pos, Stream(stream.attrs, stream.rawdata or b"", stream.decipher, self)

    def take(self, count: int) -> None:
        """Count bytes that were unpacked; an `InputError` if they are too many."""
        self.left -= count
        if self.left < 0:
            raise InputError(f"{self.where}: unpacks to more than {MOST_BYTES >> 20} MiB; that is no document")


class Document(PDFDocument):
    """The objects of a file, none of which refers to itself alone or stands in a table beyond its end."""

    def __init__(self, parser: Parser) -> None:
        super().__init__(parser)
        for table in self.xrefs:
            if isinstance(table, PDFXRefStream):  # which may announce billions of objects
                rows = len(table.data or b"") // max(table.entlen or 0, 1)
                table.ranges = [(start, min(count, rows)) for start, count in table.ranges]

    def getobj(self, objid: int) -> object:
        """Object with a number, whatever numbers lead to it; a `ValueError` where they lead round and round."""
        found, seen = super().getobj(objid), {objid}
        while isinstance(found, PDFObjRef):
            if found.objid in seen:
                raise ValueError(f"object {objid} refers to itself")
            seen.add(found.objid)
            found = super().getobj(found.objid)
        return found

    def get_page_labels(self) -> Iterator[str]:
        """None, since they are not read, and may be spoilt where the pages are not."""
        raise PDFNoPageLabels


class Stream(PDFStream):
    """A stream whose filters are undone one by one, each only as far as the file has room left."""

    def __init__(self, attrs: dict[str, Any], packed: bytes, decipher: DecipherCallable | None, file: Parser) -> None:
        super().__init__(attrs, packed, decipher)
        self.file = file

    def decode(self) -> None:
        """Unpack the stream."""
        data = self.rawdata or b""
        if self.decipher and self.objid is not None and self.genno is not None:
            data = self.decipher(self.objid, self.genno, data, self.attrs)
        for name, parameters in self.get_filters():
            parameters = resolve1(parameters) or {}
            if name in LITERALS_CCITTFAX_DECODE:  # an image, of whatever size it tells
                data, name = b"", LITERALS_DCT_DECODE[0]
            elif name in LITERALS_FLATE_DECODE:
                data, name = self.inflated(data), LITERALS_DCT_DECODE[0]  # which leaves data as they are
            else:
                self.file.take(swollen(name, data))
            if "Predictor" in parameters and int_value(parameters["Predictor"]) > 1:  # 1 means none
                check_row(parameters, len(data))
            data = PDFStream({"Filter": name, "DecodeParms": parameters}, data).get_data()
        self.data, self.rawdata = data, None

    def inflated(self, data: bytes) -> bytes:
        """Deflated data, inflated step by step; a wrong checksum does no harm."""
        inflater, pieces = zlib.decompressobj(-zlib.MAX_WBITS), []
        for start in range(2, len(data), STEP):
            pieces.append(inflater.decompress(data[start : start + STEP]))
            self.file.take(len(pieces[-1]))
            if inflater.eof:  # what follows would be gathered to no end
                break
        return b"".join(pieces)


def check_row(parameters: dict[str, Any], length: int) -> None:
    """Raise a `ValueError` where a row of a table that was packed would be longer than all of it."""
    names = ("Columns", "Colors", "BitsPerComponent")
    columns, colors, bits = (
        int(resolve1(parameters.get(name, usual))) for name, usual in zip(names, (1, 1, 8), strict=True)
    )
    if min(columns, colors, bits) < 1 or columns * colors * bits > 8 * length + 64:
        raise ValueError("a row is longer than the data")


def swollen(name: object, data: bytes) -> int:
    """How many bytes another filter makes of data at most."""
    if name in LITERALS_LZW_DECODE:
        return sum(map(len, LZWDecoder(BytesIO(data)).run()))
    return 64 * len(data) if name in LITERALS_RUNLENGTH_DECODE else len(data)
