"""Paragraphs, headings and footnotes of printed pages, told by gaps, indents, type and rules; pages to raw text."""

from __future__ import annotations

import re
from bisect import bisect, bisect_left
from collections.abc import Iterable
from itertools import accumulate

from wsis_nlp.formats.pdf_layout import Line, Rule, Sheet, columns, lines_of
from wsis_nlp.formats.pdf_pages import NOTE, RULE, Body, Page, gaps, measure, part_outer, part_repeated
from wsis_nlp.readers import RawText, Region, RegionKind

PLAIN_NOTE = re.compile(r"(\d{1,3})\s+(?=\S)")
LABEL = re.compile(r"(?:\(?(?:\d{1,3}|[ivxl]{1,7}|[a-zA-Z])[.)]|[^\w\s])\s")
LEADER = re.compile(r"(?:[.·…] ?){4}")
Block = tuple[RegionKind | None, list[str]]


def lay_out(sheets: Iterable[Sheet]) -> RawText:
    """Raw text of the pages of a document, with its regions."""
    pages, scanned = [], []
    for number, sheet in enumerate(sheets):
        pages.append(Page(sheet, number))
        scanned += [number + 1] * sheet.scanned
    part_repeated(pages)
    body = measure(pages)
    part_outer(pages, body)
    parts: list[str] = []
    regions: list[Region] = []
    position, begun = 0, False
    for page in pages:
        blocks, begun = page_blocks(page, body, begun)
        start = position
        for kind, lines in blocks:
            end = start + len("\n".join(lines))
            regions += [Region(start, end, kind)] if kind else []
            start = end + 2
        parts.append("\n\n".join("\n".join(lines) for _, lines in blocks))
        position += len(parts[-1]) + 1
    return RawText("\f".join(parts), tuple(regions), scanned=tuple(scanned))


def page_blocks(page: Page, body: Body, begun: bool) -> tuple[list[Block], bool]:
    """The blocks of a page in order, and whether the text of the document has begun by its end."""
    blocks = furniture(page.head)
    text: list[Line] = []
    foot: list[Line] = []
    cells = [cell for line in page.lines for cell in line.cells]
    for stretch in columns(cells, 0.93 * body.size, known=body.gutter):
        lines = lines_of(stretch)
        cut = notes_start(lines, page, body)
        text += lines[:cut]
        foot += lines[cut:]
    for group in paragraphs(text, body):
        kind: RegionKind | None = "heading" if begun and is_heading(group, body) else None
        blocks.append(("furniture" if RULE.fullmatch(group[0].text) else kind, printed(group)))
        # on the first page a line of the masthead may look like one of the text
        ended = bool(page.number) or len(group) > 2 or group[-1].text[-1] in ".,;:"
        begun = begun or (ended and is_text(group[0], body))
    return [*blocks, *notes(foot), *furniture(page.foot), *furniture(page.strays)], begun


def furniture(lines: list[Line]) -> list[Block]:
    """What belongs to the page, as a block."""
    return [("furniture", [line.text for line in lines])] if lines else []


def printed(group: list[Line]) -> list[str]:
    """The lines of a paragraph, the first with its indent."""
    return [" " * min(round(2 * group[0].indent), 80) + group[0].text, *(line.text for line in group[1:])]


def paragraphs(lines: list[Line], body: Body) -> list[list[Line]]:
    """The lines of a page parted where a paragraph visibly begins."""
    spacing = gaps(lines, body.size)
    usual = [gap for gap, count in spacing.items() if 5 * count >= spacing.total() > 4]
    leading = min(usual, default=body.leading)
    found: list[list[Line]] = []
    for before, line, after in zip([None, *lines], lines, [*lines[1:], None], strict=False):
        if before is None or starts(
            found[-1], line, after, leading * max(1.0, min(before.size, line.size) / body.size)
        ):
            found.append([])
        found[-1].append(line)
    return found


def starts(group: list[Line], line: Line, after: Line | None, leading: float) -> bool:
    """Whether a line begins a paragraph: by its distance, type or indent."""
    before = group[-1]
    if before.y - line.y > 1.2 * leading or RULE.fullmatch(line.text) or RULE.fullmatch(before.text):
        return True
    short = before.x1 < before.right - 0.15 * (before.right - before.left)
    if short and (before.bold != line.bold or before.y < line.y or abs(before.size - line.size) > 0.1 * line.size):
        return True
    step = line.indent - before.indent
    outer = after is not None and after.indent < line.indent - 0.8
    if line.text[0].islower() or aligned(before, line):
        return False
    if abs(step) < 0.8:  # a paragraph of one line stands before the first line of the next
        return short and outer and len(group) == 1
    if step < 0 or len(group) > 1:  # behind the first line of a paragraph the others begin farther left
        return len(group) > 1 and not (step < 0 and LABEL.match(before.text))
    hanging = after is not None and abs(after.indent - line.indent) < 0.3
    return not (hanging or LABEL.match(before.text) or len(before.cells) > 1)


def aligned(before: Line, line: Line) -> bool:
    """Whether two lines are centred on one axis, or end together far from where the column begins."""
    centred = abs(before.x0 + before.x1 - line.x0 - line.x1) < 0.6 * line.size
    ranged = abs(before.x1 - line.x1) < 0.3 * line.size and min(before.indent, line.indent) > 4
    return centred or ranged


def is_text(line: Line, body: Body) -> bool:
    """Whether a line is one of running text in the type of the body."""
    return abs(line.size - body.size) < 0.5 and line.bold == body.bold and line.width > 0.6 * body.width


def is_heading(group: list[Line], body: Body) -> bool:
    """Whether a paragraph is set as a heading: short, bold or larger than the text, without a stop at its end."""
    text = " ".join(line.text for line in group)
    if len(group) > 4 or not any(map(str.isalpha, text)) or text[-1] in ".,;:" or LEADER.search(text):
        return False
    if any(len(line.cells) > 2 or (len(line.cells) == 2 and len(line.cells[0].text) > 8) for line in group):
        return False
    bold = not body.bold and all(line.bold for line in group)
    return bold or all(line.size > 1.15 * body.size for line in group)


def notes_start(lines: list[Line], page: Page, body: Body) -> int:
    """Where the footnotes of a column begin, with the rule above them; behind the last line if there are none."""
    largest = [*accumulate((line.size for line in lines[::-1]), max)][::-1]  # from each line on
    for n, line in enumerate(lines):
        first = n + bool(RULE.fullmatch(line.text))
        if first == len(lines) or not (first > n or ruled(lines, n, page.rules)):
            continue
        small = largest[first] < 0.95 * body.size
        if opens_note(lines[first], plain=small) or (small and page.number and len(lines) - first <= 30):
            return n
    small_from = len(lines)
    while small_from and lines[small_from - 1].size < 0.93 * body.size:
        small_from -= 1
    return next((n for n in range(small_from, len(lines)) if lines[n].cells[0].raised), len(lines))


def ruled(lines: list[Line], n: int, rules: list[Rule]) -> bool:
    """Whether a short rule, alone at its height, is drawn above a line at the edge of its column."""
    line, above = lines[n], lines[n - 1].y if n else lines[n].y + 3 * lines[n].size
    first = bisect(rules, line.y + 0.3 * line.size, key=height)
    last = bisect_left(rules, above, key=height)
    for rule in rules[first:last]:
        low = bisect(rules, rule.y - 2, first, last, key=height)
        alone = bisect_left(rules, rule.y + 2, first, last, key=height) - low == 1
        if alone and abs(rule.x0 - line.left) < 2 * line.size and rule.x1 - rule.x0 < 0.5 * (line.right - line.left):
            return True
    return False


def height(rule: Rule) -> float:
    """The height at which a rule is drawn, by which those of a page are in order."""
    return rule.y


def opens_note(line: Line, *, plain: bool) -> bool:
    """Whether a line opens with the mark of a footnote; `plain` says that a number as large as the text may be one."""
    return line.cells[0].raised or bool(NOTE.match(line.text) or (plain and PLAIN_NOTE.match(line.text)))


def notes(lines: list[Line]) -> list[Block]:
    """The foot of a page as blocks: its rules, and each note with its mark at the beginning."""
    blocks: list[Block] = []
    raised = any(line.cells[0].raised for line in lines)
    number = 0
    for line in lines:
        match = PLAIN_NOTE.match(line.text)
        value = int(match[1]) if match else 0
        if RULE.fullmatch(line.text):
            blocks.append(("furniture", [line.text]))
            continue
        counted = not raised and (number == 0 or value == number + 1)
        if opens_note(line, plain=counted) or not blocks or blocks[-1][0] != "footnote":
            blocks.append(("footnote", [line.text]))
            number = value
        else:
            blocks[-1][1].append(line.text)
    return blocks
