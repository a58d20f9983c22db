"""The fonts of a PDF file: how many codes they tell of is counted before each code gets its place in memory.

A few bytes may announce billions of codes, in widths, in a map to characters or in the tables of a font file.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from pdfminer.cmapdb import CMapBase, CMapParser, FileUnicodeMap
from pdfminer.pdffont import PDFFont
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdftypes import PDFStream, dict_value, list_value, resolve1, stream_value
from pdfminer.psparser import PSKeyword
from pdfminer.utils import choplist

from wsis_nlp._checks import InputError

MOST_CODES = 1 << 21  # of all fonts together
NO_MAP = PDFStream({}, b"")


class Manager(PDFResourceManager):
    """Makes the fonts of a file, which share one measure of codes."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where, self.left = where, MOST_CODES
        self.counted: set[object] = set()
        self.maps: dict[bytes, FileUnicodeMap] = {}

    def get_font(self, objid: object, spec: Mapping[str, object]) -> PDFFont:
        """Make a font, or return the one that was made of an object."""
        if objid and objid in self.counted:
            return super().get_font(objid, spec)
        self.counted.add(objid)
        for count in codes(spec):
            self.take(count)
        letters = resolve1(spec.get("ToUnicode"))
        if not isinstance(letters, PDFStream):
            return super().get_font(objid, spec)
        # pdfminer would read the map for each font, and count as another what it hands on to a descendant
        font = super().get_font(objid, {**spec, "ToUnicode": NO_MAP})
        vars(font)["unicode_map"] = self.map(letters.get_data())
        return font

    def map(self, data: bytes) -> FileUnicodeMap:
        """Read a map of codes to characters, or return the one that was read of the same bytes."""
        if data not in self.maps:
            Ranges(data, self.take).run()
            self.maps[data] = FileUnicodeMap()
            CMapParser(self.maps[data], BytesIO(data)).run()
        return self.maps[data]

    def take(self, count: int) -> None:
        """Count codes; an `InputError` if they are too many."""
        self.left -= count
        if self.left < 0:
            raise InputError(f"{self.where}: its fonts have more than {MOST_CODES:,} codes; that is no document")


def codes(spec: Mapping[str, object]) -> Iterator[int]:
    """How many codes each part of a font tells of, but for its map to characters."""
    if "W" in spec:
        yield spanned([resolve1(one) for one in list_value(spec["W"])], 3)
    if "W2" in spec:
        yield spanned(list_value(spec["W2"]), 5)
    mapped_anew = not isinstance(resolve1(spec.get("ToUnicode")), PDFStream)
    if mapped_anew and "CIDSystemInfo" in spec and "FontDescriptor" in spec:
        descriptor = dict_value(spec["FontDescriptor"])
        yield from mapped(stream_value(descriptor["FontFile2"]).get_data()) if "FontFile2" in descriptor else ()


def spanned(widths: Sequence[Any], size: int) -> int:
    """How many codes widths are told of: by a first, a last and what they share, or by a first and a list."""
    total, held = 0, list[Any]()
    for one in widths:
        if isinstance(one, list):
            total, held = total + len(one), []
        elif isinstance(one, (int, float)):
            held.append(one)
            if len(held) == size:
                total += max(held[1] - held[0], 0) if all(isinstance(end, int) for end in held[:2]) else 0
                held = []
    return total


class Ranges(CMapParser):
    """Reads a map of codes to characters only for the length of its ranges."""

    def __init__(self, data: bytes, take: Callable[[int], None]) -> None:
        super().__init__(CMapBase(), BytesIO(data))
        self.take = take

    def do_keyword(self, pos: int, token: PSKeyword) -> None:
        """Count the codes of ranges that end here."""
        if token not in (self.KEYWORD_ENDBFRANGE, self.KEYWORD_ENDCIDRANGE):
            super().do_keyword(pos, token)
            return
        for first, last, _ in choplist(3, [one for _, one in self.popall()]):
            if isinstance(first, bytes) and isinstance(last, bytes):
                self.take(max(int.from_bytes(last) - int.from_bytes(first), 0))


def mapped(data: bytes) -> Iterator[int]:
    """How many codes each table of a TrueType file maps, as far as the file is whole."""
    starts = [data[at + 8 : at + 12] for at in range(12, len(data) - 15, 16) if data[at : at + 4] == b"cmap"]
    try:
        for start in map(int.from_bytes, starts):
            for n in range(struct.unpack_from(">H", data, start + 2)[0]):
                platform, place = struct.unpack_from(">H2xL", data, start + 4 + 8 * n)
                if platform in (0, 3):  # of Unicode; others are passed over
                    yield from table_codes(data, start + place)
    except struct.error:  # where the bytes end, the reader of the font ends as well
        return


def table_codes(data: bytes, at: int) -> Iterator[int]:
    """How many codes a table at a place maps, stretch by stretch."""
    form, twice = struct.unpack_from(">H4xH", data, at)
    if form == 4:  # the ends of all ranges, two bytes, then the starts
        ends, starts = (struct.unpack_from(f">{twice // 2}H", data, at + skip) for skip in (14, 16 + twice))
        yield sum(max(last - first, 0) + 1 for first, last in zip(starts, ends, strict=True))
    elif form == 12:
        for group in range(struct.unpack_from(">L", data, at + 12)[0]):
            first, last = struct.unpack_from(">LL", data, at + 16 + 12 * group)
            yield max(last - first, 0) + 1
    else:
        yield 256 if form == 0 else min(len(data), 1 << 16)
