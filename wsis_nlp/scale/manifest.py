"""The manifest of a store, ``store.json``: its documents as the registry tells them, and what of them lies where.

It holds neither days nor places outside the corpus, so that one corpus gives one manifest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import wsis_nlp
from wsis_nlp._checks import InputError
from wsis_nlp.documents import FIELDS, STOP_LISTS, Corpus, Document, Skipped, document_of, input_files
from wsis_nlp.places import STORE
from wsis_nlp.readers import file_sha256, read_bytes
from wsis_nlp.scale.shards import FORMAT, Held, Shard, recipe
from wsis_nlp.scale.storing import NAME, json_bytes, read_json

LISTS = tuple(f"stoplists/{name}.txt" for name in STOP_LISTS)


@dataclass(frozen=True)
class StoredDocument(Document):
    """A document of a store, which has its tables, and of its file only the place and the hash."""

    told: tuple[str, ...] = ()

    def verified(self) -> bytes:
        """No bytes: an `InputError`."""
        raise InputError(f"document {self.id!r}: a store has tables and no files; name the corpus it was built from")

    @property
    def notes(self) -> list[str]:
        """What was said of how the file was read, when the store was built."""
        return list(self.told)


def beside(corpus: Corpus) -> dict[str, bytes]:
    """Lexicon and stop lists that a corpus uses, by their places in a store."""
    return {name: read_bytes(corpus.resource(*name.split("/"))) for name in ("lexicon.toml", *LISTS)}


def manifest_bytes(
    corpus: Corpus,
    held: Sequence[Held],
    shards: Sequence[Shard],
    told: Mapping[str, Mapping[str, Any]],
    files: Mapping[str, bytes],
) -> bytes:
    """The manifest of a corpus whose documents are ``held`` in shards."""
    by_id = {one.document.id: one for one in held}
    places = {one.document.id: shard.name for shard in shards for one in shard.held}
    notes = {one["id"]: one["notes"] for shard in shards for one in told[shard.name]["documents"]}
    documents = [
        record(one, corpus.folder)
        | {"corrections": by_id[one.id].corrections, "size": by_id[one.id].size, "key": by_id[one.id].key}
        | {"notes": notes[one.id], "shard": places[one.id]}
        for one in corpus
    ]
    known = {one.file: one.sha256 for one in (*corpus, *(out.document for out in corpus.skipped))}
    inputs = {name: known.get(path) or file_sha256(path) for name, path in input_files(corpus).items()}
    return json_bytes({
        "format": FORMAT, "version": wsis_nlp.__version__, "recipe": recipe(), "documents": documents,
        "skipped": [{"document": record(out.document, corpus.folder), "why": out.why} for out in corpus.skipped],
        "no_documents": list(corpus.no_documents), "inputs": inputs,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "shards": {shard.name: {name: told[shard.name][name] for name in ("files", "rows")} for shard in shards},
    })  # fmt: skip


def record(document: Document, folder: Path) -> dict[str, str]:
    """Fields of a document, its file by its place in the folder of the corpus."""
    file, root = document.file, folder.resolve()
    inside = file.relative_to(root) if file.is_relative_to(root) else Path(file.name)
    return {name: getattr(document, name) for name in FIELDS} | {"file": inside.as_posix()}


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a store; an `InputError` where there is none, or one of another format."""
    again = f"build it again with: wsis-nlp build CORPUS --out {folder}"
    if not (folder / STORE).is_file():
        raise InputError(f"{folder}: is no store, as it has no {STORE}; {again}")
    manifest = read_json(folder / STORE)
    if not isinstance(manifest, dict) or "format" not in manifest:
        raise InputError(f"{folder / STORE}: is damaged; {again}")
    if manifest["format"] != FORMAT:
        raise InputError(f"{folder}: is of format {manifest['format']!r}; read is format {FORMAT}; {again}")
    return manifest


def stored_corpus(folder: Path, manifest: Mapping[str, Any]) -> Corpus:
    """The corpus that a manifest tells of; an `InputError` where that is not what a build writes."""
    try:
        if not all(NAME.fullmatch(one["shard"]) for one in manifest["documents"]):
            raise KeyError("shard")
        documents = tuple(_document(one, folder) for one in manifest["documents"])
        skipped = tuple(Skipped(_document(one["document"], folder), one["why"]) for one in manifest["skipped"])
        return Corpus(folder, documents, skipped, tuple(manifest["no_documents"]))
    except (KeyError, TypeError, AttributeError):
        raise InputError(f"{folder / STORE}: is damaged; build the store again") from None


def _document(entry: Mapping[str, Any], folder: Path) -> StoredDocument:
    found = document_of({name: entry[name] for name in FIELDS}, folder, f"{folder / STORE}, document {entry['id']!r}")
    return StoredDocument(**{name: getattr(found, name) for name in FIELDS}, told=tuple(entry.get("notes", ())))
