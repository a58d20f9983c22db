"""The streams of a PDF file, unpacked only as far as memory should hold."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Any

from pdfminer.lzw import LZWDecoder
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import (
    LITERALS_DCT_DECODE,
    LITERALS_FLATE_DECODE,
    LITERALS_LZW_DECODE,
    LITERALS_RUNLENGTH_DECODE,
    DecipherCallable,
    PDFStream,
)
from pdfminer.psparser import PSKeyword

from wsis_nlp._checks import InputError

MOST_BYTES = 1 << 28  # of all streams together; images are not unpacked
STEP = 4096


class Parser(PDFParser):
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
            if name in LITERALS_FLATE_DECODE:
                data, name = self.inflated(data), LITERALS_DCT_DECODE[0]  # which leaves data as they are
            else:
                self.file.take(swollen(name, data))
            data = PDFStream({"Filter": name, "DecodeParms": parameters or {}}, data).get_data()
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


def swollen(name: object, data: bytes) -> int:
    """How many bytes another filter makes of data at most."""
    if name in LITERALS_LZW_DECODE:
        return sum(map(len, LZWDecoder(BytesIO(data)).run()))
    return 64 * len(data) if name in LITERALS_RUNLENGTH_DECODE else len(data)
