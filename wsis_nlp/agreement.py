"""Whether two makings of one file of results say the same: tables, drawings and executed notebooks."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

TOLERANCE = 1e-6  # relative, of numbers that are not whole
# Versions of matplotlib set the same text some pixels apart: images are compared by the mean colours of their squares.
SQUARE = 24  # pixels, 2 mm
LEVELS, LEVELS_ACROSS_VERSIONS = 8.0, 48.0  # of 255, by which the colour of a square may differ
CODE, END_OF_CODE = '<details class="code">', "</details>"
IMAGE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]*")


class Cell(NamedTuple):
    """A cell of a notebook: what runs, and what it says in words."""

    sort: str
    source: str
    tags: tuple[str, ...]
    texts: tuple[str, ...]


def file_agreement(file: str, published: bytes, made: bytes, *, levels: float = LEVELS) -> tuple[bool, str]:
    r"""Whether two makings of a file agree and, where they are not equal byte for byte, in words how they differ.

    Whole numbers and words of a table agree where they are equal, other numbers within `TOLERANCE`; images where the
    mean colours of their squares are within ``levels``; executed notebooks where they ran the same sources and say the
    same in words; web pages where their words are the same. Of a PDF or SVG it is only told that its bytes are others:
    the image beside it is judged.

    >>> file_agreement("rates.csv", b"count,rate\n7,0.25\n", b"count,rate\n8,0.25\n")
    (False, 'row 1, count is 7 and, made anew, 8')
    """
    suffix = Path(file).suffix
    if published == made:
        return True, ""
    if suffix == ".csv":
        fault = _table_fault(*(text.decode(errors="replace") for text in (published, made)))
        return not fault, fault or f"numbers within {TOLERANCE:g}"
    if suffix == ".png":
        distance = _colour_distance(published, made)
        return distance <= levels, f"colours differ by up to {distance:.3g} of 255 ({levels:g} allowed)"
    if suffix == ".ipynb":
        fault = _notebook_fault(published, made)
        return not fault, fault or "sources and words are equal, other bytes are not"
    if suffix == ".html":
        one, other = (_page_words(held.decode(errors="replace")) for held in (published, made))
        return one == other, "words are equal, other bytes are not" if one == other else "its words differ"
    return suffix in (".pdf", ".svg"), "other bytes"


def _page_words(page: str) -> list[str]:
    """What a page says and leads to: its words, and its links, images and what is told in their place.

    Its code is left out, which is judged in the notebook, and has a cell more where a run was given parameters.
    """
    head, *rest = IMAGE.sub("", page).split(CODE)
    parts = [part.partition(END_OF_CODE) for part in rest]
    page = head + "".join(after if end else before for before, end, after in parts)
    return [*re.sub(r"<[^<>]*>", " ", page).split(), *re.findall(r' (?:alt|href|src)="[^"]*"', page)]


def _table_fault(published: str, made: str) -> str:
    """The first place at which two tables differ by more than is allowed, or an empty string."""
    try:
        before, after = (list(csv.reader(io.StringIO(text, newline=""))) for text in (published, made))
    except csv.Error as fault:
        return f"is not CSV ({fault})"
    if before[:1] != after[:1]:
        return "other columns"
    if len(before) != len(after):
        return f"{len(before) - 1} rows and, made anew, {len(after) - 1}"
    for number, rows in enumerate(zip(before, after, strict=True)):
        for column, one, other in zip_longest(before[0], *rows, fillvalue=""):
            if not _cells_agree(one, other):
                return f"row {number}, {column} is {one} and, made anew, {other}"
    return ""


def _cells_agree(one: str, other: str) -> bool:
    """Whether two cells hold the same, a list in each place."""
    pairs = list(zip_longest(one.split("; "), other.split("; "), fillvalue=""))
    return one == other or all(first == second or _numbers_agree(first, second) for first, second in pairs)


def _numbers_agree(one: str, other: str) -> bool:
    try:
        first, second = float(one), float(other)
    except ValueError:
        return False
    # A float that happens to be whole is written like a count; against another such it must be equal.
    whole = all(re.fullmatch(r"-?\d+", text) for text in (one, other))
    return not whole and math.isclose(first, second, rel_tol=TOLERANCE, abs_tol=1e-12)


def _colour_distance(published: bytes, made: bytes) -> float:
    """The largest difference of two images in the mean colour of a square; infinite where their sizes differ."""
    import numpy as np
    from PIL import Image

    try:
        images = [Image.open(io.BytesIO(held)) for held in (published, made)]
        if images[0].size != images[1].size:  # told before what claims to be huge is unpacked
            return math.inf
        one, other = (np.asarray(image.convert("RGB").reduce(SQUARE), dtype=float) for image in images)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return math.inf
    return float(np.abs(one - other).max())


def notebook_cells(content: bytes) -> list[Cell] | None:
    """Cells of a notebook but for those that hold injected parameters; nothing where it is no notebook."""
    try:
        cells = [_cell(cell) for cell in json.loads(content)["cells"]]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return [cell for cell in cells if "injected-parameters" not in cell.tags]


def _cell(cell: dict[str, Any]) -> Cell:
    texts = []
    for output in cell.get("outputs", []):
        data = output.get("data", {"text/plain": output.get("text", "")})
        texts += [IMAGE.sub("", "".join(text)) for form, text in sorted(data.items()) if form.startswith("text/")]
    return Cell(cell["cell_type"], "".join(cell["source"]), tuple(cell["metadata"].get("tags", [])), tuple(texts))


def _notebook_fault(published: bytes, made: bytes) -> str:
    """What differs first between two executed notebooks, or an empty string."""
    before, after = notebook_cells(published) or [], notebook_cells(made) or []
    if [cell[:3] for cell in before] != [cell[:3] for cell in after]:
        return "other sources"
    changed = [place for place, (one, other) in enumerate(zip(before, after, strict=True), 1) if one != other]
    return f"what cell {changed[0]} says differs" if changed else ""
