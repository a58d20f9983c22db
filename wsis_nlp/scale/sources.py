"""What a store is built from: a folder, files, or an address, of which a copy is made first."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from wsis_nlp._checks import InputError
from wsis_nlp.documents import BESIDE, STOP_LISTS, Corpus, load_corpus, registered_documents, unregistered_documents
from wsis_nlp.places import REGISTRY, own_file
from wsis_nlp.readers import LARGEST, READABLE, import_extra

STEP = 1 << 20  # bytes that are copied at once
LISTS = tuple(f"stoplists/{name}.txt" for name in STOP_LISTS)


@contextmanager
def opened_corpus(corpus: str | Path | Sequence[str | Path] | None) -> Iterator[Corpus]:
    """A corpus whose documents are not read yet: of a folder, of files, or of an address such as ``s3://bucket/texts``.

    What lies elsewhere is copied into a temporary folder, which is gone at the end; errors name the address.
    """
    given = [corpus] if corpus is None or isinstance(corpus, (str, Path)) else list(corpus)
    with tempfile.TemporaryDirectory(prefix="wsis-nlp-") as name:
        copies: dict[str, str] = {}
        try:
            places = [_place(one, Path(name, str(n)), copies) for n, one in enumerate(given)]
            yield _corpus(places)
        except InputError as fault:
            said = str(fault)
            for copy, address in copies.items():
                said = said.replace(copy, address)
            raise InputError(said) from None


def _corpus(places: list[Path | None]) -> Corpus:
    if not places:
        raise InputError("no corpus is given; allowed are a folder, files or an address")
    if len(places) == 1 and (places[0] is None or not places[0].is_file()):
        return load_corpus(places[0], verify=False)
    files = list(dict.fromkeys(place.parent.resolve() / place.name for place in places if place is not None))
    for file in files:
        if file.is_dir():
            raise InputError(f"{file}: is a folder; several folders are no corpus, name one folder, or files")
        if file.suffix.lower() not in READABLE:
            raise InputError(f"{file}: files of type {file.suffix or 'none'!r} are not read")
        if not file.is_file():
            raise InputError(f"{file}: there is no such file")
    folder = Path(os.path.commonpath([file.parent for file in files]))
    documents = unregistered_documents(files, where=str(folder))
    return Corpus(folder, tuple(sorted(documents, key=lambda one: one.id)))


def _place(given: str | Path | None, copy: Path, copies: dict[str, str]) -> Path | None:
    """A folder or a file of this machine, or else its copy."""
    if given is None or isinstance(given, Path) or ("://" not in given and "::" not in given):
        return None if given is None else Path(given)
    fsspec = import_extra("fsspec", "scale", task=f"to read {given}")
    try:
        system, root = fsspec.core.url_to_fs(given)
        if isinstance(system, fsspec.get_filesystem_class("file")):
            return Path(root)
        copies[str(copy)] = given
        copy.mkdir()
        return _copied(system, root, copy)
    except (InputError, MemoryError):
        raise
    except Exception as fault:  # each file system has errors of its own
        said = " ".join(str(fault).split()) or type(fault).__name__
        raise InputError(f"{given}: cannot be read ({said})") from None


def _copied(system: Any, root: str, copy: Path) -> Path:
    """Copy a file, or of a folder what a corpus has."""
    if not system.exists(root):
        raise InputError(f"{copy}: there is no such file or folder")
    if system.isfile(root):
        return _fetch(system, root, copy, PurePosixPath(root).name)
    names = _names(system, root)
    if REGISTRY in names:
        _fetch(system, names[REGISTRY], copy, REGISTRY)
        wanted = {one.file.relative_to(copy.resolve()).as_posix() for one in registered_documents(copy)}
    else:
        wanted = {name for name in names if "/" not in name}
    beside = {name for name in names if name.startswith("corrections/") and name.endswith(".csv")}
    for name in sorted({*wanted, *beside, *BESIDE, *LISTS} & names.keys()):
        # Of a file of another type the name alone is told.
        unread = name in wanted and PurePosixPath(name).suffix.lower() not in READABLE and name not in BESIDE
        _fetch(system, names[name], copy, name, most=0 if unread else LARGEST + 1)
    return copy


def _names(system: Any, root: str) -> dict[str, str]:
    """Path of each file by its place in a folder; names that lead out of it are refused."""
    prefix = root.rstrip("/")
    found = {}
    for path in system.find(root):
        if prefix and not path.startswith(f"{prefix}/"):
            raise InputError(f"{path!r} leads out of {root!r}; allowed is a file inside of it")
        found[path[len(prefix) :].lstrip("/")] = path
    return found


def _fetch(system: Any, path: str, copy: Path, name: str, *, most: int = LARGEST + 1) -> Path:
    """Copy a file into a folder, no further than to where it is too large to be read."""
    target = own_file(copy, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as made:
        if most:
            with system.open(path, "rb") as stream:
                while most > 0 and (data := stream.read(min(STEP, most))):
                    most -= made.write(data)
    return target
