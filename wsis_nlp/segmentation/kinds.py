"""Kinds of units: front matter and enacting line, recitals, operative paragraphs with sub-items, closing; a second
masthead opens front matter again. A sub-item continues the innermost list that it can: ``38(a)(i)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import takewhile

from wsis_nlp.segmentation import vocabulary as say
from wsis_nlp.segmentation.blocks import Block
from wsis_nlp.segmentation.headings import DRESS, title_like
from wsis_nlp.segmentation.labels import NUMBERS, ROMAN, Label


def readings(label: Label | None) -> dict[str, int]:
    """What an item's text may count: a digit, a letter, a Roman number."""
    text = re.sub(rf"{say.SUFFIX}$", "", label.text) if label else ""
    letter = 26 * (len(text) - 1) + ord(text[0]) - 96 if len(set(text)) == 1 and text.isalpha() else 0
    found = {"digit": int(text) if text.isdigit() else 0, "letter": letter, "roman": ROMAN.get(text, 0)}
    return {style: value for style, value in found.items() if value} or {"letter": 0}


def enter_item(lists: list[tuple[str, int, str]], label: Label, following: Label | None) -> None:
    """Enter an item into the open lists (style, value, text of each); the next item settles what "(i)" is."""
    ways = readings(label)
    if label.text == "i" and readings(following).get("roman") == 2:
        ways = {"roman": 1}
    known = [(depth, style, ways[style] - at) for depth, (style, at, _) in enumerate(lists) if style in ways]
    going_on = [entry for entry in known if entry[2] == 1 or (entry[2] == 0 and len(label.text) > 1)]
    new = [style for style in ways if style not in [style for _, style, _ in known]]
    if going_on or (known and not any(ways[style] == 1 for style in new)):
        depth, style, _ = (going_on or known)[-1]
    else:
        depth, style = len(lists), new[-1]
    lists[depth:] = [(style, ways[style], label.text)]


def number_items(blocks: list[Block]) -> None:
    """Spell each sub-item's label behind that of its paragraph."""
    parent, lists = "", list[tuple[str, int, str]]()
    order = [block for block in blocks if block.kind not in ("furniture", "footnote", "front")]
    for block, after in zip(order, [*order[1:], None], strict=False):
        if block.kind == "subparagraph" and block.label:
            enter_item(lists, block.label, after.label if after and after.kind == "subparagraph" else None)
            block.number = parent + "".join(f"({text})" for _, _, text in lists)
        else:
            parent, lists = (block.number or "") if block.kind in ("operative", "preambular") else "", []


def nest_numbers(blocks: list[Block]) -> None:
    """Make a run that begins anew at 1 sub-items, where the old run goes on behind it or a colon announces it."""
    entries: list[tuple[Block, int, bool]] = []
    tail = ""
    for block in blocks:
        if block.has(*NUMBERS) or block.kind in ("heading", "closing"):
            value = block.label.value if block.label and block.kind != "heading" else 0
            entries.append((block, value, tail.endswith(":")))
        tail = block.lines[-1].text[-80:].rstrip("*_ ")
    values = [value for _, value, _ in entries]
    place = 1
    while place < len(entries):
        parent, stop = values[place - 1], place + 1
        if entries[place][0].number == "1" and values[place] == 1 <= parent:
            while stop < len(entries) and values[stop] == stop - place + 1:
                # the number that both runs could claim is the list's where it comes once more
                if values[stop] == parent + 1 and parent + 1 not in values[stop + 1 : stop + 12]:
                    break
                stop += 1
            if values[stop : stop + 1] == [parent + 1] or (entries[place][2] and parent > 1):
                for inside, _, _ in entries[place:stop]:
                    inside.kind = "subparagraph"
        place = stop


def is_heading(block: Block) -> bool:
    """Whether a block has the form of a section heading, or is one by the format's own word."""
    if block.lines[0].titled:
        return True
    if block.label and not block.has("roman", "capital", "lettered"):
        return not block.has("item", "clause", *NUMBERS)
    text = block.text
    if len(text) > 300 or say.MEETING.match(text):
        return False
    return title_like(block.words) and any(map(str.isalpha, text))


def body_start(body: list[Block]) -> int:
    """How many blocks are front matter."""
    for n, block in enumerate(takewhile(lambda block: block.label is None, body[:40])):
        if say.ENACTING.fullmatch(block.text):
            return n + 1
    for n, block in enumerate(body):
        text, heading = block.text, is_heading(block)
        prose = len(text) > 300 or (block.lines[-1].ending == "final" and (len(text) >= 40 or say.SPEAKER.match(text)))
        if block.has(*NUMBERS) or (prose and not heading and not say.MASTHEAD.match(text)):
            # the title straight before the first paragraph is a section's where more such headings follow
            titles = [other for other in body[:n] if is_heading(other) and not say.MASTHEAD.match(other.text)]
            titled = len(titles) > 1 and titles[-1] is body[n - 1]
            return n - 1 if titled and any(is_heading(other) and not other.label for other in body[n + 1 :]) else n
        opening = heading and (say.OPENING.match(block.words.lstrip(DRESS)) or (n > 0 and block.lines[0].titled))
        if block.label or opening or (not heading and say.RECITAL.match(text)):
            return n
    return len(body) if len(body) > 3 or any(say.MASTHEAD.match(block.text) for block in body) else 0


def classify(blocks: list[Block]) -> None:
    """Settle the kind and the printed number of every block."""
    body = [block for block in blocks if block.lines[0].role == "body" and not block.has("deleted")]
    start = body_start(body)
    reading = Reading()
    for n, block in enumerate(body):
        block.kind = reading.kind(block, front=n < start)
    for block in blocks:
        block.kind = "footnote" if block.lines[0].role == "note" else block.kind
        if block.label and block.kind not in ("furniture", "front", "closing"):
            block.number = block.label.text
    nest_numbers(body)
    number_items(body)


@dataclass
class Reading:
    """How far the reading has come: in front matter, in the preamble, in the operative part, behind the closing."""

    part: str = "front"
    preamble: bool = False
    letter: int = 0

    def kind(self, block: Block, *, front: bool) -> str:
        """The kind of one block of the text."""
        text, enacting = block.text, say.ENACTING.fullmatch(block.text)
        if say.MEETING.match(text) and len(text) < 160 and self.part != "front":
            self.part = "closed"
            return "closing"
        if front or (say.RESOLUTION.match(text) and title_like(text)) or (enacting and not block.label):
            self.part = "preamble" if enacting else "front"
            return "front"
        if self.part == "closed" and not block.label and say.MASTHEAD.match(text) and not say.ANNEX.match(text):
            return "front"
        self.part = "body" if self.part == "closed" else self.part
        if is_heading(block):
            label = block.label
            if label and label.form == "roman" and len(label.text) == 1 and ord(label.text) - 64 == self.letter + 1:
                # a Roman number that continues a run of capitals ("I." after "H.") is a letter
                block.opening.label = replace(label, form="capital", value=self.letter + 1)
            self.letter = block.label.value if block.label and block.has("capital") else self.letter
            self.preamble = bool(say.PREAMBLE.match(block.words.strip(DRESS)))
            return "heading"
        if block.has("item"):
            return "subparagraph"
        if block.label and block.has("clause"):
            return "preambular" if block.label.text.startswith("PP") else "operative"
        led = self.part == "preamble" or (self.part == "front" and block.lines[-1].ending == "comma")
        if self.preamble or (led and not block.label and say.RECITAL.match(block.words.lstrip("-–•* "))):
            return "preambular"
        if block.label or self.part != "preamble" or say.OPERATIVE.match(block.words):
            self.part = "body"  # until then a stray piece between two recitals does not end the preamble
        return "operative"
