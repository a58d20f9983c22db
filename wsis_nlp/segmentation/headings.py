"""Headings: short titles that open with a capital, end without punctuation and precede a new paragraph, and the
sections under which a unit stands. They nest by numbering: "1.1" under "1", Roman and Arabic as the document does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from wsis_nlp.segmentation.labels import ESCAPE, ROMAN, Label, place_in
from wsis_nlp.segmentation.lines import Line, ends_sentence
from wsis_nlp.segmentation.vocabulary import ANNEX, CLOSURE, DANGLING, OPERATIVE, PART, RECITAL, RESOLUTION

DRESS = "*_# \t\u00a0"
OPENERS = DRESS + "-•–—“\"«‘'(¿["
DECIMAL = ("section", "subsection", "plain")
NOTE_MARK = re.compile(r"(?<!\s)\s*(?:[¹²³⁴-⁹]{1,2}|\*)$")
TWO_SENTENCES = re.compile(r"[.;!?]\s+[A-Z]")


def title_like(text: str) -> bool:
    """Whether words have the form of a title: short, opened by a capital, without a mark that ends a sentence."""
    words = RESOLUTION.sub("", NOTE_MARK.sub("", CLOSURE.sub("", text[:400]).strip(DRESS)))
    if not 2 <= len(words) <= 170 or (ends_sentence(words) != "open" and words[-1] not in "?!"):
        return False
    first = words.lstrip("“\"«‘'¿")[:1]
    if not first.isupper() and not (first.isdigit() and any(map(str.isalpha, words))):
        return False
    if words.count("(") != words.count(")"):
        return False
    recital = len(words) > 110 and RECITAL.match(words)
    return not (recital or DANGLING.search(words) or OPERATIVE.match(words) or TWO_SENTENCES.search(words))


def part_label(line: Line) -> Label | None:
    """The number of a heading that a word introduces ("Objective 1. Close …" has ``1``), or None."""
    match = PART.match(text := ESCAPE.sub("", line.text[:260]), len(text) - len(text.lstrip(DRESS)))
    if not match or len(line.text) > 260 or not match["word"][0].isupper():
        return None
    number, rest = match["number"], text[match.end() :].strip(DRESS)
    if rest and (rest[-1] in ";," or not (match["stop"] or (title_like(rest) and not rest[0].isdigit()))):
        return None
    value = int(number) if number.isdigit() else ROMAN.get(number.lower()) or ord(number[0]) - 64
    start, end = (place_in(line.text[:260], place) for place in match.span())
    return Label(match["word"].lower(), number, value, start, end)


@dataclass
class Sections:
    """The headings open at a point of the document, outermost first: the style, number and text of each."""

    open: list[tuple[str, str, str]] = field(default_factory=list)
    numbered_last: bool = False

    def enter(self, text: str, label: Label | None, hashes: str, *, again: bool) -> tuple[str, ...]:
        """Open a section, return those above it; `again`: an unnumbered one stands under the innermost numbered one."""
        number = label.text if label else ""
        style = hashes or (label.form if label else "caps" if len(text) > 3 and text.isupper() else "plain")
        styles = [kind for kind, _, _ in self.open]
        if ANNEX.match(text) or style.startswith(("annex", "anexo", "appendix")):
            self.open.clear()
        elif style == "subsection":
            above = [n for n, (_, own, _) in enumerate(self.open) if own and number.startswith(own + ".")]
            self.open = (
                self.open[: above[-1] + 1] if above else [entry for entry in self.open if entry[0] not in DECIMAL]
            )
        elif style in styles:
            del self.open[styles.index(style) :]
        elif hashes:
            self.open = [entry for entry in self.open if entry[0].startswith("#") and entry[0] < style]
        elif label:
            self.close(("plain", "subsection") if style == "section" else ("plain",))
        elif not self.numbered_last and not again:
            self.close(set(styles) - {"caps"})
        path = tuple(text for _, _, text in self.open)
        self.open.append((style, number, text))
        self.numbered_last = label is not None
        return path

    def close(self, styles: tuple[str, ...] | set[str]) -> None:
        """Close the innermost headings as long as they have one of the styles."""
        while self.open and self.open[-1][0] in styles:
            self.open.pop()
