"""Units: from printed characters to words only bullets, labels, mark-up and the note of closure are left out, white
space is folded, and no character is replaced. Brackets of unagreed wording are drafting marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from wsis_nlp.segmentation.blocks import Block
from wsis_nlp.segmentation.headings import Sections
from wsis_nlp.segmentation.lines import Span
from wsis_nlp.segmentation.vocabulary import CLOSURE, ENACTING, SYMBOL

BULLET = re.compile(r"(?:\\?[-•–—·▪◦●+>]\s+|#{1,6}\s+|\*\s+)+")
SPACE = np.array([chr(code).isspace() for code in range(0x3002)])
LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\(([^()\s]{0,300})\)")
# of HTML in a text only what sets words in a type of their own; any other element is what the text says
MARK_UP = re.compile(
    r"(?i:</?(?:b|i|u|s|em|strong|del|ins|strike|mark|small|sub|sup|span|font|br)\s?/?>)|\\(?=[\\`*_{}\[\]()#+\-.!>~|])"
)
STARS = re.compile(r"(?<!\*)\*{1,3}(?!\*)")
BRACKET = re.compile(r"\[([^\[\]]{0,4000})\]|[\[\]]")
NO_DRAFT = re.compile(
    r"\s*(?:\^?\d{1,3}|sic|…|\.\.\.|[A-Za-z]|emphasis added|(?:hereinafter|online|in [A-Z]\w+)\b[^\]]{0,60}"
    rf"|{SYMBOL.pattern})\s*"
)


def emphasis(raw: str, start: int, end: int) -> list[Span]:
    """The stars that open or close emphasis; a star that marks a footnote has no partner and stays."""
    marks: list[Span] = []
    opened: re.Match[str] | None = None
    for match in STARS.finditer(raw, start, end):
        before = raw[match.start() - 1] if match.start() > start else " "
        after = raw[match.end()] if match.end() < end else " "
        if opened and opened.group() == match.group() and not before.isspace():
            marks += [opened.span(), match.span()]
            opened = None
        elif not after.isspace() and not (before.isalnum() and (after.isalnum() or after in ",;:.")):
            opened = match
    return marks


def clean_text(raw: str, spans: tuple[Span, ...], cuts: list[Span]) -> tuple[str, NDArray[np.int32]]:
    """The words of a unit without its `cuts` and mark-up and, for each character, the offset from which it came."""
    start, end = spans[0][0], spans[-1][1]
    gone = cuts + emphasis(raw, start, end)
    gone += [match.span() for pattern in (CLOSURE, MARK_UP) for match in pattern.finditer(raw, start, end)]
    for match in LINK.finditer(raw, start, end):
        gone += [(match.start(), match.start(1)), (match.end(1), match.end())]
    if len(spans) == 1 and all(first == start for first, _ in gone):  # of most units only the label is left out
        printed = raw[max((last for _, last in gone), default=start) : end].lstrip()
        text = " ".join(printed.split())
        if len(text) == len(printed):
            return text, np.arange(end - len(printed), end, dtype=np.int32)
    printed = raw[start:end]
    kept = np.zeros(end - start, dtype=np.bool_)
    for first, last in spans:
        kept[first - start : last - start + 1] = True  # and one more, for the blank that joins two spans
    for first, last in gone:
        kept[first - start : last - start] = False
    for _, last in spans[:-1]:
        kept[last - start] = True
    codes = np.frombuffer(printed.encode("utf-32-le", "surrogatepass"), dtype="<u4")[kept]
    space = SPACE[np.minimum(codes, len(SPACE) - 1)]
    shown = folded(space)
    text = np.where(space, ord(" "), codes)[shown].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    return text, (np.flatnonzero(kept)[shown] + start).astype(np.int32)


def folded(space: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which characters stay where white space is folded: of it the first, if it stands between words."""
    shown = ~space
    shown[1:] |= ~space[:-1]
    shown[np.flatnonzero(~space).max(initial=-1) + 1 :] = False
    return shown


def drafting_marks(printed: str, text: str) -> tuple[str, ...]:
    """The drafting marks of a unit from what is printed and from its cleaned text."""
    marks = ("suggested_for_closure",) if CLOSURE.search(printed) else ()
    words = text.rstrip(".,;: ")
    if words.startswith("[") and words.endswith("]"):
        depths = list(accumulate(1 if bracket == "[" else -1 for bracket in re.findall(r"[\[\]]", words)))
        if 0 not in depths[:-1]:
            return (*marks, "bracketed")
    drafted = any(match[1] is None or not NO_DRAFT.fullmatch(match[1]) for match in BRACKET.finditer(text))
    return (*marks, "has_brackets") if drafted else marks


Kind = Literal["front", "heading", "preambular", "operative", "subparagraph", "footnote", "closing", "furniture"]


@dataclass(frozen=True)
class Unit:
    """A unit of a document: a paragraph, sub-item, heading, footnote, or piece of front matter, closing or furniture.

    `offsets` has for each character of `text` the place in the raw text from which it came; a folded space has that
    of the first white space, a space that joins two spans the end of the earlier.
    """

    order: int  # 1, 2, 3 … in document order
    kind: Kind
    label: str | None  # its own number or letter, normalised
    old_label: str | None  # the number that a tracked change replaced
    section: tuple[str, ...]  # the headings under which it stands, outermost first
    marks: tuple[str, ...]  # of suggested_for_closure, bracketed, has_brackets
    spans: tuple[tuple[int, int], ...]  # where it stands in the raw text, half open, label included, in reading order
    text: str  # its words without label, mark-up and closure note, white space folded
    offsets: NDArray[np.int32] = field(compare=False, repr=False)


def spans_of(raw: str, block: Block) -> tuple[Span, ...]:
    """The stretches of a block: one for all lines that follow each other without a break."""
    spans = [(block.lines[0].start, block.lines[0].end)]
    for before, line in pairwise(block.lines):
        joined = not line.blank and not line.page and not raw[before.end : line.start].strip()
        spans[-1:] = [(spans[-1][0], line.end)] if joined else [spans[-1], (line.start, line.end)]
    return tuple(spans)


def cuts_of(block: Block) -> list[Span]:
    """The stretches that are no words of a block: its label and the bullets of its lines."""
    bullets = [
        (line, BULLET.match(line.text)) for line in block.lines if line is block.lines[0] or line.text[0] not in "–—"
    ]
    cuts = [(line.start, line.start + bullet.end()) for line, bullet in bullets if bullet]
    if block.label is not None and block.kind != "front":
        cuts.append((block.opening.start + block.label.start, block.opening.start + block.label.end))
    return cuts


def finish(raw: str, blocks: list[Block]) -> list[Unit]:
    """Units from blocks: the text cleaned, the marks read, the sections entered in order."""
    units: list[Unit] = []
    sections = Sections()
    numbered = [n for n, block in enumerate(blocks) if block.kind == "heading" and not block.has("subsection")]
    last_numbered = max((n for n in numbered if blocks[n].label), default=0)
    for n, block in enumerate(blocks):
        spans = spans_of(raw, block)
        text, offsets = clean_text(raw, spans, cuts_of(block) if block.kind != "furniture" else [])
        paragraph = block.kind in ("operative", "preambular", "subparagraph")
        marks = drafting_marks(raw[spans[0][0] : spans[-1][1]], text if paragraph else "")
        if block.kind == "heading":
            lead = len(text) - len(text.lstrip(" .:–—-"))
            text, offsets = (text[lead:], offsets[lead:]) if lead < len(text) else clean_text(raw, spans, [])
            hashes = "#" * (len(block.text) - len(block.text.lstrip("#")))
            section = sections.enter(text, block.label, hashes, again=n < last_numbered)
        elif block.kind in ("front", "closing"):
            section = ()
            if not ENACTING.fullmatch(block.text):
                sections.open.clear()
        else:
            section = tuple(text for _, _, text in sections.open)
            sections.numbered_last &= block.kind in ("furniture", "footnote")
        old = str(block.label.old) if block.label and block.has("double", "deleted") else None
        units.append(Unit(n + 1, cast(Kind, block.kind), block.number, old, section, marks, spans, text, offsets))
    return units
