"""Whether results still hold: they and what they were made from by hash, then all of it computed anew."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from wsis_nlp._checks import InputError, listing
from wsis_nlp.agreement import LEVELS, LEVELS_ACROSS_VERSIONS, file_agreement, notebook_cells
from wsis_nlp.documents import Corpus, input_files, load_corpus
from wsis_nlp.export import INDEX, PROVENANCE, Row, package_versions, read_provenance
from wsis_nlp.places import check_no_store, find_corpus, own_file
from wsis_nlp.readers import file_sha256, read_bytes
from wsis_nlp.reproduction import find_notebooks, reproduce, study_notebooks
from wsis_nlp.showing import one_line

SORTS = ("table", "figure", "notebook", "page")
Rows = Mapping[str, Row]  # by file or by item


class Fault(NamedTuple):
    """Why an item does not hold: an input that is not as recorded, or an empty string, and what is wrong."""

    item: str
    input: str
    why: str


@dataclass(frozen=True)
class Verification:
    """What came of a verification.

    ``items`` has one row per table, figure, notebook and page of figures: ``name, notebook`` (which makes it), ``sort,
    status, why``.
    The status is PASS or FAIL; where a hash differs nothing is ``recomputed``, and what that does not touch is SKIP.
    ``inputs`` has one row per changed, missing or new input: ``input, why, items``, the list of those that depend on
    it. ``notes`` are what a reader should know beside: what was compared, other versions of packages, files that are
    not of the study.
    """

    items: pd.DataFrame
    inputs: pd.DataFrame
    recomputed: bool
    notes: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every item passed."""
        return self.inputs.empty and bool((self.items["status"] == "PASS").all())

    def report(self) -> str:
        """A line for each input that changed, and for each item that passed or failed."""
        told = self.items.loc[self.items["status"] != "SKIP", ["status", "sort", "name", "why"]]
        inputs = self.inputs.rename(columns={"input": "name"}).assign(status="FAIL", sort="input")[[*told]]
        lines = [tuple(map(one_line, row)) for one in (inputs, told) for row in one.itertuples(index=False)]
        wide = max(len(name) for _, _, name, _ in lines)
        return "".join(f"{status}  {sort:<8}  {name:<{wide}}  {why}\n" for status, sort, name, why in lines)

    def summary(self) -> str:
        """The notes, and how many items hold."""
        count = self.items["status"].value_counts().reindex(["PASS", "FAIL"], fill_value=0)
        if self.recomputed:
            told = f"{count['PASS']} of {len(self.items)} agree with what was computed anew"
        else:
            told = f"{count['FAIL']} of {len(self.items)} do not hold; nothing was computed anew"
        return "\n".join([*self.notes, told])


def verify(
    out: str | Path,
    *,
    corpus: str | Path | None = None,
    keep_going: bool = False,
    notebooks: Path | None = None,
    progress: bool = False,
) -> Verification:
    """Compare results with their provenance, and then with what the study computes now.

    First the files of ``out`` and of the corpus are compared with the hashes in ``provenance.json``, and the notebooks
    with the cells of their executed copies. Where all agree, `reproduce` runs in a temporary folder, in the reading
    recorded, and each file is compared with its new making (see `file_agreement`). Nothing in ``out`` is changed.

    Parameters are those of `reproduce`. A folder without provenance is an `InputError`, a notebook that fails a
    `NotebookFailure`; a corpus or a file that changed is neither, but told in the result.
    """
    out, notebooks = Path(out), notebooks or find_notebooks()
    texts = find_corpus() if corpus is None else Path(corpus)
    check_no_store(texts)
    rows = read_provenance(out) if out.is_dir() else {}
    if not rows:
        raise InputError(f"{out}: has no results with a {PROVENANCE}; allowed is a folder that reproduce has filled")
    items = _items(rows)
    faults = [*_changed_inputs(items, texts), *_changed_notebooks(out, rows, notebooks), *_changed_files(out, rows)]
    if faults:
        whys: dict[str, list[str]] = defaultdict(list)
        for fault in faults:
            whys[fault.item].append(f"{fault.input} {fault.why}".strip())
        found = {item: ("FAIL", "; ".join(whys[item])) if whys[item] else ("SKIP", "") for item in items}
    else:
        with tempfile.TemporaryDirectory(prefix="wsis-nlp-") as folder:
            made = Path(folder).resolve() / "figures"
            reading = next(iter(rows.values()))["reading"]
            options = {"reading": reading, "keep_going": keep_going, "notebooks": notebooks, "progress": progress}
            reproduce(made, corpus=corpus, **options)
            anew = _items(read_provenance(made))
            found = {item: _agreement(out, items.get(item), made, anew.get(item)) for item in anew | items}
        items = anew | items
    notes = (f"compared with {texts} and {notebooks}", *_notes(out, rows))
    return Verification(_item_table(items, found), _input_table(faults), not faults, notes)


def _items(rows: Rows) -> dict[str, Row]:
    """Records of tables, figures and notebooks by their names, each with its ``files``."""
    items: dict[str, Row] = {}
    for file, row in rows.items():
        items.setdefault(row["item"], row | {"files": []})["files"].append(file)
    return items


def _changed_inputs(items: Rows, place: Path) -> Iterator[Fault]:
    """Files of the corpus in a folder that are not as an item recorded them."""
    try:
        held = load_corpus(place, verify=False)
    except InputError:
        if not place.is_dir():
            raise
        held = Corpus(place, ())  # a registry that cannot be read any more is an input that has changed
    recorded = {name for row in items.values() for name in row["inputs"]}
    used = input_files(held)
    files = {name: own_file(place, name.partition("/")[2]) for name in recorded if name not in used} | used
    now = {name: file_sha256(path) for name, path in files.items() if path.is_file()}
    for item, row in items.items():
        before = row["inputs"]
        for name in sorted({*before, *now}):
            if before.get(name) != now.get(name):
                why = "is missing" if name not in now else "has changed" if name in before else "is new"
                yield Fault(item, name, why)


def _changed_notebooks(out: Path, rows: Rows, folder: Path) -> Iterator[Fault]:
    """Notebooks whose sources are not those of the executed copy, which is one of the results."""
    sources = {path.stem: path for path in study_notebooks(folder)}
    made = {row["notebook"] for row in rows.values()} - {INDEX}
    for stem in sorted({*sources, *made}):
        name = f"notebooks/{stem}.ipynb"
        if stem in sources and stem in made and not _has_changed(out, name, rows, sources[stem]):
            continue
        why = "is missing" if stem not in sources else "has changed" if stem in made else "is new"
        for item in {row["item"]: "" for row in rows.values() if row["notebook"] in (stem, INDEX)} or [""]:
            yield Fault(item, name, why)


def _has_changed(out: Path, name: str, rows: Rows, source: Path) -> bool:
    """Whether a notebook has other sources than its executed copy; not where there is none to trust."""
    copy = out / name
    if name not in rows or not copy.is_file() or file_sha256(copy) != rows[name]["sha256"]:
        return False
    ran, stands = (notebook_cells(read_bytes(path)) for path in (copy, source))
    return stands is None or [cell[:3] for cell in ran or []] != [cell[:3] for cell in stands]


def _changed_files(out: Path, rows: Rows) -> Iterator[Fault]:
    """Results that are not as they were written, or not in the reading of the others."""
    usual = Counter(str(row["reading"]) for row in rows.values()).most_common(1)[0][0]
    for file, row in rows.items():
        path = out / file
        if not path.is_file() or file_sha256(path) != row["sha256"]:
            yield Fault(row["item"], "", f"{file} {'has changed' if path.is_file() else 'is missing'}")
    for item, row in _items(rows).items():
        if row["reading"] != usual:
            yield Fault(item, "", f"its reading is {row['reading']!r}, that of others {usual!r}")


def _agreement(out: Path, published: Row | None, made: Path, anew: Row | None) -> tuple[str, str]:
    """Status of an item and, where it is not the same byte for byte, why."""
    if published is None or anew is None:
        return "FAIL", "is made now, and was not" if published is None else "is not made any more"
    drawn_by = [row["packages"].get("matplotlib") for row in (published, anew)]
    levels = LEVELS if drawn_by[0] == drawn_by[1] else LEVELS_ACROSS_VERSIONS
    same = published["options"] == anew["options"]
    found = [(same, "" if same else f"options: {published['options']} and, made anew, {anew['options']}")]
    for file in sorted({*published["files"], *anew["files"]}):
        if file in published["files"] and file in anew["files"]:
            before, after = ((folder / file).read_bytes() for folder in (out, made))
            agrees, words = file_agreement(file, before, after, levels=levels)
        else:
            agrees, words = False, f"is made {'now, and was not' if file in anew['files'] else 'no more'}"
        found.append((agrees, f"{Path(file).suffix[1:]}: {words}" if words else ""))
    passed = all(agrees for agrees, _ in found)
    words = "; ".join(words for agrees, words in found if words and agrees == passed)
    return ("PASS" if passed else "FAIL"), words or "byte for byte"


def _item_table(items: Rows, found: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Items with their status: tables, figures, notebooks, then the page of all figures."""
    table = []
    for name, row in items.items():
        suffixes = {Path(file).suffix for file in row["files"]}
        sorts = {".ipynb": "notebook", ".svg": "figure", ".html": "page"}
        sort = next((sort for suffix, sort in sorts.items() if suffix in suffixes), "table")
        table.append((name, row["notebook"], sort, *found[name]))
    table.sort(key=lambda row: (SORTS.index(row[2]), row[1], row[0]))
    return pd.DataFrame(table, columns=["name", "notebook", "sort", "status", "why"])


def _input_table(faults: list[Fault]) -> pd.DataFrame:
    """Inputs that are not as recorded, with the items that depend on them."""
    held: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fault in faults:
        if fault.input:
            held[fault.input, fault.why] += [fault.item] if fault.item else []
    return pd.DataFrame([(*key, items) for key, items in sorted(held.items())], columns=["input", "why", "items"])


def _notes(out: Path, rows: Rows) -> Iterator[str]:
    """What differs without being wrong."""
    here = package_versions()
    for name, version in sorted({(name, str(held)) for row in rows.values() for name, held in row["packages"].items()}):
        if here.get(name) != version:
            yield f"made with {name} {version}; here it is {here.get(name, 'missing')}"
    found = (path.relative_to(out) for path in out.rglob("*") if path.is_file())
    others = {path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts)}
    if strays := sorted(others - {*rows, PROVENANCE}):
        yield f"in {out}, but not of the study: {listing(strays)}"
