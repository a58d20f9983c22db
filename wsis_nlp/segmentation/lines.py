"""The printed lines of a document and its layout: paragraphs are parted by a blank line, an indent or a short last
line; lines break at a fixed width or not at all, depending on who extracted the text.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from wsis_nlp.segmentation.labels import Label

BREAK = re.compile(r"\r\n|[\n\r\f\v\x1c-\x1e\x85\u2028\u2029]")
MARK_BEHIND_STOP = re.compile(
    r"(?:<sup>[^<>]{1,6}</sup>|</?[a-z]{1,6}>|\[\^?\d{1,3}\])$|"
    r"(?<=[.,;:!?”’\"'\])])(?<!\b[A-Z]\.)(?<!Rev\.|Add\.)(?<!Corr\.)\s?(?:\d{1,3}|[¹²³⁰-⁹]{1,3}|\*{1,2})$"
)
ABBREVIATED = re.compile(r"\b(?:Nos?|vols?|paras?|arts?|chaps?|sects?|pp?|cf|e\.g|i\.e|fig|vs|núms?|párrs?|al)\.$")
Span = tuple[int, int]
CLOSERS = " \t\"'”’»)]*_\u00a0"
ENDINGS = dict.fromkeys(".;:!?…", "final") | dict.fromkeys(",،", "comma")
LONG = 250  # a line longer than this has more than one line of print in it


@dataclass
class Line:
    """A stretch of one printed line, trimmed of white space; later steps settle `label` and `role`."""

    start: int  # in the raw text
    text: str
    place: int = 0  # number of the printed line
    indent: int = 0  # white space in front
    blank: bool = False  # an empty line stands before it
    page: bool = False  # a form feed does
    inline: bool = False  # cut out of the middle of a printed line
    region: int | None = None  # of those that the format tells, the one in which it stands
    title: bool = False  # the format calls it a heading
    role: str = "body"  # or "furniture", "rule", "note"
    label: Label | None = None

    @property
    def end(self) -> int:
        """Where the line ends in the raw text."""
        return self.start + len(self.text)

    @cached_property
    def ending(self) -> str:
        """How the line ends, as `ends_sentence` has it."""
        return ends_sentence(self.text[-80:])

    @cached_property
    def folded(self) -> str:
        """The first 400 characters with white space folded: some extractors print wide gaps between words."""
        return " ".join(self.text[:400].split())

    @property
    def titled(self) -> bool:
        """Whether the format of the file, or a Markdown sign, calls it a heading."""
        return self.title or self.text[0] == "#"

    @property
    def words(self) -> str:
        """What stands behind the label, up to 400 characters."""
        return " ".join(self.text[self.label.end : self.label.end + 400].split()) if self.label else self.folded

    def part(self, first: int, last: int, **changes: Any) -> list[Line]:
        """The stretch from `first` to `last` as a line of its own; none where it is blank."""
        text = self.text[first:last]
        kept = text.strip()
        start = self.start + first + text.find(kept)
        return [replace(self, start=start, text=kept, **changes)] if kept else []


@dataclass(frozen=True)
class Page:
    """How the document is laid out: whether lines break at a `width`, the usual `indent` of a line, blank lines."""

    wrapped: bool
    width: int
    indent: int
    spaced: bool  # whether paragraphs are parted by blank lines

    def parted(self, line: Line) -> bool:
        """Whether a blank line or an indent parts a line from the one before."""
        return line.blank or line.indent > self.indent

    def short(self, line: Line) -> bool:
        """Whether a line is visibly shorter than the width."""
        return len(line.text) < self.width * 0.75


def ends_sentence(tail: str) -> str:
    """How a stretch of text ends: ``final`` punctuation, a ``comma``, or ``open``."""
    tail = tail.rstrip()
    if tail[-1:].isascii() and tail[-1:].isalpha():  # as most lines that break at a width
        return "open"
    kept = MARK_BEHIND_STOP.sub("", tail).rstrip(CLOSERS)
    return "open" if ABBREVIATED.search(kept) else ENDINGS.get(kept[-1:], "open")


def read_lines(raw: str) -> tuple[list[Line], Page]:
    """Every line that has a character to show, in order, and the layout of the whole."""
    lines: list[Line] = []
    position, blank, page = 0, False, False
    for match in itertools.chain(BREAK.finditer(raw), [None]):
        text = raw[position : match.start() if match else len(raw)]
        if kept := text.lstrip():
            indent = len(text) - len(kept)
            lines.append(Line(position + indent, kept.rstrip(), len(lines), indent, blank, page))
            blank = page = False
        elif position:
            blank = True
        if match:
            page = page or match.group() == "\f"
            position = match.end()
    lengths = sorted(len(line.text) for line in lines)
    width = lengths[len(lengths) * 9 // 10] if lengths else 0
    pairs = [(one, two) for one, two in itertools.pairwise(lines) if len(one.text) > width * 0.75]
    broken = sum(not two.blank and not two.text[0].isupper() and one.ending != "final" for one, two in pairs)
    wrapped = 20 <= width <= 160 and broken > 0 and broken * 4 >= len(pairs)
    ends = [
        two.blank for one, two in itertools.pairwise(lines) if one.ending == "final" and len(one.text) < width * 0.75
    ]
    indents = [two.indent for one, two in pairs if one.ending == "open" and not two.blank]
    indent = Counter(indents).most_common(1)[0][0] if indents else 0
    return lines, Page(wrapped, width, indent, spaced=sum(ends) * 10 > len(ends) * 8)
