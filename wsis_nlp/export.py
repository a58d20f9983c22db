"""Figures and tables to disk, each with its data, caption, alternative text and provenance."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import html
import json
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wsis_nlp._checks import InputError, check_one_of
from wsis_nlp._files import locked, write_together
from wsis_nlp.display import SortableTable
from wsis_nlp.places import own_file, projects_above
from wsis_nlp.readers import read_bytes
from wsis_nlp.showing import NO_FORMULA, plain_html, plain_words, sheet_cell, visible

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

PROVENANCE = "provenance.json"
INDEX = "index"  # the page of all figures, which no notebook makes
PACKAGES = (
    "gensim", "latex2mathml", "matplotlib", "nbconvert", "nltk", "numpy", "pandas", "scikit-learn", "scipy", "wsis-nlp",
)  # fmt: skip
RECORD = {"notebook": str, "reading": str, "inputs": dict, "options": dict, "packages": dict, "files": dict}
SHOWN_ROWS = 30  # a longer table is shown in a notebook by its first rows; the file has all
Row = dict[str, Any]
Options = Mapping[str, object]


def find_out(start: Path | None = None) -> Path:
    """The folder ``figures`` beside the nearest ``corpus/corpus.toml`` from a folder upward, else in the folder."""
    return next(projects_above(start), (start or Path()).resolve()) / "figures"


def read_provenance(out: Path) -> dict[str, Row]:
    """Who made each file of a folder, from what and how.

    File name to row: ``sha256``, ``item`` (its figure or table), ``notebook``, ``inputs`` (name to SHA-256),
    ``reading``, ``options``, ``packages`` (name to version); nothing where there is no ``provenance.json``.
    `InputError` where it is not what an `Exporter` writes.
    """
    return {
        file: {"sha256": digest, "item": item} | {key: held for key, held in record.items() if key != "files"}
        for item, record in read_records(out).items()
        for file, digest in record["files"].items()
    }


def table_csv(table: pd.DataFrame) -> str:
    r"""A table as CSV: floats to ten significant digits, lists joined by semicolons, an index if it is named.

    A text that a spreadsheet would compute has an apostrophe before it (see `sheet_cell`).

    >>> import pandas as pd
    >>> table_csv(pd.DataFrame({"doc_id": ["a"], "rate": [1 / 3], "marks": [["bracketed", "closed"]]}))
    'doc_id,rate,marks\na,0.3333333333,bracketed; closed\n'
    """
    cells = table.map(_cell).rename(columns=_guarded, index=_guarded)
    return cells.to_csv(index=bool(table.index.name), lineterminator="\n")


@dataclass(frozen=True)
class SavedFigure:
    """A figure on disk: the paths of its drawings, data and words. A notebook shows it with its caption."""

    name: str
    paths: Mapping[str, Path]  # by pdf, svg, png, csv and md
    caption: str
    alt: str
    preview: bytes = field(repr=False)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        image = base64.b64encode(self.preview).decode("ascii")
        shown = f'<img src="data:image/png;base64,{image}" alt="{plain_html(self.alt)}">'
        words = f'<figcaption class="{NO_FORMULA}">{plain_html(self.caption)}</figcaption>'
        return {
            "text/html": f'<figure id="{self.name}">{shown}{words}</figure>',
            "image/png": image,
            "text/plain": visible(self.alt),
        }


@dataclass(frozen=True)
class SavedTable:
    """A table on disk, and its caption. A notebook shows its first rows."""

    name: str
    paths: Mapping[str, Path]  # by csv and md
    caption: str
    table: pd.DataFrame = field(repr=False, compare=False)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        rows, head = len(self.table), self.table.head(SHOWN_ROWS)
        caption = self.caption + (f" (First {SHOWN_ROWS} of {rows} rows.)" if rows > SHOWN_ROWS else "")
        return SortableTable(head.reset_index() if head.index.name else head, caption)._repr_mimebundle_()


@dataclass(frozen=True)
class Exporter:
    """Writes the figures and tables of one notebook into one folder, with their provenance."""

    out: Path  # made when something is first written
    notebook: str  # who makes the files, e.g. "02_term_drift"; as the names of files
    inputs: Mapping[str, str]  # name to SHA-256 of every file that the results depend on
    reading: str  # of the documents: printed, new or old

    def __post_init__(self) -> None:
        check_one_of(self.reading, ("printed", "new", "old"), name="reading")
        _check_name(self.notebook, "notebook")

    def figure(
        self, figure: Figure, *, name: str, data: pd.DataFrame, caption: str, alt: str, options: Options | None = None
    ) -> SavedFigure:
        """Write a figure as PDF, SVG and PNG, its data as CSV, its caption and alternative text as Markdown.

        The figure has a width of `wsis_nlp.figures.WIDTHS_MM`, to 0.1 mm. ``name``, the stem of the files, is of lower
        case letters, digits, ``-`` and ``_``; ``data`` is what is drawn; ``caption`` is what a paper prints below the
        figure, ``alt`` what a screen reader says in its place; ``options``, what was chosen for it, are values of JSON.
        `InputError` where any of these is not so, a text is empty, or the folder cannot be written to.
        """
        from wsis_nlp.figures import render

        _check_item(name, self.notebook)
        words = _words(name, {"Caption": caption, "Alternative text": alt})
        preview = (drawn := render(figure, title=name, alt=alt)).pop("preview")
        files = drawn | {"csv": table_csv(data).encode(), "md": words}
        return SavedFigure(name, self._write(name, files, options), caption, alt, preview)

    def table(self, table: pd.DataFrame, *, name: str, caption: str, options: Options | None = None) -> SavedTable:
        """Write a table as CSV and its caption as Markdown; parameters and errors as for `figure`."""
        _check_item(name, self.notebook)
        files = {"csv": table_csv(table).encode(), "md": _words(name, {"Caption": caption})}
        return SavedTable(name, self._write(name, files, options), caption, table)

    def record(self, *paths: Path, name: str, options: Options | None = None) -> None:
        """Give files that something else wrote inside ``out`` their rows; `InputError` where one is no such file."""
        _check_name(name, "name")
        out = self.out.resolve()
        for path in paths:
            if not path.is_file() or out not in path.resolve().parents:
                raise InputError(f"{path} is not a file inside {self.out}; allowed is one that is")
        held = {path.resolve().relative_to(out).as_posix(): path.read_bytes() for path in paths}
        self._add(name, held, {}, options)

    def _write(self, name: str, content: Mapping[str, bytes], options: Options | None) -> dict[str, Path]:
        paths = {ending: self.out / f"{name}.{ending}" for ending in content}
        written = {path: content[ending] for ending, path in paths.items()}
        self._add(name, {path.name: held for path, held in written.items()}, written, options)
        return paths

    def _add(
        self, name: str, files: Mapping[str, bytes], written: Mapping[Path, bytes], options: Options | None
    ) -> None:
        """Write files, and last the record of their item in the place of an earlier one."""
        record = {
            "notebook": self.notebook, "inputs": dict(self.inputs), "reading": self.reading,
            "options": dict(options or {}), "packages": package_versions(),
            "files": {file: hashlib.sha256(held).hexdigest() for file, held in files.items()},
        }  # fmt: skip
        with contextlib.suppress(OSError):  # told where the files are written
            self.out.mkdir(parents=True, exist_ok=True)
        with locked(self.out):
            records = read_records(self.out) | {name: record}
            try:
                text = json.dumps(records, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
            except (TypeError, ValueError):
                raise InputError(f"options {options} cannot be kept; allowed is what JSON can hold") from None
            write_together({**written, self.out / PROVENANCE: f"{text}\n".encode()})


def _check_item(name: str, notebook: str) -> None:
    """Refuse a figure or table that would take the place of its notebook or of the page of all figures."""
    _check_name(name, "name")
    if name in (INDEX, notebook):
        raise InputError(f"name is {name!r}; allowed is any but {INDEX!r} and {notebook!r}, which name other results")


def _check_name(name: str, what: str) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise InputError(f"{what} is {name!r}; allowed are lower case letters, digits, - and _")


def _words(name: str, texts: Mapping[str, str]) -> bytes:
    """A caption and its like as Markdown, each in one line."""
    _check_name(name, "name")
    for what, text in texts.items():
        if not text.strip():
            raise InputError(f"{what.lower()} of {name!r} is empty; allowed is what the reader shall see")
    lines = [f"\n{what}: {' '.join(plain_words(text).split())}\n" for what, text in texts.items()]
    return f"# {name}\n{''.join(lines)}".encode()


def saved_words(markdown: str) -> dict[str, str]:
    """The ``Caption`` and, of a figure, the ``Alternative text`` that an `Exporter` wrote."""
    return dict(html.unescape(line).split(": ", 1) for line in markdown.splitlines() if ": " in line)


def read_records(out: Path) -> dict[str, Row]:
    """What ``provenance.json`` of a folder holds: item to its record; empty where there is none."""
    path = out / PROVENANCE
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        records: dict[str, Row] = json.loads(read_bytes(path).decode()) if os.path.lexists(path) else {}
        if all(isinstance(record[key], sort) for record in records.values() for key, sort in RECORD.items()):
            for name in {name for record in records.values() for name in (*record["files"], *record["inputs"])}:
                own_file(out, name)
            return records
    raise InputError(f"{path}: is not as an export writes it; delete it and run again")


@cache
def package_versions() -> dict[str, str]:
    """The versions of Python and of the installed packages that results depend on."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


def _cell(value: Any) -> Any:
    """A value as one cell of a CSV file."""
    if isinstance(value, list | tuple):
        return sheet_cell("; ".join(held if isinstance(held, str) else str(_cell(held)) for held in value))
    return f"{value:.10g}" if isinstance(value, float) and value == value else _guarded(value)


def _guarded(value: Any) -> Any:
    return sheet_cell(value) if isinstance(value, str) else value
