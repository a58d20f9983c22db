"""Documents that are registered in a corpus, or taken out of it: all of a call, or none."""

from __future__ import annotations

import contextlib
import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from wsis_nlp._checks import InputError, check_known, listing
from wsis_nlp._files import locked, write_atomic, write_through
from wsis_nlp.documents import FIELDS, Corpus, Document, corrections_path, document_of, registered_documents
from wsis_nlp.metadata import LONGEST_ID, Proposal, propose_metadata, proposed_id
from wsis_nlp.places import REGISTRY
from wsis_nlp.readers import READABLE, convert, file_sha256, read_bytes
from wsis_nlp.registry import own_corpus, with_entries, without_entry

if TYPE_CHECKING:
    import pandas as pd

GIVEN = ("id", "title", "symbol", "body", "date", "stage", "series", "language", "source", "rights")
"""Fields that can be given for a document that is added; the other two tell of its file."""
OF_ONE = ("id", "title", "symbol", "date", "source")
"""Those that tell one document from others."""


class Added(NamedTuple):
    """What came of adding files.

    ``fields`` has one row per document and field: ``doc_id, field, value, origin, sure``; ``skipped`` has the files
    that were left out, and why.
    """

    fields: pd.DataFrame
    skipped: dict[Path, str]


@dataclass(frozen=True)
class Removal:
    """What ``became`` of the file of a document that was removed, in words, and where its corrections are, if any."""

    document: Document
    became: str
    corrections: Path | None


@dataclass(frozen=True)
class _Addition:
    """A document read and checked, and not written yet."""

    file: Path
    data: bytes
    entry: dict[str, str]
    proposals: dict[str, Proposal]

    def rows(self) -> Iterable[tuple[str, str, str, str, bool]]:
        return ((self.entry["id"], field, *self.proposals[field]) for field in FIELDS)


def add_documents(
    files: Sequence[str | Path], *, corpus: str | Path | None = None, keep_going: bool = False, **given: str
) -> Added:
    """Register documents: each is read, copied to ``raw/`` of the corpus and appended to its ``corpus.toml``.

    Parameters
    ----------
    files : sequence of str or Path
        Documents of the formats that are read. One that lies in the folder of the corpus stays where it is.
    corpus : str or Path, optional
        Folder with a ``corpus.toml``; the nearest ``corpus/`` from the working folder upward unless given.
    keep_going : bool
        Skip files that cannot be added, such as scans and those that are registered already, unless none is left.
    **given : str
        Fields of the entry, in the place of what the document says of itself. ``id, title, symbol, date, source``
        are for one document only.

    Returns
    -------
    Added
        The fields of the documents, and the files that were skipped.

    Raises
    ------
    InputError
        Where a document cannot be read, is registered already, would have the id of another, or a field is not as
        allowed. Then nothing is written.
    """
    import pandas as pd

    folder = own_corpus(corpus)
    _check_given(given, len(files))
    before = read_bytes(folder / REGISTRY)
    registered = registered_documents(folder)
    additions: list[_Addition] = []
    skipped: dict[Path, str] = {}
    for file in map(Path, files):
        try:
            addition = _addition(file, folder, given)
            _check_new(addition, folder, registered, additions)
        except InputError as fault:
            if not keep_going:
                raise
            skipped[file] = str(fault)
        else:
            additions.append(addition)
    if skipped and not additions:
        raise InputError(f"none of the files can be added; the first: {next(iter(skipped.values()))}")
    content = with_entries(before, [one.entry for one in additions], where=str(folder / REGISTRY))
    with locked(folder):
        if read_bytes(folder / REGISTRY) != before:
            where = folder / REGISTRY
            raise InputError(f"{where}: was changed while the documents were read; nothing is added, run again")
        _write(folder, content, additions)
    rows = [row for addition in additions for row in addition.rows()]
    return Added(pd.DataFrame(rows, columns=["doc_id", "field", "value", "origin", "sure"]), skipped)


def _addition(file: Path, folder: Path, given: Mapping[str, str]) -> _Addition:
    suffix = file.suffix.lower()
    with contextlib.suppress(OSError):  # which reading tells
        if suffix not in READABLE and file.is_file():
            convert(b"", suffix, where=str(file))  # refused before a file that may be large is read
    data = read_bytes(file)
    raw = convert(data, suffix, where=str(file))
    digest = hashlib.sha256(data).hexdigest()
    proposals = propose_metadata(raw, file.name) | {
        name: Proposal(value, "given", True) for name, value in given.items()
    }
    proposals.setdefault("id", proposed_id(proposals["symbol"].value, file.name, digest))
    doc_id = proposals["id"].value
    inside = folder.resolve() in file.resolve().parents
    place = file.resolve().relative_to(folder.resolve()).as_posix() if inside else f"raw/{doc_id}{suffix}"
    proposals["file"] = Proposal(place, "stays where it is" if inside else "copied", True)
    proposals["sha256"] = Proposal(digest, "bytes of the file", True)
    entry = {name: proposals[name].value for name in FIELDS}
    document_of(entry, folder, str(file))
    if len(doc_id) > LONGEST_ID:
        raise InputError(f"{file}: field id has {len(doc_id)} characters; allowed are {LONGEST_ID}")
    return _Addition(file, data, entry, proposals)


def _check_given(given: Mapping[str, str], files: int) -> None:
    """Refuse values that a registry in UTF-8 cannot hold, or that would steer a terminal."""
    check_known(given, GIVEN, name="field")
    single = [name for name in OF_ONE if name in given]
    if single and files > 1:
        raise InputError(f"{listing(single)}: given for {files} files; allowed for one, which it tells from others")
    for name, value in given.items():
        if not isinstance(value, str):
            raise InputError(f"field {name} is {value!r}; a string is needed")
        stray = next((sign for sign in value if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\t\n"), "")
        if stray:
            raise InputError(f"field {name} holds {stray!r}; allowed are signs that print")


def _check_new(
    addition: _Addition, folder: Path, registered: Sequence[Document], additions: Sequence[_Addition]
) -> None:
    file, entry = addition.file, addition.entry
    target = folder / entry["file"]
    known = [(one.id, one.sha256, one.file) for one in registered]
    known += [(one.entry["id"], one.entry["sha256"], one.file) for one in additions]
    for doc_id, digest, other in known:
        if digest == entry["sha256"]:
            raise InputError(f"{file}: has the same bytes as {other.name}, which is document {doc_id!r}")
    for doc_id, _, other in known:
        if doc_id == entry["id"]:
            raise InputError(
                f"{file}: the id {doc_id!r} is that of {other.name} already; add it alone, with another --id"
            )
        if other.resolve() == target.resolve():
            raise InputError(f"{file}: is registered as document {doc_id!r}, with other bytes; remove that first")
    if target.exists() and target.resolve() != file.resolve() and read_bytes(target) != addition.data:
        raise InputError(f"{file}: {target} exists with other bytes; give another id with --id, or move that file")


def _write(folder: Path, content: bytes, additions: Sequence[_Addition]) -> None:
    """Copy the files, then write the registry; where one of these fails, take the copies back."""
    copied: list[Path] = []
    raw, is_new = folder / "raw", not (folder / "raw").exists()
    try:
        for addition in additions:
            target = folder / addition.entry["file"]
            if not target.exists():
                write_atomic(target, addition.data)
                copied.append(target)
            elif read_bytes(target) != addition.data:  # by others, since it was looked at
                raise InputError(f"{target}: was changed while the documents were read; nothing is added, run again")
        write_through(folder / REGISTRY, content)
    except BaseException:
        with contextlib.suppress(OSError):
            if (folder / REGISTRY).read_bytes() == content:  # interrupted right behind it: all is done
                raise
        for target in copied:
            with contextlib.suppress(OSError):
                target.unlink()
        with contextlib.suppress(OSError):
            if is_new:
                raw.rmdir()
        raise


def remove_document(doc_id: str, *, corpus: str | Path | None = None, delete_file: bool = False) -> Removal:
    """Take a document out of ``corpus.toml``; its file and its corrections stay.

    With ``delete_file`` the file is deleted if it lies in ``raw/`` of the corpus, with the bytes that were registered,
    and is no other document's. `InputError` where the id is not known, or the registry cannot be written: then nothing
    is changed.
    """
    folder = own_corpus(corpus)
    with locked(folder):  # until the file is gone: who adds it at the same time shall not find it
        document, others = _taken_out(doc_id, folder)
        became = _why_kept(document, folder, others, delete_file=delete_file)
        if not became:
            try:
                document.file.unlink()
            except OSError as fault:
                became = f"stays, and cannot be deleted ({fault.strerror})"
    corrections = corrections_path(Corpus(folder, ()), document)
    return Removal(document, became or "is deleted", corrections if corrections.is_file() else None)


def _taken_out(doc_id: str, folder: Path) -> tuple[Document, list[Document]]:
    """Write the registry without a document; that, and the others."""
    before = read_bytes(folder / REGISTRY)
    registered = registered_documents(folder)
    ids = [document.id for document in registered]
    check_known([doc_id], ids, name=f"{folder / REGISTRY}: document")
    at = ids.index(doc_id)
    write_through(folder / REGISTRY, without_entry(before, at, where=str(folder / REGISTRY)))
    return registered[at], [*registered[:at], *registered[at + 1 :]]


def _why_kept(document: Document, folder: Path, others: Sequence[Document], *, delete_file: bool) -> str:
    """Why the file of a document is not deleted; empty where it shall be."""
    if not document.file.is_file():
        return "is not there"
    if not delete_file:
        return "stays"
    if (folder / "raw").resolve() not in document.file.parents:
        return "stays, not being in raw/"
    if any(other.file == document.file for other in others):
        return "stays, since another document has it too"
    same = file_sha256(document.file) == document.sha256
    return "" if same else "stays, since its bytes are not those registered"
