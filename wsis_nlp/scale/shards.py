"""Shards: documents whose tables are made, kept and made anew together, and the names by which that is known.

What a name hashes is all that the tables depend on, so that of one name there is one content, whoever made it and when.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import wsis_nlp
from wsis_nlp.documents import Document

FORMAT = 1  # of the store: it changes with what the files of a store are
SMALLEST, LARGEST = 1_000_000, 2_000_000  # bytes of the documents of a shard; a larger document is a shard by itself
ONE_IN = 4  # documents after which a shard may end
LIBRARIES = ("lxml", "pdfminer.six", "pyarrow")
# All that the tables import: also what says faults and notes, which a store keeps.
SOURCES = (
    "_checks", "documents", "encodings", "formats", "matrix", "paragraphs", "places", "readers", "readings",
    "scale/shards", "scale/tables", "segmentation", "showing", "tokens", "tracked", "words",
)  # fmt: skip


class Held(NamedTuple):
    """A document of a store: its record, the hash of its corrections (empty without any), its bytes, and its key."""

    document: Document
    corrections: str
    size: int
    key: str


@dataclass(frozen=True)
class Source:
    """What the tables of a document are made from: its record, its bytes, and those of its corrections, if any."""

    document: Document
    data: bytes
    corrections: bytes | None


@dataclass(frozen=True)
class Outcome:
    """What became of a shard: each table as the bytes of a Parquet file, and its rows but for those of ``terms``; notes
    and faults by the id of the document.

    Where the shard could not be made at all, as for want of a library, ``refusal`` says why.
    """

    tables: dict[str, bytes]
    rows: dict[str, int]
    notes: dict[str, list[str]]
    unreadable: dict[str, str]
    wrong: dict[str, str]
    refusal: str = ""


class Shard(NamedTuple):
    """Documents, in order of their ids, with the name of their shard."""

    name: str
    held: tuple[Held, ...]


@cache
def recipe() -> str:
    """Hash of the code and of the versions of libraries by which tables are made."""
    sources = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in recipe_files().items()}
    versions = {name: _version(name) for name in LIBRARIES}
    return digest([FORMAT, wsis_nlp.__version__, unicodedata.unidata_version, versions, sources])


def recipe_files() -> dict[str, Path]:
    """Files of the code by which tables are made, by their names in the package."""
    folder = Path(wsis_nlp.__file__).parent
    files = (path for name in SOURCES for path in ([folder / f"{name}.py", *(folder / name).glob("*.py")]))
    return {path.relative_to(folder).as_posix(): path for path in files if path.is_file()}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def digest(value: object) -> str:
    """SHA-256 of what JSON can tell."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def held_document(document: Document, corrections: str, size: int) -> Held:
    """A document with its key; its title and date are not in the tables, and not in the key."""
    made_of = [recipe(), document.id, document.file.name, document.sha256, corrections]
    return Held(document, corrections, size, digest(made_of))


def cut(documents: Iterable[Held]) -> Iterator[Shard]:
    """Shards of documents by order of id, ended where ids say so: one more document moves the ends near it alone."""
    held: list[Held] = []
    size = 0
    for one in sorted(documents, key=lambda one: one.document.id):
        if held and size + one.size > LARGEST:
            yield _shard(held)
            held, size = [], 0
        held.append(one)
        size += one.size
        if size >= SMALLEST and int(digest(one.document.id)[:8], 16) % ONE_IN == 0:
            yield _shard(held)
            held, size = [], 0
    if held:
        yield _shard(held)


def _shard(held: Sequence[Held]) -> Shard:
    return Shard(digest([one.key for one in held]), tuple(held))
