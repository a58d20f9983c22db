"""Pages: what belongs to the page, not to the text, is told by where and how often it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from wsis_nlp.formats.pdf_layout import Cell, Line, Sheet, cells_of, gutter, lines_of, usual_size

EDGE = 6  # so many lines at the top and at the foot of a page may belong to it
RULE = re.compile(r"[_\u2014\u2500 ]{5,}")
NOTE = re.compile(r"(?:\d{1,3}/|\*{1,3}/?|[†‡§])(?:\s+(?=\S)|(?=[A-Z][a-z]))")
MARGINS = (0.08, 0.92)  # of the height of a page
NUMBER = re.compile(r"\d{1,6}")


class Page:
    """One page on its way to text: its lines as if it had one column, and what stands apart from them."""

    def __init__(self, sheet: Sheet, number: int) -> None:
        self.number, self.rules = number, sorted(sheet.rules, key=lambda rule: rule.y)
        self.bottom, self.tall = sheet.bottom, max(sheet.top - sheet.bottom, 1.0)
        self.lines = lines_of(cells_of(sheet.runs))
        self.strays = lines_of(cells_of(sheet.strays)) + part_line_numbers(self.lines)
        self.head: list[Line] = []
        self.foot: list[Line] = []

    def height(self, line: Line) -> float:
        """How high on the page a line stands, from 0 to 1."""
        return (line.y - self.bottom) / self.tall

    def edge(self, top: bool) -> Iterator[Line]:
        """The lines at the top or at the foot, from without, as far as they may belong to the page: no footnotes, and
        on the first page no masthead.
        """
        for line in () if top and not self.number else self.lines[:EDGE] if top else self.lines[: -EDGE - 1 : -1]:
            if line.cells[0].raised or NOTE.match(line.text) or RULE.fullmatch(line.text):
                return
            yield line

    def take(self, count: int, top: bool) -> None:
        """Move lines from an edge to the head or to the foot of the page."""
        if top:
            self.head, self.lines = self.head + self.lines[:count], self.lines[count:]
        elif count:
            self.foot, self.lines = self.lines[-count:] + self.foot, self.lines[:-count]

    def keys(self, cell: Cell) -> set[str]:
        """What a cell prints, as it is and with each of its numbers counted from the number of the page."""
        text = cell.text
        counted = {
            f"{text[: match.start()]}\0{int(match.group()) - self.number}\0{text[match.end() :]}"
            for match in NUMBER.finditer(text[:80])
        }
        return {text, *counted}


@dataclass(frozen=True)
class Body:
    """The type in which the text of a document is set, and where known from where to where on the page it reaches."""

    size: float
    bold: bool
    leading: float
    width: float
    extent: tuple[float, float] | None
    gutter: float | None  # where a second column begins on most pages


def part_repeated(pages: list[Page]) -> None:
    """Set lines at the edges of pages apart that return on other pages or, as the file says, belong to the page."""
    for top in (True, False):
        seen = Counter(
            key
            for page in pages
            for key in {key for line in page.edge(top) for cell in line.cells for key in page.keys(cell)}
        )

        def returns(key: str, seen: Counter[str] = seen) -> bool:
            return seen[key] > (min(2, max(1, len(pages) // 2)) if "\0" in key else 1)

        for page in pages:
            count = 0
            for line in page.edge(top):
                if not all(cell.paged or any(map(returns, page.keys(cell))) for cell in line.cells):
                    break
                count += 1
            page.take(count, top)


def part_line_numbers(lines: list[Line]) -> list[Line]:
    """Take the numbers of the lines out of the margin, where nearly every line has one, and return them."""
    texts = [line.cells[1].x0 for line in lines if len(line.cells) > 1]
    counted = [line for line in lines if line.cells[0].text.isdigit() and line.cells[0].x1 < min(texts, default=0)]
    values = [int(line.cells[0].text) for line in counted]
    if len(counted) < max(5, 0.7 * len(lines)) or any(two != one + 1 for one, two in pairwise(values)):
        return []
    own = set(counted)
    lines[:] = [Line(rest) for line in lines if (rest := line.cells[1:] if line in own else line.cells)]
    return [Line(line.cells[:1]) for line in counted]


def measure(pages: list[Page]) -> Body:
    """The type of the text of a document and, where it is long enough to tell, its extent on the page."""
    lines = [line for page in pages for line in page.lines]
    cells = [cell for line in lines for cell in line.cells]
    size = usual_size(cells)
    own = [cell for cell in cells if abs(cell.size - size) < 0.5]
    bold = 2 * sum(len(cell.text) for cell in own if cell.bold) > sum(len(cell.text) for cell in own)
    spacing = gaps(lines, size)
    leading = max(spacing, key=lambda gap: (spacing[gap], -gap)) if spacing.total() > 4 else 1.2 * size
    widths = sorted(line.width for line in lines)
    width = widths[len(widths) * 9 // 10] if widths else 0.0
    wide = [
        (line, page) for page in pages for line in page.lines if max(c.x1 - c.x0 for c in line.cells) > 0.35 * width
    ]
    heights = [page.height(line) for line, page in wide]
    long = len(pages) > 2 and len(heights) > 20
    edges = Counter(gutter([cell for line in page.lines for cell in line.cells]) for page in pages if page.lines)
    usual = max(edges, key=edges.__getitem__, default=None)
    return Body(size, bold, leading, width, (min(heights), max(heights)) if long else None, usual)


def gaps(lines: list[Line], size: float) -> Counter[float]:
    """The distances between base lines in type of a size, rounded to half points."""
    pairs = ((one, two) for one, two in pairwise(lines) if abs(one.size - size) < 0.5 and abs(two.size - size) < 0.5)
    return Counter(round(2 * (one.y - two.y)) / 2 for one, two in pairs if 0.9 * size < one.y - two.y < 4 * size)


def part_outer(pages: list[Page], body: Body) -> None:
    """Set lines apart that stand beyond the text or, in a short document, in the margin with a gap between."""
    for page in pages:
        slack = 0.8 * body.leading / page.tall
        low, high = (body.extent[0] - slack, body.extent[1] + slack) if body.extent else MARGINS
        for top in (True, False):
            inward = [*(page.lines if top else page.lines[::-1]), None]
            count = 0
            for n, line in enumerate(page.edge(top), 1):
                if low < page.height(line) < high:
                    break
                inner = inward[n]
                if body.extent or inner is None or abs(line.y - inner.y) > 1.5 * body.leading:
                    count = n
            page.take(count if count < 5 else 0, top)
