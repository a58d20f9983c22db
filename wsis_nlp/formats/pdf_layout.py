"""Printed pages: runs of characters to cells, columns and lines, in the order in which they are read."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from statistics import median
from typing import NamedTuple, TypeVar

NEAR = 200  # words to which, on an average, each word of a page is compared
MARK = "\u202f"  # stands before a raised digit, so that it does not become part of the word or figure before it
SPACED, UNSPACED, WIDE, TABULAR = 0.28, 0.15, 0.9, 2.0  # gaps, in ems, from which words, cells and columns are apart


@dataclass(slots=True)
class Run:
    """Characters side by side, on one base line, in one type."""

    x0: float
    x1: float
    y: float
    size: float
    text: str
    bold: bool
    direction: int  # in degrees; -1 off the page
    paged: bool  # the file itself says that it belongs to the page
    last: float  # width of the last character
    raised: bool = False


class Rule(NamedTuple):
    """A level line, drawn."""

    x0: float
    x1: float
    y: float


@dataclass
class Sheet:
    """What is drawn on one page."""

    runs: list[Run]
    strays: list[Run]
    rules: list[Rule]
    bottom: float
    top: float
    scanned: bool = False  # an image without a text layer


@dataclass
class Cell:
    """Words on one base line without a wide gap between them."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    paged: bool
    raised: bool  # it opens with a raised mark


@dataclass(eq=False)
class Line:
    """The cells of one printed line of one column; `left` is the edge of the column."""

    cells: list[Cell]
    left: float = 0.0
    right: float = 0.0
    text: str = field(init=False)

    def __post_init__(self) -> None:
        """Measure the line."""
        self.x0, self.x1, self.y = self.cells[0].x0, self.cells[-1].x1, self.cells[0].y
        self.width = sum(cell.x1 - cell.x0 for cell in self.cells)
        self.size = max(self.cells, key=lambda cell: len(cell.text)).size
        self.bold = all(cell.bold for cell in self.cells)
        apart = (cell.x0 - before.x1 > TABULAR * self.size for before, cell in pairwise(self.cells))
        words = (("   " if wide else " ") + cell.text for wide, cell in zip(apart, self.cells[1:], strict=True))
        self.text = self.cells[0].text + "".join(words)

    @property
    def indent(self) -> float:
        """Where it begins behind the edge of its column, in ems."""
        return (self.x0 - self.left) / self.size


Item = TypeVar("Item", Run, Cell)


def usual_size(items: Iterable[Run | Cell]) -> float:
    """The size in which most characters are printed."""
    sizes: Counter[float] = Counter()
    for item in items:
        sizes[round(2 * item.size) / 2] += len(item.text)
    return max(sizes, key=lambda size: (sizes[size], size), default=0.0)


def rows(items: list[Item]) -> list[list[Item]]:
    """Runs or cells by their base lines, from the top, each row from the left."""
    found: list[list[Item]] = []
    for item in sorted(items, key=lambda item: -item.y):
        if found and found[-1][0].y - item.y <= 0.3 * min(item.size, found[-1][0].size):
            found[-1].append(item)
        else:
            found.append([item])
    return [sorted(row, key=lambda item: item.x0) for row in found]


def settle_marks(runs: list[Run]) -> None:
    """Set raised and lowered characters on the base line of the words that they touch."""
    small = 0.8 * usual_size(runs)
    ordered = sorted((run for run in runs if run.text != " "), key=lambda run: run.y)
    heights = [run.y for run in ordered]
    left = NEAR * len(runs)  # of comparisons: a page may set thousands of small words on one line
    for run in [run for run in runs if run.size <= small and len(run.text) <= 8]:
        first, last = bisect(heights, run.y - 5 * small), bisect(heights, run.y + 5 * small)
        if (left := left - (last - first)) < 0:
            return
        for base in ordered[first:last]:
            lift = (run.y - base.y) / base.size
            if run.size > 0.8 * base.size or not -0.4 < lift < 0.75:
                continue
            if -0.3 < (run.x0 - base.x1) / base.size < 0.6 or -0.3 < (base.x0 - run.x1) / base.size < 4:
                run.y, run.raised = base.y, lift > 0.1
                break


def cells_of(runs: list[Run]) -> list[Cell]:
    """Cells of the runs of a page; what is drawn twice at one place, as a makeshift for bold, is printed once."""
    settle_marks(runs)
    blanks = sum(run.text.count(" ") for run in runs)
    apart = SPACED if 15 * blanks > sum(len(run.text) for run in runs) else UNSPACED
    cells: list[Cell] = []
    for row in rows(runs):
        group: list[Run] = []
        words, spaced = "", False
        for run in row:
            if run.text == " ":
                spaced = True
                continue
            last = group[-1] if group else run
            if group and run.text == last.text and abs(run.x0 - last.x0) < 0.12 * run.size:
                continue
            gap = (run.x0 - max(other.x1 for other in group[-3:])) / max(run.size, last.size) if group else 0.0
            if gap > WIDE:
                cells.append(cell_of(group, words))
                group, words = [], ""
            elif group and run.raised and not last.raised and run.text[0].isdigit():
                words = words.rstrip() + MARK
            elif gap > apart or (spaced and gap > 0.08):
                words = words.rstrip() + " "
            group.append(run)
            words, spaced = words + run.text, False
        cells += [cell_of(group, words)] if group else []
    return cells


def cell_of(group: list[Run], words: str) -> Cell:
    """Neighbouring runs as a cell."""
    flat = [run for run in group if not run.raised] or group
    size = max(flat, key=lambda run: len(run.text)).size
    bold, paged = all(run.bold for run in flat), all(run.paged for run in group)
    return Cell(
        words.strip(), group[0].x0, max(run.x1 for run in group), group[0].y, size, bold, paged, group[0].raised
    )


def gutter(cells: list[Cell], *, known: float | None = None) -> float | None:
    """Where a second column begins: many cells start there, and on both sides stand lines of running text.

    Of one `known` from other pages it is enough that next to nothing crosses it.
    """
    left, right = min(cell.x0 for cell in cells), max(cell.x1 for cell in cells)
    width = right - left
    starts = Counter(round(cell.x0 / 3) for cell in cells if 0.25 * width < cell.x0 - left < 0.75 * width)
    for start, count in starts.most_common(3):
        edge = 3.0 * start - 3
        sides = [cell for cell in cells if cell.x1 <= edge], [cell for cell in cells if cell.x0 >= edge]
        if count >= 6 and all(len(side) >= 6 and median(c.x1 - c.x0 for c in side) > 0.22 * width for side in sides):
            return edge
    return known if known and 5 * sum(c.x0 < known < c.x1 for c in cells) < len(cells) else None


def columns(cells: list[Cell], size: float, *, known: float | None = None) -> list[list[Cell]]:
    """Stretches of a page that are read one after the other; at the end what is smaller than `size` at the foot."""
    edge = gutter(cells, known=known) if cells else None
    if edge is None:
        return [cells] if cells else []
    lowest = [min((c.y for c in cells if c.size > size and (c.x0 < edge) == side), default=0) for side in (False, True)]
    feet: list[Cell] = []
    above: list[Cell] = []
    for cell in sorted(cells, key=lambda cell: -cell.y):
        (feet if cell.size <= size and cell.y < lowest[cell.x0 < edge] else above).append(cell)
    found: list[list[Cell]] = [[]]
    for _, group in groupby(above, key=lambda cell: cell.x0 < edge < cell.x1):
        zone = list(group)
        sides = [cell for cell in zone if cell.x1 <= edge], [cell for cell in zone if cell.x0 >= edge]
        if min(map(len, sides)) < (1 if edge == known else 3):
            found[-1] += zone
        else:
            found += [*columns(sides[0], 0), *columns(sides[1], 0), []]
    return [stretch for stretch in (*found, *columns(feet, 0)) if stretch]


def lines_of(cells: list[Cell]) -> list[Line]:
    """Lines of one column, from the top."""
    lines = [Line(row) for row in rows(cells)]
    edges = Counter(round(line.x0) for line in lines)
    left = max(edges, key=lambda edge: (edges[edge], -edge), default=0)
    right = max((line.x1 for line in lines), default=0.0)
    for line in lines:
        line.left, line.right = left, right
    return lines
