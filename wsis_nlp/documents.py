"""A corpus, which is a folder with a ``corpus.toml`` or a bare folder of text files, and its documents."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from wsis_nlp._checks import InputError, check_id, check_known, check_one_of, is_date, listing
from wsis_nlp.places import REGISTRY, check_no_store, find_corpus, own_file, packed_folder
from wsis_nlp.readers import FORMATS, READABLE, RawText, convert, file_sha256, read_bytes, read_entries

Stage = Literal["draft", "adopted", "inputs", "fragment", "unstated"]
STOP_LISTS = ("general", "un-boilerplate")
BESIDE = ("lexicon.toml", "explained.csv")  # files of other sorts that a folder of documents may have


@dataclass(frozen=True)
class Document:
    """One document, registered with the hash of its bytes. What is not known of it is an empty string.

    Ids are unique in the corpus. ``date`` is of ISO 8601, of reduced precision where the day is not known
    (``2016-05``), ``language`` a code of ISO 639-1, ``source`` the file name under which the document came; ``series``
    joins successive texts of one process. Absence of a word from a ``stage`` of ``fragment`` says nothing about the
    whole document.
    """

    id: str
    title: str
    symbol: str
    body: str
    date: str
    stage: Stage
    series: str
    language: str
    file: Path
    sha256: str
    source: str
    rights: str

    def verified(self) -> bytes:
        """Bytes of the file; an `InputError` where it is missing or has other bytes than those registered."""
        try:
            data = read_bytes(self.file)
        except InputError as fault:
            raise InputError(f"document {self.id!r}: {fault}") from None
        found = hashlib.sha256(data).hexdigest()
        if found != self.sha256:
            raise InputError(f"{self.where} has changed: its sha256 should be {self.sha256} and is {found}")
        return data

    def read(self) -> RawText:
        """Raw text; an `InputError` where the file cannot be used (see `verified`) or holds no text."""
        return convert(self.verified(), self.file.suffix.lower(), where=self.where)

    @property
    def notes(self) -> list[str]:
        """What a reader must know of how the file was read."""
        return self.read().notes

    @property
    def where(self) -> str:
        """The document as an error names it."""
        return f"document {self.id!r} ({self.file.name})"


FIELDS = tuple(field.name for field in fields(Document))


class Skipped(NamedTuple):
    """A document that was left out, and why it cannot be read."""

    document: Document
    why: str


@dataclass(frozen=True)
class Corpus:
    """The documents of one folder, by date (undated last) and then by id, whatever the order of their listing.

    Beside them stand those that were ``skipped`` and, of a bare folder, the names of files that are ``no_documents``,
    being of other types.
    """

    folder: Path
    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...] = ()
    no_documents: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Document]:
        return iter(self.documents)

    def __getitem__(self, doc_id: str) -> Document:
        if why := next((out.why for out in self.skipped if out.document.id == doc_id), ""):
            raise InputError(why)
        by_id = {document.id: document for document in self.documents}
        check_known([doc_id], by_id, name="document")
        return by_id[doc_id]

    def resource(self, *parts: str) -> Path:
        """Path of a file beside the documents, such as ``lexicon.toml``; that of the package where there is none."""
        own = self.folder.joinpath(*parts)
        return own if os.path.lexists(own) else packed_folder().joinpath(*parts)


def corrections_path(corpus: Corpus, document: Document) -> Path:
    """Where the corrections of a document lie, if there are any."""
    return corpus.folder / "corrections" / f"{document.id}.csv"


def input_files(corpus: Corpus) -> dict[str, Path]:
    """Every file that results depend on, by its path from the folder above the corpus."""
    folder = corpus.folder
    documents = [*corpus, *(one.document for one in corpus.skipped if one.document.file.is_file())]
    files = {document.file.relative_to(folder.resolve()): document.file for document in documents}
    own = [folder / REGISTRY, *(corrections_path(corpus, document) for document in corpus)]
    files |= {path.relative_to(folder): path for path in own if path.is_file()}
    shared = [Path("lexicon.toml"), *(Path("stoplists", f"{name}.txt") for name in STOP_LISTS)]
    files |= {path: corpus.resource(*path.parts) for path in shared}
    return {f"corpus/{path.as_posix()}": files[path] for path in sorted(files)}


def load_corpus(folder: str | Path | None = None, *, verify: bool = True, keep_going: bool = False) -> Corpus:
    """Open a corpus: a folder with a ``corpus.toml``, or a bare folder of documents; `find_corpus` unless given.

    Where the folder, the registry or, with ``verify``, a document cannot be used or has changed, the `InputError` names
    file, document and field. To ``keep_going`` reads every document and leaves out those that cannot be used, unless
    none is left.
    """
    place = find_corpus() if folder is None else Path(folder)
    check_no_store(place)
    if not place.is_dir():
        said = "is a file" if place.exists() else "there is no such folder"
        raise InputError(f"{place}: {said}; a corpus is a folder with a {REGISTRY} or with documents")
    is_registered = os.path.lexists(place / REGISTRY)
    if is_registered:
        documents = registered_documents(place)
        if not documents:
            add = f"wsis-nlp corpus add FILE --corpus {place}"
            raise InputError(f"{place / REGISTRY}: holds no document yet; add one with: {add}")
    else:
        documents = unregistered_documents(files_of(place), where=str(place))
    documents.sort(key=lambda one: (one.date or "9999", one.id))
    skipped = []
    for document in documents if verify or keep_going else []:
        try:
            # What takes long to read is only compared with its hash, if it need not be read.
            is_slow = document.file.suffix.lower() in FORMATS
            document.verified() if is_slow and not keep_going else document.read()
        except InputError as fault:
            if not keep_going:
                raise
            skipped.append(Skipped(document, str(fault)))
    others = [] if is_registered else [file.name for file in files_of(place, readable=False)]
    kept = [one for one in documents if one not in [out.document for out in skipped]]
    if not kept:
        raise InputError(f"{place}: none of its documents can be read; the first: {skipped[0].why}")
    return Corpus(place, tuple(kept), tuple(skipped), tuple(name for name in others if name not in BESIDE))


def registered_documents(folder: Path) -> list[Document]:
    """Documents in the order of a ``corpus.toml``, which may hold none yet; their files are not looked at."""
    entries = read_entries(folder / REGISTRY, "document", may_be_none=True)
    return [document_of(entry, folder, where) for where, entry in entries]


def document_of(entry: dict[str, Any], folder: Path, where: str) -> Document:
    """Document record of an entry of the registry in a folder; an `InputError` names ``where`` and the field."""
    check_known(entry, FIELDS, name=f"{where}: field")
    for name in FIELDS:
        if name not in entry:
            raise InputError(f"{where}: field {name} is missing; needed are: {listing(FIELDS)}")
        if not isinstance(entry[name], str):
            raise InputError(f"{where}: field {name} is {entry[name]!r}; a string is needed")
    check_id(entry["id"], name=f"{where}: field id")
    check_one_of(entry["stage"], get_args(Stage), name=f"{where}: field stage")
    for name, allowed, holds in (
        ("sha256", "64 hexadecimal digits", re.fullmatch(r"[0-9a-f]{64}", entry["sha256"])),
        ("date", "a day, month or year that exists, as YYYY-MM-DD, YYYY-MM or YYYY, or an empty string",
         is_date(entry["date"] or "2000")),
        ("file", "a file inside the corpus folder", _is_inside(folder, entry["file"])),
    ):  # fmt: skip
        if not holds:
            raise InputError(f"{where}: field {name} is {entry[name]!r}; allowed is {allowed}")
    return Document(**{**entry, "file": (folder / entry["file"]).resolve()})


def _is_inside(folder: Path, name: str) -> bool:
    try:
        return bool(own_file(folder, name))
    except InputError:
        return False


def is_before(date: str, other: str) -> bool:
    """Whether an ISO date of any precision is surely before another; what has no date is before nothing."""
    date, other = (one if isinstance(one, str) else "" for one in (date, other))
    known = min(len(date), len(other))
    return date[:known] < other[:known]


def files_of(folder: Path, *, readable: bool = True) -> list[Path]:
    """Files of a folder that can be read as documents, by name; or those of other types."""
    # Names that begin with these are of files that an editor or a system keeps beside the documents.
    named = (file for file in sorted(folder.iterdir()) if not file.name.startswith((".", "~$")))
    files = (file for file in named if file.is_symlink() or not file.is_dir())
    return [file for file in files if (file.suffix.lower() in READABLE) == readable]


def unregistered_documents(files: Iterable[Path], *, where: str) -> list[Document]:
    """Document records of files that are in no registry; those that would have one id are an `InputError`."""
    documents = [unregistered_document(file) for file in files]
    if not documents:
        raise InputError(f"{where}: holds neither a {REGISTRY} nor a document; read are: {listing(READABLE)}")
    # Files of one name have ids with their types, else with their hashes.
    for tells in ([one.file.suffix[1:].lower() for one in documents], [one.sha256[:8] for one in documents]):
        count = Counter(one.id for one in documents)
        told = zip(documents, tells, strict=True)
        documents = [one if count[one.id] == 1 else replace(one, id=f"{one.id}-{tell}") for one, tell in told]
    twins = [one for one, many in Counter(one.id for one in documents).items() if many > 1]
    if twins:
        names = listing(one.source for one in documents if one.id == twins[0])
        raise InputError(f"{where}: {names} would have one id, {twins[0]!r}; rename one of them")
    return documents


def unregistered_document(file: Path) -> Document:
    """Document record of a file that is in no registry; its ``sha256`` is empty where it cannot be read.

    A file whose name is not text is refused.
    """
    if any("\ud800" <= sign <= "\udfff" for sign in file.name):
        raise InputError(f"{file.parent / ascii(file.name)}: its name is not text in UTF-8; rename it")
    folded = unicodedata.normalize("NFKD", file.stem).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-") or "document"
    try:
        digest = file_sha256(file)
    except InputError:
        digest = ""
    return Document(
        id=slug, title=file.stem, symbol="", body="", date="", stage="unstated", series="", language="",
        file=file.parent.resolve() / file.name, sha256=digest, source=file.name, rights="",
    )  # fmt: skip
