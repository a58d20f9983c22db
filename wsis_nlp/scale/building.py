"""Building a store: what is there already is kept, what changed is made anew, and the manifest is written last."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wsis_nlp._checks import InputError, check_whole
from wsis_nlp._files import alone
from wsis_nlp.documents import Corpus, Document, Skipped, corrections_path
from wsis_nlp.places import REGISTRY, STORE
from wsis_nlp.readers import file_sha256, import_extra, read_bytes
from wsis_nlp.scale.manifest import beside, manifest_bytes, read_manifest, stored_corpus
from wsis_nlp.scale.running import Task, connected, run
from wsis_nlp.scale.shards import Held, Outcome, Shard, Source, cut, held_document
from wsis_nlp.scale.sources import opened_corpus
from wsis_nlp.scale.storing import check_place, finish, read_json, read_shard, write_shard

Told = dict[str, dict[str, Any]]
"""What is told of each shard of a store, by its name."""


@dataclass(frozen=True)
class Build:
    """What a build did: the corpus that the store has, with what was left out of it; ids of the documents whose tables
    were ``made``, in their order; and whether anything in the store ``changed``.
    """

    out: Path
    corpus: Corpus
    made: tuple[str, ...]
    changed: bool


def build_store(
    corpus: str | Path | Sequence[str | Path] | None,
    out: str | Path,
    *,
    workers: int = 1,
    client: Any = None,
    keep_going: bool = False,
    progress: bool = False,
) -> Build:
    """Make the tables of a corpus in a folder, or bring them up to date: only what changed is made anew.

    The same corpus gives the same files, byte for byte, whoever makes them and after whatever was there before. A run
    that is killed leaves the store as it was, and what it had done to the next.

    Parameters
    ----------
    corpus : str, Path or sequence of them, optional
        A folder with a ``corpus.toml``, a bare folder of documents, some files (the folder that holds them all may have
        their corrections and lexicon), or an address that fsspec knows, such as ``s3://bucket/texts``.
    out : str or Path
        Folder of the store.
    workers : int
        Processes of this machine. A script that asks for more than one does so under ``if __name__ == "__main__":``.
    client : distributed.Client or str, optional
        A cluster of Dask that makes the tables in place of this machine, or the address of its scheduler.
    keep_going : bool
        Leave out documents that cannot be read; else they are an `InputError`, at the end, and the others are kept for
        the next run.
    progress : bool
        Show a bar on standard error, if that is a terminal.

    Raises
    ------
    InputError
        Where a document has changed since it was registered or cannot be read, or the folder is no store and not empty.
    """
    place = Path(out)
    check_whole(workers, name="workers", least=1)
    if client is not None and workers > 1:
        raise InputError(f"workers is {workers} and a scheduler is given; allowed is one of them")
    import_extra("wsis_nlp.scale.tables", "scale", task="to build a store")
    with opened_corpus(corpus) as found, connected(client) as cluster:
        check_place(place)
        try:
            place.joinpath("shards").mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise InputError(f"{out}: cannot be written ({fault.strerror}); choose another folder") from None
        with alone(place):
            return _built(found, place, workers=workers, client=cluster, keep_going=keep_going, progress=progress)


def _built(corpus: Corpus, out: Path, *, workers: int, client: Any, keep_going: bool, progress: bool) -> Build:
    held, faults = hashed_documents(corpus, keep_going=keep_going)
    shards = list(cut(held))
    there = {path.name: read_shard(out, path.name) for path in (out / "shards").iterdir() if path.name[0] != "."}
    told: Told = {name: one for name, one in there.items() if one is not None}
    places = {one["key"]: name for name, shard in told.items() for one in shard["documents"]}
    tasks = [
        Task(shard, tuple(one for one in shard.held if one.key not in places))
        for shard in shards
        if shard.name not in told
    ]
    missing = [one for task in tasks for one in task.missing]
    with _bar(sum(one.size for one in missing), progress) as bar:

        def load(task: Task) -> list[Source]:
            return [_loaded(corpus, one) for one in task.missing]

        for task, outcome in run(tasks, load, workers=workers, client=client):
            if outcome.refusal:
                raise InputError(outcome.refusal)
            told[task.shard.name] = _stored(out, task.shard, outcome, places, told)
            bar.update(sum(one.size for one in task.missing))
    read = _readable(corpus, {shard.name: told[shard.name] for shard in shards}, faults, keep_going)
    changed = _finished(out, read, held, shards, told)
    ids = tuple(sorted(one.document.id for one in missing))
    return Build(out, stored_corpus(out, read_manifest(out)), ids, changed)


def hashed_documents(corpus: Corpus, *, keep_going: bool) -> tuple[list[Held], dict[str, str]]:
    """Documents with the hashes of what their tables depend on, and why some cannot be used."""
    registered = (corpus.folder / REGISTRY).is_file()
    held, faults = [], {}
    for document in corpus:
        try:
            if not document.sha256 or (registered and _sha256(document) != document.sha256):
                document.verified()
        except InputError as fault:
            if not keep_going:
                raise
            faults[document.id] = str(fault).replace(str(document.file), document.file.name)
            continue
        corrections = corrections_path(corpus, document)
        digest = file_sha256(corrections) if os.path.lexists(corrections) else ""
        held.append(held_document(document, digest, document.file.stat().st_size))
    return held, faults


def _sha256(document: Document) -> str:
    try:
        return file_sha256(document.file)
    except InputError:
        return ""  # why, the document itself says


def _loaded(corpus: Corpus, one: Held) -> Source:
    """The bytes of a document and of its corrections, which must be those that were hashed."""
    path = corrections_path(corpus, one.document)
    corrections = read_bytes(path) if one.corrections else None
    if corrections is not None and hashlib.sha256(corrections).hexdigest() != one.corrections:
        raise InputError(f"{path}: has changed while the store was built; build it again")
    return Source(one.document, one.document.verified(), corrections)


@contextmanager
def _bar(size: int, progress: bool) -> Iterator[Any]:
    from tqdm import tqdm

    form = "{percentage:3.0f}%|{bar}| {n_fmt} of {total_fmt}B [{elapsed}, {remaining} left, {rate_fmt}]"
    with tqdm(
        total=size, unit="B", unit_scale=True, bar_format=form, disable=None if progress and size else True
    ) as bar:
        yield bar


def _stored(out: Path, shard: Shard, outcome: Outcome, places: dict[str, str], told: Told) -> dict[str, Any]:
    """Put a shard into the store, with the rows that earlier shards have of its other documents."""
    from wsis_nlp.scale.tables import SCHEMAS, ordered, parquet, read_parquet, rows_of, shard_terms

    earlier: dict[str, list[Held]] = {}
    for one in shard.held:
        if one.key in places:
            earlier.setdefault(places[one.key], []).append(one)
    tables, rows = dict(outcome.tables), dict(outcome.rows)
    for name in SCHEMAS if earlier else ():
        parts = [read_parquet(tables[name])] if name in tables else []
        for place, kept in earlier.items():
            table = read_parquet(out / "shards" / place / f"{name}.parquet")
            parts.append(rows_of(table, [one.document.id for one in kept]))
        merged = ordered(parts, name)
        tables[name], rows[name] = parquet(merged), merged.num_rows
        if name == "counts":
            tables["terms"] = parquet(shard_terms(merged))
    known = {one["key"]: one for name in earlier for one in told[name]["documents"]}
    documents = [known.get(one.key) or _outcome_of(one, outcome) for one in shard.held]
    return write_shard(out, shard.name, tables, {"documents": documents, "rows": rows})


def _outcome_of(one: Held, outcome: Outcome) -> dict[str, Any]:
    told: dict[str, dict[str, Any]] = {"notes": outcome.notes, "unreadable": outcome.unreadable, "wrong": outcome.wrong}
    found = {name: values[one.document.id] for name, values in told.items() if one.document.id in values}
    return {"id": one.document.id, "key": one.key, "notes": [], **found}


def _readable(corpus: Corpus, told: Told, faults: dict[str, str], keep_going: bool) -> Corpus:
    """The corpus without the documents that cannot be read; an `InputError` where none is left, or one may not be."""
    documents = [one for shard in told.values() for one in shard["documents"]]
    if wrong := [one["wrong"] for one in documents if "wrong" in one]:
        raise InputError(wrong[0])
    unreadable = {one["id"]: one["unreadable"] for one in documents if "unreadable" in one}
    if unreadable and not keep_going:
        first, more = next(iter(unreadable.values())), len(unreadable) - 1
        others = f"; nor can {more} more" if more else ""
        raise InputError(f"{first}{others}; to leave out what cannot be read: --keep-going (the rest is kept for it)")
    faults = faults | unreadable
    kept = tuple(one for one in corpus if one.id not in faults)
    skipped = tuple(Skipped(one, faults[one.id]) for one in corpus if one.id in faults)
    if not kept:
        raise InputError(f"{corpus.folder}: none of its documents can be read; the first: {skipped[0].why}")
    return replace(corpus, documents=kept, skipped=skipped)


def _finished(out: Path, corpus: Corpus, held: list[Held], shards: list[Shard], told: Told) -> bool:
    """Write what is beside the shards, and the manifest; False where all of it is there already."""
    from wsis_nlp.scale.tables import merged_terms, parquet, read_parquet

    old, names = read_json(out / STORE), [shard.name for shard in shards]
    files = beside(corpus)
    terms = out / "terms.parquet"
    known: dict[str, Any] = old if isinstance(old, dict) and isinstance(old.get("shards"), dict) else {"shards": {}}
    of_these = {*known["shards"]} == {*names} and terms.is_file()
    if of_these and file_sha256(terms) == known.get("files", {}).get(terms.name):
        files[terms.name] = read_bytes(terms)
    else:
        paths = (out / "shards" / name / "terms.parquet" for name in names)
        files[terms.name] = parquet(merged_terms(read_parquet(path) for path in paths))
    manifest = manifest_bytes(corpus, held, shards, told, files)
    return finish(out, files, manifest, {*names})
