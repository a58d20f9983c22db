"""What the printer adds to each page: page numbers, job numbers, rules, running heads, and scraps of strike-out. They
are known by form, by their place beside a page break and by their return; page numbers "3/14" share a figure.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import dropwhile, takewhile

from wsis_nlp.segmentation.blocks import Block
from wsis_nlp.segmentation.lines import LONG, Line, Span
from wsis_nlp.segmentation.vocabulary import CITING, DATE, SYMBOL

JOB = r"\d{2}-\d{5}(?:\s?\(\w\))?(?:\s+\d{6})?"
PAGE_NUMBER = re.compile(
    rf"(?:{JOB}\s+)?(?:[-–—|]\s*)?(?:(?:page|página|pág\.|p\.)\s*)?(?P<page>\d{{1,3}})"
    rf"(?:\s*(?:(?P<slash>/)|of|de|sur)\s*(?P<pages>\d{{1,3}}))?(?:\s*[-–—|])?(?:\s*page)?(?:\s+{JOB})?",
    re.IGNORECASE,
)
PRINTED = re.compile(  # job numbers and barcodes; what a website says to its reader: a verb of handling and its object
    rf"{JOB}|\*\d{{5,9}}[A-Z]?\*|/\.\.\.|Please recycle\b.{{0,20}}|Page\s?\|?\s?\d{{1,4}}"
    r"|(?:(?:select|skip|jump|go|back|return|scroll|toggle|click|tap|show|hide|close|print|share|view|download|accept)\s"
    r"(?:(?:to|the|this|all|main|full|original|as)\s){0,3}"
    r"(?:target|content|top|menu|navigation|sidebar|page|link|document|pdf|cookies?|original|this)(?:\s\w{1,12})?"
    r"|(?:sign|log)\s?(?:in|out)|loading|download)\W{0,3}",
    re.IGNORECASE,
)
LEADERS = re.compile(r"(?:\. ?){5,}\s*\d{1,3}$")  # a line of the table of contents
RULE = re.compile(r"[_ ]{3,}|[-–— ]{5,}")
EDGE, HEAD = 5, 260  # how many lines beside a page break may be heads; how many characters a head may have
TOP = 24  # the lines in which a title stands
NUMBER = re.compile(rf"(?<!\S)(?:{JOB}\s+)?(?P<page>\d{{1,3}})/(?P<pages>\d{{1,3}})(?:\s+{JOB})?(?!\S)")
POINTS = ".;:!?,"
POINT = re.compile(f"[{POINTS}]")
CITED = re.compile(rf"{CITING.pattern}|(?:See|\(|document|Voir|Véase)$", re.IGNORECASE)
SCRAP = re.compile(
    r"(?P<word>[A-Za-zÀ-ÿ]{4,30})[”\"’)\]]{0,2}[.;][”\"’)\]]{0,2}\s+(?P<scrap>\d{1,3}|(?!(?:and|or|et|ou|y|o|e|u)$)[a-zà-ÿ]{1,5}\.?)$"
)
ABBREVIATED = {"approx", "chap", "para", "paras", "sect", "arts", "resp", "incl", "dept", "nos", "vols", "párr", "núm"}


def mark_furniture(lines: list[Line]) -> None:
    """Give the lines that belong to the page, not the text, the role ``furniture`` (footnote rules: ``rule``)."""
    anchors = mark_by_form(lines) | {n for n, line in enumerate(lines) if line.page}
    heads = Heads(lines, anchors)
    for anchor in sorted(anchors):
        for side in (range(anchor, anchor + EDGE + 1), range(anchor - 1, anchor - EDGE - 1, -1)):
            found = [*takewhile(heads.repeated, (lines[n] for n in side if 0 < n < len(lines)))]
            bodies = sorted((line for line in found if line.role == "body"), key=lambda line: line.place)
            for line in dropwhile(lambda line: line.text[0].islower(), bodies):  # a sentence goes on; no head opens so
                line.role = "furniture"
        if NUMBER.search(lines[anchor].text):
            mark_beside(lines, range(anchor - 1, max(0, anchor - EDGE), -1))
            mark_beside(lines, range(anchor + 1, min(anchor + EDGE, len(lines))))
    if not any(line.role == "furniture" for line in lines[4:]):
        mark_interruptions(lines, heads)
    open_before = False
    for line in lines:
        flowing = open_before and (line.text[-1] in POINTS or (not line.blank and len(line.text) > 1))
        mute = len(line.text) <= 30 and not any(map(str.isalpha, line.text))
        if line.role == "body" and not line.label and mute and not flowing:
            line.role = "furniture"
        open_before = line.ending != "final" if line.role == "body" else open_before


def mark_beside(lines: list[Line], side: range) -> None:
    """Mark a head that need not return: the lines from a page number "3/14" to the document symbol that ends one."""
    for n in side:
        line, symbols = lines[n], head_symbols(lines[n].text[:HEAD])
        if line.label or line.text[-1] in POINTS:
            return
        if symbols and symbols[-1].end() == len(line.text) and line.text[0].isupper():
            for head in lines[min(side[0], n) : max(side[0], n) + 1]:
                head.role = "furniture" if head.role == "body" else head.role
            return


def mark_by_form(lines: list[Line]) -> set[int]:
    """Mark what is furniture wherever it stands; return the places of page numbers, where a page may break."""
    anchors: set[int] = set()
    seen: set[str] = set()
    for n, (line, after) in enumerate(zip(lines, [*lines[1:], None], strict=False)):
        if LEADERS.search(line.text[-40:]):
            line.role = "furniture"
        if len(line.text) > 60 or line.role == "furniture":
            continue
        symbols = {symbol for symbol in SYMBOL.findall(line.text) if any(map(str.isdigit, symbol))}
        alone = n == 0 or line.blank or line.page or after is None or after.blank or after.page
        paged = PAGE_NUMBER.fullmatch(line.text)
        number = paged and (paged["slash"] or alone or not line.text.isdigit())
        if paged and paged["slash"]:
            number = int(paged["page"]) <= int(paged["pages"]) > 1
        if number or line.text in symbols & seen:
            line.role = "furniture"
            anchors.add(n)
        elif PRINTED.fullmatch(line.text):
            line.role = "furniture"
            anchors |= {n} if n > TOP else set()  # in the masthead it does not tell of a page break
        elif RULE.fullmatch(line.text):
            line.role = "rule"
        seen |= symbols
    return anchors


class Heads:
    """What returns in the lines: their letters without symbols (`keys`), and their symbols."""

    def __init__(self, lines: list[Line], anchors: set[int]) -> None:
        keys = {line.place: "".join(filter(str.isalpha, SYMBOL.sub("", line.text[:300]).lower())) for line in lines}
        self.keys, self.first_page = keys, min((n for n in anchors if n > 1), default=0)
        self.counts = Counter(key for key in keys.values() if len(key) >= 5)
        beside = {n for anchor in anchors for n in range(max(0, anchor - EDGE), min(anchor + EDGE + 1, len(lines)))}
        self.beside = Counter(keys[lines[n].place] for n in beside)
        self.first_seen: dict[str, int] = {}
        for line in lines:
            for name in (keys[line.place], *SYMBOL.findall(line.text[:300])):
                self.first_seen.setdefault(name, line.place)

    def repeated(self, line: Line) -> bool:
        """Whether a line is furniture, or repeats what stands on other pages and ends no sentence."""
        key, symbols = self.keys[line.place], SYMBOL.findall(line.text[:300])
        if line.role != "body" or line.label or len(line.text) > 300 or DATE.match(line.text):
            return line.role != "body"
        if symbols and not key and line.text[-1] not in ".;:,":
            return line.place > EDGE or all(self.first_seen[symbol] < line.place for symbol in symbols)
        behind = line.place > self.first_page > 0
        # a head repeats the title or returns beside page breaks; a heading that returns does so elsewhere
        beside = 2 * self.beside[key] >= self.counts[key] and (self.beside[key] > 1 or self.first_seen[key] < TOP)
        again = self.counts[key] > 1 and (beside or bool(symbols))
        again = again and (behind or self.first_seen[key] < line.place or line.place > TOP)
        return again and line.text[-1] not in ".;:,"


def mark_interruptions(lines: list[Line], heads: Heads) -> None:
    """Without page numbers a head shows itself where its repetition cuts a sentence in two."""
    cutting = {
        heads.keys[line.place]
        for before, line, after in zip(lines, lines[1:], lines[2:], strict=False)
        if before.ending == line.ending == "open" and after.text[0].islower() and line.text[0].isupper()
        if heads.counts[heads.keys[line.place]] > 1 and not line.label and line.blank and after.blank
    }
    for line in lines:
        if heads.keys[line.place] in cutting and line.place != heads.first_seen[heads.keys[line.place]]:
            line.role = "furniture"


def cut_page_flow(lines: list[Line]) -> list[Line]:
    """Cut long lines around page numbers and running heads, and give those the role ``furniture``."""
    spans = {
        n: opening_head(line.text) for n, line in enumerate(lines) if line.role == "body" and len(line.text) >= LONG
    }
    runs: dict[str, list[tuple[int, int, Span]]] = defaultdict(list)
    for n in spans:
        for match in NUMBER.finditer(lines[n].text):
            if 1 <= int(match["page"]) <= int(match["pages"]) > 1:
                runs[match["pages"]].append((int(match["page"]), n, match.span()))
    for run in runs.values():
        pages = [page for page, _, _ in run]
        for (page, n, (start, end)), before, after in zip(run, [0, *pages], [*pages[1:], 0], strict=False):
            if start == 0 or end == len(lines[n].text) or before == page - 1 > 0 or after == page + 1:
                spans[n].append((head_start(lines[n].text, start), end))
    return [piece for n, line in enumerate(lines) for piece in parted(line, sorted(spans.get(n, [])))]


def head_symbols(window: str) -> list[re.Match[str]]:
    """The symbols in a stretch of text that are not cited in a sentence or note."""
    numbered = (match for match in SYMBOL.finditer(window) if any(map(str.isdigit, match.group())))
    return [match for match in numbered if not CITED.search(window[: match.start()].rstrip()[-30:])]


def head_start(text: str, number: int) -> int:
    """Where the head begins: at the symbol and title that stand before a page number, or at the number."""
    window = text[max(0, number - HEAD) : number]
    heads = [match.start() for match in head_symbols(window) if not POINT.search(window, match.end())]
    return number - len(window) + heads[0] if heads else number


def opening_head(text: str) -> list[Span]:
    """The title and symbol with which a page run into one line opens, where the text goes on in mid-sentence."""
    heads = [match for match in head_symbols(text[:HEAD])[:1] if not POINT.search(text[: match.start()])]
    return [
        (0, head.end())
        for head in heads
        if text[head.end() : head.end() + 9].lstrip()[:1].islower() and text[0].isupper()
    ]


def parted(line: Line, spans: list[Span]) -> list[Line]:
    """A line as its pieces, those in `spans` as furniture."""
    if not spans:
        return [line]
    pieces: list[Line] = []
    position = 0
    for start, end in [*spans, (len(line.text), len(line.text))]:
        pieces += line.part(position, start, label=None if position else line.label)
        pieces += line.part(max(start, position), end, role="furniture", label=None)
        position = max(position, end)
    return pieces


def cut_residue(blocks: list[Block]) -> list[Block]:
    """The same blocks with a scrap behind a final stop set apart as furniture."""
    notes = {block.label.text for block in blocks if block.label and block.has("note")}
    kept: list[Block] = []
    for block in blocks:
        kept.append(block)
        last = block.lines[-1]
        match = SCRAP.search(last.text[-80:]) if last.role == "body" else None
        if match and match["word"].lower() not in ABBREVIATED and match["scrap"] not in notes:
            cut = len(last.text) - len(match["scrap"])
            block.lines[-1:] = last.part(0, cut)
            kept.append(Block(last.part(cut, len(last.text), role="furniture", label=None, blank=False)))
    return sorted(kept, key=lambda block: block.lines[0].start)  # a note may stand inside a block with a scrap
