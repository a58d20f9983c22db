"""Paragraph numbers: they run 1, 2, 3 …, with gaps, insertions (16bis) and new beginnings in annexes. Candidates are
weighed by form (a stop, a capital behind) and place (a new line, no "paragraph" before); the likeliest run wins.
"""

from __future__ import annotations

import re
from dataclasses import replace

from wsis_nlp.segmentation.headings import DRESS, OPENERS, title_like
from wsis_nlp.segmentation.labels import NUMBERS, Label, parse_label
from wsis_nlp.segmentation.lines import LONG, Line, Page, ends_sentence
from wsis_nlp.segmentation.vocabulary import CITING, RECITAL, SPEAKER

INLINE = re.compile(r"(?<=\s)\*{0,2}(?P<number>\d{1,3}(?: ?(?:bis|ter|quater))?\.)\s+(?=[*_\[“\"«¿]{0,3}[A-ZÀ-Þ])")
HEADING_TAIL = re.compile(
    r"(?:[.;!?][”\"’)\]]*\s+)((?:(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-Z])\.?\s+)?(?P<title>[A-ZÀ-Þ][^.;:!?]{2,100}))$"
)
ITEM_INLINE = re.compile(r"(?<=[:;.])(?:\s+(?:and|or|et|y))?\s+(?=\(?(?:[a-z]|[ivx]{1,5}|\d{1,2})\)\s+\S)")
RECITAL_INLINE = re.compile(rf"(?<=[,¹²³⁴⁵⁶⁷⁸⁹\d])\s+(?={RECITAL.pattern}\s)")
INNER = 12  # a number farther from the start stands inside its line
HEADINGS = {"number": "section", "decimal": "subsection", "double": "subsection"}
Candidate = tuple[Label, float, int]  # a label that may be one, the evidence for it, and the number of its line
STEPS = {1: 2.0, 2: 0.0, 3: 0.0, 4: -1.0, 5: -1.0}  # the bonus of a distance to the number before


def choose_run(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates that make the likeliest numbering, in order: for each the best chain that ends in it is kept."""
    best: dict[tuple[int, ...], tuple[float, int]] = {}  # score and end of the best chain: by number, by rank, of all
    links: list[int] = []
    for place, (label, weight, _) in enumerate(candidates):
        value, rank = label.value, label.rank
        options: list[tuple[tuple[int, ...], float]] = [((value - step,), bonus) for step, bonus in STEPS.items()]
        options += [((value, lower), STEPS[1]) for lower in range(rank)] + [((), -1.0 if value == 1 else -1.2)]
        # a double number is one only where it continues the run; elsewhere it is a decimal
        chains = [(best[key], bonus) for key, bonus in options if key in best and (bonus > 0 or label.old is None)]
        scores = [1.0 if value == 1 else 0.0, *(score + bonus for (score, _), bonus in chains)]
        chosen = scores.index(max(scores))
        links.append(chains[chosen - 1][0][1] if chosen else -1)
        for key in ((), (value,), (value, rank)):
            best[key] = max(best.get(key, (-99.0, -1)), (scores[chosen] + weight, place))
    run: list[Candidate] = []
    place = best[()][1] if candidates else -1
    while place >= 0:
        run.append(candidates[place])
        place = links[place]
    return run[::-1] if len(run) != 1 or run[0][1] > 0 else []


def settle_old(lines: list[Line]) -> None:
    """Settle old numbers by their own sequence: a misread one between its neighbours is put right."""
    olds = [line.label.old or 0 for line in lines if line.label]
    for n, line in enumerate(lines[1:], 1):
        due = olds[n - 1] + 1
        if line.label and (olds[n] > due + 8 or olds[n + 1 : n + 2] == [due + 1]):
            olds[n] = due
            line.label = replace(line.label, old=due)


def weigh(lines: list[Line], n: int, label: Label, page: Page) -> float:
    """The evidence that the label with which line `n` opens is a paragraph number."""
    line, before = lines[n], lines[n - 1] if n else None
    after = line.text[label.end : label.end + 8].lstrip(OPENERS)[:1]
    decimal = label.form == "decimal" and after.isupper()
    weight = 2.0 if label.stop else 1.5 if label.rank or decimal else -2.5
    weight += 1.0 if after.isupper() else -2.0 if after.islower() else 0.0
    if before is None or line.page:
        return weight + 1.0
    flowing = page.wrapped and not page.parted(line) and before.role == "body"
    weight += 1.0 if not flowing else -3.0 if before.ending == "open" and not page.short(before) else 0.0
    cited = page.wrapped and before.role == "body" and CITING.search(before.text[-80:])
    return weight + (-4.0 if cited else 0.5 if before.ending == "final" else 0.0)


def number_lines(lines: list[Line], page: Page) -> dict[int, set[int]]:
    """Settle which lines open with a paragraph number; return where numbers stand inside long lines, by line."""
    candidates: list[Candidate] = []
    promote_bracketed(lines)
    for n, line in enumerate(lines):
        label = line.label = line.label if line.role != "furniture" else None
        if line.role != "body":
            continue
        if label is not None and label.form in NUMBERS:
            line.label = replace(label, form=HEADINGS[label.form]) if heading_number(lines, n, label, page) else None
            if line.label is None:
                candidates.append((label, weigh(lines, n, label, page), n))
        candidates += inline_candidates(line, n)
    return settle(lines, choose_run(candidates))


def promote_bracketed(lines: list[Line]) -> None:
    """Numbers in brackets are those of paragraphs where no other number stands above them and no colon before them."""
    run: list[tuple[Line, Label]] = []
    before = "final"
    for line in (line for line in lines if line.role == "body"):
        label = line.label
        if label and label.form in NUMBERS and label.stop and not run:
            return
        if label and label.form == "item" and label.text.isdigit() and before != ":":
            value = int(label.text)
            if value in (1, run[-1][1].value + 1 if run else 1):
                run.append((line, replace(label, form="number", value=value)))
        before = line.text.rstrip("*_ ")[-1:]
    for line, label in run if len(run) > 2 else []:
        line.label = label


def settle(lines: list[Line], run: list[Candidate]) -> dict[int, set[int]]:
    """Put the chosen numbers on their lines, those of tracked changes with their old ones; return the inner ones."""
    values = [0, *(label.value for label, _, _ in run), 0]
    inner: dict[int, set[int]] = {}
    doubles = 0
    for (label, _, n), before, after in zip(run, values, values[2:], strict=False):
        if label.start > INNER:
            if min(abs(label.value - before), abs(label.value - after)) <= 1:
                inner.setdefault(n, set()).add(label.start)
            continue
        continues = label.value == before + 1 and label.old is not None and (label.old < label.value or doubles > 2)
        if label.form == "double" or continues:
            label = replace(label, text=str(label.value), form="double")
            doubles += 1
        lines[n].label = label
    if doubles:
        settle_old([line for line in lines if line.label and line.label.form in ("double", "deleted")])
    return inner


def heading_number(lines: list[Line], n: int, label: Label, page: Page) -> bool:
    """Whether a numbered line is a section heading: a short title after a finished sentence, before a new start."""
    line, words = lines[n], lines[n].words
    if line.titled:
        return True
    if len(line.text) > 125 or label.rank or SPEAKER.match(words.lstrip(DRESS)):
        return False
    last, rest = line, [other for other in lines[n + 1 : n + 12] if other.role == "body"]
    while page.wrapped and rest and not (page.short(last) or page.parted(rest[0]) or rest[0].label or len(words) > 170):
        last = rest.pop(0)
        words = f"{words} {last.text}"
    after = rest[0] if rest else None
    run_on = after and after.label and after.label.form == "item" and not page.parted(after) and not page.short(last)
    if not title_like(words) or run_on or CITING.search(last.text[-80:]):
        return False
    if after is None:
        return False
    follows = after.label is not None and (after.label.stop or not after.words or after.words[0].isupper())
    if page.wrapped and not page.parted(after) and not follows:
        return False
    begins = not after.text[0].islower() and (after.blank or after.text[0].isupper() or follows)
    return begins or label.form == "decimal"


def inline_candidates(line: Line, n: int) -> list[Candidate]:
    """Numbers inside a long line that may open a paragraph: before a capital, behind a stop or a heading."""
    found: list[Candidate] = []
    matches = list(INLINE.finditer(line.text, INNER))
    for match, after in zip(matches, [*matches[1:], None], strict=False):
        before = line.text[max(0, match.start() - 30) : match.start()].rstrip()
        label = parse_label(line.text, match.start("number"))
        heading = after and after.start() - match.end() < 125 and title_like(line.text[match.end() : after.start()])
        if label and label.form == "number" and not heading and not CITING.search(before):
            found.append((label, -1.9 if ends_sentence(before) == "open" else -1.5, n))
    return found


def cut_inline(lines: list[Line], inner: dict[int, set[int]]) -> list[Line]:
    """Lines cut where a paragraph begins inside them: at numbers, headings before numbers, sub-items and recitals."""
    pieces: list[Line] = []
    body_seen = False
    for n, line in enumerate(lines):
        numbers = inner.get(n, set())
        cuts = set(numbers)
        for cut in numbers:  # a heading may stand before it, behind the last full stop
            start = max(0, cut - 130)
            match = HEADING_TAIL.search(line.text[start:cut].rstrip())
            cuts |= {start + match.start(1)} if match and title_like(match["title"]) else set()
        if line.role == "body" and len(line.text) > LONG and (numbers or len(lines) < 12):
            recitals = RECITAL_INLINE.finditer(line.text, 0, 0 if body_seen else min(cuts, default=len(line.text)))
            cuts |= {match.end() for match in recitals}
        # a colon announces a list
        items = [*ITEM_INLINE.finditer(line.text)] if line.role == "body" and ":" in line.text else []
        if len(items) > 1 and any(line.text[match.start() - 1] == ":" for match in items):
            cuts |= {match.end() for match in items}
        body_seen = body_seen or bool(line.label or numbers)
        pieces += pieces_of(line, sorted(cuts), numbers) if cuts else [line]
    return pieces


def pieces_of(line: Line, cuts: list[int], numbers: set[int]) -> list[Line]:
    """One line as the pieces between its cuts; a number that is no paragraph's may be a heading's."""
    pieces = line.part(0, cuts[0])
    for first, last in zip(cuts, [*cuts[1:], len(line.text)], strict=True):
        for piece in line.part(first, last, inline=True, blank=False, page=False, indent=0):
            piece.label = label = parse_label(piece.text)
            if label is not None and label.form in NUMBERS and first not in numbers:
                piece.label = replace(label, form=HEADINGS[label.form]) if title_like(piece.words) else None
            pieces.append(piece)
    return pieces
