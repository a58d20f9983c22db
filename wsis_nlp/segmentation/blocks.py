"""Blocks: lines that make one paragraph, heading or note, whatever page breaks, notes and blank lines interrupt them.
In lines broken at a width a paragraph begins only at a visible break: a label, a blank or short line, an indent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from wsis_nlp.segmentation import vocabulary as say
from wsis_nlp.segmentation.headings import DRESS, OPENERS, part_label, title_like
from wsis_nlp.segmentation.labels import NUMBERS, Label
from wsis_nlp.segmentation.lines import Line, Page

PARTS = (*NUMBERS, "item", "roman", "capital", "lettered", "clause", "section", "subsection", "deleted")
JOINING = re.compile(r"(?:^|[;,:.]\s?)(?:and|or|et|ou|y|o|e)$")


@dataclass
class Block:
    """The lines of one unit in reading order; later steps settle its kind and printed number."""

    lines: list[Line]
    recital: bool = False
    kind: str = "furniture"
    number: str | None = None

    @property
    def opening(self) -> Line:
        """The line with the label: the first, or the second where extraction set the label behind the first."""
        return self.lines[1 if len(self.lines) > 1 and self.lines[1].label else 0]

    @property
    def label(self) -> Label | None:
        """The label that opens it."""
        return self.opening.label

    @property
    def text(self) -> str:
        """The first 400 characters, label and all, lines joined by a blank."""
        return " ".join([line.folded for line in self.lines[:20]])[:400]

    @property
    def words(self) -> str:
        """The same without the label."""
        return " ".join([self.lines[0].words, *(line.folded for line in self.lines[1:20])])[:400]

    def has(self, *forms: str) -> bool:
        """Whether its label has one of the forms."""
        return self.label is not None and self.label.form in forms


@dataclass
class Seam:
    """The place between a block and the next line of the body, where the block ends or goes on."""

    block: Block
    line: Line
    after: Line | None
    page: Page
    interrupted: bool

    def __post_init__(self) -> None:
        """Note what stands on both sides and what the layout shows."""
        self.before = self.block.lines[-1]
        self.gap = self.page.parted(self.line) or (not self.page.wrapped and self.line.start > self.before.end + 1)
        self.text = self.line.folded
        self.bare = self.text.lstrip(OPENERS)

    def begins(self) -> bool:
        """Whether the line begins a block of its own."""
        block, line, opened = self.block, self.line, self.block.text
        if line.title or self.before.title:
            return line.region is None or line.region != self.before.region
        if block.label and len(block.lines) == 1 and block.label.end >= len(self.before.text) - 3:
            return not block.has(*PARTS) and (line.blank or not title_like(self.text))
        if line.titled or say.ENACTING.fullmatch(self.text) or say.OPENING.fullmatch(self.text.strip(DRESS)):
            return True
        if (say.MEETING.match(self.text) or say.ANNEX.fullmatch(self.text)) and (
            line.blank or self.before.ending == "final"
        ):
            return True
        if len(opened) <= 300 and (say.MEETING.match(opened) or say.DATE.match(opened)):
            return not say.DATE.match(self.text)
        if say.RECITAL.match(self.bare):
            plain = block.recital and say.PLAIN_RECITAL.match(self.text.lstrip(DRESS))
            # behind words of the line before that extraction set apart
            stray = block.recital and line.blank and (plain or len(self.before.text) < 30)
            led = say.ENACTING.fullmatch(opened) is not None or (block.recital and self.interrupted)
            visible = led or plain or self.gap or not self.page.wrapped or self.page.short(self.before)
            if stray or (self.before.ending != "open" and visible):
                return True
        untitled = block.label or block.recital or self.before.ending != "open" or not title_like(opened)
        if self.gap and not untitled and say.MASTHEAD.match(self.text) and not self.text[0].islower():
            return True
        if self.bare[:1].islower():
            return False
        return {"open": self.after_open, "comma": self.after_comma, "final": self.after_stop}[self.before.ending]()

    def after_open(self) -> bool:
        """After words without punctuation: only behind a title or the note of closure, or as a title itself."""
        block, page, tail = self.block, self.page, " ".join(line.text for line in self.block.lines[-2:])[-300:]
        verb = say.OPERATIVE.match(self.bare) is not None
        set_apart = self.gap and not self.interrupted and title_like(block.words)
        set_apart = set_apart and (verb or (self.line.blank and page.spaced and page.short(self.before)))
        if (block.recital and not set_apart) or say.DANGLING.search(say.CLOSURE.sub("", tail).strip(DRESS)):
            return False
        if len(block.text) <= 200 and not block.has("item", *NUMBERS) and title_like(block.words):
            alone = block.label is not None or not page.short(self.line)
            return self.gap or not page.wrapped or (page.short(self.before) and alone)
        return bool(say.CLOSURE.search(tail)) or (self.headed() and (self.gap or page.short(self.before)))

    def after_comma(self) -> bool:
        """After a comma: an operative verb, a heading, or in lines that are not broken the next recital."""
        recitals = not self.page.wrapped and say.RECITAL.match(self.block.words) and self.line.ending == "comma"
        verb = self.gap and (recitals or say.OPERATIVE.match(self.bare))
        return bool(verb) or ((self.gap or self.block.recital) and self.headed())

    def after_stop(self) -> bool:
        """After a full stop: at any visible break, of which a page break is none."""
        if self.line.text[0] in "-•●" or (self.gap and say.OPERATIVE.match(self.bare)):
            return True
        if self.page.wrapped and self.page.spaced and not self.page.parted(self.line):
            return False
        if not self.page.wrapped or self.page.short(self.before) or self.headed():
            return True
        return self.line.indent > self.page.indent or (self.line.blank and not self.interrupted)

    def headed(self) -> bool:
        """Whether the line has the form of a heading and what follows it the form of a new start."""
        if self.after is None or not title_like(self.text) or say.MASTHEAD.match(self.text):
            return False
        start = self.page.parted(self.after) or (not self.page.wrapped and self.after.ending != "open")
        return self.after.label is not None or (start and not self.after.text[0].islower())


def build_blocks(pieces: list[Line], page: Page) -> list[Block]:
    """Blocks in document order; furniture lines stay alone, footnotes are gathered with their own lines."""
    blocks: list[Block] = []
    current: Block | None = None
    note: Block | None = None
    following = {one.start: two for one, two in pairwise(piece for piece in pieces if piece.role == "body")}
    interrupted = False
    for piece in pieces:
        if piece.role == "note" and note and not piece.label:
            note.lines.append(piece)
        elif piece.role != "body":
            blocks.append(Block([piece]))
            note = blocks[-1] if piece.role == "note" else note
        else:
            after = following.get(piece.start)
            piece.label = opening_label(piece, current, page)
            if current and current is blocks[-1] and late_label(piece, current.lines[-1], after):
                blocks.append(Block([current.lines.pop(), piece]))
                if not current.lines:
                    del blocks[-2]
                current = blocks[-1]
            elif not current or piece.label or piece.inline or Seam(current, piece, after, page, interrupted).begins():
                preamble = current is not None and (current.recital or say.ENACTING.fullmatch(current.text))
                current = Block([piece], bool(preamble and page.wrapped and say.RECITAL.match(piece.text)))
                blocks.append(current)
            else:
                current.lines.append(piece)
        interrupted = piece.role != "body"
    return blocks


def opening_label(piece: Line, current: Block | None, page: Page) -> Label | None:
    """The label that a line carries: settled by the run, of a part of the text, or a capital, Roman or item label."""
    label = piece.label
    if label is None or label.form not in ("item", "roman", "capital", "lettered"):
        return label or part_label(piece)
    last = current.lines[-1] if current else piece
    apart = current is None or piece.blank or last.ending != "open" or page.short(last)
    if label.form == "item":
        return label if apart or page.parted(piece) or JOINING.search(last.text[-8:]) else None
    apart = apart or (current is not None and title_like(current.words))
    rest = piece.words.strip(DRESS + '“"«[(')[:1]
    return label if apart and (not rest or rest.isupper()) else None


def late_label(piece: Line, first: Line, after: Line | None) -> bool:
    """Whether a label alone on its line was set behind the first line of the paragraph that it numbers."""
    alone = piece.label and piece.label.end >= len(piece.text) - 1 and not piece.blank and not first.label
    behind = first.blank and first.text[0].isupper() and after and not after.blank and after.text[0].islower()
    return bool(alone and behind)
