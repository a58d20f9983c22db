"""The tables of a shard, from the bytes of documents to the bytes of Parquet files: what every worker runs.

A document that reads alike in all readings has its rows once, with ``all`` for a reading.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wsis_nlp._checks import InputError
from wsis_nlp.matrix import term_matrix
from wsis_nlp.paragraphs import PARAGRAPH_COLUMNS, Row, body_paragraphs, reading_rows
from wsis_nlp.readers import RawText, convert
from wsis_nlp.readings import Correction, Reading, corrections_of
from wsis_nlp.scale.shards import Outcome, Source, recipe
from wsis_nlp.tokens import token_ids

READINGS: tuple[Reading, ...] = get_args(Reading)
ALL = "all"
RANKS = (ALL, *READINGS)
TEXT, WHOLE = pa.string(), pa.int32()
# Under the name that the parts of a list have when they are read back.
TEXTS, WHOLES = (pa.list_(pa.field("element", kind)) for kind in (TEXT, WHOLE))
KEY = [("doc_id", TEXT), ("reading", TEXT), ("para_id", TEXT)]
SCHEMAS = {
    "paragraphs": pa.schema([
        *KEY, ("order", WHOLE), ("kind", TEXT), ("label", TEXT), ("old_label", TEXT), ("section", TEXTS),
        ("marks", TEXTS), ("span_starts", WHOLES), ("span_ends", WHOLES), ("text", TEXT), ("extent_starts", WHOLES),
        ("extent_ends", WHOLES), ("body", pa.bool_()),
    ]),
    "tokens": pa.schema([*KEY, *((name, WHOLE) for name in ("position", "start", "end")), ("surface", TEXT),
                         ("term", TEXT)]),
    "counts": pa.schema([*KEY, ("term", TEXT), ("count", WHOLE)]),
}  # fmt: skip
PACKED = {"position", "start", "end", "order", "count", "span_starts", "span_ends", "extent_starts", "extent_ends"}
PLAIN = {"text", "body"}
TERM_COLUMNS = tuple(f"{what}_{reading}" for reading in READINGS for what in ("count", "paragraphs"))


def shard_tables(sources: Sequence[Source], made_by: str) -> Outcome:
    """Make the tables of some documents, each from its own bytes alone.

    ``made_by`` is the recipe of the process that asks; where that of this process is another, the outcome is a refusal.
    """
    outcome = Outcome({}, {}, {}, {}, {})
    if recipe() != made_by:
        said = "a worker has another version of the package or of a library than this process; install the same there"
        return Outcome({}, {}, {}, {}, {}, refusal=said)
    rows: dict[str, list[Row]] = {reading: [] for reading in RANKS}
    for source in sources:
        one = source.document
        try:
            raw = _raw_text(source)
        except InputError as fault:
            if isinstance(fault.__context__, ModuleNotFoundError):
                return Outcome({}, {}, {}, {}, {}, refusal=str(fault))
            outcome.unreadable[one.id] = str(fault)
            continue
        try:
            for reading, found in _rows(source, raw).items():
                rows[reading] += found
            outcome.notes[one.id] = raw.notes
        except InputError as fault:
            outcome.wrong[one.id] = str(fault)
    parts = [_group(found, reading) for reading, found in rows.items() if found]
    tables = {name: ordered([part[name] for part in parts], name) for name in SCHEMAS}
    outcome.rows.update({name: table.num_rows for name, table in tables.items()})
    tables["terms"] = shard_terms(tables["counts"])
    outcome.tables.update({name: parquet(table) for name, table in tables.items()})
    return outcome


def _raw_text(source: Source) -> RawText:
    """Raw text of a document; not by the function that keeps its results, which would hold more than one shard."""
    one = source.document
    raw: RawText = convert.__wrapped__(source.data, one.file.suffix.lower(), where=one.where)
    try:
        raw.text.encode()
    except UnicodeEncodeError:
        raise InputError(f"{one.where}: its text has halves of characters, which are no text in UTF-8") from None
    return raw


def _rows(source: Source, raw: RawText) -> dict[str, list[Row]]:
    doc_id, where = source.document.id, f"corrections/{source.document.id}.csv"
    corrections: tuple[Correction, ...] = ()
    if source.corrections is not None:
        corrections = corrections_of(source.corrections, raw.text, where=where)
    if not corrections and not raw.edits:
        return {ALL: reading_rows(doc_id, raw, (), ["printed"], where=where)[0]}
    return dict(zip(READINGS, reading_rows(doc_id, raw, corrections, READINGS, where=where), strict=True))


def _group(rows: list[Row], reading: str) -> dict[str, pa.Table]:
    """Tables of documents that all have one reading."""
    paragraphs = pd.DataFrame(rows, columns=list(PARAGRAPH_COLUMNS))
    body = body_paragraphs(paragraphs)
    tokens = token_ids(body)
    matrix = term_matrix(tokens, body)
    cell, terms = np.repeat(np.arange(len(body)), np.diff(matrix.values.indptr)), pa.array(matrix.terms, TEXT)
    names = {name: pa.array(body[name].to_numpy(object), TEXT) for name in ("doc_id", "para_id")}
    held: dict[str, dict[str, Any]] = {
        "paragraphs": _paragraph_columns(paragraphs) | {"body": paragraphs["para_id"].isin(body["para_id"])},
        "tokens": {name: names[name].take(pa.array(tokens.paragraph)) for name in names}
        | {"position": tokens.position, "start": tokens.start, "end": tokens.end}
        | {"surface": pa.array(tokens.surfaces, TEXT).take(pa.array(tokens.form))}
        | {"term": pa.array(tokens.terms, TEXT).take(pa.array(tokens.form))},
        "counts": {name: names[name].take(pa.array(cell)) for name in names}
        | {"term": terms.take(pa.array(matrix.values.indices)), "count": matrix.values.data},
    }
    for columns in held.values():
        columns["reading"] = pa.repeat(reading, len(columns["doc_id"]))
    return {
        name: pa.table({field.name: _array(held[name][field.name], field.type) for field in schema}, schema)
        for name, schema in SCHEMAS.items()
    }


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return values
    array = pa.array(values, from_pandas=True)
    return array.cast(kind)


def _paragraph_columns(paragraphs: pd.DataFrame) -> dict[str, Any]:
    columns: dict[str, Any] = {name: paragraphs[name].tolist() for name in PARAGRAPH_COLUMNS}
    for name in ("section", "marks"):
        columns[name] = pa.array(columns[name], TEXTS)
    spans = [np.array(one, dtype=np.int32).reshape(-1, 2) for one in columns.pop("spans")]
    for name, pairs in (("span", spans), ("extent", columns.pop("extents"))):
        ends = np.cumsum([0, *map(len, pairs)], dtype=np.int32)
        both = np.concatenate(pairs).astype(np.int32, copy=False)
        for place, side in enumerate(("starts", "ends")):
            flat = pa.array(np.ascontiguousarray(both[:, place]))
            columns[f"{name}_{side}"] = pa.ListArray.from_arrays(pa.array(ends), flat, type=WHOLES)
    return columns


def ordered(parts: Iterable[pa.Table], name: str) -> pa.Table:
    """Rows of parts of a table by document and reading, those of one document and reading as they stand."""
    parts = [part for part in parts if part.num_rows]
    if not parts:
        return SCHEMAS[name].empty_table()
    table = pa.concat_tables(parts).combine_chunks()
    if len(parts) == 1:
        return table
    ids = sorted(set(pc.unique(table["doc_id"]).to_pylist()))
    documents, readings = (pc.index_in(table[column], pa.array(values)).to_numpy()
                           for column, values in (("doc_id", ids), ("reading", RANKS)))  # fmt: skip
    order = np.argsort(documents.astype(np.int64) * len(RANKS) + readings, kind="stable")
    return table.take(pa.array(order)).combine_chunks()


def rows_of(table: pa.Table, ids: Sequence[str]) -> pa.Table:
    """Rows of some documents."""
    return table.filter(pc.is_in(table["doc_id"], pa.array(ids, TEXT)))


def parquet(table: pa.Table) -> bytes:
    """A table as the bytes of a Parquet file, the same for the same rows; its pages have checksums."""
    paths = {name: f"{name}.list.element" if table.schema.field(name).type in (TEXTS, WHOLES) else name
             for name in table.column_names}  # fmt: skip
    packed = {path: "DELTA_BINARY_PACKED" for name, path in paths.items() if name in PACKED}
    repeated = [path for name, path in paths.items() if name not in PACKED | PLAIN]
    sink = io.BytesIO()
    given = {"compression": "zstd", "write_page_checksum": True, "row_group_size": 1 << 20}
    pq.write_table(table.replace_schema_metadata(), sink, use_dictionary=repeated, column_encoding=packed, **given)
    return sink.getvalue()


def read_parquet(source: bytes | Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Table of a Parquet file, whose pages are held against their checksums; an `InputError` where it is damaged."""
    try:
        with pa.BufferReader(source) if isinstance(source, bytes) else pa.OSFile(str(source)) as opened:
            file = pq.ParquetFile(opened, page_checksum_verification=True)
            return file.read(columns=None if columns is None else list(columns), use_threads=False)
    except (OSError, pa.ArrowException) as fault:
        said = str(fault).splitlines()[0]
        raise InputError(f"{source!s}: cannot be read, or is damaged ({said}); build the store again") from None


def shard_terms(counts: pa.Table) -> pa.Table:
    """Counts of each term in a shard and the paragraphs that have it, in each reading, from its table of counts."""
    coded = counts["term"].combine_chunks().dictionary_encode()
    codes, cells = coded.indices.to_numpy(), counts["count"].to_numpy()
    columns: dict[str, Any] = {"term": coded.dictionary}
    for reading in READINGS:
        read = pc.is_in(counts["reading"], pa.array([ALL, reading])).to_numpy().astype(bool)
        for name, weights in (("count", cells), ("paragraphs", np.ones(len(cells)))):
            sums = np.bincount(codes[read], weights[read], minlength=len(coded.dictionary))
            columns[f"{name}_{reading}"] = pa.array(sums.astype(np.int64))
    return pa.table(columns)


def merged_terms(tables: Iterable[pa.Table]) -> pa.Table:
    """Sum of tables of terms, in any order and grouping; memory grows with the vocabulary and not with the tables."""
    held: list[pa.Table] = []
    rows = least = 1 << 20
    rows = 0
    for table in tables:
        held.append(table)
        rows += table.num_rows
        if rows > least:
            held = [_summed(held)]
            rows = held[0].num_rows
            least = max(1 << 20, 2 * rows)
    table = _summed(held) if held else shard_terms(SCHEMAS["counts"].empty_table())
    return table.sort_by("term").combine_chunks()


def _summed(tables: list[pa.Table]) -> pa.Table:
    table = pa.concat_tables(tables).group_by("term").aggregate([(name, "sum") for name in TERM_COLUMNS])
    return table.select(["term", *(f"{name}_sum" for name in TERM_COLUMNS)]).rename_columns(["term", *TERM_COLUMNS])
