"""Reading a store: its tables by shard or whole, in any reading, and matrices of terms over one vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from wsis_nlp._checks import InputError, check_one_of, check_whole, listing
from wsis_nlp.documents import Corpus
from wsis_nlp.matrix import TermMatrix
from wsis_nlp.paragraphs import PARAGRAPH_COLUMNS, UNTRACKED
from wsis_nlp.readers import import_extra
from wsis_nlp.readings import Reading
from wsis_nlp.scale.manifest import read_manifest, stored_corpus

Table = Literal["paragraphs", "tokens", "counts"]
COLUMNS: dict[str, tuple[str, ...]] = {
    "paragraphs": PARAGRAPH_COLUMNS,
    "tokens": ("doc_id", "para_id", "position", "start", "end", "surface", "term"),
    "counts": ("doc_id", "para_id", "term", "count"),
}
PAIRS = {"spans": ("span_starts", "span_ends"), "extents": ("extent_starts", "extent_ends")}


def open_store(path: str | Path) -> Store:
    """Open the folder that ``wsis-nlp build`` or `build_store` made; an `InputError` where it is none.

    Tables are read when they are asked for. A file that is damaged or gone is then an `InputError` that names it.
    """
    folder = Path(path)
    import_extra("pyarrow", "scale", task=f"to open the store {folder}")
    manifest = read_manifest(folder)
    return Store(folder, stored_corpus(folder, manifest), manifest)


@dataclass(frozen=True)
class Store:
    """Tables of a corpus in a folder, each in the three readings. Documents are in the order of the corpus."""

    folder: Path
    corpus: Corpus
    manifest: dict[str, Any]

    @cached_property
    def documents(self) -> pd.DataFrame:
        """Documents: the fields of `Document` but for ``rights``, the id as ``doc_id``; ``shard``, ``size`` (bytes)."""
        names = ["title", "symbol", "body", "date", "stage", "series", "language", "file", "sha256", "source"]
        rows = [[one["id"], *(one[name] for name in (*names, "shard", "size"))] for one in self.manifest["documents"]]
        return pd.DataFrame(rows, columns=["doc_id", *names, "shard", "size"])

    @property
    def inputs(self) -> dict[str, str]:
        """SHA-256 of every file of the corpus that the tables and the lexicon are from, by its path in the corpus."""
        return dict(self.manifest["inputs"])

    @property
    def has_changes(self) -> bool:
        """Whether readings may differ: a document has corrections, or its format can track changes."""
        found = self.manifest["documents"]
        return any(one["corrections"] or not one["file"].lower().endswith(UNTRACKED) for one in found)

    @cached_property
    def shards(self) -> tuple[str, ...]:
        """Names of the shards, by the first id of their documents."""
        ids = self.documents.sort_values("doc_id")
        return tuple(ids["shard"].unique())

    def tables(
        self, name: Table, *, columns: Sequence[str] | None = None, reading: Reading = "new"
    ) -> Iterator[pd.DataFrame]:
        """A table shard by shard, so that memory holds one of them; documents by order of their ids.

        ``paragraphs`` has the columns of `paragraph_table`, ``tokens`` those of `token_table`, for the words of the
        body, and ``counts`` has ``doc_id, para_id, term, count``, for each term of a paragraph of the body.
        """
        chosen = self._chosen(name, columns)
        for shard in self.shards:
            yield _frame(self._rows(shard, name, chosen, reading), name, chosen)

    def paragraphs(self, reading: Reading = "new") -> pd.DataFrame:
        """All units of all documents, as `paragraph_table` gives them."""
        return self._whole("paragraphs", reading)

    def tokens(self, reading: Reading = "new") -> pd.DataFrame:
        """Word tokens of the body, as `token_table` gives them without options."""
        return self._whole("tokens", reading)

    def terms(self, reading: Reading = "new", *, min_paragraphs: int = 1) -> pd.DataFrame:
        """Terms of the body in order of code points: ``term, count, paragraphs_with``, the last at least as large."""
        from wsis_nlp.scale.tables import read_parquet

        check_one_of(reading, get_args(Reading), name="reading")
        check_whole(min_paragraphs, name="min_paragraphs", least=1)
        names = ["term", f"count_{reading}", f"paragraphs_{reading}"]
        table: pd.DataFrame = read_parquet(self.folder / "terms.parquet", names).to_pandas()
        table.columns = ["term", "count", "paragraphs_with"]
        return table[table["paragraphs_with"] >= min_paragraphs].reset_index(drop=True)

    def term_matrices(self, reading: Reading = "new", *, min_paragraphs: int = 1) -> Iterator[TermMatrix]:
        """Counts of terms by body paragraph, one matrix a shard, all with the terms of the whole.

        Terms are those that ``min_paragraphs`` of all paragraphs have; documents are by order of their ids.
        """
        terms = tuple(self.terms(reading, min_paragraphs=min_paragraphs)["term"].tolist())
        index = pd.Index(np.array(terms, dtype=object))
        for shard in self.shards:
            yield self._matrix(shard, reading, terms, index)

    def term_matrix(self, reading: Reading = "new", *, min_paragraphs: int = 1) -> TermMatrix:
        """Counts of terms by body paragraph, as `term_matrix` gives them of all tokens."""
        parts = list(self.term_matrices(reading, min_paragraphs=min_paragraphs))
        rows = pd.concat([part.rows for part in parts], ignore_index=True)
        ranks = {one.id: place for place, one in enumerate(self.corpus)}
        order = np.argsort(rows["doc_id"].map(ranks).to_numpy(), kind="stable")
        values = sparse.csr_array(sparse.vstack([part.values for part in parts], format="csr")[order])
        return TermMatrix(values, rows.iloc[order].reset_index(drop=True), parts[0].terms)

    def _matrix(self, shard: str, reading: Reading, terms: tuple[str, ...], index: pd.Index[Any]) -> TermMatrix:
        names = ["doc_id", "para_id", "section"]
        table = self._rows(shard, "paragraphs", names, reading, body=True)
        rows = _frame(table, "paragraphs", names)
        counts = self._rows(shard, "counts", ["para_id", "term", "count"], reading)
        places = [
            known.get_indexer(coded.dictionary.to_numpy(zero_copy_only=False))[coded.indices.to_numpy()]
            for known, name in ((pd.Index(rows["para_id"].to_numpy(object)), "para_id"), (index, "term"))
            for coded in [counts[name].combine_chunks().dictionary_encode()]
        ]
        row, column = (place[places[1] >= 0] for place in places)
        # Counts are in order of paragraphs and, in each, of terms, which is the order of a matrix by rows.
        ends = np.append(0, np.cumsum(np.bincount(row, minlength=len(rows)))).astype(np.int32)
        cells = counts["count"].to_numpy()[places[1] >= 0], column.astype(np.int32), ends
        values = sparse.csr_array(cells, shape=(len(rows), len(terms)))
        return TermMatrix(values, rows, terms)

    def _whole(self, name: Table, reading: Reading) -> pd.DataFrame:
        """A table with its documents in the order of the corpus."""
        import pyarrow as pa

        chosen = self._chosen(name, None)
        parts: dict[str, Any] = {}
        for shard in self.shards:
            rows = self._rows(shard, name, chosen, reading)
            parts |= {doc_id: rows.slice(first, size) for doc_id, first, size in _runs(rows["doc_id"])}
        found = [parts[one.id] for one in self.corpus if one.id in parts]
        return _frame(pa.concat_tables(found or [rows]), name, chosen)

    def _chosen(self, name: Table, columns: Sequence[str] | None) -> list[str]:
        allowed = COLUMNS[check_one_of(name, tuple(COLUMNS), name="table")]
        for column in columns or ():
            if column not in allowed:
                raise InputError(f"column {column!r} is none of {name}, which has: {listing(allowed)}")
        return list(allowed if columns is None else columns)

    def _rows(self, shard: str, name: str, columns: Sequence[str], reading: Reading, *, body: bool = False) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        from wsis_nlp.scale.tables import ALL, read_parquet

        check_one_of(reading, get_args(Reading), name="reading")
        stored = [part for column in columns for part in PAIRS.get(column, (column,))]
        more = ["reading", *(["body"] if body else [])]
        table = read_parquet(self.folder / "shards" / shard / f"{name}.parquet", [*stored, *more])
        kept = pc.is_in(table["reading"], pa.array([ALL, reading]))
        table = table.filter(pc.and_(kept, table["body"]) if body else kept)
        return table.select(stored)


def _runs(column: Any) -> Iterator[tuple[str, int, int]]:
    """The values of a column in which equal ones stand together, each with its first row and the number of its rows."""
    coded = column.combine_chunks().dictionary_encode()
    codes: NDArray[np.int32] = coded.indices.to_numpy()
    edges = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)] if len(codes) else [0]
    for first, end in pairwise(edges):
        yield coded.dictionary[codes[first]].as_py(), first, end - first


def _frame(table: Any, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """A table as the functions make it that a store spares."""
    if name != "paragraphs":
        frame: pd.DataFrame = table.to_pandas()
        whole = [one for one in columns if frame[one].dtype == np.int32]
        return frame.astype(dict.fromkeys(whole, "int64"))
    made: dict[str, Any] = {}
    for column in columns:
        if column in PAIRS:
            pairs = _pairs(*(table[part].combine_chunks() for part in PAIRS[column]))
            made[column] = pairs if column == "extents" else [tuple(map(tuple, one.tolist())) for one in pairs]
        else:
            values = table[column].to_pylist()
            made[column] = [tuple(one) for one in values] if column in ("section", "marks") else values
    # What is never missing has its type even where there is no row; what may be has the one that pandas finds.
    types = {"order": "int64"} | dict.fromkeys(("doc_id", "para_id", "kind", "text"), "str")
    return pd.DataFrame(dict(made), columns=list(columns)).astype({name: types[name] for name in types if name in made})


def _pairs(starts: Any, ends: Any) -> list[NDArray[np.int32]]:
    """Of each row, its starts and ends side by side."""
    both = np.stack([part.flatten().to_numpy() for part in (starts, ends)], axis=1)
    cuts = starts.offsets.to_numpy()
    return np.split(both, cuts[1:-1] - cuts[0])
