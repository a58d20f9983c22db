"""Files to raw text: a text file is decoded and otherwise untouched; other formats are printed as they would show.

What a format itself tells of its text (what belongs to the page, what is a footnote, what a tracked change replaced)
stands beside the raw text, by offsets.
"""

from __future__ import annotations

import csv
import hashlib
import importlib
import io
import os
import stat
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from wsis_nlp._checks import InputError, check_known, listing
from wsis_nlp.encodings import read_text, utf_8

FORMATS = {".pdf": "pdf", ".docx": "docx", ".html": "html", ".htm": "html"}
READABLE = (".txt", ".md", *FORMATS)
"""Suffixes of the files that can be read; those of `FORMATS` need the extra ``[documents]``."""

LARGEST = 500_000_000  # bytes of a file
FEED, OCR = "\f", "free: ocrmypdf --skip-text FILE NEW_FILE"

RegionKind = Literal["furniture", "footnote", "heading"]


class Region(NamedTuple):
    """What the format of a file tells of a stretch of whole lines of the raw text."""

    start: int
    end: int
    kind: RegionKind


class Edit(NamedTuple):
    """A tracked change: the words that a stretch of the raw text has in the new and in the old reading."""

    start: int
    end: int
    new: str
    old: str


@dataclass(frozen=True)
class RawText:
    """What a file prints, with its regions and edits, each in order and without overlap.

    ``encoding`` is that of the file, and empty where its format has none of its own; ``scanned`` are its pages, counted
    from 1, that are images without a text layer, of which nothing is in the text.
    """

    text: str
    regions: tuple[Region, ...] = ()
    edits: tuple[Edit, ...] = ()
    encoding: str = ""
    scanned: tuple[int, ...] = ()

    @property
    def unread(self) -> str:
        """How many pages have no text layer, which, and what to do; empty where all have one."""
        if not self.scanned:
            return ""
        told = f"{len(self.scanned)} of {self.text.count(FEED) + 1} pages have no text layer and are not read"
        return f"{told} (page {listing(self.scanned)}); run the file through OCR first ({OCR})"

    @property
    def notes(self) -> list[str]:
        """What a reader must know of how the file was read."""
        foreign = self.encoding not in ("", "utf-8", "utf-8-sig")
        return [f"read as {self.encoding}, not as UTF-8"] * foreign + [self.unread] * bool(self.unread)


def read_bytes(path: Path) -> bytes:
    """Bytes of a file; one that is missing, a folder, a pipe or device, too large or not to be opened is refused."""
    with opened(path) as file:
        return file.read()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits; what `read_bytes` refuses is refused."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedReader]:
    """A file that can be read whole; an `InputError` where it cannot."""
    said = {FileNotFoundError: "there is no such file", IsADirectoryError: "is a folder; a file is needed"}
    try:
        held = path.stat()
        if not stat.S_ISREG(held.st_mode) and not stat.S_ISDIR(held.st_mode):
            raise InputError(f"{path}: is a pipe, a device or the like; a file is needed")
        if held.st_size > LARGEST:
            raise InputError(f"{path}: is larger than {LARGEST // 1_000_000} MB; no such text is read")
        with path.open("rb") as file:
            yield file
    except OSError as fault:
        raise InputError(f"{path}: {said.get(type(fault), f'cannot be read ({fault.strerror})')}") from None


@lru_cache(maxsize=32)
def convert(data: bytes, suffix: str, *, where: str) -> RawText:
    """Raw text of the bytes of a document file of a type; an `InputError`, in which ``where`` names them, if none."""
    if suffix not in READABLE:
        raise InputError(f"{where}: files of type {suffix or 'none'!r} are not read; allowed are: {listing(READABLE)}")
    if suffix not in FORMATS:
        text, encoding = read_text(data, where=where)
        return RawText(text, encoding=encoding)
    raw: RawText = import_extra(
        f"wsis_nlp.formats.{FORMATS[suffix]}", "documents", task=f"{where}: to read {suffix}"
    ).read(data, where=where)
    return raw


def import_extra(module: str, extra: str, *, task: str) -> Any:
    """Import a module whose libraries come with an extra of the package; an `InputError` where they are missing."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as fault:
        if (fault.name or "").startswith("wsis_nlp"):
            raise
        raise InputError(f"{task} needs {fault.name}; install it with: pip install 'wsis-nlp[{extra}]'") from None


def read_document(path: Path) -> RawText:
    """Raw text of a document file; a suffix that is not among `READABLE` is refused, and so is what holds no text."""
    return convert(read_bytes(path), path.suffix.lower(), where=str(path))


def read_data(path: Path) -> str:
    """Text of a file of data beside the documents, in UTF-8, without the mark that table editors put before it."""
    return utf_8(read_bytes(path), where=str(path)).removeprefix("\ufeff")


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows of a CSV file with just these columns, each after the words that name its place; none where it is missing.

    A file that is not CSV, or has other columns or a row with more or fewer fields, is an `InputError`.
    """
    if os.path.lexists(path):
        yield from csv_rows(read_bytes(path), columns, where=str(path))


def csv_rows(data: bytes, columns: Sequence[str], *, where: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows of the bytes of a CSV file, as `read_rows` gives and refuses them; ``where`` names the file."""
    rows = csv.DictReader(io.StringIO(utf_8(data, where=where).removeprefix("\ufeff"), newline=""))
    try:
        if list(rows.fieldnames or ()) != list(columns):
            found = listing(repr(name) for name in rows.fieldnames or ())
            raise InputError(f"{where}, line 1: its columns are {found}; needed are: {listing(columns)}")
        for row in rows:
            place = f"{where}, line {rows.line_num}"
            if any(not isinstance(row.get(name), str) for name in columns) or len(row) != len(columns):
                raise InputError(f"{place}: does not have {len(columns)} fields; needed are: {listing(columns)}")
            yield place, row
    except csv.Error as fault:
        raise InputError(f"{where}, line {rows.line_num + 1}: is not CSV ({fault})") from None


def read_entries(path: Path, kind: str, *, may_be_none: bool = False) -> list[tuple[str, dict[str, Any]]]:
    """Tables ``[[kind]]`` of a TOML file, each after the words that name it in a message.

    A file that is not TOML, has other tables, none of that kind (unless it ``may_be_none``), or an id twice is an
    `InputError`.
    """
    text = read_data(path)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:  # of TOML, or of a number of thousands of digits
        raise InputError(f"{path}: is not TOML ({fault})") from None
    check_known(content, [kind], name=f"{path}: table")
    entries = content.get(kind, [])
    if (
        not isinstance(entries, list)
        or not (entries or may_be_none)
        or not all(isinstance(entry, dict) for entry in entries)
    ):
        raise InputError(f"{path}: lists no {kind}; each is a table [[{kind}]]")
    ids = [entry.get("id", place) for place, entry in enumerate(entries, 1)]
    for one, times in Counter(map(repr, ids)).items():  # an id that is none may be a list, which cannot be counted
        if times > 1:
            raise InputError(f"{path}: {kind} {one} is registered twice; an id is unique")
    return [(f"{path}, {kind} {one!r}", entry) for one, entry in zip(ids, entries, strict=True)]
